"""Bytes kept under their own hash: the name says what is inside."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


class DocumentAltered(RuntimeError):
    """What is kept, or made again, is not what was sealed. Never shown as if nothing had happened."""


def keep(place: str, content: bytes) -> None:
    """Write content under its own hash. There already and whole: nothing to do."""
    kept = read(place)
    if kept == content:
        return
    if kept is not None:
        # A process died while it wrote: what is there is not what the name says.
        default_storage.delete(place)
    saved = default_storage.save(place, ContentFile(content))
    if saved != place:
        # Another process kept the same bytes in the meantime; ours went under a second name.
        default_storage.delete(saved)


def place_of(sha256: str, extension: str = "pdf") -> str:
    """Where the bytes of that hash are."""
    return f"documents/{sha256[:2]}/{sha256}.{extension}"


def read(place: str) -> bytes | None:
    """The bytes of a place; None when nothing is there."""
    if not default_storage.exists(place):
        return None
    with default_storage.open(place) as file:
        return bytes(file.read())


def drop(place: str) -> None:
    """Take the bytes of a place away. Not there: nothing to do."""
    default_storage.delete(place)
