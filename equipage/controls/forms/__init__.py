"""The forms of controls: what the team shows, what the association announces and decides, the plan."""

from equipage.controls.forms.controls import AnnounceForm, AnswerForm, WordsForm
from equipage.controls.forms.plans import PlanForm

__all__ = ["AnnounceForm", "AnswerForm", "PlanForm", "WordsForm"]
