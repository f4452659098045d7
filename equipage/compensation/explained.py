"""The explanation of an amount as the page shows it: a tree, each node with its amount and the page of its rule."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from equipage.rules import library
from equipage.rules.explaining import signed
from equipage.rules.explanation import Explanation


@dataclass(frozen=True)
class Node:
    """One node (étape du calcul): what it is, its amount in words, why, and where its rule is published."""

    label: str
    amount: str
    why: str
    url: str
    children: tuple[Node, ...]


def rule_page(rule_id: str, territory: str, scale_url: str) -> str:
    """The public page of a rule of the packs, the scale for a rate of the association, "" for anything else."""
    if rule_id in library().pack.rules:
        asked = f"?{urlencode({'territoire': territory})}" if territory else ""
        return f"{reverse('orientation:rule', args=[rule_id])}{asked}"
    return scale_url if rule_id.startswith("bareme.") else ""


def tree_of(explanation: Explanation, scale_url: str) -> tuple[Node, ...]:
    """The nodes under the amount; none for a line that was frozen before amounts were trees."""
    return tuple(
        Node(
            child.label,
            "" if child.amount_cents is None else signed(child.amount_cents),
            "; ".join(child.steps),
            rule_page(child.rule_id, child.territory, scale_url),
            tree_of(child, scale_url),
        )
        for child in explanation.children
    )
