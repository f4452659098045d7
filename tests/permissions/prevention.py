"""Prevention and education of the small world: one row of each for a team."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from equipage.coordination.models import Action
from equipage.foundation.periods import today
from equipage.prevention.models import (
    DeclarationStep,
    Evaluation,
    Indicator,
    PreventionAction,
    Programme,
    ProgrammeChange,
    ProgrammeMember,
    Session,
)
from equipage.teams.models import Team
from tests.permissions.rows import World, lead_membership, make


def for_the_public(world: World, team: Team) -> None:
    """An action with an indicator; a programme sent to the agency, changed since, to evaluate; a session."""
    person, author, at = lead_membership(team).professional, team.created_by, timezone.now()
    written = {"team": team, "region": team.region, "created_by": author, "created_at": at, "updated_at": at}
    days = {"first_on": today() - timedelta(days=3), "last_on": today()}
    action = world.keep(
        make(PreventionAction, title="Essai", audience="x", objectives="x", responsible=person, **days, **written)
    )
    world.keep(make(Indicator, action=action, name="Essai"))
    sent = {"declared_on": today(), "sent_on": today(), "silent_on": today() + timedelta(days=62)}
    programme = world.keep(
        make(Programme, title="Essai", theme="x", coordinator=person, state="sent", **sent, **written)
    )
    world.keep(make(ProgrammeMember, programme=programme, professional=person))
    world.keep(make(DeclarationStep, programme=programme, kind="sent", on=today(), recorded_by=author, recorded_at=at))
    world.keep(make(ProgrammeChange, programme=programme, field="aims", changed_at=at, changed_by=author))
    world.keep(make(Evaluation, programme=programme, kind="annual", rank=1, due_on=today()))
    held = make(
        Action,
        team=team,
        region=team.region,
        kind="PREVENTION",
        held_on=today(),
        minutes=60,
        declared_by=person.user,
        declared_at=at,
    )
    world.keep(make(Session, action=held, nature="prevention", prevention_action=action, place="x", audience=3))
