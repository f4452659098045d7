"""Who left is still paid for what was done before; without a confirmed account it waits, with its reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from equipage.agreements.models import Convention
from equipage.compensation.models import ClaimLine
from equipage.compensation.piles import preview
from equipage.coordination.services import validate
from equipage.foundation.periods import Month
from equipage.payments.models import BankDetails
from equipage.payments.services import runs
from equipage.people.models import Professional
from equipage.teams.models import Team
from equipage.teams.services import members
from tests import factories as people
from tests.compensation import factories

pytestmark = pytest.mark.django_db
NOVEMBER = Month(2026, 11)
LAST_DAY = date(2026, 11, 10)


def left(*, account: bool = True) -> tuple[Team, Professional]:
    """A member with an action of October and one of the last day, who then left; the actions validated afterwards."""
    factories.scale()
    factories.paying_account()
    team = factories.paid_team()
    person = people.member_of(team).professional
    if not account:
        BankDetails.objects.filter(professional=person).update(state="replaced")
    membership = team.memberships.get(professional=person)
    type(membership).objects.filter(pk=membership.pk).update(valid_from=date(2026, 2, 1))
    drafts = [factories.action(team, held_on=day) for day in (factories.DAY, LAST_DAY)]
    members.leave(
        actor=people.fresh(person.user), membership=people.fresh(membership), last_day=LAST_DAY, reason="Retraite."
    )
    for draft in drafts:
        validate(draft, actor=people.officer())
    return team, person


def test_who_left_is_paid_in_a_later_month_for_what_came_before() -> None:
    team, person = left()
    convention = Convention.objects.get(professional=person)
    assert (convention.state, convention.valid_to) == ("ended", LAST_DAY + timedelta(days=1))
    assert team.memberships.get(professional=person).state == "left"
    run = runs.approve(factories.prepared(month=NOVEMBER), actor=people.treasurer())
    runs.execute(run, actor=people.treasurer(), executed_on=date(2026, 11, 22))
    lines = ClaimLine.objects.filter(professional=person).order_by("held_on")
    assert [(line.held_on, line.state) for line in lines] == [(factories.DAY, "paid"), (LAST_DAY, "paid")]
    assert run.payments.get(professional=person).amount_cents == 7500


def test_an_action_after_the_last_day_is_not_covered() -> None:
    team, person = left()
    factories.prepared(month=NOVEMBER)
    late = factories.action(team, [person, people.lead_of(team).professional], held_on=date(2026, 11, 12))
    validate(late, actor=people.officer())
    waiting = preview(people.organisation(), NOVEMBER).not_ready.lines
    assert [(line.action_id, line.remarks) for line in waiting] == [
        (late.pk, ["La convention n'est pas en vigueur au jour de l'action."])
    ]


def test_who_left_without_a_confirmed_account_waits_with_the_reason() -> None:
    _, person = left(account=False)
    found = preview(people.organisation(), NOVEMBER).not_ready.lines
    assert {(line.professional_id, line.waits_for, *line.remarks) for line in found} == {
        (person.pk, "member", "Les coordonnées bancaires ne sont pas confirmées.")
    }
    assert len(found) == 2
    run = factories.prepared(month=NOVEMBER)
    assert not run.payments.filter(professional=person).exists()
    factories.bank(person)
    assert factories.prepared(month=NOVEMBER).payments.get().amount_cents == 7500
