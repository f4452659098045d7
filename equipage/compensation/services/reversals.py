"""A validated action was wrong: what it owed is cancelled, what it paid is taken back, each with its sentence."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from equipage.compensation.models import ClaimLine
from equipage.compensation.states import LINE
from equipage.foundation.french import day, euros
from equipage.foundation.workflow import run
from equipage.funding.services.envelopes import commit, envelope_of


@transaction.atomic
def reverse_lines(action: Any, *, actor: Any) -> list[ClaimLine]:
    """Undo the lines of a reversed action, once. Returns the counter-entry lines.

    A line that no run holds yet is cancelled. One in payment or paid keeps its amount for ever: a line of the opposite
    amount is owed to the association, and kept back on the next transfer of that person.
    """
    taken_back = []
    lines = ClaimLine.objects.select_for_update(of=("self",)).filter(action=action, reverses=None)
    for line in lines.select_related("professional", "rate", "team", "fund").order_by("pk"):
        if line.state == "validated":
            run(LINE, line, "cancel", actor=actor, data={"cancel_reason": action.reverse_reason})
            _give_back(line, f"line:{line.pk}:cancelled")
        elif line.state in ("locked", "paid") and line.amount_cents:
            taken_back.append(_take_back(line, action, actor))
    return taken_back


def _take_back(line: ClaimLine, action: Any, actor: Any) -> ClaimLine:
    existing = ClaimLine.objects.filter(reverses=line).first()
    if existing is not None:
        return existing
    sentence = (
        f"Contre-écriture : l'action du {day(line.held_on)} a été corrigée ({action.reverse_reason}). "
        f"Les {euros(line.amount_cents)} versés pour elle sont retenus sur le prochain virement."
    )
    figures = {
        "rate": line.rate,
        "unit": line.unit,
        "rate_amount": line.rate_amount,
        "quantity": line.quantity,
        "amount_cents": -line.amount_cents,
        "cut_cents": 0,
        "explanation": line.explanation,
        "sentence": sentence,
    }
    counter = ClaimLine.objects.create(
        presence_id=line.presence_id,
        reverses=line,
        action_id=line.action_id,
        professional_id=line.professional_id,
        team_id=line.team_id,
        organisation_id=line.organisation_id,
        region_id=line.region_id,
        fund_id=line.fund_id,
        held_on=line.held_on,
        year=line.year,
        **figures,
    )
    _give_back(line, f"line:{line.pk}:taken-back")
    return run(LINE, counter, "freeze", actor=actor, data=figures)


def _give_back(line: ClaimLine, cause: str) -> None:
    """What a line took from the envelope and the credit may serve again."""
    envelope = envelope_of(line.team, line.held_on, lock=True)
    commit(envelope=envelope, fund=line.fund, cents=-line.amount_cents, dated=line.held_on, cause=cause)
