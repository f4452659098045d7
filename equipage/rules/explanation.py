"""Why an answer is what it is: the same for a gauge, a simulation and a payment line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from equipage.rules.dated import Dated, Reference
from equipage.rules.wording import NARROW, clause, day

Plain = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer with its rule, what it was given, and each step (explication). Frozen and JSON-safe.

    An amount is explained as a tree: each node has a French `label` and its `amount_cents`, and its children add up to
    it, to the cent; a ceiling that cuts is a child below zero. `rule_id`, `version` and `territory` are the address of
    the rule of a node: the page makes a link of them.
    """

    rule_id: str
    version: str
    territory: str
    valid_from: date | None
    reference: Reference
    inputs: Mapping[str, Plain] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    conclusion: str = ""
    attested: bool = False
    label: str = ""
    amount_cents: int | None = None
    children: tuple[Explanation, ...] = ()

    @classmethod
    def of(cls, dated: Dated, inputs: Mapping[str, Plain], steps: tuple[str, ...], conclusion: str) -> Explanation:
        """An explanation that rests on one dated value."""
        return cls(
            dated.rule_id,
            dated.version,
            dated.territory,
            dated.valid_from,
            dated.reference,
            inputs,
            steps,
            conclusion,
            dated.attested,
        )

    def sentence(self) -> str:
        """The whole in one French sentence: the conclusion, the steps, the rule and its date."""
        steps = f"{NARROW}: {f'{NARROW}; '.join(self.steps)}" if self.steps else ""
        began = "attestée au" if self.attested else "en vigueur depuis le"
        since = f", {began} {day(self.valid_from)}" if self.valid_from else ""
        rule = f" (règle{NARROW}: {self.reference.sentence()}{since})" if self.reference.title else ""
        return clause(f"{self.conclusion.rstrip('.')}{steps}{rule}")

    def walk(self) -> Iterator[Explanation]:
        """Every node of the tree, this one first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe form, to be frozen on a payment line. A child says only what it has."""
        return {
            "rule_id": self.rule_id,
            "version": self.version,
            "territory": self.territory,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "reference": self.reference.as_dict(),
            "inputs": dict(self.inputs),
            "steps": list(self.steps),
            "conclusion": self.conclusion,
            **({"attested": True} if self.attested else {}),
            **({"label": self.label} if self.label else {}),
            **({} if self.amount_cents is None else {"amount_cents": self.amount_cents}),
            **({"children": [_short(child.as_dict()) for child in self.children]} if self.children else {}),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Explanation:
        """The inverse of `as_dict`. What was frozen before amounts were trees has no label, amount nor children."""
        began = data.get("valid_from")
        return cls(
            data.get("rule_id", ""),
            data.get("version", ""),
            data.get("territory", ""),
            date.fromisoformat(began) if began else None,
            Reference.from_dict(data.get("reference") or {"title": ""}),
            dict(data.get("inputs", {})),
            tuple(data.get("steps", ())),
            data.get("conclusion", ""),
            data.get("attested", False),
            data.get("label", ""),
            data.get("amount_cents"),
            tuple(cls.from_dict(child) for child in data.get("children", ())),
        )


def _short(data: dict[str, Any]) -> dict[str, Any]:
    """The form of a child without its empty entries: thousands of lines are kept."""
    if not any(data["reference"].values()):
        del data["reference"]
    return {key: value for key, value in data.items() if value or value == 0}
