"""PDFs: archivable, accessible, the same bytes every time, whatever people typed."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from equipage.foundation.documents import checks, coverage, rendering
from equipage.foundation.documents.coverage import displayable
from equipage.foundation.documents.rendering import DocumentFailed, TemplateMissing, render, template_version
from tests.foundation.specimen import ABOUT_SHEET, specimen

NAME = "foundation/specimen"


def sheet(introduction: str = "Bonjour.", **kwargs) -> bytes:
    return render(NAME, specimen(introduction), **{**ABOUT_SHEET, **kwargs})


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def root_of(pdf: bytes) -> Any:
    return PdfReader(io.BytesIO(pdf)).trailer["/Root"]


def test_it_claims_archivable_and_accessible_and_is_tagged():
    pdf = sheet()
    root = root_of(pdf)
    claims = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2<" in claims and "<pdfaid:conformance>A<" in claims
    assert "<pdfuaid:part>1<" in claims
    assert root["/MarkInfo"]["/Marked"] and root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "fr"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    described = PdfReader(io.BytesIO(pdf)).metadata
    assert described and described.title == ABOUT_SHEET["title"]
    assert described.creation_date and described.creation_date.date() == date(2026, 10, 14)


def test_its_table_headings_and_title_are_said_to_a_screen_reader():
    kinds: list[str] = []

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            kinds.append(str(node.get("/S", "")))
            if "/K" in node:
                walk(node["/K"])

    walk(root_of(sheet())["/StructTreeRoot"]["/K"])
    assert kinds.count("/H1") == 1 and kinds.count("/H2") == 3
    assert kinds.count("/Table") == 1 and kinds.count("/TH") == 4
    assert kinds.count("/TR") == 1 + 25 + 1
    assert "/LI" in kinds and "/P" in kinds


def test_all_fonts_are_inside():
    reader = PdfReader(io.BytesIO(sheet("Ελληνικά Кириллица")))
    for page in reader.pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor


def test_the_same_data_give_the_same_bytes_in_another_process():
    program = (
        "import hashlib, json, sys; from datetime import date\n"
        "from equipage.foundation.documents.rendering import render\n"
        "facts = json.load(sys.stdin)\n"
        "pdf = render(facts['name'], facts['data'], title=facts['title'], date=date(2026, 10, 14), reference='R')\n"
        "print(hashlib.sha256(pdf).hexdigest())"
    )
    data = specimen("Èvre")
    facts = json.dumps({"name": NAME, "data": data, "title": "T"})
    other = subprocess.run(
        [sys.executable, "-c", program],
        input=facts,
        capture_output=True,
        text=True,
        check=True,
        cwd=rendering.ROOT.parent,
    )
    here = render(NAME, data, title="T", date=date(2026, 10, 14), reference="R")
    assert other.stdout.strip() == hashlib.sha256(here).hexdigest()


def test_the_order_of_keys_changes_nothing_and_the_date_does():
    data = specimen()
    turned = dict(reversed(data.items()))
    assert render(NAME, data, **ABOUT_SHEET) == render(NAME, turned, **ABOUT_SHEET)
    assert sheet() != sheet(date=date(2026, 10, 15))
    assert sheet(date=datetime(2026, 10, 13, 22, 30, tzinfo=UTC)) == sheet()


def test_a_demonstration_says_so_on_every_page():
    plain, marked = sheet(), sheet(fictitious=True)
    pages = PdfReader(io.BytesIO(marked)).pages
    assert len(pages) == 2
    assert all("Document de démonstration" in page.extract_text() for page in pages)
    assert "démonstration, fictif" not in text_of(plain)


def test_every_page_has_its_number_and_the_hash_of_the_data():
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(sheet())).pages]
    start = rendering.data_hash(specimen())[:4]
    assert all(f"Page {n} sur 2" in text and start in text for n, text in enumerate(pages, start=1))


HOSTILE = [
    '#data $x$ @ref <label> & "double" \'simple\' `code` *gras* _soulignement_ \\ // /* ] } #read("/etc/passwd")',
    "#{panic()} #sys.inputs \\u{41} {{ x }} {% y %} <script>alert(1)</script>",
    "שלום עולם مرحبا بالعالم",
    "👍🏽 👩‍⚕️ 🎉 日本語 ไทย",
    "nul \x00 bell \x07 pua \ue000 half \ud800 nonchar \ufffe bom \ufeff",
    "a\u202egnirts\u202c \u2066x\u2069",
    "e\u0301\u0323\u0336\u0489 z̶̢̛a̷l̸g̶o̵",
    "m" * 10_000,
    "mot " * 2_500,
    "\n\n\n  \n",
    "",
    "= Titre\n- puce\n+ nombre\n/ terme: x",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_people_type_is_text_and_never_code(typed):
    data = specimen(typed, lines=1)
    data["lines"][0]["action"] = typed
    data["signatures"][0]["name"] = typed
    pdf = render(NAME, data, title=typed or "Sans titre", date=date(2026, 10, 14), reference=typed[:80])
    assert pdf.startswith(b"%PDF-1.7")


def test_code_is_shown_as_it_was_typed():
    shown = text_of(sheet('#data $x$ @ref <label> & *gras* #read("/etc/passwd")')).replace("\n", " ")
    assert '#data $x$ @ref <label> & *gras* #read("/etc/passwd")' in shown


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_can_be_set(typed):
    assert sheet(typed).startswith(b"%PDF")


def test_every_character_said_to_be_covered_is():
    pairs = (found.partition("-") for found in coverage.RANGES.split())
    codes = [code for first, _, last in pairs for code in range(int(first, 16), int(last or first, 16) + 1)]
    assert len(codes) > 5000
    # One attempt only: the narrow second one would hide a hole.
    press = rendering._press_of(NAME)
    for start in range(0, len(codes), 1000):
        said = unicodedata.normalize("NFC", " ".join(chr(code) for code in codes[start : start + 1000]))
        shown = displayable(said.replace("\u3008", "").replace("\u3009", ""))  # what NFC makes of two angle brackets
        assert shown.count("□") == said.count("□")
        meta = {
            "title": "T", "reference": "", "date": [2026, 1, 1], "date_text": "", "lang": "fr",
            "fictitious": False, "data_sha256": "", "fingerprint": "",
        }  # fmt: skip
        assert press.set({"meta": meta, "data": specimen(shown, lines=0)}, 0)


def test_what_the_fonts_lack_is_a_square_and_the_invisible_is_dropped():
    assert displayable("Zoé 👍🏽 日") == "Zoé □ □"
    assert displayable("a\u202eb\x00c\ufeffd\u200be") == "abcde"
    assert displayable("e\u0301") == "é"
    assert displayable("a\r\nb\rc") == "a\nb\nc"
    assert displayable("Ω", latin_only=True) == "□"
    assert displayable("f" * 64) == "f" * 64
    assert max(len(run) for run in displayable("f" * 200).split("\u200b")) <= 32


@pytest.mark.parametrize("name", ["foundation/absent", "../settings", "foundation/../x", "specimen", "", "a/b/c"])
def test_a_template_that_does_not_exist_is_refused(name):
    with pytest.raises(TemplateMissing):
        render(name, {}, title="T", date=date(2026, 1, 1))


@pytest.mark.parametrize("value", [1.5, date(2026, 1, 1), {1: "x"}, [object()], float("nan"), b"x"])
def test_data_that_json_does_not_say_exactly_is_refused(value):
    with pytest.raises(TypeError):
        render(NAME, {**specimen(), "more": value}, title="T", date=date(2026, 1, 1))


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A copy of the templates, to change them."""
    shutil.copytree(rendering.BASE, tmp_path / "foundation" / "document_templates")
    (tmp_path / "foundation" / "documents").mkdir()
    shutil.copy(rendering.ROOT / "foundation" / "documents" / "specimen.typ", tmp_path / "foundation" / "documents")
    monkeypatch.setattr(rendering, "ROOT", tmp_path)
    monkeypatch.setattr(rendering, "BASE", tmp_path / "foundation" / "document_templates")
    monkeypatch.setattr(rendering, "FONTS", tmp_path / "fonts")
    return tmp_path


