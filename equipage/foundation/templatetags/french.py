"""French formatting in templates; what each filter writes is said in `equipage.foundation.french`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal

from django import template
from django.utils.safestring import SafeData, SafeString, mark_safe

from equipage.foundation import french

register = template.Library()

_MARKUP = re.compile(r"(<[^>]*>|&#?\w+;)")


@register.filter
def euros(cents: int | None) -> str:
    """`{{ line.amount_cents|euros }}`"""
    return french.euros(cents)


@register.filter
def number(value: Decimal | int | None, places: int | None = None) -> str:
    """`{{ n|number }}`, `{{ n|number:2 }}`"""
    return french.number(value, places)


@register.filter
def percent(ratio: Decimal | float | None, places: int | None = None) -> str:
    """`{{ share|percent }}` of a ratio between 0 and 1."""
    return french.percent(ratio, places)


@register.filter
def file_size(octets: int | None) -> str:
    """`{{ document.size|file_size }}`"""
    return french.file_size(octets)


@register.filter
def day(when: date | datetime | None) -> str:
    """`{{ d|day }}`: 14 octobre 2026"""
    return french.day(when)


@register.filter
def day_long(when: date | datetime | None) -> str:
    """`{{ d|day_long }}`: mardi 14 octobre 2026"""
    return french.day_long(when)


@register.filter
def day_short(when: date | datetime | None) -> str:
    """`{{ d|day_short }}`: 14 oct."""
    return french.day_short(when)


@register.filter
def day_numeric(when: date | datetime | None) -> str:
    """`{{ d|day_numeric }}`: 14/10/2026"""
    return french.day_numeric(when)


@register.filter
def moment(when: datetime | None) -> str:
    """`{{ d|moment }}`: le 14 octobre 2026 à 9 h 05"""
    return french.moment(when)


@register.filter
def time_of_day(when: datetime | time | None) -> str:
    """`{{ d|time_of_day }}`: 9 h 05"""
    return french.time_of_day(when)


@register.filter
def duration(minutes: int | None) -> str:
    """`{{ action.minutes|duration }}`: 1 h 30"""
    return french.duration(minutes)


@register.filter
def since(when: date | datetime | None, now: date | datetime | None = None) -> str:
    """`{{ d|since }}`: depuis 6 jours"""
    return french.since(when, now)


@register.filter
def counted(count: int | None, words: str) -> str:
    """`{{ n|counted:"équipe" }}`, `{{ n|counted:"travail,travaux" }}`: 3 équipes"""
    singular, _, many = words.partition(",")
    return french.counted(count, singular, many or None)


@register.filter
def plural(count: int, words: str) -> str:
    """`{{ n|plural:"équipe" }}`, `{{ n|plural:"a signé,ont signé" }}`: the words alone"""
    singular, _, many = words.partition(",")
    return french.plural(count, singular, many or None)


@register.filter
def words(items: Iterable[object]) -> str:
    """`{{ names|words }}`: a, b et c"""
    return french.enumerate_words(str(item) for item in items)


@register.filter
def de(name: str) -> str:
    """`{{ commune|de }}`: d’Angers, du Mans"""
    return french.de(str(name))


@register.filter(is_safe=True)
def typographic(text: object) -> str:
    """`{{ sentence|typographic }}`: no-break spaces; in safe markup, tags and entities are left alone."""
    if not isinstance(text, SafeData):
        return french.typographic("" if text is None else str(text))
    parts = _MARKUP.split(str(text))
    return _safe("".join(part if _MARKUP.fullmatch(part) else french.typographic(part) for part in parts))


def _safe(text: str) -> SafeString:
    # The parts come from a string that was already safe, and only spaces and apostrophes were changed.
    return mark_safe(text)  # noqa: S308
