"""The forms of a dispute: what seems wrong; the answer with what is right; why not agreed."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.compensation.rules import Facts
from equipage.compensation.services.adjustments import MOST_INSTALMENTS, Right
from equipage.disputes.models import Reason
from equipage.disputes.rules import LONGEST
from equipage.foundation.money import parse_euros
from equipage.foundation.refusals import Refused

_NO_PATIENT = "N'écrivez rien sur un patient, ni aucun numéro de compte."


class DoubtForm(forms.Form):
    """« Un doute ? »: one tap for the reason, words only when no reason fits."""

    reason = forms.ChoiceField(
        label="Qu'est-ce qui ne va pas ?",
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez ce qui ne va pas, « Autre chose » si rien ne convient.",
            "invalid_choice": "Ce motif n'existe pas : choisissez-en un dans la liste.",
        },
    )
    words = forms.CharField(
        label="Précision",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Ce qui aurait dû être compté, par exemple « 1 h 15 ». {_NO_PATIENT}",
    )


class WordsForm(forms.Form):
    """Why the answer is not agreed to."""

    words = forms.CharField(
        label="Pourquoi vous n'êtes pas d'accord",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_NO_PATIENT,
        error_messages={"required": "Dites pourquoi vous n'êtes pas d'accord : on le lira."},
    )


def given_times(cleaned: dict[str, Any]) -> int:
    """In how many instalments: one when nothing was typed."""
    return int(cleaned.get("instalments") or 1)


class AnswerForm(forms.Form):
    """The answer: words always; the amount stays, is computed again from the true facts, or changes by an amount."""

    KEEP, FACTS, AMOUNT = "maintenir", "calculer", "montant"
    OUTCOMES = (
        (KEEP, "Maintenir le montant"),
        (FACTS, "Corriger les faits, le barème recalcule"),
        (AMOUNT, "Corriger d'un montant, quand le barème ne sait pas calculer"),
    )

    outcome = forms.ChoiceField(
        label="Votre réponse",
        choices=OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez : maintenir le montant ou le corriger."},
    )
    words = forms.CharField(
        label="Ce que la personne lira",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"Une ou deux phrases. {_NO_PATIENT}",
        error_messages={"required": "Écrivez votre réponse : la personne la lira, même quand le montant change."},
    )
    kind = forms.ChoiceField(label="Type d'action", required=False)
    minutes = forms.IntegerField(
        label="Durée pour cette personne, en minutes", min_value=1, max_value=1440, required=False
    )
    participants = forms.IntegerField(label="Personnes présentes", min_value=1, max_value=200, required=False)
    patients = forms.IntegerField(label="Nombre de patients", min_value=0, max_value=500, required=False)
    amount = forms.CharField(
        label="Différence, en euros",
        max_length=30,
        required=False,
        help_text="Par exemple 12,50 pour ajouter, -12,50 pour reprendre.",
    )
    instalments = forms.IntegerField(
        label="Reprendre en combien de fois, une par mois",
        min_value=1,
        max_value=MOST_INSTALMENTS,
        required=False,
        help_text="Seulement quand le montant baisse. Vide : en une fois, sur le prochain virement.",
    )
    shown = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, facts: Facts, kinds: list[tuple[str, str]]) -> None:
        told = {"kind": facts.kind, "minutes": facts.minutes, "patients": facts.patients}
        super().__init__(data, initial={**told, "participants": facts.participants})
        self.facts = facts
        field: Any = self.fields["kind"]
        field.choices = kinds
        field.error_messages["invalid_choice"] = "Ce type d'action n'existe pas pour cette équipe ce jour-là."

    def clean_amount(self) -> int:
        """Signed cents; zero when nothing was typed."""
        raw = self.cleaned_data["amount"]
        if not raw.strip() or self.data.get("outcome") != self.AMOUNT:
            return 0
        try:
            return parse_euros(raw)
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused

    def clean(self) -> dict[str, Any]:
        """A box left empty among the facts is said; a plain amount is needed where it was chosen."""
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == self.FACTS:
            for name in ("kind", "minutes", "participants", "patients"):
                if cleaned.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, "Remplissez cette case : le barème en a besoin pour recalculer.")
        if cleaned.get("outcome") == self.AMOUNT and not cleaned.get("amount") and "amount" not in self.errors:
            self.add_error("amount", "Écrivez la différence, par exemple 12,50 pour ajouter ou -12,50 pour reprendre.")
        return cleaned

    @property
    def keeps(self) -> bool:
        """Does the amount stay?"""
        return bool(self.cleaned_data["outcome"] == self.KEEP)

    def right(self) -> Right:
        """What the line should say."""
        given = self.cleaned_data
        if given["outcome"] == self.AMOUNT:
            return Right(delta_cents=given["amount"])
        return Right(
            Facts(given["kind"], self.facts.held_on, given["minutes"], given["patients"], given["participants"])
        )

    def seal(self, cents: int) -> str:
        """What was shown, for the confirmation: the change in cents and the facts that it was computed from."""
        right = self.right()
        facts = right.facts
        told = (
            f"{facts.kind}:{facts.minutes}:{facts.participants}:{facts.patients}" if facts else str(right.delta_cents)
        )
        return f"{cents}|{given_times(self.cleaned_data)}|{told}"[:60]
