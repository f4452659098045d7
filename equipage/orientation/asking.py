"""The questions of the orientation: what an address holds, read with care. No identity, nothing kept.

`commune=49092&moi=infirmier&n-medecin-generaliste=1&p-pharmacien=1&cadre=cabinets&besoin=isolement&temps=peu`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from equipage.foundation.french import typographic
from equipage.orientation.place import Place, place_of_region
from equipage.rules import library
from equipage.rules.headcount import MOST, SALARIED, Headcount
from equipage.rules.orientation import Situation, Time
from equipage.rules.shared import PersonKind
from equipage.territory.forms import CommuneField
from equipage.territory.models import Commune

SURE, MAYBE = "n-", "p-"
ALONE, OFFICES, PREMISES, EMPLOYED = "seul", "cabinets", "locaux", "salaries"
SETTINGS = (
    (OFFICES, "Chacun dans son cabinet ou son officine"),
    (PREMISES, "Dans les mêmes locaux"),
    (EMPLOYED, "Salariés d'un centre de santé ou d'une structure"),
    (ALONE, "Seul ou seule pour l'instant"),
)
TIMES: tuple[tuple[str, str, Time], ...] = (
    ("peu", "Quelques heures par mois, pas plus", "little"),
    ("assez", "Une réunion régulière et un peu d'écriture", "some"),
    ("beaucoup", "De quoi monter et faire vivre une structure", "much"),
)
# The kinds shown at once; the others are one tap away.
SHOWN_AT_ONCE = 5


class CountField(forms.IntegerField):
    """How many people; empty is none."""

    def __init__(self, *, label: str, **kwargs: Any) -> None:
        words = typographic(f"{label} : écrivez un nombre entier de 0 à {MOST}.")
        messages = dict.fromkeys(("invalid", "min_value", "max_value"), words)
        box = forms.NumberInput(attrs={"min": 0, "max": MOST, "inputmode": "numeric", "placeholder": "0"})
        super().__init__(
            label=label,
            required=False,
            min_value=0,
            max_value=MOST,
            widget=box,
            error_messages=messages,
            **kwargs,
        )

    def clean(self, value: Any) -> int:
        """The number, 0 when nothing was typed."""
        return super().clean(value) or 0


@dataclass(frozen=True)
class Answers:
    """What was answered, whole and coherent."""

    commune: Commune
    me: PersonKind
    certain: Mapping[PersonKind, int]
    uncertain: Mapping[PersonKind, int]
    setting: str
    needs: tuple[str, ...]
    time: str

    @property
    def place(self) -> Place:
        """The territory whose rules apply."""
        return place_of_region(self.commune.department.region_id)

    @property
    def situation(self) -> Situation:
        """The same, as the rules read it; the person who asks counts too."""
        certain = {self.me: self.certain.get(self.me, 0) + 1}
        certain |= {kind: count for kind, count in self.certain.items() if kind != self.me}
        people = Headcount(
            {kind: min(MOST, count) for kind, count in certain.items()},
            self.uncertain,
            SALARIED if self.setting == EMPLOYED else "L",
        )
        times: dict[str, Time] = {key: time for key, _, time in TIMES}
        return Situation(people, self.place.code, frozenset(self.needs), times.get(self.time, ""))

    @property
    def query(self) -> str:
        """The address that says these answers and nothing else, always written the same way."""
        pairs: list[tuple[str, str | int]] = [("commune", self.commune.pk), ("moi", self.me.key)]
        pairs += [(f"{SURE}{kind.key}", count) for kind, count in self.certain.items() if count]
        pairs += [(f"{MAYBE}{kind.key}", count) for kind, count in self.uncertain.items() if count]
        if self.setting:
            pairs.append(("cadre", self.setting))
        pairs += [("besoin", need) for need in self.needs]
        if self.time:
            pairs.append(("temps", self.time))
        return urlencode(pairs)


class Questions(forms.Form):
    """Six questions; two are needed (where, who). Every refusal says what to change."""

    commune = CommuneField(label="Où exercez-vous ?")
    moi = forms.ChoiceField(label="Qui êtes-vous ?")
    cadre = forms.ChoiceField(
        label="Comment travaillez-vous aujourd'hui ?", required=False, choices=SETTINGS, widget=forms.RadioSelect
    )
    besoin = forms.MultipleChoiceField(
        label="Qu'est-ce qui vous manque, ou vous pèse ?", required=False, widget=forms.CheckboxSelectMultiple
    )
    temps = forms.ChoiceField(
        label="Combien de temps pouvez-vous y mettre ?",
        required=False,
        choices=[(key, label) for key, label, _ in TIMES],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: QueryDict | None = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, use_required_attribute=False)
        packs = library().pack
        self.kinds = packs.people
        me: Any = self.fields["moi"]
        me.choices = [("", "Choisir…"), *((kind.key, kind.label) for kind in self.kinds.values())]
        me.error_messages = {"required": "Choisissez votre profession dans la liste."}
        needs: Any = self.fields["besoin"]
        needs.choices = [(one.key, one.label) for one in packs.concerns.values()]
        for name in ("moi", "cadre", "besoin", "temps"):
            sentence = "Cette réponse n'existe pas (ou plus) : choisissez-en une autre."
            self.fields[name].error_messages["invalid_choice"] = typographic(sentence)
        for kind in self.kinds.values():
            self.fields[f"{SURE}{kind.key}"] = CountField(label=kind.label)
            self.fields[f"{MAYBE}{kind.key}"] = CountField(label=f"{kind.label}, à confirmer")

    def rows(self) -> list[dict[str, Any]]:
        """One row a kind of person: its two numbers."""
        return [
            {"kind": kind, "sure": self[f"{SURE}{kind.key}"], "maybe": self[f"{MAYBE}{kind.key}"]}
            for kind in self.kinds.values()
        ]

    @property
    def open_rows(self) -> bool:
        """Whether something stands in the rows that are folded at first."""
        folded = self.rows()[SHOWN_AT_ONCE:]
        return any(row[name].value() or row[name].errors for row in folded for name in ("sure", "maybe"))

    def clean(self) -> dict[str, Any]:
        """Answers that cannot go together are named, both of them."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_bound and isinstance(self.data, QueryDict):
            self._refuse_twice(self.data)
            self._refuse_strangers()
        if cleaned.get("cadre") == ALONE and any(self._people(SURE).values()):
            self.add_error(
                "cadre",
                typographic(
                    "Vous dites travailler seul ou seule, et aussi avec d'autres. Changez l'une des deux réponses : "
                    "les personnes que vous espérez seulement se comptent « à confirmer »."
                ),
            )
        return cleaned

    def _refuse_twice(self, given: QueryDict) -> None:
        for name in self.fields:
            if name != "besoin" and len(set(given.getlist(name))) > 1:
                self.add_error(name, "Cette question a reçu deux réponses différentes. Gardez-en une seule.")

    def _refuse_strangers(self) -> None:
        """A number for a kind of person that does not exist: the link was changed, or is older than the rules."""
        for name in self.data:
            if name.startswith((SURE, MAYBE)) and name[len(SURE) :] not in self.kinds:
                sentence = (
                    "Ce lien compte une profession que nous ne connaissons pas : il a été modifié, ou il est ancien. "
                    "Vérifiez les nombres ci-dessous."
                )
                self.add_error(None, typographic(sentence))
                return

    def _people(self, prefix: str) -> dict[PersonKind, int]:
        return {
            kind: self.cleaned_data[f"{prefix}{kind.key}"]
            for kind in self.kinds.values()
            if self.cleaned_data.get(f"{prefix}{kind.key}")
        }

    def answers(self) -> Answers:
        """What was answered; after validation."""
        given = self.cleaned_data
        return Answers(
            given["commune"],
            self.kinds[given["moi"]],
            self._people(SURE),
            self._people(MAYBE),
            given["cadre"],
            tuple(given["besoin"]),
            given["temps"],
        )
