"""Reading everything that an answer or a database holds, as text."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.db import connections
from pypdf import PdfReader


def words_of(response: Any) -> str:
    """What an answer says, whatever it is: a page, a list, a spreadsheet, a PDF, a ZIP."""
    content = b"".join(response) if response.streaming else response.content
    headers = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{headers}\n{_text(content)}"


def _text(content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(f"{name}\n{_text(archive.read(name))}" for name in archive.namelist())
    return content.decode("utf-8", "replace")


def cells_of(alias: str) -> str:
    """Every cell of every table of a database."""
    connection = connections[alias]
    cells = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # the names come from the database
            cells += [str(cell) for row in cursor.fetchall() for cell in row]
    return "\n".join(cells)
