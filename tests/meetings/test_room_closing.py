"""Ending a meeting: one transaction makes the action, the tasks and the minutes; what is wrong leaves the room open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from equipage.coordination import services as coordination
from equipage.coordination.models import Action
from equipage.coordination.services import AlreadyDeclared
from equipage.foundation import audit
from equipage.foundation.documents.models import Document
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.meetings.models import Item, Meeting, Minutes, MinutesVersion, Task
from equipage.meetings.services import closing, room
from equipage.meetings.services.closing import Corrected
from equipage.meetings.services.room import Boxes, ItemConflict, Line
from equipage.teams.models import Team
from tests import chain, factories
from tests.meetings import room_helpers as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make.recognised_team()


@pytest.fixture
def people(team):
    return make.people_of(team)


@pytest.fixture
def lead(team):
    return factories.lead_of(team)


@pytest.fixture
def member(team):
    return factories.member_of(team)


@pytest.fixture
def row(team, people, lead):
    made = make.meeting(team, title="Situations du mois")
    make.begun(made, people, lead)
    for _ in range(2):
        room.write_boxes(make.situation(made, lead), make.filled(people), based_on=1, actor=lead)
    make.situation(made, lead)
    return made


def close(row, people, actor, **more):
    options = {name: more.pop(name) for name in ("link", "another") if name in more}
    return closing.close(row, make.closing_of(row, people, **more), actor=actor, **options)


def nothing_was_made(row):
    return (
        factories.fresh(row).state == "fixed"
        and not Action.objects.exists()
        and not Task.objects.exists()
        and not MinutesVersion.objects.exists()
    )


# --- what is made -----------------------------------------------------------------------------------------------------


def test_everything_is_made_at_once(row, people, lead, member):
    record = close(row, people, lead)
    assert factories.fresh(row).state == "held"
    action = record.action
    assert (action.kind, action.minutes, action.patients, action.title) == (make.KIND, 30, 2, "Situations du mois")
    assert action.client_key == closing.action_key(row) and action.held_on == today()
    assert dict(action.presences.values_list("professional_id", "state")) == {
        people[0].pk: "confirmed",
        people[1].pk: "expected",
    }
    assert Task.objects.count() == 4 and record.patients == 2
    version = record.versions.get()
    assert version.number == 1 and version.author == lead and version.document.kind == "meetings.minutes"
    assert [item["code"] for item in version.content["items"]] == ["Situation A", "Situation B"]
    assert version.content["left"] == ["Situation C"] and audit.verify() is None
    told = member.notices.get(kind="meetings.minutes_ready")
    assert "2\xa0tâches" in told.body and "chutes" not in told.body and told.link.endswith("/compte-rendu/")
    assert not lead.notices.filter(kind="meetings.minutes_ready").exists()


def test_the_lines_of_indemnity_follow_from_the_action(row, people, lead, member):
    chain.adopted_scale()
    record = close(row, people, lead)
    coordination.confirm_presence(record.action.presences.get(professional=people[1]), actor=member)
    coordination.validate(factories.fresh(record.action), actor=factories.officer())
    assert record.action.claim_lines.count() == 2


def test_ending_twice_is_ending_once(row, people, lead, member):
    first = close(row, people, lead)
    again = close(row, people[:1], member, patients=40)
    assert first == again and Action.objects.count() == 1 and MinutesVersion.objects.count() == 1
    assert again.patients == 2 and again.closed_by == lead and Task.objects.count() == 4


def test_a_room_that_nobody_opened_is_ended_all_the_same(team, people, lead):
    row = make.meeting(team)
    record = close(row, people, lead)
    assert record.started_at and record.place == "Au cabinet infirmier" and record.patients == 0
    assert record.versions.get().content["items"] == []


def test_a_task_that_names_nobody_is_for_who_ends_the_meeting(row, people, lead):
    item = Item.objects.filter(meeting=row).order_by("id")[0]
    gone = factories.pharmacist()
    room.write_boxes(
        item, Boxes(todo=(Line("Sans personne"), Line("Pour une absente", gone.pk))), based_on=2, actor=lead
    )
    close(row, people, lead)
    found = Task.objects.filter(item=item).values_list("what", "assignee_id")
    assert set(found) == {("Sans personne", people[0].pk), ("Pour une absente", people[0].pk)}


# --- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"starts": 10, "ends": 40}, "ends", "n'est pas après le début"),
        ({"starts": 10, "ends": 10}, "ends", "n'est pas après le début"),
        ({"starts": 26 * 60, "ends": 0}, "ends", "12 heures au plus"),
        ({"starts": 10, "ends": -60}, "ends", "dans le futur"),
        ({"here": ()}, "here", "au moins une personne"),
        ({"patients": -1}, "patients", "de 0 à 500"),
        ({"patients": 501}, "patients", "de 0 à 500"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_made(row, people, lead, wrong, field, words):
    # Hours are minutes ago, counted from the clock of the test.
    said = {name: make.ago(value) if name in ("starts", "ends") else value for name, value in wrong.items()}
    with pytest.raises(Refused) as refused:
        close(row, people, lead, **said)
    assert refused.value.field == field and words in refused.value.sentence and nothing_was_made(row)


def test_somebody_who_was_no_member_that_day_is_named(row, people, lead):
    stranger = factories.pharmacist(first_name="Inès", last_name="Étrangère")
    with pytest.raises(Refused, match="Inès Étrangère n'était pas membre") as refused:
        close(row, [*people, stranger], lead)
    assert refused.value.field == "here" and nothing_was_made(row)


def test_a_meeting_cancelled_meanwhile_is_not_held(row, people, lead):
    Meeting.objects.filter(pk=row.pk).update(cancel_reason="Grippe.", state="cancelled")
    with pytest.raises(Refused, match="annulée : Grippe"):
        close(row, people, lead)
    assert not Action.objects.exists() and Item.objects.filter(meeting=row).exclude(account="").count() == 2


def test_a_team_that_is_no_longer_recognised_keeps_its_minutes_as_a_draft(row, team, people, lead):
    Team.objects.filter(pk=team.pk).update(registration_number="", state="accompanied")
    with pytest.raises(Refused, match="pas reconnue"):
        close(row, people, lead)
    assert nothing_was_made(row) and Item.objects.filter(meeting=row).exclude(account="").count() == 2
    assert Minutes.objects.get(meeting=row).closed_at is None


def test_a_stranger_ends_nothing(row, people):
    for actor in (factories.nurse().user, factories.officer(), factories.ars_region()):
        with pytest.raises(Refused, match="membres confirmés"):
            close(row, people, actor)
    assert nothing_was_made(row)


# --- declared before --------------------------------------------------------------------------------------------------


def declared(team, people, lead, **more):
    facts = chain.today_facts(team, people, **{"kind": make.KIND, "minutes": 45, "patients": 5, **more})
    return coordination.declare(actor=lead, team=team, facts=facts, another=True)


def test_declared_from_the_phone_first_is_a_question_then_one_tap(row, team, people, lead, member):
    action = declared(team, people, member)
    with pytest.raises(AlreadyDeclared) as question:
        close(row, people, lead)
    assert question.value.existing == action
    assert factories.fresh(row).state == "fixed" and not Task.objects.exists()
    record = close(row, people, lead, link=action)
    assert record.action == action and Action.objects.count() == 1
    assert factories.fresh(action).minutes == 45, "what somebody declared is not changed behind their back"


def test_it_may_be_another_one(row, team, people, lead, member):
    action = declared(team, people, member)
    record = close(row, people, lead, another=True)
    assert record.action != action and Action.objects.count() == 2


def test_an_action_that_is_not_this_meeting_is_not_linked(row, team, people, lead):
    cancelled = declared(team, people, lead)
    coordination.cancel(cancelled, actor=lead, reason="Erreur.")
    yesterday = declared(team, people, lead, held_on=today() - timedelta(days=1)) if _recognised_before(team) else None
    other_team = make.recognised_team()
    elsewhere = declared(other_team, make.people_of(other_team), factories.lead_of(other_team))
    taken = make.held(team).action
    for action, words in ((cancelled, "retirée"), (elsewhere, "retirée"), (taken, "autre réunion")):
        with pytest.raises(Refused, match=words):
            close(row, people, lead, link=action)
    if yesterday is not None:
        with pytest.raises(Refused, match="pas la même"):
            close(row, people, lead, link=yesterday)
    assert factories.fresh(row).state == "fixed"


def _recognised_before(team):
    return team.recognised_on < today()


def test_minutes_whose_declaration_was_withdrawn_are_linked_to_another(row, team, people, lead):
    record = close(row, people, lead)
    other = declared(team, people, lead)
    with pytest.raises(Refused, match="déjà reliées"):
        closing.link_again(row, other, actor=lead)
    coordination.cancel(factories.fresh(record.action), actor=lead, reason="Deux fois.")
    assert closing.link_again(row, other, actor=lead).action == other
    assert closing.link_again(row, other, actor=lead).action == other


# --- afterwards -------------------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_version_and_the_old_one_is_kept(row, people, lead, member):
    record = close(row, people, lead)
    item = Item.objects.filter(meeting=row).order_by("id")[0]
    boxes = make.filled(people, decision="Passage une fois par jour.")
    version = closing.correct_item(item, boxes, reason="Une fois, pas deux.", based_on=item.version, actor=member)
    assert version.number == 2 and version.author == member and version.reason == "Une fois, pas deux."
    first = record.versions.get(number=1)
    assert "deux fois par jour" in first.content["items"][0]["decision"]
    assert version.content["items"][0]["decision"] == "Passage une fois par jour."
    assert Task.objects.count() == 4 and Document.objects.filter(kind="meetings.minutes").count() == 2
    same = closing.correct_item(item, boxes, reason="Encore", based_on=version.number + 1, actor=member)
    assert same == version and record.versions.count() == 2


def test_a_correction_says_why_and_two_at_once_are_compared(row, people, lead, member):
    close(row, people, lead)
    item = Item.objects.filter(meeting=row).order_by("id")[0]
    with pytest.raises(Refused) as refused:
        closing.correct_item(item, make.filled(people, account="Autre"), reason=" ", based_on=2, actor=lead)
    assert refused.value.field == "reason" and factories.fresh(item).account != "Autre"
    closing.correct_item(item, make.filled(people, account="Une"), reason="Faute", based_on=2, actor=lead)
    with pytest.raises(ItemConflict):
        closing.correct_item(item, make.filled(people, account="Deux"), reason="Faute", based_on=2, actor=member)


def test_hours_and_people_are_corrected_too_and_the_action_is_not(row, people, lead):
    record = close(row, people, lead)
    corrected = Corrected(make.ago(50), make.ago(5), "En visioconférence", (people[0].pk,), (people[1].pk,))
    version = closing.correct_header(row, corrected, reason="Nous étions trois.", actor=lead)
    assert version.content["place"] == "En visioconférence" and len(version.content["excused"]) == 1
    assert factories.fresh(record.action).minutes == 30
    with pytest.raises(Refused, match="12 heures"):
        closing.correct_header(
            row, Corrected(make.ago(2000), make.ago(5), "", (people[0].pk,)), reason="Non", actor=lead
        )


def test_an_open_meeting_has_nothing_to_correct(row, people, lead):
    item = Item.objects.filter(meeting=row).order_by("id")[0]
    with pytest.raises(Refused, match="pas encore clos"):
        closing.correct_item(item, make.filled(people), reason="Non", based_on=2, actor=lead)


def test_a_version_never_changes(row, people, lead):
    version = close(row, people, lead).versions.get()
    with pytest.raises(Exception, match="ne se change pas"):
        MinutesVersion.objects.filter(pk=version.pk).update(number=7)


# --- who sees ---------------------------------------------------------------------------------------------------------


def test_the_team_alone_sees_the_minutes(row, people, lead, member):
    record = close(row, people, lead)
    version = record.versions.get()
    outsiders = [
        factories.officer(),
        factories.treasurer(),
        factories.association_admin(),
        factories.ars_department(),
        factories.ars_region(),
        factories.platform_admin(),
        factories.nurse().user,
        factories.lead_of(make.recognised_team()),
    ]
    for user in (lead, member):
        assert Minutes.objects.visible_to(user).exists() and Task.objects.visible_to(user).count() == 4
        assert Document.objects.visible_to(user).filter(pk=version.document_id).exists()
    for user in outsiders:
        user = factories.fresh(user)
        for model in (Minutes, Item, MinutesVersion, Task):
            assert not model.objects.visible_to(user).exists(), (user, model)
        assert not Document.objects.visible_to(user).filter(kind="meetings.minutes").exists(), user
    assert Action.objects.visible_to(factories.fresh(outsiders[0])).filter(pk=record.action_id).exists()
