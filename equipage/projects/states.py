"""The workflow of a health project: open to its authors, or frozen while the agency reads it."""

from __future__ import annotations

from equipage.foundation.workflow import State, Transition, Workflow
from equipage.teams.actors import LEAD, NOBODY_BY_HAND

PROJECT = Workflow(
    "projects.project",
    title="Projet de santé",
    initial="drafting",
    states=[
        State("drafting", "En rédaction", tone="wait", waits_for="team"),
        State("frozen", "Déposé", tone="info", waits_for="agency"),
        State("complement", "À compléter", tone="wait", waits_for="team"),
        State("settled", "En vigueur", tone="ok"),
    ],
    transitions=[
        # Run by recognition, in the transaction of its own decisions.
        Transition("freeze", ("drafting", "complement"), "frozen", "Figer", NOBODY_BY_HAND, hidden=True),
        Transition("ask_complement", ("frozen",), "complement", "Rouvrir des rubriques", NOBODY_BY_HAND, hidden=True),
        Transition("settle", ("frozen",), "settled", "Mettre en vigueur", NOBODY_BY_HAND, hidden=True),
        Transition("give_back", ("frozen", "complement"), "drafting", "Rendre à l'équipe", NOBODY_BY_HAND, hidden=True),
        Transition(
            "amend",
            ("settled",),
            "drafting",
            "Faire évoluer le projet",
            LEAD,
            tone="quiet",
            done="Le projet est rouvert. La version reconnue reste en vigueur jusqu'à la nouvelle décision.",
        ),
    ],
)
