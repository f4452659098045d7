"""Requests for help as those who answer see them: inside the application, or by the link mailed to a desk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from equipage.foundation.access import PUBLIC, SIGNED_IN, access
from equipage.foundation.listing import listing_view
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.support import selectors, services
from equipage.support.actors import DeskHolder
from equipage.support.forms import AnswerForm, DeskAnswerForm, PassOnForm, ReasonForm
from equipage.support.links import LinkRefused, entrusted
from equipage.support.lists import REQUEST_ROLES, AllRequestListing, RequestListing
from equipage.support.models import HelpRequest
from equipage.support.states import HELP_REQUEST
from equipage.support.views.asking import follow_page

request_list = access(*REQUEST_ROLES)(listing_view(RequestListing))
all_requests = access(*REQUEST_ROLES)(listing_view(AllRequestListing))
_AT_ONCE = {"take": services.take, "reopen": services.reopen}


def _seen(request: HttpRequest, help_id: int) -> HelpRequest:
    found: HelpRequest = get_object_or_404(selectors.requests_seen(request.user), pk=help_id)
    return found


@access(SIGNED_IN, writes=True)
def help_request(request: HttpRequest, help_id: int) -> HttpResponse:
    """One request: who asked follows it and adds a word (POST); the others read it and answer."""
    row = _seen(request, help_id)
    if row.asked_by_id == request.user.pk and not can(request.user, "support.answer_request", row).allowed:
        return follow_page(request, row, request.user)
    return _staff_page(request, row, AnswerForm())


def _staff_page(request: HttpRequest, row: HelpRequest, form: AnswerForm, status: int = 200) -> HttpResponse:
    answers = can(request.user, "support.answer_request", row).allowed
    context = {
        "row": row,
        "facts": selectors.facts_of(row),
        "thread": selectors.thread_of(row, asker_reads=False),
        "actions": selectors.moves_of(row, request.user),
        "moves": f"{reverse('support:request', args=[row.pk])}etapes/",
        "form": form if answers and row.state in selectors.OPEN_STATES else None,
    }
    return render(request, "support/request.html", context, status=status)


@access(SIGNED_IN, writes=True)
def move(request: HttpRequest, help_id: int, move: str) -> HttpResponse:
    """One move: at once when a click is enough, else by a page that asks for the words."""
    row = _seen(request, help_id)
    if not can(request.user, "support.answer_request", row).allowed:
        raise Http404
    if move == "answer":
        return _answer(request, row)
    if move in _AT_ONCE:
        return _at_once(request, row, move)
    if move in ("pass_on", "close", "discard"):
        return _asked(request, row, move)
    raise Http404


def _at_once(request: HttpRequest, row: HelpRequest, move: str) -> HttpResponse:
    if request.method == "POST":
        try:
            _AT_ONCE[move](actor=request.user, request=row)
            messages.success(request, HELP_REQUEST.transitions[move].done)
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("support:request", row.pk)


def _answer(request: HttpRequest, row: HelpRequest) -> HttpResponse:
    form = AnswerForm(request.POST or None)
    if request.method != "POST":
        return redirect("support:request", row.pk)
    if form.is_valid():
        try:
            services.answer(actor=request.user, request=row, text=form.cleaned_data["text"])
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, HELP_REQUEST.transitions["answer"].done)
            return redirect("support:request", row.pk)
    return _staff_page(request, row, form, 422)


def _asked(request: HttpRequest, row: HelpRequest, move: str) -> HttpResponse:
    """The page that asks what a move needs, then makes it."""
    transition = HELP_REQUEST.transitions[move]
    if row.state not in transition.sources:
        label = HELP_REQUEST.states[row.state].label
        messages.info(request, f"« {transition.label} » n'est plus possible : la demande est maintenant « {label} ».")
        return redirect("support:request", row.pk)
    form = _form_of(request, row, move)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            _make(request.user, row, move, form)
        except Refused as refused:
            if form is None:
                messages.error(request, refused.sentence)
                return redirect("support:request", row.pk)
            refuse_on(form, refused)
        else:
            messages.success(request, transition.done)
            return redirect("support:requests")
    return _confirm(request, row, move, form)


def _form_of(request: HttpRequest, row: HelpRequest, move: str) -> Any:
    if move == "pass_on":
        return PassOnForm(request.POST or None, desks=selectors.other_desks(row.commune, row.desk))
    if move == "close":
        help_text = "La personne le reçoit par e-mail : « Nous nous sommes parlé ce matin. »"
        return ReasonForm(request.POST or None, label="Comment la demande s'est réglée", help_text=help_text)
    return None


def _make(user: Any, row: HelpRequest, move: str, form: Any) -> None:
    match move:
        case "pass_on":
            services.pass_on(actor=user, request=row, **form.cleaned_data)
        case "close":
            services.close(actor=user, request=row, reason=form.cleaned_data["reason"])
        case _:
            services.discard(actor=user, request=row)


_SAID = {
    "pass_on": ("Confier la demande à un autre guichet", "Elle recommence à attendre là-bas.", "Confier la demande"),
    "close": ("Clore la demande", "La personne peut la rouvrir en ajoutant un mot.", "Clore la demande"),
    "discard": (
        "Écarter ce message indésirable",
        "Pour un message qui n'est pas une demande : rien n'est envoyé à son auteur, et il ne se rouvre pas.",
        "Écarter",
    ),
}


def _confirm(request: HttpRequest, row: HelpRequest, move: str, form: Any) -> HttpResponse:
    heading, sentence, button = _SAID[move]
    context = {
        "heading": heading,
        "sentence": sentence,
        "consequences": [],
        "form": form,
        "button": button,
        "tone": "stop" if move == "discard" else "main",
        "cancel_url": reverse("support:request", args=[row.pk]),
    }
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)


@access(PUBLIC, writes=True)
@never_cache
def desk_link(request: HttpRequest, token: str) -> HttpResponse:
    """The request mailed to a desk outside: take it, answer it, pass it on or close it, with a name and no account."""
    try:
        row = entrusted(token)
    except LinkRefused as refused:
        status = 410 if refused.over else 404
        return render(request, "support/link_over.html", {"sentence": refused.sentence}, status=status)
    form = DeskAnswerForm(request.POST or None, desks=selectors.other_desks(row.commune, row.desk))
    if request.method == "POST" and form.is_valid():
        try:
            done = _by_desk(row, request.POST.get("geste", ""), **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            return render(request, "support/desk_done.html", {"row": row, "done": done, "again": request.path})
    context = {
        "row": row,
        "facts": selectors.facts_of(row),
        "thread": selectors.thread_of(row, asker_reads=False),
        "form": form,
    }
    return render(request, "support/desk_link.html", context, status=422 if request.method == "POST" else 200)


def _by_desk(row: HelpRequest, gesture: str, *, name: str, text: str, desk: Any) -> str:
    """What a desk outside does, and what happens next in a sentence."""
    actor = DeskHolder(row.pk, f"{name} ({row.desk_label})")
    match gesture:
        case "prendre":
            services.take(actor=actor, request=row)
            return "C'est noté : la personne sait que vous vous en occupez."
        case "repondre":
            services.answer(actor=actor, request=row, text=text)
            return "Votre réponse est partie. Si la personne répond, vous le saurez par e-mail."
        case "confier" if desk is None:
            raise Refused("Choisissez à quel guichet confier la demande.", field="desk")
        case "confier":
            services.pass_on(actor=actor, request=row, desk=desk, reason=text)
            return "La demande est confiée à l'autre guichet. Vous n'avez plus rien à faire."
        case "clore":
            services.close(actor=actor, request=row, reason=text)
            return "La demande est close. Vous n'avez plus rien à faire."
    raise Refused("Choisissez une des actions proposées.")
