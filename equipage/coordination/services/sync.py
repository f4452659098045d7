"""What comes from a phone that was without a network: each declaration once, whatever was cut, repeated or late."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from equipage.coordination.models import Action
from equipage.coordination.parcels import CLOCK_TOLERANCE, Parcel
from equipage.coordination.services.deciding import cancel, undo
from equipage.coordination.services.declaring import correct, declare
from equipage.coordination.services.facts import AlreadyDeclared, Facts, facts_of
from equipage.coordination.states import undo_still_possible
from equipage.foundation import audit
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.french import counted
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.teams.models import Team

DONE, QUESTION, REFUSED, CONFLICT, GONE = "done", "question", "refused", "conflict", "gone"
DROPPED = "coordination.action.drop_unsent"
_REASON = "Retirée depuis le téléphone de la personne qui l'avait déclarée."


@dataclass(frozen=True)
class Received:
    """What became of one parcel. `action` is the one concerned, or the one that looks the same.

    `kept` says, in a conflict, whether the version of the phone may still be kept.
    """

    parcel: Parcel
    outcome: str
    sentence: str = ""
    field: str = ""
    action: Action | None = None
    kept: bool = False


def receive(parcel: Parcel, *, actor: Any, clock_ahead: timedelta = timedelta(0)) -> Received:
    """Take one parcel in a transaction of its own; a refusal or a question is an answer, and writes nothing.

    Unknown key: declare. Known, higher revision, open: correct. Deleted: withdraw. Known and closed: a conflict. A
    revision already there gives the first answer again.
    """
    try:
        with transaction.atomic():
            return _take(parcel, actor)
    except AlreadyDeclared as asked:
        return Received(parcel, QUESTION, asked.sentence, action=asked.existing)
    except Refused as refused:
        sentence = refused.sentence
        if refused.field == "held_on":
            sentence = f"{sentence} {clock_doubt(clock_ahead)}".strip()
        return Received(parcel, REFUSED, sentence, refused.field or "")


def clock_doubt(ahead: timedelta) -> str:
    """What to say of a phone whose clock is not ours; empty when they agree."""
    if abs(ahead) <= CLOCK_TOLERANCE:
        return ""
    minutes = round(abs(ahead).total_seconds() / 60)
    if minutes >= 2 * 24 * 60:
        length = counted(minutes // (24 * 60), "jour")
    elif minutes >= 120:
        length = counted(minutes // 60, "heure")
    else:
        length = counted(minutes, "minute")
    way = "avance" if ahead > timedelta(0) else "retarde"
    return f"L'horloge de ce téléphone {way} de {length} : vérifiez la date de l'action."


def _take(parcel: Parcel, actor: Any) -> Received:
    action = _known(parcel.key)
    if action is None:
        return _take_new(parcel, actor)
    if action.declared_by_id != actor.pk:
        raise Refused("Cette déclaration a déjà été envoyée par une autre personne : rechargez la page.")
    if parcel.deleted:
        return _withdraw(parcel, action, actor)
    if parcel.said is None:
        raise parcel.fault or Refused("Cette déclaration est illisible : recommencez-la.")
    return _renew(parcel, action, Facts(**asdict(parcel.said)), actor)


def _known(key: uuid.UUID) -> Action | None:
    rows = Action.objects.select_for_update(of=("self",)).select_related("team")
    found: Action | None = rows.filter(client_key=key).first()
    return found


def _take_new(parcel: Parcel, actor: Any) -> Received:
    """A key that no action has: under the lock of its team, a late copy and its withdrawal wait for each other."""
    team = Team.objects.select_for_update(of=("self",)).filter(pk=parcel.team_id).first()
    if team is None or not can(actor, "coordination.declare_action", team).allowed:
        if parcel.deleted:
            return Received(parcel, GONE)
        raise Refused("Vous n'êtes pas, ou plus, membre de cette équipe : parlez-en à la personne référente.")
    if Action.objects.filter(client_key=parcel.key).exists():
        return _take(parcel, actor)  # it came by another way while we waited for the lock
    if _dropped(parcel, team, actor):
        return Received(parcel, GONE, "Cette déclaration a été retirée.")
    if parcel.deleted:
        # Nothing to withdraw yet, but an earlier copy may still be on its way: it must not come back to life.
        audit.record(action=DROPPED, obj=team, actor=actor, after={"client_key": str(parcel.key)})
        return Received(parcel, GONE, "Cette déclaration a été retirée.")
    if parcel.said is None:
        raise parcel.fault or Refused("Cette déclaration est illisible : recommencez-la.")
    _check_theme(team, parcel.said.theme)
    facts = Facts(**asdict(parcel.said))
    action = declare(actor=actor, team=team, facts=facts, client_key=parcel.key, another=parcel.another)
    return Received(parcel, DONE, "C'est déclaré.", action=_numbered(action, parcel.revision))


def _dropped(parcel: Parcel, team: Any, actor: Any) -> bool:
    links = AuditEntry.objects.filter(about=audit.about(team), action=DROPPED, actor=actor).order_by("-id")
    return any(after.get("client_key") == str(parcel.key) for after in links.values_list("after", flat=True))


def _check_theme(team: Any, theme: str) -> None:
    if theme and not team.themes.filter(label=theme).exists():
        raise Refused("Ce thème n'est plus de ceux de l'équipe : choisissez-en un autre.", field="theme")


def _numbered(action: Action, revision: int) -> Action:
    """Note which revision the action now holds; a lower one never comes back over it."""
    if revision > action.client_revision:
        action.client_revision = revision
        action.save(update_fields=["client_revision"])
    return action


def _withdraw(parcel: Parcel, action: Action, actor: Any) -> Received:
    if action.state == "cancelled":
        return Received(parcel, GONE, "Cette déclaration a été retirée.", action=action)
    if (closed := _closed(action, actor)) is not None:
        return Received(parcel, CONFLICT, closed, action=action)
    if _moved_elsewhere(parcel, action):
        return Received(parcel, CONFLICT, _ELSEWHERE, action=action, kept=True)
    if undo_still_possible(action, actor):
        gone = cancel(action, actor=actor, reason=_REASON)
    else:
        gone = undo(action, actor=actor)  # nobody else spoke: nobody else is told
    return Received(parcel, GONE, "Cette déclaration est retirée.", action=_numbered(gone, parcel.revision))


_ELSEWHERE = "Cette déclaration a été corrigée ailleurs entre-temps. Laquelle garder ?"


def _renew(parcel: Parcel, action: Action, facts: Facts, actor: Any) -> Received:
    same = _alike(facts, facts_of(action))
    old = parcel.revision <= action.client_revision
    if action.state == "cancelled":
        return Received(parcel, GONE, "Cette déclaration a été retirée.", action=action)
    if same or parcel.revision == 1:
        return Received(parcel, DONE, "C'est déclaré.", action=_numbered(action, parcel.revision))
    if (closed := _closed(action, actor)) is not None:
        return Received(parcel, CONFLICT, closed, action=action)
    if old or _moved_elsewhere(parcel, action):
        return Received(parcel, CONFLICT, _ELSEWHERE, action=action, kept=True)
    _check_theme(action.team, facts.theme)
    changed = correct(action, actor=actor, facts=facts, revision=parcel.revision)
    return Received(parcel, DONE, "C'est corrigé.", action=changed)


def _alike(one: Facts, other: Facts) -> bool:
    """The same facts, whatever the order of the people."""
    return asdict(one) | {"present": set(one.present)} == asdict(other) | {"present": set(other.present)}


def _moved_elsewhere(parcel: Parcel, action: Action) -> bool:
    """Has another hand corrected the action since this phone last heard of it?"""
    return parcel.revision <= action.client_revision or action.client_revision > max(1, parcel.seen)


def _closed(action: Action, actor: Any) -> str | None:
    """Why the phone can no longer change this action, or None."""
    if action.state == "returned":
        return f"L'association l'a renvoyée avec un mot : « {action.return_reason} » Ouvrez-la pour répondre."
    decision = can(actor, "coordination.edit_action", action)
    return None if decision.allowed else " ".join(decision.reasons)
