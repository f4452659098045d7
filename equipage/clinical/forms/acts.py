"""Forms that ask one thing before an act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from equipage.clinical.nomenclatures import Closing, Form, Reopening
from equipage.foundation.periods import today

_DAY_WRONG = {"invalid": "Écrivez une date, par exemple 14/10/2026.", "required": "Indiquez une date."}


class InformationForm(forms.Form):
    """When and how a person was informed."""

    informed_on = forms.DateField(label="Personne informée le", initial=today, error_messages=_DAY_WRONG)
    form = forms.ChoiceField(
        label="Sous quelle forme",
        choices=Form.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Dites sous quelle forme la personne a été informée."},
    )


class ChoiceForm(InformationForm):
    """What a person says of one member."""

    choice = forms.ChoiceField(
        label="Ce que dit la personne",
        choices=(
            ("recognise", "Elle reconnaît ce membre : il lit le dossier"),
            ("inform", "Elle est informée, et réfléchit"),
            ("object", "Elle s'oppose : ce membre ne voit rien"),
            ("withdraw", "Elle retire son accord : ce membre ne voit plus rien"),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez ce que la personne a dit."},
    )

    field_order = ("choice", "informed_on", "form")


class PasswordForm(forms.Form):
    """One's password, once more."""

    password = forms.CharField(
        label="Votre mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Saisissez votre mot de passe."},
    )


class ReasonForm(forms.Form):
    """Why: a word of a list, because it stays in clear."""

    reason = forms.ChoiceField(
        label="Motif", widget=forms.RadioSelect, error_messages={"required": "Choisissez un motif."}
    )

    def __init__(self, data: Any = None, *, of: type[Closing] | type[Reopening]) -> None:
        super().__init__(data)
        field: Any = self.fields["reason"]
        field.choices = of.choices


class HandOverForm(forms.Form):
    """To whom the file goes."""

    professional = forms.TypedChoiceField(
        label="Qui tient le dossier désormais",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un membre reconnu par la personne."},
    )

    def __init__(self, data: Any = None, *, people: Iterable[tuple[int, str]]) -> None:
        super().__init__(data)
        field: Any = self.fields["professional"]
        field.choices = list(people)


class EraseForm(forms.Form):
    """The reference of the file, copied by hand."""

    typed = forms.CharField(
        label="Référence du dossier",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": "Recopiez la référence pour confirmer."},
    )


class ValidateForm(forms.Form):
    """When the plan is looked at next."""

    review_on = forms.DateField(label="Prochaine revue le", error_messages=_DAY_WRONG)

    def __init__(self, data: Any = None, *, proposed: date) -> None:
        super().__init__(data, initial={"review_on": proposed})


class ReviewForm(forms.Form):
    """A review that was held."""

    held_on = forms.DateField(label="Revue faite le", initial=today, error_messages=_DAY_WRONG)
    found = forms.CharField(
        label="Ce qui a été constaté",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Écrivez ce qui a été constaté, en une phrase."},
    )
    next_on = forms.DateField(label="Prochaine revue le", error_messages=_DAY_WRONG)

    def __init__(self, data: Any = None, *, proposed: date) -> None:
        super().__init__(data, initial={"next_on": proposed})


class DeclareForm(forms.Form):
    """What the team's action says of a plan: when, how long, with whom; one patient, no name."""

    held_on = forms.DateField(label="Le", initial=today, error_messages=_DAY_WRONG)
    minutes = forms.IntegerField(
        label="Durée, en minutes",
        min_value=1,
        max_value=1440,
        initial=45,
        error_messages={
            "required": "Indiquez la durée en minutes.",
            "invalid": "Écrivez la durée en minutes, en chiffres : 45.",
            "min_value": "Indiquez une durée d'au moins une minute.",
            "max_value": "La durée dépasse 24 heures.",
        },
    )
    present = forms.TypedMultipleChoiceField(
        label="Qui y a travaillé",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Indiquez qui y a travaillé : au moins une personne."},
    )
    another = forms.BooleanField(label="C'est bien une autre action, le même jour", required=False)

    def __init__(self, data: Any = None, *, people: Iterable[tuple[int, str]], own: int) -> None:
        super().__init__(data, initial={"present": [own]})
        field: Any = self.fields["present"]
        field.choices = list(people)
