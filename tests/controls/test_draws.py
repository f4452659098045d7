"""A draw on real tables: the salt first, once, never changed, and the same for whoever draws again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction

from equipage.controls.models import Control, ControlPlan, Draw
from equipage.controls.rules import Rate, Risk
from equipage.controls.selectors import classified, drawn_again, preview_of
from equipage.controls.services import draws, plans
from equipage.coordination.models import Action
from equipage.foundation.periods import PARIS
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.messaging.models import Notice
from tests import factories as people
from tests.compensation import factories
from tests.controls.cast import ALL, FACTS, OCTOBER, cast, in_october, plan

pytestmark = pytest.mark.django_db


def association() -> Any:
    return people.organisation("association")


def several(count: int) -> list[Action]:
    factories.scale()
    team = factories.paid_team()
    officer = people.officer()
    return [in_october(factories.validated(team, by=officer)) for _ in range(count)]


def test_a_month_is_drawn_by_its_rates_and_each_team_is_told() -> None:
    several(5)
    plan({**ALL, str(Risk.NEW): Rate(30)})
    made = draws.draw_month(association(), OCTOBER, actor=people.treasurer())
    assert (made.population_count, made.drawn_count) == (5, 2)
    controls = list(Control.objects.order_by("pk"))
    assert len(controls) == 2 and {row.state for row in controls} == {"asked"}
    assert controls[0].due_on == date(2026, 12, 7) and controls[0].risk == Risk.NEW
    told = set(Notice.objects.filter(kind="controls.asked").values_list("recipient_id", flat=True))
    assert told == set(controls[0].action.presences.values_list("professional__user_id", flat=True))


def test_the_salt_is_kept_before_the_population_is_read() -> None:
    several(3)
    plan()
    opened = draws.open_draw(association(), OCTOBER, actor=people.treasurer())
    assert len(opened.salt) == 32 and opened.population is None and not Control.objects.exists()
    done = draws.draw_month(association(), OCTOBER, actor=people.association_admin())
    assert (done.pk, done.salt) == (opened.pk, opened.salt) and done.drawn_count == 3


def test_drawn_twice_is_drawn_once() -> None:
    several(4)
    plan({**ALL, str(Risk.NEW): Rate(25)})
    first = draws.draw_month(association(), OCTOBER, actor=people.treasurer())
    again = draws.draw_month(association(), OCTOBER, actor=people.treasurer())
    assert again.pk == first.pk and Control.objects.count() == 1


def test_whoever_draws_again_finds_the_same() -> None:
    several(6)
    plan({**ALL, str(Risk.NEW): Rate(50)})
    made = draws.draw_month(association(), OCTOBER, actor=people.treasurer())
    found = drawn_again(Draw.objects.get(pk=made.pk))
    assert found.same_hash and found.same_sample
    assert sum(row["drawn"] for row in found.rows) == 3 and len(found.rows) == 6
    assert max(row["rank"] for row in found.rows if row["drawn"]) < min(
        row["rank"] for row in found.rows if not row["drawn"]
    )


def test_a_sample_that_was_tampered_with_is_seen() -> None:
    several(4)
    plan({**ALL, str(Risk.NEW): Rate(50)})
    made = draws.draw_month(association(), OCTOBER, actor=people.treasurer())
    drawn = Control.objects.order_by("pk").first()
    assert drawn is not None
    other = Action.objects.exclude(pk__in=Control.objects.values("action_id")).order_by("pk").first()
    Control.objects.filter(pk=drawn.pk).update(action=other)
    assert not drawn_again(made).same_sample


@pytest.mark.parametrize("change", [{"salt": "autre"}, {"drawn_count": 0}, {"population": []}])
def test_the_database_refuses_to_change_a_draw(change: dict[str, Any]) -> None:
    several(1)
    plan()
    made = draws.draw_month(association(), OCTOBER, actor=people.treasurer())
    with pytest.raises(DatabaseError, match="ne se change pas"), transaction.atomic():
        Draw.objects.filter(pk=made.pk).update(**change)


def test_the_database_refuses_two_controls_of_an_action() -> None:
    who = cast()
    with pytest.raises(IntegrityError), transaction.atomic():
        Control.objects.create(
            draw=who.control.draw,
            action=who.action,
            team=who.control.team,
            organisation=who.control.organisation,
            risk=Risk.NEW,
            risk_sentence="Essai.",
            asked_at=who.control.asked_at,
            due_on=who.control.due_on,
        )


def test_a_month_that_is_not_over_is_not_drawn() -> None:
    plan()
    with time_machine.travel("2026-10-31T23:30:00+01:00"), pytest.raises(Refused, match="mois fini"):
        draws.draw_month(association(), OCTOBER, actor=people.treasurer())
    with time_machine.travel("2026-11-01T00:30:00+01:00"):
        assert draws.draw_month(association(), OCTOBER, actor=people.treasurer()).drawn_count == 0


def test_without_a_plan_nothing_is_drawn() -> None:
    plan(valid_from=date(2026, 10, 2))
    with pytest.raises(Refused, match="Aucun plan"):
        draws.draw_month(association(), OCTOBER, actor=people.treasurer())
    assert not Draw.objects.exists()


def test_another_association_or_a_member_does_not_draw() -> None:
    plan()
    for actor in (people.treasurer(region_code="53"), people.professional().user):
        with pytest.raises(Refused, match="par l'association"):
            draws.draw_month(association(), OCTOBER, actor=actor)


def test_only_actions_validated_in_the_month_and_not_controlled_yet_are_read() -> None:
    first, second, third, _ = several(4)
    Action.objects.filter(pk=first.pk).update(validated_at=datetime(2026, 11, 1, 0, 0, tzinfo=PARIS))
    Action.objects.filter(pk=second.pk).update(validated_at=datetime(2026, 9, 30, 23, 59, tzinfo=PARIS))
    made = plan()
    assert next(row.pk for row, _ in classified(association(), OCTOBER, made)) == third.pk
    draws.draw_month(association(), OCTOBER, actor=people.treasurer())
    assert Control.objects.count() == 2
    assert classified(association(), OCTOBER, made) == []


def test_the_preview_writes_nothing_and_costs_the_same_for_few_and_many(django_assert_num_queries: Any) -> None:
    several(2)
    plan({**ALL, str(Risk.NEW): Rate(50)})
    paying = association()
    with django_assert_num_queries(5):
        found = preview_of(paying, OCTOBER)
    assert (found.population, found.drawn) == (2, 1) and not Draw.objects.exists()
    team = factories.paid_team()
    for _ in range(4):
        in_october(factories.validated(team, by=people.officer()))
    with django_assert_num_queries(5):
        assert preview_of(paying, OCTOBER).population == 6


def test_a_plan_is_adopted_by_a_second_person() -> None:
    admin = people.association_admin()
    made = plans.draft_plan(actor=admin, organisation=association(), facts=FACTS, rates=ALL)
    with pytest.raises(Blocked, match="deuxième personne"):
        plans.adopt(made, actor=admin, seen=made.revision)
    assert plans.adopt(made, actor=people.treasurer(), seen=made.revision).state == "in_force"
    assert made.rates.count() == 5


def test_a_plan_that_would_punish_accuracy_is_refused_beside_its_class() -> None:
    rates = {**ALL, str(Risk.USUAL): Rate(10)}
    with pytest.raises(Refused, match="plus contrôlée") as refused:
        plans.draft_plan(actor=people.association_admin(), organisation=association(), facts=FACTS, rates=rates)
    assert refused.value.field == "percent_confirmee" and not ControlPlan.objects.exists()


def test_two_plans_do_not_begin_on_the_same_day() -> None:
    plan()
    made = plans.draft_plan(actor=people.association_admin(), organisation=association(), facts=FACTS, rates=ALL)
    with pytest.raises(Blocked, match="déjà adopté"):
        plans.adopt(made, actor=people.treasurer(), seen=made.revision)
