"""What the rules refuse, each with a French sentence a person can act upon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from equipage.rules.wording import typographic


class RuleError(ValueError):
    """Any refusal of the rules; `sentence` is French and may be shown as it is."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NoRuleInForce(RuleError):
    """No value stands for that rule, that place and that day (aucune règle en vigueur): never guessed."""


class ValueUnknown(NoRuleInForce):
    """The rule is known to exist, its value is not public (valeur inconnue)."""


class BadInput(RuleError):
    """A computation was asked with facts that cannot be (négative, absurd)."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in one file of rules: where, and what was expected."""

    file: str
    line: int
    key: str
    what: str
    expected: str = ""

    def sentence(self) -> str:
        """« fichier:ligne, clé : constat ; attendu : … »."""
        key = f", clé « {self.key} »" if self.key else ""
        expected = f" ; attendu : {self.expected}" if self.expected else ""
        return typographic(f"{self.file}:{self.line}{key} : {self.what}{expected}")


class PackRefused(RuleError):
    """A folder of rules is refused as a whole (paquet refusé); `problems` lists everything found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(problem.sentence() for problem in self.problems))
