"""What another scale would change, as a page and a file say it: one sentence first, then tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from equipage.compensation.forms.scales import GROUPS, rule_choices
from equipage.compensation.replaying import MOST
from equipage.foundation.french import NARROW, counted, euros, number
from equipage.foundation.money import as_euros
from equipage.people.models import Professional
from equipage.teams.models import Team

Figures = Mapping[str, Any]
Row = list[Any]


def signed(cents: int) -> str:
    """« +41 200,00 € », « −12,50 € », « 0,00 € »."""
    if cents == 0:
        return euros(0)
    return f"{'+' if cents > 0 else '−'}{euros(abs(cents))}"


def _percent(percent: Decimal) -> str:
    return f"{'+' if percent > 0 else ''}{number(percent)}{NARROW}%"


def change_in_words(figures: Figures, kinds: Mapping[str, str]) -> str:
    """« +5 % sur RCP », « 3 tarifs changés », « Aucun tarif ne change »."""
    changed = figures["kinds_changed"]
    if not figures["rates_changed"]:
        return "Les plafonds changent" if figures["caps"] else "Aucun tarif ne change"
    where = "tous les tarifs" if figures["whole"] else ""
    if not where and len(changed) == 1:
        where = f"« {kinds.get(changed[0], changed[0])} »"
    if figures["percent"] and where:
        words = f"{_percent(Decimal(figures['percent']))} sur {where}"
    else:
        words = counted(figures["rates_changed"], "tarif changé", "tarifs changés")
    return f"{words}, plafonds compris" if figures["caps"] else words


def newly_over(figures: Figures) -> set[int]:
    """The teams that reach their envelope of some year, and did not before."""
    before = {tuple(pair) for pair in figures["over_before"]}
    return {team for team, year in figures["over_after"] if (team, year) not in before}


def headline(figures: Figures, kinds: Mapping[str, str]) -> str:
    """« +5 % sur « RCP » : +41 200,00 €, 12 équipes de plus dépassent leur enveloppe. »"""
    words = change_in_words(figures, kinds)
    difference = figures["after"] - figures["before"]
    if not figures["changed"]:
        return f"{words} : aucun montant ne change sur les actions rejouées."
    teams = len(newly_over(figures))
    over = counted(teams, "équipe de plus dépasse", "équipes de plus dépassent") if teams else ""
    told = f"{over} son enveloppe" if teams == 1 else f"{over} leur enveloppe"
    return f"{words} : {signed(difference)}, {told if teams else 'aucune équipe de plus ne dépasse son enveloppe'}."


@dataclass(frozen=True)
class Table:
    """One table of the page: a title, the heads and rows of the component `data_table`, and its total."""

    title: str
    heads: list[Any]
    rows: list[list[Any]]
    total: list[str]


def _heads(first: str) -> list[Any]:
    return [first, *({"label": label, "numeric": True} for label in ("Avant", "Après", "Écart"))]


def _cells(name: Any, before: int, after: int) -> list[Any]:
    return [name, euros(before), euros(after), signed(after - before)]


@dataclass(frozen=True)
class Names:
    """What the keys of the figures are called, read in two queries."""

    kinds: Mapping[str, str]
    teams: Mapping[int, Any]
    people: Mapping[int, Any]

    @classmethod
    def of(cls, figures: Figures, region_id: str) -> Names:
        """The names that a page of these figures shows."""
        people = [row[0] for row in (*figures["gain"], *figures["lose"])]
        return cls(
            dict(rule_choices(region_id)[0]),
            Team.objects.only("pk", "name").in_bulk([row[0] for row in figures["teams"]]),
            Professional.objects.only("pk", "first_name", "last_name").in_bulk(people),
        )

    def kind(self, code: str) -> str:
        """The short label of a kind of action."""
        return self.kinds.get(code, code)

    def team(self, key: int) -> str:
        """The name of a team."""
        return self.teams[key].name if key in self.teams else f"équipe {key}"

    def person(self, key: int) -> str:
        """The name of a person."""
        return self.people[key].full_name if key in self.people else f"personne {key}"


def _group(code: str) -> str:
    return GROUPS.get(code, code) or "Profession hors barème"


def _most(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """The rows that gain most, then those that lose most."""
    ordered = sorted(rows, key=lambda row: (row[1] - row[2], row[0]))
    gain, lose = [row for row in ordered if row[2] > row[1]], [row for row in reversed(ordered) if row[2] < row[1]]
    return gain[:MOST], lose[:MOST]


def tables_of(figures: Figures, names: Names) -> list[Table]:
    """The tables of the page; those without a row are left out."""
    total = _cells("Total", figures["before"], figures["after"])
    gain, lose = _most(figures["teams"])
    over = newly_over(figures)

    def team(row: Row) -> list[Any]:
        cell = {"text": names.team(row[0]), "url": reverse("compensation:of_team", args=[row[0]])}
        return _cells(cell | ({"note": "dépasse son enveloppe"} if row[0] in over else {}), row[1], row[2])

    def person(row: Row) -> list[Any]:
        return _cells(names.person(row[0]), row[1], row[2])

    found = [
        Table("Par année", _heads("Année"), [_cells(*row) for row in figures["years"]], total),
        Table(
            "Par type d’action",
            _heads("Type"),
            [_cells(names.kind(row[0]), *row[1:]) for row in figures["kinds"]],
            total,
        ),
        Table(
            "Par groupe de professions",
            _heads("Groupe"),
            [_cells(_group(row[0]), *row[1:]) for row in figures["groups"]],
            total,
        ),
        Table("Les équipes qui gagnent le plus", _heads("Équipe"), [team(row) for row in gain], []),
        Table("Les équipes qui perdent le plus", _heads("Équipe"), [team(row) for row in lose], []),
        Table("Les personnes qui gagnent le plus", _heads("Personne"), [person(row) for row in figures["gain"]], []),
        Table("Les personnes qui perdent le plus", _heads("Personne"), [person(row) for row in figures["lose"]], []),
    ]
    return [table for table in found if table.rows]


def shown(figures: Figures, region_id: str) -> dict[str, Any]:
    """The context of `compensation/panels/replayed.html`."""
    names = Names.of(figures, region_id)
    return {
        "headline": headline(figures, names.kinds),
        "figures": figures,
        "difference": signed(figures["after"] - figures["before"]),
        "over": [names.team(key) for key in sorted(newly_over(figures))],
        "over_count": len({team for team, _ in figures["over_after"]}),
        "unpaid_kinds": [names.kind(code) for code in figures["kinds_unpaid"]],
        "tables": tables_of(figures, names),
    }


def as_csv(figures: Figures, region_id: str) -> str:
    """Every total but those of people, as French spreadsheets read it: semicolons, decimal commas, mark of UTF-8."""
    names = Names.of(figures, region_id)
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Par", "Nom", "Avant, en euros", "Après, en euros", "Écart, en euros"])
    parts = (
        ("année", figures["years"], str),
        ("type d'action", figures["kinds"], names.kind),
        ("groupe de professions", figures["groups"], _group),
        ("équipe", figures["teams"], names.team),
        ("total", [["Total", figures["before"], figures["after"]]], str),
    )
    for label, rows, name in parts:
        for key, before, after in rows:
            cents = (before, after, after - before)
            writer.writerow([label, _safe(name(key)), *(str(as_euros(one)).replace(".", ",") for one in cents)])
    return "\ufeff" + target.getvalue()


def _safe(text: str) -> str:
    """A spreadsheet reads a cell that begins so as a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text


def headline_of(figures: Figures, region_id: str) -> str:
    """The one sentence of a preview, for the page of an adoption."""
    return headline(figures, dict(rule_choices(region_id)[0]))
