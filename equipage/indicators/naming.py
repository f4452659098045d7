"""The names of what an account counts: types of action and themes as the rules call them, departments, months."""

from __future__ import annotations

from collections.abc import Iterable

from equipage.foundation.french import MONTHS
from equipage.indicators.checked import OUTCOME, OUTCOMES
from equipage.indicators.publishing import GROUP
from equipage.indicators.rules import FORM, OWN_THEME, OWN_THEME_LABEL
from equipage.rules import library
from equipage.territory.models import Department

GROUP_LABEL = "Autres, regroupés"
NO_THEME = "aucun"
NO_THEME_LABEL = "Sans thème"


def catalogue(group: str) -> dict[str, str]:
    """The last label of each entry of a group (« actions », « themes ») in the forms that are ESP; no query."""
    found: dict[str, str] = {}
    for cards in library().pack.forms.values():
        if FORM not in (cards[0].code, cards[0].parent):
            continue
        for rule in library().rules(f"{cards[0].code}.{group}."):
            for timeline in rule.timelines.values():
                said = [entry.value["label"] for entry in timeline.entries if entry.value]
                found.update((rule.key, label) for label in said)
    return found


def labels(dimension: str, keys: Iterable[str]) -> dict[str, str]:
    """The label of each key of a breakdown; at most one query."""
    wanted = set(keys)
    known: dict[str, str] = {}
    if dimension == "kind":
        known = catalogue("actions")
    elif dimension == "theme":
        known = {**catalogue("themes"), OWN_THEME: OWN_THEME_LABEL, NO_THEME: NO_THEME_LABEL}
    elif dimension == "department":
        known = {row.code: str(row) for row in Department.objects.filter(pk__in=wanted)}
    elif dimension == OUTCOME:
        known = OUTCOMES
    return {key: known.get(key, key) for key in wanted} | {GROUP: GROUP_LABEL}


def months_label(first: int, last: int) -> str:
    """ "Avril", "Avril et mai, regroupés", "Avril à juillet, regroupés": the months of a line, 1 to 12."""
    begin = MONTHS[first - 1].capitalize()
    if first == last:
        return begin
    joint = "et" if last == first + 1 else "à"
    return f"{begin} {joint} {MONTHS[last - 1]}, regroupés"
