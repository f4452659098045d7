"""The forms of the agency and of the team around a file."""

from __future__ import annotations

from typing import Any

from django import forms

ROWS = 4


class ComplementsForm(forms.Form):
    """Up to four requests at once: a section and what is missing in it. Empty rows are left out."""

    def __init__(self, *args: Any, titles: dict[str, str], first: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Choisissez une rubrique"), *titles.items()]
        for place in range(ROWS):
            self.fields[f"section-{place}"] = forms.ChoiceField(
                label=f"Rubrique {place + 1}",
                choices=choices,
                required=False,
                initial=first if place == 0 and first in titles else "",
            )
            self.fields[f"message-{place}"] = forms.CharField(
                label=f"Ce qui est demandé sur la rubrique {place + 1}",
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def rows(self) -> list[tuple[Any, Any]]:
        """The bound fields, two by two."""
        return [(self[f"section-{place}"], self[f"message-{place}"]) for place in range(ROWS)]

    def asked(self) -> list[tuple[str, str]]:
        """What was typed: (section, message)."""
        cleaned = self.cleaned_data
        pairs = [(cleaned[f"section-{place}"], cleaned[f"message-{place}"].strip()) for place in range(ROWS)]
        return [(key, message) for key, message in pairs if key or message]

    def clean(self) -> dict[str, Any]:
        """A message without a section, or the reverse, is said beside the field that is empty."""
        cleaned = super().clean() or self.cleaned_data
        for place in range(ROWS):
            key, message = cleaned.get(f"section-{place}", ""), cleaned.get(f"message-{place}", "").strip()
            if message and not key:
                self.add_error(f"section-{place}", "Choisissez la rubrique dont vous parlez.")
            if key and len(message) < 10:
                self.add_error(f"message-{place}", "Écrivez en une phrase ce que l'équipe doit compléter.")
        return cleaned


class AnswerForm(forms.Form):
    """The answer of the team to one request."""

    answer = forms.CharField(
        label="Votre réponse, en une phrase",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Écrivez une phrase\u202f: ce que vous avez complété."},
    )


class RecogniseForm(forms.Form):
    """A word of the agency that the letter carries."""

    reason = forms.CharField(
        label="Un mot à l'équipe",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Il figure dans la lettre de décision.",
    )


class RefuseForm(forms.Form):
    """Why the project is not recognised."""

    reason = forms.CharField(
        label="Motif du refus",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="L'équipe le lit dans la lettre. Dites ce qui manque et comment y remédier.",
        error_messages={"required": "Écrivez le motif\u202f: l'équipe doit savoir ce qui manque."},
    )


class ReassignForm(forms.Form):
    """Who follows the file from now on."""

    assigned_to = forms.TypedChoiceField(label="Confier le dossier à")

    def __init__(self, *args: Any, people: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_key = {str(person.pk): person for person in people}
        field: Any = self.fields["assigned_to"]
        field.choices = [(key, person.full_name) for key, person in by_key.items()]
        field.coerce = by_key.get
