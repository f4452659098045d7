"""Asking for an account, and the answer of the platform's administration."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_client_ip_address
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from equipage.foundation.access import PUBLIC, access
from equipage.foundation.listing import listing_view
from equipage.foundation.refusals import Refused, refuse_on
from equipage.people import selectors, services
from equipage.people.forms import AccountRequestForm, DeclineForm, OccupationForm, occupation_of
from equipage.people.lists import AccountRequestListing
from equipage.people.models import AccountRequest
from equipage.people.roles import Role
from equipage.people.views.platform import warn_of

account_requests = access(Role.PLATFORM_ADMIN)(listing_view(AccountRequestListing))


@access(PUBLIC, writes=True)
@never_cache
def ask_account(request: HttpRequest) -> HttpResponse:
    """A professional whom nobody invited asks for an account; the answer never says what is known of them."""
    form = AccountRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_account(network_address=str(get_client_ip_address(request)), **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            warn_of(request, form)
            return render(request, "people/account_asked.html", {"email": form.cleaned_data["email"]})
    status = 422 if request.method == "POST" else 200
    return render(request, "people/ask_account.html", {"form": form}, status=status)


@access(Role.PLATFORM_ADMIN, writes=True)
def account_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request: what was said, what does not agree with it; a POST accepts it."""
    row = get_object_or_404(_seen(request), pk=request_id)
    form = OccupationForm(request.POST or None, initial=occupation_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            user = services.accept_request(actor=request.user, request=row, practitioner=form.practitioner(row.rpps))
        except Refused as refused:
            refuse_on(form, refused)
        else:
            warn_of(request, form)
            messages.success(request, f"Le compte de {user.full_name} est ouvert : son lien lui est envoyé.")
            return redirect("people:account_requests")
    status = 422 if request.method == "POST" else 200
    context = {"row": row, "form": form, "doubts": selectors.doubts_of(row), "facts": selectors.facts_of(row)}
    return render(request, "people/account_request.html", context, status=status)


@access(Role.PLATFORM_ADMIN, writes=True)
def decline_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """Decline a request, with a reason that is mailed."""
    row = get_object_or_404(_seen(request), pk=request_id)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.decline_request(actor=request.user, request=row, reason=form.cleaned_data["reason"])
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, f"La demande de {row.full_name} est déclinée : le motif lui est envoyé.")
            return redirect("people:account_requests")
    context = {
        "heading": f"Décliner la demande de {row.full_name}",
        "sentence": "La personne reçoit votre motif par e-mail, et peut faire une autre demande.",
        "consequences": [],
        "form": form,
        "button": "Décliner et envoyer le motif",
        "tone": "stop",
        "cancel_url": reverse("people:account_request", args=[row.pk]),
    }
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)


def _seen(request: HttpRequest) -> Any:
    return AccountRequest.objects.visible_to(request.user).select_related("commune", "user", "decided_by")
