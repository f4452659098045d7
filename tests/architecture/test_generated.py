"""The pages written from the code: always the same, and a stale one is found."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from equipage.foundation.workflow import REGISTRY
from equipage.web.handbook.doors import doors
from equipage.web.handbook.writing import table
from equipage.web.management.commands.generate_docs import pages


def generate(folder: Path, *words: str) -> str:
    """What the command says."""
    out = StringIO()
    call_command("generate_docs", *words, "--folder", folder, stdout=out)
    return out.getvalue()


def test_the_same_code_gives_the_same_pages(tmp_path: Path) -> None:
    assert pages() == pages()
    generate(tmp_path)
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == pages()
    assert "à jour" in generate(tmp_path, "--check")


def test_nothing_of_this_machine_nor_of_this_run_is_written() -> None:
    for name, text in pages().items():
        assert " at 0x" not in text and str(Path.home()) not in text, name


@pytest.mark.parametrize("change", ["altered", "missing", "foreign"])
def test_a_page_that_is_no_longer_true_is_named(tmp_path: Path, change: str) -> None:
    generate(tmp_path)
    page = tmp_path / "workflows.md"
    if change == "altered":
        page.write_text(page.read_text("utf-8").replace("forming", "former", 1), "utf-8")
    elif change == "missing":
        page.unlink()
    else:
        page = tmp_path / "essai.md"
        page.write_text("à moi\n", "utf-8")
    with pytest.raises(CommandError, match=page.name) as failed:
        generate(tmp_path, "--check")
    assert failed.value.returncode == 1
    generate(tmp_path)
    generate(tmp_path, "--check")
    assert not (tmp_path / "essai.md").exists()


def test_every_state_move_and_address_has_its_line() -> None:
    made = pages()
    for workflow in REGISTRY.values():
        for state in workflow.states.values():
            assert f"| `{state.name}` | {state.label} |" in made["workflows.md"]
        for move in workflow.transitions.values():
            for source in move.sources:
                assert f"    {source} --> {move.target}: {move.label}" in made["workflows.md"]
    for door in doors():
        assert f"`{door.route}`" in made["permissions.md"]


def test_a_cell_never_breaks_its_table() -> None:
    assert table(("a",), [("x | y\nz",), ("",)]) == ["| a |", "| --- |", "| x \\| y z |", "| — |", ""]
