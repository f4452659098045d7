"""Asking for help, and following one's request: without an account by a personal link, or from « Mon compte »."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_client_ip_address
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from equipage.foundation.access import PUBLIC, SIGNED_IN, access
from equipage.foundation.fields import warnings_of
from equipage.foundation.refusals import Refused, refuse_on
from equipage.support import selectors, services
from equipage.support.actors import FollowHolder
from equipage.support.forms import AskForm, WordForm
from equipage.support.links import LinkRefused, followed
from equipage.support.models import Desk, HelpRequest, Topic
from equipage.support.states import HELP_REQUEST
from equipage.support.views.common import PROMISE, places


@access(PUBLIC, writes=True)
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """A request for help in a few answers; the address may bring some of them."""
    form = AskForm(request.POST or None, initial=_known(request))
    if request.method == "POST" and form.is_valid():
        user = request.user if request.user.is_authenticated else None
        address = str(get_client_ip_address(request))
        try:
            row = services.ask_help(network_address=address, user=user, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            context = {"row": row, "warnings": list(warnings_of(form).values()), "promise": PROMISE}
            return render(request, "support/asked.html", context)
    return _ask_page(request, form)


def _ask_page(request: HttpRequest, form: AskForm) -> HttpResponse:
    desk = Desk.objects.filter(key=str(form["desk"].value() or "")[:60]).first()
    written = selectors.is_written_to(desk) if desk else True
    context = {
        "form": form,
        "desk": desk if desk and desk.is_open else None,
        "written": written,
        "places": places(request, form, "support:ask"),
        "promise": PROMISE,
    }
    return render(request, "support/ask.html", context, status=422 if request.method == "POST" else 200)


def _known(request: HttpRequest) -> dict[str, Any]:
    """What the address says, and what the account of whoever is signed in says of them."""
    asked = request.GET
    found = {
        "commune": asked.get("commune", "")[:120],
        "form": asked.get("forme", ""),
        "desk": asked.get("guichet", "")[:60],
        "topic": asked.get("sujet", "") if asked.get("sujet", "") in Topic.values else "",
    }
    user: Any = request.user
    if user.is_authenticated:
        found |= {"name": user.full_name, "email": user.email}
        person = user.professional_or_none
        if person is not None:
            found |= {"phone": person.phone, "profession_code": person.profession_code}
    return found


@access(PUBLIC, writes=True)
@never_cache
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Where my request is, by my personal link: who has it, since when, what was said; add a word, or settle it."""
    try:
        row = followed(token)
    except LinkRefused as refused:
        status = 410 if refused.over else 404
        return render(request, "support/link_over.html", {"sentence": refused.sentence}, status=status)
    return follow_page(request, row, FollowHolder(row.pk))


def follow_page(request: HttpRequest, row: HelpRequest, actor: Any) -> HttpResponse:
    """The page of who asked; a POST adds a word (`geste=mot`) or says that it is settled (`geste=regle`)."""
    form = WordForm(request.POST if request.POST.get("geste") == "mot" else None)
    status = 200
    if request.method == "POST":
        try:
            if done := _done(request, row, actor, form):
                messages.success(request, done)
                return redirect(request.path)
        except Refused as refused:
            refuse_on(form, refused) if form.is_bound else messages.error(request, refused.sentence)
        status = 422
    context = {
        "row": row,
        "form": form,
        "sentence": selectors.state_sentence(row),
        "thread": selectors.thread_of(row, asker_reads=True),
        "open": row.state in selectors.OPEN_STATES,
        "promise": PROMISE,
    }
    return render(request, "support/follow.html", context, status=status)


def _done(request: HttpRequest, row: HelpRequest, actor: Any, form: WordForm) -> str:
    """What was done, in a sentence; "" when the word was not there."""
    match request.POST.get("geste", ""):
        case "mot" if form.is_valid():
            services.add_word(actor=actor, request=row, text=form.cleaned_data["text"])
            return "Votre mot est transmis."
        case "mot":
            return ""
        case "regle":
            services.settle(actor=actor, request=row)
            return HELP_REQUEST.transitions["settle"].done
    raise Refused("Choisissez une des actions proposées.")


@access(SIGNED_IN)
def mine(request: HttpRequest) -> HttpResponse:
    """The requests made with my account."""
    return render(request, "support/mine.html", {"rows": list(selectors.own_requests(request.user))})
