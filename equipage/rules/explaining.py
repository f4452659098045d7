"""How a price and its ceilings are told: the words of each step, and the nodes of the tree. Pure, integer cents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from equipage.rules.dated import Dated, Reference
from equipage.rules.explanation import Explanation, Plain
from equipage.rules.rates import ROUNDINGS, TIMED, UNITS, Counted, Rate, cents_of
from equipage.rules.wording import NARROW, NO_BREAK, duration, euros, euros_exact, number

NO_RULE = Reference("")


def signed(cents: int) -> str:
    """An amount as it is added or taken away: « −12,50 € », with the true minus sign."""
    return f"−{euros(-cents)}" if cents < 0 else euros(cents)


def told(rate: Rate, quantity: Fraction, minutes: int) -> str:
    """The multiplication as it is read: « 45 min à 50,00 € l'heure »."""
    price = euros_exact(rate.amount)
    if rate.unit == "hour" and quantity == Fraction(minutes, 60):
        return f"{duration(minutes)} à {price} l'heure"
    shown = Decimal(quantity.numerator) / Decimal(quantity.denominator)
    one, many = UNITS[rate.unit]
    word = one if quantity < 2 else many
    if rate.unit == "hour":
        return f"{number(round(shown, 2))}{NO_BREAK}{word} à {price} l'heure"
    return f"{number(shown)}{NO_BREAK}{word} × {price}"


def _present(minutes: int, whole_minutes: int | None, unit: str) -> list[str]:
    """What is said of somebody who was there for a part of it only, where time is paid: « présente 30 min sur 45 »."""
    if whole_minutes is None or whole_minutes == minutes or unit not in TIMED:
        return []
    short = minutes < 60 and whole_minutes < 60
    return [f"présente {duration(minutes)} sur {whole_minutes if short else duration(whole_minutes)}"]


def _limits(rate: Rate, counted: Counted, participants: int | None) -> list[str]:
    """What the limits of the rate changed."""
    one, many = UNITS[rate.unit]
    low, high, found = rate.min_quantity, rate.max_quantity, []
    if low is not None and counted.asked < low * counted.base:
        found.append(f"moins que le minimum de {number(low)}{NO_BREAK}{many if low >= 2 else one}")
    elif high is not None and counted.asked > high * counted.base:
        found.append(f"retenu dans la limite de {number(high)}{NO_BREAK}{many if high >= 2 else one}")
    if rate.min_participants is not None and participants is not None and participants < rate.min_participants:
        found.append(f"il faut au moins {rate.min_participants} personnes présentes, {participants} le sont")
    return found


def steps_of(
    rate: Rate, counted: Counted, minutes: int, whole_minutes: int | None, participants: int | None
) -> list[str]:
    """The steps from the facts to the price before any ceiling, in words."""
    steps = [*_present(minutes, whole_minutes, rate.unit), *_limits(rate, counted, participants)]
    if counted.kept:
        steps.insert(0, f"{told(rate, counted.quantity, minutes)} = {euros(counted.cents)}")
        if rate.rounding != "cent":
            steps.append(f"arrondi {ROUNDINGS[rate.rounding]}")
    return steps


def node(
    label: str, cents: int, rule: Rate | Dated | None = None, *, children: Sequence[Explanation] = (), why: str = ""
) -> Explanation:
    """One node of the tree: its label, its amount, the address of its rule when it has one, and why (`why`)."""
    conclusion = f"{label}{NARROW}: {signed(cents)}"
    steps = (why,) if why else ()
    if rule is None:
        return Explanation("", "", "", None, NO_RULE, {}, steps, conclusion, False, label, cents, tuple(children))
    attested = isinstance(rule, Dated) and rule.attested
    return Explanation(
        rule.rule_id,
        rule.version or rule.valid_from.isoformat(),
        rule.territory,
        rule.valid_from,
        rule.reference if isinstance(rule, Dated) else rule.source,
        {},
        steps,
        conclusion,
        attested,
        label,
        cents,
        tuple(children),
    )


def price_node(
    rate: Rate, counted: Counted, minutes: int, whole_minutes: int | None, participants: int | None
) -> Explanation:
    """The price before ceilings as a node: the product, what the limits changed, what the rounding changed."""
    present = "".join(f" ({words})" for words in _present(minutes, whole_minutes, rate.unit))
    product = f"{told(rate, Fraction(counted.asked, counted.base), minutes)}{present}"
    before = cents_of(rate, counted.asked, counted.base, "cent")
    kept = cents_of(rate, counted.kept, counted.base, "cent")
    parts = [node(product, before)]
    if counted.kept != counted.asked:
        words = ", ".join(_limits(rate, counted, participants))
        parts.append(node(words[0].upper() + words[1:], kept - before))
    if counted.kept and rate.rounding != "cent":
        parts.append(node(f"Arrondi {ROUNDINGS[rate.rounding]}", counted.cents - kept))
    if len(parts) == 1:
        return node(product, counted.cents, rate)
    return node("Montant au tarif", counted.cents, rate, children=parts)


def whole(
    rate: Rate,
    amount_cents: int,
    inputs: Mapping[str, Plain],
    steps: Sequence[str],
    children: Sequence[Explanation],
) -> Explanation:
    """The root: what is owed, in one sentence with its rule, and as a tree."""
    scale = f" «{NARROW}{rate.label}{NARROW}»" if rate.label else ""
    return Explanation(
        rate.rule_id,
        rate.version or rate.valid_from.isoformat(),
        rate.territory,
        rate.valid_from,
        rate.source,
        inputs,
        tuple(steps),
        f"{euros(amount_cents)} d'après le barème{scale}",
        label="Montant",
        amount_cents=amount_cents,
        children=tuple(children),
    )
