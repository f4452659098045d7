"""What calendars are told (RFC 5545 and 5546): an invitation, an update, a cancellation, a file of several, a feed.

Each meeting is one event with a UID of its own, those of a series too: each is answered, moved and cancelled alone, and
exceptions of a recurring event get lost between the calendars of phones. A file names its one recipient and nobody
else: no member reads the address of another. Neither the title nor the kind of a meeting is in it, and not the place
where a patient may be met: a calendar is often kept by somebody else's computer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vRecur, vText

from equipage.foundation.french import PARIS

PRODUCT = "-//Equipage//Reunions//FR"
TZID = "Europe/Paris"
_REFRESH = timedelta(hours=6)


@dataclass(frozen=True)
class Entry:
    """One meeting as a calendar shows it. `stamp` is when it was said; `minutes` the planned length."""

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    minutes: int
    summary: str
    url: str
    location: str = ""
    description: str = ""
    cancelled: bool = False


@dataclass(frozen=True)
class Person:
    """A name and an e-mail address."""

    name: str
    email: str


def request(entry: Entry, *, organiser: Person, attendee: Person) -> bytes:
    """An invitation, or the update of one already known (METHOD:REQUEST)."""
    calendar = _calendar("REQUEST")
    event = _event(entry, organiser)
    # Answers are given on the page: no program sends one by mail.
    asked = _address(attendee, role="REQ-PARTICIPANT", partstat="NEEDS-ACTION", rsvp="FALSE")
    event.add("attendee", asked, encode=False)
    calendar.add_component(event)
    return _written(calendar)


def cancel(entry: Entry, *, organiser: Person, attendee: Person) -> bytes:
    """The end of an invitation (METHOD:CANCEL)."""
    calendar = _calendar("CANCEL")
    event = _event(entry, organiser)
    event.add("attendee", _address(attendee), encode=False)
    calendar.add_component(event)
    return _written(calendar)


def publish(entries: Iterable[Entry], *, organiser: Person) -> bytes:
    """Several meetings in one file (METHOD:PUBLISH): an invitation may hold one UID only."""
    calendar = _calendar("PUBLISH")
    for entry in entries:
        calendar.add_component(_event(entry, organiser))
    return _written(calendar)


def feed(entries: Iterable[Entry], *, name: str) -> bytes:
    """The calendar that a person subscribes to; read again every few hours."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", one_line(name))
    calendar.add("x-wr-timezone", TZID)
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for entry in entries:
        calendar.add_component(_event(entry, None))
    return _written(calendar)


def one_line(text: str) -> str:
    """The text without line breaks nor control characters, which break the lines of a calendar file."""
    return " ".join("".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text).split())


def _calendar(method: str) -> Any:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(_paris())
    return calendar


def _event(entry: Entry, organiser: Person | None) -> Any:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.stamp.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", entry.sequence)
    # The end is counted in real time: an hour over the change of clock is an hour.
    event.add("dtstart", entry.starts_at.astimezone(PARIS))
    event.add("dtend", (entry.starts_at.astimezone(UTC) + timedelta(minutes=entry.minutes)).astimezone(PARIS))
    event.add("summary", one_line(entry.summary))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("url", entry.url)
    if entry.location:
        event.add("location", one_line(entry.location))
    if entry.description:
        event.add("description", "\n".join(one_line(line) for line in entry.description.splitlines()))
    if organiser is not None:
        event.add("organizer", _address(organiser), encode=False)
    return event


def _address(person: Person, **parameters: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    # A quote inside a parameter cannot be escaped: the standard has no way.
    address.params["cn"] = vText(one_line(person.name).replace('"', "’"))
    for name, value in parameters.items():
        address.params[name] = vText(value)
    return address


def _paris() -> Any:
    """The rules of the clock in Paris since 1996, as every calendar program reads them."""
    zone = Timezone()
    zone.add("tzid", TZID)
    for kind, start, month, before, after, name in (
        (TimezoneDaylight, datetime(1996, 3, 31, 2), 3, 1, 2, "CEST"),  # noqa: DTZ001 (a clock on the wall)
        (TimezoneStandard, datetime(1996, 10, 27, 3), 10, 2, 1, "CET"),  # noqa: DTZ001
    ):
        part = kind()
        part.add("dtstart", start)
        part.add("rrule", vRecur({"freq": "yearly", "bymonth": month, "byday": "-1su"}))
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        part.add("tzname", name)
        zone.add_component(part)
    return zone


def _written(calendar: Any) -> bytes:
    written: bytes = calendar.to_ical()
    return written
