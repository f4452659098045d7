"""What is said at start: the ring of the vault is sound, and the journal may be written by a page that reads."""

from __future__ import annotations

from typing import Any

from django.core import checks

from equipage.clinical.keys import ring
from equipage.foundation.access import JOURNALS_OF_READING
from equipage.foundation.crypto import FieldKeyRefused

JOURNALS_OF_READING.append("clinical_journal")


@checks.register(checks.Tags.security)
def vault_ring_is_sound(**_: Any) -> list[checks.CheckMessage]:
    """A wrong ring is said at start, not at the first patient."""
    try:
        ring()
    except FieldKeyRefused as refusal:
        return [checks.Error(str(refusal), id="clinical.E001")]
    return []
