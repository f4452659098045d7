"""The workflows of a control (contrôle) and of the plan that sets its rates (plan de contrôle)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from equipage.controls.actors import CONTROLLER, TEAM, controller_is_neutral
from equipage.controls.rules import CORRECTED, NOT_IN_ORDER, due_after
from equipage.foundation.french import day
from equipage.foundation.periods import today
from equipage.foundation.workflow import State, Transition, Workflow
from equipage.funding.actors import ADMINISTRATOR, APPROVER, PREPARER
from equipage.teams.actors import NOBODY_BY_HAND


def _now(row: Any, actor: Any) -> Any:
    return timezone.now()


def _actor(row: Any, actor: Any) -> Any:
    return actor


def second_person_on_plan(plan: Any, actor: Any) -> Sequence[str]:
    own = plan.drafted_by_id == actor.pk
    return ("Vous avez préparé ce plan : une deuxième personne l'adopte.",) if own else ()


def no_plan_of_that_day(plan: Any, actor: Any) -> Sequence[str]:
    rows = type(plan).objects.filter(organisation_id=plan.organisation_id, state="in_force", valid_from=plan.valid_from)
    return ("Un plan est déjà adopté à partir de ce jour : changez la date du brouillon.",) if rows.exists() else ()


PLAN = Workflow(
    "controls.plan",
    title="Plan de contrôle",
    initial="draft",
    states=[
        State("draft", "À adopter", tone="wait", waits_for="association"),
        State("in_force", "Adopté", tone="ok", required=("adopted_at", "adopted_by"), final=True),
        State("abandoned", "Abandonné", tone="quiet", final=True),
    ],
    transitions=[
        Transition(
            "adopt",
            ("draft",),
            "in_force",
            "Adopter",
            APPROVER | ADMINISTRATOR,
            guards=(second_person_on_plan, no_plan_of_that_day),
            sets={"adopted_at": _now, "adopted_by": _actor},
            done="Le plan est adopté : il est public, et s'applique aux tirages à partir de sa date.",
        ),
        Transition(
            "abandon",
            ("draft",),
            "abandoned",
            "Abandonner",
            PREPARER | ADMINISTRATOR,
            tone="quiet",
            done="Le brouillon est abandonné.",
        ),
    ],
)


def not_extended_yet(control: Any, actor: Any) -> Sequence[str]:
    told = ("Le délai a déjà été prolongé une fois : répondez avec ce que vous avez.",)
    return told if control.extended_at is not None else ()


def still_in_time(control: Any, actor: Any) -> Sequence[str]:
    late = today() > control.due_on
    return (f"Le délai a pris fin le {day(control.due_on)} : répondez maintenant, c'est encore lu.",) if late else ()


def delay_is_over(control: Any, actor: Any) -> Sequence[str]:
    return () if today() > control.due_on else (f"L'équipe peut encore répondre jusqu'au {day(control.due_on)}.",)


def heard(control: Any, actor: Any) -> Sequence[str]:
    """The team replied, or its delay has passed (contradictoire)."""
    return () if control.state == "replied" else delay_is_over(control, actor)


def announced_as(outcome: str, told: str) -> Any:
    def same_as_announced(control: Any, actor: Any) -> Sequence[str]:
        return () if control.outcome == outcome else (told,)

    return same_as_announced


def no_question_open(control: Any, actor: Any) -> Sequence[str]:
    """A counter-entry that the team asked for is decided first: the same action is never taken back twice."""
    asked = control.action.counter_entries.filter(state="asked").exists()
    return ("L'équipe a demandé une contre-écriture pour cette action : décidez-en d'abord.",) if asked else ()


def action_stands(control: Any, actor: Any) -> Sequence[str]:
    return () if control.action.state == "validated" else ("L'action n'est plus validée : annulez ce contrôle.",)


def _due(column: str) -> Any:
    return lambda control, actor: due_after(today(), getattr(control.draw.plan, column))


OPEN = ("asked", "answered", "silent", "announced", "replied")
# Whose turn it is.
WAITS_FOR_TEAM = ("asked", "announced")
_ANNOUNCED = ("outcome", "reasons", "announced_at", "announced_by")
_DECIDED = ("decision", "decided_at", "decided_by")
_DECIDES: dict[str, Any] = {"decided_at": _now, "decided_by": _actor}
_FINAL = (controller_is_neutral, heard, action_stands, no_question_open)

CONTROL = Workflow(
    "controls.control",
    title="Contrôle",
    initial="asked",
    texts=("outcome", "reasons", "decision", "cancel_reason"),
    states=[
        State("asked", "Réponse attendue", tone="wait", waits_for="team", empty=("decided_at", "outcome")),
        State("answered", "Répondu", tone="info", waits_for="association", empty=("decided_at", "outcome")),
        State("silent", "Sans réponse", tone="wait", waits_for="association", empty=("decided_at", "outcome")),
        State(
            "announced",
            "Résultat annoncé, à discuter",
            tone="wait",
            waits_for="team",
            required=_ANNOUNCED,
            empty=("decided_at", "replied_at"),
        ),
        State(
            "replied",
            "Observations reçues",
            tone="info",
            waits_for="association",
            required=(*_ANNOUNCED, "replied_at"),
            empty=("decided_at",),
        ),
        State("in_order", "En ordre", tone="ok", required=_DECIDED, final=True),
        State("corrected", "Corrigé", tone="info", required=(*_ANNOUNCED, *_DECIDED), final=True),
        State("not_in_order", "Pas en ordre", tone="stop", required=(*_ANNOUNCED, *_DECIDED), final=True),
        State("cancelled", "Annulé", tone="quiet", required=("cancel_reason",), final=True),
    ],
    transitions=[
        Transition(
            "answer",
            ("asked", "silent", "answered"),
            "answered",
            "Répondre",
            TEAM,
            sets={"due_on": _due("decide_days")},
            done="C'est envoyé. L'association vous répond.",
        ),
        Transition(
            "extend",
            ("asked",),
            "asked",
            "Demander plus de temps",
            TEAM,
            guards=(not_extended_yet, still_in_time),
            sets={
                "due_on": lambda control, actor: due_after(control.due_on, control.draw.plan.extension_days),
                "extended_at": _now,
            },
            tone="quiet",
            done="Le délai est prolongé, une fois.",
        ),
        Transition(
            "fall_silent",
            ("asked",),
            "silent",
            "Constater l'absence de réponse",
            NOBODY_BY_HAND,
            guards=(delay_is_over,),
            sets={"due_on": _due("decide_days")},
            hidden=True,
        ),
        Transition(
            "find_in_order",
            ("answered", "silent", "announced", "replied"),
            "in_order",
            "En ordre",
            CONTROLLER,
            guards=(controller_is_neutral,),
            inputs=("decision",),
            sets=_DECIDES,
            done="Le contrôle est clos, en ordre. Les lignes ne sont plus retenues.",
        ),
        Transition(
            "announce",
            ("answered", "silent", "replied"),
            "announced",
            "Annoncer un résultat défavorable",
            CONTROLLER,
            guards=(controller_is_neutral, action_stands),
            inputs=("outcome", "reasons", "correction", "instalments"),
            sets={"announced_at": _now, "announced_by": _actor, "due_on": _due("reply_days")},
            clears=("replied_at",),
            tone="quiet",
            done="L'équipe lit vos raisons et peut répondre. Rien n'est encore décidé.",
        ),
        Transition(
            "reply",
            ("announced",),
            "replied",
            "Répondre",
            TEAM,
            sets={"replied_at": _now, "due_on": _due("decide_days")},
            done="Vos observations sont envoyées. L'association décide après les avoir lues.",
        ),
        Transition(
            "confirm_corrected",
            ("announced", "replied"),
            "corrected",
            "Corriger les montants",
            CONTROLLER,
            guards=(*_FINAL, announced_as(CORRECTED, "Ce n'est pas ce qui a été annoncé à l'équipe.")),
            inputs=("decision",),
            sets=_DECIDES,
            done="Le résultat est définitif et les corrections sont écrites.",
        ),
        Transition(
            "confirm_not_in_order",
            ("announced", "replied"),
            "not_in_order",
            "Contre-passer l'action",
            CONTROLLER,
            guards=(*_FINAL, announced_as(NOT_IN_ORDER, "Ce n'est pas ce qui a été annoncé à l'équipe.")),
            needs_comment=True,
            inputs=("decision",),
            sets=_DECIDES,
            tone="danger",
            done="Le résultat est définitif : l'action est contre-passée.",
        ),
        Transition(
            "cancel",
            OPEN,
            "cancelled",
            "Annuler le contrôle",
            CONTROLLER,
            guards=(controller_is_neutral,),
            inputs=("cancel_reason",),
            tone="quiet",
            done="Le contrôle est annulé. Les lignes ne sont plus retenues.",
        ),
        Transition(
            "lapse",
            OPEN,
            "cancelled",
            "Rendre sans objet",
            NOBODY_BY_HAND,
            inputs=("cancel_reason",),
            hidden=True,
        ),
    ],
)
