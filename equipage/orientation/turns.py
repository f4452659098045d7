"""A year played action after action under the ceilings that people share, with the computation of the payment. Pure.

What remains of each ceiling is compared with what the next action asks: two actions that ask the same of the same
remainders are priced once, so that a year of thousands of actions costs a few calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from equipage.rules.explanation import Explanation
from equipage.rules.pricing import ActionFacts, Ceilings, PersonFacts, Share, Tariff, price_action
from equipage.rules.rates import Rate, rate_for, worth
from equipage.rules.scale import Priced


@dataclass(slots=True)
class Tally:
    """What one person has of one kind of action: turns, cents, what each ceiling took (by code), the first cut told."""

    turns: int = 0
    amount_cents: int = 0
    cuts: dict[str, int] = field(default_factory=dict)
    told: Explanation | None = None

    def add(self, share: Share) -> None:
        """Count one action."""
        self.turns += 1
        self.amount_cents += share.amount_cents
        for cut in share.cuts:
            self.cuts[cut.code] = self.cuts.get(cut.code, 0) + cut.cents
        if share.cuts and self.told is None:
            self.told = share.explanation


@dataclass
class Turns:
    """The turns of one kind of action: everybody of `groups` comes when it is their turn, `present` at a time.

    `year_cents` is what each person already has, all kinds together; it is added to.
    """

    tariff: Tariff
    facts: ActionFacts
    groups: Sequence[str]
    present: int
    year_cents: list[int]
    _told: set[Rate] = field(default_factory=set)

    @cached_property
    def rates(self) -> list[Rate]:
        """The rate of each person. Raises NoRuleInForce for a group that has none."""
        kind, on = self.facts.kind, self.facts.on
        by_group = {group: rate_for(self.tariff.rates, kind, group, on) for group in set(self.groups)}
        return [by_group[group] for group in self.groups]

    @cached_property
    def _prices(self) -> list[int]:
        facts = self.facts
        return [worth(rate, facts.minutes, facts.patients, facts.documents, self.present).cents for rate in self.rates]

    def play(self, times: int) -> list[Tally]:
        """Each person's tally after so many actions."""
        tallies = [Tally() for _ in self.groups]
        known: dict[tuple[object, ...], tuple[Share, ...]] = {}
        team_used, many = 0, len(self.groups)
        for turn in range(times):
            first = turn * self.present % many
            there = [(first + place) % many for place in range(self.present)]
            key = (first, *self._remainders(there, tallies, team_used))
            shares = known.get(key)
            if shares is None:
                shares = known[key] = self._price(there, tallies, team_used)
            for share in shares:
                who = int(share.key)
                tallies[who].add(share)
                self.year_cents[who] += share.amount_cents
                team_used += share.amount_cents
        return tallies

    def alone(self, who: int) -> Priced:
        """One action that a person comes to first, before any ceiling but those of the action."""
        people = [(who + place) % len(self.groups) for place in range(self.present)]
        facts = [PersonFacts(one, self.groups[one]) for one in people]
        [mine] = [share for share in price_action(self.tariff, self.facts, facts) if share.key == who]
        assert mine.explanation is not None
        return Priced(mine.amount_cents, mine.quantity, mine.rate, mine.explanation)

    def _remainders(self, there: list[int], tallies: list[Tally], team_used: int) -> tuple[object, ...]:
        """What remains of every ceiling, no further than what this action may take."""
        most, prices, rates = self.tariff.cap_person_year_cents, self._prices, self.rates
        own: list[int] = []
        for who in there:
            price, cap = prices[who], rates[who].cap_person_year_cents
            own.append(price if cap is None else min(price, cap - tallies[who].amount_cents))
            own.append(price if most is None else min(price, most - self.year_cents[who]))
        if self._team_cap is None:
            return (tuple(own),)
        return tuple(own), min(self._team_cap - team_used, sum(prices[who] for who in there))

    @cached_property
    def _team_cap(self) -> int | None:
        caps = [rate.cap_team_year_cents for rate in self.tariff.of(self.facts.kind, self.facts.on)]
        return min((cap for cap in caps if cap is not None), default=None)

    def _price(self, there: list[int], tallies: list[Tally], team_used: int) -> tuple[Share, ...]:
        people = [
            PersonFacts(
                who,
                self.groups[who],
                kind_year_cents=tallies[who].amount_cents,
                year_cents=self.year_cents[who],
            )
            for who in there
        ]
        ceilings = Ceilings(team_kind_used_cents=team_used)
        shares = price_action(self.tariff, self.facts, people, ceilings, explain=False)
        if all(share.rate in self._told for share in shares if share.cuts):
            return shares
        # Words are slow: only the first cut of each rate is told.
        shares = price_action(self.tariff, self.facts, people, ceilings)
        self._told.update(share.rate for share in shares if share.cuts)
        return shares
