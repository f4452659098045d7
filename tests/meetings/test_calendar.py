"""The files that calendars read, checked with two libraries that we did not write, and against RFC 5545 by hand."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from equipage.foundation.french import PARIS
from equipage.meetings.calendar import Entry, Person, cancel, feed, one_line, publish, request

STAMP = datetime(2026, 11, 25, 9, 0, 12, 345, tzinfo=UTC)
HOUSE = Person("Claire Moreau, via Équipage", "ne-pas-repondre@equipage.invalid")
HUGO = Person("Hugo Martin", "hugo@demo.equipage.invalid")


def entry(**more):
    values = {
        "uid": "7d1c@equipage.invalid",
        "sequence": 0,
        "stamp": STAMP,
        "starts_at": datetime(2026, 12, 1, 12, 30, tzinfo=PARIS),
        "minutes": 60,
        "summary": "Réunion, Équipe des Mauges",
        "url": "https://equipage.invalid/reunions/12/",
        "location": "Cabinet infirmier, 3 rue des Lilas",
        "description": "Répondre, voir l'ordre du jour : https://equipage.invalid/reunions/12/",
    }
    return Entry(**{**values, **more})


def written(**more):
    return request(entry(**more), organiser=HOUSE, attendee=HUGO)


def event_of(content):
    (event,) = Calendar.from_ical(content).events
    return event


GOLDEN = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Equipage//Reunions//FR
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Réunion\\, Équipe des Mauges
DTSTART;TZID=Europe/Paris:20261201T123000
DTEND;TZID=Europe/Paris:20261201T133000
DTSTAMP:20261125T090012Z
UID:7d1c@equipage.invalid
SEQUENCE:0
ATTENDEE;CN="Hugo Martin";PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=
 FALSE:mailto:hugo@demo.equipage.invalid
DESCRIPTION:Répondre\\, voir l'ordre du jour : https://equipage.invalid/re
 unions/12/
LOCATION:Cabinet infirmier\\, 3 rue des Lilas
ORGANIZER;CN="Claire Moreau, via Équipage":mailto:ne-pas-repondre@equipag
 e.invalid
STATUS:CONFIRMED
URL:https://equipage.invalid/reunions/12/
END:VEVENT
END:VCALENDAR
"""


def test_an_invitation_word_for_word():
    assert written().decode().replace("\r\n", "\n") == GOLDEN


def test_lines_end_and_fold_as_the_standard_says():
    """CRLF everywhere, 75 bytes at most, and never in the middle of a letter."""
    content = written(location="Salle " + "é€𝄞" * 60, description="à" * 300)
    assert content.endswith(b"\r\n") and not re.search(rb"(?<!\r)\n", content)
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert str(event_of(content)["LOCATION"]) == "Salle " + "é€𝄞" * 60


@pytest.mark.parametrize(
    "text",
    [
        "Virgule, point-virgule; antislash \\ fin",
        "C:\\new\\table",
        '<b>Gras</b> & "guillemets" <script>alert(1)</script>',
        "BEGIN:VEVENT END:VEVENT ATTENDEE:mailto:x@y.fr",
        "Émile à l’ouest 🙂 مرحبا",
    ],
)
def test_what_two_libraries_read_back(text):
    content = written(location=text, summary=f"Réunion, {text}", description=f"{text}\n{text}")
    event = event_of(content)
    assert str(event["LOCATION"]) == text and str(event["SUMMARY"]) == f"Réunion, {text}"
    assert str(event["DESCRIPTION"]) == f"{text}\n{text}"
    other = vobject.readOne(content.decode()).vevent
    assert other.location.value == text and other.summary.value == f"Réunion, {text}"
    assert other.description.value == f"{text}\n{text}"
    assert other.dtstart.value.astimezone(UTC) == datetime(2026, 12, 1, 11, 30, tzinfo=UTC)


