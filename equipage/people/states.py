"""The workflow of a request for an account (demande de compte)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from equipage.foundation.workflow import State, Transition, Workflow
from equipage.foundation.workflow.table import Actor
from equipage.people.roles import Role

PLATFORM = Actor("l'administration de la plateforme", lambda user, obj: user.holds(Role.PLATFORM_ADMIN))
_DECIDED: dict[str, Any] = {
    "decided_at": lambda row, actor: timezone.now(),
    "decided_by": lambda row, actor: actor,
}

ACCOUNT_REQUEST = Workflow(
    "people.account_request",
    title="Demande de compte",
    initial="waiting",
    texts=("decision_reason",),
    states=[
        State("waiting", "À examiner", tone="wait", waits_for="platform", empty=("decided_at", "user")),
        State("accepted", "Acceptée", tone="ok", required=("decided_at", "decided_by", "user"), final=True),
        State(
            "declined",
            "Déclinée",
            tone="quiet",
            required=("decided_at", "decided_by", "decision_reason"),
            empty=("user",),
            final=True,
        ),
    ],
    transitions=[
        Transition(
            "accept",
            ("waiting",),
            "accepted",
            "Accepter la demande",
            PLATFORM,
            inputs=("user",),
            sets=_DECIDED,
            # Whence it came served to slow down robots: nobody needs it any more.
            clears=("origin",),
            done="Le compte est ouvert et son lien est envoyé.",
        ),
        Transition(
            "decline",
            ("waiting",),
            "declined",
            "Décliner la demande",
            PLATFORM,
            needs_comment=True,
            inputs=("decision_reason",),
            sets=_DECIDED,
            clears=("origin",),
            tone="quiet",
            comment_label="Motif, envoyé à la personne",
            done="La demande est déclinée. Le motif est envoyé à la personne.",
        ),
    ],
)
