"""After the lock: a mistake is said, decided, and leaves a counter-entry. Nothing validated is rewritten."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.coordination.models import Action, CounterEntry
from equipage.coordination.services.checking import clean, require
from equipage.coordination.services.declaring import open_action
from equipage.coordination.services.facts import Facts, facts_from, snapshot
from equipage.coordination.states import ACTION, COUNTER
from equipage.foundation import audit
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run


@transaction.atomic
def ask_counter(action: Action, *, actor: Any, reason: str, facts: Facts | None) -> CounterEntry:
    """Say that a validated action is wrong: what it should have been, or None when it did not take place.

    Raises Refused when a question is already open, and with its field for facts that could not be declared.
    """
    row = Action.objects.select_for_update(of=("self",)).select_related("team").get(pk=action.pk)
    require(actor, "coordination.ask_counter_entry", row)
    if not reason.strip():
        raise Refused("Dites en une phrase ce qui n'allait pas : l'association la lira.", field="reason")
    if row.counter_entries.filter(state="asked").exists():
        raise Refused("Une contre-écriture est déjà demandée pour cette action : elle attend l'association.")
    if facts is not None:
        facts = clean(row.team, facts)
    counter = CounterEntry.objects.create(
        action=row,
        facts=audit.plain(snapshot(facts)) if facts else None,
        reason=reason.strip(),
        asked_by=actor,
        asked_at=timezone.now(),
    )
    audit.record(action="coordination.counter_entry.ask", obj=counter, actor=actor, comment=reason.strip())
    return counter


@transaction.atomic
def accept_counter(counter: CounterEntry, *, actor: Any) -> CounterEntry:
    """Reverse the action and declare the right one in its place, which waits for its voices as any other.

    What the reversal makes in money follows in the same transaction.
    """
    held = CounterEntry.objects.select_related("action__team", "asked_by").get(pk=counter.pk)
    row = run(COUNTER, held, "accept", actor=actor)
    run(ACTION, held.action, "reverse", actor=actor, data={"reverse_reason": held.reason})
    if row.facts is not None:
        replacement = open_action(
            actor=held.asked_by,
            team=held.action.team,
            facts=facts_from(row.facts),
            client_key=uuid.uuid5(held.action.client_key, f"counter:{held.pk}"),
            replaces=held.action,
        )
        CounterEntry.objects.filter(pk=row.pk).update(replacement=replacement)
        row.refresh_from_db()
    return row


def refuse_counter(counter: CounterEntry, *, actor: Any, reason: str) -> CounterEntry:
    """The action stays as it is; the asker reads why."""
    return run(COUNTER, counter, "refuse", actor=actor, comment=reason, data={"answer": reason.strip()})


def withdraw_counter(counter: CounterEntry, *, actor: Any) -> CounterEntry:
    """Whoever asked takes the request back."""
    return run(COUNTER, counter, "withdraw", actor=actor)
