"""The envelope of a team: made from the rule, allotted, committed on."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.french import euros
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.funding.models import Commitment, Envelope, Fund, YearPlan
from equipage.teams.rules import form_of


def envelope_of(team: Any, day: date, *, lock: bool = False) -> Envelope:
    """The envelope of the team for the civil year of a day, made from the rule and the year's plan at its first use.

    With `lock`, its row is held until the end of the transaction: whoever commits money on it waits here.
    """
    rule = form_of(team, day).envelope
    ceiling = int(rule.effective)
    plan = YearPlan.objects.filter(organisation__region_id=team.region_id, year=day.year).order_by("id").first()
    amount = ceiling if plan is None else min(ceiling, plan.team_cents)
    Envelope.objects.bulk_create(
        [Envelope(team=team, year=day.year, amount_cents=amount, ceiling_cents=ceiling, rule_id=rule.rule_id)],
        ignore_conflicts=True,
    )
    rows = Envelope.objects.select_for_update() if lock else Envelope.objects
    return rows.get(team=team, year=day.year)


@transaction.atomic
def commit(*, envelope: Envelope, fund: Fund | None, cents: int, dated: date, cause: str) -> None:
    """Take cents from an envelope and a credit, or give them back (negative), once for a cause.

    The room is tested by the very UPDATE that takes it: two transactions at the edge can never both pass, whatever was
    read before. Raises Refused, and nothing is written, when either has not enough.
    """
    if not cents or Commitment.objects.filter(cause=cause).exists():
        return
    for row, what in ((envelope, "l'enveloppe de l'équipe"), (fund, "le crédit")):
        if row is not None and not _taken(row, cents):
            raise Refused(
                f"Il ne reste plus {euros(cents)} sur {what} : une autre validation vient de les prendre. "
                "Recommencez, rien n'a été écrit."
            )
    Commitment.objects.create(
        envelope=envelope, fund=fund, amount_cents=cents, dated=dated, cause=cause, recorded_at=timezone.now()
    )


def _taken(row: Envelope | Fund, cents: int) -> bool:
    room = type(row)._default_manager.filter(
        pk=row.pk, committed_cents__lte=F("amount_cents") - cents, committed_cents__gte=-cents
    )
    done = room.update(committed_cents=F("committed_cents") + cents)
    row.refresh_from_db(fields=["committed_cents"])
    return bool(done)


@transaction.atomic
def plan_year(*, actor: Any, organisation: Any, year: int, team_cents: int) -> YearPlan:
    """Say what every team is allotted to begin the year with, in cents; envelopes that follow the plan move with it.

    An envelope that was changed by a decision of its own stays as it is; none goes below what is already committed.
    """
    decision = can(actor, "funding.plan_year", organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    if team_cents < 0:
        raise Refused("Une dotation ne peut pas être négative.", field="team_amount")
    before = YearPlan.objects.select_for_update().filter(organisation=organisation, year=year).first()
    plan, _ = YearPlan.objects.update_or_create(
        organisation=organisation, year=year, defaults={"team_cents": team_cents}
    )
    rows = Envelope.objects.select_for_update(of=("self",)).filter(team__region_id=organisation.region_id, year=year)
    for envelope in rows.order_by("pk"):
        followed = envelope.ceiling_cents if before is None else min(envelope.ceiling_cents, before.team_cents)
        if envelope.amount_cents == followed:
            wanted = min(envelope.ceiling_cents, team_cents)
            envelope.amount_cents = max(envelope.committed_cents, wanted)
            envelope.save(update_fields=["amount_cents"])
    audit.record(
        action="funding.year_plan.set",
        obj=plan,
        actor=actor,
        before={"team_cents": before.team_cents} if before else None,
        after={"team_cents": team_cents, "year": year},
    )
    return plan
