"""Reading the vault: the files of a team, the page of one, who read it. A constant number of queries."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from equipage.clinical.chain import words
from equipage.clinical.models import JournalEntry, Patient, Plan, PlanVersion, Recognition
from equipage.clinical.reading import Identity, identity_of, names_of
from equipage.clinical.rules import same_name
from equipage.clinical.states import PATIENT, PLAN, RECOGNITION
from equipage.foundation.crypto import Unreadable
from equipage.teams.models import Membership

logger = logging.getLogger(__name__)

_MOVES = {
    f"{workflow.name}.{move.name}": move.label
    for workflow in (PATIENT, RECOGNITION, PLAN)
    for move in workflow.transitions.values()
}
_MOVES["clinical.recognition.inform"] = "La personne est informée"
_MOVES["clinical.patient.reason"] = "Motif de réouverture noté"


@dataclass(frozen=True)
class FileLine:
    """A file in the list of a team. `identity` is None when the file is put away, or does not open."""

    patient: Patient
    identity: Identity | None
    state: Any
    plan: str
    mine: bool


def files_of(team_id: int, user: Any, query: str = "") -> list[FileLine]:
    """The files of a team that this person sees, open ones first, by name; `query` begins the last name."""
    rows = Patient.objects.visible_to(user).filter(team_id=team_id).select_related("key").order_by("reference")
    person = user.professional_or_none.pk
    plans = _plan_states(team_id, user)
    lines = [_line(row, person, plans) for row in rows]
    wanted = same_name(query)
    if wanted:
        lines = [line for line in lines if line.identity and same_name(line.identity.last).startswith(wanted)]
    return sorted(lines, key=_place)


def _place(line: FileLine) -> tuple[bool, str, str, str]:
    name = line.identity
    return (
        line.patient.state != "open",
        same_name(name.last) if name else "",
        name.first if name else "",
        line.patient.pk,
    )


def _line(row: Patient, person: int, plans: dict[str, str]) -> FileLine:
    identity = None if row.state == "archived" else _identity(row)
    return FileLine(row, identity, PATIENT.states[row.state], plans.get(row.pk, ""), row.author_id == person)


def _identity(row: Patient) -> Identity | None:
    """Who it is; a file that does not open is shown as such, so that it does not hide the others."""
    try:
        return identity_of(row.content)
    except Unreadable:
        logger.exception("A file of the vault does not open")
        return None


def _plan_states(team_id: int, user: Any) -> dict[str, str]:
    """The label of the state of the last plan of each file."""
    rows = Plan.objects.visible_to(user).filter(patient__team_id=team_id).order_by("created_at", "pk")
    return {patient: PLAN.states[state].label for patient, state in rows.values_list("patient_id", "state")}


@dataclass(frozen=True)
class MemberLine:
    """One member of the team before the patient: what was said, when, who wrote it down."""

    professional_id: int
    name: str
    detail: str
    recognition: Recognition | None
    state: Any
    recorded_by: str
    keeps: bool
    present: bool


def members_of(patient: Patient) -> list[MemberLine]:
    """Every confirmed member of the team with what the patient says of them; then those who left."""
    members = Membership.objects.in_force().filter(team_id=patient.team_id, state__in=("confirmed", "left"))
    people = {m.professional_id: m.professional for m in members.select_related("professional").order_by("pk")}
    said = {row.professional_id: row for row in patient.recognitions.order_by("professional_id")}
    named = {row.recorded_by for row in said.values()} | set(said) | {patient.author_id}
    names = names_of(named | set(people))
    lines = [
        MemberLine(
            professional_id=key,
            name=names.get(key, "Personne qui n’est plus dans l’annuaire"),
            detail=people[key].profession_label if key in people else "n’est plus membre de l’équipe",
            recognition=said.get(key),
            state=RECOGNITION.states[said[key].state] if key in said else None,
            recorded_by=names.get(said[key].recorded_by, "") if key in said else "",
            keeps=key == patient.author_id,
            present=key in people,
        )
        for key in {*people, *said}
    ]
    return sorted(lines, key=lambda line: (not line.present, line.name, line.professional_id))


@dataclass(frozen=True)
class JournalLine:
    """A line of the journal, as `{% timeline %}` draws it."""

    at: Any
    what: str
    who: str
    tone: str = "info"
    comment: str = ""
    url: str = ""


def journal_of(patient: Patient, user: Any) -> Any:
    """The journal of a file, the last line first."""
    return JournalEntry.objects.visible_to(user).filter(patient=patient.pk).order_by("-id")


def told(lines: Any) -> list[JournalLine]:
    """Lines in words."""
    return [JournalLine(line.at, words(line.what, _MOVES), line.who, _tone(line.what)) for line in lines]


def _tone(what: str) -> str:
    return "quiet" if what.startswith("read.") else "info"


def version_of(plan: Plan, number: int) -> PlanVersion | None:
    """A frozen version of a plan, with the key at hand."""
    found: PlanVersion | None = plan.versions.filter(number=number).first()
    if found is not None:
        found.plan = plan
    return found
