"""The declaration of a programme to the agency, step by step, each on its own day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation.french import day, typographic
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.prevention.models import DeclarationStep, Programme
from equipage.prevention.services.checks import not_to_come, words
from equipage.prevention.services.evaluations import open_evaluations
from equipage.prevention.states import PROGRAMME


@transaction.atomic
def send(programme: Programme, *, actor: Any, sent_on: date) -> Programme:
    """The file went to the agency that day: its two months begin, evaluations become due. Raises Refused."""
    _on_its_day(programme, sent_on, "l'envoi", field="sent_on")
    row: Programme = run(PROGRAMME, programme, "send", actor=actor, data={"sent_on": sent_on})
    _keep(row, "sent", sent_on, actor)
    open_evaluations(row)
    return row


@transaction.atomic
def acknowledge(programme: Programme, *, actor: Any, acknowledged_on: date, number: str) -> Programme:
    """The agency acknowledged, under a number. Raises Refused: before the sending, a day to come, no number."""
    given = words(number, "Recopiez le numéro donné par l'ARS.", field="number")
    _on_its_day(programme, acknowledged_on, "l'accusé de réception", field="acknowledged_on")
    data = {"acknowledged_on": acknowledged_on, "number": given}
    row: Programme = run(PROGRAMME, programme, "acknowledge", actor=actor, data=data)
    _keep(row, "acknowledged", acknowledged_on, actor, given)
    return row


def note_silence(programme: Programme, *, actor: Any) -> Programme:
    """Two months went by without an answer: complete. Raises Blocked while the agency can still answer."""
    row: Programme = run(PROGRAMME, programme, "note_silence", actor=actor)
    return row


@transaction.atomic
def ask_complement(programme: Programme, *, actor: Any, asked_on: date, text: str) -> Programme:
    """The agency asks for more: the count of its two months stops. Raises Refused."""
    said = words(text, "Recopiez ce que l'ARS demande.", field="text")
    _on_its_day(programme, asked_on, "la demande", field="asked_on")
    data = {"asked_on": asked_on, "asked_text": said}
    row: Programme = run(PROGRAMME, programme, "ask_complement", actor=actor, data=data)
    _keep(row, "asked", asked_on, actor, said)
    return row


@transaction.atomic
def send_complement(programme: Programme, *, actor: Any, sent_on: date) -> Programme:
    """The complement went to the agency: two months are counted again from that day. Raises Refused."""
    _on_its_day(programme, sent_on, "l'envoi du complément", field="sent_on")
    row: Programme = run(PROGRAMME, programme, "send_complement", actor=actor, data={"sent_on": sent_on})
    _keep(row, "completed", sent_on, actor)
    return row


@transaction.atomic
def refuse(programme: Programme, *, actor: Any, refused_on: date, reason: str) -> Programme:
    """The agency refused. Raises Refused."""
    said = words(reason, "Recopiez le motif donné par l'ARS.", field="reason")
    _on_its_day(programme, refused_on, "le refus", field="refused_on")
    data = {"refused_on": refused_on, "refusal_reason": said}
    row: Programme = run(PROGRAMME, programme, "refuse", actor=actor, data=data)
    _keep(row, "refused", refused_on, actor, said)
    return row


def prepare_again(programme: Programme, *, actor: Any) -> Programme:
    """Take a refused declaration up again; the file is signed again."""
    row: Programme = run(PROGRAMME, programme, "prepare_again", actor=actor)
    return row


@transaction.atomic
def stop(programme: Programme, *, actor: Any, stopped_on: date, reason: str) -> Programme:
    """The programme is no more; nothing is recalled any more. Raises Refused."""
    said = words(reason, "Dites en une phrase pourquoi le programme s'arrête.", field="reason")
    _on_its_day(programme, stopped_on, "l'arrêt", field="stopped_on")
    data = {"stopped_on": stopped_on, "stop_reason": said}
    row: Programme = run(PROGRAMME, programme, "stop", actor=actor, comment=said, data=data)
    _keep(row, "stopped", stopped_on, actor, said)
    return row


def _on_its_day(programme: Programme, on: date, what: str, *, field: str) -> None:
    """Not in the future, and not before what came last. Raises Refused."""
    not_to_come(on, what, field=field)
    last = programme.steps.order_by("-on", "-id").first()
    if last is not None and on < last.on:
        came = last.get_kind_display()
        raise Refused(
            typographic(f"Le {day(on)} précède l'étape « {came} » du {day(last.on)} : vérifiez la date."), field=field
        )


def _keep(row: Programme, kind: str, on: date, actor: Any, text: str = "") -> None:
    DeclarationStep.objects.get_or_create(
        programme=row,
        kind=kind,
        on=on,
        defaults={"text": text, "recorded_by": actor, "recorded_at": timezone.now()},
    )
