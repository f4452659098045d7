"""The template as DOCX, to be filled in on a screen: real styles, boxes that tick, the same bytes every time.

A text is always a value of the document, never a piece of its XML: nothing that a rule says can break the file.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.shared import Length, Mm
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph

from equipage.support.toolbox import word_styles as styles
from equipage.support.toolbox import wording
from equipage.support.toolbox.blocks import (
    BOX,
    Blank,
    Block,
    Bullets,
    Checks,
    Field,
    Heading,
    Note,
    Paragraph,
    Row,
    Rows,
    Signatures,
    Table,
)
from equipage.support.toolbox.word_parts import add_field, add_tick, band, frame_table, mark_header, seal, shade

LINE = Mm(8)
SIGNATURE = Mm(28)
MARGIN = Mm(20)
PAGE_WIDTH, PAGE_HEIGHT = Mm(210), Mm(297)
TEXT_WIDTH = Length(PAGE_WIDTH - 2 * MARGIN)
_LABEL_SHARE = (34, 66)
# Short options stand on one line, long ones below each other: as in the PDF.
_SHORT_OPTIONS = 70
_KEPT_LINES = 8


def docx_of(blank: Blank) -> bytes:
    """The DOCX of a blank; equal blanks give the same bytes."""
    document = Document()
    styles.dress(document)
    _page(document, blank)
    _properties(document, blank)
    document.add_paragraph(blank.title, "Title")
    if blank.subtitle:
        document.add_paragraph(blank.subtitle, "Subtitle")
    document.add_paragraph(blank.lead)
    writer = _Writer(document, blank)
    for block in blank.blocks:
        writer.write(block)
    writer.origin()
    buffer = io.BytesIO()
    document.save(buffer)
    return seal(buffer.getvalue())


def _page(document: WordDocument, blank: Blank) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = PAGE_WIDTH, PAGE_HEIGHT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    section.header_distance = section.footer_distance = Mm(9)
    head = section.header.paragraphs[0]
    head.style = document.styles["Header"]
    if blank.banner:
        band(head, styles.SUN_SOFT, styles.SUN)
        head.add_run(blank.banner).bold = True
    else:
        head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        head.add_run(wording.FREE)
    foot = section.footer.paragraphs[0]
    foot.style = document.styles["Footer"]
    foot.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run(f"{wording.foot(blank)}\tPage ")
    add_field(foot, "PAGE")
    foot.add_run(" sur ")
    add_field(foot, "NUMPAGES")


def _properties(document: WordDocument, blank: Blank) -> None:
    noon = datetime.combine(blank.dated, time(12), UTC)
    about = document.core_properties
    about.title, about.subject = blank.name, blank.lead
    about.author = about.last_modified_by = "Équipage"
    about.comments, about.keywords, about.language = wording.FREE, "", "fr-FR"
    about.created = about.modified = noon
    about.revision = 1


class _Writer:
    """Writes blocks one below the other."""

    def __init__(self, document: WordDocument, blank: Blank) -> None:
        self._document = document
        self._blank = blank
        self._after_table = False

    def write(self, block: Block) -> None:
        """One block. Two tables that touch would become one: a thin line goes between."""
        if self._after_table and isinstance(block, Rows | Signatures):
            self._paragraph("", styles.GAP)
        self._after_table = isinstance(block, Rows | Table | Field | Signatures)
        _DRAW[type(block)](self, block)

    def origin(self) -> None:
        """Where the content comes from, at the end."""
        self._paragraph(wording.ORIGIN, styles.ORIGIN)
        for sentence in self._blank.origin:
            self._paragraph(sentence, styles.SOURCE)
        for source in self._blank.sources:
            self._paragraph(source, styles.SOURCE_LIST)

    def heading(self, block: Heading) -> None:
        found = self._paragraph(block.text, f"Heading {block.level - 1}")
        found.paragraph_format.page_break_before = block.new_page or None

    def paragraph(self, block: Paragraph) -> None:
        self._paragraph(block.text, styles.HELP if block.soft else "Normal").paragraph_format.keep_with_next = True

    def bullets(self, block: Bullets) -> None:
        for item in block.items:
            self._paragraph(item, "List Bullet")

    def note(self, block: Note) -> None:
        self._paragraph(block.text, styles.NOTE_ASKS if block.asks else styles.NOTE)

    def rows(self, block: Rows) -> None:
        table = self._table(len(block.rows), _LABEL_SHARE)
        for row, line in zip(block.rows, table.rows, strict=True):
            label, room = line.cells
            shade(label, styles.BRAND_SOFT)
            label.vertical_alignment = WD_ALIGN_VERTICAL.CENTER if row.lines == 1 else WD_ALIGN_VERTICAL.TOP
            room.vertical_alignment = WD_ALIGN_VERTICAL.CENTER if row.options else WD_ALIGN_VERTICAL.TOP
            self._label(label, row)
            room.paragraphs[0].style = self._document.styles[styles.CELL]
            _tick_line(room.paragraphs[0], row.options)
            line.height, line.height_rule = Length(row.lines * LINE), WD_ROW_HEIGHT_RULE.AT_LEAST
        _keep(table, sum(row.lines for row in block.rows))

    def _label(self, cell: _Cell, row: Row) -> None:
        cell.paragraphs[0].style = self._document.styles[styles.LABEL]
        cell.paragraphs[0].add_run(row.label)
        if row.help:
            cell.add_paragraph(row.help, styles.HELP)

    def field(self, block: Field) -> None:
        self._asked(block.label, block.help, wording.EXAMPLE.format(block.example) if block.example else "")
        table = self._table(1, (1,))
        table.rows[0].height = Length(block.lines * LINE)
        table.rows[0].height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST

    def table(self, block: Table) -> None:
        self._asked(block.caption, block.help)
        table = self._table(1 + len(block.rows), block.widths, block.caption)
        mark_header(table)
        for text, cell in zip(block.head, table.rows[0].cells, strict=True):
            shade(cell, styles.BRAND_SOFT)
            cell.paragraphs[0].style = self._document.styles[styles.LABEL]
            cell.paragraphs[0].add_run(text)
        for row, line in zip(block.rows, table.rows[1:], strict=True):
            line.height, line.height_rule = Length(block.lines * LINE), WD_ROW_HEIGHT_RULE.AT_LEAST
            for text, cell in zip(row, line.cells, strict=True):
                cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
                cell.paragraphs[0].style = self._document.styles[styles.CELL]
                if text == BOX:
                    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
                    add_tick(cell.paragraphs[0])
                else:
                    cell.paragraphs[0].add_run(text)
        _keep(table, block.lines * len(block.rows))

    def checks(self, block: Checks) -> None:
        self._asked(block.label, block.help)
        if len(block.options) <= 4 and sum(map(len, block.options)) <= _SHORT_OPTIONS:
            _tick_line(self._paragraph("", styles.CHOICE), block.options)
            return
        for option in block.options:
            _tick_line(self._paragraph("", styles.CHOICE), (option,))

    def signatures(self, block: Signatures) -> None:
        table = self._table(1, (1,) * max(2, len(block.people)))
        table.rows[0].height, table.rows[0].height_rule = SIGNATURE, WD_ROW_HEIGHT_RULE.AT_LEAST
        for person, cell in zip(block.people, table.rows[0].cells, strict=False):
            self._label(cell, Row(person, wording.SIGN_HERE))

    def _asked(self, label: str, *helps: str) -> None:
        """What is asked, kept with the room to answer."""
        if label:
            self._paragraph(label, styles.QUESTION)
        for text in filter(None, helps):
            self._paragraph(text, styles.HELP).paragraph_format.keep_with_next = True

    def _paragraph(self, text: str, style: str) -> WordParagraph:
        return self._document.add_paragraph(text, style)

    def _table(self, rows: int, shares: tuple[int, ...], caption: str = "") -> WordTable:
        table = self._document.add_table(rows, len(shares))
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        widths = [Length(TEXT_WIDTH * share // sum(shares)) for share in shares]
        frame_table(table, widths, caption)
        return table


def _keep(table: WordTable, lines: int) -> None:
    """A short table is not cut by a page."""
    if lines <= _KEPT_LINES:
        for row in table.rows[:-1]:
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True


def _tick_line(paragraph: WordParagraph, options: tuple[str, ...]) -> None:
    """Boxes to tick one after the other; a box never leaves its words."""
    for place, option in enumerate(options):
        if place:
            paragraph.add_run("    ")
        add_tick(paragraph)
        paragraph.add_run(f"\u00a0{option}")


_DRAW: dict[type[Any], Callable[[_Writer, Any], None]] = {
    Heading: _Writer.heading,
    Paragraph: _Writer.paragraph,
    Bullets: _Writer.bullets,
    Note: _Writer.note,
    Rows: _Writer.rows,
    Field: _Writer.field,
    Table: _Writer.table,
    Checks: _Writer.checks,
    Signatures: _Writer.signatures,
}