def test_the_version_follows_the_template_the_base_and_the_fonts(house: Path):
    versions = {template_version(NAME)}
    before = sheet()
    for changed in ("foundation/documents/specimen.typ", "foundation/document_templates/base.typ"):
        with (house / changed).open("a") as file:
            file.write("\n// later\n")
        versions.add(template_version(NAME))
    (house / "foundation/documents/_shared.typ").write_text("#let x = 1")
    versions.add(template_version(NAME))
    (house / "fonts").mkdir()
    (house / "fonts" / "Other.ttf").write_bytes(b"not a font, but another set of files")
    versions.add(template_version(NAME))
    assert len(versions) == 5
    assert sheet() == before  # comments and an unreadable font change the version, not the page


def test_an_edited_template_is_set_at_once(house: Path):
    before = sheet()
    with (house / "foundation/documents/specimen.typ").open("a") as file:
        file.write("\n== Et encore\n")
    assert "Et encore" in text_of(sheet()) and sheet() != before


def test_today_in_a_template_is_the_date_of_the_document(house: Path):
    base = '#import "/foundation/document_templates/base.typ": *\n#show: sheet\n'
    (house / "foundation/documents/clock.typ").write_text(base + "Nous sommes le #datetime.today().display()")
    assert "le 2020-02-03" in text_of(render("foundation/clock", {}, title="T", date=date(2020, 2, 3)))


def test_a_wrong_template_fails_and_says_why(house: Path):
    (house / "foundation/documents/wrong.typ").write_text("#let x = absent-name")
    with pytest.raises(DocumentFailed, match=r"foundation/wrong.*absent-name"):
        render("foundation/wrong", {}, title="T", date=date(2026, 1, 1))


def test_a_picture_without_words_fails(house: Path):
    base = '#import "/foundation/document_templates/base.typ": *\n#show: sheet\n'
    picture = '#image("/foundation/document_templates/logo.svg")'
    (house / "foundation/documents/mute.typ").write_text(base + picture)
    with pytest.raises(DocumentFailed, match="alt"):
        render("foundation/mute", {}, title="T", date=date(2026, 1, 1))


def test_a_public_installation_without_its_typeface_is_refused(house: Path, settings):
    class Public:
        https = True

    settings.ENVIRONMENT = Public()
    assert [found.id for found in checks.fonts_are_there()] == ["foundation.E001"]
    Public.https = False
    assert checks.fonts_are_there() == []
    Public.https = True
    (house / "fonts").mkdir()
    (house / "fonts" / "Any.ttf").write_bytes(b"")
    assert checks.fonts_are_there() == []
