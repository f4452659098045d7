"""The pages of recognition: the queue, the brief and its overlap, complements, decisions, and who sees what."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from equipage.projects import services as writing
from equipage.projects.models import Project
from equipage.recognition import selectors, services
from equipage.recognition.models import Complement, RecognitionFile
from equipage.recognition.overlap import overlap_of
from equipage.teams.path import path_of
from tests import factories
from tests.projects.factories import writing_team, written_project
from tests.recognition.factories import asked, deposited, recognised, taken

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(file: RecognitionFile) -> str:
    return reverse("recognition:file", args=[file.pk])


def move(file: RecognitionFile, name: str) -> str:
    return reverse("recognition:move", args=[file.pk, name])


# --- the journey ------------------------------------------------------------------------------------------------------


def test_the_whole_way_by_the_pages() -> None:
    project = written_project()
    lead, officer = signed_in(factories.lead_of(project.team)), signed_in(factories.ars_department())
    submit = reverse("recognition:submit", args=[project.pk])
    assert "prêt à être déposé" in lead.get(submit).text
    assert "Dossier" in lead.post(submit, follow=True).text
    file = RecognitionFile.objects.get()
    assert file.team.name in officer.get(reverse("recognition:queue")).text
    assert "Prendre le dossier" in officer.get(page(file)).text
    officer.post(move(file, "take"))
    posted = {"section-0": "timetable", "message-0": "La date de fin manque.", "section-1": "", "message-1": ""}
    officer.post(reverse("recognition:ask", args=[file.pk]), posted)
    shown = lead.get(page(file)).text
    assert "La date de fin manque." in shown
    assert "La date de fin manque." in lead.get(reverse("projects:section", args=[project.team_id, "timetable"])).text
    item = Complement.objects.get()
    lead.post(reverse("recognition:answer", args=[item.pk]), {f"c{item.pk}-answer": "Elle est ajoutée."})
    lead.post(reverse("recognition:send_back", args=[file.pk]))
    assert RecognitionFile.objects.get().version.number == 2
    shown = officer.get(page(file)).text
    assert "Depuis la version 1" in shown and "Elle est ajoutée." in shown
    assert officer.get(move(file, "recognise")).status_code == 200
    shown = officer.post(move(file, "recognise"), {"reason": "Projet clair."}, follow=True).text
    file = RecognitionFile.objects.get()
    assert file.state == "recognised" and file.registration_number in shown
    for document in (file.receipt, file.letter):
        assert document is not None
        answer = lead.get(reverse("recognition:document", args=[document.pk]))
        assert answer.content.startswith(b"%PDF")
    steps = {step.key: step.state for step in path_of(factories.fresh(project.team))}
    assert steps["project"] == steps["recognition"] == "done"


def test_what_blocks_the_deposit_is_shown_before_and_after_the_click() -> None:
    project = written_project(without=("timetable", "scope"))
    lead = signed_in(factories.lead_of(project.team))
    submit = reverse("recognition:submit", args=[project.pk])
    for answer, status in ((lead.get(submit), 200), (lead.post(submit), 422)):
        assert answer.status_code == status
        assert "Aucune étape n’est encore datée" in answer.text.replace("'", "’").replace("&#x27;", "’")
    assert not RecognitionFile.objects.exists()


# --- wrong input ------------------------------------------------------------------------------------------------------


def test_a_request_without_its_section_keeps_the_words() -> None:
    officer = factories.ars_department()
    file = taken(officer)
    posted = {"section-0": "", "message-0": "Une phrase sans rubrique."}
    answer = signed_in(officer).post(reverse("recognition:ask", args=[file.pk]), posted)
    assert answer.status_code == 422
    assert "Choisissez la rubrique" in answer.text and "Une phrase sans rubrique." in answer.text


def test_a_refusal_without_a_reason_is_not_one() -> None:
    officer = factories.ars_department()
    file = taken(officer)
    answer = signed_in(officer).post(move(file, "refuse"), {"reason": ""})
    assert answer.status_code == 422 and "Écrivez le motif" in answer.text
    assert factories.fresh(file).state == "in_review"


def test_an_empty_answer_says_what_is_expected() -> None:
    file = asked()
    item = Complement.objects.get()
    answer = signed_in(factories.lead_of(file.team)).post(reverse("recognition:answer", args=[item.pk]), {})
    assert answer.status_code == 422 and "Écrivez une phrase" in answer.text


def test_a_decision_that_came_too_late_is_told_and_keeps_the_words() -> None:
    first, second = factories.ars_department(), factories.ars_region()
    file = taken(first)
    services.recognise(file, actor=first)
    answer = signed_in(second).post(move(file, "refuse"), {"reason": "Trop vague à mon avis."})
    assert answer.status_code == 422
    assert "n’est plus possible" in answer.text.replace("&#x27;", "’").replace("'", "’")
    assert "Trop vague à mon avis." in answer.text


def test_a_blocked_recognition_shows_its_reason_and_its_way_out() -> None:
    officer = factories.ars_department()
    team = writing_team()
    project = written_project(team)
    lead = factories.lead_of(team)
    writing.write(team, "actions", {"actions": ["PREVENTION"]}, based_on=1, actor=lead)
    file = services.take(services.submit(project, actor=lead), actor=officer)
    shown = signed_in(officer).get(page(file)).text
    assert "Un point bloque la reconnaissance" in shown
    assert 'aria-disabled="true">Reconnaître' in shown
    assert "?rubrique=actions" in shown


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_other_teams_and_departments_find_nothing() -> None:
    file = asked()
    receipt = file.receipt
    assert receipt is not None
    item = Complement.objects.get()
    strangers = [
        factories.lead_of(writing_team()),
        factories.ars_department(department_code="44"),
        factories.ars_region(region_code="53"),
        factories.platform_admin(),
    ]
    for stranger in strangers:
        client = signed_in(stranger)
        for url in (page(file), move(file, "recognise"), reverse("recognition:document", args=[receipt.pk])):
            assert client.get(url).status_code == 404, (stranger, url)
        assert client.post(move(file, "take")).status_code == 404
        assert client.post(reverse("recognition:answer", args=[item.pk]), {}).status_code == 404
        assert client.post(reverse("recognition:send_back", args=[file.pk])).status_code == 404


def test_members_never_read_the_comparison_with_other_teams() -> None:
    shared = factories.nurse(last_name="Partagée")
    other = writing_team("Équipe d'Èvre", members=[shared])
    file = deposited(writing_team("Équipe des Mauges", members=[shared]))
    assert other.name in signed_in(factories.ars_department()).get(page(file)).text.replace("&#x27;", "'")
    shown = signed_in(factories.lead_of(file.team)).get(page(file)).text.replace("&#x27;", "'")
    assert other.name not in shown and "équipe voisine" in shown
    assert "Équipes voisines" not in shown


def test_the_association_reads_and_does_not_decide() -> None:
    file = taken()
    client = signed_in(factories.officer())
    shown = client.get(page(file)).text
    assert "En une minute" in shown and "Reconnaître</a>" not in shown
    assert client.get(move(file, "recognise")).status_code == 404
    assert file.team.name in client.get(reverse("recognition:list")).text


# --- overlap ----------------------------------------------------------------------------------------------------------


def test_two_members_a_commune_and_a_theme_in_common_is_strong() -> None:
    pair = [factories.nurse(), factories.pharmacist()]
    other = writing_team(members=pair)
    file = deposited(writing_team(members=pair))
    found = overlap_of(file, factories.ars_department())
    assert found.verdict == "strong"
    assert [item.name for item in found.neighbours] == [other.name]
    assert "2\u00a0membres" in found.neighbours[0].reason


def test_a_commune_and_a_theme_is_to_look_at_and_a_commune_alone_is_nothing() -> None:
    themed = writing_team("Même thème")
    writing_team("Autre thème", themes=("Asthme",))
    file = deposited()
    found = overlap_of(file, factories.ars_department())
    assert [(item.name, item.verdict) for item in found.neighbours] == [(themed.name, "look")]


def test_a_neighbour_elsewhere_with_the_same_theme_is_nothing() -> None:
    writing_team(place=factories.commune("72181"))
    assert overlap_of(deposited(), factories.ars_region()).verdict == "none"


def test_the_communes_of_a_deposited_project_count_more_than_the_seat() -> None:
    far = writing_team("Laval", place=factories.commune("53130"))
    deposited(far)  # its project names Chemillé-en-Anjou
    found = overlap_of(deposited(), factories.ars_region())
    assert [item.name for item in found.neighbours] == ["Laval"]


def test_a_team_outside_one_s_department_is_not_named() -> None:
    shared = factories.nurse()
    writing_team("Équipe de Nantes", place=factories.commune("44109"), members=[shared])
    file = deposited(writing_team(members=[shared]))
    near = overlap_of(file, factories.ars_department()).neighbours[0]
    assert "Nantes" not in near.name and shared.full_name not in near.reason and near.url == ""
    assert overlap_of(file, factories.ars_region()).neighbours[0].name == "Équipe de Nantes"


# --- lists, cards -----------------------------------------------------------------------------------------------------


def test_the_queue_puts_first_who_waits_longest_and_leaves_decided_files() -> None:
    officer = factories.ars_department()
    first, second = deposited(), deposited()
    done = recognised(officer)
    elsewhere = deposited(place=factories.commune("44109"))
    shown = signed_in(officer).get(reverse("recognition:queue")).text
    assert shown.index(first.number) < shown.index(second.number)
    assert done.number not in shown and elsewhere.number not in shown
    assert elsewhere.number in signed_in(factories.ars_region()).get(reverse("recognition:queue")).text
    assert done.number in signed_in(officer).get(reverse("recognition:list")).text


def test_the_queue_costs_the_same_for_two_and_for_twenty(django_assert_num_queries: Any) -> None:
    officer = factories.ars_department()
    client = signed_in(officer)
    url = reverse("recognition:queue")
    deposited()
    deposited()
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    template = RecognitionFile.objects.order_by("pk").first()
    assert template is not None
    for number in range(18):
        team = factories.team(state="accompanied")
        RecognitionFile.objects.create(
            team=team,
            number=f"2026-49-9{number:02d}",
            version=template.version,
            submitted_by=template.submitted_by,
            submitted_at=template.submitted_at,
            waiting_since=template.waiting_since,
        )
    with django_assert_num_queries(len(few)):
        client.get(url)


def test_cards_say_who_has_the_ball() -> None:
    officer = factories.ars_department()
    file = taken(officer)
    lead = factories.lead_of(file.team)
    assert [card["action"] for card in selectors.waiting_for_agency(officer)] == ["Décider"]
    assert selectors.waiting_for_agency(factories.officer()) == []
    assert len(selectors.moving_for_professional(lead)) == 1 and selectors.waiting_for_professional(lead) == []
    services.ask_complements(file, actor=officer, asked=[("timetable", "Précisez le calendrier.")])
    assert selectors.waiting_for_agency(officer) == [] and len(selectors.moving_for_agency(officer)) == 1
    assert [card["action"] for card in selectors.waiting_for_professional(lead)] == ["Répondre"]
    assert selectors.waiting_count(officer) == 0


def test_home_pages_carry_the_cards() -> None:
    officer = factories.ars_department()
    file = deposited()
    assert file.number in signed_in(officer).get("/").text
    assert "à l’ARS" in signed_in(factories.lead_of(file.team)).get("/").text.replace("&#x27;", "’").replace("'", "’")
    assert Project.objects.get().state == "frozen"
