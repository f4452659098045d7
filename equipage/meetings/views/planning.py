"""Pages that call, change and cancel a meeting; the lists. Thin: forms in, verbs, answers out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.french import counted
from equipage.foundation.listing import listing_view
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.refusals import refuse_on as refuse_beside
from equipage.meetings.discretion import personal_signs, question_about
from equipage.meetings.forms.changing import CancelForm, ChangeForm, FixForm
from equipage.meetings.forms.planning import DateForm, NewForm, PollForm, SeriesForm
from equipage.meetings.lists import Mine, OfTeam, Past
from equipage.meetings.models import Meeting, Series
from equipage.meetings.selectors.planning import clashes_of, meetings_seen, plannable_teams
from equipage.meetings.services import changing, planning, series
from equipage.meetings.states import MEETING
from equipage.people.roles import PROFESSIONAL
from equipage.teams.models import Team

mine = access(PROFESSIONAL)(listing_view(Mine))
past = access(PROFESSIONAL)(listing_view(Past))
_of_team = listing_view(OfTeam)


@access(PROFESSIONAL)
def of_team(request: HttpRequest, team_id: int) -> Any:
    """Every meeting of one team, for its members only."""
    team = get_object_or_404(Team.objects.visible_to(request.user), pk=team_id)
    if not can(request.user, "meetings.plan", team).allowed:
        raise Http404
    return _of_team(request, team_id=team_id)


@access(PROFESSIONAL)
def propose(request: HttpRequest) -> HttpResponse:
    """Straight to the only team; which one, where there are several; what comes before, where there is none."""
    teams = list(plannable_teams(request.user))
    if len(teams) == 1:
        return redirect("meetings:propose_for", teams[0].pk)
    return render(request, "meetings/choose_team.html", {"teams": teams})


# --- calling a meeting ------------------------------------------------------------------------------------------------


@access(PROFESSIONAL, writes=True)
def propose_for(request: HttpRequest, team_id: int) -> HttpResponse:
    """Several slots, proposed in one tap."""

    def send(team: Team, form: Any) -> Meeting:
        return planning.propose(slots=form.cleaned_data["moments"], **_common(request, team, form))

    return _call(request, team_id, PollForm, send, "Les créneaux sont proposés : chacun répond en un geste.")


@access(PROFESSIONAL, writes=True)
def plan_for(request: HttpRequest, team_id: int) -> HttpResponse:
    """One date, fixed at once."""

    def send(team: Team, form: Any) -> Meeting:
        return planning.plan_meeting(starts_at=form.cleaned_data["starts_at"], **_common(request, team, form))

    return _call(request, team_id, DateForm, send, "La réunion est fixée : elle part dans les agendas.")


def refuse_on(form: Any, refused: Refused) -> None:
    """Beside its field; what is said of the moment goes beside the day."""
    refuse_beside(form, refused, "day" if refused.field == "starts_at" and "day" in form.fields else None)


def _common(request: HttpRequest, team: Team, form: Any) -> dict[str, Any]:
    return {
        "actor": request.user,
        "team": team,
        "plan": form.plan(),
        "client_key": form.cleaned_data["client_key"],
        "like": form.like(),
    }


def _team(request: HttpRequest, team_id: int) -> Team:
    found: Team = get_object_or_404(plannable_teams(request.user), pk=team_id)
    return found


def _call(
    request: HttpRequest, team_id: int, form_class: type[NewForm], send: Callable[[Team, Any], Meeting], done: str
) -> HttpResponse:
    """The page that calls a meeting: what is refused stays typed, with its sentence."""
    team = _team(request, team_id)
    form = form_class(request.POST or None, team=team)
    if request.method == "POST" and form.is_valid():
        try:
            meeting = send(team, form)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, done)
            _warn(request, meeting)
            return redirect("meetings:meeting", meeting.pk)
    return _page(request, team, form, 422 if request.method == "POST" else 200)


def _page(request: HttpRequest, team: Team, form: Any, status: int) -> HttpResponse:
    context = {"team": team, "form": form, "tabs": _ways(request, team), "several": _several(request)}
    return render(request, f"meetings/{_PAGES[type(form)]}.html", context, status=status)


_PAGES: dict[type, str] = {PollForm: "propose", DateForm: "plan", SeriesForm: "series"}


def _several(request: HttpRequest) -> bool:
    return plannable_teams(request.user).count() > 1


def _ways(request: HttpRequest, team: Team) -> list[dict[str, Any]]:
    """Three ways to call a meeting, as tabs."""
    ways = (
        ("Choisir ensemble", "propose_for"),
        ("Fixer une date", "plan_for"),
        ("Réunions régulières", "series_for"),
    )
    found = [(label, reverse(f"meetings:{name}", args=[team.pk])) for label, name in ways]
    return [{"label": label, "url": url, "current": url == request.path} for label, url in found]


def _warn(request: HttpRequest, meeting: Meeting) -> None:
    """What somebody may want to know at once: a title that looks like a person, people who are busy then."""
    question = question_about(personal_signs(f"{meeting.title}\n{meeting.place}", this_year=today().year))
    if question:
        messages.warning(request, question)
    if meeting.starts_at is not None:
        people = list(meeting.invited.values_list("professional_id", flat=True))
        busy = {
            row.professional.full_name
            for row, _ in clashes_of(people, [meeting.starts_at], meeting.minutes)
            if row.meeting_id != meeting.pk
        }
        if busy:
            names = ", ".join(sorted(busy))
            messages.warning(request, f"À cette heure, une autre réunion attend déjà : {names}.")


@access(PROFESSIONAL, writes=True)
def series_for(request: HttpRequest, team_id: int) -> HttpResponse:
    """Meetings that come back: first their dates are shown, then they are made."""
    team = _team(request, team_id)
    form = SeriesForm(request.POST or None, team=team)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        if form.confirmed:
            answer = _start(request, team, form)
            if answer is not None:
                return answer
        else:
            status = 200
        form.show_dates()
    return _page(request, team, form, status)


def _start(request: HttpRequest, team: Team, form: SeriesForm) -> HttpResponse | None:
    given = form.cleaned_data
    try:
        made = series.start_series(
            actor=request.user,
            team=team,
            plan=form.plan(),
            rhythm=given["rhythm"],
            first=given["first"],
            until=given["until"],
            at=given["at"],
            dates=form.chosen(),
            client_key=given["client_key"],
        )
    except Refused as refused:
        refuse_on(form, refused)
        return None
    count = made.meetings.count()
    messages.success(
        request, f"{counted(count, 'réunion est prévue', 'réunions sont prévues')} : un seul message part."
    )
    return redirect("meetings:meeting", made.meetings.order_by("starts_at")[0].pk)


# --- changing it ------------------------------------------------------------------------------------------------------


def _seen(request: HttpRequest, meeting_id: int) -> Meeting:
    found: Meeting = get_object_or_404(meetings_seen(request.user), pk=meeting_id)
    return found


@access(PROFESSIONAL, writes=True)
def change(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Move a meeting, change its people or its place; with those that follow, where it is of a series."""
    row = _seen(request, meeting_id)
    if not can(request.user, "meetings.change", row).allowed or row.state not in ("polling", "fixed"):
        raise Http404
    form = ChangeForm(request.POST or None, meeting=row)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            changed = changing.change(
                actor=request.user,
                meeting=row,
                plan=form.plan(),
                starts_at=given["starts_at"],
                following_too=given.get("scope") == "following",
            )
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "C'est enregistré. Ceux que cela change sont prévenus.")
            _warn(request, changed)
            return redirect("meetings:meeting", row.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "meetings/change.html", {"meeting": row, "team": row.team, "form": form}, status=status)


