"""What a file handed in loses before it is kept: everything that is not what its sender meant to show.

A picture is drawn again from its points, a PDF is made again from its pages. Neither the place where a photo was taken,
nor who wrote a document, nor what was hidden in it, is ever kept.
"""

from __future__ import annotations

from collections.abc import Callable

from equipage.foundation.documents.cleaning.pdfs import clean_pdf
from equipage.foundation.documents.cleaning.pictures import clean_picture
from equipage.foundation.documents.cleaning.refusing import Unclean

__all__ = ["Unclean", "clean", "clean_pdf", "clean_picture"]

_CLEANERS: dict[str, Callable[[bytes], bytes]] = {"pdf": clean_pdf, "jpg": clean_picture, "png": clean_picture}


def clean(content: bytes, extension: str) -> bytes:
    """The same file without what it says besides. `extension` is that of its content ("pdf", "jpg", "png").

    Raises Unclean, with the sentence for whoever sent it, when the file cannot be read whole and safely.
    """
    return _CLEANERS[extension](content)
