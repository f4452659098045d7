"""What controls add to lower floors: the lines of an action under control wait; where to read and answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from equipage.compensation.holds import offer_hold
from equipage.compensation.panels import LineBlock, offer_line_block, offer_link
from equipage.compensation.rules import Hindrance
from equipage.controls.models import Control
from equipage.controls.states import OPEN, WAITS_FOR_TEAM
from equipage.coordination.selectors import Block, action_panels
from equipage.foundation.french import day


def waiting() -> Any:
    """For a claim line: « controls:state|day » while its action is under control, null otherwise."""
    text = Concat(Value("controls:"), "state", Value("|"), Cast("due_on", CharField()), output_field=CharField())
    rows = Control.objects.filter(action_id=OuterRef("action_id"), state__in=OPEN).order_by()
    return Subquery(rows.annotate(told=text).values("told")[:1], output_field=CharField())


def told(text: str) -> Hindrance:
    """« Contrôle en cours, réponse attendue de l'équipe avant le 10 décembre 2026. »"""
    state, _, due = text.partition("|")
    when = day(date.fromisoformat(due))
    if state in WAITS_FOR_TEAM:
        return Hindrance("control", f"Contrôle en cours : réponse attendue de l'équipe avant le {when}.", "team")
    return Hindrance("control", f"Contrôle en cours : l'association décide avant le {when}.", "association")


def control_of(action: Any, user: Any) -> Control | None:
    """The control of an action, for who may see it; one that was cancelled is not shown."""
    rows = Control.objects.visible_to(user).filter(action_id=action.pk).exclude(state="cancelled")
    return rows.select_related("draw__plan").first()


def beside_action(action: Any, user: Any) -> Block | None:
    found = control_of(action, user)
    return Block("Contrôle", "controls/beside_action.html", found) if found else None


def beside_line(line: Any, user: Any) -> LineBlock | None:
    found = control_of(line.action, user)
    return LineBlock("controls/beside_line.html", found) if found else None


def my_controls(user: Any) -> tuple[str, str] | None:
    return ("Contrôles de mon équipe", reverse("controls:mine")) if user.professional_or_none else None


offer_hold("controls", waiting, told)
action_panels.append(beside_action)
offer_line_block(beside_line)
offer_link(my_controls)
