"""A validated action was wrong: what it owed is cancelled, what it paid is taken back, each with its sentence."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import transaction

from equipage.compensation.models import ClaimLine
from equipage.compensation.rules import taken_back
from equipage.compensation.services.adjustments import write_adjustment
from equipage.compensation.states import LINE
from equipage.foundation.french import day, euros
from equipage.foundation.workflow import run
from equipage.funding.services.envelopes import commit, envelope_of


@transaction.atomic
def reverse_lines(action: Any, *, actor: Any) -> list[ClaimLine]:
    """Undo the lines of a reversed action, once. Returns the counter-entry lines.

    A line that no run holds yet is cancelled, an adjustment as any other. What is in payment, paid or given back keeps
    its amount for ever: a line of the opposite of their sum is owed to the association, and kept back on the next
    transfer of that person.
    """
    written = []
    rows = ClaimLine.objects.select_for_update(of=("self",)).filter(action=action)
    families: dict[int, list[ClaimLine]] = defaultdict(list)
    for line in rows.select_related("professional", "rate", "team", "fund").order_by("pk"):
        families[line.adjusts_id or line.pk].append(line)
    for family in families.values():
        # Adjustments first: a first line is never cancelled while one of them still takes from it.
        for line in reversed(family):
            if line.state == "validated":
                run(LINE, line, "cancel", actor=actor, data={"cancel_reason": action.reverse_reason})
                commit(
                    envelope=envelope_of(line.team, line.held_on, lock=True),
                    fund=line.fund,
                    cents=-line.amount_cents,
                    dated=line.held_on,
                    cause=f"line:{line.pk}:cancelled",
                )
        left = sum(line.amount_cents for line in family if line.state in ("locked", "returned", "paid", "repaid"))
        if left:
            written.append(_take_back(family[0], left, action, actor))
    return written


def _take_back(first: ClaimLine, left: int, action: Any, actor: Any) -> ClaimLine:
    told = f"Contre-écriture : l'action du {day(first.held_on)} a été corrigée ({action.reverse_reason}). "
    if left > 0:
        told += f"Les {euros(left)} versés pour elle sont retenus sur le prochain virement."
    else:
        told += f"Les {euros(-left)} retenus pour elle sont rendus avec le prochain virement."
    return write_adjustment(first, taken_back(left, told), actor=actor, sentence=told, explanation=first.explanation)
