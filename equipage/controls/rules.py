"""Risk classes and the draw (contrôle proportionné au risque). Pure functions: no clock, no database.

No text of the field sets a rate or a threshold: every figure comes from the plan that the association adopts.
The draw is a ranking: SHA-256 of « seed:action », the smallest first. Whoever has the seed and the population finds
the same sample; nobody may choose a seed for a sample, because the salt inside it is written first.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from equipage.foundation.french import counted, day, euros
from equipage.foundation.periods import add_months, is_working_day


class Risk(StrEnum):
    """The class of an action; the value is the word of addresses and of the draw."""

    WATCHED = "a-suivre"
    HIGH = "montant"
    NEW = "nouvelle"
    USUAL = "habituelle"
    CONFIRMED = "confirmee"


LABELS: dict[str, str] = {
    Risk.WATCHED: "À suivre",
    Risk.HIGH: "Montant élevé",
    Risk.NEW: "Nouvelle équipe",
    Risk.USUAL: "Équipe habituelle",
    Risk.CONFIRMED: "Équipe confirmée",
}
CHOICES = [(risk.value, LABELS[risk]) for risk in Risk]

IN_ORDER, CORRECTED, NOT_IN_ORDER = "in_order", "corrected", "not_in_order"


@dataclass(frozen=True)
class Thresholds:
    """Where the classes begin. `high_cents` None: the association set no amount."""

    new_below: int
    confirmed_after: int
    watched_months: int
    high_cents: int | None = None


@dataclass(frozen=True)
class Rate:
    """How much of a class is drawn: a percentage rounded up, and a least number of actions."""

    percent: int
    minimum: int = 0

    def size(self, population: int) -> int:
        """How many of so many are drawn; never more than there are."""
        return min(population, max(-(-population * self.percent // 100), self.minimum))


@dataclass(frozen=True)
class Finding:
    """The result of one control of a team, on the day it was decided."""

    result: str
    on: date


@dataclass(frozen=True)
class Classified:
    """The class of an action and the sentence that explains it."""

    risk: Risk
    sentence: str


def class_of(history: Sequence[Finding], amount_cents: int, thresholds: Thresholds, on: date) -> Classified:
    """The class of an action of a team with this history (the last finding first), as it stands on a day."""
    begin = add_months(on, -thresholds.watched_months)
    for finding in history:
        if finding.result == NOT_IN_ORDER and finding.on >= begin:
            return Classified(
                Risk.WATCHED,
                f"Un contrôle de l'équipe n'était pas en ordre le {day(finding.on)} : l'équipe est suivie "
                f"{counted(thresholds.watched_months, 'mois', 'mois')}.",
            )
    if thresholds.high_cents is not None and amount_cents >= thresholds.high_cents:
        return Classified(
            Risk.HIGH, f"L'action engage {euros(amount_cents)}, à partir de {euros(thresholds.high_cents)} c'est élevé."
        )
    done = len(history)
    if done < thresholds.new_below:
        return Classified(
            Risk.NEW,
            f"{counted(done, 'action contrôlée', 'actions contrôlées')} dans l'équipe, moins de "
            f"{thresholds.new_below} : l'équipe est nouvelle pour le contrôle.",
        )
    last = history[: thresholds.confirmed_after]
    if len(last) == thresholds.confirmed_after and all(finding.result == IN_ORDER for finding in last):
        return Classified(
            Risk.CONFIRMED,
            f"Les {thresholds.confirmed_after} derniers contrôles de l'équipe étaient en ordre : elle est moins "
            "souvent contrôlée.",
        )
    return Classified(Risk.USUAL, f"{counted(done, 'action contrôlée', 'actions contrôlées')}, sans rien à suivre.")


def faults_of_rates(rates: Mapping[str, Rate]) -> dict[str, str]:
    """Why these rates may not stand, by class: who is accurate is checked less, never more."""
    faults: dict[str, str] = {}
    for less, more in ((Risk.CONFIRMED, Risk.USUAL), (Risk.USUAL, Risk.NEW), (Risk.USUAL, Risk.WATCHED)):
        low, high = rates[less], rates[more]
        if low.percent > high.percent or low.minimum > high.minimum:
            faults[less] = (
                f"« {LABELS[less]} » serait plus contrôlée que « {LABELS[more]} » : donnez un taux et un minimum "
                "qui ne les dépassent pas."
            )
    return faults


@dataclass(frozen=True, order=True)
class Candidate:
    """One action of the population, and its class."""

    action_id: int
    risk: str


def rank_of(seed: str, action_id: int) -> str:
    """The place of an action in the ranking: 64 hexadecimal digits."""
    return hashlib.sha256(f"{seed}:{action_id}".encode()).hexdigest()


def draw(population: Iterable[Candidate], rates: Mapping[str, Rate], seed: str) -> tuple[Candidate, ...]:
    """The sample, ordered by action. The order in which the population is given changes nothing."""
    ordered = sorted(set(population), key=lambda found: (rank_of(seed, found.action_id), found.action_id))
    left = {risk: rate.size(sum(1 for one in ordered if one.risk == risk)) for risk, rate in rates.items()}
    taken = []
    for found in ordered:
        if left[found.risk] > 0:
            left[found.risk] -= 1
            taken.append(found)
    return tuple(sorted(taken))


def seed_of(organisation_id: int, month: str, salt: str) -> str:
    """What the ranking hangs on: the association, the month, the salt written before anything is read."""
    return f"{organisation_id}:{month}:{salt}"


def hash_of(population: Iterable[Candidate]) -> str:
    """The print of a population: one line an action, in order."""
    lines = "".join(f"{found.action_id}:{found.risk}\n" for found in sorted(set(population)))
    return hashlib.sha256(lines.encode()).hexdigest()


@dataclass(frozen=True)
class Share:
    """One row of a draw: a class, how many there are, how many are drawn, by what rate."""

    risk: str
    label: str
    population: int
    drawn: int
    rate: Rate


def shares(population: Iterable[Candidate], rates: Mapping[str, Rate]) -> list[Share]:
    """How many would be drawn of each class, before anything is."""
    counts = Counter(found.risk for found in population)
    return [
        Share(risk, LABELS[risk], counts[risk], rates[risk].size(counts[risk]), rates[risk])
        for risk in Risk
        if risk in rates
    ]


def due_after(begin: date, days: int) -> date:
    """The last day of a delay of so many calendar days; the next working day when it falls on a day of rest."""
    found = begin + timedelta(days=days)
    while not is_working_day(found):
        found += timedelta(days=1)
    return found


def standing_of(due: date, on: date, remind_days: int) -> str:
    """ "late" once the day has passed, "soon" so many days before, else ""."""
    if on > due:
        return "late"
    return "soon" if on >= due - timedelta(days=remind_days) else ""
