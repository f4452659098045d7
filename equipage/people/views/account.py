"""My account: who I am here, and what I say of myself as a professional."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.fields import warnings_of
from equipage.foundation.identifiers import format_siret
from equipage.people import selectors, services
from equipage.people.forms import ProfileForm
from equipage.people.roles import PROFESSIONAL


@access(SIGNED_IN)
def account(request: HttpRequest) -> HttpResponse:
    """My address, my roles and since when, my particulars."""
    user: Any = request.user
    links = [(link, reverse(link.url_name)) for link in selectors.account_links(user)]
    context = {"person": user, "professional": user.professional_or_none, "roles": user.assignments, "links": links}
    if user.professional_or_none:
        context["facts"] = _facts(user.professional_or_none)
    return render(request, "people/account.html", context)


def _facts(professional: Any) -> list[Any]:
    secure = {"text": professional.secure_mail}
    if professional.secure_mail_checked_on:
        secure["note"] = f"déclarée le {professional.secure_mail_checked_on:%d/%m/%Y}"
    return [
        ("Profession", professional.profession_label),
        ("Numéro RPPS", professional.rpps),
        ("Adresse e-mail", professional.email),
        ("Téléphone", professional.phone),
        {"term": "Messagerie sécurisée", **secure},
        ("SIRET", format_siret(professional.siret) if professional.siret else ""),
    ]


@access(PROFESSIONAL, writes=True)
def profile(request: HttpRequest) -> HttpResponse:
    """My particulars as a professional: wrong values are explained, what was typed stays."""
    user: Any = request.user
    professional = user.professional_or_none
    if professional is None:
        raise Http404
    form = ProfileForm(request.POST or None, instance=professional)
    if request.method == "POST" and form.is_valid():
        services.update_profile(actor=user, professional=professional, **form.cleaned_data)
        for warning in warnings_of(form).values():
            messages.warning(request, warning)
        messages.success(request, "Vos coordonnées sont enregistrées.")
        return redirect("people:account")
    status = 422 if request.method == "POST" else 200
    return render(request, "people/profile.html", {"form": form, "professional": professional}, status=status)
