"""A file joined to an action: cleaned, examined, asked for only when a rule says so."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from equipage.coordination import services
from equipage.coordination.models import Presence
from equipage.coordination.selectors.proof import thread
from equipage.foundation import audit
from equipage.foundation.documents.attachments import content_of
from equipage.foundation.documents.models import Attachment
from equipage.foundation.jobs.worker import Worker
from equipage.foundation.refusals import Refused
from equipage.rules.catalogue import AskedEvidence
from equipage.rules.library import RULEPACKS, library, use
from tests import chain, factories
from tests.coordination.proof_helpers import declared, people_of, plain, recognised, user_of
from tests.foundation import specimens
from tests.foundation.test_scanning import SCANNER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(tmp_path, settings, monkeypatch):
    monkeypatch.setattr("equipage.foundation.jobs.declare._schedules", {})
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
    }
    return tmp_path


@pytest.fixture
def team():
    return recognised(2)


@pytest.fixture
def lead(team):
    return factories.lead_of(team)


@pytest.fixture
def action(team):
    return declared(team)


def send(client, action, content: bytes, name: str = "feuille.jpg"):
    file = SimpleUploadedFile(name, content, "image/jpeg")
    return client.post(reverse("coordination:add_evidence", args=[action.pk]), {"file": file})


def test_a_photo_is_joined_without_where_it_was_taken(client, action, lead):
    client.force_login(lead)
    assert send(client, action, specimens.photo()).status_code == 302
    kept = Attachment.objects.get()
    content = content_of(kept)
    assert specimens.HIDDEN not in content and kept.size == len(content) and kept.media_type == "image/jpeg"
    page = plain(client.get(reverse("coordination:action", args=[action.pk])))
    assert "feuille.jpg" in page
    response = client.get(reverse("coordination:evidence", args=[kept.pk]))
    assert response.content == content and response["Content-Disposition"].startswith("attachment;")
    assert audit.verify() is None


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (specimens.bomb(), "photo.png", "trop grande dimension"),
        (specimens.locked_pdf(), "feuille.pdf", "protégé par un mot de passe"),
        (b"%PDF-1.7 rien %%EOF", "feuille.pdf", "ne se lit pas"),
        (specimens.photo(200, 200)[:900] + b"\xff\xd9", "photo.jpg", "coupée ou abîmée"),
        (b"\xff\xd8\xff" + b"\x00" * 15_000_001 + b"\xff\xd9", "photo.jpg", "la limite est de 15 Mo"),
        (b"<script>alert(1)</script>", "photo.jpg", "page web"),
    ],
    ids=["bomb", "locked", "unreadable", "cut", "heavy", "script"],
)
def test_a_file_that_is_refused_says_why_and_leaves_nothing(client, action, lead, content, name, words):
    client.force_login(lead)
    page = send(client, action, content, name)
    assert page.status_code == 422 and words in plain(page) and name in plain(page)
    assert not Attachment.objects.exists()


def test_a_pdf_that_acts_and_a_file_that_is_two_lose_what_they_hid(client, action, lead):
    client.force_login(lead)
    for content, name in (
        (specimens.acting_pdf(), "feuille.pdf"),
        (specimens.photo() + b"PK\x03\x04" + specimens.HIDDEN, "photo.jpg"),
    ):
        assert send(client, action, content, name).status_code == 302
    for kept in Attachment.objects.order_by("id"):
        content = content_of(kept)
        assert specimens.HIDDEN not in content and b"/JS" not in content and b"PK\x03\x04" not in content


def test_a_file_waits_for_the_antivirus_and_the_page_says_it(client, team, action, lead, place, settings):
    scanner = place / "antivirus"
    scanner.write_text(SCANNER)
    scanner.chmod(0o755)
    settings.SCAN_COMMAND = str(scanner)
    client.force_login(lead)
    send(client, action, specimens.photo())
    kept, where = Attachment.objects.get(), reverse("coordination:action", args=[action.pk])
    assert "En cours d’examen" in plain(client.get(where))
    waiting = client.get(reverse("coordination:evidence", args=[kept.pk]), follow=True)
    assert "passe l’antivirus" in plain(waiting) and waiting.request["PATH_INFO"] == where
    Worker().run_all()
    assert client.get(reverse("coordination:evidence", args=[kept.pk])).content.startswith(b"\xff\xd8")


def test_a_refused_file_tells_its_sender_kindly(client, action, lead, place, settings):
    scanner = place / "antivirus"
    scanner.write_text("#!/bin/sh\nexit 1\n")
    scanner.chmod(0o755)
    settings.SCAN_COMMAND = str(scanner)
    client.force_login(lead)
    send(client, action, specimens.photo())
    Worker().run_all()
    notice = lead.notices.get(kind="coordination.evidence_refused")
    assert "feuille.jpg" in notice.body and "Vous n'avez rien fait de mal" in notice.body
    assert "Refusée par l’antivirus" in plain(client.get(reverse("coordination:action", args=[action.pk])))
    again = client.get(reverse("coordination:evidence", args=[Attachment.objects.get().pk]), follow=True)
    assert "n’a pas été gardée" in plain(again)


def test_who_may_join_and_read_a_file(client, team, action, lead):
    client.force_login(lead)
    send(client, action, specimens.photo())
    kept = Attachment.objects.get()
    answers = {}
    for name, user in {
        "member": user_of(people_of(team)[1]),
        "officer": factories.officer(),
        "other team": factories.lead_of(factories.recognised_team()),
        "agency": factories.ars_region(),
    }.items():
        client.force_login(user)
        read = client.get(reverse("coordination:evidence", args=[kept.pk])).status_code
        answers[name] = (read, send(client, action, specimens.photo()).status_code)
    assert answers == {
        "member": (200, 404),
        "officer": (200, 404),
        "other team": (404, 404),
        "agency": (404, 404),
    }


def test_an_action_that_closed_while_the_file_was_cleaned_takes_none(team, action, lead, monkeypatch):
    def slow(content, extension):
        services.cancel(factories.fresh(action), actor=lead, reason="Erreur.")
        return content

    monkeypatch.setattr("equipage.foundation.documents.attachments.clean", slow)
    with pytest.raises(Refused, match="ne se modifie plus"):
        services.add_evidence(action, actor=lead, file=SimpleUploadedFile("feuille.jpg", specimens.photo()))
    assert not Attachment.objects.exists()


# Only when a rule asks ------------------------------------------------------------------------------------------------


def test_no_real_pack_asks_for_a_file(client, action, lead):
    for form in ("esp-clap",):
        for kind in library().form(form, "fr-pdl", action.held_on).actions.values():
            assert kind.asked_evidence is None
    client.force_login(lead)
    shown = plain(client.get(reverse("coordination:action", args=[action.pk])))
    assert "Une pièce manque" not in shown and "les présences confirmées suffisent" in shown
    assert not action.missing_evidence()


@pytest.fixture
def asked(tmp_path):
    """The packs, with a rule of the test that asks for a sheet for meetings with the patient."""
    folder = tmp_path / "paquets"
    text = (RULEPACKS / "fr-pdl/esp-clap/actions.yaml").read_text("utf-8")
    place = text.index("involves_patients: true") + len("involves_patients: true\n")
    line = '          evidence: {required: true, label: "la feuille d\'émargement", reference: "article 7 (essai)"}\n'
    for path in RULEPACKS.rglob("*"):
        if path.is_file():
            copy = folder / path.relative_to(RULEPACKS)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    (folder / "fr-pdl/esp-clap/actions.yaml").write_text(text[:place] + line + text[place:], "utf-8")
    with use(folder):
        yield


def test_when_a_rule_asks_the_declaration_the_page_and_the_validation_say_it(client, asked, team, lead):
    chain.adopted_scale()
    client.force_login(lead)
    action = declared(team)
    done = client.post(
        reverse("coordination:answer", args=[Presence.objects.get(action=action, professional__user=lead).pk, "deny"])
    )
    assert done.status_code == 302
    services.confirm_presence(Presence.objects.get(action=action, professional__user=lead), actor=lead)
    shown = plain(client.get(done.url))
    assert "Une pièce manque" in shown and "la feuille d’émargement (article 7 (essai))" in shown
    assert "Joignez-la à l’action" in shown
    other = people_of(team)[1]
    services.confirm_presence(action.presences.get(professional=other), actor=user_of(other))
    assert "il manque une pièce" in plain(client.get(done.url))
    with pytest.raises(Refused, match="la feuille d'émargement"):
        services.validate(action, actor=factories.officer())
    assert factories.fresh(action).state == "verified"
    send(client, action, specimens.photo())
    assert "Une pièce manque" not in plain(client.get(done.url))
    services.validate(action, actor=factories.officer())
    assert factories.fresh(action).state == "validated"


def test_a_file_in_quarantine_is_not_there_yet(asked, client, team, lead, settings):
    settings.SCAN_COMMAND = "/nowhere/antivirus"
    action = declared(team)
    client.force_login(lead)
    send(client, action, specimens.photo())
    assert "passe l'antivirus" in action.missing_evidence()[0]


def test_an_action_whose_rule_only_welcomes_a_file_asks_for_none():
    assert AskedEvidence.read({"required": False, "label": "une photo"}) is None
    assert AskedEvidence.read({"required": True, "label": "une photo"}) == AskedEvidence("une photo", "")


# Declared, verified, validated ----------------------------------------------------------------------------------------


def test_the_three_facts_are_told_with_their_dates_and_persons(client, team, action, lead):
    chain.adopted_scale()
    client.force_login(lead)
    where, other = reverse("coordination:action", args=[action.pk]), people_of(team)[1]
    shown = plain(client.get(where))
    assert "Pas encore vérifiée" in shown and "Pas encore validée" in shown and "Il manque 1" in shown
    services.confirm_presence(action.presences.get(professional=other), actor=user_of(other))
    shown = plain(client.get(where))
    assert f"{lead.full_name} (a déclaré l’action)" in shown and f"{other.full_name} (d’un geste)" in shown
    assert "Chez l’association" in shown
    officer = factories.officer()
    services.validate(action, actor=officer)
    row = factories.fresh(action)
    events = thread(row, list(row.presences.select_related("professional").order_by("id")))
    assert [event["what"] for event in events] == ["Déclarée", "Vérifiée", "Validée"]
    assert [event["at"] for event in events] == [row.declared_at, row.verified_at, row.validated_at]
    assert officer.full_name in events[2]["who"]
    assert "Pas encore" not in plain(client.get(where))


def test_a_withdrawn_action_waits_for_nothing():
    action: Any = SimpleNamespace(
        declared_at=None,
        declared_by=SimpleNamespace(full_name="Claire"),
        verified_at=None,
        validated_at=None,
        validated_by=None,
        state="cancelled",
    )
    assert [event["what"] for event in thread(action, [])] == ["Déclarée"]
