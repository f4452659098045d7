"""A small world with one row of every model for two teams, and one person for every way of standing to them.

Rows are written straight to the tables: what leads there is tested elsewhere. `world.of(model)` gives the rows of the
first team, then of the second; `world.people` the accounts by name, None for a stranger.
"""

from __future__ import annotations

import contextlib
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from equipage.agreements.models import Convention, Signature, SignatureCode
from equipage.coordination.models import Action, CounterEntry, Guest, Overlap, Presence
from equipage.foundation import audit
from equipage.foundation.documents.models import Attachment, Examination
from equipage.foundation.jobs.models import ScheduledSlot, WorkerLease
from equipage.foundation.numbering import next_number
from equipage.foundation.periods import today
from equipage.messaging.models import MailboxMessage, Notice
from equipage.people.models import AccountRequest, User
from equipage.projects.models import Project, ProjectVersion, Section, SectionRevision
from equipage.recognition.models import Complement, RecognitionFile
from equipage.support.models import Desk, DeskReport, HelpMessage, HelpRequest
from equipage.teams.models import Team
from equipage.territory.models import Epci, PostalCode
from tests import factories
from tests.permissions import meetings, meetings_room, money, prevention, protocols
from tests.permissions.rows import (
    HASH,
    PAPER,
    World,
    association_of,
    document,
    house_models,
    kept_paper,
    lead_membership,
    make,
)


def build() -> World:
    """Everything, in a few hundred rows."""
    world = World()
    _people(world)
    for maker in (
        _team_rows,
        _project_rows,
        _agreement_rows,
        _action_rows,
        meetings.planned,
        meetings_room.held,
        protocols.shared,
        prevention.for_the_public,
    ):
        for team in world.of(Team):
            maker(world, team)
    money.of_the_association(world)
    for team in world.of(Team):
        money.of_the_team(world, team)
        _help_rows(world, team)
    _platform_rows(world)
    _what_is_new(world)
    return world


def _what_is_new(world: World) -> None:
    """A row of each model that nobody wrote above; where plausible values do not do, the test of the world says it."""
    for model in house_models():
        if not model._default_manager.exists():
            with contextlib.suppress(DatabaseError), transaction.atomic():
                world.keep(make(model))


def _people(world: World) -> None:
    angers, nantes = factories.commune("49007"), factories.commune("44109")
    lead = factories.gp(place=angers)
    first = factories.team("Équipe des Ponts", state="recognised", lead=lead, place=angers, themes=("Plaies",))
    member = factories.nurse(place=angers)
    uncertain = factories.pharmacist(place=angers)
    gone = factories.physiotherapist(place=angers)
    factories.join(first, member)
    factories.join(first, uncertain, state="uncertain")
    factories.join(first, gone, state="left")
    neighbour = factories.gp(place=nantes)
    second = factories.team("Équipe du Port", state="recognised", lead=neighbour, place=nantes, themes=("Asthme",))
    world.keep(first)
    world.keep(second)
    officer = factories.officer()
    world.people = {
        "a stranger": None,
        "an account without role": factories.user("Personne"),
        "a professional without team": factories.nurse().user,
        "the lead": lead.user,
        "a member": member.user,
        "an uncertain member": uncertain.user,
        "a former member": gone.user,
        "the lead of another team": neighbour.user,
        "the officer": officer,
        "the treasurer": factories.treasurer(),
        "the administrator of the association": factories.association_admin(),
        "a former officer": factories.officer(until=today()),
        "the officer of another region": factories.officer(region_code="53"),
        "the agency in the department": factories.ars_department(department_code="49"),
        "the agency in another department": factories.ars_department(department_code="44"),
        "the agency in the region": factories.ars_region(),
        "the administrator of the platform": factories.platform_admin(),
        "a treasurer who is a member": factories.treasurer(person=_second_member(first)),
    }


def _second_member(team: Team) -> User:
    both = factories.physiotherapist()
    factories.join(team, both)
    assert both.user
    return both.user


def _now() -> datetime:
    return timezone.now()


def _team_rows(world: World, team: Team) -> None:
    for membership in team.memberships.order_by("pk"):
        world.keep(membership)
    world.keep(team.themes.order_by("pk")[0])
    audit.record(action="teams.seen", obj=team, actor=team.created_by)


def _project_rows(world: World, team: Team) -> None:
    author, at = team.created_by, _now()
    project = world.keep(make(Project, team=team, state="frozen", created_by=author, created_at=at))
    section = world.keep(make(Section, project=project, key="equipe", updated_by=author, updated_at=at))
    world.keep(make(SectionRevision, section=section, version=1, data={}, saved_by=author, saved_at=at))
    version = world.keep(
        make(
            ProjectVersion,
            project=project,
            number=1,
            reason="submission",
            content={"sections": {}},
            content_hash=HASH,
            frozen_by=author,
            frozen_at=at,
            document=document(world, team, "projects.project"),
        )
    )
    file = world.keep(
        make(
            RecognitionFile,
            team=team,
            number=f"D-{team.pk}",
            version=version,
            state="in_review",
            submitted_by=author,
            submitted_at=at,
            waiting_since=at,
            assigned_to=world.people["the agency in the region"],
            receipt=document(world, team, "recognition.receipt"),
        )
    )
    world.keep(make(Complement, file=file, section_key="equipe", message="Précisez.", asked_by=author, asked_at=at))


