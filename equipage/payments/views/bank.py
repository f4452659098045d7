"""Pages of bank details: the person gives them, the administration of the association confirms them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.foundation.access import SIGNED_IN, access
from equipage.foundation.fields import warnings_of
from equipage.foundation.listing import listing_view
from equipage.foundation.refusals import Refused, refuse_on
from equipage.foundation.workflow import available
from equipage.payments.death_page import beside_person
from equipage.payments.forms.bank import BankForm, RefuseForm
from equipage.payments.lists import BankListing
from equipage.payments.models import BankDetails
from equipage.payments.panels import home_of_money
from equipage.payments.selectors.bank import bank_name, holder_differs, payable_account, same_account, standings
from equipage.payments.services import bank
from equipage.payments.states import BANK_DETAILS
from equipage.people.roles import PROFESSIONAL, Role

bank_list = access(Role.ASSOCIATION_ADMIN)(listing_view(BankListing))


@access(PROFESSIONAL)
def mine(request: HttpRequest) -> HttpResponse:
    """Where my money goes, and what waits."""
    user: Any = request.user
    return render(
        request, "payments/bank.html", {"standings": standings(user.professional_or_none), "mine_url": home_of_money()}
    )


@access(PROFESSIONAL, writes=True)
def give(request: HttpRequest) -> HttpResponse:
    """Give an account, or another one."""
    person: Any = request.user.professional_or_none  # type: ignore[union-attr]
    organisations = [one.organisation for one in standings(person)]
    if not organisations:
        return redirect("payments:bank")
    form = BankForm(request.POST or None, organisations=organisations, initial={"holder": person.full_name})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        chosen = given.get("organisation", organisations[0].pk)
        try:
            bank.propose(
                actor=request.user,
                professional=person,
                organisation=next(row for row in organisations if row.pk == chosen),
                holder=given["holder"],
                iban=given["iban"],
            )
        except Refused as refused:
            refuse_on(form, refused)
        else:
            for warning in warnings_of(form).values():
                messages.warning(request, warning)
            messages.success(
                request, "C'est noté. L'association confirme votre compte, puis les versements y arrivent."
            )
            return redirect("payments:bank")
    return render(request, "payments/bank_form.html", {"form": form}, status=422 if form.errors else 200)


def _seen(request: HttpRequest, details_id: int) -> BankDetails:
    rows = BankDetails.objects.visible_to(request.user).select_related("professional", "organisation", "confirmed_by")
    found: BankDetails = get_object_or_404(rows, pk=details_id)
    return found


@access(SIGNED_IN)
def details(request: HttpRequest, details_id: int) -> HttpResponse:
    """What the administration looks at before it confirms; the person is sent to their own page."""
    row = _seen(request, details_id)
    user: Any = request.user
    person = user.professional_or_none
    if person is not None and person.pk == row.professional_id:
        return redirect("payments:bank")
    in_use = payable_account(row.professional_id, row.organisation_id)
    context = {
        "row": row,
        "state": BANK_DETAILS.states[row.state],
        "bank_name": bank_name(row),
        "foreign": row.iban[:2] not in ("FR", "MC"),
        "differs": holder_differs(row),
        "twins": same_account(row) if row.state in ("proposed", "confirmed") else [],
        "in_use": in_use if in_use != row else None,
        "moves": available(BANK_DETAILS, row, user),
        "base": reverse("payments:bank_details", args=[row.pk]),
        **beside_person(row.professional, row.organisation, user),
    }
    return render(request, "payments/bank_details.html", context)


@access(Role.ASSOCIATION_ADMIN, writes=True)
def move(request: HttpRequest, details_id: int, move: str) -> HttpResponse:
    """Confirm at once, or refuse with a sentence."""
    row = _seen(request, details_id)
    if move == "refuse":
        return _refuse(request, row)
    if move != "confirm" or request.method != "POST":
        raise Http404
    try:
        bank.confirm(row, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        of_estate = "Le compte de la succession est confirmé : la prochaine campagne y verse ce qui est dû."
        messages.success(request, of_estate if row.death_id else BANK_DETAILS.transitions[move].done)
    return redirect("payments:bank_details", row.pk)


_TOLD_REFUSAL = (
    "C'est noté sur la page du décès de {} : un autre compte peut y être donné.",
    "{} est prévenu et peut donner un autre compte.",
)


def _refuse(request: HttpRequest, row: BankDetails) -> HttpResponse:
    form = RefuseForm(request.POST or None)
    back = reverse("payments:bank_details", args=[row.pk])
    if request.method == "POST" and form.is_valid():
        try:
            bank.refuse(row, actor=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            refuse_on(form, refused)
        else:
            messages.success(request, _TOLD_REFUSAL[0 if row.death_id else 1].format(row.professional.full_name))
            return redirect(back)
    context = {
        "heading": "Demander une correction",
        "sentence": f"Compte {row.iban_masked} de {row.professional.full_name}.",
        "consequences": [
            "La chargée ou le chargé de mission lit votre phrase." if row.death_id else "La personne lit votre phrase.",
            "Le compte déjà confirmé, s'il y en a un, reste utilisé.",
        ],
        "form": form,
        "button": "Demander la correction",
        "tone": "main",
        "cancel_url": back,
    }
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)
