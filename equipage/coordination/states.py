"""The workflows of a coordinated action and of each person's presence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from equipage.foundation.workflow import Actor, State, Transition, Workflow
from equipage.teams.actors import LEAD, OFFICER, SELF, is_member


def enough_voices(action: Any, actor: Any) -> Sequence[str]:
    """Presence is proved by convergence: as many confirmed voices as the rule of that kind of action asks."""
    return action.missing_voices()


def is_declarer(user: Any, action: Any) -> bool:
    return bool(action.declared_by_id == getattr(user, "pk", None)) and is_member(user, action)


def not_own_action(action: Any, actor: Any) -> Sequence[str]:
    """Who declares does not validate."""
    if action.declared_by_id == actor.pk or action.presences.filter(professional__user=actor).exists():
        return ("Vous avez pris part à cette action : une autre personne de l'association la valide.",)
    return ()


DECLARER = Actor("la personne qui a déclaré l'action", is_declarer)

ACTION = Workflow(
    "coordination.action",
    title="Action coordonnée",
    initial="declared",
    texts=("return_reason", "cancel_reason"),
    states=[
        State("declared", "Déclarée", tone="wait", waits_for="association"),
        State("returned", "À corriger", tone="wait", waits_for="team", required=("return_reason",)),
        State("validated", "Validée", tone="ok", required=("validated_at", "validated_by"), final=True),
        State("cancelled", "Retirée", tone="quiet", required=("cancel_reason",), final=True),
    ],
    transitions=[
        Transition(
            "validate",
            ("declared",),
            "validated",
            "Valider",
            OFFICER,
            guards=(not_own_action, enough_voices),
            sets={
                "validated_at": lambda action, actor: timezone.now(),
                "validated_by": lambda action, actor: actor,
            },
            done="L'action est validée.",
        ),
        Transition(
            "return_it",
            ("declared",),
            "returned",
            "Renvoyer à corriger",
            OFFICER,
            guards=(not_own_action,),
            needs_comment=True,
            inputs=("return_reason",),
            tone="quiet",
            comment_label="Ce qu'il faut corriger",
            done="L'action est renvoyée avec votre explication.",
        ),
        Transition(
            "declare_again",
            ("returned",),
            "declared",
            "Renvoyer sans rien changer",
            DECLARER | LEAD,
            clears=("return_reason",),
            tone="quiet",
            done="L'action corrigée est repartie vers l'association.",
        ),
        Transition(
            "cancel",
            ("declared", "returned"),
            "cancelled",
            "Retirer la déclaration",
            DECLARER | LEAD | OFFICER,
            needs_comment=True,
            inputs=("cancel_reason",),
            tone="danger",
            done="La déclaration est retirée. Rien ne sera payé pour cette action.",
        ),
    ],
)


def action_open(presence: Any, actor: Any) -> Sequence[str]:
    opened = presence.action.state in ("declared", "returned")
    return () if opened else ("L'action est déjà validée ou retirée : parlez-en à l'association.",)


PRESENCE = Workflow(
    "coordination.presence",
    title="Présence",
    initial="expected",
    states=[
        State("expected", "À confirmer", tone="wait", waits_for="member", empty=("answered_at",)),
        State("confirmed", "J'y étais", tone="ok", required=("answered_at",)),
        State("denied", "Absent", tone="quiet", required=("answered_at",)),
    ],
    transitions=[
        Transition(
            "confirm",
            ("expected", "denied"),
            "confirmed",
            "J'y étais",
            SELF,
            guards=(action_open,),
            sets={"answered_at": lambda presence, actor: timezone.now()},
            done="Merci, votre présence est confirmée.",
        ),
        Transition(
            "deny",
            ("expected", "confirmed"),
            "denied",
            "Je n'y étais pas",
            SELF,
            guards=(action_open,),
            sets={"answered_at": lambda presence, actor: timezone.now()},
            tone="quiet",
            done="C'est noté : rien ne sera compté pour vous.",
        ),
    ],
)
