"""Reading what the files of the toolbox say."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from equipage.support.toolbox.blocks import Blank, Checks, Field, Rows, Table
from equipage.support.toolbox.catalogue import blank_of
from equipage.support.toolbox.reading import templates

ON = date(2026, 11, 25)
SLUGS = sorted(templates())


def blank(slug: str) -> Blank:
    return blank_of(slug, "", "", ON)


def packed(text: str) -> str:
    """Without any space: a line may be cut anywhere in a PDF."""
    return re.sub(r"\s+", "", text)


def pdf_text(made: bytes) -> str:
    return packed("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages))


def word_paragraphs(made: bytes) -> list[str]:
    """Every paragraph of the body, in tables and boxes to tick too."""
    body = Document(io.BytesIO(made)).element.body
    found = ("".join(text.text or "" for text in line.iter(qn("w:t"))) for line in body.iter(qn("w:p")))
    return [line for line in found if line.strip()]


def labels_of(found: Blank) -> list[str]:
    """What a person is asked, in order."""
    said: list[str] = []
    for block in found.blocks:
        if isinstance(block, Rows):
            said += [row.label for row in block.rows]
        elif isinstance(block, Field | Checks):
            said.append(block.label)
        elif isinstance(block, Table):
            said.append(block.caption)
    return said


def all_texts(value: Any) -> list[str]:
    """Every text of a blank, however deep."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple | list):
        return [text for item in value for text in all_texts(item)]
    if hasattr(value, "__slots__") and not isinstance(value, date):
        return [text for name in value.__slots__ for text in all_texts(getattr(value, name))]
    return []
