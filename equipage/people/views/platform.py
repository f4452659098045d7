"""The platform administrator: accounts, the roles they hold, the organisations they work for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from equipage.foundation.access import access
from equipage.foundation.fields import warnings_of
from equipage.foundation.listing import listing_view
from equipage.foundation.refusals import Refused, refuse_on
from equipage.people import services
from equipage.people.forms import NewAccountForm, OrganisationForm, PractitionerForm, RoleEndForm, RoleForm
from equipage.people.lists import AccountListing, OrganisationListing
from equipage.people.models import Organisation, RoleAssignment, User
from equipage.people.roles import Role

accounts = access(Role.PLATFORM_ADMIN)(listing_view(AccountListing))
organisations = access(Role.PLATFORM_ADMIN)(listing_view(OrganisationListing))


def warn_of(request: HttpRequest, form: Any) -> None:
    """What is accepted and should be confirmed: an unusual key, a former commune."""
    for sentence in warnings_of(form).values():
        messages.warning(request, sentence)


@access(Role.PLATFORM_ADMIN, writes=True)
def new_account(request: HttpRequest) -> HttpResponse:
    """Open an account; its owner receives a link to choose a password."""
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.open_account(actor=request.user, **form.values())
        except Refused as refused:
            refuse_on(form, refused)
        else:
            warn_of(request, form)
            messages.success(request, f"Le compte de {user.full_name} est ouvert : un message lui est envoyé.")
            return redirect("people:account_of", user.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "people/new_account.html", {"form": form}, status=status)


@access(Role.PLATFORM_ADMIN, writes=True)
def account_of(request: HttpRequest, user_id: int) -> HttpResponse:
    """One account and its roles; a POST gives a role."""
    person = get_object_or_404(User.objects.visible_to(request.user), pk=user_id)
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            given = services.give_role(actor=request.user, user=person, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, f"{person.full_name} : fonction donnée dans {given.organisation}.")
            return redirect("people:account_of", person.pk)
    held = person.role_assignments.select_related("organisation").order_by("-valid_from", "-id")
    status = 422 if request.method == "POST" else 200
    context = {
        "person": person,
        "form": form,
        "held": held,
        "self": person.pk == request.user.pk,
        "professional": person.professional_or_none,
    }
    return render(request, "people/account_of.html", context, status=status)


@access(Role.PLATFORM_ADMIN, writes=True)
def attach_professional(request: HttpRequest, user_id: int) -> HttpResponse:
    """Put a professional (RPPS) behind an account that exists."""
    person = get_object_or_404(User.objects.visible_to(request.user), pk=user_id)
    form = PractitionerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        practitioner = form.practitioner(form.cleaned_data["rpps"])
        try:
            services.attach_professional(actor=request.user, user=person, practitioner=practitioner)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            warn_of(request, form)
            messages.success(request, f"Le numéro RPPS est rattaché au compte de {person.full_name}.")
            return redirect("people:account_of", person.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "people/attach_professional.html", {"form": form, "person": person}, status=status)


@access(Role.PLATFORM_ADMIN, writes=True)
def end_role(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Say when a role ends."""
    row = get_object_or_404(
        RoleAssignment.objects.visible_to(request.user).select_related("user", "organisation"), pk=assignment_id
    )
    form = RoleEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.end_role(actor=request.user, assignment=row, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, "La fin de la fonction est enregistrée.")
            return redirect("people:account_of", row.user_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "people/end_role.html", {"form": form, "row": row}, status=status)


@access(Role.PLATFORM_ADMIN, writes=True)
def account_door(request: HttpRequest, user_id: int) -> HttpResponse:
    """Close an account, with a reason, or open it again; or mail the password link again."""
    person = get_object_or_404(User.objects.visible_to(request.user), pk=user_id)
    if request.method == "POST":
        try:
            messages.success(request, _turn(request, person))
        except Refused as refused:
            messages.error(request, refused.sentence)
    return redirect("people:account_of", person.pk)


def _turn(request: HttpRequest, person: User) -> str:
    match request.POST.get("geste", ""):
        case "fermer":
            services.close_account(actor=request.user, user=person, reason=request.POST.get("motif", ""))
            return "Le compte est fermé : cette personne ne peut plus se connecter."
        case "rouvrir":
            services.reopen_account(actor=request.user, user=person)
            return "Le compte est rouvert."
        case "lien":
            services.send_password_link(person, first=not person.has_usable_password())
            return "Le lien pour choisir un mot de passe est envoyé."
    raise Refused("Choisissez une des actions proposées.")


@access(Role.PLATFORM_ADMIN, writes=True)
def organisation(request: HttpRequest, organisation_id: int | None = None) -> HttpResponse:
    """Add an organisation, or change one."""
    row = None
    if organisation_id is not None:
        row = get_object_or_404(Organisation.objects.visible_to(request.user), pk=organisation_id)
    form = OrganisationForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        services.save_organisation(actor=request.user, organisation=form.save(commit=False))
        messages.success(request, "L'organisation est enregistrée.")
        return redirect("people:organisations")
    status = 422 if request.method == "POST" else 200
    return render(request, "people/organisation.html", {"form": form, "row": row}, status=status)
