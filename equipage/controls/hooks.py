"""What controls add to lower floors: the lines of an action under control wait; where to read and answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from equipage.compensation.holds import offer_hold
from equipage.compensation.models import ClaimLine
from equipage.compensation.panels import LineBlock, offer_line_block, offer_link
from equipage.compensation.rules import Hindrance
from equipage.controls.models import Control
from equipage.controls.states import OPEN, WAITS_FOR_TEAM
from equipage.coordination.selectors import Block, action_panels
from equipage.foundation.french import counted, day
from equipage.payments.panels import Explained, offer_explanation

SHOWN = 30


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


def in_run(run: Any) -> Explained | None:
    """For whoever approves: the actions of a prepared run that are under control. Their lines stay in it."""
    if run.state != "prepared":
        return None
    paid = ClaimLine.objects.filter(payment__run=run).order_by().values("action_id")
    rows = Control.objects.filter(state__in=OPEN, action_id__in=paid).select_related("team", "action")
    shown = list(rows.order_by("action__held_on", "pk")[:SHOWN])
    if not shown:
        return None
    count = rows.count() if len(shown) == SHOWN else len(shown)
    what = counted(count, "action de cette campagne est", "actions de cette campagne sont")
    data = {"title": f"{what} sous contrôle", "rows": shown, "more": count - len(shown)}
    return Explained("controls/in_run.html", data)


def my_controls(user: Any) -> tuple[str, str] | None:
    return ("Contrôles de mon équipe", reverse("controls:mine")) if user.professional_or_none else None


offer_hold("controls", waiting, told)
action_panels.append(beside_action)
offer_line_block(beside_line)
offer_link(my_controls)
offer_explanation(in_run)
