"""Other rates than those of a scale (hypothèses de barème): raised or lowered, other ceilings; how they differ. Pure.

A changed rate keeps two decimals, the half going up, as a scale that is typed would.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from equipage.rules.errors import BadInput
from equipage.rules.pricing import Tariff
from equipage.rules.rates import Rate
from equipage.rules.wording import NARROW

_CENT = Decimal("0.01")
# The identifier of the rate of nothing, for what a scale does not pay.
UNPAID = "aucun tarif"
_CAPS = ("cap_person_year_cents", "cap_action_cents", "cap_team_year_cents")
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Change:
    """What is changed: rates by `percent` and by `euros` a unit, then ceilings in cents; of a kind and group, "" = all.

    A group that has no rate of its own gets one, made from the rate of everybody. None leaves a ceiling as it is.
    """

    kind: str = ""
    group: str = ""
    percent: Decimal = Decimal(0)
    euros: Decimal = Decimal(0)
    cap_person_year_cents: int | None = None
    cap_action_cents: int | None = None
    cap_team_year_cents: int | None = None

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not self.percent and not self.euros and all(getattr(self, cap) is None for cap in _CAPS)


def changed(rates: Iterable[Rate], change: Change) -> tuple[Rate, ...]:
    """The rates of a scale, changed. Raises BadInput when a rate would no longer be above zero."""
    given = tuple(rates)
    if change.empty:
        return given
    own = {rate.action_code for rate in given if rate.profession_group == change.group}
    found: list[Rate] = []
    for rate in given:
        concerned = change.kind in ("", rate.action_code)
        if not concerned:
            found.append(rate)
        elif change.group in ("", rate.profession_group):
            found.append(_changed(rate, change))
        else:
            # Ceilings that professions share stay the same in every rate of the kind.
            found.append(_common_caps(rate, change))
            if rate.profession_group is None and rate.action_code not in own:
                found.append(_changed(replace(rate, profession_group=change.group), change))
    return tuple(found)


def _changed(rate: Rate, change: Change) -> Rate:
    raised = rate.amount * (_HUNDRED + change.percent) / _HUNDRED + change.euros
    amount = raised.quantize(_CENT, rounding=ROUND_HALF_UP)
    if amount <= 0:
        raise BadInput(
            f"Le tarif de «{NARROW}{rate.action_code}{NARROW}» tomberait à {amount}{NARROW}€{NARROW}: un tarif reste "
            "au-dessus de zéro, baissez-le moins."
        )
    own = rate.cap_person_year_cents if change.cap_person_year_cents is None else change.cap_person_year_cents
    return replace(_common_caps(rate, change), amount=amount, cap_person_year_cents=own)


def _common_caps(rate: Rate, change: Change) -> Rate:
    caps = {name: getattr(change, name) for name in _CAPS[1:] if getattr(change, name) is not None}
    return replace(rate, **caps) if caps else rate


def timeless(rates: Iterable[Rate], kinds: Iterable[str], cap_person_year_cents: int | None = None) -> Tariff:
    """A tariff that holds every day, and pays nothing where its rates say nothing (`unpaid`), to replay an action."""
    given = [replace(rate, valid_from=date.min, valid_to=None) for rate in rates]
    general = {rate.action_code for rate in given if rate.profession_group is None}
    missing = sorted(set(kinds) - general)
    nothing = [Rate(kind, "meeting", Decimal(0), date.min, rule_id=UNPAID) for kind in missing]
    return Tariff([*given, *nothing], cap_person_year_cents)


def unpaid(rate: Rate) -> bool:
    """Whether it is the rate of nothing of `timeless`."""
    return rate.rule_id == UNPAID


class Difference(NamedTuple):
    """How two scales differ: rates that changed, and the one percentage that explains them all, None without one.

    `kinds` are those whose rates or ceilings changed; `whole` says that every rate of the scale changed so.
    """

    kinds: tuple[str, ...]
    rates: int
    percent: Decimal | None
    whole: bool
    caps: bool


def difference(before: Sequence[Rate], after: Sequence[Rate], other_caps: bool = False) -> Difference:
    """How the rates `after` differ from those `before`; `other_caps` when a ceiling besides the rates differs."""
    old, new = ({(rate.action_code, rate.profession_group or ""): rate for rate in rates} for rates in (before, after))
    moved = sorted(key for key in {*old, *new} if _figures(old.get(key)) != _figures(new.get(key)))
    capped = sorted(key for key in {*old, *new} if _ceilings(old.get(key)) != _ceilings(new.get(key)))
    pairs = [(old[key].amount, new[key].amount) for key in moved if key in old and key in new]
    percent = _percent(pairs) if len(pairs) == len(moved) else None
    kinds = tuple(sorted({kind for kind, _ in (*moved, *capped)}))
    whole = bool(moved) and len(moved) == len({*old, *new})
    return Difference(kinds, len(moved), percent, whole, bool(capped) or other_caps)


def _figures(rate: Rate | None) -> Any:
    if rate is None:
        return None
    limits = (rate.min_quantity, rate.max_quantity, rate.min_participants)
    return rate.unit, rate.amount, *limits, rate.rounding, rate.shared_by, rate.points, rate.percent


def _ceilings(rate: Rate | None) -> Any:
    return tuple(getattr(rate, cap) for cap in _CAPS) if rate else (None,) * len(_CAPS)


def _percent(pairs: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """The percentage, to a tenth, that makes every second amount of its first; None when there is none."""
    if not pairs or any(first <= 0 for first, _ in pairs):
        return None
    dearest = max(pairs)
    found = ((dearest[1] / dearest[0] - 1) * _HUNDRED).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    for first, second in pairs:
        if (first * (_HUNDRED + found) / _HUNDRED).quantize(_CENT, rounding=ROUND_HALF_UP) != second:
            return None
    return found or None
