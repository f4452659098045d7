"""Lays the values of each rule on its timeline and refuses overlaps, holes and loose links."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from equipage.rules.dated import Dated, Timeline
from equipage.rules.errors import Problem
from equipage.rules.pack import Draft, Pack, Rule


def _overlap(one: Dated, two: Dated) -> bool:
    first, second = sorted((one, two), key=lambda entry: entry.valid_from)
    return first.valid_to is None or second.valid_from < first.valid_to


def _clashes(values: list[Dated]) -> Iterator[Problem]:
    """Two values for one day are refused, unless the later one says explicitly since when it is known."""
    for one, two in combinations(sorted(values, key=lambda entry: (entry.known, entry.valid_from)), 2):
        later_is_explicit = two.known_from is not None and two.known > one.known
        if _overlap(one, two) and not later_is_explicit:
            what = f"cette période recouvre celle de {one.file}:{one.line} (à partir du {one.valid_from})"
            expected = "une fin (valid_to) à l'ancienne valeur, ou « known_from » si un texte la corrige"
            yield Problem(two.file, two.line, two.rule_id, what, expected)


def _holes(timeline: Timeline) -> Iterator[Problem]:
    for state in timeline.states():
        for before, after in pairwise(state):
            if before.end is not None and before.end < after.start:
                what = f"aucune valeur du {before.end} au {after.start} (exclu)"
                expected = "des périodes qui se touchent, ou « continuous: false »"
                yield Problem(after.value.file, after.value.line, after.value.rule_id, what, expected)


def _loose(pack: Pack, rule: Rule, entry: Dated) -> Iterator[Problem]:
    """Names that one value uses of another rule, and that nothing carries: gates of actions, actions of a scale."""
    if rule.kind == "actions" and entry.value:
        for gate in entry.value["gates"]:
            if f"{rule.form}.gates.{gate}" not in pack.rules:
                what = f"la condition « {gate} » est inconnue"
                yield Problem(entry.file, entry.line, rule.id, what, "une clé du fichier de genre « gates »")
    if rule.kind == "answers" and rule.key not in pack.concerns:
        expected = "une clé du fichier de genre « needs »"
        yield Problem(entry.file, entry.line, rule.id, f"le besoin « {rule.key} » est inconnu", expected)
    gate = (rule.requirement or {}).get("gate", "")
    staged = gate and any(one.form == rule.form and one.kind == "stages" for one in pack.rules.values())
    if staged and f"{rule.form}.stages.{gate}" not in pack.rules:
        expected = "une clé du fichier de genre « stages » de la forme"
        yield Problem(entry.file, entry.line, rule.id, f"le stade « {gate} » est inconnu", expected)
    if rule.kind == "scale":
        for rate in entry.value["rates"]:
            if f"{rule.form}.actions.{rate['action']}" not in pack.rules:
                what = f"l'action « {rate['action']} » est inconnue"
                yield Problem(entry.file, entry.line, rule.id, what, "un code du catalogue d'actions")


def _links(pack: Pack) -> Iterator[Problem]:
    for rule in pack.rules.values():
        for timeline in rule.timelines.values():
            for entry in timeline.entries:
                yield from _loose(pack, rule, entry)
    for cards in pack.forms.values():
        for card in cards:
            if card.parent and card.parent not in pack.forms:
                yield Problem(f"form {card.code}", 1, "parent", f"la forme « {card.parent} » est inconnue", "")


def lay(pack: Pack, drafts: dict[str, Draft]) -> list[Problem]:
    """Fill `pack.rules` from the drafts; returns what is wrong."""
    problems: dict[Problem, None] = {}
    for draft in drafts.values():
        for territory, values in draft.values.items():
            problems.update(dict.fromkeys(_clashes(values)))
            timeline = Timeline(values)
            draft.rule.timelines[territory] = timeline
            if territory in draft.continuous:
                problems.update(dict.fromkeys(_holes(timeline)))
        pack.rules[draft.rule.id] = draft.rule
    problems.update(dict.fromkeys(_links(pack)))
    return list(problems)
