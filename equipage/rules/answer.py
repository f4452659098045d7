"""What the rules answer: yes or no, every reason, and for each reason what would mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from equipage.rules.dated import Dated, Reference
from equipage.rules.explanation import Explanation


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is missing (motif), said in French, with the way out and the rule that asks for it.

    `subject` is the key of the person or field concerned, "" for the whole; `wanted` says in words who is to be found.
    """

    code: str
    sentence: str
    way_out: str
    rule_id: str
    reference: Reference
    subject: str = ""
    wanted: str = ""

    @classmethod
    def of(cls, dated: Dated, code: str, sentence: str, way_out: str, subject: str = "", wanted: str = "") -> Reason:
        """A reason that rests on one dated value."""
        return cls(code, sentence, way_out, dated.rule_id, dated.reference, subject, wanted)

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe form."""
        return {
            "code": self.code,
            "sentence": self.sentence,
            "way_out": self.way_out,
            "rule_id": self.rule_id,
            "reference": self.reference.as_dict(),
            "subject": self.subject,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question (réponse).

    `counted` is the number of people that count, `lacking` of those still to be found; `missing` says how many of
    what are missing, by requirement key (by need key for an action or a payment); `members` holds the answer for each
    person of a team; `categories` what a counted person counts as.
    """

    ok: bool
    reasons: tuple[Reason, ...]
    explanation: Explanation
    counted: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)
    members: tuple[Answer, ...] = ()
    categories: frozenset[str] = frozenset()
    key: str = ""
    lacking: int = 0

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the reasons."""
        return tuple(reason.code for reason in self.reasons)

    def sentence(self) -> str:
        """The explanation in one French sentence."""
        return self.explanation.sentence()
