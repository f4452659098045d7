"""The month before it is locked: who must be looked at, what was decided, and that deciding never moves an amount."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.compensation import piles
from equipage.compensation.models import ClaimLine, MonthDecision
from equipage.compensation.piles import Person, Preview, preview
from equipage.compensation.selectors import owed_lines
from equipage.compensation.services.decisions import Seen, alike, decide, joint_hash, pay_alike, undo
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.periods import Month
from equipage.foundation.refusals import Refused
from equipage.payments.services import runs
from equipage.people.models import Professional
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of
from tests.together import together

pytestmark = pytest.mark.django_db
NOVEMBER = Month(2026, 11)


def piles_of(month: Month = factories.OCTOBER) -> Preview:
    return preview(people.organisation("association"), month)


def seen(person: Person) -> Seen:
    return Seen(person.seen_hash, person.decision.pk if person.decision else 0)


def choose(person: Person, kind: str, *, by: Any = None, month: Month = factories.OCTOBER, **more: Any) -> Any:
    """Decide about somebody as the page does."""
    return decide(
        organisation=people.organisation("association"),
        month=month,
        professional=person.professional,
        kind=kind,
        **{"seen": seen(person), "reason": "À vérifier." if kind == "wait" else "", **more},
        actor=by or people.officer(),
    )


def two_people() -> Any:
    """A team of two, whose accounts were never paid: 37,50 € each."""
    factories.scale()
    factories.paying_account()
    team = factories.paid_team()
    factories.validated(team)
    return team


def paid_before() -> Any:
    """The same, after a run that the bank executed: nothing unusual is left."""
    team = two_people()
    factories.executed(date(2026, 11, 22))
    factories.validated(team, held_on=date(2026, 10, 20))
    return team


def test_an_account_never_paid_waits_for_a_decision_and_nobody_else_does() -> None:
    paid_before()
    other = factories.paid_team()
    factories.validated(other, minutes=60)
    run = factories.prepared(looked_at=False)
    assert run.total_cents == 7500 and run.payments_count == 2
    assert {line.state for line in ClaimLine.objects.filter(team=other)} == {"validated"}
    left = piles_of()
    assert [person.state for person in left.people] == ["open", "open"] and left.run_cents == 0


@pytest.fixture
def all_doubtful(monkeypatch: pytest.MonkeyPatch) -> None:
    """A floor above finds something to say of every line."""
    monkeypatch.setattr(piles, "_doubts", [])
    piles.offer_doubt(lambda organisation, lines: {line.pk: "Deux équipes le même soir." for line in lines})


@pytest.mark.usefixtures("all_doubtful")
def test_a_reason_that_hides_no_fraud_is_paid_unless_told_otherwise() -> None:
    paid_before()
    found = piles_of()
    assert [(person.codes, person.state) for person in found.people] == [(("doubt",), "default")] * 2
    choose(found.people[0], "wait")
    assert factories.prepared(looked_at=False).total_cents == 3750


def test_what_is_put_aside_waits_for_the_next_month_and_the_person_reads_neutral_words() -> None:
    two_people()
    first, second = piles_of().people
    choose(first, "wait", reason="RIB à rappeler, doute sérieux.")
    choose(second, "wait", reason="Nous vous appelons lundi.", told=True)
    with pytest.raises(Refused, match="avant votre décision"):
        factories.prepared(looked_at=False)
    client = signed_in(first.professional.user)
    page = text_of(client.get(reverse("compensation:mine")))
    assert "L'association l'a mise de côté pour la vérifier ; elle reste due." in page and "doute sérieux" not in page
    line = text_of(client.get(reverse("compensation:line", args=[first.lines[0].pk])))
    assert "mise de côté" in line and "doute sérieux" not in line
    other = text_of(signed_in(second.professional.user).get(reverse("compensation:mine")))
    assert "« Nous vous appelons lundi. »" in other
    assert [person.state for person in piles_of(NOVEMBER).people] == ["open", "open"]


def test_a_decision_on_something_else_than_what_stands_no_longer_counts() -> None:
    team = two_people()
    first, second = piles_of().people
    choose(first, "pay")
    choose(second, "wait")
    factories.validated(team, held_on=date(2026, 10, 20))
    found = piles_of()
    assert [person.state for person in found.people] == ["open", "open"]
    assert all("Ce qui est dû a changé depuis la décision." in person.sentences for person in found.people)


@pytest.mark.usefixtures("all_doubtful")
def test_whoever_was_put_aside_stays_so_until_somebody_looks_again() -> None:
    team = paid_before()
    choose(piles_of().people[0], "wait")
    factories.validated(team, held_on=date(2026, 10, 28))
    changed, other = sorted(piles_of().people, key=lambda person: person.decision is None)
    assert (changed.state, other.state) == ("open", "default")
    run = factories.prepared(looked_at=False)
    assert not run.payments.filter(professional=changed.professional_id).exists()


def test_a_new_account_is_a_new_first_payment() -> None:
    two_people()
    choose(piles_of().people[0], "pay")
    person = piles_of().people[0]
    person.professional.bank_details.update(state="replaced")
    factories.bank(person.professional)
    again = next(one for one in piles_of().people if one.professional_id == person.professional_id)
    assert again.changed and again.state == "open"


def test_a_floor_above_adds_reasons_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    paid_before()
    line = ClaimLine.objects.filter(state="validated").order_by("pk")[0]
    monkeypatch.setattr(piles, "_doubts", [])
    piles.offer_doubt(lambda organisation, lines: {line.pk: "Deux équipes le même soir."})
    found = piles_of()
    assert [person.sentences for person in found.people] == [["Deux équipes le même soir."]]
    assert found.people[0].state == "default" and found.clear.count == 1


def test_a_decision_is_spent_by_its_run_and_back_when_the_run_is_cancelled() -> None:
    team = two_people()
    run = factories.prepared()
    factories.validated(team, held_on=date(2026, 10, 20))
    assert [(person.decision, person.state) for person in piles_of().people] == [(None, "open")] * 2
    choose(piles_of().people[0], "pay")
    runs.cancel(run, actor=people.officer(), reason="À revoir.")
    assert [person.changed for person in piles_of().people] == [True, True]


def test_changing_ones_mind_leaves_a_link_and_the_former_row() -> None:
    two_people()
    choose(piles_of().people[0], "wait")
    person = piles_of().people[0]
    choose(person, "pay")
    rows = MonthDecision.objects.order_by("pk")
    assert [(row.kind, row.replaced_at is None) for row in rows] == [("wait", False), ("pay", True)]
    link = AuditEntry.objects.filter(action="compensation.month.decide").order_by("-number")[0]
    assert link.before == {"kind": "wait", "reason": "À vérifier."} and link.after["kind"] == "pay"
    again = piles_of().people[0]
    undo_it = partial(undo, organisation=people.organisation("association"), month=factories.OCTOBER)
    undo_it(professional=again.professional, seen=seen(again), actor=people.officer())
    undo_it(professional=again.professional, seen=seen(again), actor=people.officer())
    assert piles_of().people[0].decision is None
    assert AuditEntry.objects.filter(action="compensation.month.undo").count() == 1


def test_the_database_keeps_decisions_as_they_were_written() -> None:
    two_people()
    row = choose(piles_of().people[0], "wait")
    for change in ({"kind": "pay"}, {"reason": "Autre."}, {"seen_hash": "0" * 64}):
        with pytest.raises(DatabaseError), transaction.atomic():
            MonthDecision.objects.filter(pk=row.pk).update(**change)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    row.kind, row.reason, row.replaced_at = "wait", "", row.decided_at
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


# --- wrong input ------------------------------------------------------------------------------------------------------


def test_the_second_officer_reads_what_the_first_decided() -> None:
    two_people()
    person = piles_of().people[0]
    first = people.officer()
    made = choose(person, "wait", by=first)
    assert choose(person, "wait", by=first) == made, "un double clic n'est pas une deuxième décision"
    with pytest.raises(Refused, match=f"{first.full_name} vient de décider « attendre »"):
        choose(person, "pay")
    assert MonthDecision.objects.count() == 1


def test_what_changed_since_the_page_was_shown_is_not_decided() -> None:
    team = two_people()
    person = piles_of().people[0]
    factories.validated(team, held_on=date(2026, 10, 20))
    with pytest.raises(Refused, match="a changé depuis que cette page est affichée"):
        choose(person, "pay")


def test_after_the_lock_the_sentence_names_the_run() -> None:
    two_people()
    person = piles_of().people[0]
    run = factories.prepared()
    with pytest.raises(Refused, match=f"est déjà dans la campagne {run.number} : annulez sa préparation"):
        choose(person, "wait")
    runs.cancel(run, actor=people.officer(), reason="À revoir.")
    back = next(one for one in piles_of().people if one.professional_id == person.professional_id)
    assert back.state == "pay" and choose(back, "wait").kind == "wait"


def test_a_person_without_line_a_month_to_come_and_an_unknown_choice_are_refused() -> None:
    two_people()
    person = piles_of().people[0]
    stranger = Person(0, lines=[type("Line", (), {"professional": people.nurse()})()])
    with pytest.raises(Refused, match="n'a aucune ligne à payer pour octobre 2026"):
        choose(stranger, "pay")
    with pytest.raises(Refused, match="Décembre 2026 n'a pas commencé"):
        choose(person, "pay", month=Month(2026, 12))
    with pytest.raises(Refused, match="Choisissez"):
        choose(person, "autre")
    with pytest.raises(Refused, match="en une phrase"):
        choose(person, "wait", reason="  ")
    with pytest.raises(Refused, match="500 caractères"):
        choose(person, "wait", reason="x" * 501)


def test_only_who_prepares_decides_and_never_on_their_own_transfer() -> None:
    team = two_people()
    person = piles_of().people[0]
    with pytest.raises(Refused, match="chargée ou le chargé de mission"):
        choose(person, "pay", by=people.treasurer())
    own = people.officer(person=factories.people_of(team)[0].user)
    mine = next(one for one in piles_of().people if one.professional.user == own)
    with pytest.raises(Refused, match="votre propre versement"):
        choose(mine, "pay", by=own)
    found = piles_of().people
    assert [one.professional_id for one in alike(found, "first_payment", own)] == [
        one.professional_id for one in found if one is not mine and one.professional.user != own
    ]


# --- all alike --------------------------------------------------------------------------------------------------------


def test_everybody_with_one_reason_is_paid_in_one_gesture_with_one_link() -> None:
    two_people()
    officer, association = people.officer(), people.organisation("association")
    chosen = alike(piles_of().people, "first_payment", officer)
    asked: dict[str, Any] = {
        "organisation": association,
        "month": factories.OCTOBER,
        "code": "first_payment",
        "actor": officer,
    }
    with pytest.raises(Refused, match="La liste a changé"):
        pay_alike(seen_hash=joint_hash(chosen[:1]), **asked)
    assert pay_alike(seen_hash=joint_hash(chosen), **asked) == 2
    assert {person.state for person in piles_of().people} == {"pay"}
    link = AuditEntry.objects.get(action="compensation.month.pay_alike")
    assert (link.after["people"], link.after["total_cents"]) == (2, 7500)
    with pytest.raises(Refused, match="La liste a changé"):
        pay_alike(seen_hash=joint_hash(chosen), **asked)


def test_a_shared_account_is_decided_person_by_person() -> None:
    factories.scale()
    team = factories.recognised_team()
    for person in factories.people_of(team):
        factories.convention(team, person)
        factories.bank(person, number=77)
    factories.validated(team)
    found, officer = piles_of().people, people.officer()
    assert alike(found, "first_payment", officer) == [], "le compte partagé est un autre point"
    asked: dict[str, Any] = {
        "organisation": people.organisation("association"),
        "month": factories.OCTOBER,
        "actor": officer,
    }
    with pytest.raises(Refused, match="personne par personne"):
        pay_alike(code="shared_account", seen_hash=joint_hash(found), **asked)


# --- the property -----------------------------------------------------------------------------------------------------


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.lists(st.sampled_from(["", "pay", "wait", "undo"]), min_size=4, max_size=4), bank=st.booleans())
def test_whatever_is_decided_every_line_is_in_one_pile_and_no_amount_moves(choices: list[str], bank: bool) -> None:
    with transaction.atomic():
        _walk(choices, bank)
        transaction.set_rollback(True)


def _walk(choices: list[str], bank: bool) -> None:
    paid_before()
    newcomers = factories.paid_team() if bank else factories.recognised_team()
    factories.validated(newcomers, minutes=60)
    association = people.organisation("association")
    owed = {line.pk: line.amount_cents for line in owed_lines(association, factories.OCTOBER)}
    for person, choice in zip(piles_of().people, choices, strict=False):
        if choice in ("pay", "wait"):
            choose(person, choice)
        if choice == "undo":
            choose(person, "wait")
            again = next(one for one in piles_of().people if one.professional_id == person.professional_id)
            undo(
                organisation=association,
                month=factories.OCTOBER,
                professional=again.professional,
                seen=seen(again),
                actor=people.officer(),
            )
    found = piles_of()
    sorted_lines = [*found.clear.lines, *found.to_look_at.lines, *found.not_ready.lines]
    assert sorted(line.pk for line in sorted_lines) == sorted(owed)
    assert {line.pk: line.amount_cents for line in sorted_lines} == owed
    sums = (found.clear.total_cents, found.to_look_at.total_cents, found.not_ready.total_cents)
    assert sum(sums) == sum(owed.values())
    decided = sum(person.total_cents for person in found.people if person.is_paid)
    if not found.run_cents:
        with pytest.raises(Refused, match="Rien n'est à payer"):
            factories.prepared(looked_at=False)
        return
    first = factories.prepared(looked_at=False)
    assert first.total_cents == found.clear.total_cents + decided == found.run_cents
    runs.cancel(first, actor=people.officer(), reason="Pour recommencer.")
    again_run = factories.prepared(looked_at=False)
    assert again_run.content_hash == first.content_hash
    assert {line.pk: line.amount_cents for line in ClaimLine.objects.filter(pk__in=owed)} == owed


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_officers_at_the_same_moment_leave_one_decision() -> None:
    two_people()
    person = piles_of().people[0]
    officers = [people.officer(), people.officer()]

    def attempt(officer: Any, kind: str) -> str:
        try:
            return str(choose(person, kind, by=officer).kind)
        except Refused as refused:
            return refused.sentence

    answers = together([partial(attempt, officers[0], "pay"), partial(attempt, officers[1], "wait")])
    assert MonthDecision.objects.filter(replaced_at__isnull=True).count() == MonthDecision.objects.count() == 1
    assert sum("vient de décider" in answer for answer in answers) == 1
    assert Professional.objects.filter(month_decisions__isnull=False).count() == 1
