"""A scale is drafted by one person, adopted by another, followed and never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from django.db import DatabaseError, transaction

from equipage.compensation.models import Scale, ScaleRate
from equipage.compensation.services.scales import RateFacts, ScaleFacts, adopt, draft_scale, edit_scale
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from tests import factories as people
from tests.compensation import factories

pytestmark = pytest.mark.django_db

FACTS = ScaleFacts("bareme-2027", "Barème 2027", "Délibération du 3 novembre 2026", date(2027, 1, 1))
RATES = (RateFacts(factories.MEETING, "hour", Decimal("55.00")),)


def drafted(facts: ScaleFacts = FACTS, rates=RATES, by=None) -> Scale:
    return draft_scale(
        actor=by or people.officer(), organisation=people.organisation("association"), facts=facts, rates=rates
    )


def test_a_draft_is_adopted_by_a_second_person() -> None:
    scale = adopt(drafted(), actor=people.treasurer(), unseen=True)
    assert scale.state == "in_force"
    assert scale.rates.get().amount == Decimal("55.00")


def test_who_drafted_does_not_adopt() -> None:
    both = people.association_admin(person=people.officer())
    with pytest.raises(Blocked, match="une deuxième personne l'adopte"):
        adopt(drafted(by=both), actor=both, unseen=True)


def test_who_wrote_last_is_the_author() -> None:
    admin = people.association_admin()
    scale = edit_scale(drafted(), actor=admin, facts=FACTS, rates=RATES)
    with pytest.raises(Blocked, match="une deuxième personne l'adopte"):
        adopt(scale, actor=admin, unseen=True)


def test_a_professional_drafts_no_scale() -> None:
    with pytest.raises(Refused, match="saisi par l'association"):
        drafted(by=people.nurse().user)


def test_the_rates_of_an_adopted_scale_never_change() -> None:
    scale = factories.scale()
    for attempt in (
        lambda: ScaleRate.objects.update(amount=Decimal("60")),
        lambda: ScaleRate.objects.all().delete(),
        lambda: ScaleRate.objects.create(scale=scale, action_code="PPS", unit="document", amount=Decimal("1")),
        lambda: Scale.objects.update(valid_from=date(2025, 1, 1)),
        lambda: Scale.objects.update(valid_to=date(2026, 12, 1)),
        lambda: Scale.objects.update(adopted_at=scale.drafted_at - timedelta(days=9)),
    ):
        with pytest.raises(DatabaseError, match="ne change"), transaction.atomic():
            attempt()


@pytest.mark.parametrize(
    ("facts", "rates", "said"),
    [
        (replace(FACTS, last_day=date(2026, 12, 31)), RATES, "précède le premier"),
        (FACTS, (), "au moins un tarif"),
        (FACTS, RATES * 2, "Deux tarifs portent sur le même type"),
        (FACTS, (replace(RATES[0], amount=Decimal("0")),), "supérieur à zéro"),
        (FACTS, (replace(RATES[0], amount=Decimal("-1")),), "supérieur à zéro"),
        (FACTS, (replace(RATES[0], amount=Decimal("1000000")),), "vérifiez le nombre de zéros"),
        (FACTS, (replace(RATES[0], amount=Decimal("0.105")),), "deux décimales au plus"),
        (FACTS, (replace(RATES[0], amount=Decimal("NaN")),), "deux décimales au plus"),
        (FACTS, (replace(RATES[0], amount=cast(Any, 0.3)),), "deux décimales au plus"),
        (replace(FACTS, valid_from=date(2028, 2, 29), last_day=date(2028, 2, 28)), RATES, "précède le premier"),
        (
            FACTS,
            (replace(RATES[0], min_quantity=Decimal("3"), max_quantity=Decimal("1")),),
            "inférieure à sa quantité minimale",
        ),
    ],
)
def test_what_cannot_be_is_said(facts: ScaleFacts, rates: tuple[RateFacts, ...], said: str) -> None:
    with pytest.raises(Refused, match=said):
        drafted(facts, rates)


def test_a_code_is_taken_once() -> None:
    drafted()
    with pytest.raises(Refused, match="déjà celui d'un autre barème"):
        drafted()


def test_an_adopted_scale_is_not_edited() -> None:
    scale = adopt(drafted(), actor=people.treasurer(), unseen=True)
    with pytest.raises(Refused, match="n'est plus un brouillon"):
        edit_scale(scale, actor=people.officer(), facts=FACTS, rates=RATES)
