"""The same person in two places: found, asked kindly, settled; hours are those that passed, whatever the clocks did."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from equipage.coordination import services
from equipage.coordination.models import Overlap
from equipage.coordination.rules import Attended, Hours, overlap, own_hours
from equipage.foundation.french import time_of_day
from equipage.foundation.periods import PARIS
from tests import chain, factories

hours = st.builds(
    Hours,
    day=st.dates(date(2026, 3, 27), date(2026, 3, 31)),
    minutes=st.integers(1, 1440),
    starts_at=st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
attended = st.builds(Attended, team_id=st.integers(1, 2), kind=st.sampled_from(["A", "B"]), hours=hours)


@given(attended, attended)
def test_two_stretches_meet_when_they_share_a_minute(one, other):
    found = overlap(one, other)
    assert found == overlap(other, one)
    if one.hours.known and other.hours.known:
        first, second = (item.hours.start.timestamp() // 60 for item in (one, other))
        minutes = set(range(int(first), int(first) + one.hours.minutes))
        shared = minutes & set(range(int(second), int(second) + other.hours.minutes))
        assert (found == "hours") == bool(shared)
    else:
        same = one.hours.day == other.hours.day and one.kind == other.kind and one.hours.minutes == other.hours.minutes
        assert (found == "maybe") == (same and one.team_id != other.team_id)


def test_the_night_the_clocks_change_has_its_real_minutes():
    spring = Hours(date(2026, 3, 29), 60, time(1, 30))
    assert spring.end == datetime(2026, 3, 29, 3, 30, tzinfo=PARIS)
    autumn = Hours(date(2026, 10, 25), 120, time(1, 30))
    assert autumn.end.utcoffset() == timedelta(hours=1) and autumn.end.hour == 2 and autumn.end.minute == 30


class Told:
    """An action from eleven at night, two hours long."""

    held_on, minutes, starts_at = date(2026, 6, 1), 120, time(23, 0)


@pytest.mark.parametrize(
    ("arrived", "left", "minutes", "day"),
    [
        (None, None, 120, date(2026, 6, 1)),
        (time(23, 30), time(0, 30), 60, date(2026, 6, 1)),
        (time(0, 15), time(1, 0), 45, date(2026, 6, 2)),
    ],
)
def test_own_hours_pass_midnight_with_the_meeting(arrived, left, minutes, day):
    found = own_hours(Told, arrived, left)
    assert (found.minutes, found.day) == (minutes, day)


def test_more_than_a_day_in_one_day_is_asked():
    one = Attended(1, "A", Hours(date(2026, 6, 1), 800))
    other = Attended(1, "B", Hours(date(2026, 6, 1), 700))
    assert overlap(one, other, day_minutes=1500) == "maybe" and overlap(one, other, day_minutes=1440) == ""


@pytest.fixture
def two(db):
    """A nurse in two recognised teams, with a doctor in each."""
    first = chain.recognised(factories.complete_team(state="accompanied", themes=("Soins palliatifs à domicile",)))
    second = chain.recognised(factories.complete_team(state="accompanied", themes=("Diabète",)))
    nurse = first.memberships.order_by("id").first().professional
    factories.join(second, nurse)
    return first, second, nurse


def others_of(team, nurse):
    rows = team.memberships.exclude(professional=nurse).order_by("id").select_related("professional__user")
    return [m.professional for m in rows]


def declare(team, people, actor, at, another=False, **more):
    facts = chain.today_facts(team, people, starts_at=at, **more)
    return services.declare(actor=actor, team=team, facts=facts, another=another)


def test_one_who_declares_two_places_is_asked_first(two):
    first, second, nurse = two
    user = factories.fresh(nurse.user)
    known = declare(first, [nurse, *others_of(first, nurse)], user, time(0, 1))
    with pytest.raises(services.AlreadyDeclared) as asked:
        declare(second, [nurse], user, time(0, 10))
    assert asked.value.existing == known
    assert first.name in asked.value.sentence and time_of_day(time(0, 1)) in asked.value.sentence
    made = declare(second, [nurse], user, time(0, 10), another=True)
    assert made.state in ("declared", "verified")
    row = Overlap.objects.get()
    assert row.certainty == "hours" and row.professional == nurse


def test_one_told_present_by_another_is_asked_and_never_blocked(two, client):
    first, second, nurse = two
    declare(first, [nurse, *others_of(first, nurse)], factories.fresh(nurse.user), time(0, 1))
    doctor = factories.fresh(others_of(second, nurse)[0].user)
    made = declare(second, [nurse, others_of(second, nurse)[0]], doctor, time(0, 5))
    row = Overlap.objects.get()
    page = reverse("coordination:overlap", args=[row.pk])
    client.force_login(doctor)
    assert client.get(page).status_code == 404
    assert "Deux actions" not in client.get(reverse("coordination:action", args=[made.pk])).content.decode()
    client.force_login(factories.fresh(nurse.user))
    assert "Étiez-vous aux deux" in client.get("/").content.decode()
    assert "Étiez-vous aux deux" in client.get(page).content.decode()
    client.post(reverse("coordination:overlap_move", args=[row.pk, "explain"]), {"answer": "La première a été courte."})
    officer = factories.officer()
    client.force_login(officer)
    assert "La première a été courte." in client.get(page).content.decode()
    assert nurse.formal_name in client.get(reverse("coordination:overlaps")).content.decode()
    client.post(reverse("coordination:overlap_move", args=[row.pk, "settle"]))
    assert factories.fresh(row).state == "settled" and factories.fresh(row).settled_by == officer


def test_a_correction_that_parts_them_takes_the_question_away(two):
    first, second, nurse = two
    user = factories.fresh(nurse.user)
    declare(first, [nurse, *others_of(first, nurse)], user, time(0, 1), minutes=30)
    made = declare(second, [nurse], user, time(0, 10), another=True, minutes=30)
    assert Overlap.objects.count() == 1
    facts = chain.today_facts(second, [nurse], starts_at=time(1, 0), minutes=30)
    services.correct(made, actor=user, facts=facts)
    assert not Overlap.objects.exists()


def test_somebody_taken_off_the_list_has_no_question_left(two):
    first, second, nurse = two
    doctor = others_of(first, nurse)[0]
    lead = factories.fresh(doctor.user)
    made = declare(first, [nurse, doctor], lead, time(0, 1))
    declare(second, [nurse, *others_of(second, nurse)], factories.fresh(others_of(second, nurse)[0].user), time(0, 1))
    row = Overlap.objects.get()
    services.explain_overlap(row, actor=factories.fresh(nurse.user), answer="")
    services.correct(made, actor=lead, facts=chain.today_facts(first, [doctor], starts_at=time(0, 1)))
    assert not Overlap.objects.exists() and not made.presences.filter(professional=nurse).exists()


def test_somebody_absent_meets_nobody(two):
    first, second, nurse = two
    user = factories.fresh(nurse.user)
    declare(first, [nurse, *others_of(first, nurse)], user, time(0, 1))
    made = declare(second, [nurse], user, time(0, 1), another=True)
    services.deny_presence(made.presences.get(professional=nurse), actor=user)
    assert not Overlap.objects.exists()
    services.confirm_presence(made.presences.get(professional=nurse), actor=user)
    assert Overlap.objects.count() == 1
    services.cancel(made, actor=user, reason="Doublon.")
    assert not Overlap.objects.exists()


def test_unknown_hours_of_two_teams_that_tell_the_same(two):
    first, second, nurse = two
    user = factories.fresh(nurse.user)
    declare(first, [nurse, *others_of(first, nurse)], user, None)
    declare(second, [nurse], user, None, another=True)
    assert Overlap.objects.get().certainty == "maybe"
