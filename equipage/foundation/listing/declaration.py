"""The declaration of a list, and the list as one person asked for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest, QueryDict

from equipage.foundation.listing import ordering, paging
from equipage.foundation.listing.bulk import BulkAction
from equipage.foundation.listing.columns import Cell, Column
from equipage.foundation.listing.filters import ChoiceFilter, DateRange, Filter, filterset_class
from equipage.foundation.listing.paging import Page, Total

SORT, EXPORT = "tri", "export"


@dataclass(frozen=True)
class Empty:
    """What an empty list says: what will be here, and the first step."""

    title: str
    text: str = ""
    action: str = ""
    url: str = ""


@dataclass(frozen=True)
class Link:
    """A label and where it leads; `current` when one is already there; `main` for the page's main button."""

    label: str
    url: str
    current: bool = False
    count: int | None = None
    main: bool = False


@dataclass(frozen=True)
class Tabs:
    """A counted filter as links: all, then each choice with its number of rows."""

    name: str
    label: str
    value: str
    links: list[Link]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: its key, its name and its cells."""

    pk: Any
    label: str
    cells: list[Cell]


@dataclass(frozen=True)
class Heading:
    """The head of a column: its label, how it sorts now, and the address that sorts by it."""

    column: Column
    url: str
    sorted: str

    @property
    def classes(self) -> str:
        """The classes of its element: those of its cells."""
        return self.column.classes


class Listing:
    """A list (liste) as declared by class attributes; an instance is that list for one request.

    `default_order` are field names; the primary key is added so that the order is total. `noun` is singular and plural.
    """

    model: ClassVar[type[models.Model]]
    title: ClassVar[str]
    lede: ClassVar[str] = ""
    noun: ClassVar[tuple[str, str]] = ("ligne", "lignes")
    file_name: ClassVar[str] = "liste"
    columns: ClassVar[Sequence[Column]]
    filters: ClassVar[Sequence[Filter]] = ()
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
    default_order: ClassVar[tuple[str, ...]] = ()
    page_size: ClassVar[int] = 50
    _filterset: ClassVar[type[django_filters.FilterSet]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not hasattr(cls, "columns"):
            return
        keys = [column.key for column in cls.columns]
        if len(set(keys)) != len(keys) or sum(column.heads for column in cls.columns) != 1:
            raise TypeError(f"{cls.__name__} : les clés des colonnes diffèrent et une seule colonne a heads=True.")

    def __init__(self, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        self.user: Any = request.user
        self.kwargs = kwargs
        self.params: QueryDict = request.GET

    # --- what a declaration may override -----------------------------------------------------------------

    def queryset(self, user: Any) -> QuerySet[Any, Any]:
        """All rows the user may see. Annotate with sub-queries, not joins: counts stay cheap."""
        visible: QuerySet[Any, Any] = self.model._default_manager.visible_to(user)  # type: ignore[attr-defined]
        return visible

    def empty(self, user: Any) -> Empty:
        """What to say when there is no row at all."""
        return Empty("Rien ici pour l'instant.")

    def actions(self, user: Any) -> Sequence[Link]:
        """Links above the list, such as the one that creates a row."""
        return ()

    def name_of(self, row: Any) -> tuple[str, str]:
        """The name of a row and the address of its page, for reports and labels."""
        cell = self.heading_column.cell(row)
        return cell.text, cell.url

    @property
    def page_actions(self) -> Sequence[Link]:
        """The links above the list for this person."""
        return self.actions(self.user)

    @property
    def empty_state(self) -> Empty:
        """What the empty list says to this person."""
        return self.empty(self.user)

    # --- the list as asked --------------------------------------------------------------------------------

    @cached_property
    def filterset(self) -> django_filters.FilterSet:
        """The filters with what was typed."""
        if "_filterset" not in type(self).__dict__:
            type(self)._filterset = filterset_class(self.model, self.filters)
        return type(self)._filterset(self.params, queryset=self.queryset(self.user), request=self.request)

    @cached_property
    def filtered(self) -> QuerySet[Any, Any]:
        """The rows asked for, unordered. A wrong value filters nothing and is explained beside its field."""
        rows: QuerySet[Any, Any] = self.filterset.qs
        return rows

    @cached_property
    def heading_column(self) -> Column:
        """The column that names the rows."""
        return next(column for column in self.columns if column.heads)

    @cached_property
    def sort(self) -> str:
        """The sort asked for: a column key, with "-" for descending; empty for the default order."""
        asked = self.params.get(SORT, "")
        sortable = {column.key for column in self.columns if column.sort_fields}
        return asked if asked.removeprefix("-") in sortable else ""

    @cached_property
    def order(self) -> tuple[ordering.Term, ...]:
        """The total order in force."""
        if not self.sort:
            return ordering.terms(self.model, self.default_order)
        column = next(column for column in self.columns if column.key == self.sort.removeprefix("-"))
        sign = "-" if self.sort.startswith("-") else ""
        return ordering.terms(self.model, [_signed(sign, name) for name in column.sort_fields])

    @property
    def rows(self) -> QuerySet[Any, Any]:
        """Every row asked for, in order: what exports and the API give."""
        return self.filtered.order_by(*ordering.expressions(self.order))

    @cached_property
    def page(self) -> Page:
        """The page asked for."""
        return paging.paginate(self.filtered, self.order, self.params, self.page_size, self._total)

    @cached_property
    def screen_columns(self) -> list[Column]:
        """The columns shown on screen."""
        return [column for column in self.columns if column.screen]

    @cached_property
    def lines(self) -> list[Row]:
        """The rows of the page, ready to show."""
        columns = self.screen_columns
        found = []
        for row in self.page.rows:
            cells = [column.cell(row) for column in columns]
            label = next((cell.text for cell in cells if cell.column.heads), str(row))
            found.append(Row(row.pk, label, cells))
        return found

    @cached_property
    def headings(self) -> list[Heading]:
        """The heads of the columns, with the address that sorts by each."""
        found = []
        for column in self.screen_columns:
            if not column.sort_fields:
                found.append(Heading(column, "", ""))
                continue
            state = {column.key: "ascending", f"-{column.key}": "descending"}.get(self.sort, "")
            wanted = f"-{column.key}" if state == "ascending" else column.key
            found.append(Heading(column, paging.restart(self.params, **{SORT: wanted}), state))
        return found

    @cached_property
    def sort_choices(self) -> list[tuple[str, str]]:
        """The same orders as a choice, for phones where the heads of the columns are not shown."""
        found = [("", "Ordre habituel")]
        for column in self.columns:
            if column.sort_fields:
                found += [
                    (column.key, f"{column.label}, croissant"),
                    (f"-{column.key}", f"{column.label}, décroissant"),
                ]
        return found if len(found) > 1 else []

    @cached_property
    def tabs(self) -> list[Tabs]:
        """The counted filters as links."""
        return [self._tabs(declared) for declared in self._counted]

    @cached_property
    def visible_fields(self) -> list[Any]:
        """The fields of the filter form that are always shown; counted filters are links instead."""
        aside = {declared.name for declared in self._counted} | self._further
        return [field for field in self.filterset.form if field.name not in aside]

    @cached_property
    def further_fields(self) -> list[Any]:
        """The fields under « Plus de filtres »: days, which are rare and would fill the screen of a phone."""
        return [field for field in self.filterset.form if field.name in self._further]

    @property
    def further_open(self) -> bool:
        """Was one of them used? Then they are shown."""
        return any(self.params.get(name) for name in self._further)

    @property
    def _further(self) -> set[str]:
        ranges = [declared.name for declared in self.filters if isinstance(declared, DateRange)]
        return {f"{name}_{end}" for name in ranges for end in ("du", "au")}

    @cached_property
    def is_filtered(self) -> bool:
        """Did the person ask for less than everything?"""
        return any(value for name in self.filterset.filters for value in self.params.getlist(name))

    @property
    def reset_url(self) -> str:
        """The address of the whole list, in the same order."""
        return paging.restart(self.params, **dict.fromkeys(self.filterset.filters))

    @property
    def csv_url(self) -> str:
        """The address of the CSV file of the rows asked for."""
        return paging.restart(self.params, **{EXPORT: "csv"})

    @property
    def xlsx_url(self) -> str:
        """The address of the XLSX file of the rows asked for."""
        return paging.restart(self.params, **{EXPORT: "xlsx"})

    @property
    def count_sentence(self) -> str:
        """How many rows, in words."""
        return self.page.sentence(self.noun)

    @cached_property
    def offered_bulk_actions(self) -> list[BulkAction]:
        """The actions on several rows that this person may be offered."""
        return [action for action in self.bulk_actions if action.offered(self.user)]

    # --- counting ------------------------------------------------------------------------------------------

    @property
    def _counted(self) -> list[ChoiceFilter]:
        return [found for found in self.filters if isinstance(found, ChoiceFilter) and found.counted]

    def _except(self, name: str) -> QuerySet[Any, Any]:
        """The rows asked for, as if that filter were not set."""
        rows: QuerySet[Any, Any] = self.filterset.queryset.all()
        if self.filterset.is_bound:
            self.filterset.errors  # noqa: B018  (fills cleaned_data)
            for other, value in self.filterset.form.cleaned_data.items():
                rows = rows if other == name else self.filterset.filters[other].filter(rows, value)
        return rows

    @cached_property
    def _groups(self) -> dict[str, dict[str, int]]:
        """For each counted filter, the number of rows of each choice: one grouped query each."""
        found = {}
        for declared in self._counted:
            grouped = self._except(declared.name).order_by().values_list(declared.path).annotate(Count("pk"))
            found[declared.name] = {str(value): count for value, count in grouped}
        return found

    def _counts_of(self, declared: ChoiceFilter) -> dict[str, int]:
        """The number of rows of each choice, counted here when the page already holds them all.

        A search for a rare word has to read the whole table once; counting in the database would read it again.
        """
        if self.page.is_whole and not self.params.get(declared.name):
            return Counter(str(ordering.value_at(row, declared.path)) for row in self.page.rows)
        return self._groups[declared.name]

    def _tabs(self, declared: ChoiceFilter) -> Tabs:
        counts, asked = self._counts_of(declared), self.params.get(declared.name, "")
        pairs = declared.pairs()
        if asked not in {value for value, _ in pairs}:
            asked = ""
        every = paging.restart(self.params, **{declared.name: None})
        links = [Link("Tous", every, asked == "", sum(counts.values()))]
        for value, label in pairs:
            if counts.get(value) or value == asked:
                url = paging.restart(self.params, **{declared.name: value})
                links.append(Link(label, url, value == asked, counts.get(value, 0)))
        return Tabs(declared.name, declared.label, asked, links)

    def _total(self) -> Total:
        """The count of the rows: read from the grouped counts when there are some, else capped."""
        if not self._counted:
            return paging.capped_count(self.filtered)
        first = self._counted[0]
        counts, asked = self._groups[first.name], self.filterset.form.cleaned_data.get(first.name)
        return Total(counts.get(str(asked), 0) if asked else sum(counts.values()))


def _signed(sign: str, name: str) -> str:
    """Reverse a field name when the column is asked in the other direction."""
    if sign:
        return name.removeprefix("-") if name.startswith("-") else f"-{name}"
    return name
