"""What ends a convention, what draws one up again, reminders, and a random walk through the workflow."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.agreements.models import Convention
from equipage.agreements.selectors import convention_covers, covering
from equipage.agreements.services import drawing, ending, nudging
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.people.models import Organisation
from equipage.teams.services import members as memberships
from tests import chain, factories

pytestmark = pytest.mark.django_db


def test_a_departure_ends_the_convention_that_day_and_keeps_what_came_before(team, conventions):
    chain.signed(team)
    row = factories.fresh(conventions[0])
    Convention.objects.filter(pk=row.pk).update(valid_from=today() - timedelta(days=20))
    memberships.leave(
        actor=factories.fresh(row.professional.user),
        membership=row.membership,
        last_day=today(),
        reason="Déménagement.",
    )
    ended = factories.fresh(row)
    assert ended.state == "ended" and ended.valid_to == today() + timedelta(days=1)
    assert "Déménagement." in ended.ending_reason
    assert convention_covers(row.professional, team, today())
    assert not convention_covers(row.professional, team, today() + timedelta(days=1))


def test_a_departure_cancels_what_is_not_signed_by_both(team, conventions):
    row = conventions[0]
    memberships.leave(
        actor=factories.fresh(row.professional.user), membership=row.membership, last_day=today(), reason="Retraite."
    )
    assert factories.fresh(row).state == "cancelled"
    assert factories.fresh(conventions[1]).state == "to_sign"


def test_one_ends_ones_own_convention_and_the_other_party_reads_why(team, conventions, person, admin):
    chain.signed(team, admin=admin)
    row = factories.fresh(conventions[0])
    ended = ending.end(row, actor=person, on=today() + timedelta(days=30), reason="Je change de région.")
    assert ended.state == "ended" and covering(today()).filter(pk=row.pk).exists()
    assert not covering(today() + timedelta(days=30)).filter(pk=row.pk).exists()
    assert "Je change de région." in admin.notices.get(kind="agreements.end").body


@pytest.mark.parametrize(("days", "words"), [(-1, "dans le passé"), (500, "plus d'un an")])
def test_the_day_of_the_end_makes_sense(team, conventions, person, days, words):
    chain.signed(team)
    Convention.objects.filter(pk=conventions[0].pk).update(valid_from=today() - timedelta(days=60))
    with pytest.raises(Refused, match=words) as refused:
        ending.end(factories.fresh(conventions[0]), actor=person, on=today() + timedelta(days=days), reason="Départ.")
    assert refused.value.field == "on"


def test_a_cancellation_is_told_and_a_new_convention_can_be_drawn_up(conventions, person, admin):
    row = ending.cancel(conventions[0], actor=admin, reason="Le nom est mal orthographié.")
    assert row.state == "cancelled" and person.notices.filter(kind="agreements.cancel").count() == 1
    new = drawing.draw_again(row, actor=admin)
    assert new.number != row.number and new.state == "to_sign" and new.membership == row.membership
    with pytest.raises(Refused, match="une autre convention est en cours"):
        drawing.draw_again(row, actor=admin)
    with pytest.raises(Refused, match="par l'association"):
        drawing.draw_again(row, actor=person)


def test_a_member_who_joins_a_recognised_team_receives_a_convention(team):
    newcomer = factories.pharmacist()
    waiting = factories.join(team, newcomer, state="uncertain")
    assert not Convention.objects.filter(professional=newcomer).exists()
    memberships.accept(actor=factories.fresh(newcomer.user), membership=waiting)
    assert Convention.objects.get(professional=newcomer).state == "to_sign"


def test_a_region_without_association_is_caught_up_later(team, conventions):
    organisation = conventions[0].organisation
    Convention.objects.all().delete()
    Organisation.objects.filter(pk=organisation.pk).update(kind="platform")
    assert drawing.draw_up_missing() == []
    Organisation.objects.filter(pk=organisation.pk).update(kind="association")
    assert len(drawing.draw_up_missing()) == 2
    assert drawing.draw_up_missing() == []


def test_the_lead_reminds_once_a_day_and_only_those_who_have_not_signed(team, conventions):
    lead, other = factories.lead_of(team), factories.member_of(team)
    assert nudging.nudge(team, actor=lead) == 1
    assert other.notices.filter(kind="agreements.nudge").count() == 1
    with pytest.raises(Refused, match="déjà été relancée aujourd'hui"):
        nudging.nudge(team, actor=lead)
    chain.sign_by(other, [next(row for row in conventions if row.professional.user_id == other.pk)])
    with pytest.raises(Refused, match="Personne d'autre"):
        nudging.nudge(team, actor=lead)
    with pytest.raises(Refused, match="personne référente"):
        nudging.nudge(team, actor=other)


MOVES = ("sign", "countersign", "end", "cancel", "leave", "again")


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(moves=st.lists(st.sampled_from(MOVES), min_size=1, max_size=5))
def test_no_walk_leads_to_an_illegal_row(moves):
    """Whatever is tried in whatever order, the rows satisfy the constraints, and one convention at most lives."""
    team = factories.recognised_team()
    admin = factories.association_admin()
    drawing.draw_up_for_team(team, actor=admin)
    membership = team.memberships.order_by("-role", "id")[0]
    person = factories.fresh(membership.professional.user)
    for move in moves:
        row = Convention.objects.filter(membership=membership).order_by("-id")[0]
        with contextlib.suppress(Refused):
            play(move, row, person, admin)
        rows = Convention.objects.filter(membership=membership)
        assert rows.exclude(state__in=("ended", "cancelled")).count() <= 1
        for one in rows:
            one.full_clean(exclude=["document"])
            assert (one.state in ("signed", "active")) <= one.signatures.filter(party="member").exists()
            assert (one.state == "active") <= (one.signatures.count() == 2)


def play(move, row, person, admin):
    match move:
        case "sign":
            chain.sign_by(person, [row])
        case "countersign":
            chain.sign_by(admin, [row], "association")
        case "end":
            ending.end(row, actor=person, on=today() + timedelta(days=1), reason="Essai.")
        case "cancel":
            ending.cancel(row, actor=admin, reason="Essai.")
        case "leave":
            memberships.leave(actor=person, membership=row.membership, last_day=today(), reason="Essai.")
        case "again":
            drawing.draw_again(row, actor=admin)
