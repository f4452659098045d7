"""The forms of the vault: cards are drawn from `contents.py`, the others ask one thing."""

from equipage.clinical.forms.acts import (
    ChoiceForm,
    DeclareForm,
    EraseForm,
    HandOverForm,
    InformationForm,
    PasswordForm,
    ReasonForm,
    ReviewForm,
    ValidateForm,
)
from equipage.clinical.forms.cards import ActionFormSet, CardForm, NoteForm

__all__ = [
    "ActionFormSet",
    "CardForm",
    "ChoiceForm",
    "DeclareForm",
    "EraseForm",
    "HandOverForm",
    "InformationForm",
    "NoteForm",
    "PasswordForm",
    "ReasonForm",
    "ReviewForm",
    "ValidateForm",
]
