"""The forms of those who answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from equipage.support.models import Desk

_READ = "La personne le reçoit par e-mail. Ni nom ni situation d'un patient."


class AnswerForm(forms.Form):
    """An answer, mailed to who asked."""

    text = forms.CharField(
        label="Votre réponse",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_READ,
        error_messages={"required": "Écrivez votre réponse avant de l'envoyer."},
    )


class ReasonForm(forms.Form):
    """Why, in one sentence that the other party reads."""

    reason = forms.CharField(label="En une phrase", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: str = "", help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label or self.fields["reason"].label
        self.fields["reason"].help_text = help_text


class PassOnForm(ReasonForm):
    """To which desk, and why."""

    desk = forms.ModelChoiceField(label="Guichet", queryset=Desk.objects.none(), empty_label="Choisir…")
    field_order = ("desk", "reason")

    def __init__(self, *args: Any, desks: Sequence[Desk] = (), **kwargs: Any) -> None:
        super().__init__(*args, label="Pourquoi", help_text=_READ, **kwargs)
        field: Any = self.fields["desk"]
        # Those that can be written to, in the order of the place: best first.
        field.queryset = Desk.objects.filter(pk__in=[desk.pk for desk in desks]).order_by("name", "key")
        field.choices = [("", "Choisir…"), *((desk.pk, f"{desk.name} · {desk.place_label}") for desk in desks)]


class DeskAnswerForm(forms.Form):
    """What a desk without an account does: a name, and the words for who asked where there are some."""

    name = forms.CharField(
        label="Votre nom",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="La personne saura ainsi qui s'occupe de sa demande.",
        error_messages={"required": "Écrivez votre nom : la personne saura qui s'occupe de sa demande."},
    )
    text = forms.CharField(
        label="Votre message",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=f"Nécessaire pour répondre, confier ou clore. {_READ}",
    )
    desk = forms.ModelChoiceField(
        label="Confier à", queryset=Desk.objects.none(), empty_label="Choisir…", required=False
    )

    def __init__(self, *args: Any, desks: Sequence[Desk] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["desk"]
        field.queryset = Desk.objects.filter(pk__in=[desk.pk for desk in desks]).order_by("name", "key")
        field.choices = [("", "Choisir…"), *((desk.pk, f"{desk.name} · {desk.place_label}") for desk in desks)]
