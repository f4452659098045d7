"""One diagram and two tables for each workflow."""

from __future__ import annotations

from equipage.foundation.workflow import REGISTRY, State, Transition, Workflow
from equipage.teams.actors import NOBODY_BY_HAND
from equipage.web.handbook.writing import NONE, code, first_line, place, table

OWNERS = {
    "team": "l'équipe",
    "member": "la personne",
    "association": "l'association",
    "treasurer": "la trésorière ou le trésorier",
    "agency": "l'ARS",
}


def page() -> list[str]:
    """All workflows, in the order of their names."""
    lines = [
        "# Workflows",
        "",
        "Each is a table in the `states.py` of its package; a row changes state only through",
        "`equipage.foundation.workflow.run`. « (suite) » marks what follows from another decision; a hidden move has a",
        "page of its own, or none, instead of a button in the action bar.",
        "",
    ]
    for name in sorted(REGISTRY):
        lines += _workflow(REGISTRY[name])
    return lines


def _workflow(workflow: Workflow) -> list[str]:
    return [
        f"## {workflow.title} (`{workflow.name}`)",
        "",
        *_diagram(workflow),
        "",
        *table(
            ("State", "Label", "Has the ball", "Filled", "Empty"),
            [_state(state) for state in workflow.states.values()],
        ),
        *table(
            ("Move", "Label", "From → to", "Who", "What blocks", "Asks for", "Writes", "Empties", "What follows"),
            [_move(workflow, move) for move in workflow.transitions.values()],
        ),
    ]


def _diagram(workflow: Workflow) -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {state.name}: {state.label}" for state in workflow.states.values()]
    lines.append(f"    [*] --> {workflow.initial}")
    for move in workflow.transitions.values():
        label = f"{move.label} (suite)" if move.who is NOBODY_BY_HAND else move.label
        lines += [f"    {source} --> {move.target}: {label}" for source in move.sources]
    lines += [f"    {state.name} --> [*]" for state in workflow.states.values() if state.final]
    return [*lines, "```"]


def _state(state: State) -> tuple[str, ...]:
    ball = OWNERS.get(state.waits_for, state.waits_for) or ("fin" if state.final else "repos")
    return (f"`{state.name}`", state.label, ball, code(state.required), code(state.empty))


def _move(workflow: Workflow, move: Transition) -> tuple[str, ...]:
    guards = "; ".join(f"`{guard.__name__}` {first_line(guard)}".strip() for guard in move.guards)
    asked = [*(["motif"] if move.needs_comment else []), *(f"`{column}`" for column in move.inputs)]
    follows = sorted(
        {place(effect) for effect in (*workflow.effects_of(move.name), *workflow.after_commit_of(move.name))}
    )
    return (
        f"`{move.name}`" + (" (hidden)" if move.hidden else ""),
        move.label,
        f"{', '.join(move.sources)} → {move.target}",
        move.who.label,
        guards or NONE,
        ", ".join(asked) or NONE,
        code(sorted(move.sets)),
        code(move.clears),
        code(follows),
    )
