"""The one function that changes a state, and the one that says which changes are open to whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import router, transaction

from equipage.foundation import audit
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow.table import Happened, Transition, Workflow


class Blocked(Refused):
    """A transition is blocked; `reasons` are all the French sentences that say why and what to do."""

    def __init__(self, reasons: tuple[str, ...], *, field: str | None = None) -> None:
        super().__init__(" ".join(reasons), field=field)
        self.reasons = reasons


@dataclass(frozen=True)
class Open:
    """A transition as a button: allowed or blocked, with the reasons shown before the click."""

    transition: Transition
    allowed: bool
    reasons: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.transition.name

    @property
    def label(self) -> str:
        return self.transition.label

    @property
    def tone(self) -> str:
        return self.transition.tone

    @property
    def needs_comment(self) -> bool:
        return self.transition.needs_comment


def state_of(workflow: Workflow, obj: Any) -> str:
    return str(getattr(obj, workflow.field))


def available(workflow: Workflow, obj: Any, user: Any) -> list[Open]:
    """The transitions that leave the present state and that `user` may run, each with what blocks it.

    A move that is not this person's is absent; a move of theirs that a guard blocks stays, with its reasons.
    """
    found = []
    for transition in workflow.transitions.values():
        if transition.hidden or state_of(workflow, obj) not in transition.sources:
            continue
        if not transition.who.test(user, obj):
            continue
        reasons = _reasons(transition, obj, user)
        found.append(Open(transition, not reasons, reasons))
    return found


def _reasons(transition: Transition, obj: Any, actor: Any) -> tuple[str, ...]:
    return tuple(reason for guard in transition.guards for reason in guard(obj, actor))


def run(
    workflow: Workflow,
    obj: Any,
    name: str,
    *,
    actor: Any,
    comment: str = "",
    data: dict[str, Any] | None = None,
) -> Any:
    """Run the transition `name` on `obj`: lock the row, check, write, log, effects, then what waits for the commit.

    The same move asked twice by the same person gives the first result and changes nothing. Returns the fresh row.
    Raises Blocked with all the reasons.
    """
    transition = workflow.transitions[name]
    data = dict(data or {})
    comment = comment.strip()
    database = router.db_for_write(type(obj), instance=obj)
    with transaction.atomic(using=database):
        row = type(obj)._default_manager.select_for_update(of=("self",)).get(pk=obj.pk)
        before = state_of(workflow, row)
        if before not in transition.sources:
            if before == transition.target and _just_made(workflow, row, name, actor):
                return row
            label = workflow.states[before].label
            raise Blocked((f"« {transition.label} » n'est plus possible : l'état est maintenant « {label} ».",))
        _refuse_stranger(transition, row, actor, comment, data)
        snapshot = _watched(transition, row, data)
        _prepare(workflow, transition, row, actor, data)
        row.save(update_fields=sorted({workflow.field, *transition.clears, *transition.sets, *data}))
        (workflow.journal or audit).record(
            action=f"{workflow.name}.{name}",
            obj=row,
            actor=actor,
            comment=comment,
            before={workflow.field: before, **snapshot},
            after={workflow.field: transition.target, **_watched(transition, row, data)},
        )
        happened = Happened(workflow, transition, row, actor, comment, before, data)
        for effect in workflow.effects_of(name):
            effect(happened)
        for effect in workflow.after_commit_of(name):
            transaction.on_commit(partial(effect, happened), using=database)
    return row


def _just_made(workflow: Workflow, row: Any, name: str, actor: Any) -> bool:
    """Is `name`, by that person, the last move of this row? Other links (a letter, a reading) do not count."""
    last = (workflow.journal or audit).last_of(row, [f"{workflow.name}.{known}" for known in workflow.transitions])
    return last == (f"{workflow.name}.{name}", getattr(actor, "pk", None))


def _refuse_stranger(transition: Transition, row: Any, actor: Any, comment: str, data: dict[str, Any]) -> None:
    """Refuse whoever may not, an input that the table does not name, and a missing reason."""
    if not transition.who.test(actor, row):
        raise Blocked((f"« {transition.label} » revient à : {transition.who.label}.",))
    strangers = set(data) - set(transition.inputs)
    if strangers:
        raise ValueError(f"{transition.name} ne reçoit pas {sorted(strangers)}.")
    if transition.needs_comment and not comment:
        sentence = f"Écrivez une phrase dans « {transition.comment_label} » : elle sera lue par l'autre partie."
        raise Blocked((sentence,), field="comment")


def _prepare(workflow: Workflow, transition: Transition, row: Any, actor: Any, data: dict[str, Any]) -> None:
    """Put the new values on the row in memory, and refuse while something still blocks."""
    # Guards read the row as it will be: a date given with the move counts.
    for column, value in data.items():
        setattr(row, column, value)
    reasons = _reasons(transition, row, actor)
    if reasons:
        raise Blocked(reasons)
    for column in transition.clears:
        setattr(row, column, None if row._meta.get_field(column).null else "")
    for column, value in transition.sets.items():
        setattr(row, column, value(row, actor) if callable(value) else value)
    setattr(row, workflow.field, transition.target)
    missing = [column for column in workflow.states[transition.target].required if _is_empty(getattr(row, column))]
    if missing:
        labels = (str(row._meta.get_field(column).verbose_name) for column in missing)
        raise Blocked(tuple(f"Remplissez « {label} »." for label in labels), field=missing[0])


def _is_empty(value: Any) -> bool:
    return value is None or value == ""


def _watched(transition: Transition, row: Any, data: dict[str, Any]) -> dict[str, Any]:
    watched = (*transition.clears, *transition.sets, *data)
    return {column: audit.plain(getattr(row, column)) for column in watched if column not in transition.forgets}
