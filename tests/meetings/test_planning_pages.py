"""The pages of planning: what is proposed, what is typed stays, who sees what, cards, lists, the card of an action."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from equipage.foundation.french import PARIS, paris_day
from equipage.meetings.models import Meeting, Slot, SlotAnswer
from equipage.meetings.services import planning
from tests import factories
from tests.meetings.planning_helpers import fixed, people_of, polled, recognised, soon, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return recognised(factories.pharmacist(last_name="Officine"))


@pytest.fixture
def lead(team):
    return factories.lead_of(team)


@pytest.fixture
def others(team):
    return [factories.fresh(person.user) for person in people_of(team)[1:]]


def text_of(response):
    return (
        response.content.decode().replace("\u202f", " ").replace("\xa0", " ").replace("&#x27;", "'").replace("’", "'")
    )


def propose(client, team, data):
    return client.post(reverse("meetings:propose_for", args=[team.pk]), data)


# --- proposing --------------------------------------------------------------------------------------------------------


def test_one_team_goes_straight_to_six_slots_three_of_them_chosen(client, team, lead):
    client.force_login(lead)
    page = client.get(reverse("meetings:propose"), follow=True)
    shown = text_of(page)
    assert "Quand vous réunir" in shown and shown.count('name="slots"') == 6
    assert (
        page.context["form"]["slots"].value()
        == [value for value, _ in page.context["form"].fields["slots"].choices][:3]
    )
    assert "RCP sans patient" in shown and "PPS" not in shown, "seuls les types qui sont des réunions"
    assert "3 personnes invitées" in shown


def test_proposed_in_one_tap_then_as_last_time(client, team, lead):
    client.force_login(lead)
    answer = propose(client, team, typed(team, place="Cabinet des Ponts"))
    meeting = Meeting.objects.get()
    assert answer.url == reverse("meetings:meeting", args=[meeting.pk]) and meeting.slots.count() == 3
    again = text_of(client.get(reverse("meetings:propose_for", args=[team.pk])))
    assert 'checked id="id_same_agenda"' not in again, "celui d'une réunion à venir serait dit deux fois"
    assert "Comme la dernière fois" in again and "Cabinet des Ponts" in again and "ordre du jour" in again


def test_the_same_form_twice_is_one_meeting(client, team, lead):
    client.force_login(lead)
    data = typed(team)
    assert propose(client, team, data).url == propose(client, team, data).url and Meeting.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"slots": []}, "au moins deux créneaux"),
        ({"slots": ["n'importe"]}, "mal écrit"),
        ({"slots": ["2026-13-45T99:99", "2027-01-05T12:30"]}, "mal écrit"),
        ({"slots": ["2020-01-01T12:30", "2020-01-02T12:30"]}, "passé"),
        ({"day_1": "2027-03-28", "hour_1": "02:30"}, "n'existe pas"),
        ({"day_1": "2027-10-31", "hour_1": "02:30"}, "vient deux fois"),
        ({"day_1": "2027-03-23"}, "aussi l'heure"),
        ({"hour_1": "12:30"}, "aussi le jour"),
        ({"minutes": "beaucoup"}, "en chiffres"),
        ({"minutes": "0"}, "au moins 5 minutes"),
        ({"minutes": "9999"}, "12 heures"),
        ({"invited": []}, "au moins une personne"),
        ({"invited": ["999999"]}, "plus membre"),
        ({"kind": "PPS"}, "dans la liste"),
        ({"video_link": "javascript:alert(1)"}, "https://"),
        ({"video_link": "visio"}, "https://"),
    ],
)
def test_a_wrong_answer_keeps_everything_typed(client, team, lead, more, words):
    client.force_login(lead)
    answer = propose(client, team, typed(team, title="Retour à domicile", **more))
    shown = text_of(answer)
    assert answer.status_code == 422 and words in shown and 'value="Retour à domicile"' in shown
    assert not Meeting.objects.exists()


def test_slots_of_ones_own_are_added_to_those_chosen(client, team, lead):
    client.force_login(lead)
    own = soon(25, 19, 0)
    assert propose(client, team, typed(team, day_2=f"{own:%Y-%m-%d}", hour_2="19:00")).status_code == 302
    assert list(Slot.objects.order_by("starts_at").values_list("starts_at", flat=True))[-1] == own
    same = soon(8)
    twice = propose(client, team, typed(team, day_1=f"{same:%Y-%m-%d}", hour_1=f"{same:%H:%M}"))
    assert twice.status_code == 422 and "donné deux fois" in text_of(twice)


def test_html_in_a_title_stays_text(client, team, lead):
    client.force_login(lead)
    page = client.get(propose(client, team, typed(team, title="<script>alert(1)</script>")).url)
    assert "<script>alert(1)" not in page.content.decode() and "&lt;script&gt;" in page.content.decode()


def test_a_title_that_looks_like_somebody_is_asked_about(client, team, lead):
    client.force_login(lead)
    page = client.get(propose(client, team, typed(team, title="Retour de Mme Durand")).url)
    assert "est-ce que cela désigne un patient" in text_of(page)


def test_a_date_at_once_and_who_is_busy_is_said(client, team, lead):
    client.force_login(lead)
    fixed(team)
    data = typed(team, day=f"{soon():%Y-%m-%d}", hour="12:45")
    page = client.get(client.post(reverse("meetings:plan_for", args=[team.pk]), data).url)
    assert "une autre réunion attend déjà" in text_of(page)
    assert Meeting.objects.filter(state="fixed").count() == 2


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"day": "2020-01-01", "hour": "12:30"}, "passé"),
        ({"day": "2027-03-28", "hour": "02:30"}, "n'existe pas"),
        ({"day": "", "hour": "12:30"}, "Indiquez le jour"),
        ({"day": "2027-02-30", "hour": "25:00"}, "une heure, par exemple"),
    ],
)
def test_a_wrong_date_keeps_everything_typed(client, team, lead, more, words):
    client.force_login(lead)
    answer = client.post(reverse("meetings:plan_for", args=[team.pk]), typed(team, title="Bilan du mois", **more))
    assert answer.status_code == 422 and words in text_of(answer) and "Bilan du mois" in text_of(answer)


def of_series(team, **more):
    first = paris_day(soon(8))
    values = {"first": first, "at": "12:30", "rhythm": "weekly", "until": first + timedelta(weeks=5)}
    return typed(team, **{**values, **more})


def test_a_series_shows_its_dates_first_and_leaves_holidays_out(client, team, lead):
    client.force_login(lead)
    address = reverse("meetings:series_for", args=[team.pk])
    data = of_series(team, rhythm="weekly")
    with time_machine.travel(timezone.now().replace(year=2027, month=3, day=2), tick=True):
        client.force_login(lead)
        data |= {"first": "2027-03-15", "until": "2027-04-05"}  # four Mondays, the last one of Easter
        page = client.post(address, data)
        shown = text_of(page)
        assert page.status_code == 200 and "4 dates" in shown and "lundi 29 mars 2027, jour férié" in shown
        assert not Meeting.objects.exists()
        kept = page.context["form"]["dates"].value()
        assert kept == ["2027-03-15", "2027-03-22", "2027-04-05"]
        seen = page.context["form"]["seen"].value()
        done = client.post(address, {**data, "dates": kept, "seen": seen})
        assert done.status_code == 302 and Meeting.objects.count() == 3
        other = client.post(address, {**data, "rhythm": "monthly", "until": "2027-09-15", "dates": kept, "seen": seen})
        assert other.status_code == 200 and "dates" in text_of(other), "un autre rythme montre d'autres dates"
        assert Meeting.objects.count() == 3


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"until": "2020-01-01"}, "avant de commencer"),
        ({"until": "2034-01-01"}, "un an au plus"),
        ({"rhythm": "daily"}, "choix"),
        ({"first": "2027-03-28", "until": "2027-06-28", "at": "02:30"}, "n'existe pas"),
        ({"until": ""}, "jusqu'à quand"),
        ({"dates": ["2027-99-99"]}, "mal écrite"),
        ({"dates": ["demain"]}, "mal écrite"),
    ],
)
def test_a_wrong_series_keeps_everything_typed(client, team, lead, more, words):
    client.force_login(lead)
    answer = client.post(reverse("meetings:series_for", args=[team.pk]), of_series(team, title="Bilan du mois", **more))
    assert answer.status_code == 422 and words in text_of(answer) and "Bilan du mois" in text_of(answer)
    assert not Meeting.objects.exists()


# --- the page of a meeting --------------------------------------------------------------------------------------------


def test_answer_in_one_tap_then_the_organiser_fixes_in_one(client, team, lead, others):
    meeting = polled(team)
    page = reverse("meetings:meeting", args=[meeting.pk])
    client.force_login(others[0])
    asked = client.get(page)
    assert "Quelles dates vous vont" in text_of(asked) and "Qui a répondu quoi" not in text_of(asked)
    slots = list(meeting.slots.order_by("starts_at"))
    given = {f"slot_{slot.pk}": choice for slot, choice in zip(slots, ("yes", "no", "maybe"), strict=True)}
    assert client.post(reverse("meetings:answer_poll", args=[meeting.pk]), given).url == page
    assert "Vos réponses" in text_of(client.get(page))
    client.force_login(others[1])
    client.post(reverse("meetings:answer_poll", args=[meeting.pk]), {"aucun": "1"})
    client.force_login(lead)
    shown = text_of(client.get(page))
    assert "Tout le monde a répondu" in shown and "Qui a répondu quoi" in shown
    assert "2 oui ; manque Inès Officine (pharmacien" in shown and "Le mieux placé" in shown
    move = reverse("meetings:move", args=[meeting.pk, "fix"])
    assert client.post(move, {"slot": slots[0].pk}).url == page
    assert factories.fresh(meeting).starts_at == slots[0].starts_at
    later = client.get(client.get(move).url)
    assert "n'est plus possible" in text_of(later)


def test_every_slot_is_answered_and_what_was_chosen_stays(client, team, others):
    meeting = polled(team)
    slots = list(meeting.slots.order_by("starts_at"))
    client.force_login(others[0])
    answer = client.post(reverse("meetings:answer_poll", args=[meeting.pk]), {f"slot_{slots[0].pk}": "no"})
    assert answer.status_code == 422 and "Dites oui, si besoin ou non" in text_of(answer)
    assert not SlotAnswer.objects.filter(participant__professional__user=others[0]).exists()


def test_an_answer_after_the_date_is_fixed_is_explained(client, team, lead, others):
    meeting = polled(team)
    slots = list(meeting.slots.order_by("starts_at"))
    planning.fix(actor=lead, meeting=meeting, starts_at=slots[0].starts_at)
    client.force_login(others[0])
    given = {f"slot_{slot.pk}": "yes" for slot in slots}
    page = client.post(reverse("meetings:answer_poll", args=[meeting.pk]), given, follow=True)
    assert "réponses sont closes" in text_of(page)


def test_another_date_by_the_small_form(client, team, lead):
    meeting = polled(team)
    client.force_login(lead)
    move = reverse("meetings:move", args=[meeting.pk, "fix"])
    assert "Fixer une autre date" in text_of(client.get(move))
    for data, words in (({}, "Indiquez le jour"), ({"day": "2027-03-28", "hour": "02:30"}, "n'existe pas")):
        wrong = client.post(move, data)
        assert wrong.status_code == 422 and words in text_of(wrong)
    assert client.post(move, {"slot": "999999", "day": f"{soon(30):%Y-%m-%d}", "hour": "19:00"}).status_code == 302
    assert factories.fresh(meeting).starts_at == soon(30, 19, 0)


def test_coming_in_one_tap_and_one_person_reminded(client, team, lead, others):
    meeting = fixed(team)
    page = reverse("meetings:meeting", args=[meeting.pk])
    client.force_login(others[0])
    assert "Je viens" in text_of(client.get(page))
    assert "vous venez" in text_of(
        client.post(reverse("meetings:answer", args=[meeting.pk]), {"viens": "oui"}, follow=True)
    )
    client.post(reverse("meetings:answer", args=[meeting.pk]), {"viens": "peut-être"})
    assert meeting.participants.get(professional__user=others[0]).answer == "yes"
    row = meeting.participants.get(professional__user=others[1])
    nudge = reverse("meetings:nudge", args=[meeting.pk, row.pk])
    assert client.post(nudge).status_code == 404
    client.force_login(lead)
    assert nudge in client.get(page).content.decode()
    assert "rappel est parti" in text_of(client.post(nudge, follow=True))


def test_change_move_and_cancel_by_the_pages(client, team, lead, others):
    meeting = fixed(team)
    client.force_login(lead)
    address = reverse("meetings:change", args=[meeting.pk])
    data = typed(team, day=f"{soon(15):%Y-%m-%d}", hour="19:00", title="Bilan du mois")
    wrong = client.post(address, {**data, "minutes": "3"})
    assert wrong.status_code == 422 and "Bilan du mois" in text_of(wrong)
    assert client.post(address, data).status_code == 302
    assert factories.fresh(meeting).starts_at == soon(15, 19, 0)
    cancel = reverse("meetings:move", args=[meeting.pk, "cancel"])
    assert client.post(cancel, {"reason": ""}).status_code == 422
    page = client.post(cancel, {"reason": "Salle fermée"}, follow=True)
    assert "Réunion annulée" in text_of(page) and "Salle fermée" in text_of(page)
    client.force_login(others[0])
    assert client.get(address).status_code == 404 and client.get(cancel).status_code == 404


def test_a_series_is_changed_and_stopped_by_the_pages(client, team, lead):
    client.force_login(lead)
    address = reverse("meetings:series_for", args=[team.pk])
    page = client.post(address, of_series(team))
    form = page.context["form"]
    client.post(address, of_series(team, dates=form["dates"].value(), seen=form["seen"].value()))
    rows = list(Meeting.objects.order_by("starts_at"))
    shown = text_of(client.get(reverse("meetings:meeting", args=[rows[0].pk])))
    assert "Réunion régulière" in shown and f"Encore {len(rows) - 1} réunions" in shown
    assert rows[1].starts_at
    local = rows[1].starts_at.astimezone(PARIS)
    data = typed(team, day=f"{local:%Y-%m-%d}", hour="13:00", scope="following")
    assert client.post(reverse("meetings:change", args=[rows[1].pk]), data).status_code == 302
    starts = Meeting.objects.order_by("starts_at").values_list("starts_at", flat=True)
    hours = [start.astimezone(PARIS).hour for start in starts if start]
    assert hours == [12, *[13] * (len(rows) - 1)]
    stop = reverse("meetings:stop_series", args=[factories.fresh(rows[1]).series_id])
    assert client.post(stop, {"reason": ""}).status_code == 422
    done = client.post(stop, {"reason": "On se voit autrement"}, follow=True)
    assert f"{len(rows) - 1} réunions sont annulées" in text_of(done)


def test_a_file_to_take_away(client, team, lead):
    meeting, poll = fixed(team), polled(team)
    client.force_login(lead)
    answer = client.get(reverse("meetings:ics", args=[meeting.pk]))
    assert meeting.starts_at == Calendar.from_ical(answer.content).events[0].DTSTART
    assert answer["Content-Disposition"] == f'attachment; filename="reunion-{meeting.pk}.ics"'
    assert client.get(reverse("meetings:ics", args=[poll.pk])).status_code == 404


def test_the_personal_address_by_its_page(client, team, others):
    client.force_login(others[0])
    page = reverse("meetings:calendar")
    assert "Créer mon adresse" in text_of(client.get(page))
    shown = text_of(client.post(page, {"geste": "ouvrir"}, follow=True))
    assert "webcal://" in shown and "/reunions/agenda/" in shown
    assert "Créer mon adresse" in text_of(client.post(page, {"geste": "fermer"}, follow=True))
    assert reverse("meetings:calendar") in client.get("/compte/").content.decode()


# --- who may not ------------------------------------------------------------------------------------------------------


def test_nobody_outside_the_team_opens_anything(client, team, lead):
    meeting = fixed(team)
    row = meeting.participants.order_by("id")[0]
    addresses = [
        reverse("meetings:meeting", args=[meeting.pk]),
        reverse("meetings:ics", args=[meeting.pk]),
        reverse("meetings:change", args=[meeting.pk]),
        reverse("meetings:answer", args=[meeting.pk]),
        reverse("meetings:answer_poll", args=[meeting.pk]),
        reverse("meetings:nudge", args=[meeting.pk, row.pk]),
        reverse("meetings:move", args=[meeting.pk, "cancel"]),
        reverse("meetings:of_team", args=[team.pk]),
        reverse("meetings:propose_for", args=[team.pk]),
    ]
    outside = [
        factories.officer(),
        factories.ars_region(),
        factories.platform_admin(),
        factories.lead_of(factories.recognised_team()),
    ]
    for user in outside:
        client.force_login(user)
        for address in addresses:
            assert client.get(address).status_code == 404, (user, address)
            assert client.post(address, {"reason": "x", "viens": "oui"}).status_code in (404, 405), (user, address)
    assert factories.fresh(meeting).state == "fixed"


def test_a_member_who_is_not_invited_reads_and_does_not_answer(client, team, lead, others):
    meeting = fixed(team, invited=(people_of(team)[0].pk, people_of(team)[1].pk))
    client.force_login(others[1])
    shown = text_of(client.get(reverse("meetings:meeting", args=[meeting.pk])))
    assert "Je viens" not in shown and "2 personnes invitées" in shown
    answer = client.post(reverse("meetings:answer", args=[meeting.pk]), {"viens": "oui"}, follow=True)
    assert "pas sur la liste" in text_of(answer)


def test_the_tab_is_for_members_of_a_recognised_team(client, team, lead):
    client.force_login(lead)
    page = client.get(reverse("teams:team", args=[team.pk])).content.decode()
    assert reverse("meetings:of_team", args=[team.pk]) in page
    client.force_login(factories.officer())
    page = client.get(reverse("teams:team", args=[team.pk])).content.decode()
    assert (
        reverse("meetings:of_team", args=[team.pk]) not in page
        and "éunion" not in page.split("<main")[1].split("Journal")[0]
    )
