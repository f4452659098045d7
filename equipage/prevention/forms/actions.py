"""A prevention action as it is planned, and its results."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from equipage.foundation.periods import today
from equipage.people.models import Professional
from equipage.prevention.models import Indicator, PreventionAction
from equipage.prevention.services import ActionGiven, IndicatorGiven, ResultGiven
from equipage.prevention.services.actions import MOST_INDICATORS
from equipage.teams.models import Membership, Team

NO_PATIENT = "Sans nom ni détail qui désigne un patient."
DAY_WRONG = {"invalid": "Écrivez une date, par exemple 14/10/2026."}
_NEW_ROWS = 2
_NOT_A_NUMBER = "Écrivez un nombre, par exemple 40 ou 12,5."


def members_of(team: Team, also: int | None = None) -> Any:
    """The people who may answer for something: confirmed members today, and whoever already does."""
    rows = Membership.objects.in_force().filter(team=team, state__in=("confirmed", "left"))
    keys = set(rows.values_list("professional_id", flat=True)) | ({also} if also else set())
    return Professional.objects.filter(pk__in=sorted(keys)).order_by("last_name", "first_name", "id")


def count_field(label: str, **options: Any) -> forms.DecimalField:
    """A value of an indicator: positive, two decimals at most."""
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_digits=10,
        decimal_places=2,
        localize=True,
        error_messages={
            "invalid": _NOT_A_NUMBER,
            "min_value": "Un nombre négatif ne compte rien : écrivez 0 ou plus.",
            "max_digits": "Ce nombre est trop grand : vérifiez-le.",
            "max_whole_digits": "Ce nombre est trop grand : vérifiez-le.",
            "max_decimal_places": "Deux chiffres après la virgule suffisent.",
        },
        **options,
    )


class PreventionActionForm(forms.Form):
    """The sheet of an action (fiche action), with a few rows of indicators."""

    title = forms.CharField(label="Titre", max_length=160, help_text=NO_PATIENT)
    theme = forms.CharField(
        label="Thème", required=False, max_length=160, help_text="Par exemple : tabac, dépistage, chutes."
    )
    audience = forms.CharField(
        label="Public visé", max_length=300, help_text="Par exemple : parents de jeunes enfants. Aucun nom."
    )
    place = forms.CharField(label="Lieu", required=False, max_length=200)
    first_on = forms.DateField(label="Premier jour", error_messages=DAY_WRONG)
    last_on = forms.DateField(
        label="Dernier jour", error_messages=DAY_WRONG, help_text="Le même que le premier pour une seule journée."
    )
    partners = forms.CharField(
        label="Partenaires",
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Un organisme par ligne, sans nom de personne.",
    )
    objectives = forms.CharField(label="Objectifs", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    responsible = forms.ModelChoiceField(
        label="Membre responsable", queryset=Professional.objects.none(), empty_label="Choisir…"
    )

    def __init__(
        self, data: Any = None, *, team: Team, user: Any, action: PreventionAction | None = None, rows: int = 0
    ) -> None:
        self.known = list(action.indicators.order_by("id")) if action else []
        super().__init__(data, initial=_initial(action, user))
        responsible: Any = self.fields["responsible"]
        responsible.queryset = members_of(team, action.responsible_id if action else None)
        self.prefixes = [f"i{row.pk}" for row in self.known]
        room = max(0, MOST_INDICATORS - len(self.known))
        self.prefixes += [f"n{place}" for place in range(min(room, rows or (_NEW_ROWS if self.known else 3)))]
        for prefix in self.prefixes:
            self._add_row(prefix, next((row for row in self.known if f"i{row.pk}" == prefix), None))

    def _add_row(self, prefix: str, row: Indicator | None) -> None:
        self.fields[f"{prefix}-name"] = forms.CharField(
            label="Ce qui est compté", required=False, max_length=160, initial=row.name if row else ""
        )
        self.fields[f"{prefix}-unit"] = forms.CharField(
            label="Unité", required=False, max_length=40, initial=row.unit if row else ""
        )
        expected = count_field("Valeur attendue", initial=_plain(row.expected) if row else None)
        self.fields[f"{prefix}-expected"] = expected

    def clean(self) -> dict[str, Any]:
        """A named indicator has its expected value, and the other way round."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for prefix in self.prefixes:
            name, expected = cleaned.get(f"{prefix}-name"), cleaned.get(f"{prefix}-expected")
            wrong = f"{prefix}-expected" in self.errors
            if name and expected is None and not wrong:
                self.add_error(f"{prefix}-expected", "Dites combien vous en attendez, même à peu près.")
            elif expected is not None and not name:
                self.add_error(f"{prefix}-name", "Dites ce que cette valeur compte, ou videz-la.")
        return cleaned

    @property
    def rows(self) -> list[tuple[str, list[Any]]]:
        """The rows of indicators, each with its fields."""
        return [
            (f"Indicateur {place}", [self[f"{prefix}-{name}"] for name in ("name", "unit", "expected")])
            for place, prefix in enumerate(self.prefixes, start=1)
        ]

    def given(self) -> ActionGiven:
        """What the verb receives; an emptied row is an indicator taken away."""
        values = self.cleaned_data
        found = [
            IndicatorGiven(
                values[f"{prefix}-name"].strip(),
                values[f"{prefix}-unit"].strip(),
                values[f"{prefix}-expected"],
                int(prefix[1:]) if prefix.startswith("i") else None,
            )
            for prefix in self.prefixes
            if values.get(f"{prefix}-name")
        ]
        plain = ("title", "theme", "audience", "place", "first_on", "last_on", "partners", "objectives", "responsible")
        return ActionGiven(**{name: values[name] for name in plain}, indicators=tuple(found))


