"""The public account as a page: its sentence, its figures, its tables and charts. No query here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from equipage.foundation.french import (
    ABSENT,
    MONTHS,
    counted,
    duration,
    enumerate_words,
    euros,
    number,
    percent,
    plural,
    typographic,
)
from equipage.indicators.account_files import MASKS
from equipage.indicators.accounting import DEPARTMENT, DONE, KIND, PAID, THEME
from equipage.indicators.checked import CHECKED, OUTCOME, OUTCOMES
from equipage.indicators.statement import BESIDE, SMALL, Figure, Statement

SHOWN_MASKS = {**MASKS, BESIDE: "masqué"}
# A breakdown of the page: its dimension, its anchor, its title, the head of its first column, what its chart is called.
SECTIONS = (
    (KIND, "types", "Ce qui a été payé pour quoi", "Type d’action", "Euros versés par type d’action"),
    (DEPARTMENT, "departements", "Par département", "Département", "Euros versés par département"),
    (THEME, "themes", "Par thème", "Thème", "Euros versés par thème"),
    ("month", "mois", "Par mois", "Mois", "Euros versés par mois"),
)


@dataclass(frozen=True)
class Section:
    """One breakdown as it is drawn: bars of euros, and a table of all its figures."""

    anchor: str
    title: str
    head: str
    chart_title: str
    bars: list[dict[str, Any]]
    columns: list[Any]
    rows: list[list[str]]
    total: list[str]


def sentence(statement: Statement) -> str:
    """The conclusion: « En 2025, 1 234,00 € ont été versés à 210 équipes »."""
    paid, done = statement.total(PAID), statement.total(DONE)
    when = f"En {statement.year}" if statement.account.complete else _so_far(statement)
    if paid:
        whom = f" à {counted(paid.teams, 'équipe')}" if paid.teams else ""
        return f"{when}, {euros(paid.cents)} ont été versés{whom}"
    if done:
        return f"{when}, {counted(done.items, 'action')} {plural(done.items or 0, 'validée', 'validées')}"
    return f"{when}, rien ne peut encore être publié"


def _so_far(statement: Statement) -> str:
    last = statement.last_month
    if last <= 1:
        return f"En {MONTHS[0]} {statement.year}" if last else f"En {statement.year}"
    return f"De {MONTHS[0]} à {MONTHS[last - 1]} {statement.year}"


def headline(statement: Statement) -> list[dict[str, str]]:
    """The figures at the top, each with the anchor of its definition; of a year that runs, those that add up."""
    paid, done, account = statement.total(PAID), statement.total(DONE), statement.account
    masked, delay = SHOWN_MASKS[SMALL], account.median_days
    sums = [
        _stat("actions", "actions validées", number(done.items) if done else masked),
        _stat("heures", "heures d’action", duration(done.minutes) if done else masked),
        _stat("euros", "versés", euros(paid.cents) if paid else masked),
    ]
    if not account.complete:
        return sums
    return [
        _stat("equipes-reconnues", "équipes reconnues", number(account.recognised) if account.recognised else masked),
        _stat("equipes", "équipes qui ont agi", number(done.teams) if done else masked),
        *sums,
        _stat("delai", "de l’action au versement", masked if delay is None else counted(delay, "jour")),
    ]


def _stat(anchor: str, label: str, value: str) -> dict[str, str]:
    return {"url": f"#def-{anchor}", "label": label, "value": value}


def sections(statement: Statement) -> list[Section]:
    """The breakdowns that have something to show, in the order of the page."""
    return [_section(statement, *words) for words in SECTIONS if _lines(statement, words[0])]


def _lines(statement: Statement, dimension: str) -> list[tuple[Figure | None, Figure | None]]:
    """What was done and what was paid under the same key, what was paid most first; months as they pass."""
    found: dict[str, list[Figure | None]] = {}
    for place, flow in ((1, PAID), (0, DONE)):
        for figure in statement.of(flow, dimension):
            key = figure.label if dimension == "month" else figure.key
            found.setdefault(key, [None, None])[place] = figure
    pairs = [(done, paid) for done, paid in found.values()]
    if dimension == "month":
        return sorted(pairs, key=_month_of)
    return sorted(pairs, key=lambda pair: (pair[1] or pair[0]).order)  # type: ignore[union-attr]


def _month_of(pair: tuple[Figure | None, Figure | None]) -> tuple[str, int]:
    figure = pair[0] or pair[1]
    assert figure is not None
    return figure.key, figure.first_month or 0


def _section(statement: Statement, dimension: str, anchor: str, title: str, head: str, chart_title: str) -> Section:
    pairs = _lines(statement, dimension)
    paid, done = statement.total(PAID), statement.total(DONE)
    whole = paid.cents if paid else None
    columns: list[Any] = [head]
    names = ("Équipes", "Actions", "Heures", "Équipes payées", "Lignes", "Versé")
    columns += [{"label": name, "numeric": True} for name in names]
    total = ["Ensemble", *_done_cells(done), *_paid_cells(paid)]
    return Section(
        anchor=anchor,
        title=title,
        head=head,
        chart_title=chart_title,
        bars=[_bar(figure, whole) for _, figure in pairs if figure is not None],
        columns=columns,
        rows=[[_label(done, paid), *_done_cells(done), *_paid_cells(paid)] for done, paid in pairs],
        total=total,
    )


def _label(*pair: Figure | None) -> str:
    return typographic(next(one.label for one in pair if one is not None))


def _bar(figure: Figure, whole: int | None) -> dict[str, Any]:
    label = typographic(figure.label)
    if figure.masked:
        return {"label": label, "value": None, "shown": SHOWN_MASKS[figure.masked]}
    share = percent(Decimal(figure.cents or 0) / whole) if whole and whole > 0 else ""
    note = f"{share} du total" if share else ""
    return {"label": label, "value": max(0, figure.cents or 0), "shown": euros(figure.cents), "note": note}


def _done_cells(figure: Figure | None) -> Sequence[str]:
    if figure is None:
        return [ABSENT] * 3
    if figure.masked:
        return [SHOWN_MASKS[figure.masked]] * 3
    return [number(figure.teams), number(figure.items), duration(figure.minutes)]


def _paid_cells(figure: Figure | None) -> Sequence[str]:
    if figure is None:
        return [ABSENT] * 3
    if figure.masked:
        return [SHOWN_MASKS[figure.masked]] * 3
    return [number(figure.teams), number(figure.items), euros(figure.cents)]


@dataclass(frozen=True)
class Checks:
    """What the controls found: a sentence, and a table by result."""

    sentence: str
    columns: list[Any]
    rows: list[list[str]]
    total: list[str]


def checks(statement: Statement) -> Checks | None:
    """The controls of a year that is over; None when there were none, or too few to be said."""
    total = statement.total(CHECKED)
    if total is None:
        return None
    places = {key: rank for rank, key in enumerate(OUTCOMES)}
    found = sorted(statement.of(CHECKED, OUTCOME), key=lambda one: places.get(one.key, len(places)))
    taken = statement.account.taken_cents
    said = SHOWN_MASKS[SMALL] if taken is None else euros(taken)
    told = f"{counted(total.items, 'action contrôlée', 'actions contrôlées')} ; repris après contrôle : {said}."
    columns = ["Résultat", *({"label": name, "numeric": True} for name in ("Équipes", "Actions"))]
    rows = [[typographic(one.label), *_checked_cells(one)] for one in found]
    return Checks(told, columns, rows, ["Ensemble", *_checked_cells(total)])


def _checked_cells(figure: Figure) -> list[str]:
    if figure.masked:
        return [SHOWN_MASKS[figure.masked]] * 2
    return [number(figure.teams), number(figure.items)]


def withheld(statement: Statement) -> str:
    """Which breakdowns of a complete year say nothing at all, and why; empty for none."""
    if not statement.account.complete or not statement.says_something:
        return ""
    silent = [title for name, _, title, *_ in SECTIONS if name != "month" and not _lines(statement, name)]
    if not silent:
        return ""
    named = enumerate_words([f"« {title} »" for title in silent])
    return f"{named} : aucun regroupement ne protège les plus petites lignes, rien n'en est publié."
