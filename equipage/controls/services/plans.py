"""The verbs of a plan: prepared with its rates, adopted by a second person, or abandoned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.controls.models import ControlPlan, ControlRate
from equipage.controls.rules import Rate, faults_of_rates
from equipage.controls.states import PLAN
from equipage.foundation import audit
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run


@transaction.atomic
def draft_plan(*, actor: Any, organisation: Any, facts: Mapping[str, Any], rates: Mapping[str, Rate]) -> ControlPlan:
    """Write a draft. Raises Refused, with the field of the class whose rate may not stand."""
    decision = can(actor, "controls.draft_plan", organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    for risk, sentence in faults_of_rates(rates).items():
        raise Refused(sentence, field=f"percent_{risk}")
    plan = ControlPlan.objects.create(organisation=organisation, drafted_by=actor, drafted_at=timezone.now(), **facts)
    for risk, rate in sorted(rates.items()):
        ControlRate.objects.create(plan=plan, risk=risk, percent=rate.percent, minimum=rate.minimum)
    told = {risk: [rate.percent, rate.minimum] for risk, rate in sorted(rates.items())}
    audit.record(action="controls.plan.draft", obj=plan, actor=actor, after={"rates": told})
    return plan


def adopt(plan: ControlPlan, *, actor: Any) -> ControlPlan:
    """A second person adopts it: its figures never change again, and are public."""
    return run(PLAN, plan, "adopt", actor=actor)


def abandon(plan: ControlPlan, *, actor: Any) -> ControlPlan:
    """The draft is not adopted."""
    return run(PLAN, plan, "abandon", actor=actor)