def test_no_line_is_smuggled_in():
    evil = "Salle 2\r\nATTENDEE:mailto:espion@ailleurs.invalid\nBEGIN:VALARM\x0b\x85\u2028END:VALARM"
    content = written(location=evil, summary=evil)
    event = event_of(content)
    assert [str(event["ATTENDEE"])] == ["mailto:hugo@demo.equipage.invalid"]
    assert str(event["LOCATION"]) == one_line(evil) and "\u2028" not in one_line(evil)
    lines = content.replace(b"\r\n ", b"").split(b"\r\n")
    assert sum(line.startswith(b"ATTENDEE") for line in lines) == 1 and b"BEGIN:VALARM" not in lines
    named = request(entry(), organiser=HOUSE, attendee=Person('Jo "le\r\nnet";CN=x:', "jo@x.invalid"))
    assert str(event_of(named)["ATTENDEE"]) == "mailto:jo@x.invalid"


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_comes_back_on_one_line(text):
    found = str(event_of(written(location=text or "x", summary=text))["SUMMARY"])
    assert found == one_line(text)
    assert vobject.readOne(written(summary=text).decode()).vevent.dtstart.value is not None


@pytest.mark.parametrize(
    ("starts_at", "minutes", "start", "end"),
    [
        # Saturday evening over the night when 2 h becomes 3 h: four real hours, from 23 h to 4 h on the wall.
        (datetime(2026, 3, 28, 23, 0, tzinfo=PARIS), 240, "20260328T230000", "20260329T040000"),
        # And the other way: four real hours end at 2 h.
        (datetime(2026, 10, 24, 23, 0, tzinfo=PARIS), 240, "20261024T230000", "20261025T020000"),
        (datetime(2026, 7, 7, 12, 30, tzinfo=PARIS), 45, "20260707T123000", "20260707T131500"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=PARIS), 60, "20261231T233000", "20270101T003000"),
    ],
)
def test_hours_over_a_change_of_clock(starts_at, minutes, start, end):
    content = written(starts_at=starts_at, minutes=minutes)
    text = content.decode()
    assert f"DTSTART;TZID=Europe/Paris:{start}\r\n" in text and f"DTEND;TZID=Europe/Paris:{end}\r\n" in text
    event = event_of(content)
    assert starts_at == event.DTSTART
    read = vobject.readOne(text).vevent
    assert read.dtstart.value.astimezone(UTC) == starts_at.astimezone(UTC)


@pytest.mark.parametrize("year", [1996, 2024, 2026, 2027, 2040])
def test_the_zone_that_is_joined_knows_every_change_of_clock(year):
    """Its rules, read by another library, give the offset of Paris on each day of a year."""
    zone = vobject.readOne(written().decode()).vtimezone.tzinfo
    first = datetime(year, 4 if year == 1996 else 1, 1, 12)  # noqa: DTZ001 (a clock on the wall)
    for number in range(360):
        wall = first + timedelta(days=number)
        if wall.year == year:
            assert zone.utcoffset(wall) == wall.replace(tzinfo=PARIS).utcoffset(), wall


def test_an_update_and_a_cancellation():
    later = event_of(written(sequence=3))
    assert later["SEQUENCE"] == 3 and later["STATUS"] == "CONFIRMED"
    over = Calendar.from_ical(cancel(entry(sequence=4, cancelled=True), organiser=HOUSE, attendee=HUGO))
    assert over["METHOD"] == "CANCEL"
    event = over.events[0]
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("7d1c@equipage.invalid", 4, "CANCELLED")


def test_several_are_published_without_any_attendee():
    many = Calendar.from_ical(publish([entry(uid=f"{n}@x.invalid") for n in range(3)], organiser=HOUSE))
    assert many["METHOD"] == "PUBLISH" and len(many.events) == 3 and len(many.timezones) == 1
    assert all("ATTENDEE" not in event for event in many.events)


def test_a_feed_says_who_may_refresh_it_and_names_nobody():
    content = feed(
        [entry(location="", description="https://equipage.invalid/reunions/12/")], name="Mes réunions, à moi"
    )
    calendar = Calendar.from_ical(content)
    assert str(calendar["X-WR-CALNAME"]) == "Mes réunions, à moi" and b"mailto:" not in content
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H" in content
    assert Calendar.from_ical(feed([], name="x")).events == []
