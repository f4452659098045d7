"""The difference between two runs: each list adds up to the cent, and each cause is told as it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from equipage.compensation.difference import Fact, Side, difference_of, explain, sentence_of, signed
from equipage.compensation.services.adjustments import Right, adjust
from equipage.payments.services import runs
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of
from tests.compensation.test_month import NOVEMBER, choose, piles_of

FACTS = st.builds(
    Fact,
    person=st.integers(1, 4),
    cents=st.integers(-5000, 9000),
    kind=st.sampled_from(["RCP", "PROJET"]),
    rate_key=st.sampled_from(["a", "b"]),
    rate=st.sampled_from([Decimal("50.00"), Decimal("47.35"), Decimal("0")]),
    correction=st.booleans(),
    released=st.booleans(),
)


def side(facts: list[Fact], again: dict[int, int] | None = None) -> Side:
    """What each person gets: their lines, and what is presented again."""
    totals: dict[int, int] = dict(again or {})
    for fact in facts:
        totals[fact.person] = totals.get(fact.person, 0) + fact.cents
    return Side(totals, facts)


AGAIN = st.dictionaries(st.integers(1, 5), st.integers(1, 3000), max_size=2)


@given(now=st.lists(FACTS, max_size=12), before=st.lists(FACTS, max_size=12), again=AGAIN)
def test_whatever_the_lines_both_lists_add_up_to_the_cent(
    now: list[Fact], before: list[Fact], again: dict[int, int]
) -> None:
    first, second = side(now, again), side(before)
    found = explain(first, second, aside={1})
    assert found.cents == sum(first.totals.values()) - sum(second.totals.values())
    assert sum(row.cents for row in found.people) == found.cents
    both = {*first.totals} & {*second.totals}
    assert sum(row.cents for row in found.causes) == sum(c.cents for c in found.changes if c.person in both)
    for change in found.changes:
        if change.person in both:
            assert sum(change.causes.values()) == change.cents
        assert sentence_of(change).endswith(".")
    assert [abs(c.cents) for c in found.biggest] == sorted((abs(c.cents) for c in found.biggest), reverse=True)


def one(cents: int, **more: Any) -> Fact:
    return Fact(1, cents, "RCP", "a", **{"rate": Decimal(50), **more})


@pytest.mark.parametrize(
    ("now", "before", "causes"),
    [
        ([one(3750), one(3750)], [one(3750)], {"count": 3750}),
        ([one(4500, rate=Decimal(60))], [one(3750)], {"scale": 750}),
        ([one(5000)], [one(3750)], {"length": 1250}),
        ([one(3750), one(-1250, correction=True)], [one(3750)], {"corrections": -1250}),
        ([one(3750), one(2500, released=True)], [one(3750)], {"released": 2500}),
        ([one(6000, rate=Decimal(60)), one(4500, rate=Decimal(60))], [one(3750)], {"scale": 1750, "count": 3750}),
    ],
)
def test_each_cause_is_told_apart(now: list[Fact], before: list[Fact], causes: dict[str, int]) -> None:
    change = explain(side(now), side(before)).changes[0]
    told = {code: cents for code, cents in change.causes.items() if cents}
    assert causes.items() <= told.items()
    assert sum(told.values()) == change.cents


def test_a_transfer_presented_again_has_a_part_of_its_own() -> None:
    change = explain(side([one(3750)], {1: 1000}), side([one(3750)])).changes[0]
    assert {code: cents for code, cents in change.causes.items() if cents} == {"other": 1000}


def test_signs_are_written() -> None:
    assert (signed(7500), signed(-1250), signed(0)) == ("+75,00\u00a0€", "−12,50\u00a0€", "0,00\u00a0€")


@pytest.mark.django_db
def test_the_page_of_a_run_explains_the_difference_and_the_biggest_changes() -> None:
    factories.scale()
    factories.paying_account()
    team = factories.paid_team()
    first = factories.people_of(team)[0]
    factories.validated(team)
    leaving = factories.paid_team()
    factories.validated(leaving)
    october = factories.executed(date(2026, 11, 22))
    line = first.claim_lines.get()
    adjust(line, Right(delta_cents=-1000), actor=people.treasurer(), reason="Trop.")
    factories.validated(team, held_on=date(2026, 11, 3), minutes=60)
    factories.validated(team, held_on=date(2026, 11, 10), minutes=45)
    factories.validated(factories.paid_team(), held_on=date(2026, 11, 4), minutes=60)
    run = factories.prepared(month=NOVEMBER)
    found = difference_of(run)
    assert found is not None and found.difference.cents == run.total_cents - october.total_cents
    said = {row.label: row.cents for row in found.difference.people}
    assert said["Personnes absentes de la campagne précédente"] == 10000
    assert said["Personnes sans virement cette fois"] == -7500
    assert said["Mêmes personnes, qui reçoivent plus"] == 2 * (8750 - 3750) - 1000
    assert {row.label: row.cents for row in found.difference.causes}["Corrections"] == -1000
    page = text_of(signed_in(people.treasurer()).get(reverse("payments:run", args=[run.pk])))
    assert "L'écart, expliqué" in page and "corrections −10,00 €" in page
    gone = factories.people_of(leaving)[0].full_name
    assert f"{gone} -37,50 €" in page.replace("−", "-")
    assert "0,00 € au lieu de 37,50 € : aucun virement cette fois, 1 action la fois d'avant." in page
    assert difference_of(october) is None
    runs.cancel(run, actor=people.officer(), reason="À revoir.")
    cancelled = text_of(signed_in(people.treasurer()).get(reverse("payments:run", args=[run.pk])))
    assert "L'écart, expliqué" not in cancelled


@pytest.mark.django_db
def test_what_was_put_aside_then_released_is_said() -> None:
    factories.scale()
    factories.paying_account()
    factories.validated(factories.paid_team())
    factories.validated(factories.paid_team())
    waiting = piles_of().people[0]
    for person in piles_of().people:
        choose(person, "wait" if person.professional_id == waiting.professional_id else "pay")
    first = runs.approve(factories.prepared(looked_at=False), actor=people.treasurer())
    runs.execute(first, actor=people.treasurer(), executed_on=date(2026, 11, 22))
    late = factories.validated(factories.paid_team(), held_on=date(2026, 10, 30))
    run = factories.prepared(month=NOVEMBER)
    found = difference_of(run)
    assert found is not None
    standings = {change.person: change.standing for change in found.difference.changes}
    assert standings[waiting.professional_id] == "released"
    assert {standings[line.professional_id] for line in late.claim_lines.all()} == {"new"}
    assert sum(row.cents for row in found.difference.people) == found.difference.cents
