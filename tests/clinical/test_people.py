"""Who sees a file: the author and those whom the patient recognises; objections and withdrawals hold at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from equipage.clinical.models import JournalEntry, Patient, Plan, Recognition
from equipage.clinical.services import patients, plans, recognition
from equipage.clinical.states import PATIENT, PLAN, RECOGNITION
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked, run
from equipage.people.models import User
from equipage.people.roles import Role
from equipage.teams.models import Membership
from tests import factories
from tests.clinical.cast import VAULT_TEST, Circle, circle, open_file, person, say, team_of_three, written_plan

pytestmark = VAULT_TEST


@pytest.fixture
def vault(db: None) -> Circle:
    return circle()


def sees(user: User, patient: Patient) -> bool:
    return Patient.objects.visible_to(User.objects.get(pk=user.pk)).filter(pk=patient.pk).exists()


def test_the_author_and_the_recognised_see_and_the_others_do_not(vault: Circle) -> None:
    assert [sees(user, vault.patient) for user in (vault.author, vault.member, vault.other)] == [True, True, False]


def test_information_alone_opens_nothing(vault: Circle) -> None:
    say(vault.author, vault.patient, vault.other, "inform")
    assert not sees(vault.other, vault.patient)
    row = Recognition.objects.get(professional_id=person(vault.other))
    assert (row.state, row.recorded_by, row.form) == ("informed", person(vault.author), "oral")


@pytest.mark.parametrize("choice", ["object", "withdraw"])
def test_objection_and_withdrawal_hold_at_once(vault: Circle, choice: str) -> None:
    assert sees(vault.member, vault.patient)
    say(vault.author, vault.patient, vault.member, choice)
    assert not sees(vault.member, vault.patient)
    say(vault.author, vault.patient, vault.member, "recognise")
    assert sees(vault.member, vault.patient)
    moves = JournalEntry.objects.filter(what__startswith="clinical.recognition").order_by("id")
    assert [line.facts["professional"] for line in moves][-2:] == [person(vault.member)] * 2


def test_a_member_may_record_the_objection_that_shuts_them_out(vault: Circle) -> None:
    say(vault.member, vault.patient, vault.member, "object")
    assert not sees(vault.member, vault.patient)


def test_an_objection_may_come_before_anything_else(vault: Circle) -> None:
    say(vault.author, vault.patient, vault.other, "object")
    assert Recognition.objects.get(professional_id=person(vault.other)).state == "objected"
    with pytest.raises(Refused, match="opposition"):
        third = factories.nurse()
        factories.join(vault.team, third)
        say(vault.author, vault.patient, User.objects.get(pk=third.user_id), "withdraw")


def test_somebody_who_is_not_of_the_team_is_not_recognised(vault: Circle) -> None:
    stranger = User.objects.get(pk=factories.nurse().user_id)
    with pytest.raises(Refused, match="pas membre confirmé"):
        say(vault.author, vault.patient, stranger, "recognise")


def test_the_keeper_is_not_shut_out_by_a_slip(vault: Circle) -> None:
    with pytest.raises(Refused, match="tient le dossier"):
        say(vault.member, vault.patient, vault.author, "object")


def test_who_leaves_the_team_sees_nothing_more(vault: Circle) -> None:
    Membership.objects.filter(professional_id=person(vault.member)).update(
        state="left", valid_to=today(), leaving_reason="x"
    )
    assert not sees(vault.member, vault.patient)


def test_a_team_that_closes_leaves_the_file_to_its_author(vault: Circle) -> None:
    Membership.objects.filter(team=vault.team).update(state="left", valid_to=today(), leaving_reason="x")
    assert [sees(user, vault.patient) for user in (vault.author, vault.member)] == [True, False]


def test_a_closed_account_sees_nothing(vault: Circle) -> None:
    User.objects.filter(pk=vault.author.pk).update(is_active=False)
    assert not sees(vault.author, vault.patient)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_adds_nothing(vault: Circle, role: Role) -> None:
    """The treasurer who is a physiotherapist of the team, the platform's administrator who is a nurse…"""
    factories.staff(role, person=vault.other)
    assert not sees(vault.other, vault.patient)
    alone = factories.staff(role)
    assert not sees(alone, vault.patient)
    factories.staff(role, person=vault.member)
    assert sees(vault.member, vault.patient)
    assert not can(User.objects.get(pk=vault.member.pk), "clinical.keep_patient", vault.fresh()).allowed


