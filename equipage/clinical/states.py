"""The workflows of the vault: a file, what its patient says of each member, a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from equipage.foundation.periods import today
from equipage.foundation.workflow import Actor, State, Transition, Workflow
from equipage.teams.actors import NOBODY_BY_HAND


def professional_id(user: Any) -> int | None:
    """The professional behind an account; None for others and for nobody."""
    professional = getattr(user, "professional_or_none", None)
    return professional.pk if professional else None


def keeps(user: Any, row: Any) -> bool:
    """Does this person keep the file (auteur du dossier)?"""
    return professional_id(user) == row.file.author_id


def is_inside(user: Any, row: Any) -> bool:
    """The author, or a confirmed member recognised by the patient, while the file is open."""
    return bool(row.file.opens_to(user))


KEEPER = Actor("la personne qui tient le dossier", keeps)
INSIDE = Actor("un membre reconnu par la personne", is_inside)


def _now(row: Any, actor: Any) -> Any:
    return timezone.now()


def not_withdrawn(row: Any, actor: Any) -> Sequence[str]:
    return ("La personne a retiré son accord : le dossier ne se rouvre pas à l'équipe.",) if row.withdrawn_at else ()


def was_withdrawn(row: Any, actor: Any) -> Sequence[str]:
    return () if row.withdrawn_at else ("La personne n'avait pas retiré son accord.",)


PATIENT = Workflow(
    "clinical.patient",
    title="Dossier partagé",
    initial="open",
    states=[
        State("open", "Ouvert", tone="ok", empty=("withdrawn_at", "archived_at")),
        State("withdrawn", "Fermé par la personne", tone="stop", required=("withdrawn_at",), empty=("archived_at",)),
        State("archived", "Archivé sous scellé", tone="quiet", required=("archived_at",)),
    ],
    transitions=[
        Transition(
            "withdraw_all",
            ("open",),
            "withdrawn",
            "La personne retire tout",
            KEEPER,
            sets={"withdrawn_at": _now},
            tone="quiet",
            done="Le dossier est fermé : plus aucun membre ne le voit. Vous le gardez le temps prévu.",
        ),
        Transition(
            "share_again",
            ("withdrawn",),
            "open",
            "La personne accepte de nouveau",
            KEEPER,
            clears=("withdrawn_at",),
            tone="quiet",
            done="Le dossier est ouvert. Dites maintenant qui la personne reconnaît.",
        ),
        Transition(
            "archive",
            ("open", "withdrawn"),
            "archived",
            "Archiver",
            NOBODY_BY_HAND,
            sets={"archived_at": _now},
            hidden=True,
        ),
        Transition(
            "reopen",
            ("archived",),
            "open",
            "Rouvrir l'archive",
            KEEPER,
            guards=(not_withdrawn,),
            clears=("archived_at", "withdrawn_at"),
            done="L'archive est ouverte. Sans nouvelle intervention, elle est remise sous scellé cette nuit.",
        ),
        Transition(
            "reopen_for_keeper",
            ("archived",),
            "withdrawn",
            "Rouvrir l'archive, pour moi seulement",
            KEEPER,
            guards=(was_withdrawn,),
            sets={"withdrawn_at": lambda row, actor: row.withdrawn_at},
            clears=("archived_at",),
            done="L'archive est ouverte pour vous seulement. Elle est remise sous scellé cette nuit.",
        ),
    ],
)


RECOGNITION = Workflow(
    "clinical.recognition",
    title="Reconnaissance d’un membre par la personne",
    initial="informed",
    states=[
        State("informed", "Informée, pas encore d'accord", tone="wait", waits_for="patient"),
        State("recognised", "Reconnu", tone="ok", required=("recognised_at",), empty=("ended_at",)),
        State("objected", "Opposition", tone="stop", required=("ended_at",)),
        State("withdrawn", "Accord retiré", tone="stop", required=("ended_at",)),
    ],
    transitions=[
        Transition(
            "recognise",
            ("informed", "objected", "withdrawn"),
            "recognised",
            "La personne reconnaît ce membre",
            INSIDE,
            inputs=("informed_on", "form", "recorded_by"),
            sets={"recognised_at": _now},
            clears=("ended_at",),
            done="C'est noté : ce membre lit le dossier dès maintenant.",
        ),
        Transition(
            "object",
            ("informed", "recognised", "withdrawn"),
            "objected",
            "La personne s'oppose",
            INSIDE,
            inputs=("informed_on", "form", "recorded_by"),
            sets={"ended_at": _now},
            tone="quiet",
            done="C'est noté : ce membre ne voit plus rien, dès maintenant.",
        ),
        Transition(
            "withdraw",
            ("recognised",),
            "withdrawn",
            "La personne retire son accord",
            INSIDE,
            inputs=("informed_on", "form", "recorded_by"),
            sets={"ended_at": _now},
            tone="quiet",
            done="C'est noté : ce membre ne voit plus rien, dès maintenant.",
        ),
    ],
)


def file_open(plan: Any, actor: Any) -> Sequence[str]:
    return () if plan.file.state == "open" else ("Le dossier n'est plus ouvert : le plan ne change plus.",)


def plan_complete(plan: Any, actor: Any) -> Sequence[str]:
    """Every reason for which the plan cannot be frozen yet."""
    return tuple(plan.lacking())


def review_to_come(plan: Any, actor: Any) -> Sequence[str]:
    """Without a date, the button only opens the form that asks for it."""
    if plan.review_on is None or plan.review_on > today():
        return ()
    return ("La date de revue est passée : notez la revue, elle fixera la prochaine.",)


PLAN = Workflow(
    "clinical.plan",
    title="Plan personnalisé (PPS, PPCS)",
    initial="draft",
    texts=("closing_reason",),
    states=[
        State("draft", "En cours", tone="wait", waits_for="member"),
        State("validated", "Validé", tone="ok", required=("validated_at", "review_on")),
        State("closed", "Clôturé", tone="quiet", required=("closed_at", "closing_reason"), final=True),
    ],
    transitions=[
        Transition(
            "validate",
            ("draft",),
            "validated",
            "Valider le plan",
            INSIDE,
            guards=(file_open, plan_complete, review_to_come),
            inputs=("review_on",),
            sets={"validated_at": _now},
            done="Le plan est validé : cette version est figée.",
        ),
        Transition(
            "revise",
            ("validated",),
            "draft",
            "Reprendre le plan",
            INSIDE,
            guards=(file_open,),
            clears=("validated_at",),
            tone="quiet",
            done="Le plan est de nouveau en cours. La version validée est gardée.",
        ),
        Transition(
            "close",
            ("draft", "validated"),
            "closed",
            "Clore le plan",
            INSIDE,
            guards=(file_open,),
            inputs=("closing_reason",),
            sets={"closed_at": _now},
            tone="quiet",
            done="Le plan est clos.",
        ),
    ],
)
