"""What a team decides about a protocol: proposed, agreed to, in force, read again, withdrawn."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.protocols import rules, telling
from equipage.protocols.models import Agreement, Edition, Opinion
from equipage.protocols.services.freezing import freeze
from equipage.protocols.services.writing import allowed, locked, refuse_private
from equipage.protocols.states import EDITION


@transaction.atomic
def propose(edition: Edition, *, actor: Any) -> Edition:
    """Propose the text to the team; whoever proposes it agrees to it. Raises Blocked with what is missing."""
    locked(edition.protocol)
    row: Edition = run(EDITION, edition, "propose", actor=actor)
    if not _answer_of(row, actor):
        _record(row, actor, agrees=True, comment="")
    return row


@transaction.atomic
def reopen(edition: Edition, *, actor: Any) -> Edition:
    """Take the text back to change it; the answers given were about that text only."""
    locked(edition.protocol)
    row: Edition = run(EDITION, edition, "reopen", actor=actor)
    return row


@transaction.atomic
def answer(edition: Edition, *, actor: Any, agrees: bool, comment: str = "", text_hash: str = "") -> Agreement:
    """Agree to the proposed text, or ask for a change in a sentence. The same answer again changes nothing.

    `text_hash` is the text that was on the page: when it is another one by now, the answer is refused. Raises Refused.
    """
    locked(edition.protocol)
    row = Edition.objects.select_related("protocol__team").get(pk=edition.pk)
    allowed(actor, "protocols.answer_edition", row)
    if text_hash and text_hash != row.text_hash:
        raise Refused("Le texte a changé depuis que vous avez ouvert la page : relisez-le, puis répondez.")
    comment = comment.strip()
    if not agrees and not comment:
        raise Refused("Dites en une phrase ce qu'il faut changer : les auteurs la liront.", field="comment")
    refuse_private({"comment": comment})
    last = _answer_of(row, actor)
    if last is not None and last.agrees == agrees and last.comment == comment:
        return last
    return _record(row, actor, agrees=agrees, comment=comment)


def _answer_of(edition: Edition, actor: Any) -> Agreement | None:
    person = actor.professional_or_none
    rows = edition.agreements.filter(professional=person, text_hash=edition.text_hash)
    return rows.order_by("-id").first()


def _record(edition: Edition, actor: Any, *, agrees: bool, comment: str) -> Agreement:
    made = Agreement.objects.create(
        edition=edition,
        professional=actor.professional_or_none,
        text_hash=edition.text_hash,
        agrees=agrees,
        comment="" if agrees else comment,
        answered_at=timezone.now(),
    )
    audit.record(
        action="protocols.agreement.give" if agrees else "protocols.agreement.ask_change",
        obj=made,
        actor=actor,
        comment=made.comment,
        after={"text_hash": edition.text_hash},
        stream=edition.audit_stream,
    )
    if not agrees:
        telling.tell_change_asked(edition, made)
    return made


@transaction.atomic
def put_in_force(edition: Edition, *, actor: Any, validated_on: date, review_on: date) -> Edition:
    """Bring the proposed text into force: the one before is replaced, this one is frozen with its PDF.

    Raises Refused for a wrong date (with its field), Blocked for what its type still asks.
    """
    protocol = locked(edition.protocol)
    row = Edition.objects.select_related("protocol__team").get(pk=edition.pk)
    for field, sentence in rules.dates_wrong(validated_on, review_on, today()):
        raise Refused(sentence, field=field)
    if row.state == "proposed" and row.present_hash() != row.text_hash:
        raise Refused("Le texte n'est plus celui qui a été proposé : reprenez-le, puis proposez-le de nouveau.")
    # One version in force at a time: if the next is blocked, the whole transaction is undone, this too.
    for previous in protocol.editions.filter(state="in_force").exclude(pk=row.pk):
        run(EDITION, previous, "supersede", actor=actor)
    dates = {"validated_on": validated_on, "review_on": review_on}
    row = run(EDITION, row, "put_in_force", actor=actor, data=dates)
    freeze(row, actor=actor)
    return row


@transaction.atomic
def confirm_review(edition: Edition, *, actor: Any, review_on: date) -> Edition:
    """« Relu, rien à changer » : the next review is set. Raises Refused for a date that is past."""
    locked(edition.protocol)
    row = Edition.objects.get(pk=edition.pk)
    for field, sentence in rules.dates_wrong(row.validated_on, review_on, today()):
        raise Refused(sentence, field=field)
    return run(EDITION, row, "confirm_review", actor=actor, data={"review_on": review_on})


@transaction.atomic
def withdraw(edition: Edition, *, actor: Any, reason: str) -> Edition:
    """Withdraw a draft, or a protocol in force: its publication ends with it."""
    locked(edition.protocol)
    said = reason.strip()
    row: Edition = run(EDITION, edition, "withdraw", actor=actor, comment=said, data={"end_reason": said})
    return row


@transaction.atomic
def give_opinion(edition: Edition, *, actor: Any, favourable: bool, text: str) -> Opinion:
    """The opinion of the association on the text it was told of. Raises Refused: a reservation without words."""
    locked(edition.protocol)
    row = Edition.objects.select_related("protocol__team").get(pk=edition.pk)
    allowed(actor, "protocols.give_opinion", row)
    said = text.strip()
    if not favourable and not said:
        raise Refused("Dites en quelques mots ce qui vous retient : l'équipe les lira.", field="text")
    refuse_private({"text": said})
    last = row.opinions.filter(text_hash=row.text_hash, given_by=actor).order_by("-id").first()
    if last is not None and last.favourable == favourable and last.text == said:
        return last
    made = Opinion.objects.create(
        edition=row, given_by=actor, text_hash=row.text_hash, favourable=favourable, text=said, given_at=timezone.now()
    )
    audit.record(
        action="protocols.opinion.give",
        obj=made,
        actor=actor,
        comment=said,
        after={"favourable": favourable},
        stream=row.audit_stream,
    )
    telling.tell_opinion(row, made)
    return made
