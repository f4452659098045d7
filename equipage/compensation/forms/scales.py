"""The forms of a scale: its header, and one line a rate."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms

from equipage.compensation.models import Scale, ScaleRate
from equipage.compensation.services.scales import RateFacts, ScaleFacts, check_amount
from equipage.foundation.money import as_euros, parse_euros, round_cents
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.rules import library

SPARE_LINES = 3


def rule_choices(region_id: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(kinds of action, pay groups) that the rules of the region know today."""
    territory = library().territory_of_region(region_id)
    kinds: dict[str, str] = {}
    groups: dict[str, list[str]] = {}
    for card in library().forms(territory, today()):
        form = library().form(card.code, territory, today())
        kinds.update({code: action.short_label for code, action in form.actions.items()})
        for profession in form.composition.professions.values():
            groups.setdefault(profession.pay_group, []).append(profession.label)
            for qualification in profession.qualifications:
                groups.setdefault(qualification.pay_group, [])
    return list(kinds.items()), [(code, GROUPS.get(code, code)) for code in sorted(groups) if code]


GROUPS = {
    "medical": "Professions médicales",
    "pharmacy": "Pharmacie",
    "auxiliary": "Auxiliaires médicaux",
    "biology": "Biologie",
}


class EurosField(forms.CharField):
    """An optional amount typed in euros, as cents; None when it is left empty."""

    def __init__(self, *, label: str, help_text: str = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            max_length=20,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        )

    def clean(self, value: Any) -> Any:
        """Cents, or None; a sentence that says how to mend what is no amount."""
        typed = super().clean(value)
        if not typed:
            return None
        try:
            cents = parse_euros(typed)
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused
        if cents < 0:
            raise forms.ValidationError("Un plafond n'est pas négatif : laissez le champ vide s'il n'y en a pas.")
        return cents


class RateField(EurosField):
    """A rate typed in euros, kept exact; None when it is left empty."""

    def clean(self, value: Any) -> Any:
        """The rate as a Decimal of two decimals. Zero, less, and more than a rate holds are said beside the field."""
        typed = forms.CharField.clean(self, value)
        if not typed:
            return None
        try:
            amount = as_euros(parse_euros(typed))
            check_amount(amount)
        except Refused as refused:
            raise forms.ValidationError(refused.sentence) from refused
        return amount


class ScaleForm(forms.Form):
    """The header of a scale (barème)."""

    label = forms.CharField(label="Intitulé", max_length=160, help_text="Par exemple « Barème 2027 ».")
    code = forms.SlugField(
        label="Code",
        max_length=40,
        help_text="Court et sans espace, par exemple bareme-2027. Il figure sur chaque ligne payée.",
        error_messages={"invalid": "Utilisez des lettres sans accent, des chiffres et des tirets, sans espace."},
    )
    reference = forms.CharField(
        label="Texte de référence", max_length=300, help_text="La délibération ou l'avenant qui fixe ces tarifs."
    )
    valid_from = forms.DateField(label="Premier jour")
    last_day = forms.DateField(label="Dernier jour", required=False, help_text="Vide tant qu'aucune fin n'est décidée.")
    cap_person_year = EurosField(
        label="Plafond par personne et par an, toutes actions, en euros",
        help_text="Tout ce qu'une personne reçoit dans l'année civile, dans toutes ses équipes. Vide sans plafond.",
    )
    fictitious = forms.BooleanField(
        label="Barème fictif", required=False, help_text="Il sera dit fictif partout où un montant en vient."
    )

    def facts(self) -> ScaleFacts:
        """What was typed, for the verbs."""
        data = dict(self.cleaned_data)
        return ScaleFacts(cap_person_year_cents=data.pop("cap_person_year"), **data)


# The ceilings of a rate: the field typed in euros, the column in cents.
CAPS = {"cap": "cap_person_year_cents", "cap_action": "cap_action_cents", "cap_team_year": "cap_team_year_cents"}


def typed(cents: int | None) -> str:
    """An amount as it is typed in a field, "" without one."""
    return "" if cents is None else f"{cents // 100},{cents % 100:02d}"


