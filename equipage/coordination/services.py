"""Declaring an action, correcting it, confirming one's presence, validating or returning it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.coordination.models import Action, Presence
from equipage.coordination.states import ACTION, PRESENCE
from equipage.foundation import audit
from equipage.foundation.french import day, day_long, enumerate_words
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.people.models import Professional
from equipage.projects.rules import gate_reasons
from equipage.recognition.selectors import recognised_action_codes, recognised_version
from equipage.teams.models import Membership
from equipage.teams.rules import form_of

LONGEST_MINUTES = 24 * 60

# Higher floors that want to know of an open action that changes, inside its transaction: before, and once it is done.
before_change: list[Callable[[Action], None]] = []
after_change: list[Callable[[Action], None]] = []


@dataclass(frozen=True)
class Facts:
    """What a person says of an action: kind, day, minutes, who was there (ids of professionals), patients counted."""

    kind: str
    held_on: date
    minutes: int
    present: tuple[int, ...]
    patients: int = 0
    theme: str = ""
    title: str = ""
    starts_at: time | None = None


class AlreadyDeclared(Refused):
    """An action that looks the same is already there: a question, never a block. `existing` is that action."""

    def __init__(self, existing: Action) -> None:
        super().__init__(
            f"Une action du même type est déjà déclarée pour le {day_long(existing.held_on)}. Est-ce la même ?"
        )
        self.existing = existing


@transaction.atomic
def declare(
    *, actor: Any, team: Any, facts: Facts, client_key: uuid.UUID | None = None, another: bool = False
) -> Action:
    """Open an action: whoever declares was there, the others confirm with one tap.

    The same `client_key` gives the first action. Raises AlreadyDeclared unless `another`, Refused with its field.
    """
    _may(actor, "coordination.declare_action", team)
    key = client_key or uuid.uuid4()
    # One team at a time: two people who declare the same meeting see each other's declaration.
    type(team).objects.select_for_update(of=("self",)).get(pk=team.pk)
    existing = Action.objects.filter(client_key=key).first()
    if existing is not None:
        if existing.declared_by_id != actor.pk:
            raise Refused("Cette déclaration a déjà été envoyée par une autre personne : rechargez la page.")
        return existing
    facts = _clean(team, facts)
    if not another:
        _ask_if_same(team, facts)
    now = timezone.now()
    action = Action.objects.create(
        team=team,
        region_id=team.region_id,
        client_key=key,
        declared_by=actor,
        declared_at=now,
        project_version=recognised_version(team, facts.held_on),
        **_columns(facts),
    )
    _set_presences(action, facts.present, actor, now)
    audit.record(action="coordination.action.declare", obj=action, actor=actor, after=_snapshot(facts))
    _changed(action)
    return action


@transaction.atomic
def correct(action: Action, *, actor: Any, facts: Facts) -> Action:
    """Change an open action; a person added is asked to confirm, a person taken away is forgotten."""
    row = Action.objects.select_for_update(of=("self",)).get(pk=action.pk)
    _may(actor, "coordination.edit_action", row)
    facts = _clean(row.team, facts)
    before = _snapshot(facts_of(row))
    for prepare in before_change:
        prepare(row)
    columns = _columns(facts)
    for name, value in columns.items():
        setattr(row, name, value)
    row.project_version = recognised_version(row.team, facts.held_on)
    row.save(update_fields=[*columns, "project_version"])
    _set_presences(row, facts.present, actor, timezone.now())
    audit.record(action="coordination.action.correct", obj=row, actor=actor, before=before, after=_snapshot(facts))
    _changed(row)
    return row


def facts_of(action: Action) -> Facts:
    """What was said of an action, to fill the form again."""
    return Facts(
        kind=action.kind,
        held_on=action.held_on,
        minutes=action.minutes,
        present=tuple(action.presences.order_by("id").values_list("professional_id", flat=True)),
        patients=action.patients,
        theme=action.theme,
        title=action.title,
        starts_at=action.starts_at,
    )


def confirm_presence(presence: Presence, *, actor: Any) -> Presence:
    """« J'y étais » : one tap. Twice changes nothing."""
    return run(PRESENCE, presence, "confirm", actor=actor)


def deny_presence(presence: Presence, *, actor: Any) -> Presence:
    """« Je n'y étais pas » : nothing will be counted for this person."""
    return run(PRESENCE, presence, "deny", actor=actor)


def validate(action: Action, *, actor: Any) -> Action:
    """The association validates; what it makes in money follows in the same transaction."""
    return run(ACTION, action, "validate", actor=actor)


def return_to_team(action: Action, *, actor: Any, reason: str) -> Action:
    """Send the action back with what must be corrected."""
    return run(ACTION, action, "return_it", actor=actor, comment=reason, data={"return_reason": reason.strip()})


