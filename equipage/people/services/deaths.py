"""The death of a person (décès): recorded once, withdrawn when it was a mistake. What follows is no verb of anybody.

While it stands the account is closed, nothing is mailed to the person's addresses (`silence.py`), and higher floors
hold what they would pay.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.french import day
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.people.models import Death, Professional, User
from equipage.people.news import tell_withdrawn


@transaction.atomic
def record_death(
    *, actor: Any, professional: Professional, organisation: Any, died_on: date, learnt_from: str
) -> Death:
    """Record that a person died and close their account, sessions included. Raises Refused with the field at fault.

    The same day recorded twice is one row, whoever records it; another day is refused while the first one stands.
    """
    _ask(actor, "people.record_death", organisation)
    if professional.user_id == actor.pk:
        raise Refused("On ne signale pas son propre décès. Vérifiez la personne que vous avez choisie.")
    if died_on > today():
        raise Refused(f"Le {day(died_on)} est dans le futur : donnez le jour du décès.", field="died_on")
    source = " ".join(learnt_from.split())
    if not source:
        raise Refused("Dites par qui vous l'avez appris : « le notaire », « l'équipe ».", field="learnt_from")
    row = Professional.objects.select_for_update(of=("self",)).get(pk=professional.pk)
    known = Death.objects.standing().filter(professional=row).first()
    if known is not None:
        return _same(known, died_on)
    closed = User.objects.filter(pk=row.user_id, is_active=True).update(is_active=False) == 1
    death = Death.objects.create(
        professional=row,
        organisation=organisation,
        died_on=died_on,
        learnt_from=source,
        recorded_by=actor,
        recorded_at=timezone.now(),
        closed_account=closed,
    )
    after = {"died_on": died_on.isoformat(), "learnt_from": source, "closed_account": closed}
    audit.record(action="people.death.record", obj=death, actor=actor, after=after)
    return death


def _same(known: Death, died_on: date) -> Death:
    if known.died_on != died_on:
        raise Refused(
            f"Ce décès est déjà signalé, au {day(known.died_on)}. Pour corriger le jour, l'administration de "
            "l'association retire d'abord ce signalement.",
            field="died_on",
        )
    return known


@transaction.atomic
def withdraw_death(death: Death, *, actor: Any, reason: str) -> Death:
    """It was a mistake: the account opens again if this death closed it. Raises Refused. Twice changes nothing."""
    _ask(actor, "people.withdraw_death", death.organisation)
    said = " ".join(reason.split())
    if not said:
        raise Refused("Écrivez en une phrase pourquoi ce signalement est retiré.", field="reason")
    # The person first, as the record does: two verbs at once wait for each other instead of crossing.
    Professional.objects.select_for_update(of=("self",)).get(pk=death.professional_id)
    row = Death.objects.select_related("professional").get(pk=death.pk)
    if row.withdrawn_at is not None:
        return row
    row.withdrawn_by, row.withdrawn_at, row.withdraw_reason = actor, timezone.now(), said
    row.save(update_fields=["withdrawn_by", "withdrawn_at", "withdraw_reason"])
    if row.closed_account:
        User.objects.filter(pk=row.professional.user_id).update(is_active=True)
    audit.record(
        action="people.death.withdraw", obj=row, actor=actor, after={"account": row.closed_account}, comment=said
    )
    tell_withdrawn(row, actor)
    return row


def _ask(actor: Any, action: str, organisation: Any) -> None:
    decision = can(actor, action, organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
