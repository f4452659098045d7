"""The workflow of a year of books: begun by the treasurer, closed by somebody else, never open again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from equipage.books.panels import checks_of_year
from equipage.foundation.periods import today
from equipage.foundation.workflow import State, Transition, Workflow
from equipage.funding.actors import ADMINISTRATOR, APPROVER, PREPARER


def year_is_over(row: Any, actor: Any) -> Sequence[str]:
    """A civil year is closed once it is over in Paris."""
    if row.year < today().year:
        return ()
    return (f"L'exercice {row.year} finit le 31 décembre : il se clôt à partir du 1er janvier {row.year + 1}.",)


def everything_agrees(row: Any, actor: Any) -> Sequence[str]:
    """No check of the year says stop."""
    stops = [check for check in checks_of_year(row.organisation, row.year) if check["tone"] == "stop"]
    return tuple(f"{check['point']} : {check['way_out']}" for check in stops)


def checker_did_not_begin(row: Any, actor: Any) -> Sequence[str]:
    own = row.begun_by_id == actor.pk
    return ("Vous avez préparé cette clôture : une deuxième personne la vérifie.",) if own else ()


FISCAL_YEAR = Workflow(
    "books.fiscal_year",
    title="Exercice",
    initial="open",
    states=[
        State("open", "Ouvert", tone="info", waits_for="treasurer"),
        State("closing", "Clôture à vérifier", tone="wait", waits_for="association", required=("begun_at", "begun_by")),
        State("closed", "Clos", tone="ok", required=("begun_at", "begun_by", "closed_at", "closed_by"), final=True),
    ],
    transitions=[
        Transition(
            "begin",
            ("open",),
            "closing",
            "Préparer la clôture",
            APPROVER,
            guards=(year_is_over, everything_agrees),
            sets={"begun_at": lambda row, actor: timezone.now(), "begun_by": lambda row, actor: actor},
            done="La clôture est prête : une deuxième personne la vérifie.",
        ),
        Transition(
            "give_up",
            ("closing",),
            "open",
            "Ne pas clore encore",
            APPROVER | PREPARER | ADMINISTRATOR,
            clears=("begun_at", "begun_by"),
            tone="quiet",
            done="L'exercice reste ouvert.",
        ),
        Transition(
            "close",
            ("closing",),
            "closed",
            "Clore l'exercice",
            PREPARER | ADMINISTRATOR,
            guards=(year_is_over, everything_agrees, checker_did_not_begin),
            sets={"closed_at": lambda row, actor: timezone.now(), "closed_by": lambda row, actor: actor},
            done="L'exercice est clos. Les à-nouveaux de l'exercice suivant sont écrits.",
        ),
    ],
)
