"""What follows from the moves of a protocol, and from an action declared about one."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from equipage.coordination import services as coordination
from equipage.foundation.listing import normalised
from equipage.foundation.workflow import Happened, run
from equipage.protocols import telling
from equipage.protocols.models import Edition, Protocol, ProtocolAction, Publication
from equipage.protocols.states import EDITION, PUBLICATION

ACTION_KIND = "PROTOCOLE"


@EDITION.effect("propose")
def proposed(happened: Happened) -> None:
    """The professions concerned are asked; the association is told where the type says so."""
    telling.tell_proposed(happened.obj)
    if happened.obj.told_at is not None:
        telling.tell_association(happened.obj)


@EDITION.effect("put_in_force")
def in_force(happened: Happened) -> None:
    """The whole team knows."""
    telling.tell_in_force(happened.obj)


@EDITION.effect("withdraw")
def withdrawn(happened: Happened) -> None:
    """What is no longer in force is no longer shown to the region."""
    if happened.before == "in_force":
        for publication in Publication.objects.filter(protocol=happened.obj.protocol, state="online"):
            run(PUBLICATION, publication, "end", actor=happened.actor)


def link_time(action: Any) -> None:
    """An action of kind « protocole » whose subject is the title of a protocol of the team is about that protocol."""
    found = _about(action) if action.kind == ACTION_KIND else None
    if found is None:
        ProtocolAction.objects.filter(action=action).delete()
        return
    ProtocolAction.objects.update_or_create(
        action=action, defaults={"protocol": found}, create_defaults={"protocol": found, "linked_at": timezone.now()}
    )


def _about(action: Any) -> Protocol | None:
    wanted = normalised(action.title)
    if not wanted:
        return None
    rows = Edition.objects.filter(protocol__team_id=action.team_id).select_related("protocol").order_by("-id")
    return next((row.protocol for row in rows if normalised(row.title) == wanted), None)


if link_time not in coordination.after_change:
    coordination.after_change.append(link_time)
