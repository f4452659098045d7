"""The templates of the toolbox: what they say, and their two files, the same words and always the same bytes."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
import yaml
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

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
    Table,
)
from equipage.support.toolbox.printing import pdf_of
from equipage.support.toolbox.reading import CONTENT, TemplateWrong, read_template, templates
from equipage.support.toolbox.word import docx_of
from tests.support.toolbox_texts import ON, SLUGS, all_texts, blank, labels_of, packed, pdf_text, word_paragraphs

PROMISED = {
    "projet-de-sante",
    "compte-rendu-rcp",
    "feuille-emargement",
    "plan-personnalise-de-sante",
    "protocole-pluriprofessionnel",
    "statuts-association",
}


def a_blank(*blocks: Block, **changes: Any) -> Blank:
    return replace(blank("bilan-annuel"), blocks=blocks, **changes)


# Content ------------------------------------------------------------------------------------------------------------


def test_what_was_promised_is_there() -> None:
    assert set(SLUGS) >= PROMISED
    assert sorted(path.stem for path in CONTENT.glob("*.yaml")) == SLUGS


@pytest.mark.parametrize("slug", SLUGS)
def test_a_template_says_where_it_comes_from_and_invents_nothing(slug: str) -> None:
    found = blank(slug)
    assert found.origin and found.blocks and found.dated <= ON
    texts = all_texts(found)
    assert not [text for text in texts if "{n}" in text or "€" in text or re.search(r"\b0\d(?: ?\d\d){4}\b", text)]
    assert not [text for text in texts if "'" in text or re.search(r"[^\s\u202f][:;?!](?:\s|$)", text)], "typographie"


@pytest.mark.parametrize(
    "slug",
    [
        slug
        for slug in SLUGS
        if slug not in ("plan-personnalise-de-sante", "protocole-pluriprofessionnel", "statuts-association")
    ],
)
def test_a_template_that_leaves_the_team_forbids_the_names_of_patients(slug: str) -> None:
    first = next(block for block in blank(slug).blocks if isinstance(block, Note))
    assert re.search(r"(?i)(jamais|aucun).*patient", first.text)


def test_the_report_of_a_meeting_has_three_situations_without_a_name() -> None:
    labels = labels_of(blank("compte-rendu-rcp"))
    assert labels.count("La situation, sans nom") == labels.count("Qui fait quoi, pour quand") == 3
    assert labels.count("La décision") == 4  # three situations, and the shared practice


def test_the_care_plan_says_on_every_page_that_it_stays_in_secure_messaging() -> None:
    found = blank("plan-personnalise-de-sante")
    pages = [packed(page.extract_text()) for page in PdfReader(io.BytesIO(pdf_of(found))).pages]
    assert len(pages) > 2 and all(packed(found.banner) in page for page in pages)
    header = Document(io.BytesIO(docx_of(found))).sections[0].header.paragraphs[0].text
    assert header == found.banner
    assert "messagerie sécurisée" in found.banner and "jamais à l’association ni à l’ARS" in found.banner


def test_the_outline_of_statutes_is_no_legal_advice() -> None:
    found = blank("statuts-association")
    first = next(block for block in found.blocks if isinstance(block, Note))
    assert "pas un conseil juridique" in first.text and first.asks
    assert any("aucun de ces documents ne fixe le contenu des statuts" in sentence for sentence in found.origin)


def written(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((CONTENT / "bilan-annuel.yaml").read_text("utf-8"))
    return {**data, **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"titel": "Bilan"},
        {"moment": "later"},
        {"dated": "2026-11-25"},
        {"origin": "une phrase"},
        {"body": [{"rows": [{"label": "A", "hlep": "B"}]}]},
        {"body": [{"grid": ["A"]}]},
        {"body": [{"text": "A", "rows": 2}]},
        {"body": [{"table": ["A", "B"], "widths": [1]}]},
        {"body": [{"table": ["A", "B"], "cells": ["☐"]}]},
        {"body": [{"repeat": [], "times": 2, "head": "A"}]},
    ],
    ids=lambda changes: json.dumps(changes, ensure_ascii=False),
)
def test_a_mistake_in_a_template_is_refused(changes: dict[str, Any]) -> None:
    read_template("essai", written())
    with pytest.raises(TemplateWrong):
        read_template("essai", written(**changes))


def test_a_mistake_names_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "essai.yaml").write_text("name: Essai\n", "utf-8")
    monkeypatch.setattr("equipage.support.toolbox.reading.CONTENT", tmp_path)
    with pytest.raises(TemplateWrong, match=r"essai\.yaml"):
        templates.__wrapped__()


# The two files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_both_files_say_the_same_words(slug: str) -> None:
    found = blank(slug)
    on_paper, on_screen = pdf_text(pdf_of(found)), word_paragraphs(docx_of(found))
    assert not [line for line in on_screen if packed(line) not in on_paper]
    screen = packed(" ".join(on_screen))
    for text in [found.title, found.lead, *all_texts(found.blocks), *found.origin, *found.sources]:
        assert packed(text) in screen and packed(text) in on_paper, text


@pytest.mark.parametrize("slug", SLUGS)
def test_the_same_content_gives_the_same_bytes_on_another_day(slug: str) -> None:
    found = blank(slug)
    with time_machine.travel(datetime(2031, 3, 1, 4, 5, 6, tzinfo=UTC), tick=False):
        later = docx_of(blank(slug)), pdf_of(blank(slug))
    assert (docx_of(found), pdf_of(found)) == later
    assert docx_of(replace(found, title="Autre")) != later[0]


@pytest.mark.parametrize("slug", SLUGS)
def test_the_docx_is_a_clean_french_file(slug: str) -> None:
    found = blank(slug)
    made = docx_of(found)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = archive.namelist()
        assert names[0] == "[Content_Types].xml"
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in names if re.search(r"vba|macro|embed|media|customXml|thumbnail|activeX", name)]
        parts = {name: archive.read(name).decode() for name in names}
    assert "TargetMode" not in "".join(parts[name] for name in names if name.endswith(".rels"))
    listed = set(re.findall(r'PartName="/([^"]+)"', parts["[Content_Types].xml"]))
    assert listed <= set(names)
    assert '<w:lang w:val="fr-FR"' in parts["word/styles.xml"] and "en-US" not in parts["word/settings.xml"]
    document = Document(io.BytesIO(made))
    about = document.core_properties
    assert (about.title, about.author, about.language) == (found.name, "Équipage", "fr-FR")
    assert about.created and about.created.date() == about.modified.date() == found.dated
    page = document.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)  # type: ignore[union-attr]
    assert [code.get(qn("w:instr")) for code in page.footer._element.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]


@pytest.mark.parametrize("slug", SLUGS)
def test_titles_are_titles_and_tables_say_their_header(slug: str) -> None:
    found = blank(slug)
    document = Document(io.BytesIO(docx_of(found)))
    styles = [line.style.name for line in document.paragraphs if line.style]
    assert styles.count("Title") == 1
    titles = [block for block in found.blocks if isinstance(block, Heading)]
    assert sum(name in ("Heading 1", "Heading 2") for name in styles) == len(titles)
    heads = [
        table.rows[0].cells[0].text
        for table in document.tables
        if table._tbl.find(f".//{qn('w:tblHeader')}") is not None
    ]
    assert heads == [block.head[0] for block in found.blocks if isinstance(block, Table)]


def test_every_style_that_is_named_exists() -> None:
    """A style, a numbering or a tie to one that was left out would make Word repair the file."""
    for slug in SLUGS:
        with zipfile.ZipFile(io.BytesIO(docx_of(blank(slug)))) as archive:
            written_styles = archive.read("word/styles.xml").decode()
            bodies = [
                archive.read(f"word/{name}.xml").decode() for name in ("document", "header1", "footer1", "numbering")
            ]
        known = set(re.findall(r'w:styleId="([^"]+)"', written_styles))
        named = set(re.findall(r'<w:(?:basedOn|link|next) w:val="([^"]+)"', written_styles))
        named |= set(re.findall(r'<w:(?:pStyle|rStyle|tblStyle) w:val="([^"]+)"', "".join(bodies)))
        assert named <= known
        bullet = re.search(r'w:styleId="ListBullet".*?</w:style>', written_styles)
        assert bullet and '<w:numId w:val="1"/>' in bullet[0] and '<w:num w:numId="1">' in bodies[-1]


def test_boxes_tick_with_a_click() -> None:
    found = blank("compte-rendu-rcp")
    wanted = sum(len(row.options) for block in found.blocks if isinstance(block, Rows) for row in block.rows)
    wanted += sum(row.count(BOX) for block in found.blocks if isinstance(block, Table) for row in block.rows)
    with zipfile.ZipFile(io.BytesIO(docx_of(found))) as archive:
        assert archive.read("word/document.xml").decode().count("<w14:checkbox") == wanted > 10


def test_a_text_is_never_read_as_code() -> None:
    hostile = '<w:p/> & "]]>" #panic() *gras* $x$ \\ {n} é'
    row, head = Row(hostile, hostile, options=(hostile,)), (hostile, "B")
    made = a_blank(
        Paragraph(hostile),
        Note(hostile, asks=True),
        Bullets((hostile,)),
        Rows((row,)),
        Field(hostile, hostile, hostile),
        Checks(hostile, (hostile,)),
        Table(head, (1, 1), ((hostile, ""),), hostile),
        title=hostile,
        banner=hostile,
    )
    assert word_paragraphs(docx_of(made)).count(hostile) >= 8
    assert pdf_text(pdf_of(made)).count(packed(hostile)) >= 12


def test_the_pdf_is_made_for_a_screen_reader() -> None:
    root: Any = PdfReader(io.BytesIO(pdf_of(blank("compte-rendu-rcp")))).trailer["/Root"]
    assert "<pdfuaid:part>1<" in root["/Metadata"].get_object().get_data().decode()
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "fr"
