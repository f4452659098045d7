"""The forms of one control: the answer of the team, the announced result, a sentence with a decision."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.controls.models import Control
from equipage.controls.rules import CORRECTED
from equipage.controls.services.controls import LONGEST, MOST_INSTALMENTS
from equipage.foundation.documents.receiving import MOST_BYTES

_NO_PATIENT = "N'écrivez rien sur un patient, ni aucun numéro de compte."


class AnswerForm(forms.Form):
    """A photo or a sentence: one of the two suffices."""

    file = forms.FileField(
        label="Pièce (PDF de 5 Mo au plus, photo JPEG ou PNG de 15 Mo au plus)",
        required=False,
        help_text="Par exemple la feuille d'émargement. Aucun document qui nomme un patient. Le lieu, la date et "
        "l'auteur que le fichier garde s'effacent.",
        error_messages={"empty": "Ce fichier est vide : choisissez-en un autre."},
        widget=forms.ClearableFileInput(
            attrs={
                "accept": "image/jpeg,image/png,application/pdf",
                "data-most-bytes": str(MOST_BYTES),
                "data-too-heavy": "Ce fichier pèse plus de 15 Mo : réduisez-le ou choisissez-en un autre.",
            }
        ),
    )
    words = forms.CharField(
        label="Votre réponse",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"Une ou deux phrases. {_NO_PATIENT}",
    )


class WordsForm(forms.Form):
    """One sentence that the other side reads."""

    words = forms.CharField(
        label="Ce que l'équipe lira",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_NO_PATIENT,
    )

    def __init__(self, data: Any = None, *, missing: str) -> None:
        super().__init__(data)
        self.fields["words"].error_messages["required"] = missing


class AnnounceForm(forms.Form):
    """What the association thinks of deciding, and why; the team replies before anything is decided."""

    outcome = forms.ChoiceField(
        label="Le résultat que vous envisagez",
        choices=Control.OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez le résultat que vous envisagez."},
    )
    reasons = forms.CharField(
        label="Vos raisons",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"L'équipe les lit et peut y répondre. {_NO_PATIENT}",
        error_messages={"required": "Donnez vos raisons : l'équipe les lit et peut y répondre."},
    )
    minutes = forms.IntegerField(
        label="Durée exacte de l'action, en minutes",
        required=False,
        min_value=1,
        max_value=1440,
        help_text="Seulement quand l'action a eu lieu autrement. Le barème recalcule chaque ligne.",
    )
    absent = forms.TypedMultipleChoiceField(
        label="Personnes qui n'y étaient pas", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    instalments = forms.IntegerField(
        label="Reprendre en combien de fois, une par mois",
        required=False,
        min_value=1,
        max_value=MOST_INSTALMENTS,
        help_text="Seulement pour corriger ce qui est déjà versé. Vide : en une fois, sur le prochain virement.",
    )

    def __init__(self, data: Any = None, *, people: list[tuple[int, str]]) -> None:
        super().__init__(data)
        field: Any = self.fields["absent"]
        field.choices = people

    def announced(self) -> dict[str, Any]:
        """What was typed, for the verb."""
        given = self.cleaned_data
        corrects = given["outcome"] == CORRECTED
        return {
            "outcome": given["outcome"],
            "reasons": given["reasons"],
            "minutes": given["minutes"] if corrects else None,
            "absent": given["absent"] if corrects else (),
            "instalments": (given["instalments"] or 1) if corrects else 1,
        }
