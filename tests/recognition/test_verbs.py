"""Depositing, asking, answering, deciding: each verb, each refusal with its sentence, and two people at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from equipage.foundation.documents.services import pdf_of
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.messaging.models import Notice
from equipage.people.roles import Role
from equipage.projects import services as writing
from equipage.projects.models import Project, ProjectVersion
from equipage.recognition import selectors, services
from equipage.recognition.models import Complement, RecognitionFile
from tests import factories
from tests.projects.factories import writing_team, written_project
from tests.recognition.factories import asked, deposited, recognised, taken
from tests.together import together

pytestmark = pytest.mark.django_db


def subjects(user: Any) -> list[str]:
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("subject", flat=True))


# --- depositing -------------------------------------------------------------------------------------------------------


def test_a_deposit_freezes_a_version_gives_a_number_and_a_receipt(django_capture_on_commit_callbacks: Any) -> None:
    officer, association = factories.ars_department(), factories.officer()
    with django_capture_on_commit_callbacks(execute=True):
        file = deposited()
    year = today().year
    assert file.number == f"{year}-49-001"
    assert file.version.number == 1 and file.version.reason == "submission"
    assert Project.objects.get().state == "frozen"
    assert file.receipt is not None and pdf_of(file.receipt).startswith(b"%PDF")
    assert subjects(officer) == [f"{file.team.name} dépose son projet de santé"]
    assert subjects(association) == [f"{file.team.name} a déposé son projet de santé"]
    assert subjects(factories.member_of(file.team)) == ["Votre projet de santé est déposé"]


def test_numbers_follow_by_department_without_a_hole() -> None:
    first, second = deposited(), deposited()
    elsewhere = deposited(place=factories.commune("44109"))
    numbers = [row.number.rpartition("-") for row in (first, second, elsewhere)]
    assert [(head[-2:], tail) for head, _, tail in numbers] == [("49", "001"), ("49", "002"), ("44", "001")]


def test_a_second_deposit_gives_the_first_file() -> None:
    file = deposited()
    lead = factories.lead_of(file.team)
    assert services.submit(Project.objects.get(), actor=lead).pk == file.pk
    assert RecognitionFile.objects.count() == 1 and ProjectVersion.objects.count() == 1


def test_everything_that_is_missing_is_said_at_once() -> None:
    team = factories.team(state="forming", themes=("Asthme",))
    project = written_project(team, without=("timetable",))
    with pytest.raises(Blocked) as caught:
        services.submit(project, actor=factories.lead_of(team))
    told = " ".join(caught.value.reasons)
    assert "rencontre avec l'association" in told
    assert "médecin généraliste" in told
    assert "Aucune étape n'est encore datée" in told
    assert not RecognitionFile.objects.exists() and not ProjectVersion.objects.exists()


def test_only_the_lead_deposits() -> None:
    project = written_project()
    with pytest.raises(Refused, match="personne référente"):
        services.submit(project, actor=factories.member_of(project.team))


# --- complements ------------------------------------------------------------------------------------------------------


def test_several_complements_reopen_their_sections_only() -> None:
    file = asked(keys=("timetable", "scope"))
    project = Project.objects.get()
    assert project.state == "complement" and project.reopened_sections == ["scope", "timetable"]
    assert Complement.objects.count() == 2
    notice = Notice.objects.filter(recipient=factories.lead_of(file.team)).order_by("-pk").first()
    assert notice is not None and notice.urgent
    assert "« Le calendrier »" in notice.body and "« Les patients concernés" in notice.body


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ([], "au moins une rubrique"),
        ([("inconnue", "Une phrase assez longue.")], "Choisissez une rubrique"),
        ([("timetable", "Court")], "écrivez en une phrase"),
    ],
)
def test_a_complement_without_a_section_or_words_is_refused(wanted: list[tuple[str, str]], sentence: str) -> None:
    officer = factories.ars_department()
    file = taken(officer)
    with pytest.raises(Refused, match=sentence):
        services.ask_complements(file, actor=officer, asked=wanted)
    assert not Complement.objects.exists() and Project.objects.get().state == "frozen"


def test_a_complement_on_a_file_that_nobody_took_writes_nothing() -> None:
    file = deposited()
    with pytest.raises(Blocked, match="n'est plus possible"):
        services.ask_complements(
            file, actor=factories.ars_department(), asked=[("timetable", "Précisez le calendrier.")]
        )
    assert not Complement.objects.exists()


def test_the_team_completes_answers_and_sends_back_on_a_new_version() -> None:
    officer = factories.ars_department()
    file = asked(officer)
    member = factories.member_of(file.team)
    with pytest.raises(Blocked, match="sans réponse"):
        services.send_back(file, actor=member)
    phases = {"phases": [{"label": "Construction", "starts": "2026-01-05", "ends": "2026-06-30"}]}
    writing.write(file.team, "timetable", phases, based_on=1, actor=member)
    services.answer_complement(Complement.objects.get(), actor=member, answer="La date de fin est ajoutée.")
    file = services.send_back(file, actor=member)
    assert file.state == "in_review" and file.version.number == 2 and file.version.reason == "complement"
    assert file.version.content["sections"]["timetable"] == phases
    assert Project.objects.get().state == "frozen" and Project.objects.get().reopened_sections == []
    assert subjects(officer)[-1] == f"{file.team.name} a complété son dossier"


def test_an_answer_needs_words_and_an_open_request() -> None:
    file = asked()
    member = factories.member_of(file.team)
    item = Complement.objects.get()
    with pytest.raises(Refused, match="Écrivez une phrase"):
        services.answer_complement(item, actor=member, answer="   ")
    services.withdraw(file, actor=factories.lead_of(file.team))
    with pytest.raises(Refused, match="n'attend plus"):
        services.answer_complement(item, actor=member, answer="Trop tard.")
    with pytest.raises(Refused, match="n'attend plus"):
        services.send_back(file, actor=member)


def test_a_section_emptied_during_a_complement_blocks_the_return() -> None:
    file = asked()
    member = factories.member_of(file.team)
    writing.write(file.team, "timetable", {}, based_on=1, actor=member)
    services.answer_complement(Complement.objects.get(), actor=member, answer="Voilà.")
    with pytest.raises(Blocked, match="Aucune étape n'est encore datée"):
        services.send_back(file, actor=member)


# --- deciding ---------------------------------------------------------------------------------------------------------


def test_recognition_gives_a_number_a_letter_and_moves_the_team() -> None:
    association = factories.officer()
    file = recognised()
    file = factories.fresh(file)
    year = today().year
    assert file.registration_number == f"ESPCLAP-52-{year}-0001"
    assert file.team.state == "recognised" and file.team.registration_number == file.registration_number
    assert file.team.recognised_on == today() == file.decided_on
    assert Project.objects.get().state == "settled"
    assert file.letter is not None and pdf_of(file.letter).startswith(b"%PDF")
    assert f"{file.team.name} est reconnue" in subjects(factories.member_of(file.team))
    assert subjects(association)[-1] == f"{file.team.name} est reconnue"
    assert selectors.recognised_version(file.team, today()) == file.version
    assert selectors.recognised_version(file.team, today() - timedelta(days=1)) is None
    assert selectors.recognised_action_codes(file.team, today()) == ["RCP_SANS_PATIENT", "PPS"]


def test_recognising_twice_gives_the_first_decision() -> None:
    officer = factories.ars_department()
    file = recognised(officer)
    again = services.recognise(factories.fresh(file), actor=officer)
    assert again.registration_number == file.registration_number and again.letter_id == file.letter_id


def test_a_prevention_action_without_an_association_blocks_the_decision() -> None:
    officer = factories.ars_department()
    team = writing_team()
    written_project(team)
    lead = factories.lead_of(team)
    writing.write(team, "actions", {"actions": ["PREVENTION"]}, based_on=1, actor=lead)
    file = services.take(services.submit(Project.objects.get(), actor=lead), actor=officer)
    with pytest.raises(Blocked, match="association"):
        services.recognise(file, actor=officer)
    assert factories.fresh(team).state == "accompanied"


def test_a_refusal_carries_its_reason_and_gives_the_project_back() -> None:
    officer = factories.ars_department()
    file = taken(officer)
    with pytest.raises(Blocked, match="Motif du refus"):
        services.refuse(file, actor=officer, reason="  ")
    file = services.refuse(file, actor=officer, reason="Le projet ne dit pas comment il sera évalué.")
    assert file.state == "refused" and file.letter is not None
    assert Project.objects.get().state == "drafting"
    lead = factories.lead_of(file.team)
    again = services.submit(Project.objects.get(), actor=lead)
    assert again.pk != file.pk and again.version.number == 2 and again.version.reason == "submission"


def test_an_amendment_keeps_the_number_and_the_version_in_force_until_decided() -> None:
    officer = factories.ars_department()
    first = recognised(officer)
    team = factories.fresh(first.team)
    lead = factories.lead_of(team)
    writing.amend(Project.objects.get(), actor=lead)
    writing.write(team, "actions", {"actions": ["PPS"]}, based_on=1, actor=lead)
    second = services.take(services.submit(Project.objects.get(), actor=lead), actor=officer)
    assert second.version.reason == "amendment"
    assert selectors.recognised_version(team, today()) == first.version
    second = services.recognise(second, actor=officer)
    assert second.registration_number == first.registration_number
    assert factories.fresh(team).registration_number == first.registration_number
    assert selectors.recognised_version(team, today()) == second.version


def test_the_agency_of_another_department_decides_nothing() -> None:
    file = deposited()
    for stranger in (factories.ars_department(department_code="44"), factories.officer(), factories.lead_of(file.team)):
        with pytest.raises(Refused):
            services.take(file, actor=stranger)
    with pytest.raises(Refused, match="n'instruit pas"):
        services.reassign(
            taken(factories.ars_department()),
            actor=factories.ars_region(),
            to=factories.ars_department(department_code="44"),
        )


def test_a_file_is_given_to_a_colleague_who_is_told() -> None:
    officer, colleague = factories.ars_department(), factories.ars_department()
    file = services.reassign(taken(officer), actor=officer, to=colleague)
    assert file.assigned_to == colleague
    assert subjects(colleague)[-1] == f"Le dossier de {file.team.name} vous est confié"


def test_a_withdrawn_file_gives_the_project_back_and_tells_the_agency() -> None:
    officer = factories.ars_department()
    file = services.withdraw(asked(officer), actor=factories.lead_of(RecognitionFile.objects.get().team))
    assert file.state == "withdrawn" and Project.objects.get().state == "drafting"
    assert subjects(officer)[-1] == f"{file.team.name} retire son dossier"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_officers_deciding_at_once_one_wins_and_the_other_is_told() -> None:
    first, second = factories.ars_department(), factories.ars_region()
    file = taken(first)

    def recognise() -> str:
        try:
            services.recognise(factories.fresh(file), actor=first)
        except Blocked as blocked:
            return blocked.reasons[0]
        return "done"

    def refuse() -> str:
        try:
            services.refuse(factories.fresh(file), actor=second, reason="Le projet est trop vague.")
        except Blocked as blocked:
            return blocked.reasons[0]
        return "done"

    results = together([recognise, refuse])
    assert results.count("done") == 1
    told = next(result for result in results if result != "done")
    assert "n'est plus possible" in told
    decided = factories.fresh(file)
    team, project = factories.fresh(file.team), Project.objects.get()
    assert (decided.state, team.state, project.state) in {
        ("recognised", "recognised", "settled"),
        ("refused", "accompanied", "drafting"),
    }


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_deposit_opens_one_file() -> None:
    project = written_project()
    lead = factories.lead_of(project.team)
    files = together([lambda: services.submit(Project.objects.get(), actor=lead).pk for _ in range(3)])
    assert len(set(files)) == 1
    assert ProjectVersion.objects.count() == 1


def test_holders_of_both_levels_are_told_of_a_deposit() -> None:
    near, far, region = (
        factories.ars_department(),
        factories.ars_department(department_code="44"),
        factories.ars_region(),
    )
    deposited()
    assert len(subjects(near)) == len(subjects(region)) == 1 and subjects(far) == []
    assert Role.ARS_REGION in region.role_kinds