def _agreement_rows(world: World, team: Team) -> None:
    membership, at = lead_membership(team), _now()
    convention = world.keep(
        make(
            Convention,
            number=f"C-{team.pk}",
            team=team,
            membership=membership,
            professional=membership.professional,
            organisation=association_of(team),
            template_version="essai",
            document=document(world, team, "agreements.convention"),
            state="active",
            created_at=at,
            signed_at=at,
            countersigned_at=at,
            countersigned_by=world.people["the administrator of the association"],
            valid_from=today(),
        )
    )
    world.keep(
        make(
            SignatureCode,
            convention=convention,
            user=membership.professional.user,
            nonce="0" * 32,
            sent_to="c…@demo.equipage.invalid",
            sent_at=at,
            expires_at=at + timedelta(minutes=10),
        )
    )
    world.keep(
        make(
            Signature,
            convention=convention,
            party="member",
            method="paper",
            signer=membership.professional.user,
            signer_name="Essai",
            signed_at=at,
            consent="J'accepte.",
            evidence={},
            evidence_sha256=HASH,
        )
    )


def _action_rows(world: World, team: Team) -> None:
    professional = lead_membership(team).professional
    action = world.keep(
        make(
            Action,
            team=team,
            region=team.region,
            kind="RCP_SANS_PATIENT",
            held_on=today() - timedelta(days=3),
            minutes=45,
            declared_by=professional.user,
            declared_at=_now(),
        )
    )
    world.keep(
        make(
            Presence,
            action=action,
            professional=professional,
            held_on=action.held_on,
            state="confirmed",
            means="tap",
            answered_at=_now(),
            added_at=_now(),
        )
    )
    _told_twice(world, action, professional)
    guest = {"full_name": "Zoé Essai", "email": "z@demo.equipage.invalid", "invited_by": professional.user}
    world.keep(make(Guest, action=action, **guest))
    piece = world.keep(
        make(
            Attachment,
            kind="coordination.evidence",
            about=audit.about(action),
            region=team.region_id,
            name="feuille.pdf",
            media_type="application/pdf",
            size=len(PAPER),
            sha256=kept_paper(),
            uploaded_at=_now(),
        )
    )
    world.keep(make(Examination, attachment=piece, state="unscanned"))


def _told_twice(world: World, action: Action, professional: Any) -> None:
    """A validated action said to be wrong, whose hours are also those of the first; a guest."""
    at, lead = _now(), professional.user
    other = world.keep(
        make(
            Action,
            team=action.team,
            region=action.region,
            kind="PPS",
            held_on=action.held_on,
            minutes=30,
            state="validated",
            declared_by=lead,
            declared_at=at,
            verified_at=at,
            validated_at=at,
            validated_by=factories.officer(),
        )
    )
    voice = {"professional": professional, "held_on": action.held_on, "state": "confirmed", "means": "tap"}
    second = world.keep(make(Presence, action=other, answered_at=at, added_at=at, **voice))
    first = action.presences.get(professional=professional)
    row = {"professional": professional, "held_on": action.held_on, "certainty": "maybe", "noticed_at": at}
    world.keep(make(Overlap, first=first, second=second, **row))
    world.keep(make(CounterEntry, action=other, reason="Essai.", asked_by=lead, asked_at=at))
    world.keep(make(Guest, action=action, full_name="Zoé Essai", invited_by=lead, added_at=at))


def _help_rows(world: World, team: Team) -> None:
    """A contact of the department, kept by the agency's delegation; a request to it, and a report about it."""
    body = factories.organisation("delegation", department_code=team.department_id)
    place = {"region": team.region, "department": team.department}
    desk = world.keep(make(Desk, key=f"guichet-{team.pk}", phone="02 00 00 00 00", organisation=body, **place))
    asked = {"name": "Zoé Essai", "email": "z@demo.equipage.invalid", "topic": "autre", "digest": f"essai-{team.pk}"}
    request = world.keep(make(HelpRequest, desk=desk, commune=team.commune, nonce=f"{team.pk:024d}", **asked, **place))
    world.keep(make(HelpMessage, request=request, kind="word", at=_now(), text="Essai."))
    world.keep(make(DeskReport, desk=desk, reason="phone"))


def _platform_rows(world: World) -> None:
    commune = factories.commune()
    world.keep(make(Epci, siren="244900015", name="Essai", search_name="essai", kind="CU", vintage=2026))
    world.keep(make(PostalCode, code="49120", commune=commune))
    for name in ("the lead", "the lead of another team"):
        recipient = world.people[name]
        world.keep(make(Notice, recipient=recipient, kind="essai", subject="Essai", body="Essai", key=name))
    asked = {"email": "b@demo.equipage.invalid", "rpps": factories.rpps(), "profession_code": "60"}
    world.keep(make(AccountRequest, first_name="Zoé", last_name="Essai", commune=commune, **asked))
    world.keep(make(MailboxMessage, recipient="a@demo.equipage.invalid", sender="b", subject="c", text="d"))
    world.keep(
        make(
            WorkerLease,
            worker_id=str(uuid.uuid4()),
            host="essai",
            pid=1,
            started_at=_now(),
            beat_at=_now(),
            lease_seconds=60,
        )
    )
    world.keep(make(ScheduledSlot, name="essai", slot=_now(), enqueued=True))
    next_number("essai")
    audit.record(action="platform.tried", obj=commune, actor=None)
