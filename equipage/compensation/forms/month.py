"""What is sent from the page of a month: a decision about one person, one for all alike, a reminder."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.compensation.models import ClaimLine, HindranceNotice
from equipage.compensation.piles import REASONS
from equipage.compensation.services.decisions import LONGEST_REASON
from equipage.people.models import Professional

CHOICES = (("pay", "Payer"), ("wait", "Attendre"), ("undo", "Annuler la décision"))


class DecisionForm(forms.Form):
    """Pay, wait, or come back on it; `seen` and `before` are what the page showed."""

    person = forms.ModelChoiceField(
        Professional.objects.none(),
        label="Personne",
        error_messages={
            "invalid_choice": "Cette personne n'a aucune ligne dans votre association : rouvrez la page du mois."
        },
    )
    choice = forms.ChoiceField(choices=CHOICES, label="Décision")
    reason = forms.CharField(label="Motif", required=False, max_length=LONGEST_REASON)
    told = forms.BooleanField(label="La personne lit ce motif", required=False)
    seen = forms.CharField(max_length=64, required=False)
    before = forms.IntegerField(min_value=0, required=False)

    def __init__(self, data: Any, organisation: Any) -> None:
        super().__init__(data)
        lines = ClaimLine.objects.filter(organisation=organisation).order_by().values("professional_id")
        self.fields["person"].queryset = Professional.objects.filter(pk__in=lines).order_by("pk")  # type: ignore[attr-defined]


class AlikeForm(forms.Form):
    """Pay everybody who has one and the same reason."""

    code = forms.ChoiceField(choices=list(REASONS.items()), label="Point à regarder")
    seen = forms.CharField(max_length=64)


class ReminderForm(forms.Form):
    """Tell those who must act."""

    waits_for = forms.ChoiceField(choices=HindranceNotice.WaitsFor, label="Qui doit agir")
