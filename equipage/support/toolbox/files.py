"""The files that leave the toolbox: drawn once, kept in memory, named as a person would name them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from equipage.support.toolbox.blocks import Blank
from equipage.support.toolbox.printing import pdf_of
from equipage.support.toolbox.word import docx_of

EXTENSIONS = ("docx", "pdf")
_MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_MAKERS = {"docx": docx_of, "pdf": pdf_of}
# Kept by content: every region under the same rules shares one file. About 60 kB each.
_KEPT = 128


@dataclass(frozen=True, slots=True)
class File:
    """A file to send. `etag` changes with any byte of it."""

    name: str
    media_type: str
    content: bytes
    etag: str

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content)

    @property
    def disposition(self) -> str:
        """A PDF opens in the browser, a DOCX is taken away. The name holds no letter that a header must escape."""
        return f'{"inline" if self.name.endswith("pdf") else "attachment"}; filename="{self.name}"'


def file_of(slug: str, blank: Blank, extension: str) -> File:
    """The file of a blank. Raises KeyError on another extension than those of EXTENSIONS."""
    content, etag = _drawn(blank, extension)
    return File(f"{slug}.{extension}", _MEDIA_TYPES[extension], content, etag)


@lru_cache(maxsize=_KEPT)
def _drawn(blank: Blank, extension: str) -> tuple[bytes, str]:
    content = _MAKERS[extension](blank)
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
