"""Files people hand in (pièces déposées): recognised by what they contain, never by what they are called."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Protocol

from equipage.foundation import french
from equipage.foundation.refusals import Refused

MAX_BYTES = 5_000_000
_LONGEST_NAME = 120
_TAIL = 1024


class HandedIn(Protocol):
    """A file of a form, or any other open one."""

    def read(self, size: int = ..., /) -> bytes:
        """At most `size` bytes."""
        ...

    def seek(self, offset: int, /) -> Any:
        """Go to a place."""
        ...


@dataclass(frozen=True)
class Upload:
    """A file that was accepted: a name safe to show and to save, its true type, its hash."""

    name: str
    extension: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class _Type:
    label: str
    extension: str
    media_type: str
    begins: bytes
    complete: Callable[[bytes], bool]


ACCEPTED = {
    "pdf": _Type("PDF", "pdf", "application/pdf", b"%PDF-", lambda data: b"%%EOF" in data[-_TAIL:]),
    "jpeg": _Type("JPEG", "jpg", "image/jpeg", b"\xff\xd8\xff", lambda data: b"\xff\xd9" in data[-_TAIL:]),
    "png": _Type("PNG", "png", "image/png", b"\x89PNG\r\n\x1a\n", lambda data: b"IEND" in data[-_TAIL:]),
}

# Only to tell people what they sent: none of these is accepted.
_KNOWN = (
    (0, b"PK\x03\x04", "un document bureautique (Word, Excel, LibreOffice) ou une archive ZIP"),
    (0, b"\xd0\xcf\x11\xe0", "un ancien document Word ou Excel"),
    (4, b"ftypheic", "une photo HEIC (format des iPhone)"),
    (4, b"ftypmif1", "une photo HEIC (format des iPhone)"),
    (4, b"ftyp", "une vidéo"),
    (0, b"GIF8", "une image GIF"),
    (8, b"WEBP", "une image WebP"),
    (0, b"II*\x00", "une image TIFF"),
    (0, b"MM\x00*", "une image TIFF"),
    (0, b"MZ", "un programme"),
    (0, b"\x7fELF", "un programme"),
    (0, b"Rar!", "une archive RAR"),
    (0, b"7z\xbc\xaf", "une archive 7z"),
    (0, b"{\\rtf", "un texte RTF"),
)


def check_upload(
    file: HandedIn,
    allowed: Collection[str] = ("pdf", "jpeg", "png"),
    max_bytes: int = MAX_BYTES,
    *,
    picture_bytes: int | None = None,
    field: str | None = None,
) -> Upload:
    """Accept a file or say why not. Nothing the browser says is believed: neither the type nor the extension.

    `picture_bytes` is the limit of pictures where it is another one: they are made lighter when they are kept.
    Reads one byte more than the limit at most and leaves the file rewound. Raises Refused: empty, too big, another
    type, cut.
    """
    shown = clean_name(getattr(file, "name", "") or "", "")
    if picture_bytes is not None:
        max_bytes = picture_bytes if _is_picture(file) else max_bytes
    file.seek(0)
    data = file.read(max_bytes + 1)
    file.seek(0)
    declared = getattr(file, "size", None)
    weighs = declared if isinstance(declared, int) else 0
    wanted = french.enumerate_words([ACCEPTED[name].label for name in sorted(allowed)], "ou")
    if not data:
        raise Refused(
            french.typographic(f"Le fichier « {shown} » est vide : choisissez-en un autre ({wanted})."), field=field
        )
    # A file that was too heavy to be stored arrives with its weight and its first bytes only.
    if max(len(data), weighs) > max_bytes:
        weight = f" pèse {french.file_size(weighs)}" if weighs else " est trop lourd"
        raise Refused(
            french.typographic(
                f"Le fichier « {shown} »{weight} : la limite est de {french.file_size(max_bytes)}. "
                "Réduisez-le ou envoyez-le en plusieurs parties."
            ),
            field=field,
        )
    found = next((ACCEPTED[name] for name in sorted(allowed) if data.startswith(ACCEPTED[name].begins)), None)
    if found is None:
        raise Refused(
            french.typographic(
                f"Le fichier « {shown} » est {describe(data)} : envoyez un fichier {wanted} "
                f"de {french.file_size(max_bytes)} au plus."
            ),
            field=field,
        )
    if not found.complete(data):
        raise Refused(
            french.typographic(
                f"Le fichier « {shown} » est un {found.label} incomplet : la fin manque. Enregistrez-le de nouveau, "
                "puis renvoyez-le."
            ),
            field=field,
        )
    name = clean_name(shown, found.extension)
    return Upload(name, found.extension, found.media_type, len(data), hashlib.sha256(data).hexdigest())


def _is_picture(file: HandedIn) -> bool:
    file.seek(0)
    head = file.read(16)
    return any(head.startswith(ACCEPTED[name].begins) for name in ("jpeg", "png"))


def describe(data: bytes) -> str:
    """What the bytes are, in French, for a refusal."""
    for accepted in ACCEPTED.values():
        if data.startswith(accepted.begins):
            return f"un fichier {accepted.label}"
    for place, mark, label in _KNOWN:
        if data[place : place + len(mark)] == mark:
            return label
    head = data[:512].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html", b"<svg", b"<?xml", b"<script")):
        return "une page web ou une image SVG"
    return "d’un type inconnu"


def clean_name(raw: str, extension: str) -> str:
    """The last part of a name without what could mislead a screen or a disk; the extension is that of the content."""
    base = unicodedata.normalize("NFC", raw.replace("\\", "/").rpartition("/")[2])
    visible = "".join(letter for letter in base if unicodedata.category(letter)[0] != "C")
    tidy = " ".join(re.sub(r"[<>:\"|?*«»]", " ", visible).split()).lstrip(". ")
    if not extension:
        return tidy[:_LONGEST_NAME] or "sans nom"
    stem = PurePosixPath(tidy).stem[:_LONGEST_NAME].strip(" .") or "document"
    return f"{stem}.{extension}"
