"""The protocols of a team, and the page of one: its cards, one page a section, its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.french import moment, time_of_day
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.people.roles import PROFESSIONAL
from equipage.protocols import kinds, reading, selectors, services
from equipage.protocols.forms import ChangeForm, NewProtocolForm, PartForm
from equipage.protocols.method import PHASES, SECTIONS, STEPS, Section, section_named, step_named
from equipage.protocols.models import Edition, PartRevision, Protocol
from equipage.protocols.services import PartConflict
from equipage.protocols.views.reading import outside_page
from equipage.teams.models import Team
from equipage.teams.panels import tabs_of


@access(SIGNED_IN)
def of_team(request: HttpRequest, team_id: int) -> HttpResponse:
    """The protocols of a team; who is not of it reads those that are published."""
    team = get_object_or_404(Team.objects.visible_to(request.user).select_related("commune"), pk=team_id)
    context = {
        "team": team,
        "tabs": tabs_of(team, request.user, request.path),
        "lines": selectors.protocols_of(team, request.user),
        "may_begin": can(request.user, "protocols.begin", team).allowed,
    }
    return render(request, "protocols/of_team.html", context)


@access(PROFESSIONAL, writes=True)
def create(request: HttpRequest, team_id: int) -> HttpResponse:
    """A new protocol: its title, its theme, its type."""
    team = get_object_or_404(Team.objects.visible_to(request.user), pk=team_id)
    if not can(request.user, "protocols.begin", team).allowed:
        raise Http404
    form = NewProtocolForm(request.POST or None, team=team)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create(actor=request.user, team=team, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "Le protocole est commencé. Chacun peut écrire une rubrique, dans l'ordre voulu.")
            return redirect("protocols:protocol", made.pk)
    context = {"team": team, "form": form, "kinds": kinds.KINDS, "steps": STEPS}
    return render(request, "protocols/create.html", context, status=422 if request.method == "POST" else 200)


@access(SIGNED_IN)
def protocol(request: HttpRequest, protocol_id: int) -> HttpResponse:
    """One protocol: what is written, who agreed, what comes next. From outside: what is published, or told."""
    row = selectors.protocol_seen(request.user, protocol_id)
    if not can(request.user, "protocols.read_inside", row).allowed:
        return outside_page(request, row)
    return protocol_page(request, row, ChangeForm())


def protocol_page(request: HttpRequest, row: Protocol, form: Any, status: int = 200) -> HttpResponse:
    """The page of a protocol for a member of its team; `form` is the one that asks for a change."""
    board = selectors.board(row, request.user)
    edition = board.edition
    person: Any = request.user.professional_or_none  # type: ignore[union-attr]
    mine = next((answer for answer in board.agreements if person and answer.professional_id == person.pk), None)
    context = {
        "protocol": row,
        "team": row.team,
        "board": board,
        "edition": edition,
        "card": edition.kind_card,
        "answers": edition.state == "proposed",
        "mine": mine,
        "form": form,
        "moves": row.moves_base,
        "next_moves": [move for move in board.moves if move.tone != "danger"],
        "last_moves": [move for move in board.moves if move.tone == "danger"],
        "may_revise": edition.state not in selectors.OPEN_STATES
        and can(request.user, "protocols.begin", row.team).allowed,
        "may_publish": board.to_publish and can(request.user, "protocols.publish", board.current).allowed,
        "may_unpublish": _may_unpublish(request, board),
        "may_declare": board.version is not None and selectors.may_declare_time(request.user, row),
        "sections": [] if board.writing else _text_of(board),
        "attribution": reading.attribution_lines({"attribution": board.adoption.attribution if board.adoption else []}),
    }
    return render(request, "protocols/protocol.html", context, status=status)


def _text_of(board: selectors.Board) -> list[reading.ShownSection]:
    """What is in force as it was frozen; else the last text."""
    if board.version is not None:
        return reading.content_sections(board.version.content)
    sections = board.edition.sections()
    return reading.read_sections(sections, reading.people_named(sections))


def _may_unpublish(request: HttpRequest, board: selectors.Board) -> bool:
    """The same people who publish, whatever became of the version."""
    shown = board.publication
    return shown is not None and can(request.user, "protocols.withdraw_publication", shown).allowed


@dataclass
class _Page:
    """One section as a member sees it: the questions, the present text, whether it may be written."""

    request: HttpRequest
    protocol: Protocol
    edition: Edition
    asked: Section

    @property
    def card(self) -> selectors.Card:
        """The section as the page of the protocol shows it, read again after a save."""
        return next(card for card in selectors.cards_of(self.edition) if card.section.key == self.asked.key)

    @property
    def known(self) -> dict[str, Any]:
        return self.edition.sections().get(self.asked.key, {})

    def form(self, data: Any = None) -> PartForm:
        more = self.request.GET.get("ligne", "")[:20]
        return PartForm(data, section=self.asked, team=self.protocol.team, known=self.known, more=more)

    def context(self, form: PartForm, **more: Any) -> dict[str, Any]:
        card = self.card
        decision = can(self.request.user, "protocols.write_edition", self.edition)
        sections = self.edition.sections()
        following = section_after(self.asked)
        return {
            "protocol": self.protocol,
            "team": self.protocol.team,
            "edition": self.edition,
            "asked": self.asked,
            "step": step_named(self.asked.step),
            "card": card,
            "form": form,
            "base": card.part.version if card.part else 0,
            "saved_at": card.part.updated_at if card.part else None,
            "open": decision.allowed,
            "why_not": " ".join(decision.reasons),
            "following": following,
            "shown": reading.read_section(self.asked, self.known, reading.people_named(sections)),
            "left": len(self.edition.remaining()),
            "kinds": kinds.KINDS if self.asked.key == "identity" else (),
            **more,
        }

    def answer(self, form: PartForm, status: int) -> HttpResponse:
        return render(self.request, "protocols/section.html", self.context(form), status=status)


def section_after(asked: Section) -> Section | None:
    """The section that follows; None after the last one."""
    return next((section for section in SECTIONS if section.number == asked.number + 1), None)


def _page(request: HttpRequest, protocol_id: int, key: str) -> _Page:
    row = selectors.protocol_inside(request.user, protocol_id)
    asked = section_named(key)
    if asked is None:
        raise Http404
    return _Page(request, row, selectors.last_edition(row), asked)


@access(SIGNED_IN, writes=True)
def section(request: HttpRequest, protocol_id: int, section_key: str) -> HttpResponse:
    """One section: to write, or to read when the text is closed."""
    page = _page(request, protocol_id, section_key)
    if request.method != "POST":
        return page.answer(page.form(), 200)
    form = page.form(request.POST)
    if not form.is_valid():
        return page.answer(form, 422)
    typed = request.POST.get("base", "")
    base = int(typed) if typed.isdecimal() and len(typed) < 9 else 0
    try:
        services.save_part(page.edition, section_key, form.answers(), based_on=base, actor=request.user)
    except PartConflict as conflict:
        return _conflict(page, form, conflict)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return page.answer(form, 422)
    return _saved(request, protocol_id, section_key)


def _saved(request: HttpRequest, protocol_id: int, key: str) -> HttpResponse:
    """To a script: the new version and what remains. To a person: where they asked to go."""
    if request.headers.get("HX-Request"):
        page = _page(request, protocol_id, key)
        card = page.card
        context = {"base": card.part.version if card.part else 0, "card": card, "left": len(page.edition.remaining())}
        return render(request, "protocols/saved.html", context)
    messages.success(request, f"Enregistré à {time_of_day(timezone.now())}.")
    phase = next((phase.key for phase in PHASES if phase.key == request.POST.get("more")), "")
    if phase:
        # The new line is written at once: the page opens on it.
        url = reverse("protocols:section", args=[protocol_id, key])
        return redirect(f"{url}?ligne={phase}#phase-{phase}")
    if section_named(request.POST.get("next", "")):
        return redirect("protocols:section", protocol_id, request.POST["next"])
    return redirect("protocols:protocol", protocol_id)


def _conflict(page: _Page, form: PartForm, conflict: PartConflict) -> HttpResponse:
    """Both texts side by side. The form holds mine, now written on top of theirs: to merge, or to keep one."""
    theirs = conflict.theirs
    people = reading.people_named({page.asked.key: theirs.data}, {page.asked.key: conflict.mine})
    shown = [reading.read_section(page.asked, data, people) for data in (theirs.data, conflict.mine)]
    context = page.context(
        form,
        base=theirs.version,
        theirs=theirs,
        changes=reading.changes_of_section(page.asked, *shown),
        sentence=conflict.sentence,
    )
    return render(page.request, "protocols/conflict.html", context, status=409)


@access(SIGNED_IN)
def history(request: HttpRequest, protocol_id: int, section_key: str) -> HttpResponse:
    """Every text that a section had in this version, and the difference between two of them."""
    page = _page(request, protocol_id, section_key)
    rows = PartRevision.objects.visible_to(request.user).filter(part__edition=page.edition, part__key=section_key)
    revisions = list(rows.select_related("saved_by").order_by("-version"))
    newer, older = chosen(revisions, request.GET.get("a", ""), 0), chosen(revisions, request.GET.get("de", ""), 1)
    found = []
    if newer and older:
        people = reading.people_named({section_key: older.data}, {section_key: newer.data})
        shown = [reading.read_section(page.asked, row.data, people) for row in (older, newer)]
        found = reading.changes_of_section(page.asked, *shown)
    context = {
        "protocol": page.protocol,
        "team": page.protocol.team,
        "edition": page.edition,
        "asked": page.asked,
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
    return render(request, "protocols/history.html", context)


def chosen(rows: list[Any], typed: str, default: int) -> Any:
    """The row whose version was asked for; else the one at that place, when there is one."""
    for row in rows:
        if typed == str(row.version):
            return row
    return rows[default] if default < len(rows) else None
