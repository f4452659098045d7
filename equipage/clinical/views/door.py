"""The door of the vault: it is really you."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from equipage.clinical.forms import PasswordForm
from equipage.clinical.views import common
from equipage.foundation.access import access
from equipage.people.roles import PROFESSIONAL

_WRONG = "Ce n’est pas votre mot de passe. Réessayez, ou choisissez-en un nouveau depuis « Mon compte »."


@access(PROFESSIONAL, writes=True)
@never_cache
@sensitive_post_parameters()
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the password again; the personas of a demonstration, who have none, confirm with a click."""
    user: Any = request.user
    click = settings.DEMO and not user.has_usable_password()
    form = None if click else PasswordForm(request.POST or None)
    if request.method == "POST" and (form is None or (form.is_valid() and _right(request, form))):
        common.confirm(request)
        return redirect(_going(request))
    context = {
        "form": form,
        "next": _going(request),
        "minutes": settings.ENVIRONMENT.clinical_confirm_minutes,
    }
    return render(request, "clinical/confirm.html", context, status=common.status_of(request))


def _right(request: HttpRequest, form: Any) -> bool:
    """Wrong passwords are counted as those of the sign-in page."""
    user: Any = request.user
    found = authenticate(request, username=user.email, password=form.cleaned_data["password"])
    if found is None or found.pk != user.pk:
        form.add_error("password", _WRONG)
        return False
    return True


def _going(request: HttpRequest) -> str:
    """Back to the page of the vault that was asked for; a page elsewhere is not ours to send to."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    inside = wanted.startswith(reverse("clinical:confirm").removesuffix("confirmer/"))
    return wanted if inside and url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else reverse("teams:mine")
