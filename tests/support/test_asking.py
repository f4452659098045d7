"""Asking for help in public: what is kept, whom it reaches, what is refused, and the personal link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from equipage.foundation.audit import verify
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.refusals import Refused
from equipage.messaging.models import Notice
from equipage.support import services
from equipage.support.actors import FollowHolder
from equipage.support.links import desk_link, follow_link
from equipage.support.models import HelpMessage, HelpRequest
from equipage.support.rules import FOLLOW_DAYS
from equipage.support.services.asking import MOST_FOR_ONE_MAIL, MOST_FROM_ONE_PLACE, MOST_WORDS_A_DAY
from tests import factories as make
from tests.support.helpers import WORDS, ask, csv_of, desk, inside, link_in, sent, shown, typed, words_of

pytestmark = pytest.mark.django_db
ASK = "/aide/demander/"


# --- a request reaches somebody ---------------------------------------------------------------------------------------


def test_a_request_is_kept_acknowledged_and_mailed_to_its_desk(client: Client) -> None:
    made = desk("esp-clap", region="52", forms=["esp-clap"])
    answer = client.post(ASK, typed(phone="02.41.00.00.00", profession_code="60"))
    page = answer.content.decode()
    assert answer.status_code == 200 and "Votre demande est arrivée" in page and "Guichet esp-clap" in page
    row = HelpRequest.objects.get()
    assert (row.desk, row.state, row.email) == (made, "waiting", "lea@demo.equipage.invalid")
    assert (row.phone, row.region_id, row.department_id) == ("02\u202f41\u202f00\u202f00\u202f00", "52", "49")
    assert words_of(row) == [("word", WORDS)]
    assert "127.0.0.1" not in row.origin and len(row.origin) == 64
    assert follow_link(row) not in page, "le lien ne part que par e-mail"
    to_asker, to_desk = sorted(sent(), key=lambda mail: mail.to[0], reverse=True)
    assert to_asker.to == [row.email] and link_in(to_asker) == follow_link(row)
    assert "Léa" not in to_asker.body and "par où commencer" not in to_asker.body, "rien de ce qui était tapé ne part"
    assert "2 jours ouvrés" in to_asker.body and "5 jours ouvrés" in to_asker.body
    assert to_desk.to == ["esp-clap@guichet.invalid"] and to_desk.reply_to == [row.email]
    assert all(said in to_desk.body for said in ("Léa Roux", row.phone, "par où commencer", "Infirmier"))
    assert link_in(to_desk, "guichet") == desk_link(row)


def test_neither_the_queue_nor_the_journal_holds_who_asked() -> None:
    desk(region="52")
    row = ask()
    queue = str([task.args_kwargs for task in DBTaskResult.objects.order_by("enqueued_at")])
    journal = str([(link.before, link.after, link.comment) for link in AuditEntry.objects.order_by("id")])
    for told in (row.email, row.name, "par où commencer", follow_link(row)):
        assert told not in queue and told not in journal
    assert row.nonce not in journal and verify() is None


def test_inside_the_staff_is_told_and_no_mail_goes_to_the_desk() -> None:
    made = inside()
    officer, admin = make.officer(), make.association_admin()
    make.treasurer()
    row = ask()
    assert row.desk == made
    assert {notice.recipient for notice in Notice.objects.all()} == {officer, admin}
    notice = Notice.objects.filter(recipient=officer).get()
    assert notice.urgent and notice.link == f"/aide/demandes/{row.pk}/" and "par où" not in notice.body
    assert {tuple(mail.to) for mail in sent()} == {(row.email,), (officer.email,), (admin.email,)}


def test_where_there_is_no_desk_the_region_and_the_platform_are_told() -> None:
    platform, officer = make.platform_admin(), make.officer()
    row = ask()
    assert row.desk is None
    assert {notice.recipient for notice in Notice.objects.all()} == {platform, officer}
    (mail,) = [mail for mail in sent() if mail.to == [row.email]]
    assert "l’administration de la plateforme" in mail.body


def test_a_demonstration_never_writes_to_a_real_desk(settings: Any) -> None:
    settings.DEMO = True
    desk("vrai", region="52", email="contact@vrai-guichet.fr")
    ask()
    assert {mail.to[0] for mail in sent()} == {"lea@demo.equipage.invalid", "vrai@guichets.example"}


# --- the form ---------------------------------------------------------------------------------------------------------


def test_the_address_brings_what_is_known(client: Client) -> None:
    make.commune()
    desk("esp-clap", region="52")
    page = client.get(f"{ASK}?commune=49092&forme=esp-clap&guichet=esp-clap&sujet=rappel").content.decode()
    assert 'value="Chemillé-en-Anjou (49)"' in page and '<option value="esp-clap" selected>' in page
    assert "Écrivez à Guichet esp-clap" in page and 'name="desk" value="esp-clap"' in page
    assert page.count("checked") == 1 and "patient" in page
    odd = client.get(f"{ASK}?commune=Atlantide&forme=x&guichet=<b>&sujet=<script>")
    assert odd.status_code == 200 and "<script>" not in odd.content.decode().replace("<script src", "")


def test_who_is_signed_in_is_known(client: Client) -> None:
    nurse = make.nurse(last_name="Roux", phone="0241000000")
    desk(region="52")
    client.force_login(nurse.user)
    page = client.get(ASK).content.decode()
    assert f'value="{nurse.user.email}"' in page and 'value="Claire Roux"' in page
    client.post(ASK, typed())
    row = HelpRequest.objects.get()
    assert row.asked_by == nurse.user
    assert "Le projet" not in client.get("/compte/").content.decode()
    assert "/aide/mes-demandes/" in client.get("/compte/").content.decode()
    assert "Constituer une équipe" in client.get("/aide/mes-demandes/").content.decode()


def test_a_desk_by_telephone_only_says_so(client: Client) -> None:
    desk("telephone", department="49", email="", phone="02\u202f41\u202f25\u202f76\u202f11")
    desk("region", region="52")
    page = client.get(f"{ASK}?guichet=telephone").content.decode()
    assert "se joint par téléphone" in page and 'href="tel:+33241257611"' in page
    client.post(ASK, typed(desk="telephone"))
    assert HelpRequest.objects.values_list("desk__key", flat=True).get() == "region"


def test_the_form_carries_its_desk_and_a_touched_one_is_ignored(client: Client) -> None:
    desk("region", region="52")
    wanted = desk("bretagne", region="53")
    client.post(ASK, typed(desk="bretagne"))
    assert HelpRequest.objects.get().desk == wanted
    client.post(ASK, typed(desk="'; DROP", email="b@demo.equipage.invalid"))
    assert set(HelpRequest.objects.values_list("desk__key", flat=True)) == {"bretagne", "region"}


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"topic": ""}, "Choisissez ce que vous voulez"),
        ({"commune": "Atlantide"}, "Atlantide"),
        ({"commune": ""}, "Indiquez la commune"),
        ({"message": "  "}, "Dites en une phrase"),
        ({"email": "lea"}, "adresse e-mail"),
        ({"phone": "12"}, "10 chiffres"),
        ({"topic": "rappel"}, "Laissez un numéro"),
        ({"form": "ess"}, "n’existe pas"),
        ({"profession_code": "99"}, "n’existe pas"),
        ({"message": "Mon patient 1 85 05 49 007 123 45 attend."}, "numéro de sécurité sociale"),
        ({"message": "1.85.05.49.007.123.45"}, "numéro de sécurité sociale"),
        ({"message": "Versez sur FR76 3000 6000 0112 3456 7890 189"}, "compte bancaire"),
        ({"name": "Léa 185054900712345"}, "numéro de sécurité sociale"),
        ({"message": "x" * 3001}, "3000"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client: Client, more: dict[str, str], sentence: str) -> None:
    desk(region="52")
    values = typed(**more)
    answer = client.post(ASK, values)
    page = answer.content.decode().replace("'", "’").replace("&#x27;", "’")
    assert answer.status_code == 422 and sentence in page
    assert 'value="Lea@demo.equipage.invalid"' in page or values["email"] == "lea"
    assert not HelpRequest.objects.exists() and sent() == []


# --- robots -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"site_web": "https://exemple.invalid"}, "réservée aux robots"),
        ({"ouvert": ""}, "ouverte trop longtemps"),
        ({"ouvert": "faux:jeton"}, "ouverte trop longtemps"),
    ],
)
def test_a_robot_is_stopped_and_a_person_sends_again(client: Client, more: dict[str, str], sentence: str) -> None:
    desk(region="52")
    answer = client.post(ASK, typed(**more))
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and WORDS in page.replace("\u202f", " ")
    assert not HelpRequest.objects.exists()


def test_the_trap_is_hidden_from_people_and_the_time_is_counted(client: Client) -> None:
    desk(region="52")
    page = client.get(ASK).content.decode()
    assert '<div class="sr-only" aria-hidden="true">' in page
    assert 'name="site_web" tabindex="-1" autocomplete="off"' in page
    quick = client.post(ASK, typed(ouvert=shown(seconds=1)))
    assert quick.status_code == 422 and "moins de 3 secondes" in quick.content.decode()
    old = shown(seconds=24 * 3600 + 5)
    late = client.post(ASK, typed(ouvert=old))
    assert late.status_code == 422 and old not in late.content.decode(), "la page porte une marque neuve"
    assert client.post(ASK, typed(ouvert=shown("support.desk_report"))).status_code == 422, (
        "marque d'un autre formulaire"
    )
    kept = shown(seconds=10)
    assert f'value="{kept}"' in client.post(ASK, typed(ouvert=kept, topic="")).content.decode()
    assert client.post(ASK, typed(ouvert=shown(seconds=4))).status_code == 200


def test_a_place_and_an_address_may_ask_so_many_times_a_day() -> None:
    desk(region="52")
    for rank in range(MOST_FOR_ONE_MAIL):
        ask(message=f"Question {rank} ?")
    assert ask(message="question 0") == ask(message="QUESTION 0?"), "la même demande, même à la limite"
    with pytest.raises(Refused, match="avec cette adresse") as refused:
        ask(message="Encore une", network_address="198.51.100.7")
    assert refused.value.field == "email"
    for rank in range(MOST_FROM_ONE_PLACE - MOST_FOR_ONE_MAIL):
        ask(email=f"p{rank}@demo.equipage.invalid")
    with pytest.raises(Refused, match="de cet endroit"):
        ask(email="z@demo.equipage.invalid")
    ask(email="z@demo.equipage.invalid", network_address="198.51.100.7")
    HelpRequest.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    ask(email="y@demo.equipage.invalid")


def test_the_limit_is_said_on_the_page(client: Client) -> None:
    desk(region="52")
    for rank in range(MOST_FOR_ONE_MAIL):
        assert client.post(ASK, typed(message=f"Question {rank}")).status_code == 200
    answer = client.post(ASK, typed())
    assert answer.status_code == 422 and "Ajoutez un mot à l’une d’elles" in answer.content.decode()


def test_the_same_form_twice_is_one_request_and_one_mail(client: Client) -> None:
    desk(region="52")
    values = typed()
    assert {client.post(ASK, values).status_code for _ in range(2)} == {200}
    row = HelpRequest.objects.get()
    assert len(words_of(row)) == 1 and len(sent()) == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        row.pk, row.nonce = None, "0" * 24
        row._state.adding = True
        row.save()
    assert ask(topic="autre").pk != HelpRequest.objects.order_by("pk")[0].pk, "un autre sujet est une autre demande"


def test_the_same_words_once_closed_open_it_again() -> None:
    inside()
    officer = make.officer()
    row = ask()
    services.close(actor=officer, request=row, reason="Rappelée.")
    sent()
    assert ask().pk == row.pk and make.fresh(row).state == "waiting"
    assert [kind for kind, _ in words_of(row)] == ["word", "closed", "word"]
    assert {mail.to[0] for mail in sent()} == {row.email, officer.email}
    services.discard(actor=officer, request=row)
    assert ask().pk == row.pk and make.fresh(row).state == "discarded" and sent() == []


# --- the personal link ------------------------------------------------------------------------------------------------


def test_who_asked_follows_writes_and_settles_without_an_account(client: Client) -> None:
    inside()
    officer = make.officer(last_name="Auvray")
    row = ask()
    page = follow_link(row)
    first = client.get(page).content.decode()
    assert "Votre demande attend une personne" in first and "par où commencer" in first and "Guichet interieur" in first
    assert "noindex" in first and client.get(page)["Cache-Control"].startswith("max-age=0, no-cache")
    services.take(actor=officer, request=row)
    assert "Marine Auvray s’occupe de votre demande" in client.get(page).content.decode()
    services.answer(actor=officer, request=row, text="Appelez-moi jeudi.")
    assert "Appelez-moi jeudi." in client.get(page).content.decode()
    sent()
    Notice.objects.all().delete()
    assert client.post(page, {"geste": "mot", "text": "Jeudi à 14 h ?"}).status_code == 302
    assert make.fresh(row).state == "taken", "elle attend de nouveau celle qui l'a"
    assert {mail.to[0] for mail in sent()} == {officer.email}
    assert client.post(page, {"geste": "regle"}).status_code == 302
    assert client.post(page, {"geste": "regle"}).status_code == 302
    closed = client.get(page).content.decode()
    assert "Votre demande est close" in closed and make.fresh(row).state == "closed"
    assert client.post(page, {"geste": "mot", "text": "Finalement non."}).status_code == 302
    row = make.fresh(row)
    assert (row.state, row.holder, row.taken_at) == ("waiting", None, None)
    assert verify() is None and not AuditEntry.objects.filter(actor_label__contains="Léa").exists()


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"geste": "mot", "text": " "}, "Écrivez votre mot"),
        ({"geste": "mot", "text": "1 85 05 49 007 123 45"}, "sécurité sociale"),
        ({"geste": "autre"}, "Choisissez une des actions"),
        ({}, "Choisissez une des actions"),
    ],
)
def test_a_wrong_word_is_said_and_stays(client: Client, posted: dict[str, str], sentence: str) -> None:
    desk(region="52")
    row = ask()
    answer = client.post(follow_link(row), posted)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page
    assert posted.get("text", "").strip() in page and len(words_of(row)) == 1


def test_the_same_word_twice_is_one_and_a_flood_is_stopped() -> None:
    desk(region="52")
    row = ask()
    who = FollowHolder(row.pk)
    for _ in range(2):
        services.add_word(actor=who, request=row, text="Encore moi.")
    assert len(words_of(row)) == 2
    for rank in range(MOST_WORDS_A_DAY - 2):
        services.add_word(actor=who, request=row, text=f"Mot {rank}")
    with pytest.raises(Refused, match="beaucoup écrit"):
        services.add_word(actor=who, request=row, text="Un de trop")


def test_a_wrong_link_opens_nothing(client: Client) -> None:
    desk(region="52")
    row, other = ask(), ask(email="b@demo.equipage.invalid")
    right = follow_link(row)
    nonce, proof = right.split("/")[-2][:24], right.split("/")[-2][24:]
    wrong = [
        f"/aide/suivi/{nonce}{'0' * 32}/",
        f"/aide/suivi/{nonce}/",
        f"/aide/suivi/{other.nonce}{proof}/",
        f"/aide/suivi/{proof}{nonce}/",
        "/aide/suivi/x/",
        desk_link(row).replace("guichet", "suivi"),
        right.replace("suivi", "guichet"),
    ]
    for address in wrong:
        for answer in (client.get(address), client.post(address, {"geste": "regle"})):
            assert answer.status_code == 404 and "n’ouvre rien" in answer.content.decode()
            assert "Léa" not in answer.content.decode()
    assert make.fresh(row).state == "waiting"


def test_a_link_ends_after_the_request(client: Client) -> None:
    inside()
    row = ask()
    services.close(actor=make.officer(), request=row, reason="Réglé.")
    page = follow_link(row)
    with time_machine.travel(timezone.now() + timedelta(days=FOLLOW_DAYS - 1), tick=True):
        assert client.get(page).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=FOLLOW_DAYS + 1), tick=True):
        answer = client.get(page)
        assert answer.status_code == 410 and f"plus de {FOLLOW_DAYS} jours" in answer.content.decode()
        assert client.post(page, {"geste": "mot", "text": "Encore"}).status_code == 410


def test_hostile_text_stays_text(client: Client) -> None:
    inside()
    officer = make.officer()
    hostile = "<script>alert(1)</script> {{ 7 }} {% now %}\r\nBcc: x@y.fr"
    row = ask(name="<b>Léa</b>", message=hostile)
    client.force_login(officer)
    for page in (follow_link(row), f"/aide/demandes/{row.pk}/", "/aide/demandes/"):
        text = client.get(page).content.decode()
        assert "<script>alert" not in text and "<b>Léa" not in text
    assert "&lt;script&gt;alert(1)" in client.get(follow_link(row)).content.decode()
    desk("dehors", region="52", forms=["msp"])
    ask(name="Léa\r\nBcc: x@y.fr", message=hostile, form="msp", email="c@demo.equipage.invalid")
    for mail in sent():
        assert "\n" not in mail.subject and mail.recipients() == mail.to
        html = str(mail.alternatives[0][0])
        assert "<script>alert" not in html
    ask(name="=cmd|' /C calc'!A0", email="d@demo.equipage.invalid")
    assert "'=cmd|" in csv_of(client, "/aide/demandes/?export=csv")


def test_what_was_said_is_written_once() -> None:
    desk(region="52")
    row = ask()
    for change in ({"text": "Autre"}, {"kind": "answer"}, {"at": timezone.now()}, {"author_name": "X"}):
        with pytest.raises(DatabaseError, match="ne se change pas"), transaction.atomic():
            HelpMessage.objects.filter(request=row).update(**change)
    with pytest.raises(DatabaseError, match="ne se change pas"), transaction.atomic():
        HelpMessage.objects.filter(request=row)._raw_delete("default")
    HelpMessage.objects.filter(request=row).update(text="")
    assert words_of(row) == [("word", "")]
