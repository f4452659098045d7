"""A frozen line was wrong: a signed line stands beside it (contre-écriture), more owed or less, with its own sentence.

Nothing frozen is rewritten, paid or not: a line that no run holds yet and its adjustments are simply paid together.
What is added is taken from the envelope under its lock; what is taken back never goes below what stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Sum

from equipage.compensation.models import ClaimLine
from equipage.compensation.rules import Correction, Facts, correction, price_one, rate_of, sentence_of_correction
from equipage.compensation.services.claims import person_year_cents
from equipage.compensation.states import LINE
from equipage.foundation.french import day
from equipage.foundation.money import allocate
from equipage.foundation.periods import Month, add_months
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.funding.models import Fund
from equipage.funding.services.envelopes import commit, envelope_of
from equipage.people.models import Professional
from equipage.rules.errors import BadInput, NoRuleInForce
from equipage.rules.scale import Rate
from equipage.teams.rules import form_of

# An instalment a month: a year at most.
MOST_INSTALMENTS = 12


@dataclass(frozen=True)
class Right:
    """What the line should say: the true facts, priced by the scale; or `delta_cents`, a plain signed amount."""

    facts: Facts | None = None
    delta_cents: int = 0


def first_of(line: Any) -> Any:
    """The line that was validated with the action: itself, or the one it adjusts."""
    return line.adjusts if line.adjusts_id else line


def standing_cents(first: Any) -> int:
    """What a line and its adjustments come to, in cents; what was cancelled no longer counts."""
    family = (ClaimLine.objects.filter(pk=first.pk) | ClaimLine.objects.filter(adjusts=first)).exclude(
        state="cancelled"
    )
    return int(family.aggregate(total=Sum("amount_cents"))["total"] or 0)


def facts_of(first: Any) -> Facts:
    """The facts from which a line was priced."""
    action = first.action
    present = action.presences.filter(state="confirmed").count()
    return Facts(action.kind, action.held_on, first.presence.minutes or action.minutes, action.patients, present)


def _own_rates(first: Any) -> list[Rate]:
    """The rates under which a line was frozen: a scale adopted since changes nothing to what was owed before it."""
    scale = first.rate.scale
    return [rate_of(row, scale) for row in scale.rates.all()]


def compute(line: Any, right: Right) -> Correction:
    """What a correction would write, before anything is written. Raises Refused with the field at fault.

    Asked again inside `adjust`, under the locks: only that answer is written.
    """
    first = first_of(line)
    standing = standing_cents(first)
    priced = None
    asked = right.delta_cents
    if right.facts is not None:
        try:
            priced = price_one(
                _own_rates(first),
                form_of(first.team, first.held_on),
                right.facts,
                first.professional,
                person_year_cents=person_year_cents(first.professional, first.action, kind=right.facts.kind),
            )
        except NoRuleInForce as missing:
            raise Refused(missing.sentence, field="kind") from missing
        except BadInput as shared:
            raise Refused(f"{shared} Écrivez la différence en euros.", field="kind") from shared
        asked = priced.amount_cents - standing
    envelope = envelope_of(first.team, first.held_on)
    return correction(
        standing_cents=standing,
        asked_cents=asked,
        room_cents=min(row.left_cents for row in (envelope, first.fund) if row is not None),
        priced=priced,
    )


@transaction.atomic
def adjust(
    line: Any, right: Right, *, actor: Any, reason: str, expected_cents: int | None = None, instalments: int = 1
) -> ClaimLine:
    """Write the adjustment of a frozen line, frozen at once; it is paid, or kept back, in a coming month.

    `expected_cents` is the change that was shown: when another one is computed under the locks, nothing is written.
    What is taken back may be so in equal `instalments`, one a month from the next one; the first line is returned.
    Raises Refused.
    """
    first = first_of(line)
    decision = can(actor, "compensation.adjust_line", first)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    if not reason.strip():
        raise Refused("Dites en une phrase pourquoi ce montant change : la personne la lira.", field="reason")
    # The same order as a validation: the envelope, the credit, the person (caps run across teams), then the lines.
    envelope_of(first.team, first.held_on, lock=True)
    if first.fund_id:
        Fund.objects.select_for_update(of=("self",)).get(pk=first.fund_id)
    Professional.objects.select_for_update(of=("self",)).get(pk=first.professional_id)
    rows = ClaimLine.objects.select_for_update(of=("self",)).select_related(
        "action", "team", "organisation", "rate", "fund"
    )
    first = rows.get(pk=first.pk)
    if first.state not in ("validated", "locked", "returned", "paid"):
        raise Refused("Cette ligne n'est plus due : il n'y a rien à corriger sur elle.")
    found = compute(first, right)
    if expected_cents is not None and found.amount_cents != expected_cents:
        raise Refused("Le montant a changé pendant que vous lisiez cette page : relisez-le, puis confirmez.")
    sentence = sentence_of_correction(found, reason.strip())
    if instalments == 1 or found.amount_cents >= 0:
        return write_adjustment(first, found, actor=actor, sentence=sentence)
    return _by_instalments(first, found, instalments, actor, sentence)


def _by_instalments(first: Any, found: Correction, count: int, actor: Any, sentence: str) -> ClaimLine:
    """One line a month (échéancier), the cents left over on the first ones: their sum is the correction."""
    if not 1 <= count <= MOST_INSTALMENTS or count > -found.amount_cents:
        raise Refused(f"Une reprise se fait en 1 à {MOST_INSTALMENTS} fois.", field="instalments")
    next_month = Month.current().end
    written: list[ClaimLine] = []
    for rank, cents in enumerate(allocate(found.amount_cents, [1] * count)):
        due_on = add_months(next_month, rank)
        told = f"{sentence} Échéance {rank + 1} sur {count}, à partir du {day(due_on)}."
        part = replace(found, amount_cents=cents)
        written.append(write_adjustment(first, part, actor=actor, sentence=told, due_on=due_on))
    return written[0]


def write_adjustment(
    first: Any, found: Correction, *, actor: Any, sentence: str, due_on: Any = None, explanation: Any = None
) -> ClaimLine:
    """Write one adjustment line, already decided, under the lock of its first line; frozen at once."""
    priced = found.priced
    figures = {
        "rate": first.rate,
        "unit": first.unit,
        "rate_amount": first.rate_amount,
        "quantity": first.quantity,
        "amount_cents": found.amount_cents,
        "cut_cents": found.cut_cents,
        "explanation": explanation or found.explanation.as_dict(),
        "sentence": sentence,
    }
    if priced is not None:
        rate = type(first.rate).objects.get(pk=int(priced.rate.version))
        figures |= {"rate": rate, "unit": rate.unit, "rate_amount": rate.amount, "quantity": priced.quantity}
    line = ClaimLine.objects.create(
        presence_id=first.presence_id,
        adjusts=first,
        action_id=first.action_id,
        professional_id=first.professional_id,
        team_id=first.team_id,
        organisation_id=first.organisation_id,
        region_id=first.region_id,
        fund_id=first.fund_id,
        held_on=first.held_on,
        year=first.year,
        due_on=due_on,
        **figures,
    )
    commit(
        envelope=envelope_of(first.team, first.held_on, lock=True),
        fund=first.fund,
        cents=found.amount_cents,
        dated=first.held_on,
        cause=f"line:{line.pk}:adjusts",
    )
    frozen: ClaimLine = run(LINE, line, "freeze", actor=actor, data=figures)
    return frozen
