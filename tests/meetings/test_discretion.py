"""What looks like somebody is asked about; colleagues, acronyms and dates to come are not."""

from __future__ import annotations

import pytest

from equipage.meetings.discretion import personal_signs, question_about


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("Mme Dupont va mieux", ["Mme Dupont"]),
        ("Madame Le Goff", ["Madame Le"]),
        ("né le 3 avril", ["né le"]),
        ("vue le 03/04/1938", ["03/04/1938"]),
        ("INS 2 38 04 49 007 123 45", ["2 38 04 49 007 123 45"]),
        ("238044900712345", ["238044900712345"]),
        ("Jeanne Morin vit seule", ["Jeanne Morin"]),
        ("MORIN Jeanne vit seule", ["MORIN Jeanne"]),
        ("J. M. vit seul", ["J. M."]),
        ("Personne âgée, deux chutes, retour vendredi", []),
        ("Orientation HAD et SSIAD, prescription de kiné", []),
        ("Le Dr Martin passe jeudi", []),
        ("Hugo Martin appelle la famille", []),
        ("Mme Martin rappelle jeudi", []),
        ("Revoir le 12/12/2026", []),
        ("Situation B, centre hospitalier", []),
        ("", []),
    ],
)
def test_what_looks_like_somebody(text, signs):
    assert personal_signs(text, this_year=2026, known=["Hugo Martin"]) == signs


def test_the_question_says_what_and_leaves_the_choice():
    asked = question_about(["Mme Dupont", "03/04/1938", "né le", "J. M."])
    assert "« Mme Dupont », « 03/04/1938 », « né le »" in asked and "J. M." not in asked and "laissez ainsi" in asked
    assert question_about([]) == ""
