"""A prevention action on one page: what the Typst template receives, made only of texts already as people read them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Count, Sum

from equipage.foundation.documents import render
from equipage.foundation.french import counted, day, typographic
from equipage.prevention.models import PreventionAction
from equipage.prevention.rules import measure
from equipage.prevention.selectors import NOT_HELD
from equipage.prevention.states import PREVENTION_ACTION

TEMPLATE = "prevention/summary"


_LONG = 700  # characters


def summary_data(action: PreventionAction) -> dict[str, Any]:
    """The data of the page. No patient, and no person but the member who answers for the action."""
    indicators = list(action.indicators.order_by("id"))
    held = action.sessions.exclude(action__state__in=NOT_HELD).aggregate(
        many=Count("id"), reached=Sum("audience", default=0)
    )
    return {
        "long": len(action.objectives) + len(action.outcome) + 60 * len(indicators) > _LONG,
        "team": action.team.name,
        "association": action.team.association_name,
        "commune": action.team.commune.label,
        "state": PREVENTION_ACTION.states[action.state].label,
        "finished": day(action.finished_on) if action.finished_on else "",
        "title": action.title,
        "theme": typographic(action.theme),
        "audience": typographic(action.audience),
        "when": action.when,
        "place": typographic(action.place),
        "partners": [typographic(name) for name in action.partner_names],
        "objectives": typographic(action.objectives),
        "outcome": typographic(action.outcome),
        "responsible": action.responsible.full_name,
        "sessions": counted(held["many"], "séance"),
        "reached": counted(held["reached"], "personne touchée", "personnes touchées"),
        "results": [
            {
                "name": typographic(row.name),
                "expected": measure(row.expected, row.unit),
                "achieved": measure(row.achieved, row.unit) if row.achieved is not None else "",
                "words": row.in_words,
                "comment": typographic(row.comment),
            }
            for row in indicators
        ],
    }


def summary_pdf(action: PreventionAction) -> bytes:
    """The PDF; the same rows give the same bytes, whatever the day it is asked for."""
    return render(
        TEMPLATE,
        summary_data(action),
        title=action.title,
        date=action.finished_on or action.updated_at,
        reference=f"Action de prévention {action.pk}",
        fictitious=settings.DEMO,
    )
