"""The workflows of a prevention action, and of the declaration of an education programme to the agency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from equipage.foundation.french import day
from equipage.foundation.periods import today
from equipage.foundation.workflow import State, Transition, Workflow
from equipage.prevention.actors import COORDINATOR, RESPONSIBLE
from equipage.prevention.rules import silent_on
from equipage.teams.actors import MEMBER


def has_begun(action: Any, actor: Any) -> Sequence[str]:
    """An action is under way from its first day."""
    if action.first_on > today():
        return (f"L'action commence le {day(action.first_on)} : changez ses dates si elle a déjà commencé.",)
    return ()


def results_are_known(action: Any, actor: Any) -> Sequence[str]:
    """Every indicator has its result before the action is finished."""
    waiting = list(action.indicators.filter(achieved__isnull=True).order_by("id").values_list("name", flat=True))
    return tuple(f"Il manque le résultat de « {name} »." for name in waiting)


PREVENTION_ACTION = Workflow(
    "prevention.action",
    title="Action de prévention",
    initial="planned",
    texts=("outcome", "cancel_reason"),
    states=[
        State("planned", "Prévue", tone="info", waits_for="team", empty=("finished_on",)),
        State("under_way", "En cours", tone="info", waits_for="team", empty=("finished_on",)),
        State("finished", "Terminée", tone="ok", required=("finished_on", "outcome")),
        State("cancelled", "Abandonnée", tone="quiet", required=("cancel_reason",), final=True),
    ],
    transitions=[
        Transition(
            "start",
            ("planned",),
            "under_way",
            "Elle a commencé",
            MEMBER,
            guards=(has_begun,),
            done="L'action est en cours. Déclarez chaque séance une fois qu'elle a eu lieu.",
        ),
        Transition(
            "finish",
            ("planned", "under_way"),
            "finished",
            "Terminer avec les résultats",
            MEMBER,
            guards=(has_begun, results_are_known),
            inputs=("finished_on", "outcome"),
            done="L'action est terminée : ses résultats sont dans la synthèse à imprimer.",
            hidden=True,
        ),
        Transition(
            "reopen",
            ("finished",),
            "under_way",
            "Rouvrir pour corriger les résultats",
            RESPONSIBLE,
            clears=("finished_on",),
            tone="quiet",
            done="L'action est rouverte : corrigez ses résultats, puis terminez-la à nouveau.",
        ),
        Transition(
            "cancel",
            ("planned", "under_way"),
            "cancelled",
            "Abandonner l'action",
            RESPONSIBLE,
            needs_comment=True,
            inputs=("cancel_reason",),
            tone="danger",
            comment_label="Pourquoi l'action est abandonnée",
            done="L'action est abandonnée. Les séances déjà déclarées restent déclarées.",
        ),
    ],
)


def honour_is_stated(programme: Any, actor: Any) -> Sequence[str]:
    """The file holds a statement of honour."""
    return () if programme.honour_at else ("Il manque l'attestation sur l'honneur : signez-la sur cette page.",)


_FILE = {
    "population": "les patients concernés",
    "aims": "les objectifs",
    "course": "le déroulé",
    "organisation": "l'organisation",
    "funding": "les sources de financement prévues (écrivez « Aucune » s'il n'y en a pas)",
}


def file_is_written(programme: Any, actor: Any) -> Sequence[str]:
    """The parts of the file that the agency is given."""
    return tuple(f"Écrivez {words}." for column, words in _FILE.items() if not getattr(programme, column).strip())


def silence_is_over(programme: Any, actor: Any) -> Sequence[str]:
    """Silence counts once the agency can no longer answer in time."""
    if programme.silent_on is not None and programme.silent_on <= today():
        return ()
    return (f"L'ARS peut encore répondre : sans réponse, la déclaration sera complète le {day(programme.silent_on)}.",)


def not_yet_acknowledged(programme: Any, actor: Any) -> Sequence[str]:
    """One acknowledgement is enough."""
    # The row in hand already holds what is being noted: the one in the database says what was noted before.
    noted = type(programme)._default_manager.filter(pk=programme.pk, state="complete", acknowledged_on__isnull=False)
    return ("L'accusé de réception est déjà noté.",) if noted.exists() else ()


def _silent(programme: Any, actor: Any) -> Any:
    return silent_on(programme.sent_on)


_DECLARED = ("declared_on", "sent_on", "silent_on")
_ALIVE = ("preparing", "sent", "complement", "complete", "refused")

PROGRAMME = Workflow(
    "prevention.programme",
    title="Programme d'éducation thérapeutique",
    initial="preparing",
    texts=("number", "asked_text", "refusal_reason", "stop_reason"),
    states=[
        State("preparing", "À déclarer", tone="wait", waits_for="team", empty=("declared_on", "sent_on", "silent_on")),
        State("sent", "Déclaré, réponse attendue", tone="wait", waits_for="agency", required=_DECLARED),
        State(
            "complement",
            "Complément demandé",
            tone="wait",
            waits_for="team",
            required=(*_DECLARED, "asked_on", "asked_text"),
        ),
        State("complete", "Déclaration complète", tone="ok", required=_DECLARED),
        State("refused", "Refusé par l'ARS", tone="stop", waits_for="team", required=("refused_on", "refusal_reason")),
        State("stopped", "Arrêté", tone="quiet", required=("stopped_on", "stop_reason"), final=True),
    ],
    transitions=[
        Transition(
            "send",
            ("preparing",),
            "sent",
            "Noter l'envoi à l'ARS",
            COORDINATOR,
            guards=(honour_is_stated, file_is_written),
            inputs=("sent_on",),
            sets={"declared_on": lambda programme, actor: programme.sent_on, "silent_on": _silent},
            done="L'envoi est noté : les deux mois de l'ARS courent.",
        ),
        Transition(
            "acknowledge",
            ("sent", "complete"),
            "complete",
            "Noter l'accusé de réception",
            COORDINATOR,
            guards=(not_yet_acknowledged,),
            inputs=("acknowledged_on", "number"),
            clears=("asked_on", "asked_text"),
            done="La déclaration est complète.",
        ),
        Transition(
            "note_silence",
            ("sent",),
            "complete",
            "Noter le silence de deux mois",
            COORDINATOR,
            guards=(silence_is_over,),
            clears=("asked_on", "asked_text"),
            tone="quiet",
            done="C'est noté : la déclaration est complète, faute de réponse de l'ARS dans les deux mois.",
        ),
        Transition(
            "ask_complement",
            ("sent", "complete"),
            "complement",
            "Noter une demande de complément",
            COORDINATOR,
            inputs=("asked_on", "asked_text"),
            tone="quiet",
            done="La demande de l'ARS est notée. Envoyez le complément, puis notez-le ici.",
        ),
        Transition(
            "send_complement",
            ("complement",),
            "sent",
            "Noter l'envoi du complément",
            COORDINATOR,
            inputs=("sent_on",),
            sets={"silent_on": _silent},
            clears=("asked_on", "asked_text", "acknowledged_on"),
            done="L'envoi du complément est noté : deux nouveaux mois courent.",
        ),
        Transition(
            "refuse",
            ("sent", "complete", "complement"),
            "refused",
            "Noter un refus",
            COORDINATOR,
            inputs=("refused_on", "refusal_reason"),
            clears=("asked_on", "asked_text"),
            tone="quiet",
            done="Le refus est noté. Vous pourrez reprendre la déclaration.",
        ),
        Transition(
            "prepare_again",
            ("refused",),
            "preparing",
            "Reprendre la déclaration",
            COORDINATOR,
            clears=(*_DECLARED, "number", "acknowledged_on", "refused_on", "refusal_reason", "honour_at", "honour_by"),
            done="La déclaration est rouverte. L'attestation sur l'honneur est à signer à nouveau.",
        ),
        Transition(
            "stop",
            _ALIVE,
            "stopped",
            "Arrêter le programme",
            COORDINATOR,
            needs_comment=True,
            inputs=("stopped_on", "stop_reason"),
            clears=("asked_on", "asked_text"),
            tone="danger",
            done="Le programme est arrêté. Ses séances et ses évaluations restent.",
        ),
    ],
)