class ResultsForm(forms.Form):
    """What each indicator reached, and what the action gave in words."""

    def __init__(self, data: Any = None, *, action: PreventionAction) -> None:
        self.indicators = list(action.indicators.order_by("id"))
        super().__init__(data)
        for row in self.indicators:
            label = f"{row.name}, obtenu" + (f" ({row.unit})" if row.unit else "")
            self.fields[f"achieved-{row.pk}"] = count_field(label, initial=_plain(row.achieved))
            self.fields[f"comment-{row.pk}"] = forms.CharField(
                label=f"{row.name}, commentaire", required=False, max_length=200, initial=row.comment
            )
        self.fields["outcome"] = forms.CharField(
            label="Ce que l'action a donné",
            required=False,
            max_length=1000,
            initial=action.outcome,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=f"Quelques phrases, pour vous et pour vos financeurs. {NO_PATIENT}",
        )
        self.fields["finished_on"] = forms.DateField(
            label="Résultats arrêtés le", required=False, initial=today(), error_messages=DAY_WRONG
        )

    @property
    def rows(self) -> list[tuple[Indicator, Any, Any]]:
        """Each indicator with its two fields."""
        return [(row, self[f"achieved-{row.pk}"], self[f"comment-{row.pk}"]) for row in self.indicators]

    def results(self) -> list[ResultGiven]:
        """What the verb receives."""
        values = self.cleaned_data
        return [
            ResultGiven(row.pk, values[f"achieved-{row.pk}"], values[f"comment-{row.pk}"]) for row in self.indicators
        ]


class ReasonForm(forms.Form):
    """A sentence that others will read."""

    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label


def _plain(value: Decimal | None) -> str | None:
    """ "40" rather than "40,00": what a person would type."""
    return None if value is None else f"{value.normalize():f}".replace(".", ",")


def _initial(action: PreventionAction | None, user: Any) -> dict[str, Any]:
    if action is None:
        own = user.professional_or_none
        return {"responsible": own.pk if own else None}
    plain = ("title", "theme", "audience", "place", "first_on", "last_on", "partners", "objectives")
    return {**{name: getattr(action, name) for name in plain}, "responsible": action.responsible_id}
