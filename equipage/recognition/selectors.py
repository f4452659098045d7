"""Reading recognition: which version of the project is in force on a day, and what it allows."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from equipage.foundation import audit
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.french import counted
from equipage.foundation.policies import can
from equipage.people.roles import Role
from equipage.people.selectors import holders
from equipage.projects.models import Project, ProjectVersion
from equipage.projects.rules import action_codes
from equipage.projects.services import completeness_of, template_of
from equipage.recognition.models import Complement, RecognitionFile
from equipage.recognition.states import FILE
from equipage.teams.policies import by_scope
from equipage.teams.selectors import teams_of

_SHOWN_CARDS = 30
JOURNAL_WORDS = {
    "recognition.file.submit": "Projet déposé",
    "recognition.file.take": "Dossier pris en charge",
    "recognition.file.reassign": "Dossier confié à une autre personne",
    "recognition.file.ask_complement": "Complément demandé",
    "recognition.file.answer_complement": "Dossier complété et renvoyé",
    "recognition.file.recognise": "Projet reconnu",
    "recognition.file.refuse": "Projet refusé",
    "recognition.file.withdraw": "Dossier retiré par l'équipe",
}


def recognised_version(team: Any, on: date) -> ProjectVersion | None:
    """The version of the health project that the agency had recognised on that day; None when there was none."""
    file = (
        team.recognition_files.filter(state="recognised", decided_on__lte=on)
        .select_related("version")
        .order_by("-decided_on", "-id")
        .first()
    )
    return file.version if file else None


def recognised_action_codes(team: Any, on: date) -> list[str]:
    """The kinds of action that the recognised project announces on that day."""
    version = recognised_version(team, on)
    return action_codes(version.content) if version else []


# --- one file ---------------------------------------------------------------------------------------------------------


def files_seen(user: Any) -> QuerySet[RecognitionFile]:
    """The files this person may see, with what their pages read."""
    rows = RecognitionFile.objects.visible_to(user)
    return rows.select_related(
        "team__commune", "team__department", "team__region", "version__project", "submitted_by", "assigned_to"
    )


def complements_of(file: RecognitionFile) -> list[Complement]:
    """What was asked on the file, the oldest first."""
    return list(file.complements.select_related("asked_by", "answered_by").order_by("asked_at", "id"))


def section_titles(file: RecognitionFile) -> dict[str, str]:
    """The titles of the sections, by key, in order."""
    return {section.key: section.title for section in template_of(file.team).sections}


def journal_of_file(file: RecognitionFile, user: Any) -> list[dict[str, Any]]:
    """What happened to the file, from its audit chain, newest first."""
    rows = AuditEntry.objects.visible_to(user).filter(about=audit.about(file)).order_by("-number")
    return [
        {"at": row.at, "what": _told(row.action), "who": row.actor_label, "comment": row.comment}
        for row in rows.only("at", "action", "actor_label", "comment")
    ]


def _told(action: str) -> str:
    return JOURNAL_WORDS.get(action, "Modification enregistrée")


def colleagues(file: RecognitionFile) -> list[Any]:
    """The officers of the agency who may follow this file."""
    return holders(
        Role.ARS_DEPARTMENT, Role.ARS_REGION, region_id=file.team.region_id, department_id=file.team.department_id
    )


# --- what waits for whom ----------------------------------------------------------------------------------------------


def waiting_for_agency(user: Any) -> list[dict[str, Any]]:
    """Files that nobody took, and those that this officer follows; the oldest first."""
    if not agency_scope(user):
        return []
    mine = Q(state="submitted") | Q(state="in_review", assigned_to=user)
    rows = RecognitionFile.objects.filter(agency_scope(user), mine).select_related("team__commune")
    return [_agency_card(row) for row in rows.order_by("waiting_since", "id")[:_SHOWN_CARDS]]


def _agency_card(row: RecognitionFile) -> dict[str, Any]:
    new = row.state == "submitted"
    return {
        "title": f"{row.team.name} attend {'la lecture de son dossier' if new else 'votre décision'}",
        "sentence": f"Dossier {row.number}, {row.team.commune.label}.",
        "since": row.waiting_since,
        "url": reverse("recognition:file", args=[row.pk]),
        "action": "Lire" if new else "Décider",
        "tag": FILE.states[row.state].label,
    }


def moving_for_agency(user: Any) -> list[dict[str, Any]]:
    """Files whose ball is with a team."""
    if not agency_scope(user):
        return []
    rows = RecognitionFile.objects.filter(agency_scope(user), state="complement").select_related("team")
    return [
        {
            "title": f"{row.team.name} complète son dossier",
            "sentence": f"Dossier {row.number}.",
            "who": "L'équipe",
            "since": row.waiting_since,
            "url": reverse("recognition:file", args=[row.pk]),
            "action": "Voir",
        }
        for row in rows.order_by("waiting_since", "id")[:_SHOWN_CARDS]
    ]


def agency_scope(user: Any) -> Q:
    """The files of this officer's department or region; an empty Q for who is not of the agency."""
    if not user.regions_for(Role.ARS_REGION) and not user.departments_for(Role.ARS_DEPARTMENT):
        return Q()
    return by_scope(user, regional=(Role.ARS_REGION,), departmental=(Role.ARS_DEPARTMENT,), prefix="team__")


