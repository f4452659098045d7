"""The rows of a list as files: every row asked for, not only the page, in constant memory."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse

from equipage.foundation.french import counted
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused

if TYPE_CHECKING:
    from equipage.foundation.listing.declaration import Listing

CHUNK = 2000
XLSX_ROWS = 1_048_575
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Echo:
    """A file that gives back what is written: csv formats, the response streams."""

    def write(self, text: str) -> str:
        return text


def file_name(listing: Listing, extension: str) -> str:
    """The name of the file, with the day it was made."""
    return f"{listing.file_name}-{today():%Y-%m-%d}.{extension}"


def as_csv(listing: Listing) -> StreamingHttpResponse:
    """CSV as French spreadsheets read it: semicolons, decimal commas, days as 2026-11-22, UTF-8 with its mark."""
    response = StreamingHttpResponse(_csv_lines(listing), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name(listing, "csv")}"'
    return response


def _csv_lines(listing: Listing) -> Iterator[str]:
    columns = [column for column in listing.columns if column.export]
    writer: Any = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + writer.writerow([column.label for column in columns])
    for row in listing.rows.iterator(chunk_size=CHUNK):
        yield writer.writerow([_csv_text(column.exported(row)) for column in columns])


def _csv_text(value: Any) -> str:
    match value:
        case datetime():
            return value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case float() | Decimal():
            return str(value).replace(".", ",")
    return str(value)


def as_xlsx(listing: Listing) -> FileResponse:
    """A spreadsheet written row by row on disk. Raises Refused above what the format can hold."""
    holder = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    book = xlsxwriter.Workbook(
        holder,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    try:
        _fill(book, listing)
    finally:
        book.close()
    holder.seek(0)
    return FileResponse(holder, as_attachment=True, filename=file_name(listing, "xlsx"), content_type=XLSX_TYPE)


def _fill(book: Any, listing: Listing) -> None:
    columns = [column for column in listing.columns if column.export]
    sheet = book.add_worksheet(listing.file_name[:31])
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "euros": book.add_format({"num_format": '#,##0.00 "€"'}),
        "percent": book.add_format({"num_format": "0.0%"}),
        "day": book.add_format({"num_format": "dd/mm/yyyy"}),
        "moment": book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
    }
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, 20)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.label, formats["head"])
    for line, row in enumerate(listing.rows.iterator(chunk_size=CHUNK), start=1):
        if line > XLSX_ROWS:
            raise Refused(
                f"Un tableur ne contient pas plus de {counted(XLSX_ROWS, 'ligne')}\u202f: "
                "précisez les filtres, ou prenez le fichier CSV."
            )
        for place, column in enumerate(columns):
            _write(sheet, line, place, column.exported(row), column.kind, formats)


def _write(sheet: Any, line: int, place: int, value: Any, kind: str, formats: dict[str, Any]) -> None:
    match value:
        case datetime():
            sheet.write_datetime(line, place, value, formats["moment"])
        case date():
            sheet.write_datetime(line, place, value, formats["day"])
        case int() | float() | Decimal():
            sheet.write_number(line, place, value, formats.get(kind))
        case _:
            sheet.write_string(line, place, value)
