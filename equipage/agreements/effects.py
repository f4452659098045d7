"""What follows, for conventions, from what happens to teams and members; and who is told of a signature."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.agreements.models import Convention
from equipage.agreements.services.drawing import draw_up, draw_up_for_team
from equipage.agreements.services.ending import follow_closing, follow_departure
from equipage.agreements.states import CONVENTION
from equipage.foundation.periods import today
from equipage.foundation.workflow import Happened
from equipage.messaging.services import notify
from equipage.people.models import RoleAssignment
from equipage.people.roles import Role
from equipage.teams.states import MEMBERSHIP, TEAM


@TEAM.effect("recognise")
def draw_up_conventions(happened: Happened) -> None:
    for convention in draw_up_for_team(happened.obj, actor=happened.actor):
        _ask_to_sign(convention)


@MEMBERSHIP.effect("accept", "vouch")
def draw_up_for_new_member(happened: Happened) -> None:
    convention = draw_up(happened.obj, actor=happened.actor)
    if convention is not None:
        _ask_to_sign(convention)


@MEMBERSHIP.effect("leave")
def stop_with_departure(happened: Happened) -> None:
    follow_departure(happened.obj, actor=happened.actor, reason=f"Départ de l'équipe : {happened.comment}")


@TEAM.effect("close")
def stop_with_team(happened: Happened) -> None:
    follow_closing(happened.obj, actor=happened.actor)


def _ask_to_sign(convention: Convention) -> None:
    user = convention.professional.user
    if user is None:
        return
    notify(
        user,
        "agreements.to_sign",
        "Votre convention est prête à signer",
        f"L'équipe {convention.team.name} est reconnue. Signez votre convention avec {convention.organisation.name} : "
        "sans elle, rien ne peut vous être versé.\n\nLa lecture et la signature prennent deux minutes.",
        _page(convention),
        urgent=True,
        key=f"to_sign:{convention.pk}",
    )


@CONVENTION.effect("sign")
def tell_association(happened: Happened) -> None:
    convention = happened.obj
    holders = RoleAssignment.objects.in_force(today()).filter(
        organisation=convention.organisation, role=Role.ASSOCIATION_ADMIN
    )
    for assignment in holders.select_related("user"):
        notify(
            assignment.user,
            "agreements.signed",
            "Une convention attend votre signature",
            f"{convention.professional.formal_name} a signé sa convention pour {convention.team.name}.",
            reverse("agreements:to_countersign"),
            key=f"signed:{convention.pk}:{assignment.user_id}",
        )


@CONVENTION.effect("countersign")
def tell_professional(happened: Happened) -> None:
    convention = happened.obj
    if convention.professional.user is not None:
        notify(
            convention.professional.user,
            "agreements.active",
            "Votre convention est en vigueur",
            f"{convention.organisation.name} a signé à son tour. Vos actions avec {convention.team.name} peuvent être "
            "indemnisées ; vérifiez que vos coordonnées bancaires sont données.",
            _page(convention),
            key=f"active:{convention.pk}",
        )


def _page(convention: Any) -> str:
    return reverse("agreements:convention", args=[convention.pk])
