"""The journal of a team in plain French, read from its audit chain.

A higher floor words its own actions: `journal.say("coordination.action.declare", "Action déclarée")`. A move that
nobody worded is told by the title of its workflow and the label of its button.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.workflow import REGISTRY
from equipage.teams.models import Membership

_words: dict[str, str] = {
    "teams.team.create": "Équipe créée",
    "teams.team.edit": "Fiche de l'équipe modifiée",
    "teams.team.themes": "Thèmes choisis",
    "teams.team.association": "Association loi 1901 déclarée",
    "teams.team.association_end": "Fin de l'association loi 1901",
    "teams.team.public": "Présentation au public modifiée",
    "teams.team.request_meeting": "Rencontre demandée à l'association",
    "teams.team.cancel_meeting_request": "Demande de rencontre annulée",
    "teams.team.record_meeting": "Rencontre avec l'association enregistrée",
    "teams.team.recognise": "Équipe reconnue",
    "teams.team.close": "Équipe fermée",
    "teams.membership.add": "{name}, ajout à l'équipe",
    "teams.membership.remind": "{name}, invitation renvoyée",
    "teams.membership.accept": "{name} rejoint l'équipe",
    "teams.membership.vouch": "{name}, accord donné de vive voix",
    "teams.membership.decline": "{name}, invitation déclinée",
    "teams.membership.leave": "{name} quitte l'équipe",
    "teams.membership.lead": "{name} devient personne référente",
    "teams.membership.no_lead": "{name} n'est plus personne référente",
}


@dataclass(frozen=True)
class JournalLine:
    """One line, as the component `timeline` reads it."""

    at: datetime
    what: str
    who: str
    comment: str
    tone: str = ""


def say(action: str, words: str) -> None:
    """How an action of the audit chain is told; « {name} » is the member it is about, when there is one."""
    _words[action] = words


_left_out: list[str] = []


def leave_out(prefix: str) -> None:
    """Links that follow from another one already told (each claim line of a validated action) stay out of the page."""
    _left_out.append(prefix)


def journal_of(team: Any, user: Any, limit: int = 30) -> list[JournalLine]:
    """The last lines about a team that this person may read, newest first; two queries."""
    rows = AuditEntry.objects.visible_to(user).filter(stream=team.audit_stream).order_by("-number")
    for prefix in _left_out:
        rows = rows.exclude(action__startswith=prefix)
    entries = list(rows.defer("before", "after", "context")[:limit])
    names = _names(entries)
    return [
        JournalLine(entry.at, _told(entry, names.get(entry.about, "")), entry.actor_label, entry.comment)
        for entry in entries
    ]


def _names(entries: list[Any]) -> dict[str, str]:
    prefix = "teams.membership:"
    keys = {int(entry.about.removeprefix(prefix)) for entry in entries if entry.about.startswith(prefix)}
    if not keys:
        return {}
    rows = Membership.objects.filter(pk__in=keys).select_related("professional").order_by("pk")
    return {f"{prefix}{row.pk}": row.professional.full_name for row in rows}


def _told(entry: Any, name: str) -> str:
    words = _words.get(entry.action)
    if words is not None:
        return words.format(name=name or "Une personne")
    table, _, move = entry.action.rpartition(".")
    workflow = REGISTRY.get(table)
    if workflow is not None and move in workflow.transitions:
        return f"{workflow.title} : {workflow.transitions[move].label}"
    return "Modification enregistrée"
