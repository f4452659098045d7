"""The recognised teams that agreed to be shown: their list, their number by department, the nearest of a commune.

Nothing else than a `PublicTeam` leaves this module: no key, no person, no address finer than the commune. The consent
is read at each request and nothing is kept, so that a withdrawal takes effect at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, Min, Prefetch, Q, QuerySet, Value, When

from equipage.rules import library
from equipage.rules.pack import FormCard
from equipage.teams.models import Team, TeamTheme
from equipage.teams.selectors import shown_publicly
from equipage.teams.services.teams import FREE_THEME
from equipage.territory.models import Commune

PAGE_SIZE = 50
_FREE_THEMES = "Un thème propre à l'équipe"
_NEARNESS = ("dans la même commune", "dans la même intercommunalité", "dans le même département")


@dataclass(frozen=True, slots=True)
class PublicTeam:
    """What the public may know of a team. `commune` is its label, « Angers (49) »; `nearness` is for neighbours."""

    name: str
    form: str
    form_label: str
    commune: str
    department: str
    themes: tuple[str, ...]
    recognised_in: int
    nearness: str = ""


def public_teams(
    *, department: str = "", form: str = "", theme: str = "", commune: Commune | None = None, region: str = ""
) -> list[PublicTeam]:
    """The teams shown to the public, by name. Each word given narrows: INSEE codes, code of a form or of a theme."""
    rows = _rows(department=department, form=form, theme=theme, region=region)
    return _shown(rows.filter(commune=commune) if commune else rows)


def public_page(
    number: str, *, department: str = "", form: str = "", theme: str = "", region: str = ""
) -> Page[PublicTeam]:
    """One page of the same list; the nearest one that exists when `number` names none."""
    rows = _rows(department=department, form=form, theme=theme, region=region)
    # The paginator is given numbers, not rows: what reaches the page is what the public may read.
    paginator: Paginator[Any] = Paginator(range(rows.count()), PAGE_SIZE)
    page = paginator.get_page(number)
    shown = _shown(rows[page.start_index() - 1 : page.end_index()]) if paginator.count else []
    return Page(shown, page.number, paginator)


def neighbours_of(commune: Commune, limit: int = 3, form: str = "") -> list[PublicTeam]:
    """The nearest teams of a current commune, the same commune first, then its inter-communal body, its department.

    Nearness is administrative: the reference holds no coordinates. A team of another department is a neighbour when
    the inter-communal body reaches there.
    """
    near = Q(commune=commune) | Q(department=commune.department_id)
    steps = [When(commune=commune, then=Value(0))]
    if commune.epci_id:
        near |= Q(commune__epci=commune.epci_id)
        steps.append(When(commune__epci=commune.epci_id, then=Value(1)))
    step = Case(*steps, default=Value(2), output_field=IntegerField())
    rows = _rows(form=form).filter(near).annotate(step=step).order_by("step", "name", "id")
    return _shown(rows[:limit], nearness=True)


def counts_by_department(*, form: str = "", theme: str = "", region: str = "") -> dict[str, int]:
    """How many teams each department shows; a department that shows none is not there. One query."""
    rows = _rows(form=form, theme=theme, region=region).order_by().values_list("department")
    return dict(rows.annotate(Count("pk")))


def form_cards() -> dict[str, FormCard]:
    """Every form that some rule pack describes, by code: the national card, else that of a region; by label."""
    found = {code: min(cards, key=lambda card: card.territory) for code, cards in library().pack.forms.items()}
    return dict(sorted(found.items(), key=lambda pair: pair[1].label))


def theme_choices() -> list[tuple[str, str]]:
    """(code, label) of the themes of the teams that are shown; those that teams wrote themselves are one choice."""
    rows = TeamTheme.objects.filter(team__in=shown_publicly()).order_by().values("code").annotate(label=Min("label"))
    labels = {row["code"]: row["label"] for row in rows}
    own = [(FREE_THEME, _FREE_THEMES)] if labels.pop(FREE_THEME, "") else []
    return sorted(labels.items(), key=lambda pair: pair[1]) + own


def _rows(*, department: str = "", form: str = "", theme: str = "", region: str = "") -> QuerySet[Team]:
    """The teams asked for, by name. Only what may be shown is read from the table."""
    rows = shown_publicly().select_related("commune").order_by("name", "id")
    if region:
        rows = rows.filter(region=region)
    if department:
        rows = rows.filter(department=department)
    if form:
        rows = rows.filter(form__in=_with_kinds(form))
    if theme:
        rows = rows.filter(pk__in=TeamTheme.objects.filter(code=theme).order_by().values("team"))
    return rows.only("name", "form", "department", "recognised_on", "commune__name", "commune__department")


def _with_kinds(form: str) -> list[str]:
    """A form and those that are a kind of it: an ESP CLAP is an ESP."""
    kinds = [code for code, cards in library().pack.forms.items() if any(card.parent == form for card in cards)]
    return [form, *kinds]


def _shown(rows: QuerySet[Any], *, nearness: bool = False) -> list[PublicTeam]:
    """The rows as the public reads them: two queries, whatever their number."""
    cards = form_cards()
    themes = TeamTheme.objects.order_by("label", "id").only("team", "label")
    return [
        PublicTeam(
            name=team.name,
            form=team.form,
            form_label=cards[team.form].label if team.form in cards else team.form,
            commune=team.commune.label,
            department=team.department_id,
            themes=tuple(theme.label for theme in team.themes.all()),
            recognised_in=team.recognised_on.year,
            nearness=_NEARNESS[team.step] if nearness else "",
        )
        for team in rows.prefetch_related(Prefetch("themes", themes))
    ]
