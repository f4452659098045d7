"""The workflows: a version of a protocol, from draft to replaced; its publication to the region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from equipage.foundation.french import counted
from equipage.foundation.periods import today
from equipage.foundation.workflow import State, Transition, Workflow
from equipage.protocols.actors import RESPONSIBLE
from equipage.protocols.rules import dates_wrong
from equipage.teams.actors import MEMBER, NOBODY_BY_HAND


def _now(row: Any, actor: Any) -> Any:
    return timezone.now()


def _actor(row: Any, actor: Any) -> Any:
    return actor


def all_written(edition: Any, actor: Any) -> Sequence[str]:
    """A protocol is proposed whole."""
    left = edition.remaining()
    if not left:
        return ()
    titles = ", ".join(section.title for section in left)
    return (f"Il reste {counted(len(left), 'rubrique', 'rubriques')} à compléter : {titles}.",)


def all_agreed(edition: Any, actor: Any) -> Sequence[str]:
    """What its type asks is there."""
    return edition.lacking()


def dates_hold(edition: Any, actor: Any) -> Sequence[str]:
    """A review comes after the validation, and is still to come."""
    return tuple(sentence for _, sentence in dates_wrong(edition.validated_on, edition.review_on, today()))


_ALIVE = ("proposed_at", "proposed_by", "text_hash")
_IN_FORCE = (*_ALIVE, "validated_on", "review_on", "reviewed_on", "in_force_at", "in_force_by")

EDITION = Workflow(
    "protocols.edition",
    title="Protocole pluriprofessionnel",
    initial="draft",
    texts=("text_hash", "end_reason"),
    states=[
        State(
            "draft",
            "En rédaction",
            tone="wait",
            waits_for="team",
            empty=("proposed_at", "proposed_by", "text_hash", "in_force_at", "in_force_by", "ended_at"),
        ),
        State(
            "proposed",
            "Proposé à l'équipe",
            tone="wait",
            waits_for="team",
            required=_ALIVE,
            empty=("in_force_at", "in_force_by", "ended_at"),
        ),
        State("in_force", "En vigueur", tone="ok", required=_IN_FORCE, empty=("ended_at",)),
        State("superseded", "Remplacé", tone="quiet", required=(*_IN_FORCE, "ended_at"), final=True),
        State("withdrawn", "Retiré", tone="quiet", required=("ended_at", "end_reason"), final=True),
    ],
    transitions=[
        Transition(
            "propose",
            ("draft",),
            "proposed",
            "Proposer à l'équipe",
            MEMBER,
            guards=(all_written,),
            sets={
                "proposed_at": _now,
                "proposed_by": _actor,
                "text_hash": lambda edition, actor: edition.present_hash(),
                # Told of this text, for the types that ask for it; the notice follows in `effects.py`.
                "told_at": lambda edition, actor: timezone.now() if edition.tells_association else None,
            },
            done="Le texte est proposé. Un membre de chaque profession concernée est invité à donner son accord.",
        ),
        Transition(
            "reopen",
            ("proposed",),
            "draft",
            "Reprendre le texte",
            MEMBER,
            clears=("proposed_at", "proposed_by", "text_hash", "told_at"),
            tone="quiet",
            done="Le texte est rouvert. Les accords donnés valaient pour l'ancien : ils seront redemandés.",
        ),
        Transition(
            "put_in_force",
            ("proposed",),
            "in_force",
            "Mettre en vigueur",
            RESPONSIBLE,
            guards=(all_agreed, dates_hold),
            inputs=("validated_on", "review_on"),
            sets={
                "in_force_at": _now,
                "in_force_by": _actor,
                "reviewed_on": lambda edition, actor: edition.validated_on,
            },
            done="Le protocole est en vigueur. Cette version est figée : son texte ne change plus.",
        ),
        Transition(
            "confirm_review",
            ("in_force",),
            "in_force",
            "Relu, rien à changer",
            RESPONSIBLE,
            # The date still there may be past: that is why it is read again. The verb checks the new one.
            inputs=("review_on",),
            sets={"reviewed_on": lambda edition, actor: today()},
            tone="quiet",
            done="C'est noté : le protocole est relu, la prochaine révision est fixée.",
        ),
        # Run when the next version comes into force, in the same transaction.
        Transition(
            "supersede",
            ("in_force",),
            "superseded",
            "Remplacer",
            NOBODY_BY_HAND,
            sets={"ended_at": _now},
            hidden=True,
        ),
        Transition(
            "withdraw",
            ("draft", "proposed", "in_force"),
            "withdrawn",
            "Retirer",
            RESPONSIBLE,
            needs_comment=True,
            inputs=("end_reason",),
            sets={"ended_at": _now},
            tone="danger",
            done="C'est retiré. Le texte et ses versions restent lisibles par l'équipe.",
        ),
    ],
)

PUBLICATION = Workflow(
    "protocols.publication",
    title="Publication d'un protocole",
    initial="online",
    states=[
        State("online", "Publié", tone="ok", empty=("ended_at",)),
        State("replaced", "Remplacé par une nouvelle version", tone="quiet", required=("ended_at",), final=True),
        State("withdrawn", "Publication retirée", tone="quiet", required=("ended_at",), final=True),
    ],
    transitions=[
        Transition(
            "replace",
            ("online",),
            "replaced",
            "Publier la nouvelle version",
            NOBODY_BY_HAND,
            sets={"ended_at": _now},
            hidden=True,
        ),
        Transition(
            "withdraw",
            ("online",),
            "withdrawn",
            "Retirer de la bibliothèque",
            RESPONSIBLE,
            sets={"ended_at": _now},
            tone="quiet",
            done="Le protocole n'est plus dans la bibliothèque. Les équipes qui l'ont repris gardent leur copie.",
        ),
        # What is no longer in force is no longer shown.
        Transition(
            "end",
            ("online",),
            "withdrawn",
            "Retirer avec le protocole",
            NOBODY_BY_HAND,
            sets={"ended_at": _now},
            hidden=True,
        ),
    ],
)
