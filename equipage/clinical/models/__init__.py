"""The rows of the vault. In clear: who, when, in which state; sealed: all that is said of a patient."""

from equipage.clinical.models.journal import JournalEntry, JournalHead
from equipage.clinical.models.patients import DataKey, Patient, Recognition
from equipage.clinical.models.plans import ActionLink, Note, Plan, PlanReview, PlanVersion

__all__ = [
    "ActionLink",
    "DataKey",
    "JournalEntry",
    "JournalHead",
    "Note",
    "Patient",
    "Plan",
    "PlanReview",
    "PlanVersion",
    "Recognition",
]
