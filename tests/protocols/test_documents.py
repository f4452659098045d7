"""A protocol on paper: the same bytes for the same text, accessible, and no text that breaks it."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest
from pypdf import PdfReader

from equipage.foundation.documents.models import Document
from equipage.foundation.documents.services import pdf_of as sealed_pdf_of
from equipage.protocols import printing, reading, word
from equipage.protocols.models import ProtocolVersion
from tests import factories
from tests.protocols.factories import TITLE, completed, in_force, published, taken_up, team_of_two, written

pytestmark = pytest.mark.django_db
HOSTILE = '<script>alert(1)</script> #set page(width: 1pt) $x$ [*] \\ " & \x07\x1b \ufffe ‮ 🏥 ' + "W" * 300


def version_of(**options: Any) -> ProtocolVersion:
    return ProtocolVersion.objects.get(edition=in_force(**options))


def text_of_pdf(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def text_of_docx(made: bytes) -> str:
    document = docx.Document(io.BytesIO(made))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_both_files_say_the_whole_protocol() -> None:
    version = version_of()
    paper = printing.paper_of(version)
    lead = factories.lead_of(version.protocol.team)
    for said in (text_of_pdf(printing.pdf_of(paper)), text_of_docx(word.docx_of(paper))):
        for words in ("Qui fait quoi", "Prévient", "ligne réservée", "Repérer", lead.full_name, "Version 1"):
            assert words in said.replace("\n", " "), words


def test_the_same_version_gives_the_same_bytes() -> None:
    version = version_of()
    first, second = printing.paper_of(version), printing.paper_of(factories.fresh(version))
    assert printing.pdf_of(first) == printing.pdf_of(second)
    assert word.docx_of(first) == word.docx_of(second)
    assert not any(info.date_time[0] > 1980 for info in zipfile.ZipFile(io.BytesIO(word.docx_of(first))).infolist())


@pytest.mark.django_db(transaction=True)
def test_the_sealed_document_is_that_of_the_version() -> None:
    version = version_of()
    document = factories.fresh(version).document
    assert document.sealed
    assert sealed_pdf_of(document) == printing.pdf_of(printing.paper_of(version))
    lead, stranger = factories.lead_of(version.protocol.team), factories.nurse().user
    assert Document.objects.visible_to(lead).filter(pk=document.pk).exists()
    assert not Document.objects.visible_to(stranger).filter(pk=document.pk).exists()


def test_the_pdf_is_tagged_and_titled_and_its_table_has_a_header() -> None:
    pdf = printing.pdf_of(printing.paper_of(version_of()))
    catalogue: Any = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"] and catalogue["/Lang"] == "fr"
    assert PdfReader(io.BytesIO(pdf)).metadata.title == TITLE  # type: ignore[union-attr]
    document = docx.Document(io.BytesIO(word.docx_of(printing.paper_of(version_of()))))
    assert document.core_properties.title == TITLE and document.core_properties.language == "fr-FR"
    assert "w:tblHeader" in document.tables[0].rows[0]._tr.xml
    assert [p.style.name for p in document.paragraphs if p.style and p.text.startswith("4.")] == ["Heading 1"]


def test_hostile_text_is_only_text() -> None:
    need = {"population": HOSTILE, "aim": HOSTILE, "current": "x"}
    conduct = {"phases": [{"phase": "act", "who": HOSTILE, "when": "", "how": HOSTILE}]}
    version = version_of(title=f"<b>Titre</b> {HOSTILE}"[:150], need=need, conduct=conduct)
    paper = printing.paper_of(version)
    pdf = printing.pdf_of(paper)
    assert "alert(1)" in text_of_pdf(pdf)
    assert "<script>alert(1)</script> #set page(width: 1pt)" in text_of_docx(word.docx_of(paper))
    assert printing.pdf_of(paper) == pdf


def test_attribution_stands_on_both_files_of_a_copy() -> None:
    publication = published()
    copy = taken_up(publication, team_of_two("Équipe qui reprend"))
    version = ProtocolVersion.objects.get(edition=completed(copy))
    paper = printing.paper_of(version)
    author = factories.lead_of(publication.protocol.team).full_name
    for said in (text_of_pdf(printing.pdf_of(paper)), text_of_docx(word.docx_of(paper))):
        flat = said.replace("\n", " ").replace("’", "'")
        assert "D'après" in flat and publication.protocol.team.name in flat and author in flat


def test_a_draft_says_that_it_is_one() -> None:
    edition = written()
    sections = edition.sections()
    shown = reading.read_sections(sections, reading.people_named(sections))
    paper = printing.draft_paper(edition.protocol.team, edition.title, edition.kind, shown, [], edition.created_at)
    assert "Brouillon" in text_of_pdf(printing.pdf_of(paper))
    assert "Brouillon" in text_of_docx(word.docx_of(paper))


def test_a_cooperation_protocol_says_on_paper_that_its_law_is_another() -> None:
    act = {"scope": "local", "reference": "Déclaration fictive n° 1", "reference_on": "2024-01-01"}
    identity = {"title": "Essai", "theme": "Essai", "kind": "cooperation", **act}
    paper = printing.paper_of(version_of(kind="cooperation", identity=identity))
    assert "L. 4011-1" in text_of_pdf(printing.pdf_of(paper)).replace("\n", " ").replace("\u202f", " ").replace(
        "\u00a0", " "
    )
    assert "L. 4011-1" in text_of_docx(word.docx_of(paper))
