"""Somebody of another house was there: asked in writing, answers once by a link, counted apart, never paid."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core import mail, signing
from django.urls import reverse
from django.utils import timezone

from equipage.coordination import services
from equipage.coordination.models import Guest
from equipage.coordination.services.guests import LINK_DAYS, LinkOver, link_of
from equipage.foundation import audit
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.jobs.worker import Worker
from equipage.foundation.refusals import Refused
from tests import chain, factories
from tests.coordination.proof_helpers import declared, people_of, plain, recognised, user_of
from tests.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_our_jobs(monkeypatch):
    monkeypatch.setattr("equipage.foundation.jobs.declare._schedules", {})


@pytest.fixture
def team():
    return recognised(2, "Équipe des Mauges")


@pytest.fixture
def lead(team):
    return factories.lead_of(team)


@pytest.fixture
def action(team):
    return declared(team, title="Chez Mme X, 3 rue des Lilas")


def typed(**more):
    return {
        "full_name": "Odile Renard",
        "role": "assistante sociale",
        "organisation": "CCAS de Chemillé-en-Anjou",
        "email": "Odile.Renard@ccas.example",
        **more,
    }


@pytest.fixture
def guest(action, lead):
    return services.add_guest(action, actor=lead, **typed())


def token_of(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def test_the_declarer_adds_a_guest_who_receives_one_letter(client, action, lead):
    client.force_login(lead)
    done = client.post(reverse("coordination:add_guest", args=[action.pk]), typed(), follow=True)
    assert "Odile Renard est ajouté" in plain(done) and "CCAS de Chemillé" in plain(done)
    assert not mail.outbox, "no mail inside the request"
    Worker().run_all()
    (letter,) = [one for one in mail.outbox if "odile.renard@ccas.example" in one.to]
    body = letter.body.replace("\u202f", " ").replace("\xa0", " ")
    assert "Équipe des Mauges" in body and lead.full_name in body and "14 jours" in body
    assert "Lilas" not in f"{letter.subject} {letter.body}" and link_of(Guest.objects.get())[:20] in body


def test_the_queue_holds_neither_the_link_nor_the_address(guest):
    from django_tasks_db.models import DBTaskResult

    kept = str(list(DBTaskResult.objects.values_list("args_kwargs", flat=True)))
    assert "odile" not in kept.lower() and guest.link_key.hex not in kept


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"email": "odile"}, "email", "n’est pas complète"),
        ({"email": ""}, "email", "à laquelle envoyer"),
        ({"full_name": "  "}, "full_name", "Écrivez le nom"),
        ({"full_name": "x" * 121}, "full_name", "120 caractères"),
    ],
)
def test_a_wrong_guest_keeps_what_was_typed(client, action, lead, wrong, field, words):
    client.force_login(lead)
    page = client.post(reverse("coordination:add_guest", args=[action.pk]), typed(**wrong))
    shown = plain(page)
    assert page.status_code == 422 and words in shown and "CCAS de Chemillé-en-Anjou" in shown
    assert page.context["form"].errors.get(field) and not Guest.objects.exists()


@pytest.mark.parametrize("which", ["account", "directory"])
def test_the_address_of_a_member_is_refused_with_the_way(client, team, action, lead, which):
    member = people_of(team)[1]
    if which == "directory":
        member.email = "hugo.cabinet@sante.example"
        member.save(update_fields=["email"])
    address = (member.email if which == "directory" else member.user.email).upper()
    client.force_login(lead)
    page = client.post(reverse("coordination:add_guest", args=[action.pk]), typed(email=address))
    assert page.status_code == 422 and member.full_name in plain(page) and "ajoutez cette personne" in plain(page)


def test_the_same_address_twice_is_refused(action, lead, guest):
    with pytest.raises(Refused, match="déjà celle") as refused:
        services.add_guest(action, actor=lead, **typed(email="odile.renard@CCAS.example"))
    assert refused.value.field == "email"


def test_too_many_guests_and_too_many_letters_are_refused(team, action, lead):
    for number in range(15):
        services.add_guest(action, actor=lead, **typed(email=f"invite{number}@ccas.example"))
    with pytest.raises(Refused, match="15 personnes invitées au plus"):
        services.add_guest(action, actor=lead, **typed(email="encore@ccas.example"))
    second = declared(team, kind="PPS")
    for number in range(15):
        services.add_guest(second, actor=lead, **typed(email=f"autre{number}@ccas.example"))
    third = declared(team, kind="RCP_SANS_PATIENT")
    with pytest.raises(Refused, match="30 invitations"):
        services.add_guest(third, actor=lead, **typed(email="encore@ccas.example"))


def test_the_page_of_a_guest_says_little_and_writes_nothing(client, guest):
    shown = plain(client.get(link_of(guest)))
    assert "Équipe des Mauges" in shown and "RCP avec patient" in shown and guest.invited_by.full_name in shown
    for secret in ("Lilas", "Mme X", "CCAS", "ccas.example", "Hugo", "45 min"):
        assert secret not in shown, secret
    assert factories.fresh(guest).state == "expected"


@pytest.mark.parametrize(("said", "state"), [("oui", "confirmed"), ("non", "denied")])
def test_a_guest_answers_once(client, guest, said, state):
    link = link_of(guest)
    assert "c’est noté" in plain(client.post(link, {"reponse": said}))
    row = factories.fresh(guest)
    assert row.state == state and row.answered_at and row.email == "", "the address served to ask"
    assert "ccas.example" not in json.dumps(list(AuditEntry.objects.values_list("before", "after")))
    for again in (client.get(link), client.post(link, {"reponse": "non" if said == "oui" else "oui"})):
        assert again.status_code == 410 and "a déjà servi" in plain(again)
    assert factories.fresh(guest).state == state
    last = AuditEntry.objects.filter(about=audit.about(guest)).order_by("-id")[0]
    assert last.actor is None and "Odile" not in last.actor_label and audit.verify() is None


def test_an_answer_that_is_neither_yes_nor_no_changes_nothing(client, guest):
    assert client.post(link_of(guest), {"reponse": "peut-être"}).status_code == 200
    assert factories.fresh(guest).state == "expected"


def test_a_link_dies_after_fourteen_days(client, guest):
    link = link_of(guest)
    with time_machine.travel(timezone.now() + timedelta(days=LINK_DAYS, seconds=5), tick=True):
        page = client.post(link, {"reponse": "oui"})
    assert page.status_code == 410 and "14 jours" in plain(page) and factories.fresh(guest).state == "expected"


@pytest.mark.parametrize("change", ["cut", "altered", "other salt", "nonsense"])
def test_a_link_that_was_altered_opens_nothing(client, guest, change):
    good = token_of(link_of(guest))
    wrong = {
        "cut": good[:-5],
        "altered": f"{good[:4]}{'A' if good[4] != 'A' else 'B'}{good[5:]}",
        "other salt": signing.dumps([guest.pk, guest.link_key.hex], salt="teams.invitation"),
        "nonsense": signing.dumps("x", salt="coordination.guest"),
    }[change]
    page = client.post(reverse("coordination:guest_link", args=[wrong]), {"reponse": "oui"})
    assert page.status_code == 410 and factories.fresh(guest).state == "expected"


def test_a_newer_letter_puts_out_the_old_link(client, guest, lead):
    old = link_of(guest)
    client.force_login(lead)
    again = reverse("coordination:guest_move", args=[guest.pk, "renvoyer"])
    assert "déjà parti aujourd’hui" in plain(client.post(again, follow=True))
    for day in (1, 2):
        with time_machine.travel(timezone.now() + timedelta(days=day), tick=True):
            assert "Un nouveau message part" in plain(client.post(again, follow=True))
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=True):
        assert "3 messages sont déjà partis" in plain(client.post(again, follow=True))
    client.logout()
    page = client.get(old)
    assert page.status_code == 410 and "plus récent" in plain(page)
    assert client.get(link_of(factories.fresh(guest))).status_code == 200


def test_a_guest_taken_off_is_forgotten_and_the_link_is_out(client, guest, lead):
    link = link_of(guest)
    client.force_login(lead)
    client.post(reverse("coordination:guest_move", args=[guest.pk, "retirer"]))
    assert not Guest.objects.exists()
    page = client.get(link)
    assert page.status_code == 410 and "a été retirée" in plain(page)
    kept = str(list(AuditEntry.objects.values_list("before", "after", "comment", "actor_label")))
    assert "Renard" not in kept and "ccas.example" not in kept
    Worker().run_all()
    assert not [one for one in mail.outbox if "odile.renard@ccas.example" in one.to]


def test_a_closed_action_waits_for_no_guest(client, action, guest, lead):
    link = link_of(guest)
    services.cancel(action, actor=lead, reason="Erreur.")
    page = client.get(link)
    assert page.status_code == 410 and "n’attend plus de réponse" in plain(page)
    with pytest.raises(LinkOver):
        services.answer_by_link(token_of(link), was_there=True)


def test_who_answered_is_not_added_twice(action, guest, lead):
    services.answer_by_link(token_of(link_of(guest)), was_there=True)
    with pytest.raises(Refused, match="a déjà répondu"):
        services.add_guest(action, actor=lead, **typed(email="autre@ccas.example"))


def test_a_closed_action_keeps_no_address(action, guest, lead):
    services.cancel(action, actor=lead, reason="Déclarée deux fois.")
    assert factories.fresh(guest).email == ""


def test_a_guest_is_no_voice_and_no_line(team, action, lead):
    """Two voices are asked: the declarer and a guest are one voice and one guest."""
    chain.adopted_scale()
    guest = services.add_guest(action, actor=lead, **typed())
    services.answer_by_link(token_of(link_of(guest)), was_there=True)
    assert factories.fresh(action).state == "declared" and factories.fresh(action).missing_voices()
    other = people_of(team)[1]
    services.confirm_presence(action.presences.get(professional=other), actor=user_of(other))
    services.validate(action, actor=factories.officer())
    assert action.claim_lines.count() == 2


def test_guests_are_shown_apart_and_managed_by_the_declarer(client, team, action, guest, lead):
    where = reverse("coordination:action", args=[action.pk])
    client.force_login(lead)
    shown = plain(client.get(where))
    assert "Personnes invitées" in shown and "ni payées, ni comptées" in shown and "Renvoyer le lien" in shown
    for reader in (user_of(people_of(team)[1]), factories.officer()):
        client.force_login(reader)
        shown = plain(client.get(where))
        assert "Odile Renard" in shown and "Renvoyer le lien" not in shown
        assert client.get(reverse("coordination:add_guest", args=[action.pk])).status_code == 404
        assert client.post(reverse("coordination:guest_move", args=[guest.pk, "retirer"])).status_code == 404
    for stranger in (factories.lead_of(factories.recognised_team()), factories.ars_region()):
        client.force_login(stranger)
        assert client.get(reverse("coordination:add_guest", args=[action.pk])).status_code == 404
    assert Guest.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one():
    team = recognised(2)
    guest = services.add_guest(declared(team), actor=factories.lead_of(team), **typed())
    token = token_of(link_of(guest))

    def answer(was_there: bool) -> str:
        try:
            return services.answer_by_link(token, was_there=was_there).state
        except LinkOver as over:
            return over.sentence

    results = together([partial(answer, True), partial(answer, False), partial(answer, True)])
    said = [result for result in results if result in ("confirmed", "denied")]
    assert len(said) == 1 and factories.fresh(guest).state == said[0]
    assert sum(bool(re.search("déjà servi", result)) for result in results) == 2
