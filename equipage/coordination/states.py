"""The workflows of an action, of each person's presence, of a question about hours, and of a counter-entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from equipage.coordination.rules import UNDO_GRACE_SECONDS, UNDO_SECONDS, closed_reasons
from equipage.foundation.workflow import Actor, State, Transition, Workflow
from equipage.people.roles import Role
from equipage.teams.actors import LEAD, NOBODY_BY_HAND, OFFICER, SELF, is_member

# The states in which an action may still be corrected.
OPEN = ("declared", "verified", "returned")


def enough_voices(action: Any, actor: Any) -> Sequence[str]:
    """Presence is proved by convergence: as many confirmed voices as the rule of that kind of action asks."""
    return action.missing_voices()


def file_there(action: Any, actor: Any) -> Sequence[str]:
    """A file that a rule of that kind of action asks for; no rule known does."""
    return action.missing_evidence()


def kind_open(action: Any, actor: Any) -> Sequence[str]:
    """What closed the kind of action on its day keeps it from being validated, hence paid."""
    return closed_reasons(action.team, action.kind, action.held_on)


def is_declarer(user: Any, action: Any) -> bool:
    return bool(action.declared_by_id == getattr(user, "pk", None)) and is_member(user, action)


def not_own_action(action: Any, actor: Any) -> Sequence[str]:
    """Who declares does not validate."""
    if action.declared_by_id == actor.pk or action.presences.filter(professional__user=actor).exists():
        return ("Vous avez pris part à cette action : une autre personne de l'association la valide.",)
    return ()


def undo_still_possible(action: Any, actor: Any) -> Sequence[str]:
    """A declaration is taken back at once, before anybody else spoke."""
    limit = action.declared_at + timedelta(seconds=UNDO_SECONDS + UNDO_GRACE_SECONDS)
    if timezone.now() > limit:
        return (f"Les {UNDO_SECONDS} secondes sont passées : corrigez la déclaration, ou retirez-la.",)
    if action.presences.exclude(professional__user=actor).exclude(state="expected").exists():
        return ("Quelqu'un a déjà répondu : corrigez la déclaration, ou retirez-la.",)
    return ()


DECLARER = Actor("la personne qui a déclaré l'action", is_declarer)

ACTION = Workflow(
    "coordination.action",
    title="Action coordonnée",
    initial="declared",
    texts=("return_reason", "cancel_reason", "reverse_reason"),
    states=[
        State("declared", "Déclarée", tone="wait", waits_for="member", empty=("verified_at",)),
        State("verified", "Vérifiée", tone="info", waits_for="association", required=("verified_at",)),
        State(
            "returned",
            "À corriger",
            tone="wait",
            waits_for="team",
            required=("return_reason",),
            empty=("verified_at",),
        ),
        State("validated", "Validée", tone="ok", required=("verified_at", "validated_at", "validated_by")),
        State("cancelled", "Retirée", tone="quiet", required=("cancel_reason",), final=True),
        State(
            "reversed",
            "Contre-passée",
            tone="quiet",
            required=("verified_at", "validated_at", "validated_by", "reverse_reason"),
            final=True,
        ),
    ],
    transitions=[
        Transition(
            "verify",
            ("declared",),
            "verified",
            "Vérifier par les voix",
            NOBODY_BY_HAND,
            guards=(enough_voices,),
            sets={"verified_at": lambda action, actor: timezone.now()},
            hidden=True,
        ),
        Transition(
            "unverify",
            ("verified",),
            "declared",
            "Attendre de nouveau les voix",
            NOBODY_BY_HAND,
            clears=("verified_at",),
            hidden=True,
        ),
        Transition(
            "validate",
            ("declared", "verified"),
            "validated",
            "Valider",
            OFFICER,
            guards=(not_own_action, enough_voices, kind_open, file_there),
            sets={
                "verified_at": lambda action, actor: action.verified_at or timezone.now(),
                "validated_at": lambda action, actor: timezone.now(),
                "validated_by": lambda action, actor: actor,
            },
            done="L'action est validée.",
        ),
        Transition(
            "return_it",
            ("declared", "verified"),
            "returned",
            "Renvoyer à corriger",
            OFFICER,
            guards=(not_own_action,),
            needs_comment=True,
            inputs=("return_reason",),
            clears=("verified_at",),
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
            OPEN,
            "cancelled",
            "Retirer la déclaration",
            DECLARER | LEAD | OFFICER,
            needs_comment=True,
            inputs=("cancel_reason",),
            tone="danger",
            done="La déclaration est retirée. Rien ne sera payé pour cette action.",
        ),
        Transition(
            "undo",
            ("declared", "verified"),
            "cancelled",
            "Annuler",
            DECLARER,
            guards=(undo_still_possible,),
            inputs=("cancel_reason",),
            hidden=True,
            done="C'est annulé : rien n'est déclaré.",
        ),
        Transition(
            "reverse",
            ("validated",),
            "reversed",
            "Contre-passer",
            NOBODY_BY_HAND,
            inputs=("reverse_reason",),
            hidden=True,
        ),
    ],
)


def action_open(presence: Any, actor: Any) -> Sequence[str]:
    opened = presence.action.state in OPEN
    return () if opened else ("L'action est déjà validée ou retirée : parlez-en à l'association.",)


PRESENCE = Workflow(
    "coordination.presence",
    title="Présence",
    initial="expected",
    texts=("means",),
    states=[
        State("expected", "À confirmer", tone="wait", waits_for="member", empty=("answered_at", "means")),
        State("confirmed", "J'y étais", tone="ok", required=("answered_at", "means")),
        State("denied", "Absent", tone="quiet", required=("answered_at",), empty=("means",)),
    ],
    transitions=[
        Transition(
            "confirm",
            ("expected", "denied"),
            "confirmed",
            "J'y étais",
            SELF,
            guards=(action_open,),
            inputs=("means",),
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
            clears=("means",),
            tone="quiet",
            done="C'est noté : rien ne sera compté pour vous.",
        ),
        Transition(
            "ask_again",
            ("confirmed",),
            "expected",
            "Redemander",
            NOBODY_BY_HAND,
            clears=("answered_at", "means"),
            hidden=True,
        ),
    ],
)

GUEST = Workflow(
    "coordination.guest",
    title="Présence d'une personne invitée",
    initial="expected",
    texts=("email",),
    states=[
        State("expected", "À confirmer", tone="wait", waits_for="guest", empty=("answered_at",)),
        # The address served to ask: it is not kept with the answer.
        State("confirmed", "Y était", tone="ok", required=("answered_at",), empty=("email",)),
        State("denied", "Absente", tone="quiet", required=("answered_at",), empty=("email",)),
    ],
    transitions=[
        Transition(
            name,
            ("expected", other),
            target,
            label,
            NOBODY_BY_HAND,
            guards=(action_open,),
            sets={"answered_at": lambda guest, actor: timezone.now()},
            clears=("email",),
            forgets=("email",),
            hidden=True,
        )
        for name, other, target, label in (
            ("confirm", "denied", "confirmed", "J'y étais"),
            ("deny", "confirmed", "denied", "Je n'y étais pas"),
        )
    ],
)


def _officer_of_either(user: Any, row: Any) -> bool:
    regions = user.regions_for(Role.ASSOCIATION_OFFICER)
    return any(team.region_id in regions for team in row.teams)


OVERLAP = Workflow(
    "coordination.overlap",
    title="Chevauchement",
    initial="open",
    texts=("answer",),
    states=[
        State("open", "À expliquer", tone="wait", waits_for="member"),
        State("explained", "Expliqué", tone="info", waits_for="association", required=("answer", "answered_at")),
        State("settled", "Classé", tone="quiet", required=("settled_at", "settled_by"), final=True),
    ],
    transitions=[
        Transition(
            "explain",
            ("open",),
            "explained",
            "Les deux ont eu lieu",
            SELF,
            inputs=("answer",),
            sets={"answered_at": lambda row, actor: timezone.now()},
            done="Merci, c'est noté : rien ne bloque vos déclarations.",
        ),
        Transition(
            "settle",
            ("open", "explained"),
            "settled",
            "Classer",
            Actor("la chargée ou le chargé de mission de l'association", _officer_of_either),
            sets={
                "settled_at": lambda row, actor: timezone.now(),
                "settled_by": lambda row, actor: actor,
            },
            tone="quiet",
            done="Le chevauchement est classé.",
        ),
    ],
)


def not_own_counter(counter: Any, actor: Any) -> Sequence[str]:
    """Who asks does not decide, nor who took part."""
    if counter.asked_by_id == actor.pk:
        return ("Vous avez demandé cette contre-écriture : une autre personne de l'association en décide.",)
    return not_own_action(counter.action, actor)


ASKER = Actor("la personne qui l'a demandée", lambda user, counter: counter.asked_by_id == user.pk)
_DECIDED = {"decided_at": lambda counter, actor: timezone.now(), "decided_by": lambda counter, actor: actor}

COUNTER = Workflow(
    "coordination.counter_entry",
    title="Contre-écriture",
    initial="asked",
    texts=("answer",),
    states=[
        State("asked", "Demandée", tone="wait", waits_for="association", empty=("decided_at",)),
        State("accepted", "Acceptée", tone="ok", required=("decided_at", "decided_by"), final=True),
        State("refused", "Refusée", tone="quiet", required=("decided_at", "decided_by", "answer"), final=True),
        State("withdrawn", "Retirée", tone="quiet", final=True),
    ],
    transitions=[
        Transition(
            "accept",
            ("asked",),
            "accepted",
            "Accepter la contre-écriture",
            OFFICER,
            guards=(not_own_counter,),
            sets=_DECIDED,
            done="La contre-écriture est passée : l'action d'origine reste lisible, elle ne compte plus.",
        ),
        Transition(
            "refuse",
            ("asked",),
            "refused",
            "Refuser",
            OFFICER,
            guards=(not_own_counter,),
            needs_comment=True,
            inputs=("answer",),
            sets=_DECIDED,
            tone="quiet",
            comment_label="Pourquoi l'action reste telle quelle",
            done="La demande est refusée, votre explication est envoyée.",
        ),
        Transition("withdraw", ("asked",), "withdrawn", "Retirer ma demande", ASKER, tone="quiet"),
    ],
)
