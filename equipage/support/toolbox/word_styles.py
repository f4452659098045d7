"""The look of every DOCX: named styles of the program, so that a team changes them all at once."""

from __future__ import annotations

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from lxml import etree

FONT = "Arial"
INK = RGBColor(0x14, 0x28, 0x2B)
INK_SOFT = RGBColor(0x44, 0x58, 0x5B)
BRAND = RGBColor(0x0B, 0x5D, 0x5E)
BRAND_SOFT = "E2F0EE"
BRAND_EDGE = "0B5D5E"
SUN = "F2B134"
SUN_SOFT = "FDF1D6"
LANGUAGE = "fr-FR"

# Our own styles, named in French: a team reads these names in its word processor.
ORIGIN, SOURCE, SOURCE_LIST = "Origine", "Source", "Liste de sources"
QUESTION, LABEL, HELP, CHOICE, CELL = "Question", "Étiquette", "Aide", "Choix", "Case"
NOTE, NOTE_ASKS, GAP = "Encadré", "Encadré important", "Intervalle"


def dress(document: WordDocument) -> None:
    """Set language, typeface and styles of a new document, and leave out those it never uses."""
    _language(document)
    _keep_only(document)
    _style(document, "Normal", size=10.5, after=5, line=1.1)
    _style(document, "Title", size=21, bold=True, after=2)
    _style(document, "Subtitle", size=12, colour=INK_SOFT, after=8)
    _style(document, "Heading 1", size=14, bold=True, colour=BRAND, before=16, after=6, keep=True)
    _style(document, "Heading 2", size=12, bold=True, before=12, after=5, keep=True)
    origin = _style(document, ORIGIN, size=9.5, bold=True, colour=INK_SOFT, before=18, after=3, keep=True)
    origin.base_style = document.styles["Heading 1"]
    _style(document, "List Bullet", size=10.5, after=3)
    _style(document, "Header", size=9, colour=INK_SOFT, after=6)
    _style(document, "Footer", size=8, colour=INK_SOFT)
    _style(document, QUESTION, size=10.5, bold=True, before=9, after=2, keep=True)
    _style(document, LABEL, size=10, bold=True, before=2, after=1)
    _style(document, HELP, size=9, colour=INK_SOFT, after=3)
    _style(document, CHOICE, size=10.5, after=3)
    _style(document, CELL, size=10.5)
    _style(document, GAP, size=4)
    _style(document, SOURCE, size=8.5, colour=INK_SOFT, after=3)
    listed = _style(document, SOURCE_LIST, size=8.5, colour=INK_SOFT, after=2)
    listed.base_style = document.styles["List Bullet"]
    _edge(_style(document, NOTE, size=10.5, before=4, after=8), BRAND_SOFT, BRAND_EDGE)
    _edge(_style(document, NOTE_ASKS, size=10.5, before=4, after=8), SUN_SOFT, SUN)


_NEEDED = {
    *("Normal", "Title", "Subtitle", "heading 1", "heading 2", "List Bullet", "header", "footer"),
    *("Default Paragraph Font", "Normal Table", "No List", "Table Grid"),
}


def _keep_only(document: WordDocument) -> None:
    """The model of the library holds 160 styles, three quarters of the file."""
    styles = document.styles.element
    for style in list(styles.findall(qn("w:style"))):
        name = style.find(qn("w:name"))
        if name is None or name.get(qn("w:val")) not in _NEEDED:
            styles.remove(style)
            continue
        # A style tied to one that is gone would be an error.
        for tie in ("w:link", "w:next"):
            found = style.find(qn(tie))
            if found is not None:
                style.remove(found)


def _language(document: WordDocument) -> None:
    """French everywhere: spelling, hyphenation, the voice that reads aloud, numbers."""
    settings = document.settings.element
    for name, key, value in (
        ("w:themeFontLang", "w:val", LANGUAGE),
        ("w:decimalSymbol", "w:val", ","),
        ("w:listSeparator", "w:val", ";"),
    ):
        found = settings.find(qn(name))
        assert found is not None
        found.attrib.clear()
        found.set(qn(key), value)
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    assert defaults is not None
    language = defaults.find(qn("w:lang"))
    if language is None:
        language = etree.SubElement(defaults, qn("w:lang"))
    language.set(qn("w:val"), LANGUAGE)
    language.set(qn("w:eastAsia"), LANGUAGE)


def _style(
    document: WordDocument,
    name: str,
    *,
    size: float,
    bold: bool = False,
    colour: RGBColor = INK,
    before: float = 0,
    after: float = 0,
    line: float = 1.05,
    keep: bool = False,
) -> ParagraphStyle:
    """The style of that name, made where the program has none. Sizes and spaces in points."""
    styles = document.styles
    found = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(found, ParagraphStyle)
    found.font.size, found.font.bold, found.font.italic = Pt(size), bold, False
    found.font.color.rgb = colour
    _face(found)
    space = found.paragraph_format
    space.space_before, space.space_after, space.line_spacing = Pt(before), Pt(after), line
    space.keep_with_next = keep
    # The lines and stops of the program's own styles (under a title, in a foot) are not ours.
    for extra in ("w:pBdr", "w:tabs") if name == "List Bullet" else ("w:pBdr", "w:tabs", "w:numPr"):
        other = found.element.get_or_add_pPr().find(qn(extra))
        if other is not None:
            found.element.get_or_add_pPr().remove(other)
    return found


def _face(style: ParagraphStyle) -> None:
    """Our typeface for every script; those of the theme would win over it."""
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    if fonts is not None:
        properties.remove(fonts)
    fonts = OxmlElement("w:rFonts")
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)
    properties.insert(0, fonts)
    for extra in ("w:spacing", "w:kern"):
        found = properties.find(qn(extra))
        if found is not None:
            properties.remove(found)


def _edge(style: ParagraphStyle, fill: str, edge: str) -> None:
    """A coloured sentence with a thick edge on the left."""
    properties = style.element.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    # Above and below, a line of the background's colour: it gives the words some air.
    for side, size, space, colour in (("top", 24, 2, fill), ("left", 24, 6, edge), ("bottom", 24, 2, fill)):
        line = etree.SubElement(borders, qn(f"w:{side}"))
        for key, value in (("val", "single"), ("sz", str(size)), ("space", str(space)), ("color", colour)):
            line.set(qn(f"w:{key}"), value)
    shading = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        shading.set(qn(f"w:{key}"), value)
    # The schema's order: borders and shading come before spacing.
    spacing = properties.find(qn("w:spacing"))
    place = properties.index(spacing) if spacing is not None else len(properties)
    properties.insert(place, borders)
    properties.insert(place + 1, shading)
    style.paragraph_format.left_indent = Mm(3)
