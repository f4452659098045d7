"""The form of a simulation: what is changed of the scale in force. It is sent in the address, nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms

from equipage.compensation.forms.scales import EurosField
from equipage.compensation.replaying import Rates
from equipage.rules.whatif import Change, changed


@dataclass(frozen=True)
class Asked:
    """What is simulated: a change of rates, the ceiling of a person, the envelope of every team (None = as today)."""

    change: Change
    cap_person_year_cents: int | None
    envelope_cents: int | None


class SimulationForm(forms.Form):
    """Change the rates of one kind and group, or of all; other ceilings; another envelope."""

    type = forms.ChoiceField(label="Type d'action", required=False)
    groupe = forms.ChoiceField(label="Pour", required=False)
    pourcent = forms.DecimalField(
        label="En pour cent",
        required=False,
        min_value=-99,
        max_value=1000,
        max_digits=6,
        decimal_places=2,
        localize=True,
        help_text="5 pour une hausse de 5 %, −5 pour une baisse.",
        widget=forms.TextInput(attrs={"inputmode": "text"}),
    )
    montant = forms.DecimalField(
        label="En euros par unité",
        required=False,
        min_value=-100_000,
        max_value=100_000,
        max_digits=8,
        decimal_places=2,
        localize=True,
        help_text="Ajouté au tarif, ou retranché avec un signe moins.",
        widget=forms.TextInput(attrs={"inputmode": "text"}),
    )
    plafond_personne = EurosField(label="Plafond par personne et par an, pour ce type, en euros")
    plafond_action = EurosField(label="Plafond par action, en euros")
    plafond_equipe = EurosField(label="Plafond par équipe et par an, pour ce type, en euros")
    plafond_total = EurosField(label="Plafond par personne et par an, toutes actions, en euros")
    enveloppe = EurosField(
        label="Enveloppe de chaque équipe, en euros", help_text="Vide : chaque équipe garde la sienne."
    )

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds, groups = choices
        fields: dict[str, Any] = self.fields
        fields["type"].choices = [("", "Tous les types"), *kinds]
        fields["groupe"].choices = [("", "Toutes les professions"), *groups]

    def asked(self) -> Asked:
        """What was typed."""
        data = self.cleaned_data
        change = Change(
            data["type"],
            data["groupe"],
            data["pourcent"] or Decimal(0),
            data["montant"] or Decimal(0),
            data["plafond_personne"],
            data["plafond_action"],
            data["plafond_equipe"],
        )
        return Asked(change, data["plafond_total"], data["enveloppe"])

    def address(self) -> str:
        """What was typed, as the end of an address that gives it again."""
        return urlencode({name: self.data[name] for name in self.fields if self.data.get(name)})


def imagined(before: Rates, asked: Asked) -> Rates:
    """The rates in force with what is asked changed. Raises BadInput when a rate would fall to nothing."""
    cap = before.cap_person_year_cents if asked.cap_person_year_cents is None else asked.cap_person_year_cents
    return Rates("simulation", changed(before.rates, asked.change), cap, asked.envelope_cents)
