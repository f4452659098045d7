"""What is done about documents in the background."""

from __future__ import annotations

from equipage.foundation.documents.services import seal_pending
from equipage.foundation.jobs import Every, every, job


@every(Every(60))
@job(max_attempts=1)
def seal_waiting_documents() -> int:
    """Seal what a monthly run issued, or what could not be sealed at once. Again in a minute: no retry is needed."""
    return seal_pending()
