"""The form of a plan. No figure is proposed for the rates and the thresholds: no text gives one."""

from __future__ import annotations

from typing import Any

from django import forms

from equipage.controls.models import ControlPlan
from equipage.controls.rules import LABELS, Rate, Risk
from equipage.funding.forms import EurosField

_DAYS: dict[str, tuple[str, int]] = {
    "answer_days": ("Jours pour répondre", 15),
    "extension_days": ("Jours de prolongation, une fois", 15),
    "reply_days": ("Jours pour discuter un résultat annoncé", 15),
    "decide_days": ("Jours que l'association se donne pour décider", 15),
    "remind_days": ("Rappel, en jours avant l'échéance", 3),
}


class PlanForm(forms.Form):
    """A plan of control (plan de contrôle): thresholds, delays in calendar days, a rate and a minimum a class."""

    label = forms.CharField(label="Intitulé", max_length=120, help_text="Par exemple « Plan de contrôle 2027 ».")
    valid_from = forms.DateField(label="Premier jour")
    fictitious = forms.BooleanField(
        label="Chiffres fictifs", required=False, help_text="Il sera dit fictif partout où il s'applique."
    )
    new_below = forms.IntegerField(
        label="Une équipe est nouvelle sous ce nombre d'actions contrôlées", min_value=0, max_value=1000
    )
    confirmed_after = forms.IntegerField(
        label="Une équipe est confirmée après ce nombre de contrôles en ordre à la suite", min_value=1, max_value=1000
    )
    watched_months = forms.IntegerField(
        label="Une équipe est suivie tant de mois après un contrôle qui n'était pas en ordre", min_value=1, max_value=60
    )
    high_cents = EurosField(
        label="Une action est d'un montant élevé à partir de, en euros", required=False, help_text="Vide : sans seuil."
    )

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        for name, (label, usual) in _DAYS.items():
            least = 0 if name in ("extension_days", "remind_days") else 1
            self.fields[name] = forms.IntegerField(label=label, min_value=least, max_value=180, initial=usual)
        for risk in Risk:
            self.fields[f"percent_{risk}"] = forms.IntegerField(
                label=f"{LABELS[risk]} : taux, en pour cent", min_value=0, max_value=100
            )
            self.fields[f"minimum_{risk}"] = forms.IntegerField(
                label=f"{LABELS[risk]} : au moins, par mois", min_value=0, max_value=1000, initial=0
            )

    @classmethod
    def filled(cls, data: Any, plan: ControlPlan) -> PlanForm:
        """The form of a draft as it stands."""
        names = (*cls.base_fields, *_DAYS)
        initial = {name: getattr(plan, name) for name in names}
        for risk, rate in plan.rates_by_class().items():
            initial |= {f"percent_{risk}": rate.percent, f"minimum_{risk}": rate.minimum}
        return cls(data, initial=initial)

    def facts(self) -> dict[str, Any]:
        """The columns of the plan."""
        return {
            name: value for name, value in self.cleaned_data.items() if not name.startswith(("percent_", "minimum_"))
        }

    def rates(self) -> dict[str, Rate]:
        """The rate of each class."""
        given = self.cleaned_data
        return {str(risk): Rate(given[f"percent_{risk}"], given[f"minimum_{risk}"]) for risk in Risk}
