"""A task: what, who, for when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from equipage.meetings.forms.room import NO_NAME


class TaskForm(forms.Form):
    """A task that no meeting made."""

    what = forms.CharField(
        label="Ce qu'il faut faire",
        max_length=200,
        help_text=NO_NAME,
        error_messages={
            "required": "Écrivez ce qu'il faut faire.",
            "max_length": "Une tâche tient en 200 signes : gardez l'essentiel.",
        },
    )
    assignee = forms.TypedChoiceField(label="Qui", coerce=int)
    due_on = forms.DateField(
        label="Pour le", required=False, error_messages={"invalid": "Écrivez une date, par exemple 14/10/2026."}
    )

    def __init__(self, data: Any = None, *, members: Sequence[tuple[int, str]], **initial: Any) -> None:
        super().__init__(data, initial=initial)
        self.fields["assignee"].choices = list(members)  # type: ignore[attr-defined]


class ChangeForm(TaskForm):
    """Who has it, for when."""

    what = None  # type: ignore[assignment]
