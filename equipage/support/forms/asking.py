"""The public forms: find a contact, say that one is wrong, ask for help, add a word."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.foundation.refusals import Refused
from equipage.people.forms.professionals import professions
from equipage.people.rules import check_phone
from equipage.support.forms.guarding import GuardedForm
from equipage.support.models import Desk, DeskReport, Topic
from equipage.support.rules import long_form_choices
from equipage.territory.forms import CommuneField

_NO_PATIENT = "N'écrivez rien sur un patient : ni nom, ni situation, ni numéro."


class PhoneField(forms.CharField):
    """A telephone, checked and spelt as we store it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 40, **kwargs})

    def clean(self, value: Any) -> str:
        """The number with its spaces, "" for none. Raises ValidationError with what to write instead."""
        text = str(super().clean(value))
        try:
            return check_phone(text) if text else ""
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused


class ContactsForm(forms.Form):
    """Where, and for which form: both may stay empty, and the page then shows every contact."""

    commune = CommuneField(label="Votre commune", required=False)
    forme = forms.ChoiceField(label="Pour quelle forme", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["forme"]
        field.choices = [("", "Toutes les formes"), *long_form_choices()]
        field.error_messages["invalid_choice"] = "Cette forme n'existe pas : choisissez-en une dans la liste."


class ReportForm(GuardedForm):
    """What is wrong with a contact."""

    salt = "support.desk_report"

    reason = forms.ChoiceField(
        label="Qu'est-ce qui ne va pas ?",
        choices=DeskReport.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez ce qui ne va pas."},
    )
    text = forms.CharField(
        label="Ce que vous savez",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Le bon numéro, par exemple, et comment vous le savez.",
    )
    email = forms.EmailField(
        label="Votre adresse e-mail",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="Seulement si vous voulez savoir ce que nous en avons fait.",
    )


class AskForm(GuardedForm):
    """Ask for help: who, where, about what. Two silent guards against robots."""

    salt = "support.help_request"

    topic = forms.ChoiceField(
        label="Ce que vous voulez",
        choices=Topic.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez ce que vous voulez, « Autre chose » si rien ne convient."},
    )
    commune = CommuneField(label="Votre commune", help_text="Celle où vous travaillez. Nom ou code postal.")
    form = forms.ChoiceField(label="À propos de quelle forme", required=False)
    message = forms.CharField(
        label="Votre message",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_NO_PATIENT,
        error_messages={"required": "Dites en une phrase ce que vous cherchez."},
    )
    name = forms.CharField(label="Votre nom", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label="Votre adresse e-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="La réponse y arrivera, avec un lien pour suivre votre demande.",
    )
    phone = PhoneField(
        label="Votre téléphone",
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        help_text="Pour être rappelé.",
    )
    profession_code = forms.ChoiceField(label="Votre profession", required=False, choices=professions)
    desk = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["form"]
        field.choices = [("", "Je ne sais pas encore"), *long_form_choices()]
        for name in ("form", "profession_code", "topic"):
            self.fields[name].error_messages["invalid_choice"] = "Cette réponse n'existe pas : choisissez-en une autre."

    def clean_desk(self) -> Desk | None:
        """The desk asked for; one that closed, or a key that was touched, lets the place decide."""
        return Desk.objects.filter(key=self.cleaned_data["desk"]).first() if self.cleaned_data["desk"] else None

    def clean(self) -> dict[str, Any]:
        """Who wants to be called back leaves a number."""
        cleaned = super().clean()
        if cleaned.get("topic") == Topic.CALL and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", "Laissez un numéro : c'est là que vous serez rappelé.")
        return cleaned


class WordForm(forms.Form):
    """A word more on one's request."""

    text = forms.CharField(
        label="Votre mot",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_NO_PATIENT,
        error_messages={"required": "Écrivez votre mot avant de l'envoyer."},
    )
