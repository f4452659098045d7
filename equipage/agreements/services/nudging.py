"""The lead of a team reminds those who have not signed: gently, and once a day at most."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import reverse

from equipage.agreements.selectors import unsigned
from equipage.foundation import audit
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.messaging.models import Notice
from equipage.messaging.services import notify


@transaction.atomic
def nudge(team: Any, *, actor: Any) -> int:
    """Tell each member who has not signed; how many were told. Whoever was told today is left in peace.

    Raises Refused when nobody is left to tell.
    """
    decision = can(actor, "agreements.nudge", team)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    waiting = [row for row in unsigned(team) if row.professional.user not in (None, actor)]
    if not waiting:
        raise Refused("Personne d'autre n'a de convention à signer, ou n'a encore ouvert son compte.")
    keys = {row.pk: f"nudge:{row.pk}:{today().isoformat()}" for row in waiting}
    told = set(Notice.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    left = [row for row in waiting if keys[row.pk] not in told]
    if not left:
        raise Refused("Chaque personne concernée a déjà été relancée aujourd'hui. Laissez-lui le temps de répondre.")
    for row in left:
        notify(
            row.professional.user,
            "agreements.nudge",
            f"{actor.full_name} vous rappelle votre convention",
            f"L'équipe {team.name} n'attend plus que quelques signatures. La vôtre prend deux minutes.\n\n"
            "Sans convention signée, vos actions ne peuvent pas vous être payées.",
            reverse("agreements:convention", args=[row.pk]),
            urgent=True,
            key=keys[row.pk],
        )
    audit.record(action="agreements.team.nudge", obj=team, actor=actor, after={"told": len(left)})
    return len(left)
