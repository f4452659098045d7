"""Declaring an action and correcting it while it is open."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.coordination.models import Action, Presence
from equipage.coordination.services.checking import clean, require
from equipage.coordination.services.facts import AlreadyDeclared, Facts, columns_of, facts_of, snapshot
from equipage.coordination.services.hours import already_somewhere, forget_overlaps, refresh_overlaps
from equipage.coordination.services.listeners import about_to_change, changed
from equipage.coordination.services.voices import settle_voices
from equipage.coordination.states import PRESENCE
from equipage.foundation import audit
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.recognition.selectors import recognised_version


@transaction.atomic
def declare(
    *,
    actor: Any,
    team: Any,
    facts: Facts,
    client_key: uuid.UUID | None = None,
    another: bool = False,
    replaces: Action | None = None,
) -> Action:
    """Open an action: whoever declares was there, the others confirm with one tap.

    The same `client_key` gives the first action. Raises AlreadyDeclared unless `another`, Refused with its field.
    """
    require(actor, "coordination.declare_action", team)
    key = client_key or uuid.uuid4()
    # One team at a time: two people who declare the same meeting see each other's declaration.
    type(team).objects.select_for_update(of=("self",)).get(pk=team.pk)
    existing = Action.objects.filter(client_key=key).first()
    if existing is not None:
        if existing.declared_by_id != actor.pk:
            raise Refused("Cette déclaration a déjà été envoyée par une autre personne : rechargez la page.")
        return existing
    facts = clean(team, facts)
    if not another:
        _ask_if_same(actor, team, facts)
    return open_action(actor=actor, team=team, facts=facts, client_key=key, replaces=replaces)


def open_action(
    *, actor: Any, team: Any, facts: Facts, client_key: uuid.UUID, replaces: Action | None = None
) -> Action:
    """Write a new action from facts already cleaned, inside the caller's transaction."""
    now = timezone.now()
    action = Action.objects.create(
        team=team,
        region_id=team.region_id,
        client_key=client_key,
        declared_by=actor,
        declared_at=now,
        project_version=recognised_version(team, facts.held_on),
        replaces=replaces,
        **columns_of(facts),
    )
    _set_presences(action, facts.present, actor, now)
    audit.record(action="coordination.action.declare", obj=action, actor=actor, after=snapshot(facts))
    return _written(action, actor)


@transaction.atomic
def correct(action: Action, *, actor: Any, facts: Facts, revision: int | None = None) -> Action:
    """Change an open action; a person added is asked to confirm, a person taken away is forgotten.

    When the kind, the day or the length changes, those who had confirmed are asked again: they agreed to other facts.
    """
    row = Action.objects.select_for_update(of=("self",)).get(pk=action.pk)
    require(actor, "coordination.edit_action", row)
    facts = clean(row.team, facts)
    known = facts_of(row)
    about_to_change(row)
    columns = columns_of(facts)
    for name, value in columns.items():
        setattr(row, name, value)
    row.project_version = recognised_version(row.team, facts.held_on)
    row.client_revision = revision or row.client_revision + 1
    row.save(update_fields=[*columns, "project_version", "client_revision"])
    if _proof(known) != _proof(facts):
        _ask_again(row, actor)
    _set_presences(row, facts.present, actor, timezone.now())
    audit.record(
        action="coordination.action.correct", obj=row, actor=actor, before=snapshot(known), after=snapshot(facts)
    )
    return _written(row, actor)


def _proof(facts: Facts) -> tuple[Any, ...]:
    """What a voice confirms: another hour of the same day is a detail, another day is not."""
    return facts.kind, facts.held_on, facts.minutes


def _written(action: Action, actor: Any) -> Action:
    """After the columns: the estimates and notices of the floors, the voices, the hours."""
    action = settle_voices(action, actor=actor)
    changed(action)
    refresh_overlaps(action)
    return action


def _ask_if_same(actor: Any, team: Any, facts: Facts) -> None:
    same = (
        Action.objects.filter(team=team, kind=facts.kind, held_on=facts.held_on)
        .filter(presences__professional__in=facts.present)
        .exclude(state__in=("cancelled", "reversed"))
        .order_by("id")
        .first()
    )
    if same is not None:
        raise AlreadyDeclared(same)
    elsewhere = already_somewhere(actor, team, facts)
    if elsewhere is not None:
        raise elsewhere


def _ask_again(action: Action, actor: Any) -> None:
    others = action.presences.filter(state="confirmed").exclude(professional__user=actor).order_by("id")
    for presence in others:
        run(PRESENCE, presence, "ask_again", actor=actor)


def _set_presences(action: Action, present: Iterable[int], actor: Any, now: Any) -> None:
    wanted = set(present)
    gone = action.presences.exclude(professional_id__in=wanted)
    forget_overlaps(gone)
    gone.delete()
    action.presences.update(held_on=action.held_on)
    known = set(action.presences.values_list("professional_id", flat=True))
    declarer = actor.professional_or_none
    for pk in sorted(wanted - known):
        own = declarer is not None and declarer.pk == pk
        Presence.objects.create(
            action=action,
            professional_id=pk,
            held_on=action.held_on,
            state="confirmed" if own else "expected",
            means="declarer" if own else "",
            answered_at=now if own else None,
            added_at=now,
        )
