"""Answers of the rules, with their explanation: compositions, orientations, single values; and what packs weigh.

The floor of an answer is the smallest thing it must do in Python: add the people up and write one sentence.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from equipage.rules import check_team
from equipage.rules.composition import Activity, KnowHow, MemberFacts
from equipage.rules.headcount import Headcount, check_headcount
from equipage.rules.library import RULEPACKS, Library
from equipage.rules.loading import Loader
from equipage.rules.orientation import Situation, orient
from tools.figures import Context, Figure

NAME = "rules"
ON = date(2026, 3, 1)
PLACE = "fr-pdl"
AIM = 100_000
SECONDS = 2.0


def run(context: Context) -> list[Figure]:
    """One core, one process, nothing else warmed than the packs themselves."""
    began = time.perf_counter()
    tracemalloc.start()
    packs = Library(Loader((RULEPACKS,)).load(), (RULEPACKS,))
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    loading = time.perf_counter() - began
    reading = _reading()
    people = _people(packs)
    form = packs.form("esp-clap", PLACE, ON)
    forms = [packs.form(card.code, PLACE, ON) for card in packs.forms(PLACE, ON)]
    floor = _per_second(_add_up, people)
    counted = _per_second(lambda one: check_headcount(form, one, ON).explanation.sentence(), people)
    answered = _per_second(lambda one: check_headcount(form, one, ON), people)
    every = _per_second(lambda one: [check_headcount(each, one, ON) for each in forms], people) * len(forms)
    named = _per_second(lambda members: check_team(form, members, ON), [_members(n) for n in (2, 3, 5)])
    oriented = _per_second(lambda one: orient(packs, Situation(one, PLACE), ON), people)
    looked = _per_second(
        lambda key: packs.value(key, territory=PLACE, on=ON), ["esp-clap.composition.min_professionals"]
    )
    return [
        Figure(
            "composition d'un effectif, réponse et explication",
            answered,
            "par s",
            floor,
            "additions et phrase",
            AIM,
            True,
        ),
        Figure("la même, phrase écrite", counted, "par s", floor, "additions et phrase", more_is_better=True),
        Figure(f"toutes les formes ({len(forms)}), réponses", every, "par s", floor, "additions et phrase", AIM, True),
        Figure("composition d'une équipe nommée", named, "par s", floor, "additions et phrase", more_is_better=True),
        Figure("orientation entière", oriented, "par s", more_is_better=True),
        Figure("une valeur datée", looked, "par s", more_is_better=True),
        Figure("lire et vérifier les paquets", loading * 1000, "ms", reading * 1000, "lire les mêmes octets"),
        Figure("paquets en mémoire", held / 1_000_000, "Mo", note=f"{packs.pack.values} valeurs datées"),
    ]


def _reading() -> float:
    began = time.perf_counter()
    for path in sorted(RULEPACKS.rglob("*.yaml")):
        path.read_bytes()
    return time.perf_counter() - began


def _people(packs: Library) -> list[Headcount]:
    """Every pair, trio and mixed team of the first kinds: no answer is asked twice in a row."""
    kinds = list(packs.pack.people.values())[:8]
    found = []
    for first in kinds:
        for second in kinds:
            for count in (1, 2, 3):
                found.append(Headcount({first: count} if first == second else {first: count, second: 4 - count}))
    return found


def _members(count: int) -> list[MemberFacts]:
    doctor = MemberFacts("1", "Ada", "TRE_G15", "10", (KnowHow("S", "SM54"),), (Activity("L"),))
    nurses = [MemberFacts(str(n), f"Personne {n}", "TRE_G15", "60", (), (Activity("L"),)) for n in range(2, count + 1)]
    return [doctor, *nurses]


def _add_up(people: Headcount) -> str:
    total, words = 0, []
    for kind, count in people.certain.items():
        total += count
        words.append(f"{kind.many} : {count}")
    return f"{total} : {', '.join(words)}"


def _per_second(action: Callable[[Any], object], items: Sequence[Any]) -> float:
    for item in items:
        action(item)
    done = 0
    began = time.perf_counter()
    while (spent := time.perf_counter() - began) < SECONDS:
        for item in items:
            action(item)
        done += len(items)
    return done / spent
