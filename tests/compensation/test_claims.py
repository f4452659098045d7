"""What an action makes in money: estimated while it lives, frozen when it is validated, never above the envelope."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from django.db import DatabaseError, transaction

from equipage.compensation.models import ClaimLine
from equipage.compensation.services.claims import committed_cents, refresh_estimates
from equipage.coordination.services import cancel, confirm_presence, deny_presence, return_to_team, validate
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.funding.models import Envelope
from tests import factories as people
from tests.compensation import factories
from tests.funding.factories import envelope
from tests.together import together

pytestmark = pytest.mark.django_db


def amounts(action) -> list[int]:
    return list(
        ClaimLine.objects.filter(action=action).order_by("professional_id").values_list("amount_cents", flat=True)
    )


def test_three_quarters_of_an_hour_at_fifty_euros_make_37_50_for_each() -> None:
    factories.scale()
    action = factories.action(factories.recognised_team())
    assert amounts(action) == [3750, 3750]
    assert {line.state for line in action.claim_lines.all()} == {"estimated"}


def test_an_estimate_follows_who_says_they_were_there() -> None:
    factories.scale()
    team = factories.recognised_team()
    action = factories.action(team)
    presence = action.presences.order_by("pk")[0]
    deny_presence(presence, actor=presence.professional.user)
    assert amounts(action) == [3750]
    confirm_presence(presence, actor=presence.professional.user)
    assert amounts(action) == [3750, 3750]


def test_a_withdrawn_action_leaves_no_estimate() -> None:
    factories.scale()
    action = factories.action(factories.recognised_team())
    cancel(action, actor=action.declared_by, reason="Saisie deux fois.")
    assert not ClaimLine.objects.exists()


def test_a_returned_action_keeps_its_estimate() -> None:
    factories.scale()
    action = factories.action(factories.recognised_team())
    return_to_team(action, actor=people.officer(), reason="La durée paraît longue.")
    assert amounts(action) == [3750, 3750]


def test_without_a_scale_for_that_day_there_is_no_estimate_and_no_validation() -> None:
    factories.scale(valid_from=date(2026, 11, 1))
    action = factories.action(factories.recognised_team())
    assert amounts(action) == []
    with pytest.raises(Refused, match=r"Aucun barème n'est adopté pour le 14.octobre 2026"):
        validate(action, actor=people.officer())
    assert people.fresh(action).state == "declared"


def test_a_draft_scale_prices_nothing() -> None:
    factories.scale(state="draft")
    assert amounts(factories.action(factories.recognised_team())) == []


def test_the_rate_of_the_day_of_the_action_holds_even_when_a_dearer_one_followed() -> None:
    factories.scale(valid_to=date(2026, 11, 1))
    factories.scale(
        [{"action_code": factories.MEETING, "unit": "hour", "amount": "80.00"}], valid_from=date(2026, 11, 1)
    )
    assert amounts(factories.validated(factories.recognised_team())) == [3750, 3750]


def test_a_validated_line_is_frozen_with_its_rate_and_its_sentence() -> None:
    factories.scale()
    action = factories.validated(factories.recognised_team())
    line = action.claim_lines.all()[0]
    assert (line.state, line.unit, str(line.rate_amount), str(line.quantity)) == (
        "validated",
        "hour",
        "50.00",
        "0.7500",
    )
    assert line.frozen_at is not None
    assert "37,50" in line.sentence and "50,00" in line.sentence
    assert line.explanation["rule_id"].startswith("bareme.")


@pytest.mark.parametrize("change", [{"amount_cents": 1}, {"sentence": "Autre."}, {"quantity": 2}, {"frozen_at": None}])
def test_the_database_refuses_to_change_a_frozen_line(change: dict[str, object]) -> None:
    factories.scale()
    action = factories.validated(factories.recognised_team())
    with pytest.raises(DatabaseError, match="figée"), transaction.atomic():
        ClaimLine.objects.filter(action=action).update(**change)


def test_the_database_refuses_to_delete_a_frozen_line() -> None:
    factories.scale()
    action = factories.validated(factories.recognised_team())
    with pytest.raises(DatabaseError, match="figée"), transaction.atomic():
        ClaimLine.objects.filter(action=action).delete()


def test_estimates_are_refreshed_as_often_as_wanted() -> None:
    factories.scale()
    action = factories.action(factories.recognised_team())
    refresh_estimates(action)
    refresh_estimates(action)
    assert amounts(action) == [3750, 3750]


def test_at_the_edge_the_people_of_one_action_share_what_remains_to_the_cent() -> None:
    factories.scale()
    team = factories.recognised_team()
    envelope(team, 5001)
    action = factories.validated(team)
    lines = list(action.claim_lines.order_by("professional_id"))
    assert sorted(line.amount_cents for line in lines) == [2500, 2501]
    assert sum(line.amount_cents + line.cut_cents for line in lines) == 7500
    assert all("l'enveloppe annuelle de l'équipe est atteinte" in line.sentence for line in lines)
    assert committed_cents(team, 2026) == 5001


def test_after_the_edge_nothing_is_owed_and_the_line_says_why() -> None:
    factories.scale()
    team = factories.recognised_team()
    envelope(team, 7500)
    factories.validated(team)
    late = factories.validated(team, held_on=date(2026, 10, 21))
    assert amounts(late) == [0, 0]
    assert {line.cut_cents for line in late.claim_lines.all()} == {3750}


def test_the_envelope_of_the_rules_is_ten_thousand_euros_a_civil_year() -> None:
    factories.scale()
    team = factories.recognised_team()
    factories.validated(team)
    assert Envelope.objects.get(team=team).amount_cents == 1_000_000


def test_a_yearly_cap_of_a_person_runs_across_teams() -> None:
    factories.scale(
        [{"action_code": factories.MEETING, "unit": "hour", "amount": "50.00", "cap_person_year_cents": 5000}]
    )
    shared = people.nurse()
    first, second = factories.recognised_team(lead=shared), factories.recognised_team(lead=shared)
    factories.validated(first, [shared, *[p for p in factories.people_of(first) if p != shared]])
    factories.validated(second, [shared, *[p for p in factories.people_of(second) if p != shared]])
    mine = ClaimLine.objects.filter(professional=shared).order_by("id")
    assert [line.amount_cents for line in mine] == [3750, 1250]
    assert "plafond annuel" in mine[1].sentence


def test_who_was_there_does_not_validate() -> None:
    factories.scale()
    team = factories.recognised_team()
    member = people.officer(person=people.lead_of(team))
    action = factories.action(team)
    with pytest.raises(Blocked, match="Vous avez pris part à cette action"):
        validate(action, actor=member)
    assert {line.state for line in action.claim_lines.all()} == {"estimated"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_validations_at_the_edge_of_the_envelope_never_exceed_it() -> None:
    factories.scale()
    team = factories.recognised_team()
    envelope(team, 10_000)
    waiting = [factories.action(team, held_on=date(2026, 10, day)) for day in (5, 6, 7, 8)]
    officers = [people.officer() for _ in waiting]
    together([partial(validate, one, actor=officer) for one, officer in zip(waiting, officers, strict=True)])
    assert committed_cents(team, 2026) == 10_000
    lines = ClaimLine.objects.filter(team=team)
    assert sum(line.amount_cents + line.cut_cents for line in lines) == 4 * 7500
