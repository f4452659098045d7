"""Pieces of a DOCX that python-docx does not make: boxes that tick, fields, headers of tables, a file always the same.

Written against ECMA-376 (WordprocessingML); the box to tick is that of Word 2010 and later; LibreOffice reads it too.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from lxml import etree

from equipage.support.toolbox.blocks import BOX

TICKED = "☒"
EDGE = "93A3A3"
_CELL_MARGIN = 108  # twentieths of a point: what programs leave beside the words of a cell
TICK_FONT = "MS Gothic"
_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_MIDNIGHT = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can hold
_FILE_MODE = 0o644 << 16
# Written by us rather than left as the library's model has them: no foreign program, date nor picture in the file.
_DROPPED = ("docProps/thumbnail.jpeg", "customXml/", "word/stylesWithEffects.xml")
_OURS = {
    "docProps/app.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        "<Application>Équipage</Application></Properties>"
    ),
    # The one list there is: a dot, close to its words.
    "word/numbering.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0">'
        '<w:start w:val="1"/><w:numFmt w:val="bullet"/><w:pStyle w:val="ListBullet"/><w:lvlText w:val="•"/>'
        '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="284" w:hanging="227"/></w:pPr></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    ),
    # Arial is on nearly every computer; where it is not, the named face has the same widths.
    "word/fontTable.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:font w:name="Arial"><w:altName w:val="Liberation Sans"/><w:panose1 w:val="020B0604020202020204"/>'
        '<w:charset w:val="00"/><w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>'
        '<w:font w:name="MS Gothic"><w:altName w:val="Segoe UI Symbol"/><w:panose1 w:val="020B0609070205080204"/>'
        '<w:charset w:val="80"/><w:family w:val="modern"/><w:pitch w:val="fixed"/></w:font></w:fonts>'
    ),
}


def add_tick(paragraph: Paragraph) -> None:
    """A box that a click ticks (case à cocher)."""
    control = OxmlElement("w:sdt")
    about = etree.SubElement(control, qn("w:sdtPr"))
    box = etree.SubElement(about, f"{{{_W14}}}checkbox", nsmap={"w14": _W14})
    etree.SubElement(box, f"{{{_W14}}}checked").set(f"{{{_W14}}}val", "0")
    for state, letter in (("checkedState", TICKED), ("uncheckedState", BOX)):
        found = etree.SubElement(box, f"{{{_W14}}}{state}")
        found.set(f"{{{_W14}}}val", f"{ord(letter):04X}")
        found.set(f"{{{_W14}}}font", TICK_FONT)
    content = etree.SubElement(control, qn("w:sdtContent"))
    run = etree.SubElement(content, qn("w:r"))
    fonts = etree.SubElement(etree.SubElement(run, qn("w:rPr")), qn("w:rFonts"))
    for script in ("ascii", "hAnsi", "eastAsia"):
        fonts.set(qn(f"w:{script}"), TICK_FONT)
    fonts.set(qn("w:hint"), "eastAsia")
    etree.SubElement(run, qn("w:t")).text = BOX
    paragraph._p.append(control)


def add_field(paragraph: Paragraph, code: str) -> None:
    """A number that the program counts: PAGE, NUMPAGES."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = etree.SubElement(field, qn("w:r"))
    etree.SubElement(run, qn("w:t")).text = "1"
    paragraph._p.append(field)


def mark_header(table: Table) -> None:
    """The first row is said as the header, and comes again on each page."""
    properties = table.rows[0]._tr.get_or_add_trPr()
    etree.SubElement(properties, qn("w:tblHeader"))


def shade(cell: _Cell, colour: str) -> None:
    """The background of a cell."""
    properties = cell._tc.get_or_add_tcPr()
    shading = etree.SubElement(properties, qn("w:shd"))
    shading.set(qn("w:val"), "clear")
    shading.set(qn("w:color"), "auto")
    shading.set(qn("w:fill"), colour)


def band(paragraph: Paragraph, fill: str, edge: str) -> None:
    """A paragraph in a coloured frame."""
    properties = paragraph._p.get_or_add_pPr()
    borders = etree.SubElement(properties, qn("w:pBdr"))
    for side in ("top", "left", "bottom", "right"):
        _line(borders, side, edge, 4, 3)
    shading = etree.SubElement(properties, qn("w:shd"))
    shading.set(qn("w:val"), "clear")
    shading.set(qn("w:color"), "auto")
    shading.set(qn("w:fill"), fill)


def _line(parent: etree._Element, side: str, colour: str, size: int, space: int) -> None:
    line = etree.SubElement(parent, qn(f"w:{side}"))
    line.set(qn("w:val"), "single")
    line.set(qn("w:sz"), str(size))
    line.set(qn("w:space"), str(space))
    line.set(qn("w:color"), colour)


def frame_table(table: Table, widths: Sequence[Length], caption: str) -> None:
    """Fixed widths, thin lines, rows that no page cuts; the caption is read aloud."""
    table.autofit = False
    properties = table._tbl.tblPr
    # Without it the frame, not the words, would stand left of the text.
    indent = etree.SubElement(properties, qn("w:tblInd"))
    indent.set(qn("w:w"), str(_CELL_MARGIN))
    indent.set(qn("w:type"), "dxa")
    borders = etree.SubElement(properties, qn("w:tblBorders"))
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        _line(borders, side, EDGE, 4, 0)
    _after(properties, "w:tblBorders", ("w:tblLayout", "w:tblCellMar", "w:tblLook"))
    if caption:
        etree.SubElement(properties, qn("w:tblCaption")).set(qn("w:val"), caption)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        etree.SubElement(row._tr.get_or_add_trPr(), qn("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _after(parent: etree._Element, name: str, later: Sequence[str]) -> None:
    """The schema wants its elements in order: those of `later` go behind `name`."""
    for other in later:
        found = parent.find(qn(other))
        if found is not None:
            parent.remove(found)
            parent.append(found)


def seal(made: bytes) -> bytes:
    """The same archive with fixed dates and a fixed order: equal content, equal bytes."""
    with zipfile.ZipFile(io.BytesIO(made)) as source:
        parts = {name: source.read(name) for name in source.namelist() if not name.startswith(_DROPPED)}
    parts |= {name: text.encode() for name, text in _OURS.items()}
    for name in list(parts):
        if name == "[Content_Types].xml" or name.endswith(".rels"):
            parts[name] = _without_dropped(parts[name])
    sealed = io.BytesIO()
    with zipfile.ZipFile(sealed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        # The list of types comes first, as readers expect.
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", not name.startswith("_rels"), name)):
            about = zipfile.ZipInfo(name, _MIDNIGHT)
            about.compress_type, about.external_attr, about.create_system = zipfile.ZIP_DEFLATED, _FILE_MODE, 3
            archive.writestr(about, parts[name])
    return sealed.getvalue()


def _without_dropped(listing: bytes) -> bytes:
    """A list of types or of relations without the parts that were left out."""
    names = tuple(name.rpartition("word/")[2] for name in _DROPPED)
    tree = etree.fromstring(listing)
    for item in list(tree):
        target = item.get("Target") or item.get("PartName") or ""
        if target.removeprefix("../").removeprefix("/").removeprefix("word/").startswith(names):
            tree.remove(item)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
