"""The code of a meeting: signed, short-lived, bound to it; read on a phone or typed; each voice once."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from equipage.coordination import qr, services
from equipage.coordination.models import Action, Presence
from equipage.foundation import audit
from equipage.foundation.refusals import Refused
from tests import chain, factories
from tests.coordination.proof_helpers import declared, people_of, plain, recognised, user_of
from tests.together import together

NOW = timezone.now()
SLOT = qr.slot_of(NOW)


# The code itself ------------------------------------------------------------------------------------------------------


@given(action_id=st.integers(1, 10**9), late=st.integers(0, 299))
def test_a_code_is_read_back_during_its_life(action_id, late):
    """A code belongs to a minute: shown at its last second, it still has four minutes to live."""
    token = qr.token_of(action_id, qr.slot_of(NOW))
    begun = NOW.replace(second=0, microsecond=0)
    assert qr.read_token(token, begun + timedelta(seconds=late)) == action_id
    assert qr.read_typed(qr.typed_code(action_id, qr.slot_of(NOW)), begun + timedelta(seconds=late)) == token


@given(place=st.integers(0, 200), sign=st.characters())
def test_any_change_of_any_sign_is_refused(place, sign):
    token = qr.token_of(128, SLOT)
    place %= len(token)
    changed = token[:place] + sign + token[place + 1 :]
    if changed == token:
        assert qr.read_token(changed, NOW) == 128
    else:
        with pytest.raises(qr.CodeRefused):
            qr.read_token(changed, NOW)


@given(place=st.integers(0, 200), length=st.integers(0, 3), more=st.text(max_size=3))
def test_signs_added_or_taken_away_are_refused(place, length, more):
    token = qr.token_of(128, SLOT)
    place %= len(token) + 1
    changed = token[:place] + more + token[place + length :]
    if changed != token:
        with pytest.raises(qr.CodeRefused):
            qr.read_token(changed, NOW)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_the_proof_of_a_meeting_is_not_that_of_another(one, other):
    if one != other:
        proof = qr.token_of(one, SLOT).rpartition("-")[2]
        with pytest.raises(qr.CodeRefused, match=r"n.est pas lisible"):
            qr.read_token(f"{other}-{SLOT}-{proof}", NOW)
        letters = qr.typed_code(one, SLOT).rpartition("-")[2]
        if letters != qr.typed_code(other, SLOT).rpartition("-")[2]:
            assert qr.read_typed(f"{other}-{letters}", NOW) is None


def test_a_code_dies_after_five_minutes():
    begun = NOW.replace(second=0, microsecond=0)
    token = qr.token_of(128, qr.slot_of(begun))
    assert qr.read_token(token, begun + qr.CODE_LIFE - timedelta(seconds=1)) == 128
    with pytest.raises(qr.CodeRefused, match=r"a expiré.*affiché maintenant"):
        qr.read_token(token, begun + qr.CODE_LIFE)
    assert qr.read_typed(qr.typed_code(128, qr.slot_of(begun)), begun + qr.CODE_LIFE) is None
    with pytest.raises(qr.CodeRefused):
        qr.read_token(qr.token_of(128, SLOT + 5), NOW)


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1}", "{2}", "{3}"])
def test_a_typed_code_is_understood_however_it_is_typed(typed):
    code = qr.typed_code(128, SLOT)
    forms = (code, code.replace("-", ""), code.lower().replace("-", " "), code.replace("-", "\u2013"))
    assert qr.read_typed(typed.format(*forms), NOW) == qr.token_of(128, SLOT)


def test_the_drawing_is_a_qr_code_without_any_style():
    side, path = qr.drawing("https://exemple.fr/actions/code/128-1-abc/")
    assert 29 <= side < 100 and re.fullmatch(r"(M\d+ \d+h\d+v1h-\d+z)+", path)


# At the meeting -------------------------------------------------------------------------------------------------------


@pytest.fixture
def team():
    return recognised(4)


@pytest.fixture
def action(team):
    """Declared by the lead, with the doctor; two members were forgotten."""
    return declared(team, people_of(team)[:2])


def token(action: Action) -> str:
    return qr.token_of(action.pk, qr.slot_of(timezone.now()))


def where(action: Action) -> str:
    return reverse("coordination:code", args=[token(action)])


pytestmark = pytest.mark.django_db


def test_the_page_shows_a_code_that_leads_to_the_meeting(client, team, action):
    client.force_login(factories.lead_of(team))
    assert reverse("coordination:show_code", args=[action.pk]) in plain(
        client.get(reverse("coordination:action", args=[action.pk]))
    )
    page = client.get(reverse("coordination:show_code", args=[action.pk]))
    shown = plain(page)
    assert "1 sur 2" in shown and 'hx-trigger="every 5s"' in shown and 'http-equiv="refresh"' in shown
    assert qr.read_typed(page.context["typed"], timezone.now()) == token(action)
    assert page.context["path"] in shown and "style=" not in shown


def test_htmx_gets_the_part_that_changes(client, team, action):
    client.force_login(factories.lead_of(team))
    address = reverse("coordination:show_code", args=[action.pk])
    services.confirm_by_code(token(action), actor=user_of(people_of(team)[1]))
    part = plain(client.get(address, headers={"HX-Request": "true"}))
    assert part.strip().startswith("<div") and "2 sur 2" in part and "<html" not in part


def test_reading_a_code_writes_nothing_and_one_tap_confirms(client, team, action):
    doctor = people_of(team)[1]
    client.force_login(user_of(doctor))
    page = plain(client.get(where(action)))
    assert "J’y étais" in page and Presence.objects.get(action=action, professional=doctor).state == "expected"
    done = client.post(where(action), follow=True)
    assert "votre présence est confirmée" in plain(done)
    row = Presence.objects.get(action=action, professional=doctor)
    assert (row.state, row.means) == ("confirmed", "code")
    assert factories.fresh(action).state == "verified"


def test_the_same_phone_twice_is_one_voice(client, team, action):
    doctor = people_of(team)[1]
    client.force_login(user_of(doctor))
    client.post(where(action))
    first = Presence.objects.get(action=action, professional=doctor).answered_at
    assert client.post(where(action)).status_code == 302
    assert Presence.objects.get(action=action, professional=doctor).answered_at == first
    assert "Votre présence est confirmée" in plain(client.get(where(action)))


def test_who_is_not_signed_in_comes_straight_back(client, action):
    address = where(action)
    response = client.get(address)
    assert response.status_code == 302 and response.url == f"{reverse('people:login')}?next={address}"


def test_a_member_who_was_forgotten_is_added(client, team, action):
    forgotten = people_of(team)[2]
    client.force_login(user_of(forgotten))
    assert "J’y étais" in plain(client.get(where(action)))
    client.post(where(action))
    row = Presence.objects.get(action=action, professional=forgotten)
    assert (row.state, row.means) == ("confirmed", "code") and action.presences.count() == 3
    assert audit.verify() is None


@pytest.mark.parametrize("who", ["another team", "another region", "the officer", "joined later"])
def test_somebody_of_elsewhere_reads_how_to_be_a_guest(client, team, action, who):
    match who:
        case "another team":
            user = factories.lead_of(factories.recognised_team())
        case "another region":
            user = factories.lead_of(factories.recognised_team(place=factories.commune("53130")))
        case "the officer":
            user = factories.officer()
        case _:
            later = factories.nurse()
            factories.join(team, later, since=action.held_on + timedelta(days=1))
            user = later.user
    client.force_login(user)
    page = client.get(where(action))
    assert page.status_code == 200
    assert "Demandez à être ajouté comme invité" in plain(page) and '<button class="btn big"' not in plain(page)
    said = plain(client.post(where(action), follow=True))
    assert "personne invitée" in said and action.presences.count() == 2


def test_a_forged_an_expired_and_a_spliced_code_say_what_to_do(client, team, action):
    client.force_login(user_of(people_of(team)[1]))
    other = declared(team, people_of(team)[:2], kind="PPS")
    forged = f"{action.pk}-{SLOT}-{'0' * 24}"
    spliced = f"{action.pk}-{qr.slot_of(timezone.now())}-{token(other).rpartition('-')[2]}"
    old = qr.token_of(action.pk, qr.slot_of(timezone.now()) - 5)
    for wrong, words in ((forged, "ne vient pas d"), (spliced, "ne vient pas d"), (old, "a expiré"), ("x", "lisible")):
        for method in (client.get, client.post):
            page = method(reverse("coordination:code", args=[wrong]))
            assert page.status_code == 410 and words in plain(page) and "J’ai un code" in plain(page)
    assert not Presence.objects.filter(means="code").exists()


def test_a_code_used_after_validation_or_withdrawal_says_so(client, team):
    chain.adopted_scale()
    done, gone = declared(team, people_of(team)[:2]), declared(team, people_of(team)[:2], kind="PPS")
    services.confirm_by_code(token(done), actor=user_of(people_of(team)[1]))
    services.validate(done, actor=factories.officer())
    services.cancel(gone, actor=factories.lead_of(team), reason="Saisie deux fois.")
    client.force_login(user_of(people_of(team)[2]))
    for row, words in ((done, "déjà validée"), (gone, "a été retirée")):
        page = client.post(where(row))
        assert page.status_code == 410 and words in plain(page)
    assert done.presences.count() == 2


def test_the_code_is_shown_by_those_who_are_there_only(client, team, action):
    address = reverse("coordination:show_code", args=[action.pk])
    answers = {}
    for name, user in {
        "declarer": factories.lead_of(team),
        "expected": user_of(people_of(team)[1]),
        "member": user_of(people_of(team)[2]),
        "officer": factories.officer(),
        "other team": factories.lead_of(factories.recognised_team()),
        "agency": factories.ars_region(),
    }.items():
        client.force_login(user)
        answers[name] = client.get(address).status_code
    assert answers == {
        "declarer": 200,
        "expected": 404,
        "member": 404,
        "officer": 404,
        "other team": 404,
        "agency": 404,
    }
    services.confirm_by_code(token(action), actor=user_of(people_of(team)[1]))
    client.force_login(user_of(people_of(team)[1]))
    assert client.get(address).status_code == 200


def test_the_code_is_shown_on_the_day_only(client, team, action):
    client.force_login(factories.lead_of(team))
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=True):
        page = plain(client.get(reverse("coordination:show_code", args=[action.pk])))
        assert "se montre le jour de la réunion" in page and '<svg class="code-drawing"' not in page
        assert "Montrer le code" not in plain(client.get(reverse("coordination:action", args=[action.pk])))


# Typed ----------------------------------------------------------------------------------------------------------------


def typed(action: Action) -> str:
    return qr.typed_code(action.pk, qr.slot_of(timezone.now()))


def test_a_typed_code_leads_to_the_same_page(client, team, action):
    client.force_login(user_of(people_of(team)[1]))
    answer = client.post(reverse("coordination:enter_code"), {"code": typed(action).lower()})
    assert answer.status_code == 302 and answer.url == where(action)


def test_a_wrong_code_keeps_what_was_typed(client, team, action):
    client.force_login(user_of(people_of(team)[1]))
    page = client.post(reverse("coordination:enter_code"), {"code": "128-BCDFG"})
    assert page.status_code == 422 and "n’est pas le bon" in plain(page) and "128-BCDFG" in plain(page)


def test_the_eleventh_try_is_refused_even_when_it_is_right(client, team, action):
    doctor = user_of(people_of(team)[1])
    client.force_login(doctor)
    address = reverse("coordination:enter_code")
    for number in range(10):
        assert "n’est pas le bon" in plain(client.post(address, {"code": f"{action.pk}-BCDF{'GHJKLMNPQR'[number]}"}))
    page = client.post(address, {"code": typed(action)})
    assert page.status_code == 422 and "10 codes faux" in plain(page) and "réessayez à" in plain(page)
    # A right code by a new session changes nothing: the person is counted, not the browser.
    client.logout()
    client.force_login(doctor)
    assert client.post(address, {"code": typed(action)}).status_code == 422
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=True):
        assert client.post(address, {"code": typed(action)}).status_code == 302
    assert audit.verify() is None


def test_one_person_s_tries_do_not_lock_another(client, team, action):
    for _ in range(12):
        with pytest.raises(qr.CodeRefused):
            services.enter_code("1-BCDFG", actor=user_of(people_of(team)[1]))
    assert services.enter_code(typed(action), actor=user_of(people_of(team)[2])) == token(action)


# Together -------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ten_phones_at_once_are_ten_voices_each_once():
    team = recognised(10)
    people = people_of(team)
    action = declared(team, people[:2])
    code = token(action)
    # Each person reads it twice, and everybody at the same moment.
    calls = [partial(services.confirm_by_code, code, actor=user_of(person)) for person in [*people, *people]]
    results = together(calls)
    rows = list(Presence.objects.filter(action=action).order_by("professional_id"))
    assert len(rows) == 10 and {row.state for row in rows} == {"confirmed"}
    assert len({result.pk for result in results}) == 10
    assert {row.means for row in rows} == {"declarer", "code"}
    assert factories.fresh(action).state == "verified" and audit.verify() is None


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_thirty_guesses_at_once_are_counted():
    team = recognised(2)
    actor = user_of(people_of(team)[1])

    def guess(letters: str) -> str:
        try:
            return services.enter_code(f"1-{letters}", actor=actor)
        except Refused as refused:
            return refused.sentence

    said = together([partial(guess, f"BCDF{letter}") for letter in "BCDFGHJKLMNPQRSTVWXZ"])
    assert sum("codes faux" in sentence for sentence in said) == 10
    assert sum("pas le bon" in sentence for sentence in said) == 10
