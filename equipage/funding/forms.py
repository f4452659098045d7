"""The forms of what may be spent, and how a refusal is shown on any form of money."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.foundation.money import as_euros, parse_euros
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.funding.models import Fund
from equipage.rules import library
from equipage.teams.models import Team
from equipage.territory.models import Department


class EurosField(forms.CharField):
    """An amount typed as people write it ("1 250,50"); cents once cleaned, None when it may be empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"max_length": 30, "widget": forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs},
        )

    def clean(self, value: Any) -> int | None:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return parse_euros(typed)
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused

    def prepare_value(self, value: Any) -> Any:
        """Cents given as initial value are shown as euros."""
        return str(as_euros(value)).replace(".", ",") if isinstance(value, int) else value


def earmark_choices(region_id: str) -> dict[str, list[tuple[str, str]]]:
    """What a credit may be earmarked for in a region, by field: what the rules know today, and its departments."""
    territory = library().territory_of_region(region_id)
    kinds: dict[str, str] = {}
    themes: dict[str, str] = {}
    for card in library().forms(territory, today()):
        form = library().form(card.code, territory, today())
        kinds.update({code: action.short_label for code, action in form.actions.items()})
        themes.update({theme.key: theme.label for theme in form.themes})
    departments = Department.objects.filter(region_id=region_id).order_by("code")
    return {
        "kinds": list(kinds.items()),
        "themes": sorted(themes.items(), key=lambda pair: pair[1]),
        "departments": [(row.code, row.name) for row in departments],
    }


class FundForm(forms.Form):
    """A credit (crédit) of a year."""

    funder = forms.ChoiceField(label="Financeur", choices=Fund.Funder.choices)
    label = forms.CharField(label="Intitulé", max_length=120, help_text="Par exemple « FIR 2027, équipes de soins ».")
    amount = EurosField(label="Montant de l'année, en euros")
    reference = forms.CharField(
        label="Texte de référence", max_length=300, required=False, help_text="La notification ou la convention."
    )
    rank = forms.IntegerField(
        label="Ordre",
        min_value=1,
        max_value=99,
        initial=1,
        help_text="À fléchage égal, le plus petit est engagé d'abord.",
    )
    kinds = forms.MultipleChoiceField(
        label="Seulement ces types d'action", required=False, widget=forms.CheckboxSelectMultiple
    )
    themes = forms.MultipleChoiceField(
        label="Seulement les équipes de ces thèmes", required=False, widget=forms.CheckboxSelectMultiple
    )
    departments = forms.MultipleChoiceField(
        label="Seulement ces départements", required=False, widget=forms.CheckboxSelectMultiple
    )
    fictitious = forms.BooleanField(label="Montant fictif", required=False)

    def __init__(self, *args: Any, region_id: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name, choices in earmark_choices(region_id).items():
            fields[name].choices = choices

    def given(self) -> dict[str, Any]:
        """What was typed, for the verb."""
        data = dict(self.cleaned_data)
        return {**data, "amount_cents": data.pop("amount")}


class PlanForm(forms.Form):
    """What every team begins the year with."""

    team_amount = EurosField(
        label="Dotation de départ de chaque équipe, en euros",
        help_text="Jamais au-dessus du plafond de la règle. Les enveloppes déjà modifiées à part ne bougent pas.",
    )


class ReallotmentForm(forms.Form):
    """From which team, to which team, how much and why."""

    giver = forms.ModelChoiceField(label="Équipe qui cède", queryset=Team.objects.none())
    taker = forms.ModelChoiceField(label="Équipe qui reçoit", queryset=Team.objects.none())
    amount = EurosField(label="Montant, en euros")
    reason = forms.CharField(
        label="Motif", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="Les deux équipes le lisent."
    )

    def __init__(self, *args: Any, region_id: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Team.objects.filter(region_id=region_id, state="recognised").order_by("name", "pk")
        fields: dict[str, Any] = self.fields
        for name in ("giver", "taker"):
            fields[name].queryset = rows


class RefuseForm(forms.Form):
    """Why the answer is no."""

    reason = forms.CharField(label="Motif", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
