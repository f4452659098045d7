"""What a team would be paid in a year: the functions that pay, applied to numbers of people and of actions.

Pure, except `scales_of`. Nothing is rounded here: integer cents come from `price`, and are only added or limited.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from equipage.compensation.forms.scales import GROUPS
from equipage.compensation.selectors import PublicScale, public_scale
from equipage.orientation.place import Place
from equipage.orientation.turns import Tally, Turns
from equipage.rules import library
from equipage.rules.actions import TeamFacts, check_action_allowed
from equipage.rules.catalogue import Action
from equipage.rules.ceiling import Capped, apply_ceiling
from equipage.rules.composition import LIBERAL
from equipage.rules.dated import Dated
from equipage.rules.errors import BadInput, NoRuleInForce
from equipage.rules.explanation import Explanation
from equipage.rules.form import FormView
from equipage.rules.headcount import fitting_mode, standing
from equipage.rules.pricing import PERSON_KIND, ActionFacts, Tariff
from equipage.rules.scale import Priced, Rate, price
from equipage.rules.shared import PersonKind
from equipage.rules.wording import quantity

# The gauge and the payment call the ceiling by the same name.
ENVELOPE = "enveloppe de l'équipe"
NO_RATE = ("Ce barème n'a pas de tarif pour cette action.", "L'association dit si elle est payée, et combien.")


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of person as a scale sees it (profil): its pay group, or `paid` False where no rate is for it.

    `kind` is None where the rules name no kinds of people: the profile is then a pay group as such.
    """

    key: str
    label: str
    one: str
    many: str
    group: str
    paid: bool = True
    kind: PersonKind | None = None

    def counted(self, count: int) -> str:
        """« un médecin généraliste », « deux infirmiers »."""
        return quantity(count, self.one, self.many)


@dataclass(frozen=True, slots=True)
class Deed:
    """What would be done in a year: `times` actions of a kind, each of `minutes`, with `present` people (0 = all)."""

    code: str
    times: int
    minutes: int
    present: int = 0
    patients: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A year as a team imagines it: who they are (paid profiles only), what they do, the facts that hold."""

    people: tuple[tuple[Profile, int], ...]
    deeds: tuple[Deed, ...]
    facts: frozenset[str] = frozenset()

    @property
    def total(self) -> int:
        """How many people in all."""
        return sum(count for _, count in self.people)


@dataclass(frozen=True, slots=True)
class Share:
    """The people whom one rate pays, for one kind of action: `each` is one person in one action.

    `cut_cents` is what the ceilings take away, by code in `cuts`; `capped` tells the first price that one lowers.
    """

    profiles: tuple[tuple[Profile, int], ...]
    turns: int
    each: Priced
    amount_cents: int
    cut_cents: int
    capped: Explanation | None
    cuts: Mapping[str, int] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """How many people it pays."""
        return sum(count for _, count in self.profiles)

    @property
    def explanations(self) -> tuple[Explanation, ...]:
        """Why one action is worth that, and why the last ones are worth less."""
        return (self.each.explanation, *((self.capped,) if self.capped else ()))


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of action over the year: `minutes` adds the time of every person present."""

    action: Action
    deed: Deed
    present: int
    shares: tuple[Share, ...]

    @property
    def amount_cents(self) -> int:
        """What it is worth, before the ceiling of the team."""
        return sum(share.amount_cents for share in self.shares)

    @property
    def minutes(self) -> int:
        """The time of all who were there."""
        return self.deed.times * self.deed.minutes * self.present


@dataclass(frozen=True, slots=True)
class Closed:
    """A kind of action that was asked for and is not counted, with each reason and its way out."""

    action: Action
    deed: Deed
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Simulation:
    """The year, counted. `ceiling` is None where no rule sets one: nothing is cut, and the page says so."""

    plan: Plan
    lines: tuple[Line, ...]
    closed: tuple[Closed, ...]
    ceiling: Dated | None

    @cached_property
    def asked_cents(self) -> int:
        """The sum of the lines."""
        return sum(line.amount_cents for line in self.lines)

    @cached_property
    def capped(self) -> Capped | None:
        """What fits under the ceiling of the team, and why."""
        if self.ceiling is None:
            return None
        return apply_ceiling(self.asked_cents, 0, int(self.ceiling.effective), self.ceiling, ENVELOPE)

    @property
    def paid_cents(self) -> int:
        """What the team would receive."""
        return self.capped.paid_cents if self.capped else self.asked_cents

    @property
    def cut_cents(self) -> int:
        """What goes beyond the ceiling."""
        return self.capped.cut_cents if self.capped else 0

    @property
    def minutes(self) -> int:
        """The time given in the year, everybody's added."""
        return sum(line.minutes for line in self.lines)

    @property
    def person_cents(self) -> int:
        """The mean a person and a year, to the nearest cent."""
        return nearest(self.paid_cents, self.plan.total)

    @property
    def person_minutes(self) -> int:
        """The mean time a person and a year, to the nearest minute."""
        return nearest(self.minutes, self.plan.total)

    @property
    def hour_cents(self) -> int:
        """The mean an hour of a person, to the nearest cent."""
        return nearest(self.paid_cents * 60, self.minutes)


