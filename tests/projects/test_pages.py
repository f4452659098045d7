"""The pages of a project as people meet them: typed by hand, without a script, and with one."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from equipage.projects import services
from equipage.projects.models import Project, Section, SectionRevision
from tests import factories
from tests.projects.factories import ANSWERS, writing_team, written_project

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def section_url(team: Any, key: str) -> str:
    return reverse("projects:section", args=[team.pk, key])


def test_looking_begins_nothing() -> None:
    team = writing_team()
    client = signed_in(factories.lead_of(team))
    assert client.get(reverse("projects:project", args=[team.pk])).status_code == 200
    for section in services.template_of(team).sections:
        assert client.get(section_url(team, section.key)).status_code == 200, section.key
    assert not Project.objects.exists()


def test_a_section_is_written_without_a_script() -> None:
    team = writing_team()
    client = signed_in(factories.lead_of(team))
    answer = client.post(section_url(team, "purpose"), {"base": "0", **ANSWERS["purpose"]}, follow=True)
    assert "Enregistré à" in answer.text
    assert Section.objects.get().data == ANSWERS["purpose"]


def test_every_kind_of_answer_comes_back_as_it_was_typed() -> None:
    team = writing_team()
    client = signed_in(factories.lead_of(team))
    factories.commune("49007")
    posts: dict[str, dict[str, Any]] = {
        "current_ways": {"ways": ["phone"], "ways__other": "Cahier de liaison"},
        "common_patients": {"count": "1\u202f312"},
        "scope": {"covers_all": "non", "count": "120"},
        "communes": {"communes-0": "Chemillé-en-Anjou (49)", "communes-1": "", "communes-2": "49007"},
        "actions": {"actions": ["PPS", "PREVENTION"], "details": ""},
        "timetable": {
            "phases-0-label": "Construction",
            "phases-0-starts": "2026-01-05",
            "phases-0-ends": "",
            "phases-1-label": "",
        },
        "aims": {
            "patient_indicators-0-label": "Réhospitalisations",
            "patient_indicators-0-kind": "quantitative",
            "patient_indicators-0-baseline": "31",
            "patient_indicators-0-target": "20",
        },
    }
    for key, typed in posts.items():
        assert client.post(section_url(team, key), {"base": "0", **typed}).status_code == 302, key
    kept = {row.key: row.data for row in Section.objects.order_by("key")}
    assert kept["current_ways"] == {"ways": ["phone", "other:Cahier de liaison"]}
    assert kept["common_patients"] == {"count": 1312}
    assert kept["scope"] == {"covers_all": False, "count": 120}
    assert kept["communes"] == {"communes": ["49092", "49007"]}
    assert kept["actions"] == {"actions": ["PPS", "PREVENTION"]}
    assert kept["timetable"] == {"phases": [{"label": "Construction", "starts": "2026-01-05"}]}
    assert kept["aims"]["patient_indicators"] == [
        {"label": "Réhospitalisations", "kind": "quantitative", "baseline": "31", "target": "20"}
    ]
    for key in posts:
        shown = client.get(section_url(team, key)).text
        assert 'value="Cahier de liaison"' in shown or key != "current_ways"
        assert 'value="Construction"' in shown or key != "timetable"


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("common_patients", {"count": "beaucoup"}, "Écrivez un nombre entier"),
        ("common_patients", {"count": "-3"}, "d'au moins"),
        ("common_patients", {"count": "999999999"}, "ne dépasse pas"),
        (
            "timetable",
            {"phases-0-label": "Bilan", "phases-0-starts": "2026-05-01", "phases-0-ends": "2026-04-01"},
            "finit avant d'avoir commencé",
        ),
        ("timetable", {"phases-0-label": "Bilan", "phases-0-starts": "31/02/2026"}, "date"),
        ("communes", {"communes-0": "Nullepart-sur-Rien"}, "Nullepart-sur-Rien"),
    ],
)
def test_wrong_input_is_refused_with_a_sentence_and_kept(key: str, typed: dict[str, str], sentence: str) -> None:
    team = writing_team()
    answer = signed_in(factories.lead_of(team)).post(section_url(team, key), {"base": "0", **typed})
    assert answer.status_code == 422
    text = answer.text.replace("&#x27;", "'").replace("\u2019", "'")
    assert sentence in text
    for value in typed.values():
        assert value in text
    assert not Section.objects.exists()


def test_a_blocked_action_says_why_beside_it() -> None:
    team = writing_team()
    shown = signed_in(factories.lead_of(team)).get(section_url(team, "actions")).text
    assert "Pas encore ouverte" in shown
    assert "association" in shown


def test_autosave_answers_with_the_new_version() -> None:
    team = writing_team()
    client = signed_in(factories.lead_of(team))
    headers = {"HX-Request": "true"}
    answer = client.post(section_url(team, "purpose"), {"base": "0", "purpose": "Court"}, headers=headers)
    assert answer.status_code == 200
    assert 'name="base" id="base" value="1"' in answer.text
    assert "quelques mots de plus" in answer.text
    answer = client.post(section_url(team, "purpose"), {"base": "1", "purpose": "Moins court"}, headers=headers)
    assert 'value="2"' in answer.text


def test_two_people_on_one_section_see_both_texts_and_merge() -> None:
    team = writing_team()
    lead, other = factories.lead_of(team), factories.member_of(team)
    client = signed_in(lead)
    services.write(team, "purpose", {"purpose": "Le texte de la collègue."}, based_on=0, actor=other)
    answer = client.post(section_url(team, "purpose"), {"base": "0", "purpose": "Mon texte à moi."})
    assert answer.status_code == 409
    assert "Le texte de la collègue." in answer.text and "Mon texte à moi." in answer.text
    assert other.full_name in answer.text
    assert 'name="base" id="base" value="1"' in answer.text
    answer = client.post(section_url(team, "purpose"), {"base": "1", "purpose": "Les deux ensemble."})
    assert answer.status_code == 302
    assert list(SectionRevision.objects.order_by("version").values_list("data__purpose", flat=True)) == [
        "Le texte de la collègue.",
        "Les deux ensemble.",
    ]


def test_the_history_compares_two_texts_word_by_word() -> None:
    team = writing_team()
    lead = factories.lead_of(team)
    services.write(team, "purpose", {"purpose": "Préparer le retour à domicile."}, based_on=0, actor=lead)
    services.write(team, "purpose", {"purpose": "Préparer ensemble le retour à domicile."}, based_on=1, actor=lead)
    shown = signed_in(lead).get(reverse("projects:history", args=[team.pk, "purpose"])).text
    assert "<ins>" in shown and "ensemble" in shown and "<del>" not in shown
    back = signed_in(lead).get(reverse("projects:history", args=[team.pk, "purpose"]), {"de": "2", "a": "1"}).text
    assert "<del>" in back


def test_another_team_is_not_found() -> None:
    project = written_project()
    version = services.freeze_version(project, reason="submission", actor=factories.lead_of(project.team))
    stranger = signed_in(factories.lead_of(writing_team()))
    uncertain = factories.pharmacist()
    factories.join(project.team, uncertain, state="uncertain")
    team = project.team
    for client in (stranger, signed_in(factories.fresh(uncertain.user)), signed_in(factories.platform_admin())):
        for url in (
            reverse("projects:project", args=[team.pk]),
            section_url(team, "purpose"),
            reverse("projects:history", args=[team.pk, "purpose"]),
            reverse("projects:draft", args=[team.pk]),
            reverse("projects:versions", args=[team.pk]),
            reverse("projects:version", args=[version.pk]),
            reverse("projects:version_pdf", args=[version.pk]),
        ):
            assert client.get(url).status_code == 404, url
    assert stranger.post(section_url(team, "purpose"), {"base": "1", "purpose": "x"}).status_code == 404


def test_staff_read_and_do_not_write() -> None:
    project = written_project()
    for person in (factories.officer(), factories.ars_department(), factories.ars_region()):
        client = signed_in(person)
        shown = client.get(section_url(project.team, "purpose"))
        assert "Mieux préparer le retour" in shown.text and "<textarea" not in shown.text
        assert client.post(section_url(project.team, "purpose"), {"base": "1", "purpose": "x"}).status_code == 422


def test_the_draft_says_so_and_holds_every_item() -> None:
    project = written_project()
    factories.join(project.team, factories.pharmacist(last_name="Peutêtre"), state="uncertain")
    answer = signed_in(factories.lead_of(project.team)).get(reverse("projects:draft", args=[project.team_id]))
    assert answer["Content-Type"] == "application/pdf"
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "Brouillon" in text and "31 réhospitalisations" in text and "Chemillé-en-Anjou" in text
    assert text.index("encore incertaines") < text.upper().index("PEUTÊTRE")
    for section in services.template_of(project.team).sections:
        assert section.title.split("'")[0][:20] in text, section.title


def test_a_frozen_version_has_its_pdf_and_pages() -> None:
    project = written_project()
    lead = factories.lead_of(project.team)
    first = services.freeze_version(project, reason="submission", actor=lead)
    services.write(project.team, "common_patients", {"count": 400}, based_on=1, actor=lead)
    second = services.freeze_version(project, reason="complement", actor=lead)
    client = signed_in(lead)
    assert client.get(reverse("projects:version", args=[first.pk])).status_code == 200
    pdf = client.get(reverse("projects:version_pdf", args=[second.pk])).content
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert second.content_hash[:8] in text and "400 patients" in text.replace("\u202f", " ")
    compared = client.get(reverse("projects:versions", args=[project.team_id])).text
    assert "312" in compared and "400" in compared


def test_the_board_costs_the_same_with_all_its_sections(django_assert_max_num_queries: Any) -> None:
    project = written_project()
    client = signed_in(factories.lead_of(project.team))
    url = reverse("projects:project", args=[project.team_id])
    client.get(url)
    with django_assert_max_num_queries(45):
        client.get(url)
