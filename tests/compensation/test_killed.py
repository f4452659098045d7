"""A process killed (SIGKILL) at every step of a month, on both databases: nothing is doubled, nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.installations import Installation

pytestmark = pytest.mark.slow

NOTHING_LEFT = "Rien n'est à payer"


def test_a_month_killed_at_every_step_is_before_or_after_never_between(installation: Installation) -> None:
    """One story, since each verb begins where the one before ended: four people, two lines of 37,50 € each."""
    told = installation.play("tests.compensation.killed")

    # Each death left every row of every table as before, until one came after the commit: then all was done.
    for verb in ("prepare", "cancel", "prepare_again", "approve", "execute", "issue_year"):
        assert told[verb]["outcome"] == "committed", (verb, told[verb])
        assert told[verb]["deaths"] > 10
        # Run again after the restart, it finds its work done and writes nothing.
        assert told[verb]["changed_again"] == [], verb
        assert told[verb]["after"]["disagreements"] == []

    after = {verb: told[verb]["after"] for verb in told if isinstance(told[verb], dict) and "after" in told[verb]}
    lines = {verb: {state for state, _ in seen["lines"]} for verb, seen in after.items()}
    assert (lines["prepare"], lines["cancel"]) == ({"locked"}, {"validated"})
    assert (lines["approve"], lines["execute"]) == ({"locked"}, {"paid"})
    assert all(seen["lines"] == [[state, 3750]] * 8 for seen in after.values() for state in {seen["lines"][0][0]})

    # The same content hash before any death, and in both preparations; the number of a given-up one is not taken.
    first, second = after["prepare_again"]["runs"]
    assert first[2] == second[2] == told["hash"]
    assert [first[0], second[0]] == ["2026-10-01-1", "2026-10-02-1"]
    assert told["prepare"]["again"].startswith(NOTHING_LEFT)

    # The file that a death interrupted is, byte for byte, the one that was frozen in the end; and asked again.
    assert told["file"] == after["approve"]["files"][1] == after["approve"]["runs"][1][3] == told["approve"]["again"]

    # What an approval writes comes with it, once: an entry, four statements, the job that sets them.
    assert after["approve"]["entries"] == [["IND", 1]] and after["approve"]["booked"] == 30_000
    assert after["approve"]["papers"] == 4 and after["approve"]["jobs"].count("seal_statements") == 1
    assert after["execute"]["entries"] == [["BQ", 2], ["IND", 1]] and after["execute"]["booked"] == 60_000
    assert after["execute"]["jobs"].count("announce_payments") == 1
    assert after["issue_year"]["years"] == [[1, 7500]] * 4 and told["issue_year"]["again"] == 0


def test_a_job_killed_at_every_step_ends_its_work_once(installation: Installation) -> None:
    """Statements are set one by one: whatever is sealed can be given back, and each person is told once."""
    told: dict[str, Any] = installation.play("tests.compensation.killed", "jobs")
    for job in ("seal", "announce"):
        assert told[job]["deaths"] >= 8 and told[job]["ended"] < 399, job
        assert (told[job]["broken"], told[job]["changed_again"]) == ([], []), job
    assert told["broken"] == []
    assert (told["end"]["sealed"], told["end"]["told"]) == (4, 4)
    assert told["end"]["disagreements"] == []