def nearest(total: int, parts: int) -> int:
    """A positive total divided to the nearest whole, halves up; 0 where there is nothing to divide by."""
    return (2 * total + parts) // (2 * parts) if parts else 0


# Which scale ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    """A form and the scale that would pay it; `scale` None where none is published."""

    form: FormView
    scale: PublicScale | None


def subjects_of(place: Place) -> tuple[Subject, ...]:
    """Every form of a place with its scale: the one that the association adopted, else that of the packs, else none."""
    region = place.territory.region
    adopted = public_scale(region, place.on) if region else None
    forms = (library().form(card.code, place.code, place.on) for card in place.cards)
    return tuple(Subject(form, _scale(form, adopted)) for form in forms)


def _scale(form: FormView, adopted: PublicScale | None) -> PublicScale | None:
    if not form.actions:
        return None
    if adopted and any(rate.action_code in form.actions for rate in adopted.rates):
        return adopted
    try:
        found = form.scale
    except NoRuleInForce:
        return None
    rule = found.rule
    return PublicScale(
        found.label,
        found.fictitious,
        rule.valid_from,
        rule.valid_to,
        rule.reference,
        found.rates,
        found.cap_person_year_cents,
    )


def profiles_of(form: FormView, kinds: Mapping[str, PersonKind], on: date) -> tuple[Profile, ...]:
    """The people whom a form may pay, by kind; by pay group where the packs name no kinds. The unpaid come last."""
    if not kinds:
        groups = sorted({item.pay_group for item in form.composition.professions.values() if item.eligible_for_pay})
        return tuple(_group(code) for code in groups)
    found = [_profile(form, kind, on) for kind in kinds.values()]
    return tuple(sorted(found, key=lambda profile: not profile.paid))


def _group(code: str) -> Profile:
    label = GROUPS.get(code, code)
    return Profile(code, label, f"une personne ({label.lower()})", f"personnes ({label.lower()})", code)


def _profile(form: FormView, kind: PersonKind, on: date) -> Profile:
    group = form.group_of(kind.system, kind.code, tuple(code for _, code in kind.know_hows))
    profession = form.composition.professions.get((kind.system, kind.code))
    counts = standing(form, kind, fitting_mode(form, LIBERAL), on).ok
    paid = bool(profession and profession.eligible_for_pay and counts)
    return Profile(kind.key, kind.label, kind.one, kind.many, group, paid, kind)


# Counting -------------------------------------------------------------------------------------------------------------


def simulate(
    form: FormView, rates: Iterable[Rate], plan: Plan, on: date, cap_person_year_cents: int | None = None
) -> Simulation:
    """Count a year under a scale, on the rules of a day. What is closed or has no rate is said, never paid.

    Kinds of action come in the order of the plan: it decides what the ceiling of a person, all kinds, still leaves.
    Raises BadInput for a number that cannot be, NoRuleInForce for an action that is not in the catalogue.
    """
    year = _Year(Tariff(rates, cap_person_year_cents), plan, on)
    lines: list[Line] = []
    closed: list[Closed] = []
    facts = TeamFacts(on if "association" in plan.facts else None, since=dict.fromkeys(plan.facts, on))
    for deed in plan.deeds:
        if deed.times == 0 or plan.total == 0:
            continue
        action = form.action(deed.code)
        present = deed.present or plan.total
        if deed.times < 0 or present > plan.total:
            raise BadInput(
                "Il ne peut pas y avoir plus de personnes présentes que dans l'équipe, ni moins d'une action."
            )
        allowed = check_action_allowed(form, deed.code, facts, on, present)
        if not allowed.ok:
            closed.append(Closed(action, deed, tuple((one.sentence, one.way_out) for one in allowed.reasons)))
            continue
        try:
            lines.append(Line(action, deed, present, tuple(year.shares(deed, present))))
        except NoRuleInForce:
            closed.append(Closed(action, deed, (NO_RATE,)))
    return Simulation(plan, tuple(lines), tuple(closed), _ceiling(form))


def _ceiling(form: FormView) -> Dated | None:
    try:
        return form.envelope
    except NoRuleInForce:
        return None


