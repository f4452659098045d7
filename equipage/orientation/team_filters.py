"""What the address of the list of teams asks for: region, department, form, theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse

from equipage.foundation.french import typographic
from equipage.orientation.public_teams import form_cards, theme_choices
from equipage.territory.models import Department


@dataclass(frozen=True)
class Asked:
    """What the address asks for, once read; empty means all."""

    region: str = ""
    department: str = ""
    form: str = ""
    theme: str = ""

    @property
    def url(self) -> str:
        """The address of the page that shows it."""
        return reverse("orientation:teams") + self.query

    @property
    def query(self) -> str:
        """The same as a query string, empty when everything is asked for. A department says its region."""
        region = "" if self.department else self.region
        words = {"region": region, "departement": self.department, "forme": self.form, "theme": self.theme}
        said = {word: value for word, value in words.items() if value}
        return f"?{urlencode(said)}" if said else ""


class TeamFilters(forms.Form):
    """The filters, in the address. A wrong value filters nothing, and is explained beside its field."""

    region = forms.ChoiceField(label="Région", required=False)
    departement = forms.ChoiceField(label="Département", required=False)
    forme = forms.ChoiceField(label="Forme", required=False)
    theme = forms.ChoiceField(label="Thème", required=False)

    def __init__(self, query: Mapping[str, str]) -> None:
        self.departments = {row.code: row for row in Department.objects.select_related("region").order_by("code")}
        given = {name: query.get(name, "") for name in self.base_fields}
        there = self.departments.get(given["departement"])
        if there:
            given["region"] = given["region"] or there.region_id
            if given["region"] != there.region_id:
                # Another region was chosen in the list beside it: the department of before no longer means anything.
                given["departement"] = ""
        super().__init__(given)
        self._offer("region", self.regions, "Toutes", "Cette région n'existe pas")
        self._offer("departement", self._departments(), "Tous", "Ce département n'existe pas")
        cards = [(code, f"{card.label}, {card.full_name}") for code, card in form_cards().items()]
        self._offer("forme", cards, "Toutes", "Cette forme n'existe pas")
        self._offer("theme", theme_choices(), "Tous", "Aucune équipe montrée ne travaille sur ce thème")
        inside = self._departments(given["region"])
        self.fields["departement"].widget.choices = [("", "Tous"), *inside]
        # Without a region the map and the table lead to a department: a list of a hundred would only weigh.
        self.narrowed = bool(inside)

    @property
    def regions(self) -> list[tuple[str, str]]:
        """(code, name) of every region, by name."""
        found = sorted({(row.region.search_name, row.region_id, row.region.name) for row in self.departments.values()})
        return [(code, name) for _, code, name in found]

    def _departments(self, region: str | None = None) -> list[tuple[str, str]]:
        rows = self.departments.values()
        return [(row.code, typographic(str(row))) for row in rows if region in (None, row.region_id)]

    def _offer(self, name: str, choices: list[tuple[str, str]], every: str, wrong: str) -> None:
        field: Any = self.fields[name]
        field.choices = [("", every), *((code, typographic(label)) for code, label in choices)]
        field.error_messages["invalid_choice"] = typographic(f"{wrong} : nous montrons tout.")

    @property
    def asked(self) -> Asked:
        """What is asked for, wrong values left out."""
        self.is_valid()
        read = self.cleaned_data.get
        return Asked(read("region", ""), read("departement", ""), read("forme", ""), read("theme", ""))

    @property
    def place(self) -> str:
        """The name of the department or of the region asked for; empty for the whole country."""
        asked = self.asked
        if asked.department:
            return str(self.departments[asked.department].name)
        return dict(self.regions).get(asked.region, "")
