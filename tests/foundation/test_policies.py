"""Declaring rights: once, by name, and nothing is allowed by accident."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from equipage.foundation import policies
from equipage.foundation.policies import (
    ALLOWED,
    EVERYTHING,
    NOTHING,
    Decision,
    PolicyMissing,
    can,
    decide,
    denied,
    policy,
    visibility,
    visible_q,
)
from equipage.teams.models import Team
from equipage.territory.models import Region
from tests import factories


@pytest.fixture(autouse=True)
def declarations_left_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    """What these tests declare does not stay."""
    monkeypatch.setattr(policies, "_policies", dict(policies._policies))
    monkeypatch.setattr(policies, "_visibilities", dict(policies._visibilities))


def test_a_decision_is_read_by_name_and_never_taken_for_true() -> None:
    with pytest.raises(TypeError, match=r"decision\.allowed"):
        bool(denied("Non."))
    assert decide(True, "Non.") == ALLOWED
    assert decide(False, "Non.") == Decision(False, ("Non.",))
    assert denied("Non.", "Non plus.").reasons == ("Non.", "Non plus.")


def test_a_policy_answers_by_its_name() -> None:
    @policy("essai.paint")
    def paint(user: Any, obj: Any) -> Decision:
        return decide(user == obj, "Chacun peint sa porte.")

    assert can("a", "essai.paint", "a").allowed
    assert can("a", "essai.paint", "b").reasons == ("Chacun peint sa porte.",)


def test_a_name_is_declared_once() -> None:
    policy("essai.paint")(lambda user, obj: ALLOWED)
    visibility("essai.Door")(lambda user: EVERYTHING)
    with pytest.raises(ValueError, match="deux fois"):
        policy("essai.paint")(lambda user, obj: ALLOWED)
    with pytest.raises(ValueError, match="deux fois"):
        visibility("essai.Door")(lambda user: NOTHING)


@pytest.mark.parametrize("action", ["essai.paint", "teams.view_team", "paint", ""])
def test_what_nobody_declared_is_an_error_and_not_a_right(action: str) -> None:
    with pytest.raises(PolicyMissing):
        can(AnonymousUser(), action)
    with pytest.raises(PolicyMissing, match=r"essai\.Door"):
        visible_q("essai.Door", AnonymousUser())


@pytest.mark.django_db
def test_viewing_falls_back_on_the_declared_visibility() -> None:
    team = factories.team()
    outsider = factories.user()
    assert can(factories.lead_of(team), "teams.view_team", team).allowed
    refused = can(outsider, "teams.view_team", team)
    assert not refused.allowed and refused.reasons
    assert can(AnonymousUser(), "territory.view_region", factories.region()).allowed
    assert not can(AnonymousUser(), "teams.view_team", team).allowed


@pytest.mark.django_db
def test_a_visibility_that_says_everything_still_asks_for_a_living_account() -> None:
    policies._visibilities["teams.Team"] = lambda user: EVERYTHING
    factories.team()
    person = factories.user()
    assert Team.objects.visible_to(person).count() == 1
    person.is_active = False
    assert not Team.objects.visible_to(person).exists()
    assert not Team.objects.visible_to(AnonymousUser()).exists()
    assert Region.objects.visible_to(AnonymousUser()).exists()


@pytest.mark.django_db
def test_seeing_goes_through_related_rows_and_filters() -> None:
    team = factories.team()
    lead = factories.lead_of(team)
    assert team.memberships.visible_to(lead).count() == 1
    assert not team.memberships.visible_to(factories.user()).exists()
    assert list(Team.objects.filter(state="forming").visible_to(lead)) == [team]
