"""A stored content as people read it: names, cards, the plan of actions, two versions side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from equipage.clinical import contents
from equipage.clinical import nomenclatures as n
from equipage.clinical.contents import PATIENT_CARDS, PLAN_CARDS, PROBLEM
from equipage.clinical.rules import age, initials
from equipage.foundation.french import counted, day
from equipage.foundation.periods import today
from equipage.people.models import Professional


@dataclass(frozen=True)
class Identity:
    """Who it is: names as they are used, and as the civil register says them."""

    last: str
    first: str
    born: date
    sex: str
    ins: str
    ins_system: str

    @property
    def full(self) -> str:
        """« Marcel Durand »."""
        return f"{self.first} {self.last}".strip()

    @property
    def short(self) -> str:
        """« M. D. »."""
        return initials(self.last, self.first)

    @property
    def detail(self) -> str:
        """« né le 3 mai 1941, 85 ans »."""
        born = {"F": "née", "M": "né"}.get(self.sex, "né(e)")
        return f"{born} le {day(self.born)}, {counted(age(self.born, today()), 'an')}"


def identity_of(content: dict[str, Any]) -> Identity:
    """The identity in the content of a file."""
    card = content["cards"][contents.IDENTITY.key]
    return Identity(
        last=card["used_name"] or card["birth_name"],
        first=card["used_first_name"] or card["first_names"].split()[0],
        born=date.fromisoformat(card["birth_date"]),
        sex=card["sex"],
        ins=card["ins"],
        ins_system=n.label_of(n.InsSystem, card.get("ins_system", "")),
    )


@dataclass(frozen=True)
class ShownCard:
    """A card to draw: its word in addresses, its title, label and answer of each field that says something."""

    key: str
    title: str
    pairs: list[tuple[str, str]]

    @property
    def empty(self) -> bool:
        """Was nothing written in it?"""
        return not self.pairs


def patient_cards(content: dict[str, Any]) -> list[ShownCard]:
    """The cards of a file."""
    return [_shown(card, content.get("cards", {}).get(card.key, {})) for card in PATIENT_CARDS.values()]


def plan_cards(content: dict[str, Any]) -> list[ShownCard]:
    """The cards of a plan."""
    return [_shown(card, contents.card_of(content, card.key)) for card in PLAN_CARDS.values()]


def _shown(card: contents.Card, data: dict[str, Any]) -> ShownCard:
    return ShownCard(card.key, card.title, pairs_of(card, data))


def pairs_of(card: contents.Card, data: dict[str, Any]) -> list[tuple[str, str]]:
    """What a card says, label and answer; an INS says what it is worth."""
    pairs = [(label, text) for label, text in card.shown(data) if text]
    if data.get("ins"):
        # Nobody asked the national service: it is a number that somebody typed.
        pairs.append(("Nature de l’INS", f"{n.label_of(n.InsSystem, data['ins_system'])}, identité non qualifiée"))
    return pairs


@dataclass(frozen=True)
class ShownProblem:
    """A problem of the plan, to draw."""

    key: str
    title: str
    care: str
    pairs: list[tuple[str, str]]
    actions: list[tuple[str, str]]
    outcome: str


def problems(content: dict[str, Any]) -> list[ShownProblem]:
    """The plan of actions; the actions of prevention come first (PPCS, HAS 2019)."""
    return [_problem(item) for item in content["problems"]]


def _problem(item: dict[str, Any]) -> ShownProblem:
    hidden = {"Soins ou aides", "Problème"}
    lines = sorted(item.get("actions", ()), key=lambda action: not action["prevention"])
    return ShownProblem(
        key=item["key"],
        title=contents.problem_title(item),
        care=n.label_of(n.Care, str(item.get("care", ""))),
        pairs=[(label, text) for label, text in PROBLEM.shown(item) if text and label not in hidden],
        actions=[(_what(action), action["who"]) for action in lines],
        outcome=str(item.get("outcome", "")),
    )


def _what(action: dict[str, Any]) -> str:
    marks = [word for key, word in (("prevention", "prévention"), ("etp", "éducation thérapeutique")) if action[key]]
    return f"{action['what']} ({', '.join(marks)})" if marks else str(action["what"])


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What changed from a frozen content to another: label, before, after."""
    old, new = _flat(before), _flat(after)
    return [
        (label, old.get(label, ""), new.get(label, "")) for label in {**old, **new} if old.get(label) != new.get(label)
    ]


def _flat(content: dict[str, Any]) -> dict[str, str]:
    """A frozen content as one list of labelled texts, problems by their key."""
    found: dict[str, str] = {}
    for shown in (*patient_cards(content["patient"]), *plan_cards(content["plan"])):
        found.update({f"{shown.title} : {label}": text for label, text in shown.pairs})
    for rank, item in enumerate(problems(content["plan"]), start=1):
        name = f"{item.title} ({item.key})"
        found[f"{name} : place"] = str(rank)
        found.update({f"{name} : {label}": text for label, text in item.pairs})
        found[f"{name} : actions"] = "\n".join(f"{what} — {who}" for what, who in item.actions)
    return found


def names_of(professionals: set[int]) -> dict[int, str]:
    """The name of each professional; one query. Who is not known any more has no name here."""
    rows = Professional.objects.filter(pk__in=professionals).order_by("pk")
    return {row.pk: row.formal_name for row in rows}
