"""The pages: who sees what, what is typed stays, the gate with its way out, lists and their files, the summary."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from django.urls import reverse

from equipage.coordination import services as coordination
from equipage.coordination.models import Action
from equipage.foundation.periods import today
from equipage.prevention import printing
from equipage.prevention.models import PreventionAction, Programme, ProgrammeChange, Session
from equipage.teams.services import end_association
from tests import chain, factories
from tests.prevention import helpers
from tests.prevention.helpers import page, plain

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Any:
    return helpers.team()


@pytest.fixture
def lead(team: Any) -> Any:
    return factories.lead_of(team)


def sheet(team: Any, **more: Any) -> dict[str, Any]:
    return {
        "title": "Mois sans tabac",
        "theme": "Tabac",
        "audience": "Habitants",
        "place": "Mairie",
        "first_on": today().isoformat(),
        "last_on": today().isoformat(),
        "partners": "Mairie",
        "objectives": "Aider.",
        "responsible": str(helpers.people(team)[0].pk),
        "n0-name": "Personnes reçues",
        "n0-unit": "personnes",
        "n0-expected": "40",
        **more,
    }


def typed_session(team: Any, target: str, **more: Any) -> dict[str, Any]:
    return {
        "target": target,
        "held_on": today().isoformat(),
        "minutes": "90",
        "place": "Mairie",
        "audience": "12",
        "present": [person.pk for person in helpers.people(team)],
        "client_key": str(uuid.uuid4()),
        **more,
    }


# --- the tab of the team ----------------------------------------------------------------------------------------------


def test_the_tab_is_there_for_who_is_concerned(client: Any, team: Any, lead: Any) -> None:
    address = reverse("prevention:of_team", args=[team.pk])
    assert address in page(client, lead, reverse("teams:team", args=[team.pk]))
    assert address in page(client, factories.ars_region(), reverse("teams:team", args=[team.pk]))
    other = helpers.team(codes=["RCP_SANS_PATIENT"], association=False)
    assert "Prévention</a>" not in page(client, factories.lead_of(other), reverse("teams:team", args=[other.pk]))


def test_the_gate_is_said_with_its_way_out(client: Any) -> None:
    bare = helpers.team(codes=["RCP_SANS_PATIENT"], association=False)
    shown = page(client, factories.lead_of(bare), "of_team", bare.pk)
    assert "La prévention n'est pas ouverte à cette équipe" in shown
    assert "constituée en association loi 1901" in shown
    assert reverse("teams:association", args=[bare.pk]) in shown
    assert reverse("prevention:new_action", args=[bare.pk]) not in shown
    member = page(client, factories.member_of(bare), "of_team", bare.pk)
    assert reverse("teams:association", args=[bare.pk]) not in member and "personne référente" in member


def test_in_the_project_the_gate_leads_to_where_it_opens(client: Any) -> None:
    writing = factories.complete_team(state="accompanied", themes=("Asthme",))
    shown = page(client, factories.lead_of(writing), reverse("projects:section", args=[writing.pk, "actions"]))
    assert shown.count("constituée en association loi 1901") == 2, "la prévention et l'éducation thérapeutique"
    assert shown.count(reverse("teams:association", args=[writing.pk])) == 2


def test_a_siret_is_no_rna(client: Any) -> None:
    bare = factories.complete_team(state="accompanied", themes=("Asthme",))
    client.force_login(factories.lead_of(bare), "django.contrib.auth.backends.ModelBackend")
    address = reverse("teams:association", args=[bare.pk])
    for typed, words in (("732 829 320 00074", "W suivie de 9 chiffres"), ("491000001", "Il manque la lettre W")):
        answer = client.post(address, {"name": "Association", "rna": typed, "since": "2024-03-01"})
        assert answer.status_code == 422 and words in plain(answer.content.decode())
    assert factories.fresh(bare).association_rna == ""


def test_what_the_project_does_not_announce_is_said(client: Any) -> None:
    early = helpers.team(codes=["RCP_SANS_PATIENT", "PREVENTION"])
    shown = page(client, factories.lead_of(early), "of_team", early.pk)
    assert "Pas dans le projet reconnu" in shown
    assert "éducation thérapeutique du patient : le projet reconnu ne l'annonce pas" in shown


def test_a_lost_association_is_told_on_the_page(client: Any, team: Any, lead: Any) -> None:
    helpers.action(team)
    end_association(actor=lead, team=team, reason="Dissoute.")
    shown = page(client, lead, "of_team", team.pk)
    assert "a pris fin le" in shown and "Mois sans tabac" in shown


def test_the_agency_reads_numbers_and_declarations_and_nobody(client: Any, team: Any, lead: Any) -> None:
    row = helpers.complete(team)
    helpers.session(team, action=helpers.action(team), audience=7)
    agency = factories.ars_region()
    doctor = helpers.people(team)[1]
    for shown in (
        page(client, agency, "of_team", team.pk),
        page(client, agency, "programme", row.pk),
        page(client, agency, "programmes"),
        page(client, agency, "by_team"),
    ):
        assert lead.last_name not in shown and doctor.last_name not in shown
    assert "7 personnes touchées" in page(client, agency, "of_team", team.pk)
    assert "Déclaration complète" in page(client, agency, "programme", row.pk)
    assert "Mieux utiliser son traitement" not in page(client, agency, "programme", row.pk)
    action = PreventionAction.objects.get()
    for name, args in (("action", [action.pk]), ("team_actions", [team.pk]), ("actions", []), ("summary", [action.pk])):
        page(client, agency, name, *args, status=404)


@pytest.mark.parametrize("who", ["stranger", "neighbour", "region"])
def test_strangers_find_nothing(client: Any, team: Any, who: str) -> None:
    action, row = helpers.action(team), helpers.complete(team)
    user = {
        "stranger": lambda: factories.nurse().user,
        "neighbour": lambda: factories.lead_of(factories.recognised_team()),
        "region": lambda: factories.officer(region_code="53"),
    }[who]()
    for name, key in (
        ("of_team", team.pk),
        ("action", action.pk),
        ("edit_action", action.pk),
        ("results", action.pk),
        ("summary", action.pk),
        ("programme", row.pk),
        ("honour", row.pk),
        ("new_action", team.pk),
        ("team_results", team.pk),
        ("declare_session", team.pk),
    ):
        page(client, factories.fresh(user), name, key, status=404)


def test_the_association_reads_and_does_not_write(client: Any, team: Any) -> None:
    action, officer = helpers.action(team), factories.officer()
    shown = page(client, officer, "action", action.pk)
    assert "Mois sans tabac" in shown and "Modifier</a>" not in shown
    for name, key in (("edit_action", action.pk), ("results", action.pk), ("new_action", team.pk)):
        page(client, officer, name, key, status=404)


# --- writing ----------------------------------------------------------------------------------------------------------


def test_an_action_is_prepared_and_changed(client: Any, team: Any, lead: Any) -> None:
    client.force_login(lead, "django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse("prevention:new_action", args=[team.pk]), sheet(team))
    action = PreventionAction.objects.get()
    assert answer.url == reverse("prevention:action", args=[action.pk])
    key = action.indicators.get().pk
    changed = sheet(team, title="Mois sans tabac, suite", **{f"i{key}-name": "Venus", f"i{key}-expected": "12,5"})
    changed |= {"n0-name": "", "n0-unit": "", "n0-expected": ""}
    client.post(reverse("prevention:edit_action", args=[action.pk]), changed)
    row = action.indicators.get()
    assert (factories.fresh(action).title, row.name, row.expected) == (
        "Mois sans tabac, suite",
        "Venus",
        Decimal("12.5"),
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "Ce champ est obligatoire"),
        ({"last_on": "2020-01-01"}, "précède le premier"),
        ({"n0-expected": "-4"}, "Un nombre négatif ne compte rien"),
        ({"n0-expected": "beaucoup"}, "Écrivez un nombre"),
        ({"n0-expected": ""}, "Dites combien vous en attendez"),
        ({"n0-name": ""}, "Dites ce que cette valeur compte"),
        ({"first_on": "31/02/2026"}, "Écrivez une date"),
    ],
)
def test_what_was_typed_stays(client: Any, team: Any, lead: Any, wrong: dict[str, Any], words: str) -> None:
    client.force_login(lead, "django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse("prevention:new_action", args=[team.pk]), sheet(team, objectives="À garder.", **wrong))
    shown = plain(answer.content.decode())
    assert answer.status_code == 422 and words in shown and "À garder." in shown
    assert not PreventionAction.objects.exists()


def test_html_in_a_title_is_only_text(client: Any, team: Any, lead: Any) -> None:
    hostile = "<script>alert(1)</script><b>Tabac</b>"
    action = helpers.action(team, title=hostile)
    helpers.session(team, action=action)
    for name, key in (("of_team", team.pk), ("action", action.pk), ("team_actions", team.pk)):
        shown = page(client, lead, name, key)
        assert "<script>alert" not in shown and "&lt;script&gt;" in shown
    text = pypdf.PdfReader(io.BytesIO(printing.summary_pdf(action))).pages[0].extract_text()
    assert "<b>Tabac</b>" in text.replace("\n", "")


def test_results_by_the_page(client: Any, team: Any, lead: Any) -> None:
    action = helpers.action(team)
    key = action.indicators.get().pk
    client.force_login(lead, "django.contrib.auth.backends.ModelBackend")
    address = reverse("prevention:results", args=[action.pk])
    tomorrow = (today() + timedelta(days=1)).isoformat()
    data = {f"achieved-{key}": "52", f"comment-{key}": "Beaucoup le samedi.", "outcome": "Du monde."}
    answer = client.post(address, {**data, "finished_on": tomorrow, "geste": "terminer"})
    assert answer.status_code == 422 and "est à venir" in answer.content.decode()
    assert "Beaucoup le samedi." in answer.content.decode()
    assert action.indicators.get().achieved is None
    client.post(address, {**data, "finished_on": today().isoformat(), "geste": "terminer"})
    shown = page(client, None, "action", action.pk)
    assert "12 personnes de plus que prévu." in shown and "Terminée" in shown and "40 personnes" in shown


def test_a_session_by_the_page_with_both_questions(client: Any, team: Any, lead: Any) -> None:
    action = helpers.action(team, first_on=today() - timedelta(days=9), last_on=today() - timedelta(days=2))
    client.force_login(lead, "django.contrib.auth.backends.ModelBackend")
    address = reverse("prevention:declare_session", args=[team.pk])
    data = typed_session(team, f"action-{action.pk}")
    asked = client.post(address, data)
    assert asked.status_code == 422 and "La date est hors de l’action" in asked.content.decode()
    assert 'value="Mairie"' in asked.content.decode() and not Action.objects.exists()
    done = client.post(address, {**data, "outside": "on"})
    session = Session.objects.get()
    assert done.url == reverse("coordination:action", args=[session.action_id])
    again = client.post(address, {**data, "outside": "on", "client_key": str(uuid.uuid4())})
    shown = again.content.decode()
    assert again.status_code == 422 and "Une action semblable est déjà déclarée" in shown
    assert '<input type="hidden" name="outside" value="on">' in shown.replace(' id="id_outside"', "")
    client.post(address, {**data, "outside": "on", "another": "on", "client_key": str(uuid.uuid4())})
    assert Session.objects.count() == 2
    panel = plain(client.get(done.url).content.decode())
    assert "Séance d'une action de prévention" in panel and "Mairie" in panel and "Mois sans tabac" in panel


def test_a_programme_not_declared_is_refused_beside_its_answer(client: Any, team: Any, lead: Any) -> None:
    row = helpers.programme(team)
    client.force_login(lead, "django.contrib.auth.backends.ModelBackend")
    answer = client.post(
        reverse("prevention:declare_session", args=[team.pk]), typed_session(team, f"programme-{row.pk}")
    )
    shown = plain(answer.content.decode())
    assert answer.status_code == 422
    assert "n'est pas complète : envoyez-la, puis notez la date d'envoi" in shown
    assert not Action.objects.exists()


def test_an_action_declared_alone_is_attached_to_what_it_belongs_to(client: Any, team: Any, lead: Any) -> None:
    facts = chain.today_facts(team, helpers.people(team), kind="ETP")
    row = coordination.declare(actor=lead, team=team, facts=facts)
    helpers.action(team)
    waiting, programme = helpers.programme(team, title="À déclarer"), helpers.complete(team)
    shown = page(client, lead, reverse("coordination:action", args=[row.pk]))
    address = reverse("prevention:attach", args=[row.pk])
    assert "elle n'est rattachée à aucune action" in shown and address in shown
    offered = page(client, lead, "attach", row.pk)
    assert "Mois sans tabac" not in offered and "action d'accompagnement" in offered
    data = {"place": "Mairie", "audience": "8"}
    answer = client.post(address, {**data, "target": f"programme-{waiting.pk}"})
    assert answer.status_code == 422 and "n’est pas complète" in answer.content.decode()
    client.post(address, {**data, "target": f"programme-{programme.pk}"})
    session = Session.objects.get()
    assert (session.action, session.programme, session.audience) == (row, programme, 8)
    page(client, lead, "attach", row.pk, status=404)
    assert "Vivre avec son asthme" in page(client, lead, reverse("coordination:action", args=[row.pk]))


# --- a programme, by its pages ----------------------------------------------------------------------------------------


def test_a_programme_from_its_file_to_its_evaluation(client: Any, team: Any, lead: Any) -> None:
    nurse, doctor = helpers.people(team)
    client.force_login(lead, "django.contrib.auth.backends.ModelBackend")
    given = helpers.programme_given(team)
    words = ("title", "theme", "population", "aims", "course", "organisation", "funding")
    data = {name: getattr(given, name) for name in words} | {"coordinator": nurse.pk, "team_members": [doctor.pk]}
    client.post(reverse("prevention:new_programme", args=[team.pk]), data)
    row = Programme.objects.get()
    assert "Il manque l'attestation sur l'honneur" in page(client, None, "programme", row.pk)
    client.post(reverse("prevention:honour", args=[row.pk]))
    shown = page(client, None, "programme_move", row.pk, "send")
    assert "deux mois pour répondre" in shown
    sent = (today() - timedelta(days=5)).isoformat()
    client.post(reverse("prevention:programme_move", args=[row.pk, "send"]), {"sent_on": sent})
    early = (today() - timedelta(days=6)).isoformat()
    answer = client.post(
        reverse("prevention:programme_move", args=[row.pk, "acknowledge"]),
        {"acknowledged_on": early, "number": "ETP-52-001"},
    )
    assert answer.status_code == 422 and "précède l’étape" in answer.content.decode()
    assert "ETP-52-001" in answer.content.decode()
    client.post(
        reverse("prevention:programme_move", args=[row.pk, "acknowledge"]),
        {"acknowledged_on": today().isoformat(), "number": "ETP-52-001"},
    )
    assert "sous le numéro ETP-52-001" in page(client, None, "programme", row.pk)
    client.post(reverse("prevention:edit_programme", args=[row.pk]), {**data, "aims": "Autres objectifs."})
    assert "Changement à notifier à l'ARS" in page(client, None, "programme", row.pk)
    change = ProgrammeChange.objects.get()
    client.post(reverse("prevention:notify_change", args=[change.pk]), {"notified_on": today().isoformat()})
    assert "Objectifs, notifié le" in page(client, None, "programme", row.pk)
    due = row.evaluations.get(kind="annual")
    assert "évaluation attendue pour le" in page(client, None, "evaluation", due.pk)
    client.post(reverse("prevention:evaluation", args=[due.pk]), {"done_on": today().isoformat(), "result": "Bien."})
    assert "Faite le" in page(client, None, "programme", row.pk)


def test_the_countdown_is_a_date_and_days(client: Any, team: Any, lead: Any) -> None:
    row = helpers.declared(team, today() - timedelta(days=3))
    shown = page(client, lead, "programme", row.pk)
    assert "L'ARS a jusqu'au" in shown and "Sans réponse, la déclaration sera complète le" in shown
    assert f"dans {(row.silent_on - today()).days} jours" in shown  # type: ignore[operator]


def test_what_is_not_verified_is_shown_as_such(client: Any, team: Any, lead: Any) -> None:
    row = helpers.programme(team, team_members=())
    shown = page(client, lead, "programme", row.pk)
    assert "L'équipe du programme devrait réunir au moins deux professions différentes." in shown
    assert "À vérifier" in shown
    form = page(client, lead, "new_programme", team.pk)
    assert "sans l'avoir vérifié dans un texte" in form and "L.1161-1" in form
