"""Notices, the mails they become, and the pages that show them."""

from __future__ import annotations

import re
import smtplib
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from equipage.foundation.jobs.worker import Worker
from equipage.messaging.htmltext import blocks
from equipage.messaging.mail import NoWayOut, OutgoingBackend, compose
from equipage.messaging.models import MailboxMessage, Notice
from equipage.messaging.rules import TooPrivate, check_link, check_message
from equipage.messaging.selectors import unread_count
from equipage.messaging.services import mark_all_read, notify, write_to
from equipage.people.models import User
from tests.listing_checks import assert_constant_queries
from tools.processes import free_port

pytestmark = pytest.mark.django_db

TEXT = """\
Bonjour Anne,

L’équipe « des Mauges » attend votre avis\u202f: le projet est complet.

Vous pouvez répondre jusqu’au 14 octobre.

Ouvrir dans Équipage\u202f:
http://127.0.0.1:8000/equipes/12/

--
Vous recevez ce message car vous avez un compte sur Équipage et ce sujet vous concerne.
Équipage · http://127.0.0.1:8000
"""


def tell(user, **changed):
    said = {
        "kind": "projects.submitted",
        "subject": "Un projet attend votre avis",
        "body": "L'équipe « des Mauges » attend votre avis : le projet est complet.\n\n"
        "Vous pouvez répondre jusqu'au 14 octobre.",
        "link": "/equipes/12/",
        "key": "projects.submitted:12",
    }
    return notify(user, **{**said, **changed})


@pytest.fixture
def anne():
    return User.objects.create_user("anne@demo.equipage.invalid", first_name="Anne", last_name="Le Goff")


@pytest.fixture
def demo(settings):
    settings.DEMO = True
    settings.EMAIL_BACKEND = "equipage.messaging.mail.OutgoingBackend"


# --- what is written -------------------------------------------------------------------------------------------


def plain_spaces(text):
    return text.replace("«\u202f", "« ").replace("\u202f»", " »").replace("'", "’")


def test_the_text_of_a_mail(anne):
    tell(anne)
    Worker().run_all()
    (sent,) = mail.outbox
    assert plain_spaces(sent.body) == TEXT
    assert sent.to == ["anne@demo.equipage.invalid"] and sent.subject == "Un projet attend votre avis"
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"


def test_the_html_twin_says_the_same(anne):
    tell(anne, body="<b>Attention</b> & merci")
    Worker().run_all()
    letter = mail.outbox[0]
    assert isinstance(letter, mail.EmailMultiAlternatives)
    html = str(letter.alternatives[0][0])
    assert "&lt;b&gt;Attention&lt;/b&gt; &amp; merci" in html
    assert 'href="http://127.0.0.1:8000/equipes/12/"' in html
    assert "style=" not in html and "<script" not in html and "<img" not in html
    said = " ".join("".join(piece.text for piece in block.pieces) for block in blocks(html))
    for sentence in ("Bonjour Anne,", "<b>Attention</b> & merci", "Ouvrir dans Équipage", "car vous avez un compte"):
        assert sentence in said


@pytest.mark.parametrize(
    "body",
    [
        "Versé sur FR76 3000 6000 0112 3456 7890 189.",
        "Compte FR7630006000011234567890189",
        "IBAN DE89370400440532013000",
        "Patient 1 84 12 76 451 089 46",
        "Numéro 284127645108946",
    ],
)
def test_a_bank_account_or_a_social_security_number_never_leaves(anne, body):
    with pytest.raises(TooPrivate):
        tell(anne, body=body)
    with pytest.raises(TooPrivate):
        write_to("x@exemple.invalid", "Objet", body)
    assert not Notice.objects.exists() and not DBTaskResult.objects.exists()


@pytest.mark.parametrize(
    "body",
    ["RPPS 10003456789, le 14 octobre 2026, 1\u202f234,50 €", "Votre code\u202f: 482 913", "Convention 2026-0042"],
)
def test_ordinary_numbers_may_be_written(body):
    check_message("Objet", body)


@pytest.mark.parametrize("link", ["https://ailleurs.invalid/", "//ailleurs.invalid", "equipes/", "/a\\b", "/a\nb"])
def test_a_link_stays_on_this_site(link):
    with pytest.raises(ValueError, match="chemin"):
        check_link(link)


