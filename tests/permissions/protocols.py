"""The protocols of the small world: one in force and shown to the region, and the one that is being written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from equipage.coordination.models import Action
from equipage.foundation.periods import today
from equipage.protocols.models import (
    Adoption,
    Agreement,
    Edition,
    Opinion,
    Part,
    PartRevision,
    Protocol,
    ProtocolAction,
    ProtocolVersion,
    Publication,
)
from equipage.teams.models import Team
from tests.permissions.rows import HASH, World, lead_membership, make


def shared(world: World, team: Team) -> None:
    """A protocol of a team, one row of each of its models."""
    at, person = timezone.now(), lead_membership(team).professional
    known = {"team": team, "region": team.region, "created_by": team.created_by, "created_at": at}
    protocol = world.keep(make(Protocol, **known))
    edition = world.keep(_in_force(protocol, team))
    data = {"population": "Essai", "aim": "Essai", "current": "Essai"}
    part = world.keep(make(Part, edition=edition, key="need", data=data, updated_by=team.created_by, updated_at=at))
    world.keep(make(PartRevision, part=part, version=1, data=data, saved_by=team.created_by, saved_at=at))
    agreement = {"professional": person, "text_hash": HASH, "agrees": True, "answered_at": at}
    world.keep(make(Agreement, edition=edition, **agreement))
    given = {"given_by": world.people["the officer"], "text_hash": HASH, "favourable": True, "given_at": at}
    world.keep(make(Opinion, edition=edition, **given))
    version = world.keep(_version(protocol, edition, team))
    shown = {"published_by": team.created_by, "published_at": at, "consent": "Essai"}
    world.keep(make(Publication, protocol=protocol, version=version, region=team.region, **shown))
    copied = {"source": protocol, "root": protocol, "copied": version, "followed": version, "attribution": []}
    world.keep(make(Adoption, protocol=protocol, team=team, adopted_by=team.created_by, adopted_at=at, **copied))
    action = next(row for row in world.of(Action) if row.team_id == team.pk)
    world.keep(make(ProtocolAction, action=action, protocol=protocol, linked_at=at))


def _in_force(protocol: Protocol, team: Team) -> Any:
    at = timezone.now()
    return make(
        Edition,
        protocol=protocol,
        state="in_force",
        title="Essai",
        created_by=team.created_by,
        created_at=at,
        proposed_at=at,
        proposed_by=team.created_by,
        text_hash=HASH,
        validated_on=today(),
        reviewed_on=today(),
        review_on=today() + timedelta(days=100),
        in_force_at=at,
        in_force_by=team.created_by,
    )


def _version(protocol: Protocol, edition: Any, team: Team) -> Any:
    return make(
        ProtocolVersion,
        protocol=protocol,
        edition=edition,
        number=1,
        title="Essai",
        kind="organisational",
        content={"sections": {"need": {"population": "Essai"}}, "team": {"name": team.name}},
        content_hash=HASH,
        validated_on=today(),
        frozen_by=team.created_by,
        frozen_at=timezone.now(),
    )
