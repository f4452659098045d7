"""The agenda and the room: what is written, in what order, by several at once; what is refused and with which words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from equipage.foundation import audit
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.meetings.models import Item, Meeting, Minutes, Participant
from equipage.meetings.selectors import room as selectors
from equipage.meetings.services import closing, planning, room
from equipage.meetings.services.room import Boxes, Header, ItemConflict, Line, NewItem
from tests import factories
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
def row(team):
    return make.meeting(team)


def codes(row):
    return [item.code for item in selectors.items_of(row)]


# --- the agenda -------------------------------------------------------------------------------------------------------


def test_each_member_adds_a_point_and_letters_follow_each_other(row, lead, member):
    make.situation(row, lead)
    make.situation(row, member)
    room.add_item(row, NewItem(kind="topic", question="Protocole de sortie"), actor=member)
    make.situation(row, lead, code="Le palier du deuxième")
    make.situation(row, lead)
    assert codes(row) == ["Situation A", "Situation B", "Sujet 1", "Le palier du deuxième", "Situation C"]


def test_points_go_up_and_down_by_buttons(row, lead):
    first, second, third = (make.situation(row, lead) for _ in range(3))
    room.move_item(third, -1, actor=lead)
    room.move_item(first, -1, actor=lead)
    assert codes(row) == ["Situation A", "Situation C", "Situation B"]
    room.move_item(first, 1, actor=lead)
    room.move_item(second, 1, actor=lead)
    assert codes(row) == ["Situation C", "Situation A", "Situation B"]


def test_the_twenty_seventh_letter_has_two_signs(row, lead):
    for _ in range(28):
        make.situation(row, lead)
    assert codes(row)[25:] == ["Situation Z", "Situation AA", "Situation AB"]


@pytest.mark.parametrize(
    ("new", "field", "words"),
    [
        (NewItem(kind="topic", question="   "), "question", "Écrivez le sujet"),
        (NewItem(planned_minutes=0), "planned_minutes", "de 1 à 240"),
        (NewItem(planned_minutes=900), "planned_minutes", "de 1 à 240"),
    ],
)
def test_a_wrong_point_is_refused_beside_its_field(row, lead, new, field, words):
    with pytest.raises(Refused) as refused:
        room.add_item(row, new, actor=lead)
    assert refused.value.field == field and words in refused.value.sentence and not Item.objects.exists()


def test_a_sixty_first_point_is_refused_with_the_way_out(row, lead):
    for _ in range(room.MOST_ITEMS):
        make.situation(row, lead)
    with pytest.raises(Refused, match="ouvrez-en une autre"):
        make.situation(row, lead)


def test_a_point_is_removed_by_who_added_it_or_who_organises(row, lead, member):
    mine, theirs = make.situation(row, member), make.situation(row, lead)
    with pytest.raises(Refused, match="qui l'a ajouté"):
        room.remove_item(theirs, actor=member)
    room.remove_item(mine, actor=lead)
    room.remove_item(mine, actor=lead)
    assert codes(row) == ["Situation B"]


def test_a_point_that_was_discussed_is_not_removed(row, people, lead):
    item = make.situation(row, lead)
    room.write_boxes(item, make.filled(people), based_on=1, actor=lead)
    with pytest.raises(Refused, match="déjà été abordé"):
        room.remove_item(item, actor=lead)


def test_a_stranger_adds_nothing(row):
    with pytest.raises(Refused, match="membres confirmés"):
        make.situation(row, factories.nurse().user)
    with pytest.raises(Refused, match="membres confirmés"):
        make.situation(row, factories.officer())


# --- what was left ----------------------------------------------------------------------------------------------------


def test_what_the_last_meeting_left_comes_back_once(team, people, lead):
    make.held(team, situations=1)
    assert not selectors.left_over(make.meeting(team))
    old = make.meeting(team)
    make.begun(old, people, lead)
    kept = make.situation(old, lead, "Reste-t-il seul ?")
    again = make.situation(old, lead)
    room.write_boxes(
        again, make.filled(people, review_on=today() + timedelta(days=30), todo=()), based_on=1, actor=lead
    )
    closing.close(old, make.closing_of(old, people), actor=lead, another=True)
    new = make.meeting(team)
    assert {left.item.pk: left.because.split(" ")[0] for left in selectors.left_over(new)} == {
        kept.pk: "pas",
        again.pk: "à",
    }
    room.carry_over(new, actor=lead, only=[kept.pk])
    room.carry_over(new, actor=lead)
    room.carry_over(new, actor=lead)
    assert [item.carried_from_id for item in selectors.items_of(new)] == [kept.pk, again.pk]
    assert codes(new) == [kept.code, again.code] and selectors.items_of(new)[0].question == "Reste-t-il seul ?"
    assert selectors.next_code(new, "situation", selectors.items_of(new)) == "Situation C"


def test_what_was_taken_up_by_a_cancelled_meeting_comes_back(team, people, lead):
    old = make.meeting(team)
    make.begun(old, people, lead)
    make.situation(old, lead)
    closing.close(old, make.closing_of(old, people), actor=lead)
    new = make.meeting(team)
    room.carry_over(new, actor=lead)
    assert not selectors.left_over(make.meeting(team))
    Meeting.objects.filter(pk=new.pk).update(cancel_reason="Grippe.", state="cancelled")
    assert len(selectors.left_over(make.meeting(team))) == 1


def test_a_meeting_called_like_the_last_one_takes_its_agenda(team, lead):
    earlier = make.meeting(team)
    make.situation(earlier, lead, "Une question ?")
    new = make.meeting(team)
    for copy in planning.after_copy:
        copy(new, earlier, lead)
    assert [item.question for item in selectors.items_of(new)] == ["Une question ?"]


# --- who is here ------------------------------------------------------------------------------------------------------


def test_the_room_opens_with_those_who_said_they_come(row, team, people):
    Participant.objects.filter(meeting=row, professional=people[1]).update(answer="no")
    proposed = selectors.people_of(row, None)
    assert {(person.professional.pk, person.here, person.excused) for person in proposed} == {
        (people[0].pk, True, False),
        (people[1].pk, False, True),
    }


def test_the_start_is_written_once(row, people, lead):
    record = make.begun(row, people, lead)
    assert record.started_at is not None
    Minutes.objects.filter(pk=record.pk).update(started_at=make.ago(10))
    assert make.begun(row, people[:1], lead).started_at == make.ago(10)


def test_two_devices_tap_different_chips_and_both_count(row, people, lead, member):
    third = factories.pharmacist()
    factories.join(row.team, third)
    make.begun(row, people[:1], lead)
    seen = frozenset({people[0].pk})
    room.enter(row, Header(here=seen | {people[1].pk}, seen_here=seen), actor=lead)
    record = room.enter(row, Header(here=seen | {third.pk}, seen_here=seen), actor=member)
    here = set(record.attendees.filter(standing="here").values_list("professional_id", flat=True))
    assert here == {people[0].pk, people[1].pk, third.pk}
    room.enter(row, Header(here=frozenset(), seen_here=seen), actor=member)
    here = set(record.attendees.filter(standing="here").values_list("professional_id", flat=True))
    assert here == {people[1].pk, third.pk}


def test_somebody_who_came_after_all_is_no_longer_excused(row, people, lead):
    room.enter(row, Header(here=frozenset(), excused=frozenset({people[1].pk})), actor=lead)
    both = frozenset({people[1].pk})
    record = room.enter(row, Header(here=both, excused=both), actor=lead)
    assert list(record.attendees.values_list("professional_id", "standing")) == [(people[1].pk, "here")]


def test_somebody_outside_the_team_is_not_here(row, people, lead):
    stranger = factories.pharmacist()
    with pytest.raises(Refused, match="pas membre") as refused:
        room.enter(row, Header(here=frozenset({stranger.pk})), actor=lead)
    assert refused.value.field == "here" and not row.items.exists() and not hasattr(row, "record")


def test_the_kind_shapes_the_room(team, people, lead):
    row = make.meeting(team, kind="RCP_AVEC_PATIENT")
    assert make.begun(row, people, lead).setting == "patient"
    record = room.enter(row, Header(here=frozenset(), setting="home", place="Chez le patient"), actor=lead)
    assert (record.setting, record.place) == ("home", "Chez le patient")
    room.enter(row, Header(here=frozenset(), kind="RCP_SANS_PATIENT"), actor=lead)
    assert factories.fresh(row).kind == "RCP_SANS_PATIENT"
    with pytest.raises(Refused) as refused:
        room.enter(row, Header(here=frozenset(), kind="PREVENTION"), actor=lead)
    assert refused.value.field == "kind"


# --- the three boxes --------------------------------------------------------------------------------------------------


def test_what_is_written_is_kept_and_the_same_again_changes_nothing(row, people, lead):
    item = make.situation(row, lead)
    boxes = make.filled(people)
    saved = room.write_boxes(item, boxes, based_on=1, actor=lead)
    assert saved.version == 2 and saved.todo[0]["who"] == people[0].pk and saved.discussed
    assert room.write_boxes(item, boxes, based_on=1, actor=lead).version == 2


def test_two_people_write_the_same_point_and_neither_text_is_lost(row, people, lead, member):
    item = make.situation(row, lead)
    room.write_boxes(item, Boxes(account="Texte de l'infirmière."), based_on=1, actor=lead)
    with pytest.raises(ItemConflict) as conflict:
        room.write_boxes(item, Boxes(account="Texte du médecin."), based_on=1, actor=member)
    assert conflict.value.theirs.account == "Texte de l'infirmière."
    assert conflict.value.mine.account == "Texte du médecin."
    assert factories.fresh(item).account == "Texte de l'infirmière."
    room.write_boxes(item, Boxes(account="Les deux."), based_on=2, actor=member)
    assert factories.fresh(item).account == "Les deux."


def test_one_s_own_autosave_that_was_on_its_way_is_no_conflict(row, lead):
    item = make.situation(row, lead)
    room.write_boxes(item, Boxes(account="Début"), based_on=1, actor=lead)
    assert room.write_boxes(item, Boxes(account="Début et fin"), based_on=1, actor=lead).account == "Début et fin"


@pytest.mark.parametrize(
    ("boxes", "field"),
    [
        (Boxes(decision="x" * 4001), "decision"),
        (Boxes(todo=tuple(Line(f"Tâche {n}") for n in range(13))), "todo"),
        (Boxes(outcomes=("n-importe-quoi",)), "outcomes"),
    ],
)
def test_wrong_boxes_are_refused(row, lead, boxes, field):
    item = make.situation(row, lead)
    with pytest.raises(Refused) as refused:
        room.write_boxes(item, boxes, based_on=1, actor=lead)
    assert refused.value.field == field and factories.fresh(item).version == 1


def test_a_meeting_cancelled_meanwhile_says_so_and_why(row, people, lead):
    item = make.situation(row, lead)
    Meeting.objects.filter(pk=row.pk).update(cancel_reason="La salle est prise.", state="cancelled")
    for call in (
        lambda: room.write_boxes(item, Boxes(account="Mon texte"), based_on=1, actor=lead),
        lambda: make.begun(row, people, lead),
        lambda: make.situation(row, lead),
    ):
        with pytest.raises(Refused, match="annulée : La salle est prise"):
            call()


def test_a_date_still_to_be_chosen_opens_no_room(team, people, lead):
    row = Meeting.objects.create(
        team=team, region_id=team.region_id, kind=make.KIND, organiser=lead, created_at=make.ago(0)
    )
    make.situation(row, lead)
    with pytest.raises(Refused, match="pas encore choisie"):
        make.begun(row, people, lead)


# --- now --------------------------------------------------------------------------------------------------------------


def test_a_meeting_opened_now_is_begun_and_mails_nobody(team, people, lead):
    key = make.key()
    first = room.open_now(team, kind=make.KIND, here=[person.pk for person in people], key=key, actor=lead)
    again = room.open_now(team, kind=make.KIND, here=[people[0].pk], key=key, actor=lead)
    assert first == again and Meeting.objects.count() == 1
    assert first.state == "fixed" and first.record.started_at is not None
    assert first.record.attendees.filter(standing="here").count() == 2
    assert not people[1].user.notices.filter(kind__startswith="meetings").exists()
    assert not Participant.objects.filter(sent_sequence__gte=0).exists()
    proposed = selectors.as_last_time(team, lead)
    assert proposed.again and proposed.here == {person.pk for person in people} and proposed.kind == make.KIND


def test_a_meeting_now_needs_somebody_and_a_kind(team, lead):
    for more, field in (({"here": []}, "here"), ({"kind": "PPS"}, "kind")):
        with pytest.raises(Refused) as refused:
            room.open_now(team, **{"kind": make.KIND, "here": [1], "key": make.key(), "actor": lead, **more})
        assert refused.value.field == field
    assert not Meeting.objects.exists()


# --- the journal ------------------------------------------------------------------------------------------------------


def test_the_journal_holds_no_word_of_what_was_said(team):
    record = make.held(team)
    links = AuditEntry.objects.filter(action__startswith="meetings.")
    assert links.exists() and audit.verify() is None
    text = " ".join(f"{link.comment} {link.before} {link.after} {link.context}" for link in links)
    for words in ("Personne âgée", "Passage infirmier", "Appeler la famille", "Question 1"):
        assert words not in text
    assert set(links.values_list("stream", flat=True)) == {f"meetings:{record.meeting.team_id}"}
