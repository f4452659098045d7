"""What comes back every day: requests that wait too long, and personal data that nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.french import paris_day
from equipage.foundation.periods import add_months, day_bounds, today
from equipage.support import telling
from equipage.support.models import DeskReport, HelpMessage, HelpRequest
from equipage.support.rules import KEEP_MONTHS, due_level

_A_DAY = timedelta(days=1)


def carry_what_waits() -> int:
    """Remind, then carry higher, each request that waits longer than we promise. How many were moved on.

    Run twice, it says nothing twice: `reminded` and the keys of the notices remember.
    """
    moved = 0
    rows = HelpRequest.objects.filter(state__in=("waiting", "taken")).order_by("waiting_since", "id")
    for key in rows.values_list("pk", flat=True):
        moved += _carry(key)
    return moved


@transaction.atomic
def _carry(key: int) -> bool:
    row = HelpRequest.objects.select_for_update(of=("self",)).get(pk=key)
    level = due_level(row.state, paris_day(row.waiting_since), today())
    if level <= row.reminded:
        return False
    # What was told is about this wait: a request that waits again is told again.
    about = f"{row.state}:{int(row.waiting_since.timestamp())}"
    if row.reminded < 1:
        telling.tell_desk(row, "remind", f"remind:{about}")
    if row.reminded < 2 <= level:
        if not telling.tell_association(row, "late", f"late:{about}"):
            level = 3
        telling.tell_asker(row, "late")
    if row.reminded < 3 <= level:
        telling.tell_platform(row, "late", f"late:{about}")
    audit.record(
        action="support.help_request.carry",
        obj=row,
        actor=None,
        before={"reminded": row.reminded},
        after={"reminded": level},
    )
    HelpRequest.objects.filter(pk=row.pk).update(reminded=level)
    return True


def forget() -> dict[str, int]:
    """Erase what is personal in requests and reports closed long ago, and the network traces of yesterday.

    The rows stay, with their place, form, topic, desk and dates: counts are kept.
    """
    yesterday = timezone.now() - _A_DAY
    limit = day_bounds(add_months(today(), -KEEP_MONTHS))[0]
    traces = sum(
        model.objects.filter(created_at__lt=yesterday).exclude(origin="").update(origin="")
        for model in (HelpRequest, DeskReport)
    )
    old = HelpRequest.objects.filter(closed_at__lt=limit, erased_at__isnull=True).order_by("id")
    erased = sum(_erase(row) for row in old)
    reports = DeskReport.objects.filter(decided_at__lt=limit).exclude(email="", text="")
    return {"traces": traces, "requests": erased, "reports": reports.update(email="", text="")}


@transaction.atomic
def _erase(row: HelpRequest) -> int:
    HelpMessage.objects.filter(request=row, author__isnull=False, author=row.asked_by_id).update(author=None)
    HelpMessage.objects.filter(request=row).update(text="", author_name="")
    HelpRequest.objects.filter(pk=row.pk).update(
        name="",
        email="",
        phone="",
        profession_code="",
        asked_by=None,
        digest="",
        origin="",
        search="",
        holder_name="",
        erased_at=timezone.now(),
    )
    audit.record(action="support.help_request.erase", obj=row, actor=None)
    return 1
