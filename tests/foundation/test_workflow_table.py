"""The table of a workflow refuses at import what could not work, and gives its constraints and its subscriptions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from equipage.foundation.workflow import REGISTRY, Actor, State, Transition, Workflow
from equipage.web.pieces import TONES

ANYBODY = Actor("tout le monde", lambda user, obj: True)
NOBODY = Actor("personne", lambda user, obj: False)
OPEN = State("open", "Ouvert", waits_for="team")
CLOSED = State("closed", "Fermé", final=True)
CLOSE = Transition("close", ("open",), "closed", "Fermer", ANYBODY)


@pytest.fixture(autouse=True)
def register_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables of these tests do not stay among those of the house."""
    kept = dict(REGISTRY)
    monkeypatch.setattr("equipage.foundation.workflow.table.REGISTRY", kept)


def table(*states: State, moves: tuple[Transition, ...] = (CLOSE,), **more: Any) -> Workflow:
    """A workflow of two states, unless told otherwise."""
    settings = {"title": "Essai", "initial": "open", **more}
    return Workflow("essai.porte", states=states or (OPEN, CLOSED), transitions=moves, **settings)


def move(name: str, sources: tuple[str, ...], target: str, **more: Any) -> Transition:
    """A transition that anybody may run."""
    return Transition(name, sources, target, name, ANYBODY, **more)


def test_a_sound_table_is_accepted_and_registered() -> None:
    assert table().choices() == [("open", "Ouvert"), ("closed", "Fermé")]


REFUSED: dict[str, tuple[str, Callable[[], Workflow]]] = {
    "a state twice": ("deux fois", lambda: table(OPEN, OPEN, CLOSED)),
    "a transition twice": ("deux fois", lambda: table(moves=(CLOSE, CLOSE))),
    "unknown initial state": ("initial", lambda: table(initial="dawn")),
    "unknown source": ("inconnus", lambda: table(moves=(CLOSE, move("tear", ("torn",), "closed")))),
    "unknown target": ("inconnus", lambda: table(moves=(CLOSE, move("tear", ("open",), "torn")))),
    "a state that nothing reaches": ("rien n'atteint", lambda: table(OPEN, CLOSED, State("lost", "Perdu", final=True))),
    "an island": (
        "rien n'atteint",
        lambda: table(
            OPEN,
            CLOSED,
            State("a", "A"),
            State("b", "B"),
            moves=(CLOSE, move("ab", ("a",), "b"), move("ba", ("b",), "a")),
        ),
    ),
    "a state without issue": ("sans issue", lambda: table(OPEN, State("closed", "Fermé"))),
    "a final state that one leaves": ("finaux", lambda: table(moves=(CLOSE, move("reopen", ("closed",), "open")))),
    "filled and empty at once": (
        "remplies et vides",
        lambda: table(OPEN, State("closed", "Fermé", final=True, required=("day",), empty=("day",))),
    ),
    "asked for and brought by nothing": (
        "rien ne remplit",
        lambda: table(OPEN, State("closed", "Fermé", final=True, required=("day",))),
    ),
    "asked for and cleared on the way": (
        "rien ne remplit",
        lambda: table(
            State("open", "Ouvert", required=("day",)),
            State("closed", "Fermé", final=True, required=("day",)),
            moves=(move("close", ("open",), "closed", clears=("day",)),),
        ),
    ),
    "empty and cleared by nothing": (
        "rien ne vide",
        lambda: table(OPEN, State("closed", "Fermé", final=True, empty=("day",))),
    ),
    "empty and filled on the way": (
        "rien ne vide",
        lambda: table(
            State("open", "Ouvert", empty=("day",)),
            State("closed", "Fermé", final=True, empty=("day",)),
            moves=(move("close", ("open",), "closed", inputs=("day",)),),
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_table_that_could_not_work_is_refused(case: str) -> None:
    words, make = REFUSED[case]
    with pytest.raises(ValueError, match=words):
        make()


def test_a_name_is_taken_once() -> None:
    table()
    with pytest.raises(ValueError, match="deux fois"):
        table()


def test_one_subscribes_only_to_what_exists_and_only_once() -> None:
    workflow = table()
    with pytest.raises(ValueError, match="n'a pas de transition open"):
        workflow.effect("open")

    def ring(happened: Any) -> None:
        """Rings."""

    workflow.effect("close")(ring)
    workflow.effect("close")(ring)
    assert workflow.effects_of("close") == [ring]
    assert workflow.after_commit_of("close") == []


def test_two_actors_joined_are_either_and_say_so() -> None:
    both = NOBODY | ANYBODY
    assert both.label == "personne ou tout le monde"
    assert both.test(None, None) and not (NOBODY | NOBODY).test(None, None)


def test_constraints_know_text_columns_from_others() -> None:
    workflow = table(
        State("open", "Ouvert", empty=("day",)),
        State("closed", "Fermé", final=True, required=("day", "reason")),
        moves=(move("close", ("open",), "closed", inputs=("day", "reason")),),
        texts=("reason",),
    )
    conditions = {constraint.name: str(constraint.condition) for constraint in workflow.constraints("door")}  # type: ignore[attr-defined]
    assert sorted(conditions) == ["door_day_empty", "door_day_filled", "door_reason_filled", "door_state_known"]
    assert "reason" in conditions["door_reason_filled"] and "isnull" not in conditions["door_reason_filled"]
    assert "day__isnull" in conditions["door_day_filled"]


def states_of_the_house() -> Iterator[tuple[Workflow, State]]:
    """Every state of the house."""
    for workflow in REGISTRY.values():
        for state in workflow.states.values():
            yield workflow, state


def test_every_state_of_the_house_says_who_has_the_ball_or_is_a_rest() -> None:
    """« Wait » on a badge without anybody who is waited for would be a dead end for the reader."""
    forgotten = [
        f"{workflow.name}.{state.name}"
        for workflow, state in states_of_the_house()
        if (state.tone == "wait" and not state.waits_for) or (state.final and state.waits_for)
    ]
    assert not forgotten


def test_every_destructive_move_of_the_house_asks_for_a_reason() -> None:
    silent = [
        f"{workflow.name}.{transition.name}"
        for workflow in REGISTRY.values()
        for transition in workflow.transitions.values()
        if transition.tone == "danger" and not transition.needs_comment
    ]
    assert not silent


def test_every_state_of_the_house_has_a_tone_that_badges_know() -> None:
    unknown = [f"{workflow.name}.{state.name}" for workflow, state in states_of_the_house() if state.tone not in TONES]
    assert not unknown
