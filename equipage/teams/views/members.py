"""Members of a team: found, invited, vouched for, named lead, leaving."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.refusals import Refused, refuse_on
from equipage.foundation.workflow import available
from equipage.people.models import Professional
from equipage.people.selectors import occupation_and_place, search_professionals
from equipage.teams import selectors, services
from equipage.teams.forms import InviteForm, LeaveForm, NewMemberForm
from equipage.teams.models import Membership, Team
from equipage.teams.states import MEMBERSHIP
from equipage.teams.views.common import head, team_seen

_LONGEST = 100


@access(SIGNED_IN)
def members(request: HttpRequest, team_id: int) -> HttpResponse:
    """Who is in the team, what is missing, and the search for somebody to add (`?q=`)."""
    row = team_seen(request, team_id)
    partial = "#found" if getattr(request, "htmx", False) and "q" in request.GET else ""
    return render(request, f"teams/members.html{partial}", _members_context(request, row))


def _members_context(request: HttpRequest, team: Team, problem: str = "") -> dict[str, Any]:
    typed = request.GET.get("q", request.POST.get("q", ""))[:_LONGEST].replace("\x00", "").strip()
    context = head(request, team)
    gauge = selectors.gauge_of(team)
    inside = {line.person.pk for line in gauge.members}
    found = search_professionals(typed) if typed and context["may_edit"] else []
    return {
        **context,
        "gauge": gauge,
        "me": getattr(request.user, "professional_or_none", None),
        "links": _links(request, gauge) if context["may_edit"] else {},
        "coming": selectors.to_come(team),
        "former": selectors.former(team),
        "q": typed,
        "problem": problem,
        "found": [(person, occupation_and_place(person), person.pk in inside) for person in found],
    }


def _links(request: HttpRequest, gauge: selectors.Gauge) -> dict[int, str]:
    """Personal links to hand over, for those whom no message can reach."""
    return {
        line.membership.pk: request.build_absolute_uri(services.link_of(line.membership))
        for line in gauge.members
        if line.uncertain and line.person.user_id is None and not line.person.email
    }


@access(SIGNED_IN, writes=True)
def add_member(request: HttpRequest, team_id: int) -> HttpResponse:
    """Add somebody of the directory: `professionnel` and whether they agreed."""
    row = team_seen(request, team_id)
    if request.method != "POST":
        return redirect("teams:members", row.pk)
    chosen = request.POST.get("professionnel", "")
    person = get_object_or_404(
        Professional.objects.visible_to(request.user), pk=chosen if chosen.isdecimal() and len(chosen) < 18 else 0
    )
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _members_page(request, row, "Dites si cette personne vous a donné son accord.", 422)
    certain = form.cleaned_data["certain"] == "certain"
    try:
        made = services.add_member(
            actor=request.user,
            team=row,
            professional=person,
            certain=certain,
            message=form.cleaned_data["message"],
        )
    except Refused as refused:
        return _members_page(request, row, refused.sentence, 422)
    messages.success(request, _added(made, certain))
    if getattr(request, "htmx", False):
        return _members_page(request, row, "", 200)
    return redirect("teams:members", row.pk)


def _added(membership: Membership, certain: bool) -> str:
    name = membership.professional.full_name
    if certain:
        return f"{name} est membre de l'équipe ; un message le lui dit."
    if membership.professional.user_id or membership.professional.email:
        return f"L'invitation est partie. {name} comptera dès son accord."
    return f"{name} est dans la liste. Donnez-lui le lien affiché à côté de son nom."


def _members_page(request: HttpRequest, team: Team, problem: str, status: int) -> HttpResponse:
    """The members after a change: the region alone for htmx, else the whole page."""
    partial = "#members" if getattr(request, "htmx", False) else ""
    return render(request, f"teams/members.html{partial}", _members_context(request, team, problem), status=status)


@access(SIGNED_IN, writes=True)
def new_member(request: HttpRequest, team_id: int) -> HttpResponse:
    """Add somebody whom the directory does not know yet."""
    row = team_seen(request, team_id)
    context = head(request, row)
    if not context["may_edit"]:
        raise Http404
    initial = {"rpps": request.GET.get("rpps", "")[:20], "commune": row.commune}
    form = NewMemberForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        certain = values.pop("certain") == "certain"
        try:
            made = services.add_new_member(actor=request.user, team=row, certain=certain, **values)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, _added(made, certain))
            return redirect("teams:members", row.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "teams/new_member.html", {**context, "form": form}, status=status)


def _seen(request: HttpRequest, membership_id: int) -> Membership:
    rows = Membership.objects.visible_to(request.user).select_related("team__commune", "professional__user", "added_by")
    found: Membership = get_object_or_404(rows, pk=membership_id)
    return found


@access(SIGNED_IN, writes=True)
def membership_move(request: HttpRequest, membership_id: int, move: str) -> HttpResponse:
    """One click on a member: accept, decline, vouch, lead, no_lead, remind."""
    row = _seen(request, membership_id)
    verbs: dict[str, Any] = {
        "accept": services.accept,
        "decline": services.decline,
        "vouch": services.vouch,
        "lead": services.name_lead,
        "no_lead": services.step_down,
        "remind": services.remind,
    }
    if move not in verbs:
        raise Http404
    if request.method == "POST":
        try:
            said = verbs[move](actor=request.user, membership=row)
            messages.success(request, said if isinstance(said, str) else _done(row, move))
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect(*_after(request, row))


def _done(row: Membership, move: str) -> str:
    name = row.professional.full_name
    transition = MEMBERSHIP.transitions.get(move)
    if transition is not None and transition.done:
        return transition.done
    return {
        "decline": "C'est noté : la réponse est « non ».",
        "lead": f"{name} est maintenant personne référente.",
        "no_lead": f"{name} n'est plus personne référente.",
    }[move]


def _after(request: HttpRequest, row: Membership) -> tuple[Any, ...]:
    """The members where the person still sees the team, else home."""
    seen = Team.objects.visible_to(request.user).filter(pk=row.team_id).exists()
    return ("teams:members", row.team_id) if seen else ("web:home",)


@access(SIGNED_IN, writes=True)
def leave(request: HttpRequest, membership_id: int) -> HttpResponse:
    """A member leaves, by their own hand, a lead's or the officer's."""
    row = _seen(request, membership_id)
    open_moves = {found.name: found for found in available(MEMBERSHIP, row, request.user)}
    if "leave" not in open_moves:
        raise Http404
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.leave(actor=request.user, membership=row, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, MEMBERSHIP.transitions["leave"].done)
            return redirect(*_after(request, row))
    status = 422 if request.method == "POST" else 200
    context = {"row": row, "form": form, "blocked": open_moves["leave"].reasons, "mine": _is_me(request, row)}
    return render(request, "teams/leave.html", context, status=status)


def _is_me(request: HttpRequest, row: Membership) -> bool:
    me = getattr(request.user, "professional_or_none", None)
    return me is not None and row.professional_id == me.pk
