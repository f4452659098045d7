"""Declaring a session: one coordinated action, declared once, and what it belongs to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db import transaction

from equipage.coordination import services as coordination
from equipage.coordination.models import Action
from equipage.coordination.services import Facts
from equipage.foundation import audit
from equipage.foundation.french import day, number, typographic
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.prevention.models import PreventionAction, Programme, Session
from equipage.prevention.rules import EDUCATION, MOST_PATIENTS, MOST_PEOPLE, PREVENTION, declaration_reasons
from equipage.prevention.selectors import NOT_HELD
from equipage.prevention.services.checks import allowed, words
from equipage.prevention.states import PREVENTION_ACTION


class OutsideDates(Refused):
    """The session is not within the days of its action: a question, never a block."""

    def __init__(self, action: PreventionAction, held_on: date) -> None:
        super().__init__(
            typographic(
                f"L'action « {action.title} » est prévue {action.when} : "
                f"la séance du {day(held_on)} en fait-elle partie ?"
            ),
            field="held_on",
        )


@dataclass(frozen=True)
class SessionGiven:
    """A session as its form gives it: of a prevention action, of a programme, or (neither) an action d'accompagnement.

    `minutes` is its length, `audience` the number of people reached, `present` the ids of the professionals.
    """

    held_on: date
    minutes: int
    place: str
    audience: int
    present: tuple[int, ...]
    action: PreventionAction | None = None
    programme: Programme | None = None
    starts_at: time | None = None
    title: str = ""

    @property
    def nature(self) -> str:
        """Which of the three it is."""
        if self.action is not None:
            return Session.Nature.PREVENTION
        return Session.Nature.PROGRAMME if self.programme is not None else Session.Nature.SUPPORT

    @property
    def kind(self) -> str:
        """The kind of coordinated action."""
        return PREVENTION if self.action is not None else EDUCATION


@transaction.atomic
def declare_session(
    *,
    actor: Any,
    team: Any,
    given: SessionGiven,
    client_key: uuid.UUID,
    another: bool = False,
    outside: bool = False,
) -> Session:
    """Declare a session and keep what it belongs to. The same `client_key` gives the first one.

    Raises OutsideDates unless `outside`, AlreadyDeclared unless `another`, Refused with the field at fault.
    """
    known = Session.objects.filter(action__client_key=client_key, action__declared_by=actor).first()
    if known is not None:
        return known
    place = _check(team, given)
    # What is to come or not allowed is said before a question is asked.
    if (
        given.action is not None
        and not outside
        and given.held_on <= today()
        and not given.action.period.contains(given.held_on)
    ):
        raise OutsideDates(given.action, given.held_on)
    action = coordination.declare(actor=actor, team=team, facts=_facts(given), client_key=client_key, another=another)
    session = _keep(actor, action, given, place)
    if given.action is not None and given.action.state == "planned" and given.action.first_on <= today():
        run(PREVENTION_ACTION, given.action, "start", actor=actor)
    return session


@transaction.atomic
def attach_session(
    *,
    actor: Any,
    action: Action,
    place: str,
    audience: int,
    prevention_action: PreventionAction | None = None,
    programme: Programme | None = None,
) -> Session:
    """Say what an action declared elsewhere is a session of. Said already: what was said first stays.

    Raises Refused with the field at fault: another kind, another team, a programme not complete that day.
    """
    row = Action.objects.select_for_update(of=("self",)).select_related("team").get(pk=action.pk)
    allowed(actor, "prevention.write_for_team", row.team)
    known = Session.objects.filter(action=row).first()
    if known is not None:
        return known
    given = SessionGiven(row.held_on, row.minutes, place, audience, (), prevention_action, programme)
    if given.kind != row.kind or row.state in NOT_HELD:
        raise Refused("Choisissez une réponse de la liste.", field="target")
    place = _check(row.team, given)
    return _keep(actor, row, given, place)


def check_declared(action: Action) -> None:
    """A session stays one when its action is corrected: its kind, and the declaration of its programme that day.

    Raises Refused. An action that is no session is left alone.
    """
    session = Session.objects.select_related("prevention_action", "programme").filter(action=action).first()
    if session is None:
        return
    wanted = PREVENTION if session.prevention_action_id else EDUCATION
    if action.kind != wanted:
        raise Refused(
            typographic(
                f"Cette action est déclarée comme séance ({session.get_nature_display().lower()}) : son type ne change "
                "pas. Retirez-la, puis déclarez-la autrement."
            ),
            field="kind",
        )
    closed = programme_reasons(session.programme, action.held_on)
    if closed:
        raise Refused(typographic(" ".join(closed)), field="held_on")


def programme_reasons(programme: Programme | None, on: date) -> tuple[str, ...]:
    """Why a session of a programme is not open that day; nothing for what belongs to no programme."""
    if programme is None:
        return ()
    return declaration_reasons(programme.title, programme.complete_since(on), programme.state, programme.silent_on, on)


def _keep(actor: Any, action: Action, given: SessionGiven, place: str) -> Session:
    session = Session.objects.create(
        action=action,
        nature=given.nature,
        prevention_action=given.action,
        programme=given.programme,
        place=place,
        audience=given.audience,
    )
    audit.record(
        action="prevention.session.declare",
        obj=session,
        actor=actor,
        after={"action": action.pk, "nature": session.nature, "place": place, "audience": given.audience},
    )
    return session


def _check(team: Any, given: SessionGiven) -> str:
    """The place; Refused with the field at fault."""
    for owner in (given.action, given.programme):
        if owner is not None and owner.team_id != team.pk:
            raise Refused("Cette fiche est celle d'une autre équipe : choisissez-en une dans la liste.", field="target")
    if given.action is not None and given.action.state not in ("planned", "under_way"):
        label = PREVENTION_ACTION.states[given.action.state].label.lower()
        raise Refused(
            typographic(f"L'action « {given.action.title} » est {label} : rouvrez-la pour y ajouter une séance."),
            field="target",
        )
    place = words(given.place, "Indiquez le lieu de la séance.", field="place")
    if not 1 <= given.audience <= MOST_PEOPLE:
        most = number(MOST_PEOPLE)
        raise Refused(
            typographic(f"Le nombre de personnes touchées va de 1 à {most} : vérifiez ce que vous avez écrit."),
            field="audience",
        )
    if given.held_on <= today():
        closed = programme_reasons(given.programme, given.held_on)
        if closed:
            raise Refused(typographic(" ".join(closed)), field="target")
    return place


def _facts(given: SessionGiven) -> Facts:
    owner = given.action or given.programme
    return Facts(
        kind=given.kind,
        held_on=given.held_on,
        minutes=given.minutes,
        present=given.present,
        patients=min(given.audience, MOST_PATIENTS),
        theme=owner.theme if owner else "",
        title=(given.title or (owner.title if owner else "Action d'accompagnement")).strip()[:160],
        starts_at=given.starts_at,
    )
