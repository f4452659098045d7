"""Writing an education programme, signing its statement of honour, notifying its changes to the agency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.french import day, typographic
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.people.models import Professional
from equipage.prevention.models import Programme, ProgrammeChange, ProgrammeMember
from equipage.prevention.rules import EDUCATION, refuse_private
from equipage.prevention.services.checks import allowed, gate_is_open, member_of_team, not_to_come, words


@dataclass(frozen=True)
class ProgrammeGiven:
    """A programme as its form gives it; `team_members` run it with the coordinator."""

    title: str
    theme: str
    coordinator: Professional
    population: str = ""
    aims: str = ""
    course: str = ""
    organisation: str = ""
    funding: str = ""
    training_declared: bool = False
    team_members: tuple[Professional, ...] = ()


_TEXTS = ("title", "theme", "population", "aims", "course", "organisation", "funding")


@transaction.atomic
def create_programme(*, actor: Any, team: Any, given: ProgrammeGiven) -> Programme:
    """Begin a programme, still to be declared. Raises Refused: not a member, no association, texts that do not do."""
    allowed(actor, "prevention.write_for_team", team)
    gate_is_open(team, EDUCATION, today())
    columns, now = _columns(team, given), timezone.now()
    row = Programme.objects.create(
        team=team, region_id=team.region_id, created_by=actor, created_at=now, updated_at=now, **columns
    )
    _set_members(row, given)
    audit.record(action="prevention.programme.create", obj=row, actor=actor, after=_snapshot(given))
    return row


@transaction.atomic
def edit_programme(*, actor: Any, programme: Programme, given: ProgrammeGiven) -> Programme:
    """Change a programme. Once declared, a new coordinator, new aims or new money wait to be notified to the agency."""
    row = _locked(programme)
    allowed(actor, "prevention.write_for_team", row.team)
    if row.state == "stopped":
        raise Refused("Ce programme est arrêté : il ne se modifie plus.")
    columns = _columns(row.team, given, row)
    before = {name: getattr(row, name) for name in columns}
    for name, value in columns.items():
        setattr(row, name, value)
    row.updated_at = timezone.now()
    row.save(update_fields=[*columns, "updated_at"])
    _set_members(row, given)
    audit.record(
        action="prevention.programme.edit",
        obj=row,
        actor=actor,
        before={**before, "coordinator": before["coordinator"].pk},
        after=_snapshot(given),
    )
    if row.is_declared:
        for name in ProgrammeChange.Field.values:
            _keep_change(row, name, before[name], columns[name], actor)
    return row


def _keep_change(row: Programme, name: str, old: Any, new: Any, actor: Any) -> None:
    """One open change for each thing that is notified; what comes back to what was declared is no change."""
    if old == new:
        return
    opened = ProgrammeChange.objects.filter(programme=row, field=name, notified_on__isnull=True).first()
    if opened is None:
        ProgrammeChange.objects.create(
            programme=row, field=name, before=str(old), after=str(new), changed_at=timezone.now(), changed_by=actor
        )
        return
    if opened.before == str(new):
        opened.delete()
        return
    opened.after, opened.changed_at, opened.changed_by = str(new), timezone.now(), actor
    opened.save(update_fields=["after", "changed_at", "changed_by"])


@transaction.atomic
def notify_change(*, actor: Any, change: ProgrammeChange, notified_on: date) -> ProgrammeChange:
    """The agency was told of a change, on a day. Twice keeps the first day. Raises Refused: a day that does not do."""
    row = ProgrammeChange.objects.select_for_update(of=("self",)).select_related("programme__team").get(pk=change.pk)
    allowed(actor, "prevention.declare_programme", row.programme)
    if row.notified_on is not None:
        return row
    not_to_come(notified_on, "la notification", field="notified_on")
    declared_on = row.programme.declared_on
    if declared_on is not None and notified_on < declared_on:
        raise Refused(
            typographic(f"Le programme a été déclaré le {day(declared_on)} : la notification vient après."),
            field="notified_on",
        )
    row.notified_on, row.notified_by = notified_on, actor
    row.save(update_fields=["notified_on", "notified_by"])
    audit.record(
        action="prevention.programme.notify",
        obj=row,
        actor=actor,
        after={"field": row.field, "notified_on": notified_on},
    )
    return row


@transaction.atomic
def state_on_honour(*, actor: Any, programme: Programme) -> Programme:
    """Sign the statement of honour of the file, before it is sent. Twice keeps the first signature."""
    row = _locked(programme)
    allowed(actor, "prevention.declare_programme", row)
    if row.honour_at is not None:
        return row
    if row.state != "preparing":
        raise Refused("L'attestation sur l'honneur se signe avant l'envoi de la déclaration.")
    row.honour_at, row.honour_by = timezone.now(), actor
    row.save(update_fields=["honour_at", "honour_by"])
    audit.record(action="prevention.programme.honour", obj=row, actor=actor)
    return row


def _locked(programme: Programme) -> Programme:
    rows = Programme.objects.select_for_update(of=("self",)).select_related("team", "coordinator")
    return rows.get(pk=programme.pk)


def _columns(team: Any, given: ProgrammeGiven, row: Programme | None = None) -> dict[str, Any]:
    texts = {name: refuse_private(getattr(given, name), field=name) for name in _TEXTS}
    words(texts["title"], "Donnez un titre au programme.", field="title")
    words(texts["theme"], "Dites quelle maladie ou quel thème le programme concerne.", field="theme")
    if row is not None and row.is_declared:
        for name in ("aims", "funding"):
            words(texts[name], "Cette partie a été déclarée à l'ARS : elle ne peut pas être vide.", field=name)
    if row is None or row.coordinator_id != given.coordinator.pk:
        member_of_team(team, given.coordinator, field="coordinator")
    return {**texts, "coordinator": given.coordinator, "training_declared": given.training_declared}


def _set_members(row: Programme, given: ProgrammeGiven) -> None:
    wanted = {person.pk: person for person in given.team_members if person.pk != given.coordinator.pk}
    known = set(row.members.values_list("professional_id", flat=True))
    row.members.exclude(professional_id__in=wanted).delete()
    for pk in sorted(wanted.keys() - known):
        member_of_team(row.team, wanted[pk], field="team_members")
        ProgrammeMember.objects.create(programme=row, professional_id=pk)


def _snapshot(given: ProgrammeGiven) -> dict[str, Any]:
    values = {name: getattr(given, name) for name in (*_TEXTS, "training_declared")}
    members = sorted(person.pk for person in given.team_members)
    return {**values, "coordinator": given.coordinator.pk, "members": members}
