"""Fifty people validate at the same moment, each in a process of their own, on both databases: no ceiling is passed."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from tests.compensation.at_once import MANY
from tests.installations import Installation

pytestmark = pytest.mark.slow

PRICE = 7500  # two people, three quarters of an hour at 50 €


def agree(found: dict[str, Any]) -> int:
    """What the lines say, once rows and commitments said the same; an action is validated, or waits as it was."""
    total = sum(cents for cents, *_ in found["lines"])
    assert total == found["commitments"] == sum(committed for _, committed in found["envelopes"].values())
    assert all(committed <= allotted for allotted, committed in found["envelopes"].values())
    assert found["estimated"] == found["refused"]
    assert len(found["told"]) == MANY and len(found["lines"]) == 2 * (MANY - len(found["refused"]))
    # What a ceiling took is on the line, to the cent: nothing vanishes between the price and what is owed.
    assert all(cents + cut == PRICE // 2 and cents >= 0 for cents, cut, *_ in found["lines"])
    return total


def test_fifty_validations_at_the_edge_never_pass_a_ceiling(installation: Installation) -> None:
    """One story of three, since each installation takes long to make."""
    found = installation.play("tests.compensation.at_once")

    # One team: the envelope goes to the last cent; those left out are owed nothing and read why.
    team = found["one_team"]
    assert agree(team) == 190_000 == next(iter(team["envelopes"].values()))[0]
    assert team["refused"] == []
    left_out = [sentence for cents, _, sentence, _ in team["lines"] if not cents]
    assert len(left_out) == 2 * (MANY - 190_000 // PRICE - 1)
    assert all("l'enveloppe annuelle de l'équipe est atteinte" in sentence for sentence in left_out)

    # Two teams, one credit: it goes to the last cent; those left out wait, and whoever validates reads why.
    teams = found["two_teams"]
    assert agree(teams) == 190_000 and teams["credit"] == [190_000, 190_000]
    assert len(teams["envelopes"]) == 2 and len(teams["refused"]) == MANY - 190_000 // PRICE - 1
    assert all("épuisés" in said and "rien n'est perdu" in said for said in teams["told"] if said)

    # One person in two teams: their year stops at 500 €, whichever team was served first.
    person = found["one_person"]
    agree(person)
    sums: dict[int, int] = defaultdict(int)
    for cents, cut, sentence, who in person["lines"]:
        sums[who] += cents
        assert not cut or "500,00" in sentence
    assert person["refused"] == [] and len(sums) == 3
    assert sums[person["person"]] == 50_000 and set(sums.values()) == {50_000}
