"""Writing a project: nothing begins by looking, nothing is written over, what remains is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.db.transaction import atomic
from django.utils import timezone

from equipage.foundation.refusals import Refused
from equipage.projects import selectors, services
from equipage.projects.models import Project, ProjectVersion, Section, SectionRevision
from equipage.projects.services import SectionConflict
from tests import factories
from tests.projects.factories import ANSWERS, writing_team, written_project
from tests.together import together

pytestmark = pytest.mark.django_db
PURPOSE = ANSWERS["purpose"]


def test_an_empty_save_begins_nothing() -> None:
    team = writing_team()
    assert services.write(team, "purpose", {}, based_on=0, actor=factories.lead_of(team)) is None
    assert not Project.objects.exists()


def test_the_first_save_begins_the_project_and_keeps_a_revision() -> None:
    team = writing_team()
    section = services.write(team, "purpose", PURPOSE, based_on=0, actor=factories.lead_of(team))
    assert section is not None and section.version == 1
    assert SectionRevision.objects.get().data == PURPOSE
    assert Project.objects.get().state == "drafting"


def test_every_save_adds_a_version_and_the_same_text_adds_none() -> None:
    team = writing_team()
    lead = factories.lead_of(team)
    services.write(team, "purpose", PURPOSE, based_on=0, actor=lead)
    services.write(team, "purpose", {"purpose": "Autre"}, based_on=1, actor=lead)
    services.write(team, "purpose", {"purpose": "Autre"}, based_on=1, actor=lead)
    assert list(SectionRevision.objects.order_by("version").values_list("version", flat=True)) == [1, 2]


def test_a_save_on_an_old_version_gives_both_texts_and_writes_nothing() -> None:
    team = writing_team()
    lead, other = factories.lead_of(team), factories.member_of(team)
    services.write(team, "purpose", PURPOSE, based_on=0, actor=lead)
    services.write(team, "purpose", {"purpose": "Le texte de l'autre."}, based_on=1, actor=other)
    with pytest.raises(SectionConflict) as caught:
        services.write(team, "purpose", {"purpose": "Le mien."}, based_on=1, actor=lead)
    assert caught.value.mine == {"purpose": "Le mien."}
    assert caught.value.theirs.data == {"purpose": "Le texte de l'autre."}
    assert other.full_name in caught.value.sentence
    assert Section.objects.get().data == {"purpose": "Le texte de l'autre."}


def test_two_first_saves_at_once_conflict_rather_than_overwrite() -> None:
    team = writing_team()
    services.write(team, "purpose", PURPOSE, based_on=0, actor=factories.member_of(team))
    with pytest.raises(SectionConflict):
        services.write(team, "purpose", {"purpose": "Le mien."}, based_on=0, actor=factories.lead_of(team))


def test_one_s_own_autosave_on_its_way_is_no_conflict_but_an_old_tab_is() -> None:
    team = writing_team()
    lead = factories.lead_of(team)
    services.write(team, "purpose", {"purpose": "Un"}, based_on=0, actor=lead)
    services.write(team, "purpose", {"purpose": "Un deux"}, based_on=1, actor=lead)
    services.write(team, "purpose", {"purpose": "Un deux trois"}, based_on=1, actor=lead)
    Section.objects.update(updated_at=timezone.now() - timedelta(minutes=5))
    with pytest.raises(SectionConflict):
        services.write(team, "purpose", {"purpose": "Vieil onglet"}, based_on=1, actor=lead)


def test_an_unknown_section_or_field_is_refused_with_a_sentence() -> None:
    team = writing_team()
    lead = factories.lead_of(team)
    with pytest.raises(Refused, match="rechargez la page"):
        services.write(team, "inconnue", {"x": "1"}, based_on=0, actor=lead)
    with pytest.raises(Refused, match="rechargez la page"):
        services.write(team, "purpose", {"autre": "1"}, based_on=0, actor=lead)


def test_only_confirmed_members_write() -> None:
    team = writing_team()
    for stranger in (factories.officer(), factories.nurse().user):
        with pytest.raises(Refused, match="membres confirmés"):
            services.write(team, "purpose", PURPOSE, based_on=0, actor=stranger)
    assert not Project.objects.exists()


def test_a_frozen_project_is_closed() -> None:
    project = written_project()
    Project.objects.update(state="frozen")
    with pytest.raises(Refused, match="déposé"):
        services.write(project.team, "purpose", {"purpose": "x"}, based_on=1, actor=factories.lead_of(project.team))


def test_only_reopened_sections_are_written_during_a_complement() -> None:
    project = written_project()
    Project.objects.update(state="complement", reopened_sections=["timetable"])
    team, lead = project.team, factories.lead_of(project.team)
    with pytest.raises(Refused, match="pas rouverte"):
        services.write(team, "purpose", {"purpose": "x"}, based_on=1, actor=lead)
    phases = {"phases": [{"label": "Bilan", "starts": "2026-12-01"}]}
    section = services.write(team, "timetable", phases, based_on=1, actor=lead)
    assert section is not None and section.version == 2


def test_the_board_says_what_remains_and_who_wrote() -> None:
    project = written_project(without=("timetable", "scope"))
    lead = factories.lead_of(project.team)
    board = selectors.board(project.team, selectors.project_of_team(project.team), lead)
    assert board.headline == "Il reste 2\u00a0rubriques"
    cards = {card.asked.key: card for card in board.cards}
    assert cards["timetable"].badge == ("Vide", "quiet")
    assert cards["purpose"].badge == ("Complète", "ok")
    assert cards["other_projects"].badge == ("Facultative", "quiet")
    row = cards["purpose"].row
    assert row is not None and row.updated_by == lead


def test_a_started_section_gives_its_reasons() -> None:
    team = writing_team()
    lead = factories.lead_of(team)
    services.write(team, "means", {"means": ["meetings"]}, based_on=0, actor=lead)
    board = selectors.board(team, selectors.project_of_team(team), lead)
    card = next(card for card in board.cards if card.asked.key == "means")
    assert card.badge == ("Commencée", "wait")
    assert [reason.subject for reason in card.reasons] == ["details"]


def test_members_and_themes_come_from_the_team_with_the_uncertain_apart() -> None:
    project = written_project()
    factories.join(project.team, factories.pharmacist(last_name="Incertain"), state="uncertain")
    members = services.sections_data(project, project.team)["people"]["members"]
    assert [item["certain"] for item in members if "Incertain" in item["name"].title()] == [False]
    assert services.sections_data(project, project.team)["themes"]["themes"] == ["Retour à domicile"]


def test_a_frozen_version_is_whole_numbered_hashed_and_never_changes() -> None:
    project = written_project()
    version = services.freeze_version(project, reason="submission", actor=factories.lead_of(project.team))
    assert version.number == 1
    assert version.content_hash == services.content_hash(version.content)
    assert version.content["sections"]["common_patients"] == {"count": 312}
    assert version.document is not None
    with pytest.raises(DatabaseError), atomic():
        ProjectVersion.objects.filter(pk=version.pk).update(number=7)
    with pytest.raises(DatabaseError), atomic():
        SectionRevision.objects.all().delete()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_people_at_once_lose_no_text() -> None:
    team = writing_team()
    people = [factories.lead_of(team)]
    for _ in range(3):
        nurse = factories.nurse()
        factories.join(team, nurse)
        people.append(factories.fresh(nurse.user))

    def save(person: object, text: str) -> str:
        try:
            services.write(team, "purpose", {"purpose": text}, based_on=0, actor=person)
        except SectionConflict:
            return "conflict"
        return "saved"

    results = together([lambda p=person, n=n: save(p, f"Texte {n}") for n, person in enumerate(people)])  # type: ignore[misc]
    assert sorted(results) == ["conflict", "conflict", "conflict", "saved"]
    assert SectionRevision.objects.count() == 1
