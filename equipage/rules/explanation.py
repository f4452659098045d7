"""Why an answer is what it is: the same for a gauge, a simulation and a payment line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from equipage.rules.dated import Dated, Reference
from equipage.rules.wording import NARROW, clause, day

Plain = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer with its rule, what it was given, and each step (explication). Frozen and JSON-safe."""

    rule_id: str
    version: str
    territory: str
    valid_from: date | None
    reference: Reference
    inputs: Mapping[str, Plain] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    conclusion: str = ""
    attested: bool = False

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

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe form, to be frozen on a payment line."""
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
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Explanation:
        """The inverse of `as_dict`."""
        return cls(
            data["rule_id"],
            data["version"],
            data["territory"],
            date.fromisoformat(data["valid_from"]) if data["valid_from"] else None,
            Reference.from_dict(data["reference"]),
            dict(data["inputs"]),
            tuple(data["steps"]),
            data["conclusion"],
            data.get("attested", False),
        )
