"""The workflow of the examination of a file handed in (examen d'une pièce)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from equipage.foundation.workflow import Actor, State, Transition, Workflow

HOUSE = Actor("Équipage, par son antivirus", lambda user, obj: True)


def _now(row: Any, actor: Any) -> Any:
    return timezone.now()


EXAMINATION = Workflow(
    "foundation.examination",
    title="Examen d'une pièce",
    initial="waiting",
    states=[
        State("waiting", "En cours d'examen", tone="wait", waits_for="platform", empty=("examined_at",)),
        State("clean", "Saine", tone="ok", required=("examined_at",), final=True),
        # No scanner is set: said as it is, never called sound.
        State("unscanned", "Acceptée sans antivirus", tone="quiet", required=("examined_at",), final=True),
        State("refused", "Refusée par l'antivirus", tone="stop", required=("examined_at",), final=True),
    ],
    transitions=[
        Transition("accept", ("waiting",), "clean", "Déclarer saine", HOUSE, sets={"examined_at": _now}),
        Transition(
            "accept_unscanned", ("waiting",), "unscanned", "Accepter sans antivirus", HOUSE, sets={"examined_at": _now}
        ),
        Transition("refuse", ("waiting",), "refused", "Refuser", HOUSE, sets={"examined_at": _now}, tone="quiet"),
    ],
)
