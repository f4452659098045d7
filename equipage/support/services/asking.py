"""Asking for help, following one's request, adding a word, saying that it is settled."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.french import typographic
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.support import telling
from equipage.support.actors import FollowHolder
from equipage.support.models import Desk, HelpMessage, HelpRequest
from equipage.support.rules import fingerprint, refuse_private
from equipage.support.selectors import desk_of_request, recent
from equipage.support.services.origin import origin_of
from equipage.support.states import HELP_REQUEST
from equipage.territory.models import Commune

# A health centre writes from one connection; a robot asks by thousands.
MOST_FROM_ONE_PLACE = 10
MOST_FOR_ONE_MAIL = 3
MOST_WORDS_A_DAY = 20
# A word sent twice in this time is one word.
_TWICE = timedelta(hours=1)


@transaction.atomic
def ask_help(
    *,
    network_address: str,
    name: str,
    email: str,
    commune: Commune,
    topic: str,
    message: str,
    form: str = "",
    phone: str = "",
    profession_code: str = "",
    desk: Desk | None = None,
    user: Any = None,
) -> HelpRequest:
    """Keep a request, give it to the right desk, tell both. The same words twice are one request.

    Words that were closed are opened again. `desk` is the one asked for; `user` the account, when there is one.
    Raises Refused: a private number in the words, too many in a day.
    """
    address, said = email.strip().lower(), message.strip()
    refuse_private(said, field="message")
    refuse_private(name, field="name")
    digest = fingerprint(commune.pk, form, topic, said)
    same = HelpRequest.objects.filter(email=address, digest=digest).first()
    if same is not None:
        return _again(same, said)
    origin = origin_of("support.help_request", network_address)
    _not_too_many(address, origin)
    row, new = HelpRequest.objects.get_or_create(
        email=address,
        digest=digest,
        defaults={
            "name": name.strip(),
            "phone": phone,
            "profession_code": profession_code,
            "commune": commune,
            "department_id": commune.department_id,
            "region_id": commune.department.region_id,
            "form": form,
            "topic": topic,
            "asked_by": user,
            "desk": desk_of_request(commune, form, desk),
            "nonce": secrets.token_hex(12),
            "origin": origin,
            "waiting_since": timezone.now(),
        },
    )
    if new:
        _write(row, said)
        # The journal is for ever: it keeps nothing of who asked.
        audit.record(
            action="support.help_request.ask", obj=row, actor=None, after={"topic": topic, "desk": row.desk_id}
        )
        telling.tell_asker(row, "received")
        telling.tell_desk(row, "new", f"new:{row.desk_id}")
    return row


def _again(row: HelpRequest, said: str) -> HelpRequest:
    """The same words: nothing more while it is open; opened again once it was closed."""
    if row.state != "closed":
        return row
    reopened: HelpRequest = run(HELP_REQUEST, row, "reopen", actor=FollowHolder(row.pk))
    message = _write(reopened, said)
    telling.tell_desk(reopened, "word", f"word:{message.pk}")
    telling.tell_asker(reopened, "received")
    return reopened


def _not_too_many(email: str, origin: str) -> None:
    today = recent(HelpRequest.objects.all())
    if today.filter(email=email).count() >= MOST_FOR_ONE_MAIL:
        raise Refused(
            typographic(
                f"{MOST_FOR_ONE_MAIL} demandes sont déjà parties aujourd'hui avec cette adresse. "
                "Ajoutez un mot à l'une d'elles par son lien, ou recommencez demain."
            ),
            field="email",
        )
    if today.filter(origin=origin).count() >= MOST_FROM_ONE_PLACE:
        raise Refused(
            typographic(
                f"{MOST_FROM_ONE_PLACE} demandes sont déjà parties aujourd'hui de cet endroit : c'est la limite qui "
                "arrête les robots. Recommencez demain, depuis une autre connexion, ou appelez le guichet."
            )
        )


def add_word(*, actor: Any, request: HelpRequest, text: str) -> HelpRequest:
    """Who asked adds a word: an answered request waits again for who had it, a closed one for its desk.

    The same word twice is one word. Raises Refused: empty, private, too many in a day, erased.
    """
    said = _checked(text)
    with transaction.atomic():
        row = HelpRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        last = row.messages.filter(kind="word").order_by("-at", "-id").first()
        if last is not None and last.text == said and last.at > timezone.now() - _TWICE:
            return row
        if row.messages.filter(kind="word", at__gt=timezone.now() - timedelta(days=1)).count() >= MOST_WORDS_A_DAY:
            raise Refused("Vous avez beaucoup écrit aujourd'hui. Attendez une réponse, ou recommencez demain.")
        move = {"answered": "write_again", "closed": "reopen"}.get(row.state)
        if move is not None:
            row = run(HELP_REQUEST, row, move, actor=actor)
        message = _write(row, said, author=actor)
        telling.tell_desk(row, "word", f"word:{message.pk}")
    return row


def settle(*, actor: Any, request: HelpRequest) -> HelpRequest:
    """Who asked says that it is settled. Twice is once."""
    settled: HelpRequest = run(HELP_REQUEST, request, "settle", actor=actor)
    return settled


def _checked(text: str) -> str:
    said = text.strip()
    if not said:
        raise Refused("Écrivez votre mot avant de l'envoyer.", field="text")
    refuse_private(said, field="text")
    return said


def _write(row: HelpRequest, text: str, author: Any = None) -> HelpMessage:
    return HelpMessage.objects.create(
        request=row,
        kind="word",
        at=timezone.now(),
        author=author if getattr(author, "pk", None) else row.asked_by,
        text=text,
    )
