"""French as it is written (usage typographique): amounts, dates, durations, plurals, elision.

Pure functions, no Django. A value that is not there (None) is written "—", so that a table never shows "None";
`typographic(None)` is "". Days are days in Paris; a naive datetime is refused with ValueError.
Spaces: U+202F (narrow, no break) before ; : ? ! %, inside « » and between thousands; U+00A0 before a unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
NARROW = "\u202f"
NBSP = "\u00a0"
ABSENT = "—"

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
SHORT_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def number(value: Decimal | int | float | None, places: int | None = None) -> str:
    """ "1 234,5": decimal comma, narrow spaces between thousands; `places` fixes the decimals (half up)."""
    if value is None:
        return ABSENT
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    sign = "−" if exact < 0 else ""
    whole, _, fraction = f"{abs(exact):f}".partition(".")
    if places is None:
        fraction = fraction.rstrip("0")
    grouped = f"{int(whole):,}".replace(",", NARROW)
    return f"{sign}{grouped},{fraction}" if fraction else f"{sign}{grouped}"


def euros(cents: int | None) -> str:
    """ "1 234,50 €" of an amount in cents."""
    if cents is None:
        return ABSENT
    return f"{number(Decimal(cents).scaleb(-2), 2)}{NBSP}€"


def percent(ratio: Decimal | float | int | None, places: int | None = None) -> str:
    """ "12,5 %" of a ratio (0.125). Without `places`, one decimal at most."""
    if ratio is None:
        return ABSENT
    hundredfold = Decimal(str(ratio)) * 100
    rounded = hundredfold.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP) if places is None else hundredfold
    return f"{number(rounded, places)}{NARROW}%"


def file_size(octets: int | None) -> str:
    """ "820 octets", "12 ko", "4,8 Mo": decimal units, as phones and mail programs show them."""
    if octets is None:
        return ABSENT
    if octets < 1000:
        return f"{octets}{NBSP}{plural(octets, 'octet')}"
    # 999 600 rounds to a thousand kilobytes, which is read as one megabyte.
    if octets < 999_500:
        return f"{number(Decimal(octets) / 1000, 0)}{NBSP}ko"
    return f"{number((Decimal(octets) / 1_000_000).quantize(Decimal('0.1'), rounding=ROUND_HALF_UP))}{NBSP}Mo"


def paris_day(when: date | datetime) -> date:
    """The day of a moment in Paris; a day is its own. Raises ValueError on a naive datetime."""
    return _in_paris(when).date() if isinstance(when, datetime) else when


def day(when: date | datetime | None) -> str:
    """ "14 octobre 2026", "1er janvier 2026"."""
    if when is None:
        return ABSENT
    found = paris_day(when)
    return f"{ordinal_day(found)} {MONTHS[found.month - 1]} {found.year}"


def day_long(when: date | datetime | None) -> str:
    """ "mardi 14 octobre 2026"."""
    if when is None:
        return ABSENT
    return f"{WEEKDAYS[paris_day(when).weekday()]} {day(when)}"


def day_short(when: date | datetime | None) -> str:
    """ "14 oct.", for lists; the year is said once elsewhere."""
    if when is None:
        return ABSENT
    found = paris_day(when)
    return f"{ordinal_day(found)}{NBSP}{SHORT_MONTHS[found.month - 1]}"


def day_numeric(when: date | datetime | None) -> str:
    """ "14/10/2026", for narrow table columns."""
    return ABSENT if when is None else f"{paris_day(when):%d/%m/%Y}"


def ordinal_day(when: date) -> str:
    """ "1er" for the first of the month, else the plain number."""
    return "1er" if when.day == 1 else str(when.day)


def time_of_day(when: datetime | time | None) -> str:
    """ "9 h 05", "14 h" on the hour."""
    if when is None:
        return ABSENT
    clock = _in_paris(when) if isinstance(when, datetime) else when
    return f"{clock.hour}{NBSP}h{NBSP}{clock.minute:02d}" if clock.minute else f"{clock.hour}{NBSP}h"


def moment(when: datetime | None) -> str:
    """ "le 14 octobre 2026 à 9 h 05"."""
    return ABSENT if when is None else f"le {day(when)} à {time_of_day(when)}"


def duration(minutes: int | None) -> str:
    """ "45 min", "1 h", "1 h 30". Raises ValueError when negative."""
    if minutes is None:
        return ABSENT
    if minutes < 0:
        raise ValueError("A duration is not negative.")
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{number(hours)}{NBSP}h{NBSP}{rest:02d}" if rest else f"{number(hours)}{NBSP}h"


def plural(count: Decimal | float, singular: str, many: str | None = None) -> str:
    """The word that goes with `count`: French says "0 équipe", "1,5 heure", "2 équipes". `many` is singular + s."""
    return singular if -2 < count < 2 else (many or f"{singular}s")


def counted(count: Decimal | int | None, singular: str, many: str | None = None) -> str:
    """ "3 équipes": the number and its word, kept on one line."""
    if count is None:
        return ABSENT
    return f"{number(count)}{NBSP}{plural(count, singular, many)}"


def enumerate_words(words: Iterable[str], last: str = "et") -> str:
    """ "a, b et c". Nothing gives "—"."""
    found = [str(word) for word in words]
    if not found:
        return ABSENT
    if len(found) == 1:
        return found[0]
    return f"{', '.join(found[:-1])} {last} {found[-1]}"


def since(when: date | datetime | None, now: date | datetime | None = None) -> str:
    """ "depuis 6 jours", "depuis hier", "depuis 3 heures", "depuis 2 mois"; to come: "dans 6 jours".

    Hours and minutes only between two datetimes of the same day.
    """
    if when is None:
        return ABSENT
    reference = now or datetime.now(UTC)
    days = (paris_day(reference) - paris_day(when)).days
    if days == 0:
        return _within_the_day(when, reference)
    if days in (1, -1):
        return "depuis hier" if days == 1 else "demain"
    return f"{'depuis' if days > 0 else 'dans'} {_long_span(paris_day(when), paris_day(reference))}"


_ARTICLES = (("Les ", "des "), ("les ", "des "), ("Le ", "du "), ("le ", "du "))
_ASPIRATED = ("hague", "haie", "halle", "hameau", "hangar", "haut", "havre", "haye", "hêtre", "hollande", "houx")
_VOWELS = "aeiouàâäæéèêëîïôöœùûü"


def de(name: str) -> str:
    """ "d’Èvre", "de Nantes", "du Mans", "des Sables": the preposition fused with a name."""
    for article, fused in _ARTICLES:
        if name.startswith(article):
            return fused + name[len(article) :]
    low = name.strip("« \u202f\u00a0").lower()
    if low[:1] in _VOWELS and low[:1] and not low.startswith(("onze", "oui")):
        return f"d’{name}"
    if low.startswith("h") and not low.startswith(_ASPIRATED):
        return f"d’{name}"
    if low.startswith("y") and low[1:2] not in _VOWELS:
        return f"d’{name}"
    return f"de {name}"


_BEFORE_SIGN = re.compile(rf"[ {NBSP}]+([;:?!%])|(?<=[^\W_]|[»)\]’…])([;?!])(?=\s|$|»)")
_OPENING = re.compile(rf"«[ {NBSP}{NARROW}]*")
_CLOSING = re.compile(rf"[ {NBSP}{NARROW}]*»")
_THOUSANDS = re.compile(r"(?<![\d,.])\d{1,3}(?: \d{3})+(?!\d)")
_UNIT = re.compile(r"(?<=\d) (?=(?:€|h|min|km|ko|Mo)(?!\w))|(?<=\bn°) (?=\d)|(?<=\bh) (?=\d\d\b)")


def typographic(text: str | None) -> str:
    """The same sentence with its no-break spaces, and the typographic apostrophe between letters.

    Addresses ("http://…") and times ("12:30") are left alone: a sign is touched after a space, or when a space or
    the end follows it. Twice gives the same as once.
    """
    if not text:
        return ""
    spaced = _BEFORE_SIGN.sub(lambda found: NARROW + (found[1] or found[2]), text)
    spaced = _CLOSING.sub(f"{NARROW}»", _OPENING.sub(f"«{NARROW}", spaced))
    spaced = _THOUSANDS.sub(lambda found: found[0].replace(" ", NARROW), spaced)
    spaced = _UNIT.sub(NBSP, spaced)
    return re.sub(r"(?<=[^\W\d_])'(?=[^\W\d_])", "’", spaced)


def _in_paris(when: datetime) -> datetime:
    if when.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return when.astimezone(PARIS)


def _within_the_day(when: date | datetime, now: date | datetime) -> str:
    if not (isinstance(when, datetime) and isinstance(now, datetime)):
        return "depuis aujourd’hui"
    minutes = int((now - when).total_seconds() // 60)
    if minutes == 0:
        return "à l’instant"
    word, span = ("depuis", minutes) if minutes > 0 else ("dans", -minutes)
    return f"{word} {counted(span, 'minute') if span < 60 else counted(span // 60, 'heure')}"


def _long_span(first: date, second: date) -> str:
    start, end = sorted((first, second))
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    if months < 2:
        return counted((end - start).days, "jour")
    return counted(months, "mois", "mois") if months < 24 else counted(months // 12, "an")
