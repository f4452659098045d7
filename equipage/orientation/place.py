"""Where and when a rule is asked for: the territory and the day that an address names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from equipage.foundation.french import typographic
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.rules import Library, library
from equipage.rules.pack import FormCard, Territory

TERRITORY, DAY = "territoire", "le"
# Where this installation begins when nobody says where: the region it was made for.
HOME = "fr-pdl"
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Place:
    """A territory of the rules on a day (« fr-pdl », today)."""

    territory: Territory
    on: date

    @property
    def code(self) -> str:
        """The code of the territory."""
        return self.territory.code

    @property
    def is_today(self) -> bool:
        """Whether the day is this one."""
        return self.on == today()

    @cached_property
    def cards(self) -> list[FormCard]:
        """The forms that exist there on that day, the regional ones first."""
        depth = {code: rank for rank, code in enumerate(library().chain(self.code))}
        return sorted(library().forms(self.code, self.on), key=lambda card: (depth.get(card.territory, 9), card.code))

    @property
    def query(self) -> dict[str, str]:
        """What an address needs to say this place again; nothing for what goes without saying."""
        said = {} if self.code == HOME else {TERRITORY: self.code}
        return said if self.is_today else {**said, DAY: self.on.isoformat()}


def place_of(query: Mapping[str, str], *, default: str = HOME) -> Place:
    """The place that an address names: `territoire` and `le`. Raises Refused (French) for what does not exist."""
    packs: Library = library()
    code = query.get(TERRITORY, "").strip().lower() or default
    if code not in packs.territories:
        raise Refused(
            typographic(f"Le territoire « {code[:40]} » n'existe pas dans nos règles. Choisissez-en un dans la liste."),
            field=TERRITORY,
        )
    return Place(packs.territories[code], _day_of(query.get(DAY, "").strip()))


def _day_of(text: str) -> date:
    if not text:
        return today()
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        sentence = f"« {text[:40]} » n'est pas un jour : écrivez AAAA-MM-JJ, par exemple 2026-03-01."
        raise Refused(typographic(sentence), field=DAY) from error
    if found < EARLIEST or found.year > today().year + 5:
        raise Refused(
            typographic(f"Nos règles ne disent rien du {text} : choisissez un jour entre 2000 et dans cinq ans."),
            field=DAY,
        )
    return found


def place_of_region(region_code: str) -> Place:
    """The territory of a region by its INSEE code, today; France where the region has no rules of its own."""
    return Place(library().territories[library().territory_of_region(region_code)], today())


def choices() -> list[tuple[str, str]]:
    """(code, label) of every territory: France, then the regions by name."""
    places = library().territories.values()
    return [(one.code, one.label) for one in sorted(places, key=lambda one: (bool(one.parent), one.label))]
