"""A year replayed under other rates: the same cents as the payment, one pass, nothing kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.rules import BadInput, NoRuleInForce, Rate
from equipage.rules.pricing import ActionFacts, Ceilings, PersonFacts, Tariff, price_action
from equipage.rules.replay import Line, PersonThere, PlainAction, Regime, replay, replay_lines

BEGIN = date(2026, 1, 1)
HOUR = Rate(action_code="A", unit="hour", amount=Decimal("50"), valid_from=BEGIN)
VISIT = Rate(action_code="B", unit="patient", amount=Decimal("12.5"), valid_from=BEGIN)
BOTH = Tariff([HOUR, VISIT])


def regime(tariff: Tariff = BOTH, envelope: int | None = None, budget: int | None = None) -> Regime:
    return Regime(lambda day: tariff, lambda team, year: envelope, lambda year: budget)


people_ = st.lists(
    st.builds(
        PersonThere, st.integers(0, 4), st.sampled_from(["medical", "auxiliary"]), st.none() | st.integers(0, 90)
    ),
    max_size=4,
    unique_by=lambda person: person.key,
).map(tuple)


@st.composite
def years(draw: st.DrawFn) -> list[PlainAction]:
    """Actions of two civil years, in the order of their validation: not the order of their days."""
    return [
        PlainAction(
            draw(st.integers(1, 2)),
            draw(st.sampled_from("AB")),
            BEGIN + timedelta(days=draw(st.integers(0, 700))),
            draw(st.integers(0, 180)),
            draw(st.integers(0, 9)),
            draw(people_),
            place,
        )
        for place in range(draw(st.integers(0, 8)))
    ]


caps = st.none() | st.integers(0, 20_000)


@st.composite
def regimes(draw: st.DrawFn) -> Regime:
    columns = ("cap_person_year_cents", "cap_action_cents", "cap_team_year_cents")
    limits: list[dict[str, Any]] = [{name: draw(caps) for name in columns} for _ in range(2)]
    hour, visit = replace(HOUR, **limits[0]), replace(VISIT, **limits[1])
    doctor = replace(hour, profession_group="medical", amount=draw(st.decimals("0", "90", places=2)))
    rates = [hour, visit, *([doctor] if draw(st.booleans()) else [])]
    return regime(Tariff(rates, draw(caps)), draw(caps), draw(caps))


def paid(actions: list[PlainAction], under: Regime) -> list[int]:
    """The amounts, with every sum counted again from the lines already paid: slow and plain."""
    lines: list[tuple[PlainAction, Any, int]] = []

    def used(year: int, **facts: Any) -> int:
        return sum(
            cents
            for action, person, cents in lines
            if action.on.year == year
            and facts.get("team", action.team) == action.team
            and facts.get("kind", action.kind) == action.kind
            and facts.get("person", person) == person
        )

    amounts: list[int] = []
    for action in actions:
        year = action.on.year
        crowd = [
            PersonFacts(
                one.key,
                one.group,
                one.minutes,
                used(year, person=one.key, kind=action.kind),
                used(year, person=one.key),
            )
            for one in action.people
        ]
        standing = Ceilings(
            used(year, team=action.team, kind=action.kind),
            under.envelope(action.team, year),
            used(year, team=action.team),
            None,
            under.budget(year),
            used(year),
        )
        facts = ActionFacts(action.kind, action.on, action.minutes, action.patients)
        shares = price_action(under.tariff(action.on), facts, crowd, standing)
        lines += [(action, share.key, share.amount_cents) for share in shares]
        found = {share.key: share.amount_cents for share in shares}
        amounts += [found[one.key] for one in action.people]
    return amounts


@given(years(), regimes(), regimes())
def test_a_replay_pays_what_the_payment_would_have_paid(
    actions: list[PlainAction], before: Regime, after: Regime
) -> None:
    lines = list(replay_lines(actions, before, after))
    assert [line.before.amount_cents for line in lines] == paid(actions, before)
    assert [line.after.amount_cents for line in lines] == paid(actions, after)


@given(years(), regimes(), regimes())
def test_every_table_adds_up_to_the_whole(actions: list[PlainAction], before: Regime, after: Regime) -> None:
    changed: list[Line] = []
    found = replay(actions, before, after, on_change=changed.append)
    lines = list(replay_lines(actions, before, after))
    whole = found.total
    assert (whole.lines, whole.changed) == (len(lines), len(changed))
    assert whole.before_cents == sum(line.before.amount_cents for line in lines)
    assert whole.after_cents == sum(line.after.amount_cents for line in lines)
    assert whole.difference_cents == whole.after_cents - whole.before_cents
    for table in (found.by_team, found.by_kind, found.by_group, found.by_month):
        for name in ("before_cents", "after_cents", "lines", "changed"):
            assert sum(getattr(one, name) for one in table.values()) == getattr(whole, name)
    by_team: dict[Any, int] = defaultdict(int)
    for line in lines:
        by_team[line.action.team] += line.after.amount_cents
    assert {team: one.after_cents for team, one in found.by_team.items()} == by_team
    assert sum(found.cut_after.values()) == sum(line.after.cut_cents for line in lines)
    assert sum(found.cut_before.values()) == sum(line.before.cut_cents for line in lines)
    cut = {(x.action.team, x.action.on.year) for x in lines if any(c.code == "envelope" for c in x.after.cuts)}
    assert found.over_after == cut
    assert found.newly_over == cut - found.over_before


@given(years(), regimes(), regimes())
def test_the_words_change_no_cent(actions: list[PlainAction], before: Regime, after: Regime) -> None:
    told: list[Line] = []
    assert replay(actions, before, after) == replay(actions, before, after, explain=True, on_change=told.append)
    assert all(line.after.explanation is not None and line.after.sentence for line in told)


@given(years(), regimes())
def test_the_same_regime_changes_nothing(actions: list[PlainAction], same: Regime) -> None:
    found = replay(actions, same, same)
    assert (found.total.changed, found.total.difference_cents, found.newly_over) == (0, 0, set())


def action(place: int, on: date = date(2026, 10, 14), team: int = 1, kind: str = "A") -> PlainAction:
    return PlainAction(team, kind, on, 60, 2, (PersonThere(1, "medical"), PersonThere(2, "auxiliary")), place)


def test_what_a_dearer_hour_changes_by_team_kind_group_and_month() -> None:
    dearer = Tariff([replace(HOUR, profession_group="medical", amount=Decimal("80")), HOUR, VISIT])
    year = [action(1), action(2, date(2026, 11, 2), team=2), action(3, kind="B")]
    found = replay(year, regime(envelope=15_000), regime(dearer, envelope=15_000))
    assert (found.total.before_cents, found.total.after_cents) == (25_000, 28_000)
    assert (found.by_month["2026-10"].difference_cents, found.by_month["2026-11"].difference_cents) == (0, 3_000)
    assert {kind: one.difference_cents for kind, one in found.by_kind.items()} == {"A": 6_000, "B": -3_000}
    assert {group: one.changed for group, one in found.by_group.items()} == {"medical": 3, "auxiliary": 1}
    assert (found.cut_before, found.cut_after) == ({}, {"envelope": 3_000})
    assert (found.over_before, found.newly_over) == (set(), {(1, 2026)})


def test_a_budget_that_is_spent_cuts_whoever_comes_after() -> None:
    found = replay([action(1), action(2, team=2)], regime(), regime(budget=12_000))
    assert {team: one.after_cents for team, one in found.by_team.items()} == {1: 10_000, 2: 2_000}
    assert (found.cut_after, found.over_after) == ({"budget": 8_000}, set())


def test_the_last_day_of_a_year_and_the_first_of_the_next_have_their_own_ceilings() -> None:
    days = [date(2026, 12, 31), date(2027, 1, 1), date(2028, 2, 29)]
    capped = Tariff([replace(HOUR, cap_person_year_cents=3_000)])
    found = replay([action(place, day) for place, day in enumerate(days)], regime(), regime(capped))
    assert {month: one.after_cents for month, one in found.by_month.items()} == {
        "2026-12": 6_000,
        "2027-01": 6_000,
        "2028-02": 6_000,
    }


def test_actions_out_of_order_are_refused() -> None:
    with pytest.raises(BadInput, match="dans l'ordre de leur validation"):
        replay([action(2), action(1)], regime(), regime())


def test_a_day_without_scale_stops_the_replay() -> None:
    with pytest.raises(NoRuleInForce, match="complétez le barème"):
        replay([action(1, date(2025, 12, 31))], regime(), regime())


def test_an_action_without_people_and_a_year_without_actions_count_nothing() -> None:
    assert replay([], regime(), regime()).total.lines == 0
    assert replay([action(1)._replace(people=())], regime(), regime(envelope=0)).total.lines == 0


def test_actions_are_taken_one_at_a_time() -> None:
    taken: list[int] = []

    def coming() -> Iterator[PlainAction]:
        for place in range(3):
            taken.append(place)
            yield action(place)

    lines = replay_lines(coming(), regime(), regime())
    assert taken == []
    next(lines)
    assert taken == [0]
