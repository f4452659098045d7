"""A death: recorded by the association that pays the person, its page, the account of the estate, a mistake."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.foundation.access import access
from equipage.foundation.fields import warnings_of
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.funding.desk import organisations_of, posted
from equipage.payments.death_page import state_of_death
from equipage.payments.forms.bank import BankForm
from equipage.payments.forms.deaths import DeathForm, WithdrawForm
from equipage.payments.selectors.bank import associations_of
from equipage.payments.services import bank
from equipage.people import services as people
from equipage.people.models import Death, Professional
from equipage.people.roles import ASSOCIATION_ROLES, Role
from equipage.people.selectors import standing_death

REPORTERS = (Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_ADMIN)


def _paid(request: HttpRequest, professional_id: int) -> tuple[Professional, Any]:
    """The person, and the association of this reader that pays them; 404 for anybody else, and about oneself."""
    person = get_object_or_404(Professional.objects.visible_to(request.user), pk=professional_id)
    payers = associations_of(person)
    found = next((one for one in organisations_of(request.user) if one in payers), None)
    if found is None or person.user_id == request.user.pk:
        raise Http404
    return person, found


def _standing(person: Professional) -> Death:
    death = standing_death(person)
    if death is None:
        raise Http404
    return death


def _confirm(request: HttpRequest, **context: Any) -> HttpResponse:
    given = {"consequences": [], "tone": "main", **context}
    return render(request, "web/confirm.html", given, status=422 if request.method == "POST" else 200)


@access(*ASSOCIATION_ROLES)
def death(request: HttpRequest, professional_id: int) -> HttpResponse:
    """Since when, by whom, what is owed and waits, what is left to do."""
    person, organisation = _paid(request, professional_id)
    context = state_of_death(_standing(person), organisation, request.user)
    return render(request, "payments/death.html", {"organisation": organisation, **context})


@access(*REPORTERS, writes=True)
def record(request: HttpRequest, professional_id: int) -> HttpResponse:
    """Record a death, and read what follows before doing so."""
    person, organisation = _paid(request, professional_id)
    if standing_death(person) is not None:
        return redirect("payments:death", person.pk)
    if not can(request.user, "people.record_death", organisation).allowed:
        raise Http404
    form = DeathForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            people.record_death(actor=request.user, professional=person, organisation=organisation, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "C'est noté. Plus rien ne part de soi-même ; ce qui est dû attend ici.")
            return redirect("payments:death", person.pk)
    return _confirm(
        request,
        heading=f"Signaler le décès de {person.full_name}",
        sentence="Prenez le temps de vous en assurer, avec égards, auprès de l'équipe ou du notaire.",
        consequences=[
            "Plus aucun message ne part vers ses adresses, et son compte est fermé.",
            "Ce qui est dû le reste : les versements attendent le compte de la succession.",
            "Rien n'est annoncé à l'équipe : la nouvelle se dit de vive voix.",
            "Une erreur se répare : l'administration de l'association retire le signalement.",
        ],
        form=form,
        button="Signaler le décès",
        cancel_url=reverse("payments:runs"),
    )


@access(Role.ASSOCIATION_OFFICER, writes=True)
def estate_account(request: HttpRequest, professional_id: int) -> HttpResponse:
    """Give the account of the estate; the administration confirms it as any other."""
    person, organisation = _paid(request, professional_id)
    _standing(person)
    back = reverse("payments:death", args=[person.pk])
    holder = f"Succession de {person.full_name}"[:70]
    form = BankForm(posted(request), organisations=[organisation], initial={"holder": holder})
    if request.method == "POST" and form.is_valid():
        try:
            bank.propose(actor=request.user, professional=person, organisation=organisation, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            for warning in warnings_of(form).values():
                messages.warning(request, warning)
            messages.success(
                request, "C'est noté. L'administration confirme ce compte, puis ce qui est dû y est versé."
            )
            return redirect(back)
    return _confirm(
        request,
        heading="Donner le compte de la succession",
        sentence=f"Ce qui est dû à {person.full_name} y sera versé. Le notaire ou la famille vous en donne le RIB.",
        consequences=[
            "L'administration de l'association le confirme ; rien n'est versé avant.",
            "Personne n'est prévenu.",
        ],
        form=form,
        button="Envoyer à l'administration",
        cancel_url=back,
    )


@access(Role.ASSOCIATION_ADMIN, writes=True)
def withdraw(request: HttpRequest, professional_id: int) -> HttpResponse:
    """It was a mistake."""
    person, _ = _paid(request, professional_id)
    row = _standing(person)
    if not can(request.user, "people.withdraw_death", row.organisation).allowed:
        raise Http404
    form = WithdrawForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            people.withdraw_death(row, actor=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, f"Le signalement est retiré. Prévenez {person.full_name} de ce qui s'est passé.")
            return redirect("payments:runs")
    return _confirm(
        request,
        heading=f"Retirer le signalement du décès de {person.full_name}",
        sentence="Seulement si c'était une erreur.",
        consequences=[
            *(["Son compte est rouvert."] if row.closed_account else []),
            "Les messages et les versements reprennent.",
            "Le compte bancaire donné pour la succession ne sert plus.",
        ],
        form=form,
        button="Retirer le signalement",
        tone="stop",
        cancel_url=reverse("payments:death", args=[person.pk]),
    )
