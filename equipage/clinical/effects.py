"""What follows from the moves of the vault; and where they are proved: in the vault, never in the audit chain."""

from __future__ import annotations

from equipage.clinical.chain import JOURNAL
from equipage.clinical.services.plans import freeze
from equipage.clinical.states import PATIENT, PLAN, RECOGNITION
from equipage.foundation.workflow import Happened

for workflow in (PATIENT, RECOGNITION, PLAN):
    workflow.journal = JOURNAL


@PLAN.effect("validate")
def freeze_what_was_validated(happened: Happened) -> None:
    freeze(happened.obj, happened.actor)
