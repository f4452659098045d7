"""What proves that somebody was there: the code read at the meeting, one's hours, the file that a rule asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.coordination import qr
from equipage.coordination.evidence import EVIDENCE
from equipage.coordination.models import Action, Presence
from equipage.coordination.services.answering import confirm_presence, join
from equipage.coordination.services.checking import require
from equipage.coordination.services.hours import refresh_overlaps
from equipage.coordination.services.listeners import about_to_change, changed
from equipage.coordination.states import OPEN
from equipage.coordination.times import arrival_now, hours_of, own_times
from equipage.foundation import audit
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.documents.attachments import take_upload
from equipage.foundation.documents.models import Attachment
from equipage.foundation.documents.receiving import MOST_BYTES
from equipage.foundation.documents.uploads import HandedIn
from equipage.foundation.french import day, time_of_day
from equipage.people.models import User

# A code has some three million values, six of them alive at a time: ten tries a quarter of an hour find nothing.
MOST_WRONG_CODES = 10
WRONG_CODES_WITHIN = timedelta(minutes=15)
_WRONG = "coordination.code.wrong"


# The code ------------------------------------------------------------------------------------------------------------


def action_of_code(token: str, now: datetime | None = None) -> Action:
    """The action that a scanned code is about, still open. Raises CodeRefused with what to do instead."""
    action_id = qr.read_token(token, now or timezone.now())
    action = Action.objects.select_related("team__region", "declared_by").filter(pk=action_id).first()
    if action is None:
        raise qr.CodeRefused("Cette réunion n'existe plus : demandez à votre collègue de la déclarer de nouveau.")
    if action.state in ("validated", "reversed"):
        raise qr.CodeRefused(
            f"L'action du {day(action.held_on)} est déjà validée par l'association : ses présences ne changent plus. "
            "Si vous y étiez, dites-le à la personne qui l'a déclarée : elle peut signaler une erreur."
        )
    if action.state not in OPEN:
        raise qr.CodeRefused(
            f"La déclaration de l'action du {day(action.held_on)} a été retirée : son code ne sert plus. "
            "Parlez-en à la personne qui l'avait déclarée."
        )
    return action


@transaction.atomic
def confirm_by_code(token: str, *, actor: Any, from_start: bool = False) -> Presence:
    """« J'y étais », by the code of the meeting. Twice changes nothing; who was forgotten is added.

    During the meeting the arrival is noted, unless the person says to have been there from the start. Raises
    CodeRefused for the code, Refused for somebody who was not a member that day.
    """
    action = action_of_code(token)
    # One voice at a time: ten phones that read the same code wait here for each other.
    row = Action.objects.select_for_update(of=("self",)).select_related("team").get(pk=action.pk)
    professional = actor.professional_or_none
    known = row.presences.filter(professional=professional, state="confirmed").first() if professional else None
    if known is not None:
        return known
    presence = join(row, actor=actor, means="code")
    arrived = None if from_start or presence.arrived_at else arrival_now(row, timezone.now())
    if arrived is not None:
        _write_times(presence, (arrived, hours_of(row).end.time()), actor)
    return presence


def enter_code(typed: str, *, actor: Any) -> str:
    """The token of a code typed by hand. Wrong ones are counted, and stay counted: no transaction around this verb.

    Raises CodeRefused: wrong, or too many wrong ones lately.
    """
    now = timezone.now()
    with transaction.atomic():
        # One try at a time for one person: many at once would all be counted too late.
        User.objects.select_for_update().get(pk=actor.pk)
        _not_too_many(actor, now)
        token = qr.read_typed(typed, now)
        if token is not None:
            return token
        audit.record(action=_WRONG, obj=actor, actor=actor, stream=f"account:{actor.pk}")
    raise qr.CodeRefused(
        "Ce code n'est pas le bon, ou il a changé entre-temps : il change toutes les minutes. Recopiez celui qui est "
        "affiché maintenant, chiffres et lettres."
    )


def _not_too_many(actor: Any, now: datetime) -> None:
    wrong = AuditEntry.objects.filter(about=audit.about(actor), action=_WRONG, at__gt=now - WRONG_CODES_WITHIN)
    moments = list(wrong.order_by("at").values_list("at", flat=True))
    if len(moments) >= MOST_WRONG_CODES:
        again = time_of_day(moments[-MOST_WRONG_CODES] + WRONG_CODES_WITHIN)
        raise qr.CodeRefused(
            f"{MOST_WRONG_CODES} codes faux ont été tapés : réessayez à {again}. D'ici là, demandez à votre collègue "
            "de vous ajouter aux présents : vous confirmerez d'un geste."
        )


# Many at once --------------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm_all(presences: Sequence[Presence], *, actor: Any) -> int:
    """« Tout confirmer » : each presence still awaited of this person. How many were confirmed.

    Actions are held in one order, so that two people who confirm everything never wait for each other for ever.
    """
    rows = sorted(presences, key=lambda presence: presence.action_id)
    for presence in rows:
        confirm_presence(presence, actor=actor)
    return len(rows)


# Hours ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_times(presence: Presence, *, actor: Any, arrived_at: time | None, left_at: time | None) -> Presence:
    """Note when one person came and left; None for both: the whole meeting. What it makes in money follows.

    Raises Refused with the field: outside of the meeting, departure before arrival, no hour of beginning.
    """
    action = Action.objects.select_for_update(of=("self",)).select_related("team").get(pk=presence.action_id)
    row = Presence.objects.select_related("professional").get(pk=presence.pk)
    row.action = action
    require(actor, "coordination.edit_times", row)
    times = own_times(action, arrived_at, left_at)
    if times != row.own_times:
        _write_times(row, times, actor)
    return row


def _write_times(presence: Presence, times: tuple[time, time] | None, actor: Any) -> None:
    action = presence.action
    before = presence.own_times
    about_to_change(action)
    presence.arrived_at, presence.left_at = times or (None, None)
    presence.save(update_fields=["arrived_at", "left_at"])
    audit.record(
        action="coordination.presence.hours",
        obj=presence,
        actor=actor,
        before={"hours": before},
        after={"hours": times},
    )
    changed(action)
    refresh_overlaps(action)


# Files ---------------------------------------------------------------------------------------------------------------


def add_evidence(action: Action, *, actor: Any, file: HandedIn) -> Attachment:
    """Join a file to an open action, cleaned of everything it says besides. Not one transaction: cleaning takes time.

    Raises Refused with the field `file`.
    """
    require(actor, "coordination.edit_action", action)

    def prove(piece: Attachment) -> None:
        # Cleaning took a moment: the action may have been validated meanwhile.
        row = Action.objects.select_for_update(of=("self",)).select_related("team").get(pk=action.pk)
        require(actor, "coordination.edit_action", row)
        facts = {"attachment": piece.pk, "sha256": piece.sha256}
        audit.record(action="coordination.action.evidence", obj=row, actor=actor, after=facts)

    return take_upload(
        file,
        kind=EVIDENCE,
        about=audit.about(action),
        actor=actor,
        region=action.region_id,
        picture_bytes=MOST_BYTES,
        field="file",
        also=prove,
    )
