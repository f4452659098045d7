"""A plan, a drawn action, its team, and the people of the association who may control it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import time_machine
from django.utils import timezone

from equipage.controls.models import Control, ControlPlan, ControlRate
from equipage.controls.rules import Rate, Risk
from equipage.controls.services import controls, draws
from equipage.coordination.models import Action
from equipage.foundation.periods import PARIS, Month
from tests import factories as people
from tests.compensation import factories

# The month in which the actions were validated, and the day they are drawn.
OCTOBER = Month(2026, 10)
NOON = datetime(2026, 10, 20, 12, 0, tzinfo=PARIS)
FACTS: dict[str, Any] = {
    "label": "Plan d'essai",
    "fictitious": True,
    "valid_from": date(2026, 1, 1),
    "new_below": 2,
    "confirmed_after": 3,
    "watched_months": 12,
    "high_cents": None,
    "answer_days": 15,
    "extension_days": 15,
    "reply_days": 10,
    "decide_days": 15,
    "remind_days": 3,
}
ALL = dict.fromkeys(map(str, Risk), Rate(100))


def plan(rates: dict[str, Rate] | None = None, **facts: Any) -> ControlPlan:
    """A plan in force: everything is drawn unless `rates` says otherwise."""
    made = ControlPlan.objects.create(
        organisation=people.organisation("association"),
        drafted_by=people.user("Auteure"),
        drafted_at=timezone.now(),
        **{**FACTS, **facts},
    )
    for risk, rate in (rates or ALL).items():
        ControlRate.objects.create(plan=made, risk=risk, percent=rate.percent, minimum=rate.minimum)
    made.state, made.adopted_by, made.adopted_at = "in_force", people.user("Autre"), timezone.now()
    made.save()
    return made


def in_october(action: Action) -> Action:
    """Validated on 20 October."""
    Action.objects.filter(pk=action.pk).update(validated_at=NOON)
    action.refresh_from_db()
    return action


def later(days: int) -> Any:
    """So many days after the fixed day."""
    return time_machine.travel(datetime(2026, 11, 22, 9, 0, tzinfo=PARIS) + timedelta(days=days), tick=True)


@dataclass
class Cast:
    """`first` declared the action, `second` was there, `officer` validated it; `treasurer` and `admin` may control."""

    control: Control
    action: Action
    first: Any
    second: Any
    officer: Any
    treasurer: Any
    admin: Any

    def fresh(self) -> Control:
        return Control.objects.select_related("draw__plan", "action", "team", "organisation").get(pk=self.control.pk)

    def answered(self) -> Control:
        return controls.answer(self.fresh(), actor=self.second, words="La feuille est au cabinet.")

    def announced(self, outcome: str = "not_in_order", **more: Any) -> Control:
        return controls.announce(
            self.answered(), actor=self.treasurer, outcome=outcome, reasons="La feuille manque.", **more
        )

    def replied(self, outcome: str = "not_in_order", **more: Any) -> Control:
        return controls.answer(self.announced(outcome, **more), actor=self.first, words="La voici.")


def cast(*, paid: bool = False, scaled: bool = True, planned: bool = True, minutes: int = 60) -> Cast:
    """A validated action of October, drawn on the fixed day. `paid`: the bank has executed its transfers before."""
    if scaled:
        factories.scale()
        factories.paying_account()
    if planned:
        plan()
    team = factories.paid_team()
    officer = people.officer()
    action = in_october(factories.validated(team, minutes=minutes, by=officer))
    if paid:
        factories.executed(date(2026, 11, 22))
    treasurer = people.treasurer()
    draw = draws.draw_month(people.organisation("association"), OCTOBER, actor=treasurer)
    control = Control.objects.get(draw=draw, action=action)
    first, second = (people.fresh(line) for line in action.claim_lines.filter(adjusts=None).order_by("pk")[:2])
    return Cast(
        control,
        action,
        first.professional.user,
        second.professional.user,
        officer,
        treasurer,
        people.association_admin(),
    )
