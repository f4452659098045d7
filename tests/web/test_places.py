"""Professional and officer are visibly different places, and one person may go from one to the other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from equipage.people.models import Organisation, Professional, RoleAssignment, User
from equipage.people.roles import Role
from equipage.territory.models import Region
from equipage.web import home

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire() -> User:
    """A nurse who is also an officer of the association."""
    region = Region.objects.create(code="52", name="Pays de la Loire")
    association = Organisation.objects.create(kind=Organisation.Kind.ASSOCIATION, name="Association", region=region)
    user = User.objects.create_user("claire@demo.equipage.invalid", "x", first_name="Claire", last_name="Moreau")
    Professional.objects.create(
        rpps="10100000001", first_name="Claire", last_name="Moreau", profession_code="60", user=user
    )
    RoleAssignment.objects.create(
        user=user, role=Role.ASSOCIATION_OFFICER, organisation=association, valid_from=date(2025, 1, 1)
    )
    return user


@pytest.fixture
def signed_in(client: Client, claire: User) -> Client:
    client.force_login(claire, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_person_with_two_roles_has_two_places_and_starts_in_the_first(signed_in: Client) -> None:
    html = signed_in.get("/").content.decode()
    assert "place-professional" in html
    assert 'value="association"' in html
    assert "Bonjour Claire" in html


def test_the_place_chosen_is_kept_and_looks_different(signed_in: Client) -> None:
    assert signed_in.post("/espace/", {"place": "association"}).status_code == 302
    html = signed_in.get("/").content.decode()
    assert "place-association" in html
    assert "place-professional" not in html


def test_a_place_that_is_not_mine_stays_closed_and_says_so(signed_in: Client) -> None:
    answer = signed_in.post("/espace/", {"place": "agency"}, follow=True)
    html = answer.content.decode()
    assert "place-professional" in html
    assert "n’est pas ouvert à votre compte" in html


def test_a_stranger_has_no_place_to_choose(client: Client) -> None:
    answer = client.post("/espace/", {"place": "association"})
    assert answer.status_code in (302, 404)
    assert "place" not in client.session


def test_the_home_shows_what_waits_then_what_moves(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    mine: dict[str, Any] = {"title": "Confirmer la visite", "url": "/actions/3/", "since": date(2026, 11, 1)}
    theirs: dict[str, Any] = {"title": "Dossier chez l'ARS", "who": "L'ARS l'examine"}
    monkeypatch.setitem(
        home.HOMES, "professional", home.Home(waiting=(lambda user: [mine],), moving=(lambda user: [theirs],))
    )
    html = signed_in.get("/").content.decode()
    assert "1 chose vous attend" in html
    assert html.index("Confirmer la visite") < html.index("Dossier chez l’ARS")
    assert "waiting theirs" in html


def test_an_empty_home_says_what_will_be_there(signed_in: Client) -> None:
    html = signed_in.get("/").content.decode()
    assert "Rien ne vous attend" in html


def test_the_frame_costs_few_queries(
    signed_in: Client, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = reverse("web:accessibility")
    signed_in.get(page)
    with django_assert_max_num_queries(6):
        signed_in.get(page)
