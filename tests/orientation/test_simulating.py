"""The simulator counts like the payment: the same functions, the same cents, whatever the scale and the year."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from time import process_time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.orientation.place import place_of
from equipage.orientation.simulating import Deed, Plan, Profile, Simulation, profiles_of, simulate, subjects_of
from equipage.rules import BadInput, Rate, library
from equipage.rules.pricing import ENVELOPE, ActionFacts, Ceilings, PersonFacts, Tariff, price_action

ON = date(2026, 11, 25)
FORM = library().form("esp-clap", "fr-pdl", ON)
SCALE_2026 = FORM.scale.rates
# As if it still held: it pays by patient and by half hour.
SCALE_2025 = tuple(
    replace(rate, valid_to=None) for rate in library().form("esp-clap", "fr-pdl", date(2025, 3, 1)).scale.rates
)
DOCTOR = Profile("medecin", "Médecin généraliste", "un médecin généraliste", "médecins généralistes", "medical")
NURSE = Profile("infirmier", "Infirmier", "un infirmier", "infirmiers", "auxiliary")
PHARMACIST = Profile("pharmacien", "Pharmacien", "un pharmacien", "pharmaciens", "pharmacy")
TRIO = ((DOCTOR, 1), (NURSE, 1), (PHARMACIST, 1))
OPEN = frozenset({"association"})
# A year of thousands of actions takes its time on a busy machine.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def plain(text: str) -> str:
    """One kind of space and of apostrophe."""
    return re.sub(r"\s+", " ", text).replace("’", "'")


def count(*deeds: Deed, people: Any = TRIO, rates: Any = SCALE_2026, facts: frozenset[str] = OPEN) -> Simulation:
    return simulate(FORM, rates, Plan(people, deeds, facts), ON)


def test_ten_meetings_of_three_people() -> None:
    found = count(Deed("RCP_SANS_PATIENT", 10, 45))
    assert found.paid_cents == 10 * 3 * 3750
    assert (found.minutes, found.person_minutes) == (10 * 3 * 45, 450)
    assert (found.person_cents, found.hour_cents) == (37500, 5000)
    (line,) = found.lines
    (share,) = line.shares
    assert (share.people, share.turns, share.each.amount_cents) == (3, 30, 3750)
    assert "45 min à 50,00 €" in plain(share.explanations[0].sentence())


def test_a_rate_of_a_group_makes_a_share_of_its_own() -> None:
    (line,) = count(Deed("PPS", 4, 60)).lines
    assert [(share.profiles, share.each.amount_cents, share.turns) for share in line.shares] == [
        (((DOCTOR, 1),), 5000, 4),
        (((NURSE, 1), (PHARMACIST, 1)), 4500, 8),
    ]
    assert line.amount_cents == 4 * (5000 + 2 * 4500)


def test_people_take_turns_when_not_all_are_there() -> None:
    (line,) = count(Deed("PPS", 4, 60, present=2)).lines
    # Eight turns for three people: three, three and two, the first of the list first.
    assert [share.turns for share in line.shares] == [3, 5]
    assert line.minutes == 4 * 2 * 60


def test_the_yearly_cap_of_a_person_is_applied_in_order_and_said() -> None:
    (line,) = count(Deed("PROTOCOLE", 6, 120)).lines
    (share,) = line.shares
    assert line.amount_cents == 3 * 40000
    assert share.cut_cents == 3 * 20000
    assert "plafond annuel de 400,00 € par personne" in plain(share.explanations[1].sentence())


def test_the_ceiling_of_the_team_cuts_the_sum_and_says_its_source() -> None:
    found = count(Deed("RCP_SANS_PATIENT", 200, 60))
    assert (found.asked_cents, found.paid_cents, found.cut_cents) == (3000000, 1000000, 2000000)
    assert found.capped is not None
    assert found.capped.explanation.rule_id == "esp-clap.money.team_year_cents"
    assert found.capped.explanation.reference.title


def test_an_action_for_associations_is_closed_with_its_reason() -> None:
    found = count(Deed("PREVENTION", 5, 120), Deed("ETP", 5, 120), facts=frozenset())
    assert found.lines == ()
    assert found.paid_cents == found.minutes == found.hour_cents == 0
    assert [closed.action.code for closed in found.closed] == ["PREVENTION", "ETP"]
    assert "association loi 1901" in found.closed[0].reasons[0][0]
    assert count(Deed("PREVENTION", 5, 120)).paid_cents == 5 * 3 * 6500


def test_an_action_without_rate_is_said_and_never_paid_zero() -> None:
    found = count(Deed("PPS", 1, 60), rates=SCALE_2026[:2])
    assert found.lines == ()
    assert "n'a pas de tarif" in found.closed[0].reasons[0][0]


def test_a_person_alone_holds_no_meeting_of_several() -> None:
    found = count(Deed("RCP_SANS_PATIENT", 10, 45), people=((DOCTOR, 1),))
    assert found.lines == ()
    assert "Il manque une personne présente" in found.closed[0].reasons[0][0]


def test_nothing_done_is_nothing_paid() -> None:
    found = count(*(Deed(code, 0, 60) for code in FORM.actions))
    assert (found.lines, found.closed, found.paid_cents, found.hour_cents) == ((), (), 0, 0)


def test_numbers_that_cannot_be_are_refused() -> None:
    for deed in (Deed("PPS", 1, 60, present=4), Deed("PPS", -1, 60), Deed("PPS", 1, -60)):
        with pytest.raises(BadInput):
            count(deed)


def test_the_largest_year_is_counted_by_multiplication() -> None:
    """99 people, 999 actions of each kind: each rate is asked for a few times, never once an action."""
    people = ((DOCTOR, 33), (NURSE, 33), (PHARMACIST, 33))
    found = count(*(Deed(code, 999, 1440, 98, 500) for code in FORM.actions), people=people)
    assert sum(len(line.shares) for line in found.lines) < 20
    assert found.paid_cents == 1000000
    meeting = found.lines[0]
    assert meeting.amount_cents == 999 * 98 * 15000  # three hours at most are kept


def capped_meetings(**caps: Any) -> tuple[Rate, ...]:
    return tuple(replace(rate, **caps) if rate.action_code == "RCP_SANS_PATIENT" else rate for rate in SCALE_2026)


def test_a_ceiling_of_an_action_is_shared_by_those_who_are_there() -> None:
    (line,) = count(Deed("RCP_SANS_PATIENT", 10, 45), rates=capped_meetings(cap_action_cents=9000)).lines
    (share,) = line.shares
    assert (line.amount_cents, share.cuts) == (10 * 9000, {"action": 10 * (3 * 3750 - 9000)})
    assert "plafond de 90,00 € par action est atteint" in plain(share.explanations[1].sentence())


def test_a_ceiling_of_the_team_for_a_kind_stops_it_in_the_year() -> None:
    (line,) = count(Deed("RCP_SANS_PATIENT", 10, 45), rates=capped_meetings(cap_team_year_cents=30000)).lines
    assert (line.amount_cents, line.shares[0].cuts) == (30000, {"team_kind_year": 10 * 3 * 3750 - 30000})


def test_a_ceiling_of_a_person_runs_over_all_kinds_in_the_order_of_the_plan() -> None:
    plan = Plan(TRIO, (Deed("RCP_SANS_PATIENT", 10, 60), Deed("PPS", 4, 60)), OPEN)
    meetings, plans = simulate(FORM, SCALE_2026, plan, ON, 60000).lines
    assert (meetings.amount_cents, plans.amount_cents) == (3 * 50000, 3 * 10000)
    assert {code for share in plans.shares for code in share.cuts} == {"person_year"}


def test_a_lump_sum_of_the_team_is_shared_by_those_whose_turn_it_is() -> None:
    rates = capped_meetings(shared_by="equal", unit="meeting", amount=Decimal("100.00"))
    (line,) = count(Deed("RCP_SANS_PATIENT", 10, 45, present=2), rates=rates).lines
    assert line.amount_cents == 10 * 10_000
    assert all(share.cut_cents == 0 and share.turns for share in line.shares)
    assert "soit 1 part sur 2" in plain(line.shares[0].explanations[0].sentence())


def test_the_largest_year_under_every_ceiling_takes_little_time() -> None:
    """99 people, 999 actions of each kind: what asks the same of the same remainders is priced once."""
    people = ((DOCTOR, 33), (NURSE, 33), (PHARMACIST, 33))
    rates = tuple(replace(rate, cap_action_cents=900_000, cap_team_year_cents=90_000_000) for rate in SCALE_2026)
    plan = Plan(people, tuple(Deed(code, 999, 60, 98, 500) for code in FORM.actions), OPEN)
    start = process_time()
    assert simulate(FORM, rates, plan, ON, 9_000_000).paid_cents == 1000000
    assert process_time() - start < 20


RATES = st.fixed_dictionaries(
    {
        "unit": st.sampled_from(["hour", "started_half_hour", "meeting", "document", "patient", "session"]),
        "amount": st.decimals(0, 120, places=2),
        "cap_person_year_cents": st.none() | st.integers(0, 60000),
        "cap_action_cents": st.none() | st.integers(0, 30000),
        "cap_team_year_cents": st.none() | st.integers(0, 90000),
        "min_participants": st.none() | st.integers(1, 4),
        "min_quantity": st.none() | st.just(Decimal("0.5")),
        "max_quantity": st.none() | st.just(Decimal("2")),
        "rounding": st.sampled_from(["cent", "euro", "euro_down"]),
    }
)


@st.composite
def scales(draw: st.DrawFn) -> tuple[Rate, ...]:
    """The two scales of the demonstration, and scales that nobody wrote, with and without a rate for doctors."""
    if draw(st.booleans()):
        return tuple(draw(st.sampled_from([SCALE_2025, SCALE_2026])))
    drawn: list[Rate] = []
    for code in FORM.actions:
        for group in draw(st.sampled_from([(None,), (None, "medical")])):
            facts: dict[str, Any] = draw(RATES)
            drawn.append(Rate(action_code=code, profession_group=group, valid_from=date(2020, 1, 1), **facts))
    return tuple(drawn)


@st.composite
def plans(draw: st.DrawFn, most: int = 9, all_present: bool = False) -> Plan:
    people = tuple((profile, draw(st.integers(0, 3))) for profile in (DOCTOR, NURSE, PHARMACIST))
    people = tuple((profile, number) for profile, number in people if number) or ((NURSE, 2),)
    total = sum(number for _, number in people)
    deeds = tuple(
        Deed(
            code,
            draw(st.integers(0, most)),
            draw(st.integers(1, 300)),
            0 if all_present else draw(st.integers(0, total)),
            draw(st.integers(0, 12)),
        )
        for code in draw(st.permutations(list(FORM.actions)))
    )
    return Plan(people, deeds, draw(st.sampled_from([OPEN, frozenset()])))


def paid_one_by_one(rates: tuple[Rate, ...], plan: Plan, counted: set[str], most: int | None = None) -> tuple[int, int]:
    """Every action priced and shared out as when it is validated, one after the other: (asked, paid)."""
    team = [profile for profile, number in plan.people for _ in range(number)]
    tariff = Tariff(rates, most)
    asked = committed = 0
    year = [0] * len(team)
    for deed in plan.deeds:
        if deed.code not in counted:
            continue
        present, had, of_kind = deed.present or len(team), [0] * len(team), 0
        for turn in range(deed.times):
            there = [(turn * present + place) % len(team) for place in range(present)]
            facts = ActionFacts(deed.code, ON, deed.minutes, deed.patients)
            people = [
                PersonFacts(one, team[one].group, kind_year_cents=had[one], year_cents=year[one]) for one in there
            ]
            ceilings = Ceilings(of_kind, FORM.envelope_cents, committed)
            shares = price_action(tariff, facts, people, ceilings, explain=False)
            for share in shares:
                before = share.amount_cents + sum(cut.cents for cut in share.cuts if cut.code == ENVELOPE)
                had[int(share.key)] += before
                year[int(share.key)] += before
                of_kind += before
                asked += before
            committed += sum(share.amount_cents for share in shares)
    return asked, committed


@pytest.mark.slow
@UNHURRIED
@given(scales(), plans(), st.none() | st.integers(0, 200_000))
def test_it_is_what_the_payment_would_be_one_action_after_the_other(
    rates: tuple[Rate, ...], plan: Plan, most: int | None
) -> None:
    found = simulate(FORM, rates, plan, ON, most)
    counted = {line.action.code for line in found.lines}
    assert (found.asked_cents, found.paid_cents) == paid_one_by_one(rates, plan, counted, most)


@pytest.mark.slow
@UNHURRIED
@given(scales(), plans(most=999))
def test_the_sums_agree_and_the_ceiling_holds(rates: tuple[Rate, ...], plan: Plan) -> None:
    found = simulate(FORM, rates, plan, ON)
    shares = [share for line in found.lines for share in line.shares]
    assert found.asked_cents == sum(line.amount_cents for line in found.lines) == sum(s.amount_cents for s in shares)
    assert found.asked_cents == found.paid_cents + found.cut_cents
    assert 0 <= found.paid_cents <= FORM.envelope_cents
    for line in found.lines:
        assert sum(share.turns for share in line.shares) == line.deed.times * line.present
        assert sum(share.people for share in line.shares) == plan.total
    for share in shares:
        assert share.amount_cents + share.cut_cents == share.turns * share.each.amount_cents
        assert share.cut_cents >= 0
        assert bool(share.capped) == bool(share.cut_cents)
        assert sum(share.cuts.values()) == share.cut_cents and all(cents > 0 for cents in share.cuts.values())
        cap = share.each.rate.cap_person_year_cents
        assert cap is None or share.amount_cents <= cap * share.people
    counted = {line.action.code for line in found.lines} | {closed.action.code for closed in found.closed}
    assert counted == {deed.code for deed in plan.deeds if deed.times}


@pytest.mark.slow
@UNHURRIED
@given(scales(), plans(most=999, all_present=True), st.randoms(use_true_random=False))
def test_order_changes_nothing_when_everybody_is_there(rates: tuple[Rate, ...], plan: Plan, chance: Any) -> None:
    # Where people share a ceiling, a cent of a tie goes to the first of the list.
    rates = tuple(replace(rate, cap_action_cents=None, cap_team_year_cents=None) for rate in rates)
    people, deeds = list(plan.people), list(plan.deeds)
    chance.shuffle(people)
    chance.shuffle(deeds)
    there, back = (
        simulate(FORM, rates, plan, ON),
        simulate(FORM, rates, Plan(tuple(people), tuple(deeds), plan.facts), ON),
    )
    assert there.paid_cents == back.paid_cents
    assert {line.action.code: line.amount_cents for line in there.lines} == {
        line.action.code: line.amount_cents for line in back.lines
    }


def test_without_a_region_the_packs_alone_answer() -> None:
    """No association to ask: no query either, since none is allowed here."""
    assert all(subject.scale is None for subject in subjects_of(place_of({"territoire": "fr"})))


def test_where_the_rules_name_no_kinds_of_people_the_pay_groups_are_counted() -> None:
    profiles = profiles_of(FORM, {}, ON)
    assert [profile.key for profile in profiles] == ["auxiliary", "medical", "pharmacy"]
    assert profiles[1].counted(1) == "une personne (professions médicales)"
    (line,) = count(Deed("PPS", 1, 60), people=tuple((profile, 1) for profile in profiles)).lines
    assert line.amount_cents == 5000 + 2 * 4500
