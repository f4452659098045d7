"""When a team meets: moments of Paris, slots worth proposing, meetings that come back, the result of a poll. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from equipage.foundation.french import (
    MONTHS,
    PARIS,
    WEEKDAYS,
    counted,
    day,
    enumerate_words,
    ordinal_day,
    paris_day,
    time_of_day,
)
from equipage.foundation.periods import add_months, public_holidays
from equipage.foundation.refusals import Refused

LUNCH = time(12, 30)
FEWEST_SLOTS, MOST_SLOTS, SUGGESTED, CHOSEN = 2, 8, 6, 3
# People need a few days to arrange themselves.
_NOTICE_DAYS = 4
# Days on which meetings of busy people are least often missed: Tuesday and Thursday.
_USUAL_WEEKDAYS = (1, 3)
_ONE_DAY = timedelta(days=1)


# --- moments ----------------------------------------------------------------------------------------------------------


def moment_of(day_: date, at: time, *, label: str = "starts_at") -> datetime:
    """That hour of the clock in Paris, aware. Raises Refused, beside `label`, for one that is missing or double."""
    naive = datetime.combine(day_, at)
    first, second = naive.replace(tzinfo=PARIS), naive.replace(tzinfo=PARIS, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    hour = time_of_day(at)
    if first.astimezone(UTC).astimezone(PARIS).replace(tzinfo=None) != naive:
        raise Refused(
            f"Le {day(day_)}, {hour} n'existe pas : cette nuit-là on passe de 2 h à 3 h. Choisissez une autre heure.",
            field=label,
        )
    raise Refused(
        f"Le {day(day_)}, {hour} vient deux fois : cette nuit-là on revient de 3 h à 2 h. Choisissez une autre heure.",
        field=label,
    )


def is_rest_day(day_: date) -> bool:
    """A Sunday or a public holiday: never proposed by default."""
    return day_.weekday() == 6 or day_ in public_holidays(day_.year)


def when(moment: datetime, now: datetime, *, joint: str = " à ") -> str:
    """ "mardi 2 décembre à 12 h 30"; the year is said when it is not the present one."""
    found = paris_day(moment)
    year = "" if found.year == paris_day(now).year else f" {found.year}"
    return (
        f"{WEEKDAYS[found.weekday()]} {ordinal_day(found)} {MONTHS[found.month - 1]}{year}{joint}{time_of_day(moment)}"
    )


def suggested(now: datetime, last: datetime | None = None, count: int = SUGGESTED) -> list[datetime]:
    """Moments worth proposing, in order: the weekday and hour of last time, and lunch on the usual days.

    Never a Saturday, a Sunday or a public holiday, nor sooner than a few days from now.
    """
    usual = last.astimezone(PARIS) if last else None
    weekdays = {*_USUAL_WEEKDAYS, *((usual.weekday(),) if usual else ())}
    found: list[datetime] = []
    day_ = paris_day(now) + _ONE_DAY * _NOTICE_DAYS
    while len(found) < count:
        if day_.weekday() in weekdays and day_.weekday() < 5 and not is_rest_day(day_):
            at = usual.time() if usual and usual.weekday() == day_.weekday() else LUNCH
            # An hour of the night of a change of clock is not worth a special case: its day is a Sunday.
            found.append(datetime.combine(day_, at, tzinfo=PARIS))
        day_ += _ONE_DAY
    return found


# --- meetings that come back ------------------------------------------------------------------------------------------

WEEKLY, FORTNIGHTLY, MONTHLY = "weekly", "fortnightly", "monthly"
_BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_RANKS = {1: "premier", 2: "deuxième", 3: "troisième", 4: "quatrième", -1: "dernier"}
_RHYTHM_OF = {"FREQ=WEEKLY": WEEKLY, "FREQ=WEEKLY;INTERVAL=2": FORTNIGHTLY}
LONGEST_MONTHS = 12


def rank_of(day_: date) -> int:
    """The rank of a day among the same weekdays of its month: 1 to 4, or -1 (the last) after the 28th."""
    return -1 if day_.day > 28 else (day_.day - 1) // 7 + 1


def rule_of(rhythm: str, first: date) -> str:
    """The rhythm as an RRULE of RFC 5545. Raises Refused for an unknown one."""
    match rhythm:
        case "weekly":
            return "FREQ=WEEKLY"
        case "fortnightly":
            return "FREQ=WEEKLY;INTERVAL=2"
        case "monthly":
            return f"FREQ=MONTHLY;BYDAY={rank_of(first)}{_BYDAY[first.weekday()]}"
    raise Refused("Choisissez un rythme de la liste.", field="rhythm")


def rhythm_words(rhythm: str, first: date) -> str:
    """ "chaque mardi", "un mardi sur deux", "le premier mardi du mois"."""
    weekday = WEEKDAYS[first.weekday()]
    if rhythm == WEEKLY:
        return f"chaque {weekday}"
    if rhythm == FORTNIGHTLY:
        return f"un {weekday} sur deux"
    return f"le {_RANKS[rank_of(first)]} {weekday} du mois"


def rhythm_of(rule: str) -> str:
    """The rhythm that a stored RRULE says."""
    return _RHYTHM_OF.get(rule, MONTHLY)


def rule_words(rule: str, first: date) -> str:
    """The words of a stored RRULE, for a series whose dates fall as `first` does."""
    return rhythm_words(rhythm_of(rule), first)


def dates_of(rhythm: str, first: date, until: date) -> list[date]:
    """Every date of the rhythm from `first` to `until`, both included, rest days too.

    Raises Refused: an end before the start, a series longer than a year, or of one date only.
    """
    rule_of(rhythm, first)
    if until < first:
        raise Refused(
            f"La série finirait le {day(until)}, avant de commencer le {day(first)} : choisissez une date plus tard.",
            field="until",
        )
    if until > add_months(first, LONGEST_MONTHS):
        raise Refused(
            f"Une série dure un an au plus : choisissez une fin avant le {day(add_months(first, LONGEST_MONTHS))}. "
            "Vous la prolongerez le moment venu.",
            field="until",
        )
    found = _monthly(first, until) if rhythm == MONTHLY else _weekly(first, until, 1 if rhythm == WEEKLY else 2)
    if len(found) < 2:
        raise Refused(
            "Avec cette fin, la série n'aurait qu'une réunion : fixez plutôt une date, ou allongez-la.", field="until"
        )
    return found


def _weekly(first: date, until: date, weeks: int) -> list[date]:
    return [first + timedelta(weeks=weeks * rank) for rank in range((until - first).days // (7 * weeks) + 1)]


def _monthly(first: date, until: date) -> list[date]:
    rank, weekday = rank_of(first), first.weekday()
    months = (add_months(first.replace(day=1), number) for number in range(LONGEST_MONTHS + 1))
    found = (_ranked(month, weekday, rank) for month in months)
    return [day_ for day_ in found if first <= day_ <= until]


def _ranked(month: date, weekday: int, rank: int) -> date:
    """The day of that weekday and rank in the month that begins on `month`."""
    if rank > 0:
        return month + timedelta(days=(weekday - month.weekday()) % 7 + 7 * (rank - 1))
    last = add_months(month, 1) - _ONE_DAY
    return last - timedelta(days=(last.weekday() - weekday) % 7)


# --- the result of a poll ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Voice:
    """What one invited person says of one slot: "yes", "maybe", "no", or nothing; `name` has the profession."""

    name: str
    choice: str


@dataclass(frozen=True)
class Tally:
    """One slot with all its voices."""

    slot_id: int
    starts_at: datetime
    voices: Sequence[Voice] = field(default_factory=tuple)

    def count(self, choice: str) -> int:
        """How many said that; "" counts those who said nothing."""
        return sum(voice.choice == choice for voice in self.voices)

    @property
    def rank(self) -> tuple[int, int, float]:
        """What makes a slot better: who may come, then how many gladly, then how soon."""
        yes = self.count("yes")
        return (yes + self.count("maybe"), yes, -self.starts_at.timestamp())

    @property
    def figures(self) -> str:
        """ "5 oui, 1 si besoin"."""
        maybe = f", {self.count('maybe')} si besoin" if self.count("maybe") else ""
        return f"{self.count('yes')} oui{maybe}"

    def sentence(self, now: datetime) -> str:
        """ "mardi 2 décembre 12 h 30 : 5 oui, 1 si besoin ; manque Hugo Martin (médecin)"."""
        missing = [voice.name for voice in self.voices if voice.choice == "no"]
        silent = self.count("")
        parts = [f"{when(self.starts_at, now, joint=' ')} : {self.figures}"]
        if missing:
            parts.append(f"{'manque' if len(missing) == 1 else 'manquent'} {enumerate_words(missing)}")
        if silent:
            parts.append(f"{counted(silent, 'réponse attendue', 'réponses attendues')}")
        return " ; ".join(parts)


def best_of(tallies: Iterable[Tally], now: datetime) -> Tally | None:
    """The best slot to come, None while nobody may come to any."""
    possible = [tally for tally in tallies if tally.starts_at > now and tally.rank[0]]
    return max(possible, key=lambda tally: tally.rank, default=None)
