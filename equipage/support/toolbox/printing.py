"""The template as PDF, to be printed: archivable and accessible as every document of the house."""

from __future__ import annotations

from typing import Any

from equipage.foundation.documents import render
from equipage.support.toolbox import wording
from equipage.support.toolbox.blocks import Blank, as_data

TEMPLATE = "support/toolbox"


def pdf_of(blank: Blank) -> bytes:
    """The PDF of a blank; equal blanks give the same bytes."""
    return render(TEMPLATE, printed_data(blank), title=blank.name, date=blank.dated)


def printed_data(blank: Blank) -> dict[str, Any]:
    """What the Typst template reads."""
    return {
        "title": blank.title,
        "subtitle": blank.subtitle,
        "lead": blank.lead,
        "banner": blank.banner,
        "blocks": as_data(blank),
        "origin_title": wording.ORIGIN,
        "origin": list(blank.origin),
        "sources": list(blank.sources),
        "free": wording.FREE,
        "foot": wording.foot(blank),
        "example": wording.EXAMPLE,
        "sign_here": wording.SIGN_HERE,
    }
