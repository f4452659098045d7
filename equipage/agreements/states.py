"""The workflow of a convention between one professional and the regional association."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from equipage.agreements.rules import secure_mail_missing
from equipage.foundation.periods import today
from equipage.foundation.workflow import State, Transition, Workflow
from equipage.teams.actors import ASSOCIATION_ADMIN, NOBODY_BY_HAND, OFFICER, SELF


def signed_by_member(convention: Any, actor: Any) -> Sequence[str]:
    """The signature itself is made by `services.sign`, which checks consent and code; a state alone proves nothing."""
    signed = convention.signatures.filter(party="member").exists()
    return () if signed else ("La signature n'a pas été recueillie : relisez, consentez, puis saisissez le code reçu.",)


def countersigned(convention: Any, actor: Any) -> Sequence[str]:
    signed = convention.signatures.filter(party="association").exists()
    return () if signed else ("La signature de l'association n'a pas été recueillie.",)


def team_recognised(convention: Any, actor: Any) -> Sequence[str]:
    recognised = convention.team.state == "recognised"
    return () if recognised else ("L'équipe n'est pas encore reconnue par l'ARS.",)


def reachable_safely(convention: Any, actor: Any) -> Sequence[str]:
    """A member is reached by secure health mail before the convention holds, where the rules of the form say so."""
    if not secure_mail_missing(convention, today()):
        return ()
    return (
        f"{convention.professional.formal_name} n'a pas encore indiqué son adresse de messagerie sécurisée de santé : "
        "elle se donne en signant, ou sur sa page « Mes coordonnées professionnelles ».",
    )


CONVENTION = Workflow(
    "agreements.convention",
    title="Convention",
    initial="to_sign",
    texts=("ending_reason",),
    states=[
        State("to_sign", "À signer", tone="wait", waits_for="member"),
        State("signed", "Signée, attend l'association", tone="wait", waits_for="association", required=("signed_at",)),
        State("active", "En vigueur", tone="ok", required=("signed_at", "countersigned_at", "valid_from")),
        State("ended", "Terminée", tone="quiet", required=("valid_to", "ending_reason"), final=True),
        State("cancelled", "Annulée avant signature", tone="quiet", required=("ending_reason",), final=True),
    ],
    transitions=[
        Transition(
            "sign",
            ("to_sign",),
            "signed",
            "Signer",
            SELF,
            guards=(team_recognised, signed_by_member, reachable_safely),
            sets={"signed_at": lambda convention, actor: timezone.now()},
            hidden=True,
        ),
        Transition(
            "countersign",
            ("signed",),
            "active",
            "Contresigner",
            ASSOCIATION_ADMIN,
            guards=(team_recognised, countersigned, reachable_safely),
            sets={
                "countersigned_at": lambda convention, actor: timezone.now(),
                "countersigned_by": lambda convention, actor: actor,
                "valid_from": lambda convention, actor: today(),
            },
            hidden=True,
        ),
        Transition(
            "end",
            ("active",),
            "ended",
            "Mettre fin à la convention",
            SELF | OFFICER | ASSOCIATION_ADMIN,
            needs_comment=True,
            inputs=("valid_to", "ending_reason"),
            tone="danger",
            done="La fin de la convention est enregistrée. Les actions faites avant cette date restent payées.",
        ),
        Transition(
            "cancel",
            ("to_sign", "signed"),
            "cancelled",
            "Annuler la convention",
            OFFICER | ASSOCIATION_ADMIN,
            needs_comment=True,
            inputs=("ending_reason",),
            tone="danger",
        ),
        Transition(
            "expire",
            ("active",),
            "ended",
            "Mettre fin, la personne ayant quitté l'équipe",
            NOBODY_BY_HAND,
            inputs=("valid_to", "ending_reason"),
            hidden=True,
        ),
        Transition(
            "lapse",
            ("to_sign", "signed"),
            "cancelled",
            "Annuler, la personne ayant quitté l'équipe",
            NOBODY_BY_HAND,
            inputs=("ending_reason",),
            hidden=True,
        ),
    ],
)
