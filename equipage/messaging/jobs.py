"""Mails leave here, after the transaction that wrote them."""

from __future__ import annotations

import hashlib
from email.utils import parseaddr

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from equipage.foundation.jobs import job
from equipage.messaging.mail import compose
from equipage.messaging.models import Notice
from equipage.messaging.silence import silent_among

SILENT = "rien n'est envoyé à cette adresse"


@job(max_attempts=6, backoff=(15, 60, 300, 1800, 7200))
def send_notice(notice_id: int) -> str:
    """Mail one notice, once: a notice already sent is left alone. Its identifier lets mail servers spot a repeat."""
    notice = Notice.objects.select_related("recipient").filter(pk=notice_id).first()
    if notice is None:
        return "retiré avant l'envoi"
    if notice.sent_at is not None:
        return "déjà envoyé"
    if silent_among([notice.recipient.email]):
        # Neither sent nor failed: the notice stays on its page, and nothing tries again.
        Notice.objects.filter(pk=notice.pk).update(error="")
        return SILENT
    if not notice.recipient.is_active:
        Notice.objects.filter(pk=notice.pk).update(error="Le compte est fermé : rien n'a été envoyé.")
        return "compte fermé"
    Notice.objects.filter(pk=notice.pk).update(attempts=F("attempts") + 1)
    mail = compose(
        notice.recipient.email,
        notice.subject,
        notice.body,
        link=notice.link,
        greeting=_greeting(notice.recipient.first_name),
        message_id=_message_id(notice),
    )
    try:
        mail.send()
    except OSError as failure:
        # SMTP errors are OSErrors too. The reason stays with the notice; the queue tries again later.
        Notice.objects.filter(pk=notice.pk).update(error=str(failure)[:500])
        raise
    Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.now(), error="")
    return "envoyé"


@job(max_attempts=4, backoff=(10, 30, 120))
def send_letter(address: str, subject: str, body: str, link: str, reason: str) -> str:
    """Mail to an address without a notice: a code, an invitation to somebody who has no account yet."""
    if silent_among([address]):
        return SILENT
    compose(address, subject, body, link=link, reason=reason).send()
    return "envoyé"


def _greeting(first_name: str) -> str:
    return f"Bonjour {first_name}," if first_name else "Bonjour,"


def _message_id(notice: Notice) -> str:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "equipage.invalid"
    return f"<avis.{hashlib.sha256(notice.key.encode()).hexdigest()[:32]}@{domain}>"
