"""What recognition brings to the pages of the floors below: the step of the path, the tab, the cards of the project."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.foundation.policies import can
from equipage.projects import panels
from equipage.projects.selectors import may_write
from equipage.recognition.models import Complement, RecognitionFile
from equipage.recognition.selectors import JOURNAL_WORDS
from equipage.recognition.services import submission_reasons
from equipage.recognition.states import FILE
from equipage.teams import journal
from equipage.teams.panels import Tab, offer_tab
from equipage.teams.path import Standing, register


def recognition_step(team: Any) -> Standing:
    """Recognised since; else who has the file in hand."""
    file = team.recognition_files.order_by("-submitted_at", "-id").first()
    url = reverse("recognition:file", args=[file.pk]) if file else reverse("projects:project", args=[team.pk])
    if team.recognised_on is not None:
        return Standing(done=True, since=team.recognised_on, url=url)
    if file is None:
        return Standing(done=False, waits_for="team", note="à déposer", url=url)
    state = FILE.states[file.state]
    if state.final:
        return Standing(done=False, waits_for="team", since=file.decided_at, url=url)
    return Standing(done=False, waits_for=state.waits_for, since=file.waiting_since, url=url)


def has_files(team: Any, user: Any) -> bool:
    """Is there a file to show to this person?"""
    return bool(RecognitionFile.objects.visible_to(user).filter(team=team).exists())


def next_cards(team: Any, project: Any, user: Any) -> list[dict[str, Any]]:
    """On top of the project page: the open file, or the deposit."""
    if project is None:
        return []
    file = RecognitionFile.objects.visible_to(user).filter(team=team).order_by("-submitted_at", "-id").first()
    cards = [_file_card(file)] if file is not None and (project.state != "drafting" or file.state == "refused") else []
    if project.state == "drafting" and may_write(user, team, project)[0]:
        cards.append(_deposit_card(project, user))
    return cards


def _file_card(file: RecognitionFile) -> dict[str, Any]:
    state = FILE.states[file.state]
    return {
        "title": f"Dossier {file.number}",
        "sentence": file.decision_reason if file.state == "refused" else "",
        "tag": state.label,
        "tone": state.tone,
        "theirs": state.waits_for != "team",
        "since": None if state.final else file.waiting_since,
        "url": reverse("recognition:file", args=[file.pk]),
        "action": "Ouvrir le dossier",
    }


def _deposit_card(project: Any, user: Any) -> dict[str, Any]:
    reasons = submission_reasons(project)
    lead = can(user, "recognition.submit_project", project).allowed
    if reasons:
        more = len(reasons) - 1
        sentence = reasons[0] + (
            f" Et {more} autre{'s' if more > 1 else ''} point{'s' if more > 1 else ''}." if more else ""
        )
        title = "Avant de déposer le projet"
    else:
        title = "Le projet est prêt à être déposé"
        sentence = "Relisez-le, puis déposez-le." if lead else "La personne référente de l'équipe le dépose."
    return {
        "title": title,
        "sentence": sentence,
        "url": reverse("recognition:submit", args=[project.pk]) if lead else "",
        "action": "Voir ce qui manque" if reasons else "Déposer le projet",
        "theirs": bool(reasons) or not lead,
        "main": lead and not reasons,
    }


def notes_on_sections(project: Any) -> dict[str, list[panels.Note]]:
    """What the agency asks on each reopened section."""
    if project.state != "complement":
        return {}
    rows = Complement.objects.filter(file__version__project=project, file__state="complement", answered_at__isnull=True)
    found: dict[str, list[panels.Note]] = {}
    for row in rows.select_related("asked_by").order_by("asked_at", "id"):
        url = reverse("recognition:file", args=[row.file_id])
        found.setdefault(row.section_key, []).append(
            panels.Note(row.asked_by.full_name, row.asked_at, row.message, f"{url}#complement-{row.pk}")
        )
    return found


register("recognition", recognition_step)
offer_tab(Tab("Dossier", "recognition:of_team", 30, shown=has_files))
panels.offer_next(next_cards)
panels.offer_notes(notes_on_sections)
for action, words in JOURNAL_WORDS.items():
    journal.say(action, words)
journal.say("recognition.complement.answer", "Réponse à un complément")
