"""What follows, for conventions, from what happens to teams and members; and who is told of a signature."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.agreements.models import Convention
from equipage.agreements.services.drawing import draw_up, draw_up_for_team
from equipage.agreements.services.ending import follow_closing, follow_departure
from equipage.agreements.states import CONVENTION
from equipage.foundation.french import day
from equipage.foundation.periods import today
from equipage.foundation.workflow import Happened
from equipage.messaging.services import notify
from equipage.people.models import RoleAssignment
from equipage.people.roles import Role
from equipage.teams.states import MEMBERSHIP, TEAM


@TEAM.effect("recognise")
def draw_up_conventions(happened: Happened) -> None:
    for convention in draw_up_for_team(happened.obj, actor=happened.actor):
        ask_to_sign(convention)


@MEMBERSHIP.effect("accept", "vouch")
def draw_up_for_new_member(happened: Happened) -> None:
    convention = draw_up(happened.obj, actor=happened.actor)
    if convention is not None:
        ask_to_sign(convention)


@MEMBERSHIP.effect("leave")
def stop_with_departure(happened: Happened) -> None:
    follow_departure(happened.obj, actor=happened.actor, reason=f"Départ de l'équipe : {happened.comment}")


@TEAM.effect("close")
def stop_with_team(happened: Happened) -> None:
    follow_closing(happened.obj, actor=happened.actor)


def ask_to_sign(convention: Convention) -> None:
    """Tell a professional that a convention waits; once for each convention."""
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
    for person in _administration(convention):
        notify(
            person,
            "agreements.signed",
            "Une convention attend votre signature",
            f"{convention.professional.formal_name} a signé sa convention pour {convention.team.name}.",
            reverse("agreements:to_countersign"),
            key=f"signed:{convention.pk}:{person.pk}",
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


@CONVENTION.effect("end", "cancel")
def tell_the_other_party(happened: Happened) -> None:
    """Who did not decide is told, with the reason. A departure is told by the team's own notice."""
    convention = happened.obj
    until = (
        f" Elle couvre vos actions jusqu'au {day(convention.valid_to)}, ce jour exclu." if convention.valid_to else ""
    )
    said = (
        f"{happened.actor.full_name} a mis fin à la convention {convention.number}"
        if until
        else (
            f"{happened.actor.full_name} a annulé la convention {convention.number}, qui n'était pas encore en vigueur"
        )
    )
    own = convention.professional.user
    told = [own] if own is not None and own != happened.actor else _administration(convention)
    for person in told:
        notify(
            person,
            f"agreements.{happened.transition.name}",
            f"Convention {convention.number} : {'fin' if until else 'annulation'}",
            f"{said}, pour {convention.team.name}.{until}\n\nMotif : {happened.comment}",
            _page(convention),
            key=f"{happened.transition.name}:{convention.pk}:{person.pk}",
        )


def _administration(convention: Convention) -> list[Any]:
    holders = RoleAssignment.objects.in_force(today()).filter(
        organisation=convention.organisation, role=Role.ASSOCIATION_ADMIN
    )
    return [assignment.user for assignment in holders.select_related("user").order_by("id")]


def _page(convention: Any) -> str:
    return reverse("agreements:convention", args=[convention.pk])
