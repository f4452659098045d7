"""Look-ups in the rules: for a territory, for a day, and as known on a day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from equipage.rules.catalogue import ConventionTemplate
from equipage.rules.dated import Dated, Segment
from equipage.rules.errors import NoRuleInForce, ValueUnknown
from equipage.rules.form import FormView
from equipage.rules.loading import Loader
from equipage.rules.pack import FormCard, Pack, Rule, Territory
from equipage.rules.scale import Scale
from equipage.rules.shared import Contact
from equipage.rules.wording import NARROW, day

RULEPACKS = Path(__file__).resolve().parents[2] / "rulepacks"
_USED: ContextVar[tuple[Path, ...]] = ContextVar("folders of rules in use", default=(RULEPACKS,))


class Library:
    """The rules of one or several folders, ready to answer. Immutable once loaded: safe between threads."""

    def __init__(self, pack: Pack, roots: tuple[Path, ...] = ()) -> None:
        self.pack = pack
        self.roots = roots
        self._chains = {code: self._climb(code) for code in pack.territories}
        self._groups: dict[tuple[str, str], list[Rule]] = {}
        for rule in sorted(pack.rules.values(), key=lambda rule: (rule.order, rule.key)):
            self._groups.setdefault((rule.form, rule.group), []).append(rule)
        self._views: dict[tuple[str, str, int, int | None], FormView] = {}
        self._breaks: dict[tuple[str, str], list[date]] = {}

    # Places ---------------------------------------------------------------------------------------------------------

    def _climb(self, code: str) -> tuple[str, ...]:
        chain: list[str] = []
        while code and code not in chain:
            chain.append(code)
            code = self.pack.territories[code].parent
        return tuple(chain)

    def chain(self, territory: str) -> tuple[str, ...]:
        """A territory and those that contain it, nearest first. Raises NoRuleInForce when it is unknown."""
        if territory not in self._chains:
            raise NoRuleInForce(f"Le territoire «{NARROW}{territory}{NARROW}» n'est décrit par aucun paquet de règles.")
        return self._chains[territory]

    @cached_property
    def territories(self) -> dict[str, Territory]:
        """The territories by code."""
        return dict(self.pack.territories)

    def territory_of_region(self, region: str) -> str:
        """The territory of a region by its INSEE code ("52" → "fr-pdl"); "fr" when no region has that code."""
        return next((code for code, place in self.pack.territories.items() if place.region == region), "fr")

    # One rule -------------------------------------------------------------------------------------------------------

    def rule(self, rule_id: str) -> Rule:
        """A rule by its id. Raises NoRuleInForce when it does not exist."""
        try:
            return self.pack.rules[rule_id]
        except KeyError as error:
            raise NoRuleInForce(f"Aucune règle ne porte le nom «{NARROW}{rule_id}{NARROW}».") from error

    def rules(self, prefix: str = "") -> list[Rule]:
        """Every rule whose id starts so, by form, group and order."""
        found = (rule for rule in self.pack.rules.values() if rule.id.startswith(prefix))
        return sorted(found, key=lambda rule: (rule.form, rule.group, rule.order, rule.key))

    def find(self, rule_id: str, *, territory: str, on: date, known_on: date | None = None) -> Dated | None:
        """The value in force, the nearest territory first; None when there is none.

        A regional value that has been abolished hides the national one.
        """
        rule = self.pack.rules.get(rule_id)
        if rule is None:
            return None
        for place in self.chain(territory):
            timeline = rule.timelines.get(place)
            found = timeline.at(on, known_on) if timeline else None
            if found is not None:
                return None if found.abolished else found
        return None

    def value(self, rule_id: str, *, territory: str, on: date, known_on: date | None = None) -> Dated:
        """The value in force on a day in a territory, as known on another day (None = with all we know).

        Raises NoRuleInForce when no value stands, ValueUnknown when the value is not public and has no working
        default. Read `.effective` when a working default will do, `.is_assumption` to say so.
        """
        rule = self.rule(rule_id)
        found = self.find(rule_id, territory=territory, on=on, known_on=known_on)
        place = self.pack.territories[territory].inside
        known = f", d'après ce qui était connu le {day(known_on)}" if known_on else ""
        if found is None:
            raise NoRuleInForce(
                f"Aucune valeur de «{NARROW}{rule.label}{NARROW}» n'est en vigueur {place} le {day(on)}{known}."
            )
        if found.effective is None:
            raise ValueUnknown(f"La valeur de «{NARROW}{rule.label}{NARROW}» n'est pas publique {place} le {day(on)}.")
        return found

    def history(self, rule_id: str, territory: str, known_on: date | None = None) -> tuple[Segment, ...]:
        """The stretches of a rule written for exactly this territory, oldest first."""
        timeline = self.rule(rule_id).timelines.get(territory)
        return timeline.segments(known_on) if timeline else ()

    def collection(
        self, form: str, group: str, territory: str, on: date, known_on: date | None = None
    ) -> Iterator[tuple[Rule, Dated]]:
        """The values in force of every rule of a group, in their order."""
        for rule in self._groups.get((form, group), ()):
            found = self.find(rule.id, territory=territory, on=on, known_on=known_on)
            if found is not None:
                yield rule, found

    def contacts(self, territory: str, form: str = "") -> list[Contact]:
        """Who helps in a territory, as published: the nearest first. Raises NoRuleInForce: unknown territory."""
        places = {code: rank for rank, code in enumerate(self.chain(territory))}
        found = [
            one for one in self.pack.contacts.values() if one.territory in places and (not form or one.serves(form))
        ]
        return sorted(found, key=lambda one: (places[one.territory], not one.forms, one.department))

    # Forms ----------------------------------------------------------------------------------------------------------

    def card(self, form: str, territory: str, on: date) -> FormCard:
        """The identity card of a form. Raises NoRuleInForce when the form does not exist there that day."""
        cards = self.pack.forms.get(form)
        if not cards:
            names = ", ".join(sorted(self.pack.forms))
            raise NoRuleInForce(
                f"La forme «{NARROW}{form}{NARROW}» n'est pas décrite{NARROW}; formes connues{NARROW}: {names}."
            )
        chain = self.chain(territory)
        for place in chain:
            for card in cards:
                if card.territory == place and card.valid_from <= on and (card.valid_to is None or on < card.valid_to):
                    return card
        inside = self.pack.territories[territory].inside
        raise NoRuleInForce(f"La forme «{NARROW}{cards[0].label}{NARROW}» n'existe pas {inside} le {day(on)}.")

    def forms(self, territory: str, on: date) -> list[FormCard]:
        """The forms that exist in a territory on a day."""
        found = []
        for code in sorted(self.pack.forms):
            try:
                found.append(self.card(code, territory, on))
            except NoRuleInForce:
                continue
        return found

    def form(self, form: str, territory: str, on: date, known_on: date | None = None) -> FormView:
        """Everything the rules say of a form in a territory on a day.

        The same object is given for all the days between two changes of the rules. Raises NoRuleInForce when the
        form does not exist there that day.
        """
        breaks = self._breaks.get((form, territory))
        if breaks is None:
            breaks = self._breaks[form, territory] = self._break_days(form, territory)
        known = bisect_right(breaks, known_on) if known_on else None
        key = (form, territory, bisect_right(breaks, on), known)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = FormView(self, self.card(form, territory, on), territory, on, known_on)
        return view

    def _break_days(self, form: str, territory: str) -> list[date]:
        chain = set(self.chain(territory))
        forms = {form} | {card.parent for card in self.pack.forms.get(form, ()) if card.parent}
        days: set[date] = set()
        for code in forms:
            for card in self.pack.forms.get(code, ()):
                days |= {day for day in (card.valid_from, card.valid_to) if day}
        for rule in self.pack.rules.values():
            if rule.form in forms:
                for place in chain & rule.timelines.keys():
                    days |= rule.timelines[place].changes()
        return sorted(days)

    def scale(self, form: str, territory: str, on: date, known_on: date | None = None) -> Scale:
        """The scale of a pack (barème) in force. Raises NoRuleInForce when there is none for that day."""
        return Scale.read(self.value(f"{form}.scale", territory=territory, on=on, known_on=known_on))

    def convention(self, form: str, territory: str, on: date) -> ConventionTemplate:
        """The text to sign (modèle de convention) in force. Raises NoRuleInForce when there is none."""
        return ConventionTemplate.read(self.value(f"{form}.convention", territory=territory, on=on))


@lru_cache(maxsize=8)
def _load(roots: tuple[Path, ...]) -> Library:
    return Library(Loader(roots).load(), roots)


def library(*paths: Path | str | None) -> Library:
    """The library of the project's rules, or of the given folders read together; loaded once.

    Raises PackRefused with every problem found.
    """
    return _load(tuple(Path(path).resolve() for path in paths if path is not None) or _USED.get())


@contextmanager
def use(*paths: Path | str) -> Iterator[Library]:
    """For a while and in this thread, `library()` reads these folders together: a pack tried before it is adopted.

    Raises PackRefused with every problem found.
    """
    token = _USED.set(tuple(Path(path).resolve() for path in paths))
    try:
        yield library()
    finally:
        _USED.reset(token)


def forget() -> None:
    """Drop what was loaded, so that the next look-up reads the files again."""
    _load.cache_clear()
