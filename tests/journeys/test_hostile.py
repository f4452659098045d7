"""What a careless or hostile hand sends: it is refused with a sentence, what was typed stays, nothing is half-written.

Rows of other teams are not tried here: tests/permissions knocks at every address as everybody.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from equipage.agreements.models import Convention
from equipage.coordination.models import Action
from equipage.foundation.access import PUBLIC, holds_any
from equipage.foundation.documents.models import Attachment
from equipage.foundation.periods import today
from equipage.payments.models import BankDetails, PaymentRun
from equipage.people.models import Professional
from equipage.projects.models import SectionRevision
from equipage.recognition.models import RecognitionFile
from equipage.teams.models import Membership, Team
from equipage.web.handbook.doors import Door, doors
from tests import chain, factories
from tests.journeys.cast import french_iban, spaced
from tests.journeys.sending import BACKEND, Hand, words
from tests.permissions.asking import address, noting_writes, sees_all
from tests.permissions.rows import World, outside_the_vault
from tests.permissions.world import build

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PAYLOAD = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'"


@pytest.fixture
def lead() -> Any:
    """A nurse in Chemillé, with an account."""
    return factories.nurse(first_name="Claire", last_name="Besnard")


@pytest.fixture
def doctor() -> Any:
    return factories.gp(first_name="Hugo", last_name="Martin")


@pytest.fixture
def recognised(lead: Any, doctor: Any) -> Team:
    """A team recognised today, with a scale."""
    chain.adopted_scale()
    team = factories.team("Équipe du Layon", state="accompanied", lead=lead, members=[doctor], themes=("Asthme",))
    made: Team = chain.recognised(team)
    return made


def declaration(team: Team, *people: Any, **other: Any) -> dict[str, Any]:
    return {
        "kind": "RCP_SANS_PATIENT",
        "held_on": today().isoformat(),
        "minutes": "45",
        "present": [str(person.pk) for person in people],
        "patients": "1",
        "client_key": str(uuid.uuid4()),
        **other,
    }


# Without the token of the form ------------------------------------------------------------------


@pytest.fixture
def world(db: None) -> World:
    return build()


WRITING = [door for door in outside_the_vault(doors()) if door.access and door.access.writes]


def one_who_may(door: Door, world: World) -> Any:
    """Somebody whom the declaration and the rows of the address let in; None when nobody of the world is."""
    for name in world.people:
        user = world.user(name)
        if door.access is None or not (user.is_authenticated or door.access.audience == PUBLIC):
            continue
        if door.access.audience == "roles" and not holds_any(user, door.access.roles):
            continue
        if sees_all(door, world, user):
            return user
    return None


def test_nothing_is_written_without_the_token_of_the_form(world: World) -> None:
    wrong = []
    for door in WRITING:
        user = one_who_may(door, world)
        if user is None:
            wrong.append(f"{door.name} : personne du petit monde n'y entre")
            continue
        client = Client(enforce_csrf_checks=True)
        if user.is_authenticated:
            client.force_login(user, BACKEND)
        written: list[str] = []
        with noting_writes(written):
            response = client.post(address(door, world), {})
        if response.status_code != 403 or written:
            wrong.append(f"{door.name} : {response.status_code}, écrit {written}")
    assert not wrong, "\n".join(wrong)
    assert len(WRITING) >= 40


# Twice the same button ------------------------------------------------------------------


def test_sending_twice_makes_one_team(lead: Any) -> None:
    hand, team = Hand(lead.user), {"name": "Équipe des Mauges", "commune": "49092", "form": "esp-clap"}
    first, second = (hand.post(reverse("teams:create"), team) for _ in range(2))
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert Team.objects.count() == 1


def test_sending_twice_makes_one_member(lead: Any, doctor: Any) -> None:
    team = factories.team(lead=lead)
    hand, sent = Hand(lead.user), {"professionnel": doctor.pk, "certain": "certain"}
    hand.post(reverse("teams:add_member", args=[team.pk]), sent)
    hand.post(reverse("teams:add_member", args=[team.pk]), sent)
    assert Membership.objects.filter(team=team, professional=doctor).count() == 1


def test_sending_twice_makes_one_action(recognised: Team, lead: Any, doctor: Any) -> None:
    hand, sent = Hand(lead.user), declaration(recognised, lead, doctor)
    for _ in range(2):
        response = hand.post(reverse("coordination:declare_for", args=[recognised.pk]), sent)
        assert response.status_code == 302, words(response)
    assert Action.objects.count() == 1


def test_sending_twice_makes_one_file(lead: Any, doctor: Any) -> None:
    team = factories.team(state="accompanied", lead=lead, members=[doctor], themes=("Asthme",))
    project = chain.written_project(team)
    hand = Hand(lead.user)
    for _ in range(2):
        assert hand.post(reverse("recognition:submit", args=[project.pk]), {}).status_code == 302
    assert RecognitionFile.objects.count() == 1


def test_sending_twice_makes_one_account_to_confirm(recognised: Team, lead: Any) -> None:
    hand = Hand(lead.user)
    for _ in range(2):
        response = hand.post(reverse("payments:give_bank"), {"holder": "Claire Besnard", "iban": french_iban(1)})
        assert response.status_code in (302, 422), words(response)
    assert BankDetails.objects.filter(state="proposed").count() == 1


def test_preparing_twice_makes_no_second_run(recognised: Team) -> None:
    hand = Hand(factories.officer())
    for _ in range(2):
        hand.refused(reverse("compensation:prepare"), {"mois": today().strftime("%Y-%m")}, "Rien n'est à payer")
    assert not PaymentRun.objects.exists()


def test_saving_twice_keeps_one_text(recognised: Team, lead: Any, doctor: Any) -> None:
    team = factories.team(state="accompanied", lead=factories.nurse(), members=[doctor])
    hand, where = Hand(doctor.user), reverse("projects:section", args=[team.pk, "purpose"])
    name = next(field for field in re.findall(r'<textarea name="(\w+)"', hand.reads(where)))
    for _ in range(2):
        assert hand.post(where, {name: "Notre objet.", "base": "0"}).status_code == 302
    assert SectionRevision.objects.filter(section__project__team=team).count() == 1


# Tags in every box ------------------------------------------------------------------


def test_what_is_typed_is_never_read_as_html(recognised: Team, lead: Any, doctor: Any) -> None:
    hand, officer = Hand(lead.user), Hand(factories.officer())
    pages: list[tuple[Hand, str]] = []

    hand.post(reverse("teams:create"), {"name": PAYLOAD, "commune": "49092", "form": "esp-clap"})
    team = Team.objects.get(name=PAYLOAD)
    pages += [(hand, reverse("teams:mine")), (hand, reverse("teams:team", args=[team.pk]))]
    pages += [(hand, reverse("teams:members", args=[team.pk])), (officer, reverse("teams:list"))]
    hand.post(
        reverse("teams:add_member", args=[team.pk]),
        {"professionnel": doctor.pk, "certain": "pressenti", "message": PAYLOAD},
    )
    invited = Membership.objects.get(team=team, professional=doctor)
    pages += [(Hand(doctor.user), reverse("teams:invitation", args=[invited.pk])), (Hand(doctor.user), "/")]

    hand.post(
        reverse("coordination:declare_for", args=[recognised.pk]),
        declaration(recognised, lead, doctor, title=PAYLOAD),
    )
    action = Action.objects.get()
    pages += [(hand, reverse("coordination:action", args=[action.pk])), (hand, reverse("coordination:mine"))]
    officer.post(reverse("coordination:move", args=[action.pk, "return_it"]), {"reason": PAYLOAD})
    pages += [(hand, "/"), (hand, reverse("coordination:correct", args=[action.pk]))]

    hand.post(reverse("payments:give_bank"), {"holder": PAYLOAD, "iban": french_iban(2)})
    pages.append((hand, reverse("payments:bank")))
    pages.append((hand, f"{reverse('teams:members', args=[team.pk])}?q={PAYLOAD}"))
    pages.append((officer, f"{reverse('teams:list')}?q={PAYLOAD}"))

    for who, where in pages:
        page = who.reads(where)
        assert "<script>alert" not in page, where
        assert "<img src=x" not in page, where
    assert "&lt;script&gt;alert" in hand.reads(reverse("teams:team", args=[team.pk]))


# Too much of it ------------------------------------------------------------------


def test_a_huge_text_is_refused_with_its_limit(recognised: Team, lead: Any, doctor: Any) -> None:
    team = factories.team(state="accompanied", lead=factories.nurse(), members=[doctor])
    hand, where = Hand(doctor.user), reverse("projects:section", args=[team.pk, "purpose"])
    name = next(field for field in re.findall(r'<textarea name="(\w+)"', hand.reads(where)))
    hand.refused(where, {name: "a" * 20_001, "base": "0"}, "Ce texte dépasse 20 000 caractères")
    assert not SectionRevision.objects.filter(section__project__team=team).exists()
    long_name = {"name": "a" * 500, "commune": "49092", "form": "esp-clap"}
    hand.refused(reverse("teams:create"), long_name, "120 caractères", "a" * 500)


def test_a_huge_reason_is_refused(recognised: Team, lead: Any) -> None:
    hand = Hand(lead.user)
    hand.post(reverse("coordination:declare_for", args=[recognised.pk]), declaration(recognised, lead))
    action = Action.objects.get()
    where = reverse("coordination:move", args=[action.pk, "cancel"])
    hand.refused(where, {"reason": "a" * 200_000}, "caractères")
    convention = Convention.objects.filter(team=recognised).order_by("pk")[0]
    administrator = Hand(factories.association_admin())
    administrator.refused(
        reverse("agreements:move", args=[convention.pk, "cancel"]), {"reason": "a" * 200_000}, "caractères"
    )


# Files ------------------------------------------------------------------


@pytest.fixture
def evidence(recognised: Team, lead: Any, doctor: Any) -> Iterator[tuple[Hand, str]]:
    hand = Hand(lead.user)
    hand.post(reverse("coordination:declare_for", args=[recognised.pk]), declaration(recognised, lead, doctor))
    yield hand, reverse("coordination:add_evidence", args=[Action.objects.get().pk])
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("feuille.pdf", b"MZ\x90\x00" + b"\x00" * 400, "envoyez un fichier"),
        ("page.pdf", b"<html><script>alert(1)</script></html>", "envoyez un fichier"),
        ("vide.pdf", b"", "vide"),
        ("grand.pdf", b"%PDF-1.7\n" + b"0" * 5_000_001 + b"\n%%EOF", "la limite est de 5 Mo"),
        ("coupe.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "incomplet"),
    ],
)
def test_a_wrong_file_is_refused_with_what_to_send(
    evidence: tuple[Hand, str], name: str, content: bytes, sentence: str
) -> None:
    hand, where = evidence
    hand.refused(where, {"file": SimpleUploadedFile(name, content, "application/pdf")}, sentence)


def test_no_file_at_all(evidence: tuple[Hand, str]) -> None:
    hand, where = evidence
    hand.refused(where, {}, "Choisissez un fichier.")


# Numbers, accounts, dates ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("1010000001", "11 chiffres"), ("101000000012", "11 chiffres"), ("1010000000A", "chiffre")],
)
def test_a_wrong_rpps_is_explained(lead: Any, typed: str, sentence: str) -> None:
    team = factories.team(lead=lead)
    sent = {
        "rpps": typed,
        "first_name": "Paul",
        "last_name": "Durand",
        "profession_code": "70",
        "liberal": "on",
        "commune": "Chemillé-en-Anjou (49)",
        "email": "paul.durand@demo.equipage.invalid",
        "certain": "pressenti",
    }
    Hand(lead.user).refused(reverse("teams:new_member", args=[team.pk]), sent, sentence, typed, "Durand")
    assert not Professional.objects.filter(last_name="Durand").exists()


def test_an_iban_with_a_wrong_key_is_explained_and_one_with_spaces_taken(recognised: Team, lead: Any) -> None:
    hand, where = Hand(lead.user), reverse("payments:give_bank")
    good = french_iban(7)
    wrong = good[:-1] + str((int(good[-1]) + 1) % 10)
    hand.refused(where, {"holder": "Claire Besnard", "iban": wrong}, "clé", "Claire Besnard")
    hand.refused(where, {"holder": "Claire Besnard", "iban": good[:20]}, "27", good[:20])
    assert not BankDetails.objects.exists()
    typed = f"  iban {spaced(good).lower()} "
    assert hand.post(where, {"holder": "Claire Besnard", "iban": typed}).status_code == 302
    assert BankDetails.objects.get().iban == good


def test_two_memberships_at_once_are_refused(lead: Any, doctor: Any) -> None:
    team = factories.team(lead=lead, members=[doctor])
    sent = {"professionnel": doctor.pk, "certain": "certain"}
    hand = Hand(lead.user)
    hand.refused(reverse("teams:add_member", args=[team.pk]), sent, "est déjà membre de l'équipe")


def test_a_departure_before_the_arrival_is_refused(lead: Any, doctor: Any) -> None:
    team = factories.team(lead=lead, members=[doctor])
    membership = team.memberships.get(professional=doctor)
    day = (membership.valid_from - timedelta(days=40)).isoformat()
    sent = {"last_day": day, "reason": "Départ à la retraite."}
    Hand(lead.user).refused(reverse("teams:leave", args=[membership.pk]), sent, "dernier jour", "Départ à la retraite.")
    membership.refresh_from_db()
    assert membership.state == "confirmed"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"minutes": "-45"}, "au moins une minute"),
        ({"minutes": "0"}, "au moins une minute"),
        ({"minutes": "99999"}, "24 heures"),
        ({"minutes": "trois quarts d'heure"}, "en chiffres"),
        ({"minutes": ""}, "la durée en minutes"),
        ({"held_on": (today() + timedelta(days=1)).isoformat()}, "dans le futur"),
        ({"held_on": (today() - timedelta(days=400)).isoformat()}, "antérieure"),
        ({"held_on": "31/02/2026"}, "date"),
        ({"patients": "-1"}, "de 0 à 500"),
        ({"present": []}, "au moins une personne"),
        ({"kind": "ETP"}, "Ce que vous avez fait"),
    ],
)
def test_a_wrong_action_is_explained(
    recognised: Team, lead: Any, doctor: Any, wrong: dict[str, Any], sentence: str
) -> None:
    sent = declaration(recognised, lead, doctor, title="Point du lundi", **wrong)
    Hand(lead.user).refused(reverse("coordination:declare_for", args=[recognised.pk]), sent, sentence, "Point du lundi")
    assert not Action.objects.exists()


def test_an_action_without_a_rate_that_day_says_so(lead: Any, doctor: Any) -> None:
    """No scale holds that day: the action is kept, nothing is invented, and the page says why there is no amount."""
    team = factories.team(state="accompanied", lead=lead, members=[doctor], themes=("Asthme",))
    recognised = chain.recognised(team)
    hand = Hand(lead.user)
    response = hand.post(
        reverse("coordination:declare_for", args=[recognised.pk]), declaration(recognised, lead, doctor)
    )
    assert response.status_code == 302
    page = words(hand.client.get(response["Location"]))
    assert "barème" in page, page


def test_a_scale_that_ends_before_it_begins_is_refused() -> None:
    factories.organisation()
    hand = Hand(factories.officer())
    sent = {
        "label": "Barème essai",
        "code": "essai-2027",
        "reference": "Décision fictive",
        "valid_from": "2027-01-01",
        "last_day": "2026-12-01",
        "tarif-TOTAL_FORMS": "1",
        "tarif-INITIAL_FORMS": "0",
        "tarif-0-action_code": "RCP_SANS_PATIENT",
        "tarif-0-amount": "50,00",
        "tarif-0-unit": "hour",
        "tarif-0-rounding": "cent",
    }
    hand.refused(reverse("compensation:new_scale"), sent, "fin", "Barème essai", "50,00")
