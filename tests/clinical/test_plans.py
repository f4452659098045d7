"""A plan is written card by card, frozen, compared, reviewed, printed, declared, closed."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from equipage.clinical import contents
from equipage.clinical.models import ActionLink, Note, Plan, PlanVersion
from equipage.clinical.nomenclatures import Problem
from equipage.clinical.printing import plan_pdf, version_pdf
from equipage.clinical.reading import differences
from equipage.clinical.rules import LONGEST_TEXT
from equipage.clinical.services import keeping, notes, patients, plans
from equipage.clinical.services.common import Changed
from equipage.clinical.services.declaring import declare_plan
from equipage.coordination.models import Action
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.messaging.models import MailboxMessage, Notice
from tests import chain as walk
from tests import factories
from tests.clinical.cast import (
    ACTIONS,
    MARKERS,
    PROBLEM,
    VAULT_TEST,
    Circle,
    circle,
    person,
    say,
    validated_plan,
    written_plan,
)

pytestmark = VAULT_TEST


@pytest.fixture
def vault(db: None) -> Circle:
    return circle()


def again(plan: Plan) -> Plan:
    return Plan.objects.select_related("patient__key").get(pk=plan.pk)


def test_the_coded_problems_are_those_of_the_national_model() -> None:
    assert [label for _, label in Problem.choices] == [
        "Médicaments",
        "Mobilité",
        "Isolement",
        "Précarité",
        "Gestes de la vie quotidienne",
        "Nutrition",
        "Difficulté à se soigner",
        "Humeur",
        "Organisation du suivi",
        "Autre",
    ]


def test_a_plan_says_all_that_it_lacks_then_is_frozen(vault: Circle) -> None:
    plan = plans.start_plan(actor=vault.author, patient=vault.fresh())
    with pytest.raises(Blocked) as blocked:
        plans.validate(actor=vault.author, plan=plan, review_on=today())
    said = " ".join(blocked.value.reasons)
    for word in ("accord de la personne", "réunion", "plan d’actions est vide", "revue est passée"):
        assert word in said
    Plan.objects.filter(pk=plan.pk).update(state="closed", closed_at=plan.created_at, closing_reason="other")
    done = validated_plan(vault)
    version = PlanVersion.objects.select_related("plan__patient__key").get(plan=done)
    assert (done.state, version.number) == ("validated", 1)
    assert version.content["patient"]["cards"]["identite"]["birth_name"] == "Zéphirinde"


def test_one_plan_at_a_time(vault: Circle) -> None:
    plans.start_plan(actor=vault.author, patient=vault.fresh())
    with pytest.raises(Refused, match="déjà un plan"):
        plans.start_plan(actor=vault.member, patient=vault.fresh())


def test_a_validated_plan_is_not_written_until_it_is_taken_up_again(vault: Circle) -> None:
    plan = validated_plan(vault)
    with pytest.raises(Refused, match="reprenez-le"):
        plans.save_card(actor=vault.member, plan=plan, card="alertes", given={"alert": "x"}, based_on=0)
    plans.revise(actor=vault.member, plan=plan)
    plans.save_card(actor=vault.member, plan=again(plan), card="alertes", given={"alert": "Chute"}, based_on=0)
    plans.validate(actor=vault.author, plan=again(plan), review_on=today() + timedelta(days=9))
    first, second = PlanVersion.objects.select_related("plan__patient__key").order_by("number")
    found = differences(first.content, second.content)
    assert ("Alertes : Qui prévenir, dans quel cas", "", "Chute") in found
    assert len(found) == 1


def test_two_who_write_the_same_card_lose_nothing(vault: Circle) -> None:
    plan = written_plan(vault)
    plans.save_card(actor=vault.author, plan=plan, card="alertes", given={"alert": "d’Anne"}, based_on=0)
    with pytest.raises(Changed) as clash:
        plans.save_card(actor=vault.member, plan=plan, card="alertes", given={"alert": "de Hugo"}, based_on=0)
    assert clash.value.theirs == {"alert": "d’Anne"} and clash.value.count == 1
    plans.save_card(actor=vault.member, plan=plan, card="situation", given={"medical": "ailleurs"}, based_on=0)
    plans.save_card(actor=vault.member, plan=plan, card="alertes", given={"alert": "des deux"}, based_on=1)
    assert contents.card_of(again(plan).content, "alertes") == {"alert": "des deux"}


def test_two_who_write_the_same_problem(vault: Circle) -> None:
    plan = written_plan(vault)
    key = again(plan).content["problems"][0]["key"]
    change = {**PROBLEM, "detail": "d’Anne"}
    plans.save_problem(actor=vault.author, plan=plan, key=key, given=change, actions=ACTIONS, based_on=1)
    with pytest.raises(Changed):
        plans.save_problem(actor=vault.member, plan=plan, key=key, given=PROBLEM, actions=ACTIONS, based_on=1)
    plans.remove_problem(actor=vault.author, plan=plan, key=key)
    with pytest.raises(Refused, match="retiré par un collègue"):
        plans.save_problem(actor=vault.member, plan=plan, key=key, given=PROBLEM, actions=ACTIONS, based_on=2)


def test_the_same_words_again_write_nothing(vault: Circle) -> None:
    plan = written_plan(vault)
    before = again(plan).revision
    plans.save_card(actor=vault.author, plan=plan, card="accord", given={"consent": "given"}, based_on=0)
    assert again(plan).revision == before


def test_an_objection_during_an_edit_stops_it(vault: Circle) -> None:
    plan = written_plan(vault)
    say(vault.author, vault.patient, vault.member, "object")
    with pytest.raises(Refused, match="pas ouvert"):
        plans.save_card(actor=vault.member, plan=plan, card="alertes", given={"alert": "x"}, based_on=0)
    with pytest.raises(Refused):
        patients.edit_card(actor=vault.member, patient=vault.patient, card="entourage", given={}, based_on=0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"medical": "é" * (LONGEST_TEXT + 1)}, "20\u202f001 signes"),
        ({"medical": "x" * 300_000}, "300\u202f000 signes"),
    ],
)
def test_a_text_too_long_is_refused_with_its_length(vault: Circle, given: dict[str, str], said: str) -> None:
    plan = written_plan(vault)
    with pytest.raises(Refused, match=said) as refused:
        plans.save_card(actor=vault.author, plan=plan, card="situation", given=given, based_on=0)
    assert refused.value.field == "medical"


def test_a_plan_has_no_more_problems_nor_actions_than_people_can_follow(vault: Circle) -> None:
    plan = written_plan(vault)
    with pytest.raises(Refused, match="12 actions"):
        plans.save_problem(actor=vault.author, plan=plan, key="", given=PROBLEM, actions=ACTIONS * 13, based_on=0)
    for _ in range(contents.MOST_PROBLEMS - 1):
        plans.save_problem(actor=vault.author, plan=plan, key="", given=PROBLEM, actions=ACTIONS, based_on=0)
    with pytest.raises(Refused, match="20 problèmes"):
        plans.save_problem(actor=vault.author, plan=plan, key="", given=PROBLEM, actions=ACTIONS, based_on=0)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_same_plan_prints_as_pps_and_as_ppcs(vault: Circle) -> None:
    plan = written_plan(vault)
    missed = {**PROBLEM, "problem": "mood", "outcome": "not_reached", "outcome_note": "Trop tôt"}
    plans.save_problem(actor=vault.author, plan=plan, key="", given=missed, actions=ACTIONS, based_on=0)
    pps, ppcs = text_of(plan_pdf(again(plan), "pps")), text_of(plan_pdf(again(plan), "ppcs"))
    for text in (pps, ppcs):
        assert "Zéphirinde" in text and "Objectif-Marmotte" in text and plan.pk in text
    assert "Plan de soins et d’aides" in pps and "Directives anticipées" not in ppcs.split("2. Synthèse")[1]
    parts = ["1. La personne", "2. Synthèse", "3. Plan d’action", "4. Objectifs partagés non atteints"]
    assert [ppcs.index(part) for part in parts] == sorted(ppcs.index(part) for part in parts)
    last = ppcs.split(parts[3])[1]
    assert "Trop tôt" in last and "Humeur" in last and "Mobilité" not in last


def test_actions_of_prevention_come_first(vault: Circle) -> None:
    plan = written_plan(vault)
    lines: list[Any] = [*ACTIONS, {"what": "Vaccin", "who": "Claire", "prevention": True, "etp": False}]
    plans.save_problem(actor=vault.author, plan=plan, key="", given=PROBLEM, actions=lines, based_on=0)
    text = text_of(plan_pdf(again(plan), "ppcs"))
    assert text.index("Vaccin (prévention)") < text.rindex("Rééducation")


def test_hostile_text_prints(vault: Circle) -> None:
    plan = written_plan(vault)
    hostile = "<script>alert(1)</script> #panic() \\ $x$ @ref \u202e\u0000".replace("\u0000", "")
    plans.save_card(actor=vault.author, plan=plan, card="alertes", given={"alert": hostile}, based_on=0)
    assert "<script>" in text_of(plan_pdf(again(plan), "pps"))


def test_a_frozen_version_prints_with_its_proof(vault: Circle) -> None:
    plan = validated_plan(vault)
    version = PlanVersion.objects.select_related("plan__patient__key").get(plan=plan)
    assert version.digest[:16] in text_of(version_pdf(version, "pps"))


def test_reviews_are_dated_and_the_reminder_names_nobody(vault: Circle) -> None:
    plan = validated_plan(vault)
    assert keeping.remind_reviews() == 0
    Plan.objects.filter(pk=plan.pk).update(review_on=today() + timedelta(days=5))
    assert keeping.remind_reviews() == 1
    keeping.remind_reviews()
    notice = Notice.objects.get(kind="clinical.review")
    assert notice.recipient == vault.author
    assert plan.pk in notice.body and plan.pk in notice.link
    assert not [word for word in MARKERS if word in f"{notice.subject} {notice.body} {notice.link}"]
    assert not MailboxMessage.objects.exists()
    review = plans.record_review(
        actor=vault.member, plan=again(plan), held_on=today(), found="Bien", next_on=today() + timedelta(days=60)
    )
    same = plans.record_review(
        actor=vault.member, plan=again(plan), held_on=today(), found="Bien", next_on=today() + timedelta(days=60)
    )
    assert same.pk == review.pk
    assert again(plan).review_on == today() + timedelta(days=60)
    for wrong, field in (({"next_on": today()}, "next_on"), ({"held_on": today() + timedelta(days=1)}, "held_on")):
        given: dict[str, Any] = {"held_on": today(), "next_on": today() + timedelta(days=9), "found": "x", **wrong}
        with pytest.raises(Refused) as refused:
            plans.record_review(actor=vault.member, plan=again(plan), **given)
        assert refused.value.field == field


def test_nobody_is_reminded_of_a_file_that_is_closed_to_them(vault: Circle) -> None:
    plan = validated_plan(vault)
    Plan.objects.filter(pk=plan.pk).update(review_on=today(), referent_id=person(vault.member))
    say(vault.author, vault.patient, vault.member, "object")
    keeping.remind_reviews()
    assert [notice.recipient for notice in Notice.objects.filter(kind="clinical.review")] == [vault.author]


def test_a_plan_is_closed_for_a_reason_of_the_list(vault: Circle) -> None:
    plan = validated_plan(vault)
    with pytest.raises(Refused, match="pourquoi"):
        plans.close(actor=vault.author, plan=plan, reason="Marcellin est parti")
    assert plans.close(actor=vault.author, plan=plan, reason="reached").state == "closed"


def test_a_plan_declared_outside_is_one_patient_and_no_word(vault: Circle) -> None:
    team = factories.complete_team(state="accompanied", themes=("Plaies",))
    team = walk.recognised(team)
    author = factories.lead_of(team)
    inside = Circle(team, author, author, author, None)  # type: ignore[arg-type]
    inside.patient = patients.create_patient(
        actor=author, team=team, identity=_identity(), informed_on=today(), form="oral"
    )
    plan = written_plan(inside)
    given: dict[str, Any] = {"actor": author, "held_on": today(), "minutes": 45, "present": (person(author),)}
    with pytest.raises(Refused, match="Validez d'abord"):
        declare_plan(plan=plan, **given)
    plans.validate(actor=author, plan=plan, review_on=today() + timedelta(days=30))
    first, second = declare_plan(plan=again(plan), **given), declare_plan(plan=again(plan), **given)
    assert first.pk == second.pk and ActionLink.objects.count() == 1
    action = Action.objects.get(pk=first.action_id)
    assert (action.kind, action.patients, action.title, action.theme) == ("PPS", 1, "", "")
    columns = " ".join(str(getattr(action, field.attname)) for field in action._meta.concrete_fields)
    assert plan.pk not in columns and inside.patient.pk not in columns


def _identity() -> dict[str, Any]:
    return {"birth_name": "Zéphirinde", "first_names": "Ode", "birth_date": today() - timedelta(days=9000), "sex": "F"}


def test_minutes_with_names_stay_inside_with_an_opaque_reference(vault: Circle) -> None:
    given = {"decisions": "Zéphirinde verra le kiné", "informed": "yes"}
    made = notes.write_note(
        actor=vault.member, patient=vault.fresh(), held_on=today(), meeting_reference="rcp-2026-014", given=given
    )
    assert made.meeting_reference == "RCP-2026-014"
    for wrong in ("Mme Zéphirinde", "ZEPHIRINDE", "a" * 41):
        with pytest.raises(Refused) as refused:
            notes.write_note(
                actor=vault.member, patient=vault.fresh(), held_on=today(), meeting_reference=wrong, given=given
            )
        assert refused.value.field == "meeting_reference"
    row = Note.objects.select_related("patient__key").get(pk=made.pk)
    other = {**given, "decisions": "Autre chose"}
    facts: dict[str, Any] = {"held_on": today(), "meeting_reference": ""}
    notes.edit_note(actor=vault.author, minutes=row, given=other, based_on=1, **facts)
    with pytest.raises(Changed):
        notes.edit_note(actor=vault.member, minutes=row, given=given, based_on=1, **facts)
    with pytest.raises(Refused, match="avenir"):
        notes.edit_note(
            actor=vault.member,
            minutes=row,
            given=given,
            based_on=2,
            held_on=today() + timedelta(days=2),
            meeting_reference="",
        )