def waiting_for_professional(user: Any) -> list[dict[str, Any]]:
    """Complements to answer; projects that their lead may deposit."""
    cards = []
    for row in _files_of_member(user, "complement"):
        left = row.complements.filter(answered_at__isnull=True).count()
        said = f"Il reste {counted(left, 'réponse')} à écrire." if left else "Tout est répondu : renvoyez le dossier."
        cards.append(
            {
                "title": f"L'ARS demande un complément à {row.team.name}",
                "sentence": said,
                "since": row.waiting_since,
                "url": reverse("recognition:file", args=[row.pk]),
                "action": "Répondre",
                "tag": "Dossier",
            }
        )
    return [*cards, *_deposit_cards(user)]


def _deposit_cards(user: Any) -> list[dict[str, Any]]:
    """Projects with nothing left to write: their lead deposits them, else nobody would know that it is their turn."""
    rows = Project.objects.filter(state="drafting", team__in=teams_of(user, "accompanied", "recognised").order_by())
    found = []
    for project in rows.select_related("team").prefetch_related("sections")[:_SHOWN_CARDS]:
        team = project.team
        if not can(user, "recognition.submit_project", project).allowed or team.composition_reasons():
            continue
        if completeness_of(project, team).remaining:
            continue
        found.append(
            {
                "title": f"Le projet de {team.name} est prêt à être déposé",
                "sentence": "Toutes les rubriques sont complètes. Relisez-le, puis déposez-le.",
                "url": reverse("recognition:submit", args=[project.pk]),
                "action": "Déposer le projet",
                "tag": "Projet",
            }
        )
    return found


def moving_for_professional(user: Any) -> list[dict[str, Any]]:
    """Files that the agency reads."""
    return [
        {
            "title": f"Le dossier de {row.team.name} est à l'ARS",
            "sentence": FILE.states[row.state].label + ".",
            "who": row.assigned_to.full_name if row.assigned_to else "L'ARS",
            "since": row.waiting_since,
            "url": reverse("recognition:file", args=[row.pk]),
            "action": "Voir",
        }
        for row in _files_of_member(user, "submitted", "in_review")
    ]


def _files_of_member(user: Any, *states: str) -> list[RecognitionFile]:
    rows = RecognitionFile.objects.filter(team__in=teams_of(user).order_by(), state__in=states)
    return list(rows.select_related("team", "assigned_to").order_by("waiting_since", "id"))


def waiting_count(user: Any) -> int:
    """How many files wait for this officer; the small number of the header."""
    scope = agency_scope(user)
    if not scope:
        return 0
    mine = Q(state="submitted") | Q(state="in_review", assigned_to=user)
    return int(RecognitionFile.objects.filter(scope, mine).count())
