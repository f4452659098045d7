"""A protocol as DOCX: real headings, a real table, the same bytes every time.

A text is always a value of the document, never a piece of its XML: nothing that a person typed can break the file.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime, time
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from lxml import etree

from equipage.foundation.french import typographic
from equipage.protocols.printing import FICTITIOUS, NO_PATIENT, Paper
from equipage.protocols.reading import Shown

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FONT, _LANGUAGE = "Arial", "fr-FR"
_INK, _BRAND = RGBColor(0x14, 0x28, 0x2B), RGBColor(0x0B, 0x5D, 0x5E)
_MIDNIGHT = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can hold
# What XML 1.0 cannot hold; half characters cannot be written at all.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDTHS = (Mm(30), Mm(36), Mm(34), Mm(70))
_STYLES = {
    "Normal": (10.5, False, _INK),
    "Title": (20, True, _INK),
    "Heading 1": (14, True, _BRAND),
    "Heading 2": (11, True, _INK),
    "List Bullet": (10.5, False, _INK),
}


def docx_of(paper: Paper) -> bytes:
    """The DOCX of a paper; equal papers give the same bytes."""
    document = Document()
    _dress(document)
    _about(document, paper)
    document.add_paragraph(_clean(paper.title), "Title")
    for line in _notes(paper):
        document.add_paragraph().add_run(_clean(line)).bold = True
    for term, value in paper.facts:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{_clean(typographic(f'{term} :'))} ").bold = True
        paragraph.add_run(_clean(value))
    document.add_paragraph(typographic(NO_PATIENT))
    for shown in paper.sections:
        document.add_paragraph(_clean(f"{shown.section.number}. {shown.section.title}"), "Heading 1")
        if not shown.answers:
            document.add_paragraph("Rubrique sans réponse.")
        for answer in shown.answers:
            _answer(document, answer)
    document.add_paragraph(_clean(paper.foot))
    buffer = io.BytesIO()
    document.save(buffer)
    return _sealed(buffer.getvalue())


def _notes(paper: Paper) -> list[str]:
    draft = ["Brouillon : ce texte n'est pas en vigueur."] if paper.draft else []
    fictitious = [FICTITIOUS] if paper.fictitious else []
    law = [paper.law] if paper.law else []
    return [typographic(line) for line in (*draft, *fictitious, *paper.attribution, *law)]


def _answer(document: WordDocument, answer: Shown) -> None:
    document.add_paragraph(_clean(typographic(answer.label)), "Heading 2")
    if answer.rows:
        _table(document, answer)
        return
    for line in answer.lines:
        document.add_paragraph(_clean(line), "List Bullet" if answer.listed else "Normal")


def _table(document: WordDocument, answer: Shown) -> None:
    table: Any = document.add_table(1 + len(answer.rows), 4)
    table.style = "Table Grid"
    table.autofit = False
    etree.SubElement(table._tbl.tblPr, qn("w:tblCaption")).set(qn("w:val"), typographic(answer.label))
    etree.SubElement(table.rows[0]._tr.get_or_add_trPr(), qn("w:tblHeader"))
    for place, head in enumerate(("Phase", "Qui", "Quand", "Comment")):
        table.rows[0].cells[place].paragraphs[0].add_run(head).bold = True
    for line, row in zip(table.rows[1:], answer.rows, strict=True):
        for place, text in enumerate((row.phase, row.who, row.when, row.how)):
            line.cells[place].text = _clean(text)
    for line in table.rows:
        for cell, width in zip(line.cells, _WIDTHS, strict=True):
            cell.width = width


def _dress(document: WordDocument) -> None:
    """French everywhere, one typeface, no colour of the theme."""
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    assert defaults is not None
    language = defaults.find(qn("w:lang"))
    language = etree.SubElement(defaults, qn("w:lang")) if language is None else language
    for script in ("val", "eastAsia"):
        language.set(qn(f"w:{script}"), _LANGUAGE)
    for name, (size, bold, colour) in _STYLES.items():
        style: Any = document.styles[name]
        style.font.size, style.font.bold, style.font.color.rgb = Pt(size), bold, colour
        properties = style.element.get_or_add_rPr()
        known = properties.find(qn("w:rFonts"))
        if known is not None:
            properties.remove(known)
        fonts = OxmlElement("w:rFonts")
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), _FONT)
        properties.insert(0, fonts)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(20)


def _about(document: WordDocument, paper: Paper) -> None:
    noon = datetime.combine(paper.dated, time(12), UTC)
    about = document.core_properties
    about.title, about.subject = _clean(paper.title)[:250], "Protocole pluriprofessionnel"
    about.author = about.last_modified_by = "Équipage"
    about.comments, about.keywords, about.language = "", "", _LANGUAGE
    about.created = about.modified = noon
    about.revision = 1


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)


def _sealed(made: bytes) -> bytes:
    """The same archive with fixed dates and a fixed order: equal content, equal bytes."""
    with zipfile.ZipFile(io.BytesIO(made)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    sealed = io.BytesIO()
    with zipfile.ZipFile(sealed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        # The list of types comes first, as readers expect.
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name)):
            about = zipfile.ZipInfo(name, _MIDNIGHT)
            about.compress_type, about.external_attr, about.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(about, parts[name])
    return sealed.getvalue()
