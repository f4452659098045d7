"""The forms of contacts and requests for help."""

from equipage.support.forms.asking import AskForm, ContactsForm, ReportForm, WordForm
from equipage.support.forms.desks import CloseDeskForm, DeskForm
from equipage.support.forms.handling import AnswerForm, DeskAnswerForm, PassOnForm, ReasonForm

__all__ = [
    "AnswerForm",
    "AskForm",
    "CloseDeskForm",
    "ContactsForm",
    "DeskAnswerForm",
    "DeskForm",
    "PassOnForm",
    "ReasonForm",
    "ReportForm",
    "WordForm",
]
