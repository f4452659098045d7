"""E-mails: how they are written, and how they leave."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from copy import copy
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.template.loader import render_to_string

from equipage.messaging.models import MailboxMessage
from equipage.messaging.rules import check_link, check_message, one_line
from equipage.messaging.silence import silent_among

DEFAULT_REASON = "Vous recevez ce message car vous avez un compte sur Équipage et ce sujet vous concerne."
DEFAULT_BUTTON = "Ouvrir dans Équipage"


class NoWayOut(smtplib.SMTPException):
    """No mail server is set: nothing can leave, and saying nothing would lose the message."""


def compose(
    address: str,
    subject: str,
    body: str,
    *,
    link: str = "",
    button: str = DEFAULT_BUTTON,
    greeting: str = "Bonjour,",
    reason: str = DEFAULT_REASON,
    message_id: str = "",
) -> EmailMultiAlternatives:
    """Write a mail: plain text and its HTML twin, from paragraphs separated by an empty line.

    `link` is a path of this site, opened after signing in. Raises TooPrivate (bank account, social security number).
    """
    check_message(subject, body)
    check_link(link)
    title = one_line(subject)
    context = {
        "subject": title,
        "greeting": greeting,
        "paragraphs": [part.strip() for part in body.split("\n\n") if part.strip()],
        "button": button,
        "url": f"{settings.SITE_ADDRESS.rstrip('/')}{link}" if link else "",
        "reason": reason,
        "site": settings.SITE_ADDRESS,
        "demo": settings.DEMO,
    }
    headers = {"Auto-Submitted": "auto-generated"}
    if message_id:
        headers["Message-ID"] = message_id
    text = render_to_string("messaging/mail/message.txt", context)
    mail = EmailMultiAlternatives(title, text, settings.DEFAULT_FROM_EMAIL, [address], headers=headers)
    mail.attach_alternative(render_to_string("messaging/mail/message.html", context), "text/html")
    return mail


class OutgoingBackend(BaseEmailBackend):
    """Sends by SMTP when a server is set, and keeps a copy to read in demonstration mode."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.smtp: SmtpBackend | None = None
        if settings.ENVIRONMENT.smtp_host:
            self.smtp = SmtpBackend(fail_silently=fail_silently, timeout=20, **kwargs)

    def open(self) -> bool | None:
        """Connect to the server, when there is one."""
        return self.smtp.open() if self.smtp else None

    def close(self) -> None:
        """Leave the server."""
        if self.smtp:
            self.smtp.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send each mail, but to nobody of `silence.py`; the number of those that left.

        Raises NoWayOut when nothing can leave.
        """
        email_messages = spoken(email_messages)
        if not email_messages:
            return 0
        if not self.smtp and not settings.DEMO:
            raise NoWayOut(
                "Aucun serveur de messagerie n'est réglé : donnez EQUIPAGE_SMTP_HOST, "
                "puis relancez les messages depuis la page des travaux en échec."
            )
        sent = self.smtp.send_messages(email_messages) if self.smtp else len(email_messages)
        if settings.DEMO:
            MailboxMessage.objects.bulk_create(copy for message in email_messages for copy in _copies(message))
        return sent or 0


def spoken(messages: Sequence[EmailMessage]) -> list[EmailMessage]:
    """The same mails without the recipients to whom nothing is sent; a mail that has no other is left out."""
    silent = silent_among(address for message in messages for address in message.recipients())
    if not silent:
        return list(messages)
    kept = [_without(message, silent) if silent.intersection(message.recipients()) else message for message in messages]
    return [message for message in kept if message.recipients()]


def _without(message: EmailMessage, silent: set[str]) -> EmailMessage:
    part = copy(message)
    for field in ("to", "cc", "bcc"):
        setattr(part, field, [address for address in getattr(message, field) if address not in silent])
    return part


def _copies(message: EmailMessage) -> list[MailboxMessage]:
    html = next((str(part.content) for part in getattr(message, "alternatives", ()) if part[1] == "text/html"), "")
    # The mailbox of the demonstration shows texts only: it says which files came along.
    names = [str(part[0]) for part in message.attachments if isinstance(part, tuple) and part[0]]
    files = "".join(f"\n\nPièce jointe : {name}" for name in names)
    return [
        MailboxMessage(
            recipient=address,
            sender=message.from_email,
            subject=str(message.subject),
            text=f"{message.body}{files}",
            html=html,
        )
        for address in message.recipients()
    ]
