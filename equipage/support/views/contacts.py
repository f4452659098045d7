"""From a commune to the people who help; and a way to say that a contact is wrong."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_client_ip_address
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from equipage.foundation.access import PUBLIC, access
from equipage.foundation.fields import warnings_of
from equipage.foundation.refusals import Refused, refuse_on
from equipage.support import selectors, services
from equipage.support.forms import ContactsForm, ReportForm
from equipage.support.models import Desk
from equipage.support.rules import form_label
from equipage.support.views.common import PROMISE, places


@access(PUBLIC)
def contacts(request: HttpRequest) -> HttpResponse:
    """The contacts of a commune, best first; without a commune, all of them by place."""
    form = ContactsForm(request.GET) if request.GET else ContactsForm()
    context: dict[str, Any] = {"form": form, "commune": None, "places": [], "promise": PROMISE, "warnings": []}
    if form.is_bound and not form.is_valid():
        context |= {"places": places(request, form, "support:contacts"), "groups": [], "found": False}
        return render(request, "support/contacts.html", context, status=422)
    asked = form.cleaned_data if form.is_bound else {}
    commune, code = asked.get("commune"), asked.get("forme", "")
    if commune is not None:
        context["warnings"] = list(warnings_of(form).values())
        # Shown again as « Nom (département) », whatever was typed.
        context["form"] = ContactsForm(initial={"commune": commune, "forme": code})
        desks = selectors.desks_for(commune=commune, form=code)
        context |= {"commune": commune, "groups": [("", desks)] if desks else []}
    else:
        context["groups"] = selectors.directory(code)
    context |= {"found": bool(context["groups"]), "code": code, "form_label": form_label(code)}
    return render(request, "support/contacts.html", context)


@access(PUBLIC, writes=True)
@never_cache
def report_desk(request: HttpRequest, desk_key: str) -> HttpResponse:
    """Say what is wrong with a contact; protected from robots without a third party."""
    desk = get_object_or_404(Desk.objects.select_related("region", "department"), key=desk_key)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.report_desk(network_address=str(get_client_ip_address(request)), desk=desk, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            return render(request, "support/reported.html", {"desk": desk, "email": form.cleaned_data["email"]})
    status = 422 if request.method == "POST" else 200
    return render(request, "support/report_desk.html", {"desk": desk, "form": form}, status=status)
