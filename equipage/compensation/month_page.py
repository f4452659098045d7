"""The page of a month before it is locked: piles, the people to look at one by one, who must act for the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator

from equipage.compensation.models import HindranceNotice
from equipage.compensation.piles import ONE_BY_ONE, REASONS, Person, Preview, preview
from equipage.compensation.services.decisions import alike, joint_hash
from equipage.compensation.services.reminders import recent_notices
from equipage.foundation.french import counted, day_short, euros
from equipage.foundation.listing.search import words
from equipage.foundation.periods import Month
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused

PEOPLE_A_PAGE = 50
SHOWN = 200
# The filters that are no reason: what waits for a decision, who was put aside.
OPEN, ASIDE = "a-decider", "de-cote"
_STATES = {OPEN: "open", ASIDE: "wait"}
_LONGEST_NAME = 100
WHO = {"agency": "l'ARS", "member": "la personne", "association": "l'association", "team": "l'équipe"}
_BADGES = {
    "open": ("À décider", "wait"),
    "default": ("Payée, sauf avis contraire", "info"),
    "pay": ("Payer", "ok"),
    "wait": ("Attendre", "quiet"),
}


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the month, a reason, a team, a page of people; a name and a page of the clear ones.

    The list of the clear ones is open once its page, `clear`, is asked for.
    """

    month: Month
    reason: str = ""
    team: int = 0
    page: str = ""
    name: str = ""
    clear: str = ""
    problem: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Asked:
        """From an address or a form; what is not understood is left out, but a wrong month is said."""
        reason, team, problem = given.get("motif", ""), str(given.get("equipe", "")), ""
        try:
            month = Month.parse(given.get("mois") or str(Month.current()))
        except Refused as refused:
            month, problem = Month.current(), refused.sentence
        known = reason if reason in REASONS or reason in _STATES else ""
        number = int(team) if team.isdecimal() and len(team) < 10 else 0
        name = " ".join(str(given.get("nom", "")).split())[:_LONGEST_NAME]
        clear = str(given.get("clairs") or ("1" if name else ""))
        return cls(month, known, number, str(given.get("page", "")), name, clear, problem)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What forms carry along."""
        seen = (("motif", self.reason), ("equipe", str(self.team or "")), ("page", self.page))
        given = (*seen, ("nom", self.name), ("clairs", self.clear))
        return [("mois", str(self.month)), *((name, value) for name, value in given if value)]

    @property
    def query(self) -> str:
        return f"?{urlencode(self.fields)}"

    def keeps(self, person: Person) -> bool:
        if self.reason in _STATES:
            if person.state != _STATES[self.reason]:
                return False
        elif self.reason and self.reason not in person.codes:
            return False
        return not self.team or any(line.team_id == self.team for line in person.lines)

    def names(self, person: Person) -> bool:
        """Is this somebody whose name is searched for?"""
        return all(word in person.professional.search_name for word in words(self.name))


@dataclass
class Card:
    """A person to look at, with what the forms send back; `refused` is a form whose words are shown again."""

    person: Person
    following: int = 0
    last: bool = False
    own: bool = False
    refused: bool = False
    reason: str = ""
    told: bool = False

    @property
    def badge(self) -> tuple[str, str]:
        return _BADGES[self.person.state]

    @property
    def before(self) -> int:
        return self.person.decision.pk if self.person.decision else 0


@dataclass(frozen=True)
class Alike:
    """Everybody with one and the same reason, in one gesture; and what it does."""

    code: str
    label: str
    count: int
    cents: int
    seen: str

    @property
    def sentence(self) -> str:
        who = counted(self.count, "personne dont c'est", "personnes dont c'est")
        return f"{self.label} : {who} le seul point, {euros(self.cents)}. Chacune sera payée dans cette campagne."


@dataclass
class Group:
    """Lines that wait for the same hands (qui doit agir), and whether somebody told them lately."""

    code: str
    lines: list[Any] = field(default_factory=list)
    reminded: str = ""

    @property
    def who(self) -> str:
        return WHO[self.code]

    @property
    def cents(self) -> int:
        return sum(line.amount_cents for line in self.lines)

    @property
    def people(self) -> int:
        return len({line.professional_id for line in self.lines})

    @property
    def may_be_told(self) -> bool:
        return self.code in HindranceNotice.WaitsFor.values


def page_of(
    organisation: Any, asked: Asked, user: Any, *, typed: Mapping[str, Any] | None = None, last: str = ""
) -> dict[str, Any]:
    """What the template reads. `typed`: a refused form, shown again beside its person."""
    found = preview(organisation, asked.month)
    decision = can(user, "compensation.prepare_run", organisation)
    page = _page_of([person for person in found.people if asked.keeps(person)], asked.page)
    clear = _page_of([person for person in found.clear_people if asked.names(person)], asked.clear)
    return {
        "asked": replace(
            asked,
            page=str(page.number) if page.number > 1 else "",
            clear=str(clear.number) if asked.clear else "",
        ),
        "month": asked.month,
        "before": asked.month.previous,
        "after": asked.month.next if asked.month < Month.current() else None,
        "preview": found,
        "piles": _piles(found),
        "decision": decision,
        "decides": decision.allowed,
        "page": page,
        "cards": _cards(list(page.object_list), user, typed or {}, last),
        "clear": clear,
        "clear_cards": _cards(list(clear.object_list), user, typed or {}, last),
        "reasons": _reasons(found.people),
        "teams": sorted({(line.team.name, line.team_id) for person in found.people for line in person.lines}),
        "alike": _alike(found.people, user) if decision.allowed else [],
        "groups": _groups(organisation, found),
        "left_out": _left_out(found),
        "shown": SHOWN,
    }


def _page_of(people: Sequence[Person], number: str) -> Page[Person]:
    return Paginator(people, PEOPLE_A_PAGE).get_page(number)


def _piles(found: Preview) -> list[dict[str, Any]]:
    rows = (
        ("Clair", found.clear, "ok", "Tout est réuni, rien d'inhabituel."),
        ("À regarder", found.to_look_at, "wait", _looked_at(found)),
        ("Pas encore prêt", found.not_ready, "quiet", "Une condition manque ; chaque personne le voit chez elle."),
    )
    return [
        {"label": label, "count": pile.count, "cents": pile.total_cents, "tone": tone, "sentence": sentence}
        for label, pile, tone, sentence in rows
    ]


def _looked_at(found: Preview) -> str:
    if not found.people:
        return "Rien d'inhabituel."
    people = counted(len(found.people), "personne", "personnes")
    left = len(found.in_state("open"))
    return f"{people}, dont {left} à décider." if left else f"{people}, rien ne reste à décider."


def _left_out(found: Preview) -> list[str]:
    """Who would not be in the run, how many and how much."""
    said = []
    for state, one, many in (
        ("open", "personne attend votre décision", "personnes attendent votre décision"),
        ("wait", "personne est mise de côté", "personnes sont mises de côté"),
    ):
        people = found.in_state(state)
        if people:
            held = euros(sum(person.total_cents for person in people))
            said.append(f"{counted(len(people), one, many)} ({held}) : hors de cette campagne.")
    return said


def _cards(people: Sequence[Person], user: Any, typed: Mapping[str, Any], last: str) -> list[Card]:
    own = user.professional_or_none
    cards = [Card(person, own=own is not None and own.pk == person.professional_id) for person in people]
    following = 0
    for card in reversed(cards):
        card.following = following or card.person.professional_id
        if card.person.state == "open":
            following = card.person.professional_id
    for card in cards:
        key = str(card.person.professional_id)
        card.last = key == last
        if typed.get("person") == key:
            card.reason, card.told = str(typed.get("reason", "")), bool(typed.get("told"))
            card.refused = typed.get("choice") == "wait"
    return cards


def _reasons(people: Sequence[Person]) -> list[tuple[str, str]]:
    """The choices of the filter, with how many people: to decide, put aside, then each reason that is there."""
    counts = Counter(code for person in people for code in person.codes)
    states = Counter(person.state for person in people)
    rows = [(OPEN, f"À décider ({states['open']})")]
    rows += [(ASIDE, f"Mises de côté ({states['wait']})")] if states["wait"] else []
    return rows + [(code, f"{label} ({counts[code]})") for code, label in REASONS.items() if counts[code]]


def _alike(people: Sequence[Person], user: Any) -> list[Alike]:
    rows = []
    for code, label in REASONS.items():
        chosen = [] if code in ONE_BY_ONE else alike(people, code, user)
        if len(chosen) > 1:
            cents = sum(person.total_cents for person in chosen)
            rows.append(Alike(code, label, len(chosen), cents, joint_hash(chosen)))
    return rows


def _groups(organisation: Any, found: Preview) -> list[Group]:
    groups = {code: Group(code) for code in ("member", "team", "agency", "association")}
    for line in found.not_ready.lines:
        groups[line.waits_for].lines.append(line)
    notices: dict[str, list[Any]] = {}
    for notice in recent_notices(organisation):
        notices.setdefault(notice.waits_for, []).append(notice)
    for code, rows in notices.items():
        told = counted(len({row.recipient_id for row in rows}), "personne prévenue", "personnes prévenues")
        groups[code].reminded = f"{told} depuis sept jours, la dernière fois le {day_short(rows[0].told_at)}."
    return [group for group in groups.values() if group.lines]
