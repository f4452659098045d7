"""The workflows of a request for help (demande d'aide) and of a report about a contact (signalement)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from equipage.foundation.workflow import State, Transition, Workflow
from equipage.support.actors import ASKER, EDITOR, HANDLER


def _now(row: Any, actor: Any) -> Any:
    return timezone.now()


def _holder(row: Any, actor: Any) -> Any:
    return actor if getattr(actor, "pk", None) else None


def _name(row: Any, actor: Any) -> str:
    return str(actor.full_name)[:200]


def not_erased(row: Any, actor: Any) -> Sequence[str]:
    """Nobody can be answered any more once the address is erased."""
    return ("Les coordonnées de cette demande sont effacées : elle ne se rouvre plus.",) if row.erased_at else ()


# Whoever acts last has it; the clock of the reminders starts again with each step.
_TAKEN: dict[str, Any] = {"holder": _holder, "holder_name": _name, "waiting_since": _now, "reminded": 0}
_BACK: dict[str, Any] = {"waiting_since": _now, "reminded": 0}
_NOBODY = ("holder", "holder_name", "taken_at", "answered_at")
_OPEN = ("waiting", "taken", "answered")

# Reasons and answers are words for a person: they stand in the thread, which is erased one day, not in the journal.
HELP_REQUEST = Workflow(
    "support.help_request",
    title="Demande d'aide",
    initial="waiting",
    texts=("holder_name",),
    states=[
        State(
            "waiting",
            "En attente",
            tone="wait",
            waits_for="desk",
            empty=("taken_at", "holder", "holder_name", "answered_at", "closed_at"),
        ),
        State(
            "taken",
            "Prise en charge",
            waits_for="desk",
            required=("taken_at", "holder_name"),
            empty=("answered_at", "closed_at"),
        ),
        State(
            "answered",
            "Répondue",
            tone="ok",
            waits_for="asker",
            required=("taken_at", "holder_name", "answered_at"),
            empty=("closed_at",),
        ),
        State("closed", "Close", tone="quiet", required=("closed_at",)),
        State("discarded", "Écartée", tone="quiet", required=("closed_at",), final=True),
    ],
    transitions=[
        Transition(
            "take",
            ("waiting",),
            "taken",
            "Je m'en occupe",
            HANDLER,
            sets={**_TAKEN, "taken_at": _now},
            done="La demande est à vous. La personne vient d'en être prévenue.",
        ),
        Transition(
            "answer",
            _OPEN,
            "answered",
            "Répondre",
            HANDLER,
            sets={**_TAKEN, "taken_at": lambda row, actor: row.taken_at or timezone.now(), "answered_at": _now},
            done="Votre réponse est partie.",
            hidden=True,
        ),
        Transition(
            "pass_on",
            _OPEN,
            "waiting",
            "Confier à un autre guichet",
            HANDLER,
            inputs=("desk",),
            sets=_BACK,
            clears=_NOBODY,
            tone="quiet",
            done="La demande est confiée à l'autre guichet. La personne en est prévenue.",
        ),
        Transition(
            "close",
            _OPEN,
            "closed",
            "Clore",
            HANDLER,
            sets={"closed_at": _now},
            clears=("origin",),
            tone="quiet",
            done="La demande est close. La personne en est prévenue.",
        ),
        Transition(
            "discard",
            ("waiting", "taken"),
            "discarded",
            "Écarter un message indésirable",
            HANDLER,
            sets={"closed_at": _now},
            clears=("origin",),
            tone="stop",
            done="Le message est écarté. Rien n'a été envoyé.",
        ),
        Transition(
            "settle",
            _OPEN,
            "closed",
            "Ma question est réglée",
            ASKER,
            sets={"closed_at": _now},
            tone="quiet",
            done="C'est noté : la demande est close.",
            hidden=True,
        ),
        Transition(
            "write_again",
            ("answered",),
            "taken",
            "Ajouter un mot",
            ASKER,
            sets=_BACK,
            clears=("answered_at",),
            done="Votre mot est transmis.",
            hidden=True,
        ),
        Transition(
            "reopen",
            ("closed",),
            "waiting",
            "Rouvrir",
            HANDLER | ASKER,
            guards=(not_erased,),
            sets=_BACK,
            clears=(*_NOBODY, "closed_at"),
            tone="quiet",
            done="La demande est rouverte.",
        ),
    ],
)

_DECIDED: dict[str, Any] = {"decided_at": _now, "decided_by": lambda row, actor: actor}

DESK_REPORT = Workflow(
    "support.desk_report",
    title="Signalement d'un contact",
    initial="open",
    texts=("decision_reason",),
    states=[
        State("open", "À examiner", tone="wait", waits_for="editor", empty=("decided_at", "decided_by")),
        State("mended", "Corrigé", tone="ok", required=("decided_at", "decided_by"), final=True),
        State(
            "set_aside",
            "Écarté",
            tone="quiet",
            required=("decided_at", "decided_by", "decision_reason"),
            final=True,
        ),
    ],
    transitions=[
        Transition(
            "mend",
            ("open",),
            "mended",
            "C'est corrigé",
            EDITOR,
            sets=_DECIDED,
            # Whence it came served to slow down robots: nobody needs it any more.
            clears=("origin",),
            done="Le signalement est traité.",
        ),
        Transition(
            "set_aside",
            ("open",),
            "set_aside",
            "Écarter",
            EDITOR,
            needs_comment=True,
            inputs=("decision_reason",),
            sets=_DECIDED,
            clears=("origin",),
            tone="quiet",
            done="Le signalement est écarté.",
        ),
    ],
)
