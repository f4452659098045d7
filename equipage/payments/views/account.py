"""The account an association pays from."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from equipage.foundation.access import access
from equipage.foundation.fields import warnings_of
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.funding.desk import association_of, money_tabs, posted
from equipage.payments.forms.runs import AccountForm
from equipage.payments.models import AssociationAccount
from equipage.payments.services import account as verbs
from equipage.people.roles import ASSOCIATION_ROLES


@access(*ASSOCIATION_ROLES, writes=True)
def account(request: HttpRequest) -> HttpResponse:
    """The account the association pays from; only its administration changes it."""
    organisation = association_of(request)
    known = AssociationAccount.objects.filter(organisation=organisation).select_related("given_by").first()
    decision = can(request.user, "payments.give_account", organisation)
    initial = {"holder": organisation.name[:70], "file_version": AssociationAccount().file_version}
    if known:
        initial = {"holder": known.holder, "file_version": known.file_version}
    form = AccountForm(posted(request), initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                verbs.give_account(actor=request.user, organisation=organisation, **form.cleaned_data)
            except Refused as refused:
                refuse_on(form, refused)
            else:
                for warning in warnings_of(form).values():
                    messages.warning(request, warning)
                messages.success(request, "Le compte de l'association est enregistré.")
                return redirect("payments:account")
    context = {"known": known, "form": form, "decision": decision, "tabs": money_tabs(request.path)}
    return render(request, "payments/account.html", context, status=status)