@access(SIGNED_IN, writes=True)
def move(request: HttpRequest, meeting_id: int, move: str) -> HttpResponse:
    """The moves of the workflow that belong to planning: fix the date, cancel."""
    row = _seen(request, meeting_id)
    if move not in ("fix", "cancel"):
        raise Http404
    transition = MEETING.transitions[move]
    if not transition.who.test(request.user, row):
        raise Http404
    if row.state not in transition.sources:
        label = MEETING.states[row.state].label
        messages.info(request, f"« {transition.label} » n'est plus possible : la réunion est maintenant « {label} ».")
        return redirect("meetings:meeting", row.pk)
    return _fix(request, row) if move == "fix" else _cancel(request, row)


def _fix(request: HttpRequest, row: Meeting) -> HttpResponse:
    """A slot of the poll in one tap, or any other date by a small form."""
    slot = row.slots.filter(pk=request.POST["slot"]).first() if request.POST.get("slot", "").isdecimal() else None
    form = FixForm(request.POST if request.method == "POST" and slot is None else None)
    if request.method == "POST" and (slot is not None or form.is_valid()):
        starts_at = slot.starts_at if slot else form.cleaned_data["starts_at"]
        try:
            planning.fix(actor=request.user, meeting=row, starts_at=starts_at)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, MEETING.transitions["fix"].done)
            return redirect("meetings:meeting", row.pk)
    context = {
        "heading": "Fixer une autre date",
        "sentence": f"{row.team.name}. Les créneaux proposés redeviennent libres, chacun le saura.",
        "consequences": [],
        "form": form,
        "button": "Fixer la date",
        "tone": "main",
        "cancel_url": reverse("meetings:meeting", args=[row.pk]),
    }
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)


def _cancel(request: HttpRequest, row: Meeting) -> HttpResponse:
    form = CancelForm(request.POST or None, series=row.series_id is not None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        following_too = given.get("scope") == "following"
        try:
            changing.cancel(actor=request.user, meeting=row, reason=given["reason"], following_too=following_too)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, MEETING.transitions["cancel"].done)
            return redirect("meetings:meeting", row.pk)
    return _ask_reason(request, form, "Annuler cette réunion ?", row.team.name, "Annuler la réunion", row.pk)


def _ask_reason(
    request: HttpRequest, form: CancelForm, heading: str, sentence: str, button: str, back: int
) -> HttpResponse:
    context = {
        "heading": heading,
        "sentence": f"{sentence}.",
        "consequences": ["Les personnes invitées sont prévenues.", "La date est retirée des agendas qui l'avaient."],
        "form": form,
        "button": button,
        "tone": "stop",
        "cancel_url": reverse("meetings:meeting", args=[back]),
    }
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)


@access(PROFESSIONAL, writes=True)
def stop_series(request: HttpRequest, series_id: int) -> HttpResponse:
    """No more meetings of this series from now on."""
    row = get_object_or_404(Series.objects.visible_to(request.user).select_related("team"), pk=series_id)
    first = row.meetings.filter(state="fixed").order_by("-starts_at").first()
    if first is None or not can(request.user, "meetings.change", first).allowed:
        raise Http404
    form = CancelForm(request.POST or None, series=False)
    if request.method == "POST" and form.is_valid():
        try:
            count = changing.stop_series(actor=request.user, series=row, reason=form.cleaned_data["reason"])
        except Refused as refused:
            refuse_on(form, refused)
        else:
            said = counted(count, "réunion est annulée", "réunions sont annulées")
            messages.success(request, f"La série est arrêtée : {said}.")
            return redirect("meetings:mine")
    return _ask_reason(request, form, "Arrêter cette série ?", row.team.name, "Arrêter la série", first.pk)
