"""Saying what may be spent: the budget of a year, the envelope of a team."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from equipage.foundation import audit
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.funding.models import Envelope, RegionalBudget
from equipage.teams.rules import form_of


@transaction.atomic
def set_budget(*, actor: Any, organisation: Any, year: int, amount_cents: int, fictitious: bool) -> RegionalBudget:
    """What the agency allots for the teams of the region this civil year, in cents."""
    _may(actor, "funding.set_budget", organisation)
    if amount_cents < 0:
        raise Refused("Un budget ne peut pas être négatif.", field="amount")
    before = RegionalBudget.objects.filter(organisation=organisation, year=year).first()
    budget, _ = RegionalBudget.objects.update_or_create(
        organisation=organisation, year=year, defaults={"amount_cents": amount_cents, "fictitious": fictitious}
    )
    audit.record(
        action="funding.budget.set",
        obj=budget,
        actor=actor,
        before={"amount_cents": before.amount_cents} if before else None,
        after={"amount_cents": amount_cents, "year": year},
    )
    return budget


def _may(actor: Any, action: str, organisation: Any) -> None:
    decision = can(actor, action, organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))


def envelope_of(team: Any, day: date, *, lock: bool = False) -> Envelope:
    """The envelope of the team for the civil year of a day, made from the rule at its first use.

    With `lock`, its row is held until the end of the transaction: whoever commits money on it waits here.
    """
    rule = form_of(team, day).envelope
    Envelope.objects.bulk_create(
        [Envelope(team=team, year=day.year, amount_cents=int(rule.effective), rule_id=rule.rule_id)],
        ignore_conflicts=True,
    )
    rows = Envelope.objects.select_for_update() if lock else Envelope.objects
    return rows.get(team=team, year=day.year)
