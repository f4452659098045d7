"""What a final result makes in money, by the ways that exist: counter-entries beside the lines, a reversed action."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Sum

from equipage.compensation.models import ClaimLine
from equipage.compensation.services.adjustments import Right, adjust, compute, facts_of, standing_cents
from equipage.coordination.states import ACTION
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run

_STANDS = ("validated", "locked", "paid")


def right_of(line: Any, control: Any) -> Right | None:
    """What a line should say after a correction; None when the correction leaves it alone.

    Somebody who stayed less than the whole action keeps their own length, unless it exceeds the true one.
    """
    absent = set(control.correction.get("absent") or ())
    if line.pk in absent:
        standing = standing_cents(line)
        return Right(delta_cents=-standing) if standing else None
    facts = facts_of(line)
    minutes = control.correction.get("minutes")
    if minutes is not None:
        whole = facts.minutes == control.action.minutes
        facts = replace(facts, minutes=minutes if whole else min(facts.minutes, minutes))
    return Right(replace(facts, participants=max(1, facts.participants - len(absent))))


def lines_of(control: Any) -> list[Any]:
    """The first lines of the action that a correction may touch."""
    rows = ClaimLine.objects.filter(action_id=control.action_id, adjusts=None, state__in=_STANDS)
    return list(
        rows.select_related(
            "action", "presence__action", "professional", "organisation", "team", "rate", "fund"
        ).order_by("pk")
    )


def changes_of(control: Any) -> list[tuple[Any, int]]:
    """What a correction would write, before it does: each line, and its change in cents."""
    found = []
    for line in lines_of(control):
        right = right_of(line, control)
        if right is not None:
            try:
                found.append((line, compute(line, right).amount_cents))
            except Refused:
                found.append((line, 0))
    return found


def write_correction(control: Any, *, actor: Any) -> list[ClaimLine]:
    """One counter-entry a line that changes. What is not paid yet is corrected at once, the rest in instalments."""
    written = []
    for line, cents in changes_of(control):
        right = right_of(line, control)
        if not cents or right is None:
            continue
        times = min(control.instalments, -cents) if cents < 0 and line.state == "paid" else 1
        written.append(adjust(line, right, actor=actor, reason=control.decision, instalments=times))
    if not written:
        raise Refused(
            "Ce qui a été annoncé ne change plus aucun montant : concluez « en ordre », ou annoncez autre chose."
        )
    return written


def owed_for(control: Any) -> int:
    """What the action comes to, in cents: its lines and their counter-entries, paid or not."""
    rows = ClaimLine.objects.filter(action_id=control.action_id).exclude(state="cancelled")
    return int(rows.aggregate(cents=Sum("amount_cents", default=0))["cents"])


def note_taken(control: Any, before: int) -> None:
    """Note how much less is owed than `before` the result was carried out."""
    control.taken_cents = before - owed_for(control)
    control.save(update_fields=["taken_cents"])


def reverse_action(control: Any, *, actor: Any) -> None:
    """The action is reversed as by any counter-entry: its lines are cancelled or taken back."""
    run(ACTION, control.action, "reverse", actor=actor, data={"reverse_reason": control.decision})
