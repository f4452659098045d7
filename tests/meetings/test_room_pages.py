"""The pages of the room: with and without scripts, with and without rights; what is typed stays."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from equipage.foundation.french import PARIS
from equipage.foundation.periods import today
from equipage.meetings.models import Item, Meeting, Minutes
from equipage.meetings.services import room
from equipage.meetings.services.room import Boxes
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
def row(team, people, lead):
    made = make.meeting(team)
    make.begun(made, people, lead)
    return made


def text_of(response):
    return response.content.decode().replace("\u202f", " ").replace("\xa0", " ").replace("&#x27;", "'")


def at(name, *args):
    return reverse(f"meetings:{name}", args=args)


def typed(item, people, base=1, **more):
    """A point as the browser sends it."""
    values = {
        "base": base,
        "account": "Deux chutes en un mois.",
        "decision": "Passage deux fois par jour.",
        "outcomes": ["prescription"],
        "informed": "told",
        "what_0": "Appeler la fille",
        "who_0": people[1].pk,
        "due_0": (today() + timedelta(days=7)).isoformat(),
        **more,
    }
    return {name if name in ("base", "go") else f"p{item.pk}-{name}": value for name, value in values.items()}


def ending(people, **more):
    return {
        "day": today().isoformat(),
        "starts": make.ago(30).astimezone(PARIS).strftime("%H:%M"),
        "ends": make.ago(0).astimezone(PARIS).strftime("%H:%M"),
        "here": [person.pk for person in people],
        "patients": "1",
        **more,
    }


def _shown_as_seen(answer):
    """Who the page now says that this device was shown."""
    found = re.findall(r'name="seen_here" value="([\d,]*)"', text_of(answer))
    return [int(key) for key in found[0].split(",")]


# --- the agenda -------------------------------------------------------------------------------------------------------


def test_a_point_is_added_and_what_looks_like_somebody_is_a_question(client, row, lead):
    client.force_login(lead)
    address = at("agenda", row.pk)
    assert "Sans nom ni détail qui désigne" in text_of(client.get(address))
    data = {"kind": "situation", "question": "Mme Durand, née le 03/04/1938 : qui passe ?", "planned_minutes": "10"}
    asked = client.post(address, data)
    assert asked.status_code == 422 and "est-ce que cela désigne un patient" in text_of(asked)
    assert "Mme Durand, née le" in text_of(asked) and not Item.objects.exists()
    assert client.post(address, {**data, "sure": "on"}).status_code == 302
    assert Item.objects.get().question.startswith("Mme Durand")
    assert client.post(address, {"kind": "situation", "question": "Qui passe le premier soir ?"}).status_code == 302
    assert "10 min prévues" in text_of(client.get(address))


def test_points_move_and_leave_by_plain_buttons(client, row, lead):
    client.force_login(lead)
    first, second = make.situation(row, lead), make.situation(row, lead)
    client.post(at("item_up", second.pk))
    assert list(row.items.order_by("position").values_list("pk", flat=True)) == [second.pk, first.pk]
    client.post(at("item_down", second.pk))
    client.post(at("item_remove", second.pk), {"next": "room"})
    assert list(row.items.values_list("pk", flat=True)) == [first.pk]
    assert client.get(at("item_remove", first.pk)).status_code == 302 and row.items.exists()


def test_the_page_of_the_meeting_shows_the_agenda(client, row, lead):
    make.situation(row, lead, "Qui passe le premier soir ?")
    client.force_login(lead)
    shown = text_of(client.get(at("meeting", row.pk)))
    assert "Qui passe le premier soir" in shown and at("room", row.pk) in shown


# --- the room ---------------------------------------------------------------------------------------------------------


def test_who_is_here_and_the_start(client, team, people, lead):
    row = make.meeting(team)
    client.force_login(lead)
    address = at("room", row.pk)
    assert "La réunion peut commencer" in text_of(client.get(address))
    data = {"here": [people[0].pk], "excused": [people[1].pk], "setting": "team", "kind": make.KIND, "place": "Ici"}
    assert client.post(address, {**data, "begin": "1"}).status_code == 302
    record = Minutes.objects.get()
    assert record.started_at and record.place == "Ici" and record.attendees.count() == 2
    seen = {"seen_here": str(people[0].pk), "seen_excused": str(people[1].pk)}
    answer = client.post(
        address, {**data, "here": [p.pk for p in people], "excused": [], **seen}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200 and sorted(_shown_as_seen(answer)) == sorted(p.pk for p in people)
    assert record.attendees.filter(standing="here").count() == 2


def test_a_point_is_saved_by_its_button_and_goes_on(client, row, people, lead):
    first, second = make.situation(row, lead), make.situation(row, lead)
    client.force_login(lead)
    answer = client.post(at("boxes", first.pk), typed(first, people, go=f"p{second.pk}"))
    assert answer.url == f"{at('room', row.pk)}#p{second.pk}"
    saved = factories.fresh(first)
    assert (saved.account, saved.outcomes, saved.informed) == ("Deux chutes en un mois.", ["prescription"], "told")
    assert saved.todo == [
        {"what": "Appeler la fille", "who": people[1].pk, "due": (today() + timedelta(days=7)).isoformat()}
    ]
    assert client.post(at("boxes", second.pk), typed(second, people, go="close")).url == at("close", row.pk)
    shown = text_of(client.get(at("room", row.pk)))
    assert "Deux chutes en un mois." in shown and "(abordé)" in shown


def test_a_point_is_saved_as_it_is_typed(client, row, people, lead):
    item = make.situation(row, lead)
    client.force_login(lead)
    data = typed(item, people, account="M. Dupont est tombé.")
    answer = client.post(at("boxes", item.pk), data, headers={"HX-Request": "true"})
    shown = text_of(answer)
    assert answer.status_code == 200 and f'id="base-{item.pk}" value="2"' in shown and "« M. Dupont »" in shown
    assert factories.fresh(item).account == "M. Dupont est tombé.", "a question, never a block"


def test_a_date_that_is_past_keeps_everything_else(client, row, people, lead):
    item = make.situation(row, lead)
    client.force_login(lead)
    past = (today() - timedelta(days=2)).isoformat()
    data = typed(item, people, due_0=past, review_on=past)
    script = client.post(at("boxes", item.pk), data, headers={"HX-Request": "true"})
    assert script.status_code == 200 and "est passé" in text_of(script)
    saved = factories.fresh(item)
    assert saved.account and saved.todo[0]["what"] == "Appeler la fille" and saved.todo[0]["due"] == ""
    assert saved.review_on is None
    page = client.post(at("boxes", item.pk), {**data, "base": 2})
    assert page.status_code == 422 and f'value="{past}"' in text_of(page) and "est passé" in text_of(page)


def test_two_texts_at_once_are_shown_beside_each_other(client, row, people, lead, member):
    item = make.situation(row, lead)
    room.write_boxes(item, Boxes(account="Le texte du médecin."), based_on=1, actor=member)
    client.force_login(lead)
    data = typed(item, people, account="Le texte de l'infirmière.")
    script = client.post(at("boxes", item.pk), data, headers={"HX-Request": "true"})
    page = client.post(at("boxes", item.pk), data)
    assert script.status_code == page.status_code == 409
    shown = text_of(page)
    assert "Le texte du médecin." in shown and "Le texte de l'infirmière." in shown and "choisissez" in shown
    assert 'name="base" value="2"' in shown
    assert client.post(at("boxes", item.pk), {**data, "base": 2}).status_code == 302
    assert factories.fresh(item).account == "Le texte de l'infirmière."


def test_a_meeting_cancelled_meanwhile_keeps_what_was_typed(client, row, people, lead):
    item = make.situation(row, lead)
    client.force_login(lead)
    Meeting.objects.filter(pk=row.pk).update(cancel_reason="Grippe.", state="cancelled")
    page = client.post(at("boxes", item.pk), typed(item, people, account="Mon long texte."))
    assert page.status_code == 422 and "annulée" in text_of(page) and "Mon long texte." in text_of(page)
    assert client.get(at("room", row.pk)).url == at("meeting", row.pk)


def test_html_is_only_text(client, row, people, lead):
    item = make.situation(row, lead, "<b>gras</b>")
    client.force_login(lead)
    client.post(at("boxes", item.pk), typed(item, people, account="<script>alert(1)</script>"))
    shown = client.get(at("room", row.pk)).content.decode()
    assert "<script>alert(1)" not in shown and "&lt;script&gt;alert(1)" in shown and "<b>gras" not in shown


@pytest.mark.parametrize("name", ["room", "agenda", "close"])
def test_a_page_costs_the_same_whatever_its_length(client, row, people, lead, name):
    client.force_login(lead)
    counts = []
    for number in (2, 48):
        for _ in range(number):
            item = make.situation(row, lead)
            if number == 48:
                Item.objects.filter(pk=item.pk).update(
                    account="x", todo=[{"what": "T", "who": people[0].pk, "due": ""}]
                )
        client.get(at(name, row.pk))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(at(name, row.pk)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_meeting_is_opened_now_in_one_tap(client, team, people, lead):
    client.force_login(lead)
    assert client.get(at("now")).url == at("now_for", team.pk)
    page = client.get(at("now_for", team.pk))
    key = page.context["form"]["key"].value()
    data = {"kind": make.KIND, "here": [person.pk for person in people], "key": str(key)}
    first = client.post(at("now_for", team.pk), data)
    assert first.url == client.post(at("now_for", team.pk), data).url and Meeting.objects.count() == 1
    assert "Comme la dernière fois" in text_of(client.get(at("now_for", team.pk)))
    wrong = client.post(at("now_for", team.pk), {**data, "here": []})
    assert wrong.status_code == 422 and "au moins une personne" in text_of(wrong)
