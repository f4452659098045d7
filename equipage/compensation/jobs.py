"""Yearly statements in January, estimates after an adoption. Each job may be done twice without harm."""

from __future__ import annotations

from datetime import time

from django.urls import reverse

from equipage.compensation.models import Scale, ScalePreview, YearStatement
from equipage.compensation.services.claims import estimate_afresh
from equipage.compensation.services.previews import compute_preview
from equipage.compensation.services.yearly import issue_year, last_editions
from equipage.coordination.models import Action
from equipage.coordination.states import OPEN
from equipage.foundation.documents.services import seal
from equipage.foundation.french import euros
from equipage.foundation.jobs import Monthly, every, job
from equipage.foundation.periods import today
from equipage.messaging.services import notify
from equipage.people.models import Organisation


@every(Monthly(15, time(5, 0)))
@job(max_attempts=5)
def issue_year_statements() -> None:
    """In January: the statements of the year that just ended, for every association that paid somebody."""
    now = today()
    if now.month != 1:
        return
    paid = Organisation.objects.filter(runs__state="executed", runs__executed_on__year=now.year - 1)
    for organisation in paid.distinct().order_by("pk"):
        issue_year_of(organisation, now.year - 1)


@job(max_attempts=5)
def issue_statements_of(organisation_id: int, year: int) -> None:
    """The statements of one association and year: after its closing, what January did not yet know."""
    issue_year_of(Organisation.objects.get(pk=organisation_id), year)


def issue_year_of(organisation: Organisation, year: int) -> None:
    """Issue what is due, then have it set and told."""
    issue_year(organisation, year)
    tell_year_statements.enqueue(organisation.pk, year)


@job(max_attempts=5)
def tell_year_statements(organisation_id: int, year: int) -> None:
    """Set and seal each statement, and tell its payee; the key keeps a second passage silent."""
    organisation = Organisation.objects.get(pk=organisation_id)
    kept = [row.pk for row in last_editions(organisation, year).values()]
    rows = YearStatement.objects.filter(pk__in=kept, document__isnull=False).order_by("pk")
    for row in rows.select_related("professional__user", "document"):
        if row.document is not None and not row.document.sealed:
            seal(row.document)
        if row.professional.user is not None:
            notify(
                row.professional.user,
                "compensation.year_statement",
                f"Votre relevé annuel {year}",
                f"{organisation.name} vous a versé {euros(row.total_cents)} en {year}. Votre relevé annuel, mois par "
                "mois et équipe par équipe, est prêt pour votre comptable.",
                reverse("compensation:year_statement", args=[row.pk]),
                key=f"year_statement:{row.pk}",
            )


@job(max_attempts=5)
def estimate_under(scale_id: int) -> None:
    """Estimate again the open actions of the days of a scale that was just adopted, one transaction an action."""
    scale = Scale.objects.select_related("organisation").get(pk=scale_id)
    actions = Action.objects.filter(
        region_id=scale.organisation.region_id, state__in=OPEN, held_on__gte=scale.valid_from
    )
    if scale.valid_to is not None:
        actions = actions.filter(held_on__lt=scale.valid_to)
    for action_id in list(actions.order_by("pk").values_list("pk", flat=True)):
        estimate_afresh(action_id)


@job(max_attempts=3)
def preview_scale(preview_id: int) -> None:
    """Compute a preview that is too long for a page."""
    compute_preview(ScalePreview.objects.get(pk=preview_id))
