"""Answering requests for help: taken, answered, passed on, closed, set aside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.support import telling
from equipage.support.models import Desk, HelpMessage, HelpRequest
from equipage.support.rules import refuse_private
from equipage.support.selectors import is_written_to
from equipage.support.states import HELP_REQUEST

# An answer sent twice in this time is one answer.
_TWICE = timedelta(hours=1)


@transaction.atomic
def take(*, actor: Any, request: HelpRequest) -> HelpRequest:
    """Say that one takes care of it; who asked is told by name, once. Raises Refused: taken by another, closed."""
    before = _locked(request).state
    row: HelpRequest = run(HELP_REQUEST, request, "take", actor=actor)
    if before != row.state:
        telling.tell_asker(row, "taken")
    return row


@transaction.atomic
def answer(*, actor: Any, request: HelpRequest, text: str) -> HelpRequest:
    """Answer, in the thread and by mail; whoever answers has it from then on. The same answer twice is one.

    Raises Refused: no words, a private number in them, a closed request.
    """
    said = _checked(text, "Écrivez votre réponse avant de l'envoyer.")
    row = _locked(request)
    last = row.messages.order_by("-at", "-id").first()
    if last is not None and last.kind == "answer" and last.text == said and last.at > timezone.now() - _TWICE:
        return row
    row = run(HELP_REQUEST, row, "answer", actor=actor)
    telling.tell_asker(row, "answer", _write(row, "answer", actor, said))
    return row


@transaction.atomic
def pass_on(*, actor: Any, request: HelpRequest, desk: Desk, reason: str) -> HelpRequest:
    """Give it to another desk, with a reason that who asked reads too. Raises Refused: a desk nobody can write to."""
    said = _checked(reason, "Dites en une phrase pourquoi : la personne et l'autre guichet la liront.", field="reason")
    row = _locked(request)
    if row.desk_id == desk.pk:
        raise Refused("Ce guichet a déjà la demande : choisissez-en un autre.", field="desk")
    if not desk.is_open or not is_written_to(desk):
        raise Refused("Ce guichet ne peut pas recevoir de demande écrite : choisissez-en un autre.", field="desk")
    row = run(HELP_REQUEST, row, "pass_on", actor=actor, data={"desk": desk})
    message = _write(row, "passed", actor, said, desk=desk)
    telling.tell_asker(row, "passed", message)
    telling.tell_desk(row, "new", f"passed:{message.pk}")
    return row


@transaction.atomic
def close(*, actor: Any, request: HelpRequest, reason: str) -> HelpRequest:
    """Close it with a word that is mailed: « Je vous ai rappelé ce matin. » Closed already, nothing changes."""
    said = _checked(
        reason, "Dites en une phrase comment la demande s'est réglée : la personne la lira.", field="reason"
    )
    if _locked(request).state == "closed":
        return request
    row: HelpRequest = run(HELP_REQUEST, request, "close", actor=actor)
    telling.tell_asker(row, "closed", _write(row, "closed", actor, said))
    return row


def discard(*, actor: Any, request: HelpRequest) -> HelpRequest:
    """Set aside what is no request at all; nobody is told."""
    row: HelpRequest = run(HELP_REQUEST, request, "discard", actor=actor)
    return row


@transaction.atomic
def reopen(*, actor: Any, request: HelpRequest) -> HelpRequest:
    """Open it again, by who answers. Raises Refused: erased."""
    row: HelpRequest = run(HELP_REQUEST, request, "reopen", actor=actor)
    return row


def _locked(request: HelpRequest) -> HelpRequest:
    rows = HelpRequest.objects.select_for_update(of=("self",)).select_related("desk__organisation")
    return rows.get(pk=request.pk)


def _checked(text: str, sentence: str, *, field: str = "text") -> str:
    said = text.strip()
    if not said:
        raise Refused(sentence, field=field)
    refuse_private(said, field=field)
    return said


def _write(row: HelpRequest, kind: str, actor: Any, text: str, desk: Desk | None = None) -> HelpMessage:
    return HelpMessage.objects.create(
        request=row,
        kind=kind,
        at=timezone.now(),
        author=actor if getattr(actor, "pk", None) else None,
        author_name=str(actor.full_name)[:200],
        text=text,
        desk=desk,
    )