def test_a_subject_is_one_line(anne):
    assert tell(anne, subject="Un\nprojet\r\n attend").subject == "Un projet attend"


# --- when it leaves --------------------------------------------------------------------------------------------


def test_the_same_key_is_said_once(anne):
    first, second = tell(anne), tell(anne)
    assert first == second and Notice.objects.count() == 1
    assert Worker().run_all() == 1 and len(mail.outbox) == 1


def test_without_key_each_notice_is_its_own(anne):
    assert tell(anne, key="") != tell(anne, key="")


def test_nothing_is_said_when_the_transaction_fails(anne):
    with transaction.atomic():
        tell(anne)
        transaction.set_rollback(True)
    assert Worker().run_all() == 0 and not mail.outbox and not Notice.objects.exists()


def test_a_notice_already_sent_is_not_sent_again(anne):
    notice = tell(anne)
    Worker().run_all()
    DBTaskResult.objects.update(status="READY")
    Worker().run_all()
    notice.refresh_from_db()
    assert len(mail.outbox) == 1 and notice.sent_at is not None and notice.attempts == 1


def test_a_closed_account_gets_no_mail(anne):
    User.objects.update(is_active=False)
    tell(anne)
    Worker().run_all()
    assert not mail.outbox and "fermé" in Notice.objects.get().error


def test_a_refusal_of_the_server_is_kept_and_tried_again(anne, monkeypatch):
    notice = tell(anne)

    def refuse(self, messages):
        raise smtplib.SMTPServerDisconnected("parti")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        Worker().run_all()
    notice.refresh_from_db()
    assert notice.sent_at is None and notice.error == "parti" and notice.attempts == 1
    row = DBTaskResult.objects.get()
    assert row.status == "READY" and row.run_after > timezone.now() + timedelta(seconds=5)
    DBTaskResult.objects.update(run_after=timezone.now())
    Worker().run_all()
    again = Notice.objects.get(pk=notice.pk)
    assert again.sent_at is not None and again.error == "" and again.attempts == 2


def test_a_letter_reaches_somebody_without_account():
    write_to("nouvelle@exemple.invalid", "Rejoignez l'équipe", "Voici votre invitation.", link="/invitation/abc/")
    Worker().run_all()
    assert mail.outbox[0].to == ["nouvelle@exemple.invalid"] and "/invitation/abc/" in mail.outbox[0].body


# --- how it leaves ---------------------------------------------------------------------------------------------


class Kept:
    """A mail server that keeps what it receives."""

    def __init__(self):
        self.received = []

    async def handle_DATA(self, server, session, envelope):
        self.received.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


@pytest.fixture
def smtp(settings):
    kept = Kept()
    port = free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, smtp_host="127.0.0.1")
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    settings.EMAIL_BACKEND = "equipage.messaging.mail.OutgoingBackend"
    yield kept
    controller.stop()


def test_a_real_server_receives_both_versions(anne, smtp):
    tell(anne)
    Worker().run_all()
    ((addresses, received),) = smtp.received
    assert addresses == ["anne@demo.equipage.invalid"]
    assert received["Subject"] == "Un projet attend votre avis"
    assert received["From"] == "Équipage <ne-pas-repondre@equipage.invalid>"
    assert re.fullmatch(r"<avis\.[0-9a-f]{32}@equipage\.invalid>", received["Message-ID"])
    assert plain_spaces(received.get_body(("plain",)).get_content().replace("\r\n", "\n")) == TEXT
    assert "Ouvrir dans Équipage" in received.get_body(("html",)).get_content()
    assert not MailboxMessage.objects.exists()


def test_a_demonstration_sends_and_keeps_a_copy(anne, smtp, settings):
    settings.DEMO = True
    tell(anne)
    Worker().run_all()
    assert len(smtp.received) == 1 and MailboxMessage.objects.get().recipient == "anne@demo.equipage.invalid"


def test_a_demonstration_without_server_only_keeps_copies(anne, demo):
    tell(anne)
    Worker().run_all()
    copy = MailboxMessage.objects.get()
    assert copy.subject == "Un projet attend votre avis" and "<html" in copy.html and "Démonstration" in copy.text
    assert Notice.objects.get().sent_at is not None


