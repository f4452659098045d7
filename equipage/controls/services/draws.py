"""The draw of a month, in two transactions: the salt is written and certain, then the population is read and drawn."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.controls.models import Control, ControlPlan, Draw
from equipage.controls.rules import draw, due_after, hash_of
from equipage.controls.selectors import candidates_of, classified, plan_for
from equipage.controls.telling import tell_team
from equipage.foundation import audit
from equipage.foundation.periods import Month, today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused


def draw_month(organisation: Any, month: Month, *, actor: Any) -> Draw:
    """Draw a month. Asked again, it gives the draw that was made; one that stopped half-way keeps its salt."""
    return run_draw(open_draw(organisation, month, actor=actor), actor=actor)


@transaction.atomic
def open_draw(organisation: Any, month: Month, *, actor: Any) -> Draw:
    """Write the salt of a month, once for ever. Raises Refused: not over, no plan, not of the association."""
    decision = can(actor, "controls.draw", organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    if month.end > today():
        raise Refused(
            f"Des actions peuvent encore être validées en {month.label} : tirez l'échantillon une fois le mois fini."
        )
    plan = plan_for(organisation, month.start)
    if plan is None:
        raise Refused(
            f"Aucun plan de contrôle n'est adopté pour {month.label} : préparez-en un, puis faites-le adopter."
        )
    row, made = Draw.objects.get_or_create(
        organisation=organisation,
        month=month.start,
        defaults={
            "plan": plan,
            "salt": secrets.token_hex(16),
            "opened_by": actor,
            "opened_at": timezone.now(),
        },
    )
    if made:
        audit.record(action="controls.draw.open", obj=row, actor=actor, after={"month": str(month), "salt": row.salt})
    return row


@transaction.atomic
def run_draw(row: Draw, *, actor: Any) -> Draw:
    """Read the population, draw, and ask each team. Done once."""
    decision = can(actor, "controls.draw", row.organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    held = Draw.objects.select_for_update(of=("self",)).select_related("organisation", "plan").get(pk=row.pk)
    if held.drawn_at is not None:
        return held
    plan: ControlPlan = held.plan
    found = classified(held.organisation, Month.of(held.month), plan)
    population, rates = candidates_of(found), plan.rates_by_class()
    taken = {one.action_id for one in draw(population, rates, held.seed)}
    held.rates = {risk: [rate.percent, rate.minimum] for risk, rate in sorted(rates.items())}
    held.population = [[one.action_id, one.risk] for one in sorted(population)]
    held.population_hash = hash_of(population)
    held.population_count, held.drawn_count = len(population), len(taken)
    held.drawn_at = timezone.now()
    held.save()
    for action, told in found:
        if action.pk in taken:
            _ask(held, action, told, actor)
    audit.record(
        action="controls.draw.run",
        obj=held,
        actor=actor,
        after={"hash": held.population_hash, "population": len(population), "drawn": sorted(taken)},
    )
    return held


def _ask(held: Draw, action: Any, told: Any, actor: Any) -> None:
    control = Control.objects.create(
        draw=held,
        action=action,
        team_id=action.team_id,
        organisation_id=held.organisation_id,
        risk=told.risk,
        risk_sentence=told.sentence,
        asked_at=timezone.now(),
        due_on=due_after(today(), held.plan.answer_days),
    )
    audit.record(
        action="controls.control.ask",
        obj=control,
        actor=actor,
        after={"action": action.pk, "risk": str(told.risk), "due_on": control.due_on.isoformat()},
    )
    tell_team(control, "asked")
