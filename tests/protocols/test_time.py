"""The time spent on a protocol: proposed on the declare card, tied to the protocol, shown on the page of the action."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from equipage.coordination import selectors as coordination
from equipage.coordination import services as actions
from equipage.coordination.services import Facts
from equipage.foundation.periods import today
from equipage.protocols.models import ProtocolAction
from tests import chain, factories
from tests.protocols.factories import TITLE, in_force, person_of

pytestmark = pytest.mark.django_db
ACTIONS = ["PROTOCOLE", "RCP_SANS_PATIENT"]


def acting_team() -> Any:
    """A team recognised by its file, whose project chose protocols."""
    team = factories.complete_team(state="accompanied", themes=("Retour à domicile",))
    return chain.recognised(team, actions=ACTIONS)


def facts(team: Any, **more: Any) -> Facts:
    people = [person_of(factories.lead_of(team)).pk, person_of(factories.member_of(team)).pk]
    known = {"kind": "PROTOCOLE", "held_on": today(), "minutes": 60, "present": tuple(people), "title": TITLE}
    return Facts(**{**known, **more})


def test_the_card_opens_on_a_protocol_brought_into_force_lately() -> None:
    team = acting_team()
    lead = factories.lead_of(team)
    assert coordination.proposal(lead, team) is None
    in_force(team)
    found = coordination.proposal(lead, team)
    assert found is not None
    assert (found.kind, found.title, found.held_on) == ("PROTOCOLE", TITLE, today())
    assert person_of(lead).pk in found.present
    assert coordination.proposal(factories.member_of(team), team) is None
    actions.declare(actor=lead, team=team, facts=facts(team))
    assert coordination.proposal(factories.lead_of(team), team) is None


def test_an_action_with_the_title_of_a_protocol_is_tied_to_it() -> None:
    team = acting_team()
    edition = in_force(team)
    lead = factories.lead_of(team)
    action = actions.declare(actor=lead, team=team, facts=facts(team, title=TITLE.upper()))
    assert ProtocolAction.objects.get().protocol == edition.protocol
    client = Client()
    client.force_login(lead)
    shown = client.get(reverse("coordination:action", args=[action.pk]))
    assert reverse("protocols:protocol", args=[edition.protocol_id]) in shown.text
    actions.correct(action, actor=lead, facts=facts(team, title="Autre chose"))
    assert not ProtocolAction.objects.exists()


@pytest.mark.parametrize("more", [{"title": ""}, {"title": "Un autre sujet"}, {"kind": "RCP_SANS_PATIENT"}])
def test_any_other_action_is_tied_to_nothing(more: dict[str, str]) -> None:
    team = acting_team()
    in_force(team)
    actions.declare(actor=factories.lead_of(team), team=team, facts=facts(team, **more))
    assert not ProtocolAction.objects.exists()


def test_the_button_is_there_only_for_a_team_that_may_declare_it() -> None:
    team = acting_team()
    edition = in_force(team)
    lead = factories.lead_of(team)
    client = Client()
    client.force_login(lead)
    page = client.get(reverse("protocols:protocol", args=[edition.protocol_id])).text
    assert "Déclarer le temps passé" in page and "type=PROTOCOLE" in page
    other = in_force()
    client.force_login(factories.lead_of(other.protocol.team))
    page = client.get(reverse("protocols:protocol", args=[other.protocol_id])).text
    assert "Déclarer le temps passé" not in page
