"""Filters of a list: what a person may ask, kept in the address. django-filter builds the form and the query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet

from equipage.foundation.french import PARIS
from equipage.foundation.listing.ordering import field_at
from equipage.foundation.listing.search import words

Rows = QuerySet[Any, Any]
Choices = Iterable[tuple[str, str]] | Callable[[], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Filter:
    """A filter (filtre): `name` is its word in the address, `label` what the person reads."""

    name: str
    label: str

    def build(self, model: type[models.Model]) -> dict[str, django_filters.Filter]:
        """The django-filter filters behind it, by form field name."""
        raise NotImplementedError


@dataclass(frozen=True)
class SearchFilter(Filter):
    """A search box over a normalised column: every word typed is somewhere in it."""

    name: str = "q"
    label: str = "Rechercher"
    field: str = "search"
    help: str = ""

    def build(self, model: type[models.Model]) -> dict[str, django_filters.Filter]:
        """One text field; the words are combined with AND."""

        def apply(rows: Rows, name: str, typed: str) -> Rows:
            for word in words(typed):
                rows = rows.filter(**{f"{self.field}__contains": word})
            return rows

        box = forms.TextInput(attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"})
        return {
            self.name: django_filters.CharFilter(
                label=self.label, method=apply, max_length=100, widget=box, help_text=self.help
            )
        }


@dataclass(frozen=True)
class ChoiceFilter(Filter):
    """One value among `choices`. `counted`: shown as links with the number of rows of each, one grouped query."""

    field: str = ""
    choices: Choices = ()
    counted: bool = False

    def build(self, model: type[models.Model]) -> dict[str, django_filters.Filter]:
        """One choice; empty means all. Counted choices are links above the list, the form only carries them along."""
        hidden: dict[str, Any] = {"widget": forms.HiddenInput()} if self.counted else {}
        return {
            self.name: django_filters.ChoiceFilter(
                field_name=self.path,
                label=self.label,
                choices=self.choices,
                empty_label="Tous",
                **hidden,
            )
        }

    @property
    def path(self) -> str:
        """The field that is compared."""
        return self.field or self.name

    def pairs(self) -> list[tuple[str, str]]:
        """The choices, read now."""
        return list(self.choices() if callable(self.choices) else self.choices)


@dataclass(frozen=True, kw_only=True)
class RowFilter(Filter):
    """One row of another table; `rows` gives those that the user may choose."""

    field: str = ""
    rows: Callable[[Any], Rows]

    def build(self, model: type[models.Model]) -> dict[str, django_filters.Filter]:
        """One choice among visible rows."""

        def choosable(request: Any) -> Rows:
            return self.rows(request.user)

        return {
            self.name: django_filters.ModelChoiceFilter(
                field_name=self.field or self.name, label=self.label, queryset=choosable, empty_label="Tous"
            )
        }


@dataclass(frozen=True, kw_only=True)
class YesNoFilter(Filter):
    """Rows that fulfil `condition`, or those that do not."""

    condition: Q

    def build(self, model: type[models.Model]) -> dict[str, django_filters.Filter]:
        """Yes, no, or all."""

        def apply(rows: Rows, name: str, value: str) -> Rows:
            return rows.filter(self.condition if value == "oui" else ~self.condition)

        return {
            self.name: django_filters.ChoiceFilter(
                label=self.label,
                choices=(("oui", "Oui"), ("non", "Non")),
                empty_label="Tous",
                method=apply,
            )
        }


@dataclass(frozen=True)
class DateRange(Filter):
    """From a day to a day, both included, on a date or a moment: `<name>_du` and `<name>_au` in the address."""

    field: str = ""

    def build(self, model: type[models.Model]) -> dict[str, django_filters.Filter]:
        """Two day fields. Bounds are compared with the bare column, so that its index serves."""
        field = self.field or self.name
        timed = isinstance(field_at(model, field)[0], models.DateTimeField)

        def since(rows: Rows, name: str, day: date) -> Rows:
            return rows.filter(**{f"{field}__gte": _start(day) if timed else day})

        def until(rows: Rows, name: str, day: date) -> Rows:
            after = day + timedelta(days=1)
            return rows.filter(**{f"{field}__lt": _start(after) if timed else after})

        return {
            f"{self.name}_du": _day_filter(f"{self.label} à partir du", since),
            f"{self.name}_au": _day_filter(f"{self.label} jusqu'au", until),
        }


def _day_filter(label: str, apply: Callable[[Rows, str, date], Rows]) -> django_filters.DateFilter:
    box = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return django_filters.DateFilter(label=label, method=apply, widget=box, validators=[_plausible])


def _plausible(day: date) -> None:
    """A year with a missing or extra digit is a slip of the finger: say so rather than find nothing."""
    if not 1900 <= day.year <= 2200:
        raise ValidationError(
            f"L'année {day.year} semble mal tapée\u202f: écrivez-la avec quatre chiffres, comme 2026."
        )


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=PARIS)


class FilterForm(forms.Form):
    """The form of the filters. What was typed stays, a wrong value is explained and filters nothing."""

    ranges: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        """A range that ends before it begins is refused beside its second field."""
        cleaned = super().clean() or self.cleaned_data
        for name in self.ranges:
            first, last = cleaned.get(f"{name}_du"), cleaned.get(f"{name}_au")
            if first and last and last < first:
                # Half a range would hide rows that nobody asked to hide.
                del cleaned[f"{name}_du"]
                self.add_error(f"{name}_au", "Cette date vient avant la première\u202f: inversez les deux dates.")
        return cleaned


def filterset_class(model: type[models.Model], filters: Sequence[Filter]) -> type[django_filters.FilterSet]:
    """The django-filter class of a list."""
    built: dict[str, Any] = {}
    for declared in filters:
        built.update(declared.build(model))
    ranges = tuple(declared.name for declared in filters if isinstance(declared, DateRange))
    form = type("Form", (FilterForm,), {"ranges": ranges})
    meta = type("Meta", (), {"model": model, "fields": [], "form": form})
    return type(f"{model.__name__}Filters", (django_filters.FilterSet,), {**built, "Meta": meta})
