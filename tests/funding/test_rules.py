"""Which credit pays, and where a year is going: pure rules, tried with any figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from equipage.funding.rules import Purpose, choose, fits, forecast, suggest

MEETING = Purpose("RCP_SANS_PATIENT", frozenset({"asthme"}), "49")


@dataclass
class Credit:
    pk: int
    left_cents: int
    rank: int = 1
    kinds: list[str] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    departments: list[str] = field(default_factory=list)

    @property
    def earmarked(self) -> bool:
        return bool(self.kinds or self.themes or self.departments)


def test_an_earmark_asks_each_of_its_conditions() -> None:
    assert fits(Credit(1, 0), MEETING)
    assert fits(Credit(1, 0, kinds=["RCP_SANS_PATIENT", "PPS"], departments=["49"]), MEETING)
    assert not fits(Credit(1, 0, kinds=["PPS"]), MEETING)
    assert not fits(Credit(1, 0, kinds=["RCP_SANS_PATIENT"], departments=["44"]), MEETING)
    assert fits(Credit(1, 0, themes=["asthme", "plaies"]), MEETING)
    assert not fits(Credit(1, 0, themes=["plaies"]), MEETING)


def test_earmarked_money_goes_first_then_the_order() -> None:
    free, later, marked = Credit(1, 500, rank=1), Credit(2, 500, rank=2), Credit(3, 500, rank=9, departments=["49"])
    assert choose([free, later, marked], MEETING, 100).pk == 3
    assert choose([later, free], MEETING, 100).pk == 1
    assert choose([later, free, Credit(4, 50, kinds=["RCP_SANS_PATIENT"])], MEETING, 100).pk == 1


def test_when_none_has_enough_the_fullest_pays_what_it_can() -> None:
    assert choose([Credit(1, 30), Credit(2, 70), Credit(3, 70)], MEETING, 100).pk == 2
    assert choose([Credit(1, 30, kinds=["PPS"])], MEETING, 10) is None
    assert choose([], MEETING, 10) is None


credits_given = st.lists(
    st.builds(
        Credit,
        pk=st.integers(1, 9),
        left_cents=st.integers(0, 300),
        rank=st.integers(1, 3),
        kinds=st.lists(st.sampled_from(["RCP_SANS_PATIENT", "PPS"]), max_size=1),
        departments=st.lists(st.sampled_from(["44", "49"]), max_size=1),
    ),
    max_size=6,
    unique_by=lambda credit: credit.pk,
)


@given(credits_given, st.integers(0, 300), st.randoms())
def test_the_choice_is_allowed_and_never_depends_on_the_order_of_reading(funds, cents, dice) -> None:
    found = choose(funds, MEETING, cents)
    shuffled = list(funds)
    dice.shuffle(shuffled)
    again = choose(shuffled, MEETING, cents)
    assert (found.pk if found else None) == (again.pk if again else None)
    allowed = [credit for credit in funds if fits(credit, MEETING)]
    if not allowed:
        assert found is None
        return
    assert found in allowed
    enough = [credit for credit in allowed if credit.left_cents >= cents]
    if enough:
        assert found in enough
        assert not any(credit.earmarked for credit in enough) or found.earmarked
    else:
        assert found.left_cents == max(credit.left_cents for credit in allowed)


def test_the_pace_of_three_finished_months_goes_on_to_the_end_of_the_year() -> None:
    told = forecast(1_000_000, 600_000, {8: 60_000, 9: 60_000, 10: 90_000, 11: 5}, 2026, date(2026, 11, 30))
    assert told.pace_cents == 70_000
    assert told.expected_cents == 600_000 + 70_000 * 31 * 12 // 365 == 671_342
    assert told.lost_cents == 1_000_000 - 671_342 and told.short_cents == 0
    assert "3 286,58" in told.sentence.replace("\u202f", " ")


def test_who_would_run_out_is_told_what_will_be_missing() -> None:
    told = forecast(100_000, 90_000, {7: 30_000, 8: 30_000, 9: 30_000}, 2026, date(2026, 10, 1))
    assert told.short_cents == 90_000 + 30_000 * 91 * 12 // 365 - 100_000 and told.lost_cents == 0
    assert told.expected_cents == 100_000


def test_without_a_finished_month_nothing_is_guessed() -> None:
    for by_month, day in (({}, date(2026, 11, 22)), ({11: 500}, date(2026, 11, 22)), ({1: 500}, date(2026, 1, 31))):
        told = forecast(1000, 500, by_month, 2026, day)
        assert told.pace_cents is None and "pas encore assez de recul" in told.sentence.lower()
    assert forecast(1000, 0, {3: 500}, 2027, date(2026, 11, 22)).pace_cents is None


def test_a_team_that_began_late_is_not_slowed_by_the_months_before_it() -> None:
    assert forecast(10_000, 900, {10: 900}, 2026, date(2026, 11, 1)).pace_cents == 900
    assert forecast(10_000, 900, {9: 900}, 2026, date(2026, 11, 1)).pace_cents == 450


def test_a_year_that_is_over_is_what_it_is() -> None:
    told = forecast(1000, 400, {12: 400}, 2025, date(2026, 1, 1))
    assert (told.expected_cents, told.lost_cents) == (400, 600) and "finie" in told.sentence
    assert forecast(1000, 1000, {1: 1000}, 2025, date(2026, 1, 1)).sentence == "Tout a été engagé."


@given(
    st.integers(0, 10**8),
    st.integers(0, 10**8),
    st.dictionaries(st.integers(1, 12), st.integers(-(10**6), 10**7)),
    st.integers(0, 364),
)
def test_a_forecast_loses_or_misses_never_both_and_stays_within(allotted, committed, by_month, days) -> None:
    committed = min(committed, allotted)
    told = forecast(allotted, committed, by_month, 2026, date(2026, 1, 1) + timedelta(days=days))
    assert not (told.lost_cents and told.short_cents)
    assert committed <= told.expected_cents <= allotted
    assert told.expected_cents + told.lost_cents == allotted


amounts = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 10**6)), max_size=8, unique_by=lambda pair: pair[0])


@given(amounts, amounts)
def test_suggestions_never_give_more_than_there_is_nor_than_is_missing(givers, takers) -> None:
    takers = [(team + 100, cents) for team, cents in takers]
    found = suggest(givers, takers)
    for team, cents in givers:
        assert sum(one.amount_cents for one in found if one.giver == team) <= cents
    for team, cents in takers:
        assert sum(one.amount_cents for one in found if one.taker == team) <= cents
    assert all(one.amount_cents > 0 and one.amount_cents % 1000 == 0 for one in found)
    spare = sum(cents // 1000 for _, cents in givers) * 1000
    wanted = sum(cents // 1000 for _, cents in takers) * 1000
    assert sum(one.amount_cents for one in found) <= min(spare, wanted)
    if len(givers) == len(takers) == 1:
        assert sum(one.amount_cents for one in found) == min(spare, wanted)
