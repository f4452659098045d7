"""Two texts compared word by word: nothing is lost, nothing is invented, and nobody waits."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.protocols import reading
from equipage.protocols.method import SECTIONS, section_named
from tests.protocols.factories import ANSWERS


@given(st.text(max_size=200), st.text(max_size=200))
def test_what_stays_and_comes_is_the_new_text_what_stays_and_goes_the_old(before: str, after: str) -> None:
    pieces = reading.pieces_of(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before


def test_one_word_added_is_one_word_added() -> None:
    pieces = reading.pieces_of("Préparer le retour à domicile.", "Préparer ensemble le retour à domicile.")
    assert [(piece.kind, piece.text.strip()) for piece in pieces if piece.kind != "same"] == [("added", "ensemble")]


@pytest.mark.parametrize("joint", [" ", "\n", " mot\n"])
def test_two_long_texts_are_compared_at_once(joint: str) -> None:
    before = joint.join(f"mot{n}" for n in range(4000))
    after = joint.join(f"mot{n}" for n in range(2000, 6000)) + " fin"
    begun = time.monotonic()
    pieces = reading.pieces_of(before, after)
    assert time.monotonic() - begun < 5
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before


def test_the_table_is_read_phase_by_phase() -> None:
    conduct = section_named("conduct")
    assert conduct is not None
    (answer,) = reading.read_section(conduct, ANSWERS["conduct"], {}).answers
    assert [(row.phase, row.who) for row in answer.rows] == [
        ("Repérer", "Pharmacienne"),
        ("Intervenir", "Infirmière"),
        ("", "Médecin"),
    ]
    assert "Intervenir : Médecin, Relit l'ordonnance" in answer.text


def test_what_belongs_to_a_team_is_no_difference_with_the_original() -> None:
    people = {"1": "Claire Moreau, infirmière", "2": "Hugo Martin, médecin"}
    mine = reading.read_sections({"group": {"authors": [1], "professions": ["60"]}}, people)
    theirs = reading.read_sections({"group": {"authors": [2], "professions": ["60"]}}, people)
    assert reading.changes(mine, theirs, own=False) == []
    (change,) = reading.changes(mine, theirs)
    assert (change.before, change.after) == ("Claire Moreau, infirmière", "Hugo Martin, médecin")


def test_every_question_has_its_sentence_or_may_stay_empty() -> None:
    for section in SECTIONS:
        for field in section.fields:
            assert field.missing or not field.required, f"{section.key}.{field.key}"
            assert field.help or field.label