class RateForm(forms.Form):
    """One rate (tarif). A line whose amount is empty does not count."""

    action_code = forms.ChoiceField(label="Type d'action", required=False)
    amount = RateField(label="Montant, en euros")
    unit = forms.ChoiceField(label="Par", choices=ScaleRate.Unit.choices)
    profession_group = forms.ChoiceField(label="Pour", required=False)
    min_quantity = forms.DecimalField(
        label="Quantité minimale", required=False, min_value=0, decimal_places=2, localize=True
    )
    max_quantity = forms.DecimalField(
        label="Quantité maximale", required=False, min_value=0, decimal_places=2, localize=True
    )
    min_participants = forms.IntegerField(label="Présents au minimum", required=False, min_value=1, max_value=50)
    cap = EurosField(
        label="Plafond par personne et par an, en euros",
        help_text="Pour ce type d'action, dans toutes les équipes de la personne.",
    )
    cap_action = EurosField(
        label="Plafond par action, en euros", help_text="Pour toutes les personnes d'une même action, ensemble."
    )
    cap_team_year = EurosField(
        label="Plafond par équipe et par an, en euros", help_text="Pour ce type d'action, toute l'équipe ensemble."
    )
    rounding = forms.ChoiceField(label="Arrondi", choices=ScaleRate.Rounding.choices)
    shared_by = forms.ChoiceField(
        label="Forfait de l'équipe",
        required=False,
        choices=[("", "Non, payé à chaque personne"), *ScaleRate.SharedBy.choices],
        help_text="Un forfait est un montant pour toute l'action, partagé entre les présents.",
    )
    points = forms.IntegerField(
        label="Points", required=False, min_value=1, max_value=1000, help_text="Pour un partage selon les points."
    )
    percent = forms.DecimalField(
        label="Part fixe, en %",
        required=False,
        min_value=Decimal("0.01"),
        max_value=100,
        decimal_places=2,
        localize=True,
        help_text="De tout le forfait, pour les personnes que ce tarif paie. La part de qui n'est pas là n'est pas "
        "versée.",
    )

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds, groups = choices
        fields: dict[str, Any] = self.fields
        fields["action_code"].choices = [("", "Choisir"), *kinds]
        fields["profession_group"].choices = [("", "Toutes les professions"), *groups]

    def clean(self) -> dict[str, Any]:
        """A line with an amount says what it pays; a line with a kind says how much."""
        cleaned = super().clean() or self.cleaned_data
        amount, kind = cleaned.get("amount"), cleaned.get("action_code")
        if amount is not None and not kind and "action_code" not in self.errors:
            self.add_error("action_code", "Choisissez le type d'action que ce montant paie.")
        return cleaned

    def facts(self) -> RateFacts | None:
        """The rate, or None for a line left empty."""
        data = dict(self.cleaned_data)
        if data.get("amount") is None:
            return None
        for name, column in CAPS.items():
            data[column] = data.pop(name)
        return RateFacts(**data)


class _RateFormSet(forms.BaseFormSet):
    def facts(self) -> list[RateFacts]:
        return [found for form in self.forms if (found := form.facts()) is not None]


RateFormSet = forms.formset_factory(RateForm, formset=_RateFormSet, extra=0, max_num=60, absolute_max=60)


def initial_rates(given: Iterable[Any] | None, kinds: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Rates as lines, then spare ones; without any scale, one line for each kind of action."""
    rows: list[dict[str, Any]] = []
    if given is not None:
        rows = [
            {
                "action_code": rate.action_code,
                "amount": typed(round_cents(rate.amount)),
                "unit": rate.unit,
                "profession_group": rate.profession_group or "",
                "min_quantity": rate.min_quantity,
                "max_quantity": rate.max_quantity,
                "min_participants": rate.min_participants,
                **{name: typed(getattr(rate, column)) for name, column in CAPS.items()},
                "rounding": rate.rounding,
                "shared_by": rate.shared_by,
                "points": rate.points,
                "percent": rate.percent,
            }
            for rate in given
        ]
    else:
        rows = [{"action_code": code, "unit": "hour", "rounding": "cent"} for code, _ in kinds]
    return [*rows, *({"unit": "hour", "rounding": "cent"} for _ in range(SPARE_LINES))]


def initial_scale(scale: Scale) -> dict[str, Any]:
    """The header of a scale as the form shows it."""
    return {
        "label": scale.label,
        "code": scale.code,
        "reference": scale.reference,
        "valid_from": scale.valid_from,
        "last_day": last_day_of(scale),
        "fictitious": scale.fictitious,
        "cap_person_year": typed(scale.cap_person_year_cents),
    }


def last_day_of(scale: Scale) -> Any:
    """The last day a scale holds, None when it is open."""
    return scale.valid_to - timedelta(days=1) if scale.valid_to else None


class AdoptForm(forms.Form):
    """To adopt a scale whose effect was not looked at, one says so."""

    unseen = forms.BooleanField(label="J'adopte ce barème sans avoir vu ce qu'il changerait", required=False)
