"""The verbs of a control: the team answers, the association announces, hears, decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.compensation.models import ClaimLine
from equipage.controls.models import Control, ControlAnswer
from equipage.controls.policies import EVIDENCE
from equipage.controls.rules import CORRECTED, NOT_IN_ORDER
from equipage.controls.services.money import changes_of
from equipage.controls.states import CONTROL
from equipage.foundation import audit
from equipage.foundation.documents.attachments import take_upload
from equipage.foundation.documents.receiving import MOST_BYTES
from equipage.foundation.documents.uploads import HandedIn
from equipage.foundation.french import typographic
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked, run
from equipage.messaging.rules import TooPrivate, check_message

LONGEST = 2000
MOST_INSTALMENTS = 12


def checked(raw: str, *, field: str, missing: str) -> str:
    """The words without useless spaces. Raises Refused: missing though needed, too long, an account or a NIR inside."""
    words = raw.strip()
    if missing and not words:
        raise Refused(missing, field=field)
    if len(words) > LONGEST:
        raise Refused(f"Ce texte est trop long : gardez l'essentiel, en {LONGEST} signes au plus.", field=field)
    try:
        check_message("", words)
    except TooPrivate as private:
        raise Refused(
            typographic("Ce texte contient un numéro de compte ou de sécurité sociale : retirez-le, puis renvoyez."),
            field=field,
        ) from private
    return words


def answer(control: Control, *, actor: Any, words: str = "", file: HandedIn | None = None) -> Control:
    """Say or show what the action was; after an announcement, what the team thinks of it. Words, a file, or both.

    Not one transaction around a file: cleaning it takes time. Raises Refused with its field, Blocked when it is closed.
    """
    missing = "" if file else "Écrivez une phrase ou joignez une pièce : l'un des deux suffit."
    said = checked(words, field="words", missing=missing)
    _may(control, _move_of(control), actor)
    if file is None:
        return _write(control, actor, said, None)

    def keep(piece: Any) -> None:
        _write(control, actor, said, piece)

    take_upload(
        file,
        kind=EVIDENCE,
        about=audit.about(control),
        actor=actor,
        region=control.team.region_id,
        picture_bytes=MOST_BYTES,
        field="file",
        also=keep,
    )
    return Control.objects.get(pk=control.pk)


def _move_of(control: Control) -> str:
    return "reply" if control.state == "announced" else "answer"


def _may(control: Control, name: str, actor: Any) -> None:
    """Refuse before a file is read: closed, or somebody else's."""
    move = CONTROL.transitions[name]
    if not move.who.test(actor, control):
        raise Blocked((f"« {move.label} » revient à : {move.who.label}.",))
    if control.state not in move.sources:
        raise Blocked((f"Ce contrôle est « {control.get_state_display()} » : il n'attend plus de réponse.",))


@transaction.atomic
def _write(control: Control, actor: Any, words: str, piece: Any) -> Control:
    row = Control.objects.select_for_update(of=("self",)).get(pk=control.pk)
    last = row.answers.order_by("-written_at", "-id").first()
    # The same words sent twice are one answer, where they have arrived.
    if piece is None and last is not None and row.state in ("answered", "replied"):  # noqa: SIM102 (read in two steps)
        if (last.words, last.written_by_id) == (words, actor.pk):
            return row
    name = _move_of(row)
    moved: Control = run(CONTROL, row, name, actor=actor)
    ControlAnswer.objects.create(
        control=row,
        words=words,
        attachment=piece,
        on_announcement=name == "reply",
        written_by=actor,
        written_at=timezone.now(),
    )
    return moved


def extend(control: Control, *, actor: Any) -> Control:
    """More time to answer, once."""
    return run(CONTROL, control, "extend", actor=actor)


def find_in_order(control: Control, *, actor: Any, decision: str) -> Control:
    """What was shown suffices: the control ends, the lines are released."""
    said = checked(decision, field="decision", missing="Dites à l'équipe en une phrase ce qui a suffi.")
    return run(CONTROL, control, "find_in_order", actor=actor, data={"decision": said})


@transaction.atomic
def announce(
    control: Control,
    *,
    actor: Any,
    outcome: str,
    reasons: str,
    minutes: int | None = None,
    absent: Sequence[int] = (),
    instalments: int = 1,
) -> Control:
    """Say what would be decided and why, before it is (contradictoire): the team has a delay to reply.

    `minutes` is the true length of the action, `absent` the lines of people who were not there. Raises Refused.
    """
    if outcome not in (CORRECTED, NOT_IN_ORDER):
        raise Refused("Choisissez le résultat que vous envisagez.", field="outcome")
    said = checked(reasons, field="reasons", missing="Donnez vos raisons : l'équipe les lit et peut y répondre.")
    if not 1 <= instalments <= MOST_INSTALMENTS:
        raise Refused(f"Une reprise se fait en 1 à {MOST_INSTALMENTS} fois.", field="instalments")
    correction: dict[str, Any] = {}
    if outcome == CORRECTED:
        lines = set(ClaimLine.objects.filter(action_id=control.action_id, adjusts=None).values_list("pk", flat=True))
        if minutes is not None and minutes == control.action.minutes:
            minutes = None
        if minutes is None and not absent:
            raise Refused(
                "Donnez la durée exacte, ou les personnes qui n'y étaient pas : sinon rien ne serait corrigé.",
                field="minutes",
            )
        if not set(absent) <= lines:
            raise Refused("Une des personnes cochées n'est pas payée pour cette action.", field="absent")
        correction = {"minutes": minutes, "absent": sorted(absent)}
        control.correction = correction
        # Kept as it was announced: a page that reads computes nothing.
        correction["changes"] = {str(line.pk): cents for line, cents in changes_of(control) if cents}
        if not correction["changes"]:
            raise Refused("Cette correction ne changerait aucun montant : concluez « en ordre ».", field="minutes")
    data = {"outcome": outcome, "reasons": said, "correction": correction, "instalments": instalments}
    return run(CONTROL, control, "announce", actor=actor, data=data)


def confirm(control: Control, *, actor: Any, decision: str) -> Control:
    """The final result, as it was announced, once the team was heard; what it makes in money follows."""
    said = checked(decision, field="decision", missing="Dites ce que vous décidez, et ce que vous répondez à l'équipe.")
    if not control.outcome:
        raise Refused("Annoncez d'abord le résultat à l'équipe : elle doit pouvoir répondre.")
    return run(CONTROL, control, f"confirm_{control.outcome}", actor=actor, comment=said, data={"decision": said})


def cancel(control: Control, *, actor: Any, reason: str) -> Control:
    """End a control without a result, and say why."""
    said = checked(reason, field="reason", missing="Dites pourquoi ce contrôle est annulé : l'équipe le lira.")
    return run(CONTROL, control, "cancel", actor=actor, data={"cancel_reason": said})


def fall_silent(control: Control) -> Control:
    """Note that nobody answered in time. The team may still answer until the association decides."""
    return run(CONTROL, control, "fall_silent", actor=None)
