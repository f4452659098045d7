"""A workflow (procédure) is a table: states, transitions, who may, what blocks, what changes.

From this one table come the buttons, the permission matrix, the check constraints, the audit rows, the notices and
the diagrams of `docs/generated/`. Nothing else changes a state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q

Guard = Callable[[Any, Any], "Sequence[str]"]
Effect = Callable[["Happened"], None]


@dataclass(frozen=True)
class Actor:
    """Who may run a transition: a name for the matrix, and the test itself."""

    label: str
    test: Callable[[Any, Any], bool]

    def __or__(self, other: Actor) -> Actor:
        return Actor(f"{self.label} ou {other.label}", lambda user, obj: self.test(user, obj) or other.test(user, obj))


@dataclass(frozen=True)
class State:
    """One state: its French label, its tone on a badge, and the fields that it fills or empties.

    `waits_for` names who has the ball; empty means that the state is a rest or an end.
    """

    name: str
    label: str
    tone: str = "info"
    required: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    waits_for: str = ""
    final: bool = False


@dataclass(frozen=True)
class Transition:
    """One move. `guards` return every reason that blocks; `sets` are fields stamped with a value or `f(obj, actor)`.

    `inputs` are the names of the fields that the caller may fill with `data`; anything else is refused. The journal
    keeps what the columns of `clears` held, but for those of `forgets`.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    label: str
    who: Actor
    guards: tuple[Guard, ...] = ()
    needs_comment: bool = False
    inputs: tuple[str, ...] = ()
    sets: dict[str, Any] = field(default_factory=dict)
    clears: tuple[str, ...] = ()
    forgets: tuple[str, ...] = ()
    tone: str = "main"
    comment_label: str = "Motif"
    done: str = ""
    hidden: bool = False


@dataclass
class Happened:
    """What an effect receives: the row after the move, who did it, why, and the state before."""

    workflow: Workflow
    transition: Transition
    obj: Any
    actor: Any
    comment: str
    before: str
    data: dict[str, Any]


