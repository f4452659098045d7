"""What every verb does: lock the file, ask the right again, refuse what changed meanwhile, date the intervention."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from equipage.clinical.contents import DAY, TEXT, Card
from equipage.clinical.models import Patient
from equipage.clinical.rules import check_length
from equipage.foundation.french import typographic
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused

LONGEST_LINE = 300


class Changed(Refused):
    """Somebody wrote the same card meanwhile. `theirs` is what stands now, `count` what to base the next writing on."""

    def __init__(self, theirs: dict[str, str], count: int) -> None:
        super().__init__(
            typographic(
                "Un collègue a enregistré cette carte pendant que vous écriviez. Votre texte est encore là ; le sien "
                "est au-dessus : réunissez les deux, puis enregistrez."
            )
        )
        self.theirs = theirs
        self.count = count


def locked(patient: Patient, actor: Any, action: str = "clinical.edit_patient") -> Patient:
    """The file, locked until the end of the transaction, if this person still may. Raises Refused."""
    rows = Patient.objects.select_for_update(of=("self",)).select_related("key")
    row: Patient = rows.get(pk=patient.pk)
    decision = can(actor, action, row)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    return row


def intervened(patient: Patient) -> None:
    """Retention counts from today."""
    Patient.objects.filter(pk=patient.pk).update(last_intervention_on=today())


def answers(card: Card, given: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, as it is stored: texts only, whole, no longer than allowed. Raises Refused."""
    found = {}
    for field in card.fields:
        value = given.get(field.key)
        text = value.isoformat() if isinstance(value, date) else str(value or "").strip()
        if field.kind == TEXT:
            check_length(text, field=field.key)
        elif len(text) > LONGEST_LINE:
            raise Refused(
                typographic(f"« {field.label} » : {LONGEST_LINE} signes au plus, en voici {len(text)}."),
                field=field.key,
            )
        if field.required and not text:
            raise Refused(typographic(f"Remplissez « {field.label} »."), field=field.key)
        found[field.key] = text
    return found


def day_or_none(text: str) -> date | None:
    """A stored day."""
    return date.fromisoformat(text) if text else None


__all__ = ["DAY", "Changed", "answers", "day_or_none", "intervened", "locked"]
