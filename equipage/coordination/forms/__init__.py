"""Forms of the actions (`declaring`) and of their proof (`proof`)."""

from equipage.coordination.forms.declaring import (
    ActionForm,
    CounterForm,
    ExplanationForm,
    FactsForm,
    ReasonForm,
    proposed,
)
from equipage.coordination.forms.proof import CodeForm, EvidenceForm, GuestForm, HoursForm, answered

__all__ = [
    "ActionForm",
    "CodeForm",
    "CounterForm",
    "EvidenceForm",
    "ExplanationForm",
    "FactsForm",
    "GuestForm",
    "HoursForm",
    "ReasonForm",
    "answered",
    "proposed",
]
