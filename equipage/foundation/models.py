"""The rows of the ground floor, gathered from its rooms so that Django finds them."""

from equipage.foundation.audit.models import AuditEntry, AuditHead
from equipage.foundation.documents.models import Attachment, Document, Examination
from equipage.foundation.jobs.models import ScheduledSlot, WorkerLease
from equipage.foundation.numbering import Counter

__all__ = [
    "Attachment",
    "AuditEntry",
    "AuditHead",
    "Counter",
    "Document",
    "Examination",
    "ScheduledSlot",
    "WorkerLease",
]
