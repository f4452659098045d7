"""Background work (travaux de fond): `@job` declares it, `@every` schedules it, `manage.py worker` runs it.

A job is a row of the application's own database, so enqueueing it inside a transaction ties it to the business change:
`send_notice.enqueue(notice.pk)` runs if, and only if, the transaction commits. A worker may die between two lines of a
job, so **every job is idempotent**: it looks at the business rows first and does nothing when the work is done.
"""

from equipage.foundation.jobs.declare import GiveUp, Job, every, job
from equipage.foundation.jobs.slots import Daily, Every, Monthly

__all__ = ["Daily", "Every", "GiveUp", "Job", "Monthly", "every", "job"]
