"""The chart of accounts: its accounts, what they hold, the parts they play."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from equipage.books import chart
from equipage.books.forms import AccountForm, RolesForm
from equipage.books.models import Account
from equipage.books.selectors import chart_of
from equipage.foundation.access import access
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused, refuse_on
from equipage.funding.desk import association_of, money_tabs, posted
from equipage.people.roles import ASSOCIATION_ROLES, Role


@access(*ASSOCIATION_ROLES)
def accounts(request: HttpRequest) -> HttpResponse:
    """The chart: each account, whether entries use it, the parts it plays."""
    organisation = association_of(request)
    context = {
        "lines": chart_of(organisation),
        "decision": can(request.user, "books.keep_chart", organisation),
        "tabs": money_tabs(request.path),
    }
    return render(request, "books/accounts.html", context)


@access(Role.ASSOCIATION_TREASURER, writes=True)
def new_account(request: HttpRequest) -> HttpResponse:
    """Add an account."""
    organisation = association_of(request)
    form = AccountForm(posted(request))

    def save() -> str:
        made = chart.add_account(organisation=organisation, actor=request.user, **form.cleaned_data)
        return f"Le compte {made.code} est au plan."

    return _answer(request, form, save, {"account": None})


@access(Role.ASSOCIATION_TREASURER, writes=True)
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Rename an account, or number it otherwise while no entry uses it."""
    rows = Account.objects.visible_to(request.user).select_related("organisation")
    row = get_object_or_404(rows, pk=account_id)
    form = AccountForm(posted(request), initial={"code": row.code, "label": row.label})

    def save() -> str:
        made = chart.edit_account(row, actor=request.user, **form.cleaned_data)
        return f"Le compte {made.code} est enregistré."

    return _answer(request, form, save, {"account": row, "used": chart.is_used(row)})


@access(Role.ASSOCIATION_TREASURER, writes=True)
def roles(request: HttpRequest) -> HttpResponse:
    """Say which account plays which part."""
    organisation = association_of(request)
    lines = chart_of(organisation)
    played = {role: line.account for line in lines for role in line.roles}
    form = RolesForm(posted(request), accounts=[line.account for line in lines], played=played)

    def save() -> str:
        changed = chart.map_roles(organisation=organisation, chosen=form.chosen(), actor=request.user)
        return "Les prochaines écritures suivent ces comptes." if changed else "Rien n'a changé."

    return _answer(request, form, save, {"account": None, "roles": True, "lines": lines})


def _answer(request: HttpRequest, form: Any, save: Any, context: dict[str, Any]) -> HttpResponse:
    """The form of a page of the chart: saved, or shown again with what to mend."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                messages.success(request, save())
                return redirect("books:accounts")
            except Refused as refused:
                refuse_on(form, refused)
    context = {"roles": False, "used": False, "lines": [], **context, "form": form, "back": reverse("books:accounts")}
    return render(request, "books/account_form.html", context, status=status)