def test_without_server_nothing_is_lost_in_silence(anne, settings):
    settings.EMAIL_BACKEND = "equipage.messaging.mail.OutgoingBackend"
    tell(anne)
    Worker().run_all()
    assert "EQUIPAGE_SMTP_HOST" in Notice.objects.get().error and Notice.objects.get().sent_at is None
    with pytest.raises(NoWayOut):
        OutgoingBackend().send_messages([compose("x@exemple.invalid", "Objet", "Texte")])
    assert OutgoingBackend().send_messages([]) == 0


# --- the pages -------------------------------------------------------------------------------------------------


def test_a_person_sees_only_their_own_notices(client, anne):
    other = User.objects.create_user("b@demo.equipage.invalid", first_name="B", last_name="C")
    mine, theirs = tell(anne), tell(other, subject="Pas pour Anne", key="x")
    client.force_login(anne)
    page = client.get("/messages/").content.decode()
    assert "Un projet attend" in page and "Pas pour Anne" not in page
    assert client.post(f"/messages/{theirs.pk}/ouvrir/").status_code == 404
    assert client.post(f"/messages/{mine.pk}/ouvrir/").url == "/equipes/12/"
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.read_at is not None and theirs.read_at is None


def test_opening_by_a_mere_link_marks_nothing(client, anne):
    mine = tell(anne)
    client.force_login(anne)
    assert client.get(f"/messages/{mine.pk}/ouvrir/").url == "/equipes/12/"
    assert unread_count(anne) == 1


def test_reading_all_and_counting(client, anne, django_assert_num_queries):
    for n in range(3):
        tell(anne, key=str(n))
    with django_assert_num_queries(1):
        assert unread_count(anne) == 3
    client.force_login(anne)
    assert "3\u00a0avis" in client.post("/messages/tout-lu/", follow=True).content.decode()
    assert unread_count(anne) == 0 and mark_all_read(anne) == 0
    assert "Vous avez tout lu" in client.get("/messages/?lus=non").content.decode()


def test_notices_ask_a_constant_number_of_queries(client, anne):
    tell(anne)
    client.force_login(anne)

    def grow() -> None:
        for n in range(25):
            tell(anne, key=f"k{n}")

    assert_constant_queries(client, "/messages/", grow)


def test_strangers_have_no_notices(client):
    assert client.get("/messages/").status_code == 302


def test_the_mailbox_exists_in_demonstration_only(client, anne, settings):
    copy = MailboxMessage.objects.create(recipient="a@x.invalid", sender="e", subject="Objet", text="Texte")
    for address in ("/messages/boite-de-demonstration/", f"/messages/boite-de-demonstration/{copy.pk}/"):
        assert client.get(address).status_code == 404
        settings.DEMO = True
        assert client.get(address).status_code == 200
        settings.DEMO = False


def test_the_mailbox_is_searched_by_recipient(client, demo):
    for name in ("anne", "bruno"):
        MailboxMessage.objects.create(recipient=f"{name}@demo.equipage.invalid", sender="e", subject=f"Pour {name}")
    page = client.get("/messages/boite-de-demonstration/?destinataire=BRUNO").content.decode()
    assert "Pour bruno" in page and "Pour anne" not in page
    assert (
        "Aucun message pour cette adresse"
        in client.get("/messages/boite-de-demonstration/?destinataire=zo%00e").content.decode()
    )


def test_a_hostile_mail_is_shown_harmless(client, demo):
    html = (
        "<style>p{}</style><script>alert(1)</script><p onclick='x()'>Bon<b>jour</b> "
        "<a href='javascript:alert(1)'>ici</a> <a href='http://127.0.0.1:8000/a/'>là</a></p><iframe src='x'></iframe>"
        "&lt;script&gt;alert(2)&lt;/script&gt;"
    )
    copy = MailboxMessage.objects.create(
        recipient="a@x.invalid", sender="e", subject="<i>Objet</i>", text="<b>t</b>", html=html
    )
    page = client.get(f"/messages/boite-de-demonstration/{copy.pk}/").content.decode()
    for hostile in ("alert(1)", "onclick", "javascript:", "<iframe", "<i>Objet", "<b>t", "<script>alert"):
        assert hostile not in page
    assert "Bonjour" in page and 'href="http://127.0.0.1:8000/a/"' in page and "&lt;script&gt;alert(2)" in page
