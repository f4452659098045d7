"""The lines of a controlled action wait, and nobody else's; a result becomes money by the ways that exist."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from equipage.compensation.awaited import awaited_by
from equipage.compensation.models import ClaimLine
from equipage.compensation.piles import preview
from equipage.compensation.selectors import hindrances_of, owed_lines, payable_lines
from equipage.controls.models import Control
from equipage.controls.services import controls, draws
from equipage.foundation.periods import Month
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.funding.models import Envelope
from equipage.payments.services import runs
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of
from tests.controls.cast import OCTOBER, Cast, cast, in_october, later, plan

pytestmark = pytest.mark.django_db


def payable() -> set[int]:
    rows = payable_lines(people.organisation("association"), Month(2026, 11))
    return set(rows.values_list("action_id", flat=True))


def family(line: ClaimLine) -> list[int]:
    rows = ClaimLine.objects.filter(pk=line.pk) | ClaimLine.objects.filter(adjusts=line)
    return list(rows.exclude(state="cancelled").order_by("pk").values_list("amount_cents", flat=True))


def lines(who: Cast) -> list[Any]:
    return list(ClaimLine.objects.filter(action=who.action, adjusts=None).order_by("pk"))


def decided(who: Cast, outcome: str, **more: Any) -> Control:
    return controls.confirm(who.replied(outcome, **more), actor=who.admin, decision="C'est décidé.")


def test_only_the_lines_under_control_wait() -> None:
    factories.scale()
    factories.paying_account()
    free = factories.validated(factories.paid_team(), by=people.officer())
    who = cast(scaled=False)
    assert payable() == {free.pk}
    pile = preview(people.organisation("association"), Month(2026, 11)).not_ready
    assert {line.action_id for line in pile.lines} == {who.action.pk} and pile.count == 2
    assert pile.lines[0].remarks == ["Contrôle en cours : réponse attendue de l'équipe avant le 7 décembre 2026."]
    run = factories.prepared(month=Month(2026, 11))
    assert set(ClaimLine.objects.filter(payment__run=run).values_list("action_id", flat=True)) == {free.pk}


def test_the_person_reads_what_the_line_waits_for() -> None:
    who = cast()
    [awaited] = awaited_by(who.second.professional).coming
    assert awaited.reason.startswith("Contrôle en cours : réponse attendue") and awaited.who == "la main est à l'équipe"
    who.answered()
    [awaited] = awaited_by(who.second.professional).coming
    assert "l'association décide avant le" in awaited.reason and awaited.who == "la main est à l'association"


@pytest.mark.parametrize("step", ["asked", "answered", "announced", "replied"])
def test_lines_wait_until_the_decision(step: str) -> None:
    who = cast()
    if step != "asked":
        getattr(who, step)()
    assert payable() == set()


@pytest.mark.parametrize("end", ["in_order", "cancelled"])
def test_lines_are_released_at_the_end(end: str) -> None:
    who = cast()
    if end == "in_order":
        controls.find_in_order(who.answered(), actor=who.treasurer, decision="Bien.")
    else:
        controls.cancel(who.fresh(), actor=who.treasurer, reason="Erreur.")
    assert payable() == {who.action.pk}


def test_the_hold_costs_no_query_a_line(django_assert_num_queries: Any) -> None:
    who = cast()
    for _ in range(3):
        factories.validated(who.action.team, by=who.officer)
    association = people.organisation("association")
    list(owed_lines(association, OCTOBER))
    with django_assert_num_queries(2):
        found = list(owed_lines(association, OCTOBER))
        held = [line for line in found if hindrances_of(line)]
    assert (len(found), len(held)) == (8, 2)


def test_not_in_order_before_payment_cancels_the_lines_and_frees_the_envelope() -> None:
    who = cast()
    before = Envelope.objects.get(team=who.action.team).committed_cents
    done = decided(who, "not_in_order")
    assert done.state == "not_in_order"
    who.action.refresh_from_db()
    assert who.action.state == "reversed" and who.action.reverse_reason == "C'est décidé."
    assert {line.state for line in lines(who)} == {"cancelled"}
    assert (before, Envelope.objects.get(team=who.action.team).committed_cents) == (10_000, 0)
    assert payable() == set()


def test_not_in_order_after_payment_takes_back_from_the_next_transfers() -> None:
    who = cast(paid=True)
    decided(who, "not_in_order")
    assert [family(line) for line in lines(who)] == [[5000, -5000], [5000, -5000]]
    assert {line.state for line in lines(who)} == {"paid"}
    [back] = awaited_by(who.second.professional).coming
    assert "à rendre" in back.reason


def test_a_shorter_action_is_corrected_to_the_cent_before_payment() -> None:
    who = cast()
    done = decided(who, "corrected", minutes=45)
    assert done.state == "corrected"
    assert [family(line) for line in lines(who)] == [[5000, -1250], [5000, -1250]]
    who.action.refresh_from_db()
    assert who.action.state == "validated" and payable() == {who.action.pk}
    assert Envelope.objects.get(team=who.action.team).committed_cents == 7500


def test_a_longer_action_is_corrected_upwards() -> None:
    who = cast()
    decided(who, "corrected", minutes=90)
    assert [family(line) for line in lines(who)] == [[5000, 2500], [5000, 2500]]


def test_who_was_not_there_is_paid_nothing_and_the_others_keep_theirs() -> None:
    who = cast()
    absent = lines(who)[1]
    decided(who, "corrected", absent=[absent.pk])
    assert sum(family(absent)) == 0 and family(lines(who)[0]) == [5000]


def test_what_was_paid_is_taken_back_in_the_instalments_that_were_announced() -> None:
    who = cast(paid=True)
    decided(who, "corrected", minutes=30, instalments=2)
    line = lines(who)[1]
    assert family(line) == [5000, -1250, -1250]
    due = ClaimLine.objects.filter(adjusts=line).order_by("pk").values_list("due_on", flat=True)
    assert list(due) == [date(2026, 12, 1), date(2027, 1, 1)]


def test_a_correction_that_changes_nothing_any_more_is_refused_and_nothing_moves() -> None:
    who = cast()
    row = who.replied("corrected", minutes=45)
    ClaimLine.objects.filter(action=who.action).count()
    Control.objects.filter(pk=row.pk).update(correction={"minutes": 60, "absent": []})
    with pytest.raises(Refused, match="ne change plus aucun montant"):
        controls.confirm(who.fresh(), actor=who.admin, decision="Oui.")
    assert who.fresh().state == "replied"


def test_decided_twice_moves_money_once() -> None:
    who = cast(paid=True)
    row = who.replied("corrected", minutes=30)
    for _ in range(2):
        controls.confirm(row, actor=who.admin, decision="C'est décidé.")
    assert family(lines(who)[0]) == [5000, -2500]
    with pytest.raises(Blocked):
        controls.confirm(row, actor=who.treasurer, decision="Encore.")


def test_nothing_moves_before_the_final_decision() -> None:
    who = cast()
    who.announced("corrected", minutes=30)
    with later(11):
        assert [family(line) for line in lines(who)] == [[5000], [5000]]


@pytest.mark.parametrize("paid", [False, True])
@pytest.mark.parametrize(("outcome", "left"), [("corrected", 2500), ("not_in_order", 0)])
def test_a_result_notes_what_it_took_back(paid: bool, outcome: str, left: int) -> None:
    who = cast(paid=paid)
    given: dict[str, Any] = {"minutes": 30} if outcome == "corrected" else {}
    done = decided(who, outcome, **given)
    assert [sum(family(line)) for line in lines(who)] == [left, left]
    assert people.fresh(done).taken_cents == 10_000 - 2 * left


def test_the_approver_reads_which_actions_of_the_run_are_under_control() -> None:
    factories.scale()
    factories.paying_account()
    plan()
    officer, treasurer = people.officer(), people.treasurer()
    actions = [in_october(factories.validated(factories.paid_team(), by=officer)) for _ in range(2)]
    run = factories.prepared(by=officer)
    address = reverse("payments:run", args=[run.pk])
    assert "sous contrôle" not in text_of(signed_in(treasurer).get(address))
    draws.draw_month(people.organisation("association"), OCTOBER, actor=treasurer)
    page = signed_in(treasurer).get(address)
    assert "2 actions de cette campagne sont sous contrôle" in text_of(page)
    first, second = Control.objects.order_by("pk")
    assert all(reverse("controls:control", args=[row.pk]) in page.content.decode() for row in (first, second))
    controls.cancel(first, actor=treasurer, reason="Tirée par erreur.")
    assert "1 action de cette campagne est sous contrôle" in text_of(signed_in(treasurer).get(address))
    assert set(ClaimLine.objects.filter(payment__run=run).values_list("action_id", flat=True)) == {
        row.pk for row in actions
    }
    runs.approve(run, actor=treasurer)
    assert "sous contrôle" not in text_of(signed_in(treasurer).get(address))
