"""The papers: minutes of one page for the team, an attendance sheet without a word of what was said, the same twice."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from pypdf import PdfReader

from equipage.coordination import services as coordination
from equipage.foundation.documents.services import pdf_of, seal
from equipage.meetings import printing
from equipage.meetings.models import Item
from equipage.meetings.services import closing, room
from equipage.meetings.services.room import NewItem
from tests import factories
from tests.meetings import room_helpers as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make.recognised_team(members=[factories.pharmacist(), factories.physiotherapist()])


def read(pdf: bytes) -> tuple[int, str]:
    """How many pages, and the text on one line."""
    reader = PdfReader(io.BytesIO(pdf))
    text = " ".join(page.extract_text() for page in reader.pages)
    return len(reader.pages), " ".join(text.replace("\xa0", " ").replace("\u202f", " ").split())


def minutes_of(team: Any, situations: int, *, topic: bool = False, **more: Any) -> Any:
    """Closed minutes with that many full situations."""
    people, lead = make.people_of(team), factories.lead_of(team)
    row = make.meeting(team, title="Situations du mois")
    make.begun(row, people, lead)
    for number in range(situations):
        item = make.situation(row, lead, f"Comment éviter un nouveau passage aux urgences, question {number + 1} ?")
        room.write_boxes(item, make.filled(people, **more), based_on=1, actor=lead)
    if topic:
        item = room.add_item(row, NewItem(kind="topic", question="Protocole de sortie"), actor=lead)
        room.write_boxes(
            item, room.Boxes(account="HAS, 2014.", decision="À écrire.", outcomes=("protocol",)), based_on=1, actor=lead
        )
    make.situation(row, lead)
    return closing.close(row, make.closing_of(row, people), actor=lead)


def test_five_situations_fit_on_one_page_with_everything(team):
    record = minutes_of(team, 5)
    pages, text = read(pdf_of(record.versions.get().document))
    assert pages == 1
    for words in (
        "Compte rendu, RCP sans patient",
        team.name,
        "(30 min)",
        "Au cabinet infirmier",
        "Entre professionnels",
        "Situation A",
        "Situation E",
        "Personne âgée seule",
        "Passage infirmier deux fois par jour",
        "Prescription",
        "Orientation, adressage",
        "Patient informé",
        "Appeler la famille",
        "5 patients évoqués",
        "Reporté à la prochaine réunion Situation F",
        "Diffusion : l’équipe",
        f"Réunion {record.meeting_id}, version 1",
    ):
        assert words in text, words
    for person in make.people_of(team):
        assert person.formal_name in text


def test_more_situations_go_on_cleanly(team):
    pages, text = read(pdf_of(minutes_of(team, 50, topic=True).versions.get().document))
    assert 7 <= pages <= 14 and "Situation AX" in text and "Sujets de pratique" in text and "Protocole à écrire" in text
    assert f"Page {pages} sur {pages}" in text


def test_hostile_text_is_only_text(team):
    account = '#panic("x") $x^2$ *gras* <script>\n\n= Titre\n\n👩‍⚕️ \\u{202e}' + "mot" * 200
    pages, text = read(pdf_of(minutes_of(team, 1, account=account, decision="").versions.get().document))
    assert pages == 1 and '#panic("x")' in text and "= Titre" in text


def test_the_same_bytes_twice_and_after_the_file_is_lost(team):
    document = seal(minutes_of(team, 2).versions.get().document)
    first = pdf_of(document)
    assert document.pdf_sha256 and first.startswith(b"%PDF")
    default_storage.delete(f"documents/{document.pdf_sha256[:2]}/{document.pdf_sha256}.pdf")
    assert pdf_of(document) == first


def test_the_papers_are_tagged_and_say_their_language(team):
    record = minutes_of(team, 2)
    for pdf in (pdf_of(record.versions.get().document), printing.sheet_pdf(record.action)):
        reader = PdfReader(io.BytesIO(pdf))
        root: Any = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"] == True  # noqa: E712
        assert "/StructTreeRoot" in root and root["/Lang"] == "fr"
        assert reader.metadata is not None and reader.metadata.title


def test_a_correction_is_on_its_paper_and_the_old_paper_is_the_same(team):
    record = minutes_of(team, 1)
    lead, people = factories.lead_of(team), make.people_of(team)
    old = pdf_of(record.versions.get().document)
    item = Item.objects.filter(meeting=record.meeting).order_by("id")[0]
    boxes = make.filled(people, decision="Une fois par jour.")
    version = closing.correct_item(item, boxes, reason="Une fois, pas deux.", based_on=2, actor=lead)
    _, text = read(pdf_of(version.document))
    assert "Version 2, corrigée par" in text and "Une fois, pas deux." in text and "Une fois par jour." in text
    assert pdf_of(record.versions.get(number=1).document) == old


# --- who pays ---------------------------------------------------------------------------------------------------------


def test_the_sheet_says_who_was_there_and_how_and_nothing_else(team):
    record = minutes_of(team, 3)
    people = make.people_of(team)
    presence = record.action.presences.get(professional=people[1])
    before = printing.sheet_pdf(record.action)
    assert before == printing.sheet_pdf(record.action)
    coordination.confirm_presence(presence, actor=factories.fresh(people[1].user))
    after = printing.sheet_pdf(record.action)
    pages, text = read(after)
    assert pages == 1 and after != before
    for words in (
        f"numéro {record.action_id}, réunion {record.meeting_id}",
        team.name,
        team.registration_number,
        "30 min",
        "Au cabinet infirmier",
        people[0].rpps,
        people[1].formal_name,
        "A déclaré l’action",
        "D’un geste",
        "À confirmer",
    ):
        assert words.replace("’", "'") in text.replace("’", "'"), words
    for words in ("Situation A", "Personne âgée", "Passage", "Prescription", "Appeler", "question 1"):
        assert words not in text, words


@pytest.mark.parametrize(
    ("who", "minutes", "sheet"),
    [
        ("lead", 200, 200),
        ("member", 200, 200),
        ("officer", 404, 200),
        ("treasurer", 404, 200),
        ("association_admin", 404, 200),
        ("ars_department", 404, 404),
        ("ars_region", 404, 404),
        ("platform_admin", 404, 404),
        ("nurse", 404, 404),
    ],
)
def test_each_role_reads_what_is_theirs(client, team, who, minutes, sheet):
    record = minutes_of(team, 1)
    if who in ("lead", "member"):
        user = factories.lead_of(team) if who == "lead" else factories.member_of(team)
    else:
        made = getattr(factories, who)()
        user = getattr(made, "user", made)
    client.force_login(user)
    paper = client.get(reverse("meetings:minutes_pdf", args=[record.versions.get().pk]))
    assert paper.status_code == minutes
    answer = client.get(reverse("meetings:sheet", args=[record.action_id]))
    assert answer.status_code == sheet
    if sheet == 200:
        assert answer["Content-Type"] == "application/pdf" and "no-store" in answer["Cache-Control"]
