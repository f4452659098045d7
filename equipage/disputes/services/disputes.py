"""The verbs of a dispute: open, withdraw, answer (kept or corrected), reopen once; each with its words."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.compensation.models import ClaimLine
from equipage.compensation.services.adjustments import Right, adjust
from equipage.disputes.models import Dispute, Reason
from equipage.disputes.rules import checked_words, due_on
from equipage.disputes.states import DISPUTE
from equipage.disputes.telling import tell_association
from equipage.foundation import audit
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked, run

_SAY_WHY = "Dites en une phrase ce qui ne va pas : l'association la lira."
_ANSWER = "Écrivez votre réponse : la personne la lira, même quand le montant change."


@transaction.atomic
def open_dispute(line: Any, *, actor: Any, reason: str, words: str = "") -> Dispute:
    """Say that an amount seems wrong. The same doubt sent twice gives the first one. Raises Refused with its field."""
    row = ClaimLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    decision = can(actor, "disputes.open", row)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    if reason not in Reason.values:
        raise Refused("Choisissez ce qui ne va pas.", field="reason")
    said = checked_words(words, field="words", missing=_SAY_WHY if reason == Reason.OTHER else "")
    known = row.disputes.exclude(state="withdrawn").first()
    if known is not None:
        if (known.state, known.reason, known.words) == ("open", reason, said):
            return known
        raise Refused("Cette ligne est déjà contestée : suivez la réponse dans « Mes doutes ».")
    dispute = Dispute.objects.create(
        line=row,
        professional_id=row.professional_id,
        organisation_id=row.organisation_id,
        reason=reason,
        words=said,
        opened_by=actor,
        opened_at=timezone.now(),
        answer_due_on=due_on(today()),
    )
    audit.record(
        action="disputes.dispute.open",
        obj=dispute,
        actor=actor,
        comment=said,
        after={"reason": reason, "line": row.pk, "answer_due_on": dispute.answer_due_on.isoformat()},
    )
    tell_association(dispute, "opened")
    return dispute


def withdraw(dispute: Dispute, *, actor: Any) -> Dispute:
    """The person takes the doubt back; the line may be disputed again."""
    return run(DISPUTE, dispute, "withdraw", actor=actor)


def reopen(dispute: Dispute, *, actor: Any, words: str) -> Dispute:
    """« Pas d'accord », once: somebody else of the association looks again, within the same delay."""
    said = checked_words(words, field="words", missing="Dites pourquoi vous n'êtes pas d'accord : on le lira.")
    return run(DISPUTE, dispute, "reopen", actor=actor, data={"reopen_words": said})


def keep(dispute: Dispute, *, actor: Any, words: str) -> Dispute:
    """The amount stays, and the person reads why. Raises Refused with its field, Blocked for whoever may not."""
    said = checked_words(words, field="words", missing=_ANSWER)
    if dispute.state == "reopened":
        return run(DISPUTE, dispute, "uphold", actor=actor, data={"review": said})
    return run(DISPUTE, dispute, "keep", actor=actor, data={"answer": said})


@transaction.atomic
def correct(
    dispute: Dispute,
    *,
    actor: Any,
    words: str,
    right: Right,
    expected_cents: int | None = None,
    instalments: int = 1,
) -> Dispute:
    """Answer and write the counter-entry, both or neither. Two people who answer at once: the second is refused.

    `expected_cents` is the change that was shown. Raises Refused with its field, Blocked for whoever may not.
    """
    said = checked_words(words, field="words", missing=_ANSWER)
    row = Dispute.objects.select_for_update(of=("self",)).select_related("line__action").get(pk=dispute.pk)
    move = "amend" if row.state == "reopened" else "correct"
    transition = DISPUTE.transitions[move]
    if row.state not in transition.sources:
        raise Blocked((f"« {transition.label} » n'est plus possible : {DISPUTE.states[row.state].label.lower()}.",))
    if not transition.who.test(actor, row):
        raise Blocked((f"« {transition.label} » revient à : {transition.who.label}.",))
    reasons = tuple(reason for guard in transition.guards for reason in guard(row, actor))
    if reasons:
        raise Blocked(reasons)
    written = adjust(row.line, right, actor=actor, reason=said, expected_cents=expected_cents, instalments=instalments)
    if move == "amend":
        return run(DISPUTE, row, move, actor=actor, data={"review": said, "second_adjustment": written})
    return run(DISPUTE, row, move, actor=actor, data={"answer": said, "adjustment": written})
