"""A validated plan becomes an action of the team: outside, one patient counted and nothing else."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.clinical.chain import note
from equipage.clinical.models import ActionLink, Plan
from equipage.clinical.router import VAULT
from equipage.clinical.services.common import locked
from equipage.coordination.services import Facts, declare
from equipage.foundation.refusals import Refused
from equipage.teams.models import Team

KIND = "PPS"
_NAMESPACE = uuid.UUID("6f0f9f0e-3a0b-4f5e-9a51-5d1f6a2f9d77")


def declare_plan(
    *, actor: Any, plan: Plan, held_on: date, minutes: int, present: tuple[int, ...], another: bool = False
) -> ActionLink:
    """Declare the last version of a plan to the team, kind PPS, one patient counted. Twice is once.

    The link is kept here only: the action has no text that leads to the file. Raises Refused, AlreadyDeclared.
    """
    last = plan.versions.order_by("-number").first()
    if last is None:
        raise Refused("Validez d'abord le plan : c'est le plan validé qui se déclare.")
    with transaction.atomic(using=VAULT):
        patient = locked(plan.patient, actor)
    team = Team.objects.get(pk=patient.team_id)
    # One key for one version: whatever stops in between the two databases, the same action comes back.
    key = uuid.uuid5(_NAMESPACE, f"{plan.pk}:{last.number}")
    facts = Facts(kind=KIND, held_on=held_on, minutes=minutes, present=present, patients=1)
    action = declare(actor=actor, team=team, facts=facts, client_key=key, another=another)
    with transaction.atomic(using=VAULT):
        link, new = ActionLink.objects.get_or_create(
            action_id=action.pk, defaults={"plan": plan, "linked_by": actor.pk, "linked_at": timezone.now()}
        )
        if new:
            note("plan.declare", patient, actor, about=plan, facts={"action": action.pk, "version": last.number})
    return link
