"""For every workflow, on the real tables: the database accepts exactly the rows that the states describe."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.foundation import audit
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.workflow import REGISTRY, Actor, Blocked, Transition, Workflow, run
from equipage.teams.actors import NOBODY_BY_HAND
from tests.permissions.rows import World, filler, house_models, workflows_of
from tests.permissions.world import build
from tests.strict.flushing import triggers_asleep

pytestmark = pytest.mark.slow

# Days that another day of the same row comes before.
ENDS = {"review_on", "silent_on"}
# Whoever looks again is another person than the first.
ANOTHER_PERSON = {"reviewed_by"}
HANDS = ("the officer", "the treasurer", "the administrator of the association")
ANYBODY = Actor("tout le monde", lambda user, obj: True)
# Those that prove their moves elsewhere have another database: `tests/clinical`.
WORKFLOWS = sorted(name for name, workflow in REGISTRY.items() if workflow.journal is None)


@pytest.fixture
def world(db: None) -> World:
    """Two teams with everything that hangs on them."""
    return build()


def model_of(workflow: Workflow) -> type[models.Model]:
    """The model whose state this workflow moves; its table must carry the constraints of the workflow."""
    [model] = [m for m in house_models() if workflow.name in {known.name for known in workflows_of(m)}]
    wanted = {str(constraint.condition) for constraint in workflow.constraints("x")}  # type: ignore[attr-defined]
    present = {str(getattr(constraint, "condition", "")) for constraint in model._meta.constraints}
    assert wanted <= present, f"{model._meta.label} : ajoutez *{workflow.name}.constraints(…) à ses contraintes."
    return model


def columns_of(workflow: Workflow) -> list[str]:
    """The columns that the states of a workflow fill or empty."""
    return sorted({column for state in workflow.states.values() for column in (*state.required, *state.empty)})


def filled(row: Any, column: str) -> Any:
    """A value that no other rule of the row refuses: one of the choices, where the column has choices."""
    if column in ANOTHER_PERSON:
        return type(row)._meta.get_field(column).related_model._default_manager.order_by("pk").last()
    known = [value for value, _ in type(row)._meta.get_field(column).flatchoices if value]
    return known[0] if known else filler(type(row), column)


def emptied(row: Any, column: str) -> Any:
    """The emptiness of a column."""
    return None if row._meta.get_field(column).null else ""


def later(row: Any, column: str) -> Any:
    """Like `filled`, with an end that comes after the beginning."""
    if column == "valid_to" and row.valid_from:
        return row.valid_from + timedelta(days=4000)
    return filled(row, column) + timedelta(days=90) if column in ENDS else filled(row, column)


def accepted(row: Any, **columns: Any) -> bool:
    """Does the database take these values?"""
    try:
        with transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**columns)
            transaction.get_connection().check_constraints()
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


def fillings(workflow: Workflow) -> Iterator[tuple[str, set[str], bool]]:
    """Every state (and one that does not exist) with every set of filled columns, and whether the table allows it."""
    columns = columns_of(workflow)
    for name in [*workflow.states, "unknown"]:
        state = workflow.states.get(name)
        for filling in itertools.product((True, False), repeat=len(columns)):
            full = {column for column, is_full in zip(columns, filling, strict=True) if is_full}
            yield name, full, bool(state and set(state.required) <= full and not set(state.empty) & full)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_the_database_takes_a_row_exactly_when_the_table_says_so(world: World, name: str) -> None:
    workflow = REGISTRY[name]
    row = world.of(model_of(workflow))[0]
    texts = {column for column in columns_of(workflow) if emptied(row, column) == ""}
    assert texts == set(workflow._texts) & set(columns_of(workflow)), f"{name} : texts=(…) nomme les colonnes de texte"
    wrong = []
    with triggers_asleep():
        for state, full, legal in fillings(workflow):
            values = {c: later(row, c) if c in full else emptied(row, c) for c in columns_of(workflow)}
            if accepted(row, **{workflow.field: state, **values}) != legal:
                wrong.append((state, sorted(full), legal))
    assert not wrong


def bare(workflow: Workflow, monkeypatch: pytest.MonkeyPatch) -> Workflow:
    """The same table without guards, actors nor effects: its moves alone."""
    monkeypatch.setattr("equipage.foundation.workflow.table.REGISTRY", {})
    moves = [replace(move, guards=(), who=ANYBODY) for move in workflow.transitions.values()]
    return Workflow(
        workflow.name,
        title=workflow.title,
        states=list(workflow.states.values()),
        transitions=moves,
        initial=workflow.initial,
        field=workflow.field,
        texts=tuple(workflow._texts),
    )


def at_the_beginning(row: Any, workflow: Workflow) -> Any:
    """The row as it is born: in the initial state, with what that state asks and nothing else."""
    begun = workflow.states[workflow.initial]
    columns = {
        *columns_of(workflow),
        *(c for move in workflow.transitions.values() for c in (*move.clears, *move.sets)),
    }
    values = {column: filled(row, column) if column in begun.required else None for column in columns}
    for column, value in values.items():
        if value is None and not row._meta.get_field(column).null:
            values[column] = getattr(row, column) if _never_empty(row, column) else ""
    with triggers_asleep():
        type(row)._default_manager.filter(pk=row.pk).update(**{workflow.field: workflow.initial, **values})
    return type(row)._default_manager.get(pk=row.pk)


def _never_empty(row: Any, column: str) -> bool:
    return not isinstance(row._meta.get_field(column), models.CharField | models.TextField)


def inputs_for(row: Any, move: Transition) -> dict[str, Any]:
    """Something for every input of a move; what is not empty already stays."""
    return {column: getattr(row, column) or later(row, column) for column in move.inputs}


@pytest.mark.slow
@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_random_walk_meets_no_illegal_row_and_nobody_forgotten(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow = bare(REGISTRY[name], monkeypatch)
    row, hands = world.of(model_of(workflow))[0], [world.user(name) for name in HANDS]

    @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def walk(data: st.DataObject) -> None:
        with transaction.atomic():
            here = at_the_beginning(row, workflow)
            before = AuditEntry.objects.count()
            steps = 0
            for _ in range(8):
                state = workflow.states[here.state]
                assert state.waits_for or state.final or state.tone in ("ok", "quiet", "stop", "info")
                open_moves = [move for move in workflow.transitions.values() if here.state in move.sources]
                if not open_moves:
                    assert state.final
                    break
                move = data.draw(st.sampled_from(open_moves))
                actor = hands[steps % len(hands)]
                here = run(workflow, here, move.name, actor=actor, comment="Essai", data=inputs_for(here, move))
                steps += 1
                assert here.state == move.target == type(here)._default_manager.get(pk=here.pk).state
            transaction.get_connection().check_constraints()
            assert AuditEntry.objects.count() - before == steps
            assert audit.verify() is None
            transaction.set_rollback(True)

    walk()


@pytest.mark.parametrize("name", WORKFLOWS)
def test_whoever_clicks_on_whatever_is_answered_by_a_sentence(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real guards and actors, without effects: a move succeeds or is refused in French, never an error."""
    workflow = REGISTRY[name]
    monkeypatch.setattr(workflow, "_effects", {})
    row = world.of(model_of(workflow))[0]
    sentences: list[tuple[str, ...]] = []
    for person, move in itertools.product(world.people, workflow.transitions.values()):
        user = world.user(person)
        if not user.is_authenticated:
            continue
        here = type(row)._default_manager.get(pk=row.pk)
        try:
            with transaction.atomic():
                run(workflow, here, move.name, actor=user, comment="Essai", data=inputs_for(here, move))
                assert here.state in move.sources and move.who.test(user, here), f"{person} a fait {move.name}"
                transaction.set_rollback(True)
        except Blocked as blocked:
            sentences.append(blocked.reasons)
    by_itself = all(move.who is NOBODY_BY_HAND for move in workflow.transitions.values())
    assert (sentences or by_itself) and all(reasons and all(reasons) for reasons in sentences)
