"""What the night does: put away what nobody has touched for years, erase what has been kept long enough, remind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from equipage.clinical.models import Patient, Plan
from equipage.clinical.router import VAULT
from equipage.clinical.rules import Retention
from equipage.clinical.services.erasing import erase_rows
from equipage.clinical.states import PATIENT
from equipage.foundation.french import day
from equipage.foundation.periods import add_months, today
from equipage.foundation.workflow import run
from equipage.messaging.services import notify
from equipage.people.models import Professional

REMIND_BEFORE = timedelta(days=7)


def retention() -> Retention:
    """How long this installation keeps files."""
    environment = settings.ENVIRONMENT
    return Retention(environment.clinical_active_years, environment.clinical_archive_years)


def archive_and_erase() -> dict[str, int]:
    """Put away, then erase, by the rule of retention. Run twice, nothing more is done."""
    rule = retention()
    done = {"archived": 0, "erased": 0}
    oldest_active = add_months(today(), -12 * rule.active)
    for key in _keys(Patient.objects.filter(state__in=("open", "withdrawn"), last_intervention_on__lte=oldest_active)):
        done["archived"] += _archive(key)
    oldest_kept = add_months(today(), -12 * (rule.active + rule.archived))
    for key in _keys(Patient.objects.filter(state="archived", last_intervention_on__lte=oldest_kept)):
        done["erased"] += _erase(key)
    return done


def _keys(rows: Any) -> list[str]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic(using=VAULT)
def _archive(key: str) -> bool:
    row = Patient.objects.select_for_update(of=("self",)).get(pk=key)
    if row.state == "archived" or retention().archive_on(row.last_intervention_on) > today():
        return False
    run(PATIENT, row, "archive", actor=None)
    return True


@transaction.atomic(using=VAULT)
def _erase(key: str) -> bool:
    row = Patient.objects.select_for_update(of=("self",)).filter(pk=key, state="archived").first()
    if row is None or retention().erase_on(row.last_intervention_on) > today():
        return False
    erase_rows(row, actor=None, reason="retention")
    return True


def remind_reviews() -> int:
    """Tell the referent and the author that a plan comes to its review. The notice names nobody. How many notices."""
    due = Plan.objects.filter(
        state__in=("draft", "validated"), review_on__lte=today() + REMIND_BEFORE, patient__state="open"
    )
    told = 0
    for plan in due.select_related("patient").order_by("review_on", "pk"):
        for person in _who_reviews(plan):
            notify(
                person.user,
                "clinical.review",
                "Un plan arrive à sa date de revue",
                f"Plan {plan.pk} : à revoir le {day(plan.review_on)}.\n\nCe message ne dit rien de plus, à dessein.",
                reverse("clinical:plan", args=[plan.pk]),
                key=f"clinical.review:{plan.pk}:{plan.review_on}:{person.user_id}",
            )
            told += 1
    return told


def _who_reviews(plan: Plan) -> list[Professional]:
    """The referent and the author, if they have an account and the file is still open to them."""
    people = Professional.objects.filter(
        pk__in={plan.referent_id, plan.patient.author_id}, user__isnull=False, user__is_active=True
    )
    return [person for person in people.select_related("user").order_by("pk") if plan.patient.opens_to(person.user)]
