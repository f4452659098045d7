"""The verbs of a plan: prepared with its rates, changed while a draft, adopted by a second person, or abandoned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    _may(actor, organisation)
    _check(rates)
    plan = ControlPlan.objects.create(organisation=organisation, drafted_by=actor, drafted_at=timezone.now(), **facts)
    _write_rates(plan, rates)
    audit.record(action="controls.plan.draft", obj=plan, actor=actor, after={"rates": _told(rates)})
    return plan


@transaction.atomic
def edit_plan(plan: ControlPlan, *, actor: Any, facts: Mapping[str, Any], rates: Mapping[str, Rate]) -> ControlPlan:
    """Change a draft. Whoever wrote last is its author: another person adopts it. Raises Refused."""
    # Held, so that nobody adopts it between the check and the new rates.
    row = ControlPlan.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=plan.pk)
    _may(actor, row.organisation)
    if row.state != "draft":
        raise Refused("Ce plan n'est plus un brouillon : préparez-en un nouveau, qui prendra la suite.")
    _check(rates)
    before = _snapshot(row, facts, row.rates_by_class())
    for name, value in facts.items():
        setattr(row, name, value)
    row.drafted_by, row.drafted_at = actor, timezone.now()
    row.save(update_fields=[*facts, "drafted_by", "drafted_at"])
    row.rates.all().delete()
    _write_rates(row, rates)
    after = _snapshot(row, facts, rates)
    audit.record(action="controls.plan.edit", obj=row, actor=actor, before=before, after=after)
    return row


def _may(actor: Any, organisation: Any) -> None:
    decision = can(actor, "controls.draft_plan", organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))


def _check(rates: Mapping[str, Rate]) -> None:
    for risk, sentence in faults_of_rates(rates).items():
        raise Refused(sentence, field=f"percent_{risk}")


def _write_rates(plan: ControlPlan, rates: Mapping[str, Rate]) -> None:
    for risk, rate in sorted(rates.items()):
        ControlRate.objects.create(plan=plan, risk=risk, percent=rate.percent, minimum=rate.minimum)


def _told(rates: Mapping[str, Rate]) -> dict[str, list[int]]:
    return {risk: [rate.percent, rate.minimum] for risk, rate in sorted(rates.items())}


def _snapshot(plan: ControlPlan, names: Iterable[str], rates: Mapping[str, Rate]) -> dict[str, Any]:
    return audit.plain({**{name: getattr(plan, name) for name in sorted(names)}, "rates": _told(rates)})


@transaction.atomic
def adopt(plan: ControlPlan, *, actor: Any, seen: str) -> ControlPlan:
    """A second person adopts what they read, `seen`: its figures never change again, and are public. Raises Refused."""
    row = ControlPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if row.state == "draft" and row.revision != seen:
        raise Refused("Ce plan a été modifié depuis que vous l'avez ouvert : relisez-le, puis adoptez-le.")
    adopted: ControlPlan = run(PLAN, plan, "adopt", actor=actor)
    return adopted


def abandon(plan: ControlPlan, *, actor: Any) -> ControlPlan:
    """The draft is not adopted."""
    return run(PLAN, plan, "abandon", actor=actor)