def declare_again(action: Action, *, actor: Any) -> Action:
    """The corrected action goes back to the association."""
    return run(ACTION, action, "declare_again", actor=actor)


def cancel(action: Action, *, actor: Any, reason: str) -> Action:
    """Withdraw a declaration that is not validated."""
    return run(ACTION, action, "cancel", actor=actor, comment=reason, data={"cancel_reason": reason.strip()})


# What is checked, from the day to the people --------------------------------------------------------------------------


def _may(actor: Any, action: str, obj: Any) -> None:
    decision = can(actor, action, obj)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))


def _clean(team: Any, facts: Facts) -> Facts:
    """The same facts without doubles, or Refused with the field at fault."""
    _check_day(team, facts.held_on)
    _check_kind(team, facts)
    if facts.minutes < 1:
        raise Refused("Indiquez une durée d'au moins une minute.", field="minutes")
    if facts.minutes > LONGEST_MINUTES:
        raise Refused("Une action tient dans une journée : la durée dépasse 24 heures.", field="minutes")
    if facts.patients < 0 or facts.patients > 500:
        raise Refused("Le nombre de patients va de 0 à 500.", field="patients")
    return replace(facts, present=_check_people(team, facts))


def _check_day(team: Any, held_on: date) -> None:
    if held_on > today():
        raise Refused(
            f"Le {day(held_on)} est dans le futur : déclarez l'action une fois qu'elle a eu lieu.", field="held_on"
        )
    if team.recognised_on is None or team.state != "recognised":
        raise Refused("L'équipe n'est pas reconnue : ses actions se déclarent à partir de la décision de l'ARS.")
    if held_on < team.recognised_on:
        raise Refused(
            f"L'équipe est reconnue depuis le {day(team.recognised_on)} : une action du {day(held_on)} est antérieure.",
            field="held_on",
        )


def _check_kind(team: Any, facts: Facts) -> None:
    catalogue = form_of(team, facts.held_on).actions
    if facts.kind not in catalogue:
        raise Refused("Choisissez un type d'action de la liste.", field="kind")
    if facts.kind not in recognised_action_codes(team, facts.held_on):
        raise Refused(
            f"« {catalogue[facts.kind].short_label} » n'est pas dans le projet reconnu de l'équipe : "
            "choisissez un autre type, ou faites évoluer le projet.",
            field="kind",
        )
    closed = gate_reasons(team, [facts.kind], facts.held_on)
    if closed:
        raise Refused(" ".join(closed), field="kind")


def _check_people(team: Any, facts: Facts) -> tuple[int, ...]:
    present = tuple(dict.fromkeys(facts.present))
    if not present:
        raise Refused("Indiquez qui était là : au moins une personne.", field="present")
    members = set(
        Membership.objects.in_force(facts.held_on)
        .filter(team=team, professional_id__in=present, state__in=("confirmed", "left"))
        .values_list("professional_id", flat=True)
    )
    strangers = [pk for pk in present if pk not in members]
    if strangers:
        names = [str(person) for person in Professional.objects.filter(pk__in=strangers)]
        who = enumerate_words(names) or "cette personne"
        raise Refused(f"Le {day(facts.held_on)}, {who} n'était pas membre de l'équipe.", field="present")
    return present


def _ask_if_same(team: Any, facts: Facts) -> None:
    same = (
        Action.objects.filter(team=team, kind=facts.kind, held_on=facts.held_on)
        .filter(presences__professional__in=facts.present)
        .exclude(state="cancelled")
        .order_by("id")
        .first()
    )
    if same is not None:
        raise AlreadyDeclared(same)


# What is written ------------------------------------------------------------------------------------------------------


def _columns(facts: Facts) -> dict[str, Any]:
    return {
        "kind": facts.kind,
        "held_on": facts.held_on,
        "minutes": facts.minutes,
        "patients": facts.patients,
        "theme": facts.theme,
        "title": facts.title,
        "starts_at": facts.starts_at,
    }


def _snapshot(facts: Facts) -> dict[str, Any]:
    return {**_columns(facts), "present": facts.present}


def _set_presences(action: Action, present: Iterable[int], actor: Any, now: Any) -> None:
    wanted = set(present)
    action.presences.exclude(professional_id__in=wanted).delete()
    known = set(action.presences.values_list("professional_id", flat=True))
    declarer = actor.professional_or_none
    for pk in sorted(wanted - known):
        own = declarer is not None and declarer.pk == pk
        Presence.objects.create(
            action=action,
            professional_id=pk,
            state="confirmed" if own else "expected",
            answered_at=now if own else None,
            added_at=now,
        )


def _changed(action: Action) -> None:
    for tell in after_change:
        tell(action)
