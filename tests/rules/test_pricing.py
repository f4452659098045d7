"""The price of a whole action: every ceiling a step, no cent lost, nobody above a ceiling, whatever the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.rules import BadInput, Explanation, NoRuleInForce, Rate, library, price
from equipage.rules.explaining import signed
from equipage.rules.pricing import (
    ACTION,
    BUDGET,
    CEILINGS,
    ENVELOPE,
    PERSON,
    PERSON_KIND,
    TEAM_KIND,
    ActionFacts,
    Ceilings,
    PersonFacts,
    Share,
    Tariff,
    price_action,
)

DAY = date(2026, 10, 14)
BASE = Rate(action_code="A", unit="hour", amount=Decimal("50"), valid_from=date(2026, 1, 1), label="Essai")
HOUR = ActionFacts("A", DAY, 60)
cents = st.integers(0, 60_000)
caps = st.none() | cents
groups = st.sampled_from(["", "medical", "auxiliary"])
amounts = st.decimals("0", "300", places=2)


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    """A general rate and, at times, one for a group; every ceiling that may be."""
    rates = [
        Rate(
            action_code="A",
            unit=draw(st.sampled_from(["hour", "started_half_hour", "meeting", "document", "patient", "session"])),
            amount=draw(amounts),
            valid_from=date(2026, 1, 1),
            profession_group=group,
            min_quantity=draw(st.none() | st.just(Decimal("0.5"))),
            max_quantity=draw(st.none() | st.just(Decimal("2.75"))),
            min_participants=draw(st.none() | st.integers(1, 3)),
            cap_person_year_cents=draw(caps),
            cap_action_cents=draw(caps),
            cap_team_year_cents=draw(caps),
            rounding=draw(st.sampled_from(["cent", "euro", "euro_down"])),
        )
        for group in (None, "medical")[: draw(st.integers(1, 2))]
    ]
    return Tariff(rates, draw(caps))


actions = st.builds(ActionFacts, st.just("A"), st.just(DAY), st.integers(0, 600), st.integers(0, 20), st.integers(0, 3))
crowds = st.lists(
    st.builds(PersonFacts, st.integers(0, 99), groups, st.none() | st.integers(0, 600), cents, cents),
    max_size=6,
    unique_by=lambda person: person.key,
)
standings = st.builds(
    Ceilings,
    team_kind_used_cents=cents,
    envelope_cents=caps,
    envelope_used_cents=cents,
    budget_cents=caps,
    budget_used_cents=cents,
)


def amounts_of(shares: Sequence[Share]) -> dict[Any, int]:
    return {share.key: share.amount_cents for share in shares}


def people(*minutes: int) -> list[PersonFacts]:
    return [PersonFacts(key, minutes=spent) for key, spent in enumerate(minutes)]


@given(tariffs(), actions, crowds, standings)
def test_amounts_and_cuts_make_the_price_and_no_ceiling_is_passed(
    tariff: Tariff, action: ActionFacts, crowd: list[PersonFacts], standing: Ceilings
) -> None:
    shares = price_action(tariff, action, crowd, standing)
    order = list(CEILINGS)
    total = sum(share.amount_cents for share in shares)
    facts = {person.key: person for person in crowd}
    for share in shares:
        assert share.amount_cents >= 0
        assert all(cut.cents > 0 for cut in share.cuts)
        assert share.amount_cents + sum(cut.cents for cut in share.cuts) == share.price_cents
        codes = [cut.code for cut in share.cuts]
        assert codes == sorted(codes, key=order.index)
        person, cap = facts[share.key], share.rate.cap_person_year_cents
        assert cap is None or share.amount_cents <= max(0, cap - person.kind_year_cents)
        most = tariff.cap_person_year_cents
        assert most is None or share.amount_cents <= max(0, most - person.year_cents)
    for column, used in (("cap_action_cents", 0), ("cap_team_year_cents", standing.team_kind_used_cents)):
        for rate in tariff.rates:
            cap = getattr(rate, column)
            assert cap is None or total <= max(0, cap - used)
    for limit, used in (
        (standing.envelope_cents, standing.envelope_used_cents),
        (standing.budget_cents, standing.budget_used_cents),
    ):
        assert limit is None or total <= max(0, limit - used)


def by_hand(
    tariff: Tariff, action: ActionFacts, crowd: list[PersonFacts], standing: Ceilings
) -> tuple[int, dict[Any, int]]:
    """Written another way: the total left under the lowest common remainder, and what each had before it."""
    kept: dict[Any, int] = {}
    for person in sorted(crowd, key=lambda one: one.key):
        minutes = action.minutes if person.minutes is None else person.minutes
        found = price(
            tariff.rates,
            "A",
            person.group,
            minutes,
            action.patients,
            len(crowd),
            on=DAY,
            documents=action.documents,
            person_year_cents=person.kind_year_cents,
        )
        most = tariff.cap_person_year_cents
        kept[person.key] = (
            found.amount_cents if most is None else min(found.amount_cents, max(0, most - person.year_cents))
        )
    remainders = [
        *(rate.cap_action_cents for rate in tariff.rates if rate.cap_action_cents is not None),
        *(
            max(0, rate.cap_team_year_cents - standing.team_kind_used_cents)
            for rate in tariff.rates
            if rate.cap_team_year_cents is not None
        ),
    ]
    if standing.envelope_cents is not None:
        remainders.append(max(0, standing.envelope_cents - standing.envelope_used_cents))
    if standing.budget_cents is not None:
        remainders.append(max(0, standing.budget_cents - standing.budget_used_cents))
    return min([sum(kept.values()), *remainders]), kept


@given(tariffs(), actions, crowds, standings)
def test_the_total_is_the_lowest_of_what_is_asked_and_of_every_remainder(
    tariff: Tariff, action: ActionFacts, crowd: list[PersonFacts], standing: Ceilings
) -> None:
    shares = price_action(tariff, action, crowd, standing, explain=False)
    total, before = by_hand(tariff, action, crowd, standing)
    assert sum(share.amount_cents for share in shares) == total
    asked = sum(before.values())
    for share in shares:
        # Each step shares to the cent: at most one cent a step apart from the exact proportion.
        assert abs(share.amount_cents * asked - before[share.key] * total) <= 4 * max(asked, 1)


@given(tariffs(), actions, crowds, standings, st.randoms(use_true_random=False))
def test_the_order_of_people_changes_nothing(
    tariff: Tariff, action: ActionFacts, crowd: list[PersonFacts], standing: Ceilings, chance: Any
) -> None:
    shuffled = list(crowd)
    chance.shuffle(shuffled)
    assert price_action(tariff, action, crowd, standing) == price_action(tariff, action, shuffled, standing)


@given(tariffs(), actions, crowds, standings)
def test_words_change_no_amount(
    tariff: Tariff, action: ActionFacts, crowd: list[PersonFacts], standing: Ceilings
) -> None:
    told = price_action(tariff, action, crowd, standing, explain=True)
    mute = price_action(tariff, action, crowd, standing, explain=False)
    assert [replace(share, explanation=None) for share in told] == list(mute)
    assert all(share.explanation is None and share.sentence == "" for share in mute)


@given(tariffs(), actions, crowds, standings, st.integers(0, 60_000), st.integers(0, 20_000))
def test_a_larger_envelope_never_pays_less(
    tariff: Tariff, action: ActionFacts, crowd: list[PersonFacts], standing: Ceilings, envelope: int, more: int
) -> None:
    low, high = (
        price_action(tariff, action, crowd, replace(standing, envelope_cents=limit, budget_cents=None), explain=False)
        for limit in (envelope, envelope + more)
    )
    assert sum(share.amount_cents for share in low) <= sum(share.amount_cents for share in high)
    # The method of the largest remainder may take one cent from one person for another, never more.
    for one, two in zip(low, high, strict=True):
        assert one.amount_cents <= two.amount_cents + 1


@given(tariffs(), actions, crowds, standings)
def test_the_tree_adds_up_at_every_node_and_survives_json(
    tariff: Tariff, action: ActionFacts, crowd: list[PersonFacts], standing: Ceilings
) -> None:
    for share in price_action(tariff, action, crowd, standing):
        told = share.explanation
        assert told is not None and told.amount_cents == share.amount_cents
        for node in told.walk():
            assert node.label and node.amount_cents is not None
            assert not node.children or sum(child.amount_cents or 0 for child in node.children) == node.amount_cents
        assert [child.label for child in told.children[1:]] == [CEILINGS[cut.code][0] for cut in share.cuts]
        assert [child.amount_cents for child in told.children[1:]] == [-cut.cents for cut in share.cuts]
        assert Explanation.from_dict(told.as_dict()) == told
        assert told.sentence().endswith(".") and told.sentence().count("de moins") == len(share.cuts)


def test_each_ceiling_is_named_in_its_order_and_with_its_amount() -> None:
    tariff = Tariff(
        [replace(BASE, cap_person_year_cents=4900, cap_action_cents=9000, cap_team_year_cents=20_000)],
        cap_person_year_cents=4800,
    )
    standing = Ceilings(
        team_kind_used_cents=12_000,
        envelope_cents=100_000,
        envelope_used_cents=93_000,
        budget_cents=1_000_000,
        budget_used_cents=994_000,
    )
    one, two = price_action(tariff, HOUR, people(60, 60), standing)
    assert [(cut.code, cut.cents) for cut in one.cuts] == [
        (PERSON_KIND, 100),
        (PERSON, 100),
        (ACTION, 300),
        (TEAM_KIND, 500),
        (ENVELOPE, 500),
        (BUDGET, 500),
    ]
    assert (one.price_cents, one.amount_cents, two.amount_cents, one.cut_cents) == (5000, 3000, 3000, 2000)
    assert one.explanation is not None
    assert [f"{node.label} : {signed(node.amount_cents or 0)}" for node in one.explanation.children] == [
        "1\u00a0h à 50,00\u00a0€ l'heure : 50,00\u00a0€",
        "Plafond annuel par personne pour ce type d'action : −1,00\u00a0€",
        "Plafond annuel par personne, toutes actions : −1,00\u00a0€",
        "Plafond par action : −3,00\u00a0€",
        "Plafond annuel de l'équipe pour ce type d'action : −5,00\u00a0€",
        "Enveloppe annuelle de l'équipe : −5,00\u00a0€",
        "Crédit du financeur : −5,00\u00a0€",
    ]


def test_the_sentence_of_a_line_that_was_cut() -> None:
    shares = price_action(Tariff([replace(BASE, cap_action_cents=7500)]), HOUR, people(60, 60))
    assert shares[0].sentence == (
        "37,50\u00a0€ d'après le barème «\u202fEssai\u202f»\u202f: 1\u00a0h à 50,00\u00a0€ l'heure = 50,00\u00a0€"
        "\u202f; le plafond de 75,00\u00a0€ par action est atteint, les personnes présentes se partagent ce qui "
        "restait, soit 12,50\u00a0€ de moins."
    )
    (alone,) = price_action(Tariff([replace(BASE, cap_action_cents=4000)]), HOUR, people(60))
    assert "se partagent" not in alone.sentence and "soit 10,00\u00a0€ de moins" in alone.sentence


def test_limits_and_rounding_are_parts_of_the_price_in_the_tree() -> None:
    rate = replace(BASE, amount=Decimal("50.25"), max_quantity=Decimal("1.5"), rounding="euro")
    (share,) = price_action(Tariff([rate]), replace(HOUR, minutes=120), people(90 + 15))
    assert share.explanation is not None
    (made,) = share.explanation.children
    assert (made.label, made.amount_cents) == ("Montant au tarif", 7500)
    assert [(part.label, part.amount_cents) for part in made.children] == [
        ("1\u00a0h\u00a045 à 50,25\u00a0€ l'heure (présente 1\u00a0h\u00a045 sur 2\u00a0h)", 8794),
        ("Retenu dans la limite de 1,5\u00a0heure", 7538 - 8794),
        ("Arrondi à l'euro", 7500 - 7538),
    ]


def test_the_node_of_the_envelope_says_where_its_rule_is_published() -> None:
    form = library().form("esp-clap", "fr-pdl", DAY)
    standing = Ceilings(envelope_cents=1_000_000, envelope_used_cents=999_000, envelope_rule=form.envelope)
    (share,) = price_action(Tariff([BASE]), HOUR, people(60), standing)
    assert share.explanation is not None
    node = share.explanation.children[-1]
    assert (node.rule_id, node.territory) == (form.envelope.rule_id, form.envelope.territory)
    assert node.rule_id in library().pack.rules and node.version == form.envelope.version


def test_a_common_ceiling_said_once_holds_whoever_is_there() -> None:
    tariff = Tariff([replace(BASE, profession_group="medical", cap_action_cents=6000), BASE])
    nurses = [PersonFacts(key, "auxiliary") for key in (1, 2)]
    assert amounts_of(price_action(tariff, HOUR, nurses)) == {1: 3000, 2: 3000}


def test_the_cents_left_over_go_in_the_order_of_keys() -> None:
    tariff = Tariff([replace(BASE, cap_action_cents=10_001)])
    crowd = [PersonFacts(key) for key in ("c", "a", "b")]
    assert amounts_of(price_action(tariff, HOUR, crowd)) == {"a": 3334, "b": 3334, "c": 3333}


def test_a_yearly_ceiling_of_a_person_counts_all_kinds() -> None:
    tariff = Tariff([BASE], cap_person_year_cents=10_000)
    (share,) = price_action(tariff, HOUR, [PersonFacts(1, kind_year_cents=0, year_cents=8000)])
    assert (share.amount_cents, share.cuts[0].code) == (2000, PERSON)


@pytest.mark.parametrize("column", ["cap_person_year_cents", "cap_action_cents", "cap_team_year_cents"])
def test_a_cap_of_zero_pays_nothing_and_says_so(column: str) -> None:
    none: dict[str, Any] = {column: 0}
    shares = price_action(Tariff([replace(BASE, **none)]), HOUR, people(60, 30))
    assert [(share.price_cents, share.amount_cents) for share in shares] == [(5000, 0), (2500, 0)]
    assert all("plafond" in share.sentence for share in shares)


def test_nobody_is_paid_nothing() -> None:
    assert price_action(Tariff([BASE]), HOUR, []) == ()


def test_a_rate_of_zero_gives_zero_with_its_step() -> None:
    (share,) = price_action(Tariff([replace(BASE, amount=Decimal(0))]), HOUR, people(60), Ceilings(envelope_cents=0))
    assert (share.price_cents, share.amount_cents, share.cuts) == (0, 0, ())
    assert "1\u00a0h à 0,00\u00a0€ l'heure = 0,00\u00a0€" in share.sentence


def test_tenths_are_exact_and_floats_are_refused() -> None:
    (share,) = price_action(Tariff([replace(BASE, amount=Decimal("0.1") + Decimal("0.2"))]), HOUR, people(60))
    assert share.amount_cents == 30
    impossible: list[Any] = [0.1 + 0.2, Decimal("NaN"), Decimal("Infinity")]
    for wrong in impossible:
        with pytest.raises(BadInput, match="montant exact"):
            replace(BASE, amount=wrong)


@pytest.mark.parametrize(
    ("on", "begin", "end"),
    [
        (date(2024, 2, 29), date(2024, 2, 29), date(2024, 3, 1)),
        (date(2026, 12, 31), date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_a_leap_day_and_the_last_day_of_the_year_have_their_rate(on: date, begin: date, end: date) -> None:
    tariff = Tariff([replace(BASE, valid_from=begin, valid_to=end)])
    assert amounts_of(price_action(tariff, replace(HOUR, on=on), people(60))) == {0: 5000}
    with pytest.raises(NoRuleInForce, match="complétez le barème à cette date"):
        price_action(tariff, replace(HOUR, on=end), people(60))


@pytest.mark.parametrize(
    ("action", "person", "standing"),
    [
        ({"minutes": -1}, {}, {}),
        ({"patients": -1}, {}, {}),
        ({"documents": -1}, {}, {}),
        ({}, {"minutes": -1}, {}),
        ({}, {"kind_year_cents": -1}, {}),
        ({}, {"year_cents": -1}, {}),
        ({}, {}, {"envelope_cents": -1}),
        ({}, {}, {"envelope_used_cents": -1}),
        ({}, {}, {"team_kind_used_cents": -1}),
        ({}, {}, {"budget_cents": -1}),
        ({}, {}, {"budget_used_cents": -1}),
    ],
)
def test_nothing_negative_is_counted(action: dict[str, Any], person: dict[str, Any], standing: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="négatif"):
        price_action(Tariff([BASE]), replace(HOUR, **action), [replace(PersonFacts(1), **person)], Ceilings(**standing))


def test_a_negative_ceiling_of_a_scale_or_a_rate_is_refused() -> None:
    with pytest.raises(BadInput, match="négatif"):
        Tariff([BASE], cap_person_year_cents=-1)
    for column in ("cap_action_cents", "cap_team_year_cents"):
        wrong: dict[str, Any] = {column: -1}
        with pytest.raises(BadInput, match="négatif"):
            replace(BASE, **wrong)


def test_a_person_given_twice_or_keys_of_two_types_are_refused() -> None:
    with pytest.raises(BadInput, match="deux fois"):
        price_action(Tariff([BASE]), HOUR, [PersonFacts(1), PersonFacts(1)])
    with pytest.raises(BadInput, match="clés"):
        price_action(Tariff([BASE]), HOUR, [PersonFacts(1), PersonFacts("b")])


def test_what_was_frozen_before_amounts_were_trees_is_still_read() -> None:
    old = price([BASE], "A", minutes=60, on=DAY).explanation.as_dict()
    for name in ("label", "amount_cents", "children"):
        del old[name]
    read = Explanation.from_dict(old)
    assert (read.label, read.amount_cents, read.children) == ("", None, ())
    assert read.sentence() == price([BASE], "A", minutes=60, on=DAY).explanation.sentence()
