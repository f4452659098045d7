"""Reviews: a reminder at 60 days, at 15 days, when it is late; each said once, to those who answer for the protocol."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from equipage.foundation.jobs.declare import schedules
from equipage.foundation.periods import today
from equipage.messaging.models import Notice
from equipage.protocols import cards, services
from equipage.protocols.jobs import remind_reviews
from equipage.protocols.models import Edition
from equipage.protocols.rules import reminder_due
from tests import factories
from tests.protocols.factories import in_force, team_of_two

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("days", "step"), [(61, None), (60, 60), (16, 60), (15, 15), (1, 15), (0, 0), (-1, 0), (-400, 0)]
)
def test_the_reminder_that_counts_today(days: int, step: int | None) -> None:
    assert reminder_due(DAY, DAY - timedelta(days=days)) == step


@given(st.integers(-500, 500), st.integers(0, 100))
def test_time_only_brings_the_review_nearer(days: int, later: int) -> None:
    first, second = (reminder_due(DAY, DAY - timedelta(days=days - more)) for more in (0, later))
    assert first is None or (second is not None and second <= first)


def due_in(edition: Edition, days: int) -> Edition:
    """Its review falls in so many days."""
    review = today() + timedelta(days=days)
    Edition.objects.filter(pk=edition.pk).update(
        validated_on=review - timedelta(days=300), reviewed_on=review - timedelta(days=300), review_on=review
    )
    return factories.fresh(edition)


def reviews_told() -> Any:
    return Notice.objects.filter(kind="protocols.review")


def test_each_reminder_is_said_once_and_the_next_one_follows() -> None:
    edition = due_in(in_force(), 40)
    lead = factories.lead_of(edition.protocol.team)
    for _ in range(3):
        assert services.remind_reviews() == 1
    assert list(reviews_told().values_list("recipient", flat=True)) == [lead.pk]
    due_in(edition, -3)
    remind_reviews.call()
    remind_reviews.call()
    assert reviews_told().count() == 2
    assert reviews_told().filter(subject__contains="retard").count() == 1


def test_nobody_is_reminded_of_what_is_far_withdrawn_or_closed() -> None:
    due_in(in_force(), 61)
    gone = due_in(in_force(), 5)
    services.withdraw(gone, actor=factories.lead_of(gone.protocol.team), reason="Plus utile.")
    closed = due_in(in_force(), 5)
    type(closed.protocol.team).objects.filter(pk=closed.protocol.team_id).update(
        state="closed", closed_at=closed.created_at, closing_reason="Fin."
    )
    assert services.remind_reviews() == 0
    assert not reviews_told().exists()


def test_an_author_who_left_is_not_reminded() -> None:
    pharmacist = factories.pharmacist()
    team = team_of_two(members=[pharmacist])
    group = {"professions": ["10", "21", "60"], "authors": [pharmacist.pk]}
    edition = due_in(in_force(team, group=group), 10)
    services.remind_reviews()
    assert set(reviews_told().values_list("recipient", flat=True)) == {pharmacist.user.pk, factories.lead_of(team).pk}
    reviews_told().delete()
    team.memberships.filter(professional=pharmacist).update(state="left", valid_to=today(), leaving_reason="Départ.")
    services.remind_reviews()
    assert set(reviews_told().values_list("recipient", flat=True)) == {factories.lead_of(team).pk}
    assert cards.waiting_for_professional(factories.fresh(pharmacist.user)) == []
    assert len(cards.waiting_for_professional(factories.lead_of(edition.protocol.team))) == 1


def test_a_late_protocol_is_read_again_by_the_button_of_its_page() -> None:
    edition = due_in(in_force(), -20)
    client = Client()
    client.force_login(factories.lead_of(edition.protocol.team))
    home = reverse("protocols:protocol", args=[edition.protocol_id])
    page = client.get(home).text
    assert "La révision est en retard" in page and f'href="{home}etapes/confirm_review/"' in page
    later = today() + timedelta(days=365)
    assert client.post(f"{home}etapes/confirm_review/", {"review_on": later.isoformat()}).status_code == 302
    edition = factories.fresh(edition)
    assert (edition.review_on, edition.reviewed_on, edition.is_late) == (later, today(), False)


def test_the_reminder_runs_every_day() -> None:
    assert "equipage.protocols.jobs.remind_reviews" in {schedule.name for schedule in schedules()}
