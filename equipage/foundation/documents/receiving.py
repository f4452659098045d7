"""A file that is too heavy is not stored while it arrives: neither in memory nor on the disk.

It takes the place of Django's own storage on the disk. What exceeds the limit is let through without being kept, so
that the rest of the form is read and the page comes back with everything that was typed. In production the proxy
refuses earlier still (`docs/operations.md`), and the page itself says it before anything is sent.
"""

from __future__ import annotations

import io
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

# The heaviest file that any page of Équipage takes. Each page may ask for less.
MOST_BYTES = 15_000_000
# A sending of that weight is not a photo chosen by mistake: it is refused before it is read.
MOST_SENT_BYTES = 400_000_000
_HEAD = 64


class TooHeavy(UploadedFile):
    """What stands for a file that was not kept: its name, its weight, and how it begins. Checks say the rest."""


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Stores a file on the disk while it arrives, `MOST_BYTES` at most."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803  # the name that Django gives it
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        """Before anything is read. Raises RequestDataTooBig, answered by a page of its own."""
        if content_length > MOST_SENT_BYTES:
            raise RequestDataTooBig(f"{content_length} bytes were announced.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        self.arrived, self.head = 0, b""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep what may still be kept; of the rest, only count it."""
        self.arrived += len(raw_data)
        self.head = self.head or raw_data[:_HEAD]
        if self.arrived <= MOST_BYTES:
            super().receive_data_chunk(raw_data, start)
        else:
            self.file.close()

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """What was stored, or the weight of what was not."""
        if self.arrived <= MOST_BYTES:
            return super().file_complete(file_size)
        return TooHeavy(io.BytesIO(self.head), self.file_name, self.content_type, self.arrived)
