"""An invitation, as the invited person meets it: signed in, or by the link of a message."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from equipage.foundation.access import PUBLIC, SIGNED_IN, access
from equipage.foundation.refusals import Refused, refuse_on
from equipage.people.views.signing import BACKEND
from equipage.teams import selectors, services
from equipage.teams.forms import JoinForm
from equipage.teams.models import Membership
from equipage.teams.services.members import LinkHolder


@access(SIGNED_IN)
def invitation(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Who asks me, and why; yes or no in one tap."""
    rows = Membership.objects.visible_to(request.user).select_related("team__commune", "professional", "added_by")
    row = get_object_or_404(rows, pk=membership_id)
    user: Any = request.user
    if user.professional_or_none is None or row.professional_id != user.professional_or_none.pk:
        raise Http404
    return render(request, "teams/invitation.html", _shown(row))


def _shown(row: Membership) -> dict[str, Any]:
    gauge = selectors.gauge_of(row.team)
    others = [line for line in gauge.members if line.membership.pk != row.pk and not line.uncertain]
    return {
        "row": row,
        "team": row.team,
        "others": others,
        "themes": list(row.team.themes.order_by("label", "id")),
        "message": selectors.message_of(row),
    }


@access(PUBLIC, writes=True)
@never_cache
@sensitive_post_parameters()
def invitation_link(request: HttpRequest, token: str) -> HttpResponse:
    """The personal link of somebody without account: open one and accept at once, or decline without any account."""
    try:
        row = services.membership_of_link(token)
    except Refused as refused:
        return render(request, "teams/invitation_over.html", {"sentence": refused.sentence}, status=410)
    if row.professional.user is not None:
        here = reverse("teams:invitation", args=[row.pk])
        return redirect(here if request.user.is_authenticated else f"{reverse('people:login')}?next={here}")
    if row.state in ("declined", "left") or row.team.state == "closed":
        sentence = "Cette invitation n'attend plus de réponse. Vous n'avez rien à faire."
        return render(request, "teams/invitation_over.html", {"sentence": sentence})
    if request.method == "POST" and request.POST.get("reponse") == "non":
        return _decline(request, row)
    form = JoinForm(request.POST or None, known_email=row.professional.email)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.join_by_link(membership=row, **form.cleaned_data)
        except Refused as refused:
            refuse_on(form, refused)
        else:
            login(request, user, backend=BACKEND)
            messages.success(request, f"Bienvenue dans {row.team.name}. Votre compte est ouvert.")
            return redirect("teams:team", row.team_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "teams/invitation_link.html", {**_shown(row), "form": form}, status=status)


def _decline(request: HttpRequest, row: Membership) -> HttpResponse:
    try:
        services.decline(actor=LinkHolder(row.professional), membership=row)
        sentence = "C'est noté, merci d'avoir répondu. L'équipe le sait."
    except Refused as refused:
        sentence = refused.sentence
    return render(request, "teams/invitation_over.html", {"sentence": sentence})
