"""Re-allotting between teams: proposed, decided, traced."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.french import euros
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.funding.models import Envelope, Reallotment
from equipage.funding.services.envelopes import envelope_of
from equipage.funding.states import REALLOTMENT


@transaction.atomic
def propose(
    *, actor: Any, organisation: Any, year: int, giver: Any, taker: Any, amount_cents: int, reason: str
) -> Reallotment:
    """Propose to move cents of an allotment from a team to another. Raises Refused."""
    decision = can(actor, "funding.propose_reallotment", organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    if giver.pk == taker.pk:
        raise Refused("L'équipe qui cède et celle qui reçoit sont la même : choisissez-en deux.", field="taker")
    if amount_cents <= 0:
        raise Refused("Le montant à réaffecter est plus grand que zéro.", field="amount")
    if not reason.strip():
        raise Refused("Dites pourquoi : le motif reste dans les comptes.", field="reason")
    _room(*_envelopes(year, giver, taker), amount_cents)
    row = Reallotment.objects.create(
        organisation=organisation,
        year=year,
        giver=giver,
        taker=taker,
        amount_cents=amount_cents,
        reason=reason.strip(),
        proposed_by=actor,
        proposed_at=timezone.now(),
    )
    audit.record(
        action="funding.reallotment.propose",
        obj=row,
        actor=actor,
        after={"giver": giver.pk, "taker": taker.pk, "amount_cents": amount_cents, "reason": row.reason},
    )
    return row


@transaction.atomic
def decide(row: Reallotment, *, actor: Any) -> Reallotment:
    """Move the allotment: what the giver has left is measured again under its lock. Raises Refused."""
    moved: Reallotment = run(REALLOTMENT, row, "decide", actor=actor)
    return moved


def refuse(row: Reallotment, *, actor: Any, reason: str) -> Reallotment:
    """Say no, and why."""
    moved: Reallotment = run(REALLOTMENT, row, "refuse", actor=actor, comment=reason, data={"refusal_reason": reason})
    return moved


def withdraw(row: Reallotment, *, actor: Any) -> Reallotment:
    """Take back a proposal that nobody decided."""
    moved: Reallotment = run(REALLOTMENT, row, "withdraw", actor=actor)
    return moved


def move_allotment(row: Reallotment) -> None:
    """Write what was decided, both envelopes held in the order of their rows."""
    giver, taker = _envelopes(row.year, row.giver, row.taker)
    _room(giver, taker, row.amount_cents)
    giver.amount_cents -= row.amount_cents
    taker.amount_cents += row.amount_cents
    giver.save(update_fields=["amount_cents"])
    taker.save(update_fields=["amount_cents"])


def _envelopes(year: int, giver: Any, taker: Any) -> tuple[Envelope, Envelope]:
    day = date(year, 12, 31)
    for team in (giver, taker):
        envelope_of(team, day)
    held = Envelope.objects.select_for_update().filter(team__in=(giver, taker), year=year).order_by("pk")
    by_team = {envelope.team_id: envelope for envelope in held}
    return by_team[giver.pk], by_team[taker.pk]


def _room(giver: Envelope, taker: Envelope, cents: int) -> None:
    if cents > giver.left_cents:
        raise Refused(
            f"L'équipe qui cède n'a plus que {euros(giver.left_cents)} non engagés : baissez le montant.",
            field="amount",
        )
    room = taker.ceiling_cents - taker.amount_cents
    if cents > room:
        raise Refused(
            f"L'équipe qui reçoit est à {euros(room)} du plafond de la règle ({euros(taker.ceiling_cents)}) : "
            "baissez le montant.",
            field="amount",
        )
