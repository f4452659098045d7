"""A value with its dates and its source, and the two time axes on which it is looked up."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from equipage.rules.wording import NARROW, day, period

Confidence = Literal["verified", "secondary", "unknown"]
CONFIDENCE_LABELS: Mapping[str, str] = {
    "verified": "vérifié dans la source",
    "secondary": "source secondaire, à confirmer",
    "unknown": "valeur non publique",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a value is written (référence): a title, and an address or a document, and the place in it."""

    title: str
    source: str = ""
    url: str = ""
    document: str = ""
    article: str = ""

    def sentence(self) -> str:
        """Title and place, as cited in a French sentence."""
        return f"{self.title}, {self.article}" if self.article else self.title

    def as_dict(self) -> dict[str, str]:
        """JSON-safe form."""
        return {
            "title": self.title,
            "source": self.source,
            "url": self.url,
            "document": self.document,
            "article": self.article,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, str]) -> Reference:
        """The inverse of `as_dict`."""
        return cls(**dict(data))


@dataclass(frozen=True, slots=True)
class Reading:
    """What another source says for the same days (lecture divergente); it stands beside, it does not apply."""

    value: Any
    reference: Reference
    confidence: Confidence
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dated:
    """One value of one rule in one territory, from `valid_from` (included) to `valid_to` (excluded, None = open).

    `known_from` is the day from which we know it; a retroactive text has `known_from` after `valid_from`.
    `value` is None when the confidence is "unknown"; `working_default` then holds a changeable working value
    that no text supports. `attested` says that `valid_from` is the day of the document that attests the rule: the
    day it began is not known.
    """

    rule_id: str
    territory: str
    label: str
    value: Any
    valid_from: date
    valid_to: date | None
    reference: Reference
    confidence: Confidence
    note: str = ""
    published_on: date | None = None
    known_from: date | None = None
    working_default: Any = None
    other_readings: tuple[Reading, ...] = ()
    abolished: bool = False
    fictitious: bool = False
    unit: str = ""
    file: str = ""
    line: int = 0
    attested: bool = False

    @property
    def known(self) -> date:
        """First day on which this value could be used."""
        return self.known_from or self.published_on or date.min

    @property
    def version(self) -> str:
        """Short stable name of this value among those of its rule."""
        base = self.valid_from.isoformat()
        return f"{base}+{self.known_from.isoformat()}" if self.known_from else base

    @property
    def effective(self) -> Any:
        """The value, or else the working default."""
        return self.working_default if self.value is None else self.value

    @property
    def is_assumption(self) -> bool:
        """True when only a working default stands, which no text supports."""
        return self.value is None

    def covers(self, on: date) -> bool:
        """Whether the day falls in its own period."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    def when(self) -> str:
        """When it holds, in French: « depuis le… », « du… au… », « attesté au… » where the first day is not known."""
        if not self.attested:
            return period(self.valid_from, self.valid_to)
        until = f", jusqu'au {day(self.valid_to - timedelta(days=1))}" if self.valid_to else ""
        return f"attesté au {day(self.valid_from)}{until}"

    def sentence(self) -> str:
        """When it holds and who says so, in French."""
        return f"{self.when()}{NARROW}; source{NARROW}: {self.reference.sentence()}"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of days on which one value applies, once later knowledge has been laid over earlier one."""

    start: date
    end: date | None
    value: Dated


def _overlay(segments: list[Segment], new: Dated) -> list[Segment]:
    """The stretches with `new` laid over them."""
    kept: list[Segment] = []
    for segment in segments:
        if segment.start < new.valid_from:
            end = new.valid_from if segment.end is None or segment.end > new.valid_from else segment.end
            kept.append(Segment(segment.start, end, segment.value))
        if new.valid_to is not None and (segment.end is None or segment.end > new.valid_to):
            kept.append(Segment(max(segment.start, new.valid_to), segment.end, segment.value))
    kept.append(Segment(new.valid_from, new.valid_to, new))
    return sorted(kept, key=lambda segment: segment.start)


class Timeline:
    """All the values of one rule in one territory; answers for a day, as known on a day, in O(log n)."""

    __slots__ = ("_known", "_starts", "_states", "entries")

    def __init__(self, entries: Iterable[Dated]) -> None:
        self.entries = tuple(sorted(entries, key=lambda entry: (entry.known, entry.valid_from)))
        self._known = sorted({entry.known for entry in self.entries})
        self._states: list[list[Segment]] = []
        segments: list[Segment] = []
        for known in self._known:
            for entry in self.entries:
                if entry.known == known:
                    segments = _overlay(segments, entry)
            self._states.append(segments)
        self._starts = [[segment.start for segment in state] for state in self._states]

    def at(self, on: date, known_on: date | None = None) -> Dated | None:
        """The value that applies on a day, as known on a day (None = with all we know now)."""
        state = len(self._states) - 1 if known_on is None else bisect_right(self._known, known_on) - 1
        if state < 0:
            return None
        index = bisect_right(self._starts[state], on) - 1
        if index < 0:
            return None
        segment = self._states[state][index]
        return segment.value if segment.end is None or on < segment.end else None

    def segments(self, known_on: date | None = None) -> tuple[Segment, ...]:
        """The stretches in order, as known on a day."""
        state = len(self._states) - 1 if known_on is None else bisect_right(self._known, known_on) - 1
        return tuple(self._states[state]) if state >= 0 else ()

    def states(self) -> list[list[Segment]]:
        """Every successive state of knowledge."""
        return self._states

    def changes(self) -> set[date]:
        """Days on which the answer may change, on either axis."""
        days = {entry.valid_from for entry in self.entries} | {e.valid_to for e in self.entries if e.valid_to}
        return days | {known for known in self._known if known != date.min}
