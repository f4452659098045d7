"""The pages of a project: its cards, one page a section, its history, its versions, its PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.documents.services import pdf_of
from equipage.foundation.french import day as day_of
from equipage.foundation.french import moment, paris_day, time_of_day
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import available
from equipage.projects import panels, printing, reading, selectors, services
from equipage.projects.forms import SectionForm
from equipage.projects.models import Project, ProjectVersion, SectionRevision
from equipage.projects.services import SectionConflict
from equipage.projects.states import PROJECT
from equipage.rules.catalogue import Section
from equipage.teams.models import Team
from equipage.teams.panels import tabs_of
from equipage.teams.rules import form_of


@access(SIGNED_IN)
def project(request: HttpRequest, team_id: int) -> HttpResponse:
    """The cards of the project: what is written, by whom, what remains."""
    team = selectors.team_for(request.user, team_id)
    row = selectors.project_of_team(team)
    context = {
        "team": team,
        "tabs": tabs_of(team, request.user, request.path),
        "board": selectors.board(team, row, request.user),
        "next": panels.next_cards(team, row, request.user),
        "notes": panels.notes_of(row) if row else {},
        "versions": selectors.versions_of(row),
        "moves": available(PROJECT, row, request.user) if row else [],
        "project": row,
    }
    return render(request, "projects/project.html", context)


@dataclass
class _Page:
    """One section as a person sees it: the question, the present text, whether it may be written."""

    request: HttpRequest
    team: Team
    asked: Section
    board: selectors.Board
    card: selectors.Card
    answers: dict[str, Any]

    @property
    def base(self) -> int:
        """The version that the form is written on; 0 when nothing was ever saved."""
        return self.card.row.version if self.card.row else 0

    def form(self, data: Any = None) -> SectionForm:
        return SectionForm(data, section=self.asked, team=self.team, answers=self.answers)

    def context(self, form: SectionForm) -> dict[str, Any]:
        keys = [card.asked.key for card in self.board.cards]
        at = keys.index(self.asked.key)
        names = reading.names_for(self.team, paris_day(timezone.now()), {"sections": {self.asked.key: self.answers}})
        following = self.board.cards[at + 1] if at + 1 < len(keys) else None
        return {
            "team": self.team,
            "board": self.board,
            "card": self.card,
            "asked": self.asked,
            "form": form,
            "base": self.base,
            "saved_at": self.card.row.updated_at if self.card.row else None,
            "typed": selectors.is_typed(self.asked),
            "following": following,
            "shown": reading.read_section(self.asked, self.answers, names),
            "notes": panels.notes_of(self.board.project).get(self.asked.key, []) if self.board.project else [],
        }

    def answer(self, form: SectionForm, status: int) -> HttpResponse:
        return render(self.request, "projects/section.html", self.context(form), status=status)


def _page(request: HttpRequest, team_id: int, key: str) -> _Page:
    team = selectors.team_for(request.user, team_id)
    asked = services.template_of(team).section(key)
    if asked is None:
        raise Http404
    row = selectors.project_of_team(team)
    board = selectors.board(team, row, request.user)
    card = next(card for card in board.cards if card.asked.key == key)
    return _Page(request, team, asked, board, card, services.sections_data(row, team).get(key, {}))


@access(SIGNED_IN, writes=True)
def section(request: HttpRequest, team_id: int, section_key: str) -> HttpResponse:
    """One section: to write, or to read when it is closed to this person."""
    page = _page(request, team_id, section_key)
    if request.method != "POST":
        return page.answer(page.form(), 200)
    form = page.form(request.POST)
    if not form.is_valid():
        return page.answer(form, 422)
    typed = request.POST.get("base", "")
    base = int(typed) if typed.isdecimal() and len(typed) < 9 else 0
    try:
        services.write(page.team, section_key, form.answers(), based_on=base, actor=request.user)
    except SectionConflict as conflict:
        return _conflict(page, form, conflict)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return page.answer(form, 422)
    return _saved(request, team_id, section_key)


def _saved(request: HttpRequest, team_id: int, key: str) -> HttpResponse:
    """To a script: the new version and what remains. To a person: where they asked to go."""
    if request.headers.get("HX-Request"):
        page = _page(request, team_id, key)
        return render(request, "projects/saved.html", {"base": page.base, "card": page.card})
    messages.success(request, f"Enregistré à {time_of_day(timezone.now())}.")
    if "more" in request.POST:
        return redirect("projects:section", team_id, key)
    following = request.POST.get("next", "")
    if following and services.template_of(selectors.team_for(request.user, team_id)).section(following):
        return redirect("projects:section", team_id, following)
    return redirect("projects:project", team_id)


def _conflict(page: _Page, form: SectionForm, conflict: SectionConflict) -> HttpResponse:
    """Both texts side by side. The form holds mine, now written on top of theirs: to merge, or to keep one."""
    theirs = conflict.theirs
    contents = ({"sections": {page.asked.key: data}} for data in (theirs.data, conflict.mine))
    names = reading.names_for(page.team, paris_day(timezone.now()), *contents)
    context = {
        **page.context(form),
        "base": theirs.version,
        "theirs": theirs,
        "changes": reading.changes_of_section(page.asked, theirs.data, conflict.mine, names),
        "sentence": conflict.sentence,
    }
    return render(page.request, "projects/conflict.html", context, status=409)


@access(SIGNED_IN)
def history(request: HttpRequest, team_id: int, section_key: str) -> HttpResponse:
    """Every text that a section had, and the difference between two of them."""
    team = selectors.team_for(request.user, team_id)
    asked = services.template_of(team).section(section_key)
    if asked is None:
        raise Http404
    rows = SectionRevision.objects.visible_to(request.user).filter(
        section__project__team=team, section__key=section_key
    )
    revisions = list(rows.select_related("saved_by").order_by("-version"))
    newer = _chosen(revisions, request.GET.get("a", ""), 0)
    older = _chosen(revisions, request.GET.get("de", ""), 1)
    found = []
    if newer and older:
        contents = ({"sections": {section_key: row.data}} for row in (older, newer))
        names = reading.names_for(team, paris_day(timezone.now()), *contents)
        found = reading.changes_of_section(asked, older.data, newer.data, names)
    context = {
        "team": team,
        "asked": asked,
        "revisions": revisions,
        "changes": found,
        "choices": [(row.version, f"Version {row.version}, {moment(row.saved_at)}") for row in revisions],
        "newer_value": newer.version if newer else 0,
        "older_value": older.version if older else 0,
        "events": [
            {"at": row.saved_at, "who": row.saved_by.full_name, "what": f"Version {row.version}"}
            for row in revisions[:50]
        ],
    }
    return render(request, "projects/history.html", context)


def _chosen(rows: list[Any], typed: str, default: int) -> Any:
    """The row whose version (or number) was asked for; else the one at that place, when there is one."""
    for row in rows:
        if typed == str(getattr(row, "version", None) or getattr(row, "number", None)):
            return row
    return rows[default] if default < len(rows) else None


@access(SIGNED_IN)
def draft(request: HttpRequest, team_id: int) -> HttpResponse:
    """The PDF of the present text, marked « brouillon »."""
    team = selectors.team_for(request.user, team_id)
    template = services.template_of(team)
    answers = services.sections_data(selectors.project_of_team(team), team)
    pdf = printing.draft_pdf(team, template, {"sections": answers, "template": template.version}, at=timezone.now())
    return _as_pdf(pdf, f"Projet de santé {team.name} brouillon.pdf")


@access(SIGNED_IN)
def versions(request: HttpRequest, team_id: int) -> HttpResponse:
    """The frozen versions, and the difference between two of them."""
    team = selectors.team_for(request.user, team_id)
    row = selectors.project_of_team(team)
    found = selectors.versions_of(row)
    newer = _chosen(found, request.GET.get("a", ""), 0)
    older = _chosen(found, request.GET.get("de", ""), 1)
    changes = []
    if newer and older:
        day = paris_day(newer.frozen_at)
        names = reading.names_for(team, day, older.content, newer.content)
        changes = reading.changes(form_of(team, day).project_template, older.content, newer.content, names)
    context = {
        "team": team,
        "versions": found,
        "changes": changes,
        "choices": [(row.number, f"Version {row.number}, {day_of(row.frozen_at)}") for row in found],
        "newer_value": newer.number if newer else 0,
        "older_value": older.number if older else 0,
    }
    return render(request, "projects/versions.html", context)


@access(SIGNED_IN)
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """One frozen version, section by section."""
    row = _version(request, version_id)
    team, day = row.project.team, paris_day(row.frozen_at)
    names = reading.names_for(team, day, row.content)
    sections = reading.read_content(form_of(team, day).project_template, row.content, names)
    return render(
        request,
        "projects/version.html",
        {"team": team, "version": row, "number": str(row.number), "sections": sections},
    )


@access(SIGNED_IN)
def version_pdf(request: HttpRequest, version_id: int) -> HttpResponse:
    """The PDF of a frozen version."""
    row = _version(request, version_id)
    pdf = pdf_of(row.document) if row.document else printing.version_pdf(row)
    return _as_pdf(pdf, f"Projet de santé {row.project.team.name} version {row.number}.pdf")


def _version(request: HttpRequest, version_id: int) -> ProjectVersion:
    rows = ProjectVersion.objects.visible_to(request.user).select_related(
        "project__team__commune", "project__team__department", "frozen_by", "document"
    )
    found: ProjectVersion = get_object_or_404(rows, pk=version_id)
    return found


def _as_pdf(pdf: bytes, name: str) -> HttpResponse:
    response = HttpResponse(pdf, content_type="application/pdf")
    safe = "".join(letter if letter.isalnum() or letter in " -_.," else " " for letter in name)
    ascii_name = safe.encode("ascii", "ignore").decode()
    response["Content-Disposition"] = f'inline; filename="{ascii_name}"'
    return response


@access(SIGNED_IN, writes=True)
def amend(request: HttpRequest, project_id: int) -> HttpResponse:
    """Reopen a project in force."""
    row = get_object_or_404(Project.objects.visible_to(request.user).select_related("team"), pk=project_id)
    if request.method == "POST":
        try:
            services.amend(row, actor=request.user)
            messages.success(request, PROJECT.transitions["amend"].done)
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("projects:project", row.team_id)