class _Year:
    """The year under one scale: by multiplication where people share no ceiling, else action after action."""

    def __init__(self, tariff: Tariff, plan: Plan, on: date) -> None:
        self._tariff, self._plan, self._on = tariff, plan, on
        self._people = [profile for profile, count in plan.people for _ in range(count)]
        self._had = [0] * len(self._people)

    def shares(self, deed: Deed, present: int) -> Iterator[Share]:
        """The shares of one kind of action, one a rate."""
        rates = self._tariff.of(deed.code, self._on)
        common = any(
            rate.shared_by or rate.cap_action_cents is not None or rate.cap_team_year_cents is not None
            for rate in rates
        )
        if common or self._tariff.cap_person_year_cents is not None:
            yield from self._played(deed, present)
        else:
            yield from _shares(self._tariff.rates, self._plan, deed, present, self._on)

    def _played(self, deed: Deed, present: int) -> Iterator[Share]:
        facts = ActionFacts(deed.code, self._on, deed.minutes, deed.patients)
        turns = Turns(self._tariff, facts, [one.group for one in self._people], present, self._had)
        by_rate: dict[Rate, list[tuple[Profile, Tally]]] = {}
        first: dict[Rate, int] = {}
        tallies = turns.play(deed.times)
        for place, (profile, rate, tally) in enumerate(zip(self._people, turns.rates, tallies, strict=True)):
            by_rate.setdefault(rate, []).append((profile, tally))
            first.setdefault(rate, place)
        for rate, rows in by_rate.items():
            if rate.shared_by:
                each = turns.alone(first[rate])
            else:
                each = _price(self._tariff.rates, rows[0][0].group, deed, present, self._on)
            yield _tallied(each, rows)


def _tallied(each: Priced, rows: list[tuple[Profile, Tally]]) -> Share:
    """The people of one rate together; what their own ceiling takes from every action is already out of `each`."""
    turns, amount = sum(tally.turns for _, tally in rows), sum(tally.amount_cents for _, tally in rows)
    cuts: Counter[str] = Counter()
    for _, tally in rows:
        cuts.update(tally.cuts)
    # The parts of a lump sum may differ by a cent: what was cut is counted, not deduced.
    cut = sum(cuts.values()) if each.rate.shared_by else each.amount_cents * turns - amount
    cuts[PERSON_KIND] -= sum(cuts.values()) - cut
    told = next((tally.told for _, tally in rows if tally.told), None) if cut else None
    profiles = Counter(profile for profile, _ in rows)
    return Share(tuple(profiles.items()), turns, each, amount, cut, told, +cuts)


def _shares(rates: tuple[Rate, ...], plan: Plan, deed: Deed, present: int, on: date) -> Iterator[Share]:
    """One share a rate. When not everybody is there, people take turns: nobody comes twice more than another."""
    often, more = divmod(deed.times * present, plan.total)
    paid: dict[Rate, list[tuple[Profile, int, int]]] = {}
    first = 0
    for profile, count in plan.people:
        # The first of the list come once more when the turns do not fall even.
        once_more = min(count, max(0, more - first))
        first += count
        rate = _price(rates, profile.group, deed, present, on).rate
        paid.setdefault(rate, []).append((profile, count, once_more))
    for rows in paid.values():
        yield _share(rates, rows, often, deed, present, on)


def _price(rates: tuple[Rate, ...], group: str, deed: Deed, present: int, on: date, already: int = 0) -> Priced:
    # One action is one document, as when it is paid.
    return price(rates, deed.code, group, deed.minutes, deed.patients, present, on=on, person_year_cents=already)


def _share(
    rates: tuple[Rate, ...], rows: list[tuple[Profile, int, int]], often: int, deed: Deed, present: int, on: date
) -> Share:
    group = rows[0][0].group
    each = _price(rates, group, deed, present, on)
    people = sum(count for _, count, _ in rows)
    once_more = sum(more for _, _, more in rows)
    turns = people * often + once_more
    amount = (people - once_more) * _year(each, often) + once_more * _year(each, often + 1)
    cut = each.amount_cents * turns - amount
    capped = None
    if cut:
        full = (each.rate.cap_person_year_cents or 0) // each.amount_cents
        capped = _price(rates, group, deed, present, on, already=full * each.amount_cents).explanation
    profiles = tuple((profile, count) for profile, count, _ in rows)
    return Share(profiles, turns, each, amount, cut, capped, {PERSON_KIND: cut} if cut else {})


def _year(each: Priced, times: int) -> int:
    """What one person gets for `times` equal actions: the same as pricing them one after the other under the cap."""
    amount, cap = each.amount_cents * times, each.rate.cap_person_year_cents
    return amount if cap is None else min(amount, cap)
