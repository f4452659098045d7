"""The moves of a protocol: proposed, agreed to, in force, read again, withdrawn; the opinion of the association."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.periods import add_months, today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.people.roles import ASSOCIATION_ROLES
from equipage.protocols import selectors, services
from equipage.protocols.forms import ChangeForm, InForceForm, OpinionForm, ReviewForm, WithdrawForm, first_dates
from equipage.protocols.models import Edition, Protocol
from equipage.protocols.states import EDITION
from equipage.protocols.views.common import confirm
from equipage.protocols.views.reading import told_page
from equipage.protocols.views.writing import protocol_page

_AT_ONCE = {"propose": services.propose, "reopen": services.reopen}


@access(SIGNED_IN, writes=True)
def move(request: HttpRequest, protocol_id: int, move: str) -> HttpResponse:
    """One move: at once when a click is enough, else by a page that asks for dates or a reason."""
    row = selectors.protocol_inside(request.user, protocol_id)
    edition = selectors.last_edition(row)
    if move in _AT_ONCE:
        return _at_once(request, row, edition, move)
    if move in _ASKED:
        return _asked(request, row, edition, move)
    raise Http404


def _at_once(request: HttpRequest, row: Protocol, edition: Edition, move: str) -> HttpResponse:
    if request.method == "POST":
        try:
            _AT_ONCE[move](edition, actor=request.user)
            messages.success(request, EDITION.transitions[move].done)
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("protocols:protocol", row.pk)


def _asked(request: HttpRequest, row: Protocol, edition: Edition, move: str) -> HttpResponse:
    transition = EDITION.transitions[move]
    if edition.state not in transition.sources or not transition.who.test(request.user, edition):
        label = EDITION.states[edition.state].label
        messages.info(request, f"« {transition.label} » n'est pas possible maintenant : l'état est « {label} ».")
        return redirect("protocols:protocol", row.pk)
    made, verb, said = _ASKED[move]
    form = made(request.POST or None, edition)
    if request.method == "POST" and form.is_valid():
        try:
            verb(edition, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, transition.done)
            return redirect("protocols:protocol", row.pk)
    cancel_url = reverse("protocols:protocol", args=[row.pk])
    return confirm(request, form, cancel_url, heading=f"{transition.label} « {edition.title} »", **said)


def _withdraw(edition: Edition, *, actor: Any, comment: str) -> Edition:
    return services.withdraw(edition, actor=actor, reason=comment)


# The form of each move, its verb, and what the page says.
_ASKED: dict[str, tuple[Callable[[Any, Edition], Any], Callable[..., Any], dict[str, Any]]] = {
    "put_in_force": (
        lambda data, edition: InForceForm(data, initial=first_dates(edition)),
        services.put_in_force,
        {
            "sentence": "Le texte sera figé, avec ses auteurs, les accords donnés et son empreinte.",
            "consequences": [
                "Toute l'équipe est prévenue.",
                "La version en vigueur, s'il y en a une, est remplacée ; elle reste lisible.",
                "Pour changer un mot ensuite, vous commencerez une nouvelle version.",
            ],
            "button": "Mettre en vigueur",
        },
    ),
    "confirm_review": (
        lambda data, edition: ReviewForm(data, initial={"review_on": add_months(today(), 12)}),
        services.confirm_review,
        {"sentence": "Vous avez relu le protocole et rien n'est à changer.", "button": "C'est relu"},
    ),
    "withdraw": (
        lambda data, edition: WithdrawForm(data),
        _withdraw,
        {
            "sentence": "Le texte et ses versions restent lisibles par l'équipe.",
            "consequences": [
                "S'il est publié, il quitte la bibliothèque ; les équipes qui l'ont repris gardent leur copie."
            ],
            "button": "Retirer",
            "tone": "stop",
        },
    ),
}


@access(SIGNED_IN, writes=True)
def revise(request: HttpRequest, protocol_id: int) -> HttpResponse:
    """Begin the next version."""
    row = selectors.protocol_inside(request.user, protocol_id)
    if request.method == "POST":
        try:
            services.revise(row, actor=request.user)
            messages.success(
                request, "Une nouvelle version est commencée, avec le texte actuel. Celle en vigueur le reste d'ici là."
            )
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("protocols:protocol", row.pk)


@access(SIGNED_IN, writes=True)
def answer(request: HttpRequest, protocol_id: int) -> HttpResponse:
    """Agree to the proposed text, or ask for a change."""
    row = selectors.protocol_inside(request.user, protocol_id)
    if request.method != "POST":
        return redirect("protocols:protocol", row.pk)
    agrees = request.POST.get("answer") == "oui"
    form = ChangeForm(request.POST)
    read = request.POST.get("text_hash", "")[:64]
    if agrees or form.is_valid():
        comment = "" if agrees else form.cleaned_data["comment"]
        try:
            services.answer(
                selectors.last_edition(row), actor=request.user, agrees=agrees, comment=comment, text_hash=read
            )
        except Refused as refused:
            refuse_on(form, refused) if not agrees else messages.error(request, refused.sentence)
        else:
            messages.success(
                request, "Votre accord est noté." if agrees else "Votre demande est transmise aux auteurs."
            )
        if agrees or not form.errors:
            return redirect("protocols:protocol", row.pk)
    return protocol_page(request, row, form, 422)


@access(*ASSOCIATION_ROLES, writes=True)
def opinion(request: HttpRequest, protocol_id: int) -> HttpResponse:
    """The opinion of the association."""
    row = selectors.protocol_seen(request.user, protocol_id)
    told = (
        Edition.objects.visible_to(request.user).filter(protocol=row, told_at__isnull=False).select_related("protocol")
    )
    edition = told.prefetch_related("parts").order_by("-id").first()
    if edition is None or not can(request.user, "protocols.give_opinion", edition).allowed:
        raise Http404
    form = OpinionForm(request.POST or None)
    if request.method != "POST":
        return redirect("protocols:protocol", row.pk)
    if form.is_valid():
        try:
            services.give_opinion(edition, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "Votre avis est donné : l'équipe en est prévenue.")
            return redirect("protocols:protocol", row.pk)
    return told_page(request, row, edition, form, 422)