def test_everything_taken_back_closes_the_file_to_all_but_its_author(vault: Circle) -> None:
    plan = written_plan(vault)
    recognition.withdraw_all(actor=vault.author, patient=vault.patient)
    assert [sees(user, vault.patient) for user in (vault.author, vault.member)] == [True, False]
    assert set(Recognition.objects.exclude(professional_id=person(vault.author)).values_list("state", flat=True)) == {
        "withdrawn"
    }
    with pytest.raises(Refused, match="pas ouvert"):
        plans.save_card(actor=vault.author, plan=plan, card="alertes", given={"alert": "x"}, based_on=0)
    recognition.share_again(actor=vault.author, patient=vault.fresh())
    assert not sees(vault.member, vault.patient)
    say(vault.author, vault.fresh(), vault.member, "recognise")
    assert sees(vault.member, vault.patient)


@pytest.mark.parametrize("verb", ["withdraw_all", "share_again", "hand_over", "erase"])
def test_a_recognised_member_does_not_keep_the_file(vault: Circle, verb: str) -> None:
    for name, workflow, row in (
        ("withdraw_all", PATIENT, vault.patient),
        ("share_again", PATIENT, vault.patient),
    ):
        if name == verb:
            with pytest.raises(Blocked):
                run(workflow, row, name, actor=vault.member)
    with pytest.raises(Refused, match="tient le dossier"):
        patients.hand_over(actor=vault.member, patient=vault.patient, professional_id=person(vault.member))


def test_the_file_is_passed_to_a_recognised_member_only(vault: Circle) -> None:
    with pytest.raises(Refused, match="reconnaît"):
        patients.hand_over(actor=vault.author, patient=vault.patient, professional_id=person(vault.other))
    patients.hand_over(actor=vault.author, patient=vault.patient, professional_id=person(vault.member))
    assert vault.fresh().author_id == person(vault.member)
    assert sees(vault.author, vault.patient)  # still recognised


def test_a_file_whose_author_has_left_is_taken_over(vault: Circle) -> None:
    with pytest.raises(Refused, match="a quitté"):
        patients.take_over(actor=vault.member, patient=vault.patient)
    Membership.objects.filter(professional_id=person(vault.author)).update(
        state="left", valid_to=today(), leaving_reason="x"
    )
    assert sees(vault.author, vault.patient)
    patients.take_over(actor=vault.member, patient=vault.fresh())
    assert not sees(vault.author, vault.patient)


def test_the_question_of_the_same_person_betrays_no_file_that_one_does_not_see(vault: Circle) -> None:
    with pytest.raises(patients.SamePerson) as question:
        open_file(vault.team, vault.member)
    assert question.value.existing.pk == vault.patient.pk
    made = open_file(vault.team, vault.other)
    assert made.pk != vault.patient.pk
    elsewhere, author, *_ = team_of_three("Ailleurs")
    open_file(elsewhere, author)


def test_only_a_confirmed_member_of_a_recognised_team_opens_files(vault: Circle) -> None:
    forming = factories.team("En cours", lead=factories.nurse())
    for team, user in (
        (forming, factories.lead_of(forming)),
        (vault.team, factories.officer()),
        (vault.team, factories.platform_admin()),
        (vault.team, User.objects.get(pk=factories.nurse().user_id)),
    ):
        with pytest.raises(Refused, match="membres confirmés"):
            open_file(team, user)


def test_nothing_of_the_vault_is_written_in_the_audit_chain(vault: Circle) -> None:
    before = AuditEntry.objects.count()
    plan = written_plan(vault)
    plans.validate(actor=vault.author, plan=plan, review_on=today() + timedelta(days=30))
    say(vault.author, vault.patient, vault.member, "withdraw")
    assert AuditEntry.objects.count() == before
    assert not AuditEntry.objects.filter(action__startswith="clinical").exists()


def test_the_same_move_twice_is_once(vault: Circle) -> None:
    first = recognition.withdraw_all(actor=vault.author, patient=vault.patient)
    lines = JournalEntry.objects.count()
    again = run(PATIENT, vault.patient, "withdraw_all", actor=vault.author)
    assert again.withdrawn_at == first.withdrawn_at
    assert JournalEntry.objects.count() == lines


@pytest.mark.parametrize("workflow", [PATIENT, RECOGNITION, PLAN], ids=lambda workflow: workflow.name)
def test_a_move_of_somebody_else_is_blocked(vault: Circle, workflow: Any) -> None:
    written_plan(vault)
    row: Any = {
        PATIENT: lambda: vault.patient,
        RECOGNITION: lambda: Recognition.objects.get(professional_id=person(vault.member)),
        PLAN: lambda: Plan.objects.get(),
    }[workflow]()
    strangers = [vault.other, factories.officer(), factories.platform_admin(), factories.ars_region()]
    for move in workflow.transitions.values():
        if row.state in move.sources and not move.hidden:
            for user in strangers:
                with pytest.raises(Blocked, match="revient à"):
                    run(workflow, row, move.name, actor=user, data=dict.fromkeys(move.inputs, "x"))
