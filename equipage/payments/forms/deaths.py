"""The forms of a death: the day and how it was learnt; why it was a mistake."""

from __future__ import annotations

from django import forms


class DeathForm(forms.Form):
    """What is known, in few words."""

    died_on = forms.DateField(
        label="Jour du décès",
        error_messages={"required": "Donnez le jour du décès ; le notaire ou l'équipe le connaît."},
    )
    learnt_from = forms.CharField(
        label="Appris par",
        max_length=200,
        help_text="Qui vous l'a dit : « le notaire », « l'équipe ». Ni la cause, ni rien de sa santé.",
        error_messages={"required": "Dites par qui vous l'avez appris : « le notaire », « l'équipe »."},
    )


class WithdrawForm(forms.Form):
    """Why the record is withdrawn."""

    reason = forms.CharField(
        label="Pourquoi ce signalement est une erreur",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Écrivez en une phrase pourquoi ce signalement est retiré."},
    )
