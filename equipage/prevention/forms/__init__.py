"""What is typed about prevention actions, programmes and sessions."""

from equipage.prevention.forms.actions import PreventionActionForm, ReasonForm, ResultsForm
from equipage.prevention.forms.programmes import EvaluationForm, NotifyForm, ProgrammeForm, move_form
from equipage.prevention.forms.sessions import AttachForm, SessionForm

__all__ = [
    "AttachForm",
    "EvaluationForm",
    "NotifyForm",
    "PreventionActionForm",
    "ProgrammeForm",
    "ReasonForm",
    "ResultsForm",
    "SessionForm",
    "move_form",
]