class Workflow:
    """The table of one model. `effects` run inside the transaction, `after_commit` once it is certain.

    `texts` names the text columns among those that states fill or empty. `journal` is where moves are proved: the audit
    chain when None, else anything with its `record` and `last_of` (the clinical vault keeps its proofs to itself).
    """

    def __init__(
        self,
        name: str,
        *,
        title: str,
        states: Sequence[State],
        transitions: Sequence[Transition],
        initial: str,
        field: str = "state",
        texts: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.title = title
        self.field = field
        self.states = {state.name: state for state in states}
        self.transitions = {transition.name: transition for transition in transitions}
        self.initial = initial
        self.journal: Any = None
        self._texts = frozenset(texts)
        self._effects: dict[str, list[Effect]] = {}
        self._after_commit: dict[str, list[Effect]] = {}
        self._check_names(states, transitions)
        self._check_moves()
        self._check_columns()
        if name in REGISTRY:
            raise ValueError(f"La procédure {name} est déclarée deux fois.")
        REGISTRY[name] = self

    def _check_names(self, states: Sequence[State], transitions: Sequence[Transition]) -> None:
        if len(self.states) != len(states) or len(self.transitions) != len(transitions):
            raise ValueError(f"{self.name} : un nom d'état ou de transition est donné deux fois.")
        if self.initial not in self.states:
            raise ValueError(f"{self.name} : l'état initial « {self.initial} » est inconnu.")
        for transition in transitions:
            strangers = {*transition.sources, transition.target} - set(self.states)
            if strangers:
                raise ValueError(f"{self.name}.{transition.name} : états inconnus {sorted(strangers)}.")

    def _check_moves(self) -> None:
        """Every state is reached from the first one, and left again unless it is final."""
        unreached = set(self.states) - self._reachable()
        if unreached:
            raise ValueError(f"{self.name} : états que rien n'atteint {sorted(unreached)}.")
        left = {source for transition in self.transitions.values() for source in transition.sources}
        final = {state.name for state in self.states.values() if state.final}
        if set(self.states) - final - left:
            stuck = sorted(set(self.states) - final - left)
            raise ValueError(f"{self.name} : états sans issue qui ne sont pas finaux {stuck}.")
        if final & left:
            raise ValueError(f"{self.name} : états finaux que l'on quitte {sorted(final & left)}.")

    def _reachable(self) -> set[str]:
        reached = {self.initial}
        while True:
            moves = [move for move in self.transitions.values() if reached & set(move.sources)]
            more = {move.target for move in moves} - reached
            if not more:
                return reached
            reached |= more

    def _check_columns(self) -> None:
        """What a state asks for is brought by each move that enters it, or was there already."""
        for state in self.states.values():
            both = set(state.required) & set(state.empty)
            if both:
                raise ValueError(f"{self.name}.{state.name} : colonnes à la fois remplies et vides {sorted(both)}.")
        for move in self.transitions.values():
            if not set(move.forgets) <= set(move.clears):
                raise ValueError(f"{self.name}.{move.name} : n'oublie que ce qu'il vide.")
            target = self.states[move.target]
            sources = [self.states[name] for name in move.sources]
            kept = set.intersection(*(set(source.required) for source in sources)) - set(move.clears)
            lacking = set(target.required) - kept - set(move.sets) - set(move.inputs)
            if lacking:
                raise ValueError(f"{self.name}.{move.name} : rien ne remplit {sorted(lacking)}.")
            bare = set.intersection(*(set(source.empty) for source in sources)) - set(move.sets) - set(move.inputs)
            remaining = set(target.empty) - bare - set(move.clears)
            if remaining:
                raise ValueError(f"{self.name}.{move.name} : rien ne vide {sorted(remaining)}.")

    def effect(self, *names: str) -> Callable[[Effect], Effect]:
        """Subscribe to transitions, inside their transaction. This is how news travels to higher floors."""
        return self._subscribe(self._effects, names)

    def after_commit(self, *names: str) -> Callable[[Effect], Effect]:
        """Subscribe to transitions, once they are committed (mail, PDF, anything slow)."""
        return self._subscribe(self._after_commit, names)

    def _subscribe(self, place: dict[str, list[Effect]], names: tuple[str, ...]) -> Callable[[Effect], Effect]:
        for name in names:
            if name not in self.transitions:
                raise ValueError(f"{self.name} n'a pas de transition {name}.")

        def register(effect: Effect) -> Effect:
            for name in names:
                if effect not in place.setdefault(name, []):
                    place[name].append(effect)
            return effect

        return register

    def effects_of(self, name: str) -> list[Effect]:
        return self._effects.get(name, [])

    def after_commit_of(self, name: str) -> list[Effect]:
        return self._after_commit.get(name, [])

    def choices(self) -> list[tuple[str, str]]:
        """(value, French label) of every state, for the model field and the filters."""
        return [(state.name, state.label) for state in self.states.values()]

    def state_field(self) -> models.CharField:
        """The column that holds the state."""
        return models.CharField(
            "état", max_length=30, choices=self.choices(), default=self.initial, editable=False, db_index=True
        )

    def constraints(self, prefix: str) -> list[models.BaseConstraint]:
        """Check constraints: the state is known, and each state has its fields filled or empty."""
        made: list[models.BaseConstraint] = [
            models.CheckConstraint(
                name=f"{prefix}_state_known", condition=Q(**{f"{self.field}__in": sorted(self.states)})
            )
        ]
        filled: dict[str, list[str]] = {}
        emptied: dict[str, list[str]] = {}
        for state in self.states.values():
            for column in state.required:
                filled.setdefault(column, []).append(state.name)
            for column in state.empty:
                emptied.setdefault(column, []).append(state.name)
        for column, names in filled.items():
            made.append(self._check_constraint(f"{prefix}_{column}_filled", names, ~self._emptiness(column)))
        for column, names in emptied.items():
            made.append(self._check_constraint(f"{prefix}_{column}_empty", names, self._emptiness(column)))
        return made

    def _check_constraint(self, name: str, states: Sequence[str], condition: Q) -> models.CheckConstraint:
        return models.CheckConstraint(name=name, condition=~Q(**{f"{self.field}__in": states}) | condition)

    def _emptiness(self, column: str) -> Q:
        """Text columns of the house are never null: their emptiness is the empty string."""
        return Q(**{column: ""}) if column in self._texts else Q(**{f"{column}__isnull": True})


REGISTRY: dict[str, Workflow] = {}
