"""Guests: added by who declared, and their own page, public, without an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from equipage.coordination import services
from equipage.coordination.forms import GuestForm, answered
from equipage.coordination.models import Guest
from equipage.coordination.services.guests import LINK_DAYS, label_of_kind
from equipage.coordination.views.actions import seen
from equipage.foundation.access import PUBLIC, SIGNED_IN, access
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused

_HERE = "coordination/proof/"


@access(SIGNED_IN, writes=True)
def add_guest(request: HttpRequest, action_id: int) -> HttpResponse:
    """Say that somebody of another house was there; they are asked in writing."""
    row = seen(request, action_id)
    if not can(request.user, "coordination.invite_guest", row).allowed:
        raise Http404
    form = GuestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            guest = services.add_guest(row, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            answered(form, refused)
        else:
            messages.success(request, f"{guest.full_name} est ajouté, et va recevoir un lien pour confirmer.")
            return redirect("coordination:action", row.pk)
    context = {"form": form, "action": row, "days": LINK_DAYS}
    return render(request, _HERE + "add_guest.html", context, status=422 if request.method == "POST" else 200)


_MOVES: dict[str, tuple[Callable[..., Any], str]] = {
    "renvoyer": (services.invite_again, "Un nouveau message part à {name}. L'ancien lien ne sert plus."),
    "retirer": (services.withdraw_guest, "{name} n'est plus sur cette action ; son adresse est effacée."),
}


@access(SIGNED_IN, writes=True)
def guest_move(request: HttpRequest, guest_id: int, move: str) -> HttpResponse:
    """Write again, or take off."""
    guest = get_object_or_404(Guest.objects.visible_to(request.user).select_related("action"), pk=guest_id)
    if move not in _MOVES or not can(request.user, "coordination.invite_guest", guest.action).allowed:
        raise Http404
    if request.method == "POST":
        verb, done = _MOVES[move]
        try:
            verb(guest, actor=request.user)
        except Refused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, done.format(name=guest.full_name))
    return redirect("coordination:action", guest.action_id)


@access(PUBLIC, writes=True)
@never_cache
def guest_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a guest: the day, the kind of meeting, the team, who asks; two buttons. Reading it writes nothing."""
    said = request.POST.get("reponse")
    try:
        if request.method == "POST" and said in ("oui", "non"):
            guest = services.answer_by_link(token, was_there=said == "oui")
            return render(request, _HERE + "guest_done.html", {"guest": guest, "sentence": ""})
        guest = services.guest_of_link(token)
    except Refused as refused:
        return render(request, _HERE + "guest_done.html", {"guest": None, "sentence": refused.sentence}, status=410)
    context = {"guest": guest, "action": guest.action, "label": label_of_kind(guest.action)}
    return render(request, _HERE + "guest_link.html", context)
