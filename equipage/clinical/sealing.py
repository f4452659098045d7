"""A row of the vault is a sealed envelope: everything a person wrote in it is one encrypted text.

What is encrypted is bound to the model, the row and the revision of the row: pasted into another row, another table, or
put back from an older copy of the same row, it does not open (`Unreadable`), and nobody takes it for the truth.
What stays in clear says when and in which state, never what nor about whom.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.db import models

from equipage.clinical.keys import KeyErased, unwrap
from equipage.foundation.crypto import KeyRing, Unreadable
from equipage.foundation.policies import VisibleQuerySet

# Without I, L, O, U, 0, 1: read aloud on the telephone without doubt.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """An opaque reference, « K7M4-9QPT-2XHB »: drawn by lot, it says nothing (58 bits)."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(3))


class Sealed(models.Model):
    """A row whose content only the data key of its patient opens. The primary key is its opaque reference."""

    reference = models.CharField("référence", max_length=14, primary_key=True, default=new_reference, editable=False)
    sealed = models.TextField("contenu chiffré", editable=False)
    revision = models.PositiveIntegerField("révision", default=0, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def file(self) -> Any:
        """The patient's file that the row belongs to."""
        raise NotImplementedError

    @property
    def content(self) -> dict[str, Any]:
        """What was written, opened. Raises Unreadable."""
        return opened(self)

    def seal(self, content: dict[str, Any]) -> None:
        """Close the row on this content, one revision further; the caller saves `SEALED` columns."""
        self.revision += 1
        self.sealed = sealed_text(self, content, key_of(self.file))

    @property
    def bound_to(self) -> str:
        """What the encrypted text is tied to."""
        return f"{self._meta.label_lower}.sealed:{self.pk}:{self.revision}"


SEALED = ("sealed", "revision")


def key_of(patient: Any) -> KeyRing:
    """The data key of a patient, unwrapped. Raises KeyErased, Unreadable."""
    wrapped = getattr(patient, "key", None)
    if wrapped is None:
        raise KeyErased(f"{patient.pk} : la clé de ce dossier a été effacée.")
    return unwrap(wrapped.wrapped, patient.pk)


def sealed_text(row: Sealed, content: dict[str, Any], key: KeyRing) -> str:
    """The content as it is stored."""
    return key.encrypt(canonical(content), row.bound_to)


def opened(row: Sealed, key: KeyRing | None = None) -> dict[str, Any]:
    """The content of a row. Raises Unreadable: altered, cut, moved, put back, or the key is wrong."""
    text = (key or key_of(row.file)).decrypt(row.sealed, row.bound_to)
    content = json.loads(text)
    if not isinstance(content, dict):
        raise Unreadable(f"{row.bound_to} : le contenu n’a pas la forme attendue.")
    return content


def canonical(content: dict[str, Any]) -> str:
    """The one text of a content."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
