"""Several confirmations on one page: one tap each, or one for all; never more than was read."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from equipage.coordination import services
from equipage.coordination.models import Presence
from tests import factories
from tests.coordination.proof_helpers import declared, people_of, plain, recognised, user_of

pytestmark = pytest.mark.django_db
PAGE = "/actions/a-confirmer/"


@pytest.fixture
def team():
    return recognised(2)


@pytest.fixture
def doctor(team):
    return people_of(team)[1]


@pytest.fixture
def three(team):
    return [declared(team, kind=kind) for kind in ("RCP_AVEC_PATIENT", "RCP_SANS_PATIENT", "PPS")]


def waiting(doctor):
    return list(Presence.objects.filter(professional=doctor, state="expected").order_by("id"))


def test_two_taps_from_home_confirm_everything(client, doctor, three):
    client.force_login(user_of(doctor))
    home = plain(client.get("/"))
    assert "3 présences à confirmer" in home and PAGE in home  # first tap
    page = plain(client.get(PAGE))
    assert "Tout confirmer" in page and page.count('<button class="btn small">J’y étais') == 3
    done = client.post(PAGE, {"presence": [row.pk for row in waiting(doctor)]}, follow=True)  # second tap
    assert "tout est confirmé" in plain(done) and "Personne n’attend" in plain(done)
    assert not waiting(doctor) and {factories.fresh(action).state for action in three} == {"verified"}
    assert set(Presence.objects.filter(professional=doctor).values_list("means", flat=True)) == {"tap"}


def test_one_tap_confirms_one(client, doctor, three):
    client.force_login(user_of(doctor))
    first = waiting(doctor)[0]
    client.post(PAGE, {"presence": [first.pk]})
    assert first not in waiting(doctor) and len(waiting(doctor)) == 2
    client.post(reverse("coordination:answer", args=[waiting(doctor)[0].pk, "deny"]), {"next": "to_confirm"})
    assert len(waiting(doctor)) == 1


def test_what_arrived_since_is_not_confirmed_unread(client, team, doctor, three):
    client.force_login(user_of(doctor))
    read = [row.pk for row in waiting(doctor)]
    late = services.declare(actor=factories.lead_of(team), team=team, facts=services.facts_of(three[0]), another=True)
    client.post(PAGE, {"presence": read})
    assert [row.action_id for row in waiting(doctor)] == [late.pk]


def test_nobody_confirms_for_somebody_else(client, team, doctor, three):
    client.force_login(factories.lead_of(team))
    client.post(PAGE, {"presence": [row.pk for row in waiting(doctor)] + ["x", "-1"]})
    assert len(waiting(doctor)) == 3


def test_twice_changes_nothing(client, doctor, three):
    client.force_login(user_of(doctor))
    keys = [row.pk for row in waiting(doctor)]
    client.post(PAGE, {"presence": keys})
    moments = list(Presence.objects.filter(pk__in=keys).order_by("pk").values_list("answered_at", flat=True))
    client.post(PAGE, {"presence": keys})
    assert list(Presence.objects.filter(pk__in=keys).order_by("pk").values_list("answered_at", flat=True)) == moments


def test_the_page_is_for_professionals(client, doctor):
    assert client.get(PAGE).status_code == 302
    for user, status in ((user_of(doctor), 200), (factories.officer(), 404), (factories.ars_region(), 404)):
        client.force_login(user)
        assert client.get(PAGE).status_code == status
        assert client.get(reverse("coordination:enter_code")).status_code == status


def test_the_page_costs_the_same_whatever_its_length(client, team, doctor, three):
    client.force_login(user_of(doctor))
    counts = []
    for more in (0, 10):
        for _ in range(more):
            services.declare(actor=factories.lead_of(team), team=team, facts=services.facts_of(three[0]), another=True)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_page_of_an_action_costs_the_same_whatever_its_people(client, doctor, team):
    counts = []
    for size in (2, 12):
        many = recognised(size)
        action = declared(many)
        client.force_login(factories.lead_of(many))
        address = reverse("coordination:action", args=[action.pk])
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
