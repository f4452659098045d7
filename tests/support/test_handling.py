"""Answering: who may, what each step says to whom, passing on, a desk without account, and who sees nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from equipage.foundation.audit import verify
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.messaging.models import Notice
from equipage.support import services
from equipage.support.actors import DeskHolder, FollowHolder
from equipage.support.links import desk_link, follow_link
from equipage.support.models import HelpMessage, HelpRequest
from equipage.support.selectors import moving_requests_card, waiting_requests_card
from tests import factories as make
from tests.listing_checks import assert_constant_queries, rows_shown
from tests.support.helpers import ask, csv_of, desk, inside, link_in, sent, words_of

pytestmark = pytest.mark.django_db
LIST = "/aide/demandes/"


@pytest.fixture
def row() -> HelpRequest:
    """A request to the association of the region, whose officer is there."""
    inside()
    return ask()


# --- the life of a request --------------------------------------------------------------------------------------------


def test_the_whole_life_of_a_request(row: HelpRequest) -> None:
    marine, julien = make.officer(last_name="Auvray"), make.officer(first_name="Julien", last_name="Sorin")
    sent()
    for _ in range(2):
        services.take(actor=marine, request=row)
    (told,) = sent()
    assert told.to == [row.email] and told.subject == "Marine Auvray s'occupe de votre demande"
    with pytest.raises(Refused, match="n'est plus possible"):
        services.take(actor=julien, request=row)
    for _ in range(2):
        services.answer(actor=marine, request=row, text="Voici par où commencer.\n\nMarine")
    (told,) = sent()
    assert "Voici par où commencer." in told.body and link_in(told) == follow_link(row)
    services.add_word(actor=FollowHolder(row.pk), request=row, text="Merci, et ensuite ?")
    assert {mail.to[0] for mail in sent()} == {marine.email}, "celle qui l'a, pas tout le guichet"
    services.answer(actor=julien, request=row, text="Ensuite, la rencontre.")
    row = make.fresh(row)
    assert (row.state, row.holder, row.holder_name) == ("answered", julien, "Julien Sorin")
    for _ in range(2):
        services.close(actor=julien, request=row, reason="Nous nous sommes parlé.")
    assert ["est close" in mail.subject for mail in sent()] == [False, True]
    assert [kind for kind, _ in words_of(row)] == ["word", "answer", "word", "answer", "closed"]
    assert make.fresh(row).origin == "" and verify() is None
    services.reopen(actor=marine, request=row)
    row = make.fresh(row)
    assert (row.state, row.holder_name, row.closed_at, row.reminded) == ("waiting", "", None, 0)


def test_answering_at_once_takes_it_too(row: HelpRequest) -> None:
    officer = make.officer()
    services.answer(actor=officer, request=row, text="Bonjour.")
    row = make.fresh(row)
    assert row.state == "answered" and row.taken_at and row.holder == officer


@pytest.mark.parametrize(
    ("verb", "words", "sentence"),
    [
        ("answer", {"text": "  "}, "Écrivez votre réponse"),
        ("answer", {"text": "FR76 3000 6000 0112 3456 7890 189"}, "compte bancaire"),
        ("close", {"reason": ""}, "Dites en une phrase"),
        ("close", {"reason": "185054900712345"}, "sécurité sociale"),
    ],
)
def test_words_are_needed_and_checked(row: HelpRequest, verb: str, words: dict[str, str], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        getattr(services, verb)(actor=make.officer(), request=row, **words)
    assert make.fresh(row).state == "waiting" and len(words_of(row)) == 1


def test_passing_on_is_dated_explained_and_begins_again(row: HelpRequest) -> None:
    officer = make.officer()
    outside = desk("apmsl", region="52", forms=["msp"])
    services.take(actor=officer, request=row)
    before = make.fresh(row).waiting_since
    sent()
    Notice.objects.all().delete()
    services.pass_on(actor=officer, request=row, desk=outside, reason="Votre projet est une maison de santé.")
    row = make.fresh(row)
    assert (row.state, row.desk, row.holder, row.holder_name, row.taken_at) == ("waiting", outside, None, "", None)
    assert row.waiting_since > before and row.reminded == 0
    passed = row.messages.order_by("-id")[0]
    assert (passed.kind, passed.desk, passed.author) == ("passed", outside, officer)
    told = {mail.to[0]: mail for mail in sent()}
    assert set(told) == {row.email, outside.email} and "une maison de santé" in told[row.email].body
    for wrong, sentence in (
        (outside, "a déjà la demande"),
        (desk("tel", region="52", email="", phone="02 00 00 00 00"), "ne peut pas recevoir"),
    ):
        with pytest.raises(Refused, match=sentence):
            services.pass_on(actor=officer, request=row, desk=wrong, reason="Essai.")
    with pytest.raises(Refused, match="pourquoi"):
        services.pass_on(actor=officer, request=row, desk=desk("autre", region="52"), reason=" ")


def test_a_message_that_is_no_request_is_set_aside_in_silence(row: HelpRequest) -> None:
    officer = make.officer()
    for _ in range(2):
        services.discard(actor=officer, request=row)
    assert make.fresh(row).state == "discarded" and sent() == [], "pas même l'accusé de réception qui attendait"
    with pytest.raises(Refused):
        services.reopen(actor=officer, request=row)


def test_a_move_made_by_another_meanwhile_is_said(row: HelpRequest) -> None:
    officer = make.officer()
    services.close(actor=officer, request=row, reason="Réglé.")
    for verb in (
        lambda: services.take(actor=officer, request=row),
        lambda: services.answer(actor=officer, request=row, text="Trop tard"),
        lambda: services.discard(actor=officer, request=row),
    ):
        with pytest.raises(Refused, match="n'est plus possible"):
            verb()
    assert [kind for kind, _ in words_of(row)] == ["word", "closed"]


def test_the_database_holds_the_shape_of_each_state(row: HelpRequest) -> None:
    for wrong in (
        {"state": "taken"},
        {"state": "answered", "holder_name": "X"},
        {"state": "closed"},
        {"holder_name": "X"},
        {"erased_at": row.created_at},
        {"email": ""},
        {"state": "ailleurs"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            HelpRequest.objects.filter(pk=row.pk).update(**wrong)


# --- who may, who sees ------------------------------------------------------------------------------------------------


def test_the_desk_the_association_and_the_platform_answer() -> None:
    delegation = make.organisation("delegation", department_code="49")
    inside(delegation, "delegation", department="49")
    row = ask()
    department, region = make.ars_department(department_code="49"), make.ars_region()
    allowed = [department, region, make.officer(), make.association_admin(), make.platform_admin()]
    seen_only = [make.treasurer()]
    nothing = [
        make.ars_department(department_code="44"),
        make.ars_region(region_code="53"),
        make.officer(region_code="53"),
        make.nurse().user,
        make.user("Personne"),
    ]
    for person in [*allowed, *seen_only]:
        assert HelpRequest.objects.visible_to(person).get() == row, person
        assert HelpMessage.objects.visible_to(person).count() == 1
    for person in [*seen_only, *nothing]:
        assert not can(person, "support.answer_request", row).allowed, person
        with pytest.raises(Refused):
            services.take(actor=person, request=row)
    for person in allowed:
        assert can(person, "support.answer_request", row).allowed, person
    for person in nothing:
        assert not HelpRequest.objects.visible_to(person).exists(), person
        assert not HelpMessage.objects.visible_to(person).exists(), person
    services.pass_on(actor=department, request=row, desk=desk("ailleurs", region="52"), reason="Pour vous.")
    for person in (department, region):
        assert not HelpRequest.objects.visible_to(person).exists(), "confiée, elle n'est plus de leur guichet"


def test_holders_of_a_link_move_their_own_request_only() -> None:
    desk(region="52")
    mine, other = ask(), ask(email="b@demo.equipage.invalid")
    with pytest.raises(Refused):
        services.settle(actor=FollowHolder(other.pk), request=mine)
    with pytest.raises(Refused):
        services.take(actor=FollowHolder(mine.pk), request=mine)
    with pytest.raises(Refused):
        services.take(actor=DeskHolder(other.pk, "X"), request=mine)
    with pytest.raises(Refused):
        services.settle(actor=DeskHolder(mine.pk, "X"), request=mine)


def test_strangers_and_other_regions_find_nothing(client: Client, row: HelpRequest) -> None:
    page = f"{LIST}{row.pk}/"
    assert client.get(page).status_code == 302
    for person in (make.officer(region_code="53"), make.ars_region(), make.nurse().user, make.user("Personne")):
        client.force_login(person)
        assert client.get(page).status_code == 404
        for move in ("take", "answer", "pass_on", "close", "discard", "reopen"):
            assert client.post(f"{page}etapes/{move}/", {"text": "x", "reason": "x"}).status_code == 404
    client.force_login(make.officer(region_code="53"))
    assert rows_shown(client.get(LIST).content.decode()) == []
    assert "Léa" not in csv_of(client, f"{LIST}?export=csv")
    for person in (make.nurse().user, make.user("Personne")):
        client.force_login(person)
        assert client.get(LIST).status_code == 404
    assert make.fresh(row).state == "waiting"


def test_who_asked_with_an_account_follows_and_moves_nothing_else(client: Client) -> None:
    inside()
    nurse = make.nurse()
    row = ask(user=nurse.user)
    assert HelpRequest.objects.visible_to(nurse.user).get() == row
    client.force_login(nurse.user)
    page = f"{LIST}{row.pk}/"
    shown = client.get(page).content.decode()
    assert "Votre demande attend une personne" in shown and "Qui demande" not in shown
    assert client.post(page, {"geste": "mot", "text": "Un mot de plus"}).status_code == 302
    assert words_of(row)[-1] == ("word", "Un mot de plus")
    for move in ("take", "answer", "settle", "write_again"):
        assert client.post(f"{page}etapes/{move}/", {"text": "x"}).status_code == 404
    (card,) = moving_requests_card(nurse.user)
    assert card["url"] == page and waiting_requests_card(nurse.user) == []
    client.post(page, {"geste": "regle"})
    assert make.fresh(row).state == "closed" and moving_requests_card(nurse.user) == []


# --- the pages of those who answer ------------------------------------------------------------------------------------


def test_an_officer_takes_answers_passes_on_and_closes_by_the_pages(client: Client, row: HelpRequest) -> None:
    officer = make.officer()
    other = desk("autre", region="52")
    client.force_login(officer)
    page = f"{LIST}{row.pk}/"
    shown = client.get(page).content.decode()
    assert "Léa Roux attend une réponse" in shown and "mailto:lea@" in shown and "Je m’en occupe" in shown
    assert client.get(f"{page}etapes/take/").status_code == 302 and make.fresh(row).state == "waiting"
    assert client.post(f"{page}etapes/take/").status_code == 302 and make.fresh(row).state == "taken"
    empty = client.post(f"{page}etapes/answer/", {"text": ""})
    assert empty.status_code == 422 and "Écrivez votre réponse" in empty.content.decode()
    private = client.post(f"{page}etapes/answer/", {"text": "Dossier 185054900712345"})
    assert private.status_code == 422 and "Dossier 185054900712345" in private.content.decode()
    assert client.post(f"{page}etapes/answer/", {"text": "Bonjour."}).status_code == 302
    form = client.get(f"{page}etapes/pass_on/").content.decode()
    assert "Guichet autre" in form and "Guichet interieur · " not in form
    assert client.post(f"{page}etapes/pass_on/", {"desk": "", "reason": ""}).status_code == 422
    done = client.post(f"{page}etapes/pass_on/", {"desk": other.pk, "reason": "C'est pour vous."})
    assert done.status_code == 302 and make.fresh(row).desk == other
    assert client.post(f"{page}etapes/close/", {"reason": ""}).status_code == 422
    assert client.post(f"{page}etapes/close/", {"reason": "Réglé."}).status_code == 302
    late = client.post(f"{page}etapes/close/", {"reason": "Encore."}, follow=True)
    assert "n’est plus possible" in late.content.decode()
    assert client.post(f"{page}etapes/reopen/").status_code == 302 and make.fresh(row).state == "waiting"
    assert "rien n’est envoyé" in client.get(f"{page}etapes/discard/").content.decode()
    assert client.post(f"{page}etapes/discard/").status_code == 302 and make.fresh(row).state == "discarded"
    assert client.get(f"{page}etapes/inconnu/").status_code == 404
    assert "Demande de Léa Roux" in client.get(page).content.decode()


def test_the_treasurer_reads_and_has_no_button(client: Client, row: HelpRequest) -> None:
    client.force_login(make.treasurer())
    shown = client.get(f"{LIST}{row.pk}/").content.decode()
    assert "Léa Roux attend une réponse" in shown and "Je m’en occupe" not in shown and "Envoyer" not in shown
    assert client.post(f"{LIST}{row.pk}/etapes/take/").status_code == 404


def test_the_list_sorts_filters_and_counts(client: Client, row: HelpRequest) -> None:
    officer = make.officer()
    young = ask(
        email="b@demo.equipage.invalid", name="Ana Bé", form="msp", topic="autre", commune=make.commune("44109")
    )
    taken = ask(email="c@demo.equipage.invalid", name="Cléo Cé")
    services.take(actor=officer, request=taken)
    closed = ask(email="d@demo.equipage.invalid", name="Dan Dé")
    services.close(actor=officer, request=closed, reason="Réglé.")
    client.force_login(officer)

    def names(query: str = "", page: str = LIST) -> list[str]:
        return rows_shown(client.get(f"{page}?{query}").content.decode())

    assert names() == ["Léa Roux", "Ana Bé", "Cléo Cé"], "la plus ancienne d'abord, sans les closes"
    assert names("etat=taken") == ["Cléo Cé"] and names("departement=44") == ["Ana Bé"]
    assert names("forme=msp") == names("sujet=autre") == ["Ana Bé"]
    assert names(f"suivi={officer.pk}") == ["Cléo Cé"] and names("q=roux") == ["Léa Roux"]
    assert "Dan Dé" in names(page=f"{LIST}toutes/") and names("etat=closed", f"{LIST}toutes/") == ["Dan Dé"]
    exported = csv_of(client, f"{LIST}?export=csv")
    assert "Ana Bé" in exported and young.email not in exported
    rank = iter(range(100))

    def grow() -> None:
        for _ in range(20):
            at = next(rank)
            made = ask(email=f"n{at}@demo.equipage.invalid", network_address=f"192.0.2.{at + 9}")
            services.take(actor=officer, request=made)

    assert_constant_queries(client, LIST, grow)
    assert_constant_queries(client, f"{LIST}toutes/", grow)


def test_cards_say_what_waits_for_whom(row: HelpRequest) -> None:
    officer, other = make.officer(), make.officer()
    assert [card["url"] for card in waiting_requests_card(officer)] == [f"{LIST}{row.pk}/"]
    services.take(actor=officer, request=row)
    assert len(waiting_requests_card(officer)) == 1 and waiting_requests_card(other) == []
    HelpRequest.objects.update(reminded=2)
    assert len(waiting_requests_card(other)) == 1, "en retard, elle attend toute l'association"
    platform = make.platform_admin()
    assert waiting_requests_card(platform) == []
    HelpRequest.objects.update(reminded=3)
    assert len(waiting_requests_card(platform)) == 1
    services.answer(actor=officer, request=row, text="Bonjour.")
    assert waiting_requests_card(officer) == waiting_requests_card(platform) == []
    for rank in range(4):
        ask(email=f"m{rank}@demo.equipage.invalid")
    (card,) = waiting_requests_card(officer)
    assert card["title"].startswith("4") and card["url"] == LIST
    assert waiting_requests_card(make.officer(region_code="53")) == waiting_requests_card(make.treasurer()) == []


# --- a desk outside, without an account -------------------------------------------------------------------------------


@pytest.fixture
def outside() -> HelpRequest:
    """A request to a desk that has no account here."""
    desk("apmsl", region="52")
    return ask()


def by_link(client: Client, row: HelpRequest, **more: Any) -> Any:
    return client.post(desk_link(row), {"name": "Jeanne Morvan", "text": "", "desk": "", **more})


def test_a_desk_outside_takes_and_answers_by_its_link(client: Client, outside: HelpRequest) -> None:
    row = outside
    shown = client.get(desk_link(row)).content.decode()
    assert "Léa Roux attend une réponse" in shown and "par où commencer" in shown
    assert make.fresh(row).state == "waiting", "lire ne prend pas : les messageries ouvrent les liens"
    assert by_link(client, row, geste="prendre").status_code == 200
    row = make.fresh(row)
    assert (row.state, row.holder, row.holder_name) == ("taken", None, "Jeanne Morvan (Guichet apmsl)")
    assert by_link(client, row, geste="repondre", text="Appelez-nous.").status_code == 200
    assert words_of(row)[-1] == ("answer", "Appelez-nous.")
    assert "Jeanne Morvan (Guichet apmsl) vous a répondu" in client.get(follow_link(row)).content.decode()
    sent()
    services.add_word(actor=FollowHolder(row.pk), request=row, text="Merci, quand ?")
    (told,) = sent()
    assert told.to == ["apmsl@guichet.invalid"] and "Merci, quand" in told.body
    assert by_link(client, row, geste="clore", text="Rappelée ce matin.").status_code == 200
    assert make.fresh(row).state == "closed"
    over = client.get(desk_link(row))
    assert over.status_code == 410 and "rien à faire" in over.content.decode() and "Léa" not in over.content.decode()
    assert AuditEntry.objects.filter(action="support.help_request.take", actor=None).get().actor_label == (
        "Jeanne Morvan (Guichet apmsl)"
    )


def test_the_link_of_a_desk_ends_when_the_request_leaves_it(client: Client, outside: HelpRequest) -> None:
    row, first = outside, desk_link(outside)
    other = desk("autre", region="52")
    assert by_link(client, row, geste="confier", text="Pas chez nous.", desk=other.pk).status_code == 200
    assert client.get(first).status_code == 404
    assert client.get(desk_link(make.fresh(row))).status_code == 200


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"geste": "prendre", "name": ""}, "Écrivez votre nom"),
        ({"geste": "repondre"}, "Écrivez votre réponse"),
        ({"geste": "clore"}, "Dites en une phrase"),
        ({"geste": "confier", "text": "Non."}, "Choisissez à quel guichet"),
        ({"geste": "confier", "text": "Non.", "desk": "999"}, "Sélectionnez un choix valide"),
        ({"geste": "repondre", "text": "1 85 05 49 007 123 45"}, "sécurité sociale"),
        ({"geste": "x"}, "Choisissez une des actions"),
    ],
)
def test_a_desk_reads_what_is_missing(
    client: Client, outside: HelpRequest, more: dict[str, str], sentence: str
) -> None:
    answer = by_link(client, outside, **more)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert make.fresh(outside).state == "waiting" and len(words_of(outside)) == 1
