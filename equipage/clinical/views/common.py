"""What every page of the vault does before it opens, and how it reads."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from equipage.clinical.models import Note, Patient, Plan
from equipage.clinical.services.common import Changed
from equipage.foundation import refusals
from equipage.foundation.access import access
from equipage.foundation.crypto import Unreadable
from equipage.foundation.refusals import Refused
from equipage.people.roles import PROFESSIONAL

logger = logging.getLogger(__name__)
CONFIRMED = "vault_confirmed_at"
# Somebody who began to write may finish after the window: what was typed is not lost to a password.
_MOST_WRITING = 4 * 3600
_RENEW = 60


def vault_page(*, writes: bool = False) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page of the vault: professionals only, password confirmed lately, never cached, a key that fails is said."""

    def declare(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not _confirmed(request):
                return redirect(f"{reverse('clinical:confirm')}?{urlencode({'next': _came_from(request)})}")
            try:
                return view(request, *args, **kwargs)
            except Unreadable:
                # The message names a column and a key, never a content.
                logger.exception("The vault does not open")
                return render(request, "clinical/unreadable.html", status=500)

        return access(PROFESSIONAL, writes=writes)(never_cache(sensitive_post_parameters()(guarded)))

    return declare


def confirm(request: HttpRequest) -> None:
    """The password was given just now."""
    request.session[CONFIRMED] = int(time.time())


def _confirmed(request: HttpRequest) -> bool:
    """Was the password given lately? Each page renews it; a form may be sent longer after it was opened."""
    since = int(time.time()) - int(request.session.get(CONFIRMED, 0))
    window = settings.ENVIRONMENT.clinical_confirm_minutes * 60
    if request.method == "POST":
        return since <= max(window, _MOST_WRITING)
    if since <= window and since > _RENEW:
        confirm(request)
    return since <= window


def _came_from(request: HttpRequest) -> str:
    return request.get_full_path() if request.method != "POST" else request.path


def patient_seen(request: HttpRequest, patient_id: str) -> Patient:
    """The file, for those who see it; else 404."""
    rows = Patient.objects.visible_to(request.user).select_related("key")
    found: Patient = get_object_or_404(rows, pk=patient_id)
    return found


def plan_seen(request: HttpRequest, plan_id: str) -> Plan:
    """The plan with its file, for those who see it; else 404."""
    rows = Plan.objects.visible_to(request.user).select_related("patient__key")
    found: Plan = get_object_or_404(rows, pk=plan_id)
    return found


def note_seen(request: HttpRequest, note_id: str) -> Note:
    """The minutes with their file, for those who see them; else 404."""
    rows = Note.objects.visible_to(request.user).select_related("patient__key")
    found: Note = get_object_or_404(rows, pk=note_id)
    return found


def refuse_on(form: Any, refused: Refused) -> dict[str, str]:
    """Put each sentence beside its field, or on top; what a colleague wrote meanwhile, to show."""
    refusals.refuse_on(form, refused)
    if isinstance(refused, Changed):
        form.based_again(refused.count)
        return refused.theirs
    return {}


def status_of(request: HttpRequest) -> int:
    """A form sent and shown again is 422."""
    return 422 if request.method == "POST" else 200
