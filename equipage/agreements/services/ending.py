"""The end of a convention: asked by a party, or following a departure or the closing of a team."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from equipage.agreements.models import Convention
from equipage.agreements.states import CONVENTION
from equipage.foundation.french import day
from equipage.foundation.periods import add_months, today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run


def end(convention: Convention, *, actor: Any, on: date, reason: str) -> Convention:
    """End an active convention on a day (the first that it no longer covers). What was done before stays payable."""
    if convention.valid_from is not None and on < convention.valid_from:
        raise Refused("La fin ne peut pas précéder le début de la convention.", field="on")
    if on < today():
        raise Refused("La fin ne peut pas être dans le passé : les actions déjà faites restent couvertes.", field="on")
    if on > add_months(today(), 12):
        raise Refused(f"Le {day(on)} est dans plus d'un an : choisissez une date plus proche.", field="on")
    reason = reason.strip()
    return run(
        CONVENTION, convention, "end", actor=actor, comment=reason, data={"valid_to": on, "ending_reason": reason}
    )


def cancel(convention: Convention, *, actor: Any, reason: str) -> Convention:
    """Cancel a convention that is not yet countersigned."""
    reason = reason.strip()
    return run(CONVENTION, convention, "cancel", actor=actor, comment=reason, data={"ending_reason": reason})


@transaction.atomic
def follow_departure(membership: Any, *, actor: Any, reason: str) -> None:
    """A member left: a convention in force ends that day, one that is not signed by both is cancelled."""
    last = membership.valid_to or today()
    for convention in Convention.objects.filter(membership=membership).exclude(state__in=("ended", "cancelled")):
        _stop(convention, actor, last, reason)


@transaction.atomic
def follow_closing(team: Any, *, actor: Any) -> None:
    """The team closed: every convention of it stops."""
    for convention in Convention.objects.filter(team=team).exclude(state__in=("ended", "cancelled")):
        _stop(convention, actor, today(), f"Fermeture de l'équipe {team.name}.")


def _stop(convention: Convention, actor: Any, on: date, reason: str) -> None:
    if convention.state == "active":
        last = max(on, convention.valid_from) if convention.valid_from else on
        run(CONVENTION, convention, "expire", actor=actor, data={"valid_to": last, "ending_reason": reason})
    else:
        run(CONVENTION, convention, "lapse", actor=actor, data={"ending_reason": reason})
