"""Prices and ceilings: exact to the cent, never negative, never more than the limits."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.rules import BadInput, Explanation, NoRuleInForce, Rate, apply_ceiling, library, price

ON = date(2026, 3, 1)
START = date(2026, 1, 1)


def rate(**changes: object) -> Rate:
    facts = {"action_code": "RCP", "unit": "hour", "amount": Decimal("50.00"), "valid_from": START}
    return Rate(**{**facts, **changes})  # type: ignore[arg-type]


def cents(**facts: object) -> int:
    rates = facts.pop("rates", [rate()])
    return price(rates, "RCP", on=ON, **facts).amount_cents  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("unit", "facts", "expected"),
    [
        ("hour", {"minutes": 60}, 5000),
        ("hour", {"minutes": 1}, 83),
        ("hour", {"minutes": 3}, 250),
        ("hour", {"minutes": 0}, 0),
        ("started_half_hour", {"minutes": 30}, 5000),
        ("started_half_hour", {"minutes": 31}, 10000),
        ("started_half_hour", {"minutes": 0}, 0),
        ("meeting", {"minutes": 500}, 5000),
        ("session", {}, 5000),
        ("document", {"documents": 3}, 15000),
        ("patient", {"patients": 4}, 20000),
        ("patient", {"patients": 0}, 0),
    ],
)
def test_each_unit(unit: str, facts: dict[str, int], expected: int) -> None:
    assert cents(rates=[rate(unit=unit)], **facts) == expected


@pytest.mark.parametrize(("rounding", "expected"), [("cent", 1253), ("euro", 1300), ("euro_down", 1200)])
def test_each_rounding(rounding: str, expected: int) -> None:
    assert cents(rates=[rate(amount=Decimal("12.525"), rounding=rounding)], minutes=60) == expected


def test_the_rate_of_the_group_goes_before_the_general_one() -> None:
    rates = [rate(), rate(profession_group="medical", amount=Decimal("70"))]
    assert (cents(rates=rates, profession="medical", minutes=60), cents(rates=rates, minutes=60)) == (7000, 5000)
    with pytest.raises(NoRuleInForce, match="Aucun tarif"):
        price(rates[1:], "RCP", "auxiliary", 60, on=ON)


def test_a_date_without_rate_and_two_rates_are_typed_errors() -> None:
    with pytest.raises(NoRuleInForce, match=r"31.décembre 2025.*complétez le barème"):
        price([rate()], "RCP", minutes=60, on=date(2025, 12, 31))
    with pytest.raises(NoRuleInForce, match="Deux tarifs"):
        price([rate(), rate(amount=Decimal("60"))], "RCP", minutes=60, on=ON)
    ended = rate(valid_to=date(2026, 3, 1))
    with pytest.raises(NoRuleInForce):
        price([ended], "RCP", minutes=60, on=ON)
    assert price([ended], "RCP", minutes=60, on=date(2026, 2, 28)).amount_cents == 5000


@pytest.mark.parametrize("fact", ["minutes", "patients", "documents", "person_year_cents", "participants"])
def test_a_negative_fact_is_refused(fact: str) -> None:
    with pytest.raises(BadInput, match="négatif"):
        cents(**{fact: -1})


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": Decimal("-1")},
        {"cap_person_year_cents": -1},
        {"min_quantity": Decimal("2"), "max_quantity": Decimal("1")},
        {"min_quantity": Decimal("-1")},
        {"unit": "day"},
        {"rounding": "up"},
        {"valid_to": START},
    ],
)
def test_a_rate_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        rate(**wrong)


def test_too_few_people_and_too_little_time_are_paid_nothing_and_told() -> None:
    few = price([rate(min_participants=2)], "RCP", minutes=60, participants=1, on=ON)
    assert few.amount_cents == 0 and "au moins 2 personnes" in few.explanation.sentence()
    short = price([rate(min_quantity=Decimal("0.5"))], "RCP", minutes=29, on=ON)
    assert short.amount_cents == 0 and "moins que le minimum de 0,5" in short.explanation.sentence()


def test_the_sentence_of_a_payment_line() -> None:
    scale = library().form("esp-clap", "fr-pdl", ON).scale
    priced = price(scale.rates, "RCP_AVEC_PATIENT", "auxiliary", 45, on=ON)
    assert priced.explanation.sentence() == (
        "37,50\u00a0€ d'après le barème «\u202fBarème fictif de démonstration 2026\u202f»\u202f: "
        "45\u00a0min à 50,00\u00a0€ l'heure = 37,50\u00a0€ "
        "(règle\u202f: Contenu fictif de démonstration, barème 2026, en vigueur depuis le 1er\u00a0janvier 2026)."
    )
    assert priced.quantity == Decimal("0.75")
    assert Explanation.from_dict(priced.explanation.as_dict()) == priced.explanation


amounts = st.decimals(min_value=0, max_value=1000, places=2)
minutes_ = st.integers(min_value=0, max_value=2000)


@given(amounts, minutes_)
def test_an_hour_rate_agrees_with_decimal_arithmetic(amount: Decimal, minutes: int) -> None:
    exact = amount * minutes * 100 / 60
    found = cents(rates=[rate(amount=amount)], minutes=minutes)
    if abs(exact % 1 - Decimal("0.5")) > Decimal("1e-9"):
        assert found == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert abs(found - exact) <= Decimal("0.5") + Decimal("1e-9")


@given(amounts, minutes_, minutes_, st.sampled_from(["hour", "started_half_hour"]))
def test_more_time_never_pays_less(amount: Decimal, one: int, more: int, unit: str) -> None:
    limited = rate(amount=amount, unit=unit, min_quantity=Decimal("0.5"), max_quantity=Decimal(6))
    low, high = (cents(rates=[limited], minutes=value) for value in (one, one + more))
    assert 0 <= low <= high <= int(amount * 6 * 100)


@given(amounts, st.lists(minutes_, max_size=20), st.integers(min_value=0, max_value=100_000))
def test_a_year_of_lines_never_passes_the_cap_of_a_person(amount: Decimal, days: list[int], cap: int) -> None:
    paid = 0
    for minutes in days:
        line = cents(rates=[rate(amount=amount, cap_person_year_cents=cap)], minutes=minutes, person_year_cents=paid)
        assert line >= 0
        paid += line
    assert paid <= cap
    free = sum(cents(rates=[rate(amount=amount)], minutes=minutes) for minutes in days)
    assert paid == min(cap, free)


cents_ = st.integers(min_value=0, max_value=2_000_000)


@given(cents_, cents_, cents_)
def test_a_ceiling_loses_no_cent(amount: int, committed: int, ceiling: int) -> None:
    capped = apply_ceiling(amount, committed, ceiling)
    assert capped.paid_cents + capped.cut_cents == amount
    assert 0 <= capped.paid_cents <= amount
    assert committed + capped.paid_cents <= max(ceiling, committed)
    assert capped.cut_cents == 0 or committed + capped.paid_cents >= ceiling


@given(st.lists(cents_, max_size=30), cents_)
def test_an_envelope_pays_the_same_total_in_any_order(lines: list[int], ceiling: int) -> None:
    def total(order: list[int]) -> int:
        used = 0
        for amount in order:
            used += apply_ceiling(amount, used, ceiling).paid_cents
        return used

    assert total(lines) == total(lines[::-1]) == min(ceiling, sum(lines))


@pytest.mark.parametrize("facts", [(-1, 0, 0), (0, -1, 0), (0, 0, -1)])
def test_a_negative_ceiling_question_is_refused(facts: tuple[int, int, int]) -> None:
    with pytest.raises(BadInput):
        apply_ceiling(*facts)


def test_the_ceiling_cites_the_envelope_rule() -> None:
    form = library().form("esp-clap", "fr-pdl", ON)
    capped = apply_ceiling(3750, 999_000, form.envelope_cents, form.envelope)
    assert capped.explanation.rule_id == "esp-clap.money.team_year_cents"
    assert "27,50\u00a0€ au-delà du plafond" in capped.explanation.sentence()
