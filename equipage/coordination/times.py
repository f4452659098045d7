"""When one person came and left, against the hours of the meeting. Pure functions; no model is imported."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from equipage.coordination.rules import Hours, moment, own_hours
from equipage.foundation.french import PARIS, time_of_day, typographic
from equipage.foundation.refusals import Refused

Times = tuple[time, time]


def hours_of(action: Any) -> Hours:
    """The hours of the whole meeting."""
    return Hours(action.held_on, action.minutes, action.starts_at)


def own_times(action: Any, arrived_at: time | None, left_at: time | None) -> Times | None:
    """What to keep of an arrival and a departure; None when they are those of the meeting.

    One alone is completed by the other end of the meeting. A meeting that goes past midnight is understood so. Raises
    Refused with the field: no hour is known, outside of the meeting, departure before arrival.
    """
    if arrived_at is None and left_at is None:
        return None
    whole = hours_of(action)
    if not whole.known:
        raise Refused(
            typographic(
                "L'heure de début de la réunion n'est pas connue : indiquez-la d'abord (« Corriger », puis « Préciser "
                "l'heure »), et les heures de chacun pourront être notées."
            ),
            field="arrived_at" if arrived_at else "left_at",
        )
    came, went = arrived_at or whole.start.time(), left_at or whole.end.time()
    _check(whole, came, went, own_hours(action, came, went))
    same = came == whole.start.time() and went == whole.end.time()
    return None if same else (came, went)


def _check(whole: Hours, came: time, went: time, own: Hours) -> None:
    between = f"La réunion va de {time_of_day(whole.start)} à {time_of_day(whole.end)}"
    if not whole.start <= own.start < whole.end:
        raise Refused(
            typographic(f"{between} : une arrivée à {time_of_day(came)} n'y est pas."),
            field="arrived_at",
        )
    if own.end <= whole.end:
        return
    alone = _in_meeting(whole, went)
    if alone is not None and alone <= own.start:
        raise Refused(
            typographic(
                f"Le départ ({time_of_day(went)}) ne vient pas après l'arrivée ({time_of_day(came)}) : "
                "corrigez l'une des deux heures."
            ),
            field="left_at",
        )
    raise Refused(typographic(f"{between} : un départ à {time_of_day(went)} n'y est pas."), field="left_at")


def _in_meeting(whole: Hours, at: time) -> datetime | None:
    """The moment of that hour within the meeting, on its day or the next one; None outside."""
    for day in (whole.day, whole.day + timedelta(days=1)):
        if whole.start <= moment(day, at) <= whole.end:
            return moment(day, at)
    return None


def still_fit(action: Any, times: Times | None) -> bool:
    """Do these hours still lie within the meeting, once it was corrected?"""
    if times is None:
        return True
    try:
        own_times(action, *times)
    except Refused:
        return False
    return True


def arrival_now(action: Any, now: datetime) -> time | None:
    """The hour to note for somebody who arrives now; None before, after, at the very beginning, or without hours."""
    whole = hours_of(action)
    minute = now.astimezone(PARIS).replace(second=0, microsecond=0)
    return minute.time() if whole.known and whole.start < minute < whole.end else None


def shown_now(action: Any, now: datetime) -> bool:
    """May the code be shown now: on the day of the meeting, and until it ends when it goes past midnight?"""
    here = now.astimezone(PARIS)
    whole = hours_of(action)
    return here.date() == action.held_on or (whole.known and whole.start <= here < whole.end)
