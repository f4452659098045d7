"""Contacts: added, corrected, confirmed, closed; and what people say is wrong with them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from equipage.foundation import audit
from equipage.foundation.french import day, typographic
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.support import telling
from equipage.support.models import Desk, DeskReport
from equipage.support.rules import fingerprint, refuse_private
from equipage.support.selectors import recent
from equipage.support.services.origin import origin_of
from equipage.support.states import DESK_REPORT

MOST_REPORTS_FROM_ONE_PLACE = 10
_KEPT = (
    "name",
    "role",
    "kind",
    "forms",
    "region_id",
    "department_id",
    "person_name",
    "phone",
    "email",
    "url",
    "hours",
    "note",
    "source",
    "source_day",
    "checked_on",
    "closed_on",
    "organisation_id",
)


@transaction.atomic
def save_desk(*, actor: Any, desk: Desk, checked: bool = False) -> Desk:
    """Add a contact, or change what is known of one; `checked`: what is written was confirmed today.

    Raises Refused: a contact of a region that is not one's own, before or after the change.
    """
    before = _as_it_was(desk)
    if before is not None:
        _may_edit(actor, before)
    _may_edit(actor, desk)
    if not desk.key:
        desk.key = _free_key(desk.name)
    if checked:
        desk.checked_on, desk.checked_by = today(), actor
    desk.save()
    _record("save", desk, actor, before)
    return desk


def _as_it_was(desk: Desk) -> Desk | None:
    return Desk.objects.select_for_update(of=("self",)).filter(pk=desk.pk).first() if desk.pk else None


def _free_key(name: str) -> str:
    """A key from the name, unlike any other."""
    root = slugify(name)[:50].strip("-") or "guichet"
    taken = set(Desk.objects.filter(key__startswith=root).values_list("key", flat=True))
    return next(key for key in (root, *(f"{root}-{rank}" for rank in range(2, len(taken) + 3))) if key not in taken)


def confirm_desk(*, actor: Any, desk: Desk) -> Desk:
    """Say that a contact is right today, in one click. Twice the same day is once."""
    with transaction.atomic():
        row = Desk.objects.select_for_update(of=("self",)).get(pk=desk.pk)
        _may_edit(actor, row)
        if row.checked_on != today():
            before = Desk.objects.get(pk=row.pk)
            row.checked_on, row.checked_by = today(), actor
            row.save(update_fields=["checked_on", "checked_by"])
            _record("confirm", row, actor, before)
    return row


def close_desk(*, actor: Any, desk: Desk, closed_on: date, reason: str) -> Desk:
    """Say from which day a contact no longer serves; it stays in the tables. Raises Refused: a day far away."""
    if abs((closed_on - today()).days) > 3660:
        raise Refused(f"Le {day(closed_on)} est bien loin : vérifiez l'année.", field="closed_on")
    return _set_closing(actor, desk, closed_on, "close", reason)


def reopen_desk(*, actor: Any, desk: Desk) -> Desk:
    """The contact serves again."""
    return _set_closing(actor, desk, None, "reopen", "")


@transaction.atomic
def _set_closing(actor: Any, desk: Desk, closed_on: date | None, verb: str, reason: str) -> Desk:
    row = Desk.objects.select_for_update(of=("self",)).get(pk=desk.pk)
    _may_edit(actor, row)
    if row.closed_on != closed_on:
        before = Desk.objects.get(pk=row.pk)
        row.closed_on = closed_on
        row.save(update_fields=["closed_on"])
        _record(verb, row, actor, before, reason.strip())
    return row


def _record(verb: str, desk: Desk, actor: Any, before: Desk | None, comment: str = "") -> None:
    """A link of the journal with what changed, and only that."""
    old = {name: getattr(before, name) for name in _KEPT} if before else {}
    new = {name: getattr(desk, name) for name in _KEPT}
    changed = [name for name in _KEPT if before is None or old[name] != new[name]]
    if changed:
        audit.record(
            action=f"support.desk.{verb}",
            obj=desk,
            actor=actor,
            comment=comment,
            before={name: old[name] for name in changed if before},
            after={name: new[name] for name in changed},
        )


def _may_edit(actor: Any, desk: Desk) -> None:
    decision = can(actor, "support.edit_desk", desk)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))


# --- what people say is wrong -----------------------------------------------------------------------------------------


@transaction.atomic
def report_desk(*, network_address: str, desk: Desk, reason: str, text: str = "", email: str = "") -> DeskReport:
    """Keep what somebody says is wrong with a contact, and tell who may correct it. The same words twice are one.

    Raises Refused: « autre chose » without a word, a private number, too many in a day.
    """
    said = text.strip()
    if reason == DeskReport.Reason.OTHER and not said:
        raise Refused("Dites en quelques mots ce qui ne va pas.", field="text")
    refuse_private(said, field="text")
    digest = fingerprint(reason, said)
    same = DeskReport.objects.filter(desk=desk, digest=digest, state="open").first()
    if same is not None:
        return same
    origin = origin_of("support.desk_report", network_address)
    if recent(DeskReport.objects.filter(origin=origin)).count() >= MOST_REPORTS_FROM_ONE_PLACE:
        raise Refused(
            typographic(
                f"{MOST_REPORTS_FROM_ONE_PLACE} signalements sont déjà partis aujourd'hui de cet endroit : c'est la "
                "limite qui arrête les robots. Recommencez demain, ou depuis une autre connexion."
            )
        )
    report, new = DeskReport.objects.get_or_create(
        desk=desk,
        digest=digest,
        state="open",
        defaults={"reason": reason, "text": said, "email": email.strip().lower(), "origin": origin},
    )
    if new:
        audit.record(action="support.desk_report.make", obj=report, actor=None, after={"desk": desk.pk})
        telling.tell_editors(report)
    return report


def mend_report(*, actor: Any, report: DeskReport) -> DeskReport:
    """The contact was corrected, or checked: thank who said it. Twice is once."""
    return _decide(actor, report, "mend", "")


def set_report_aside(*, actor: Any, report: DeskReport, reason: str) -> DeskReport:
    """Nothing is changed, and why: who reported reads it when they left an address. Raises Refused."""
    refuse_private(reason, field="reason")
    return _decide(actor, report, "set_aside", reason.strip())


@transaction.atomic
def _decide(actor: Any, report: DeskReport, move: str, reason: str) -> DeskReport:
    before = DeskReport.objects.select_for_update(of=("self",)).get(pk=report.pk).state
    data = {"decision_reason": reason} if move == "set_aside" else None
    row: DeskReport = run(DESK_REPORT, report, move, actor=actor, comment=reason, data=data)
    if before == "open" and row.email:
        telling.mail_reporter.enqueue(row.pk)
    return row
