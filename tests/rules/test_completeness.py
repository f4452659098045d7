"""The health project: what is missing, what is wrong, card by card."""

from datetime import date
from typing import Any

import pytest

from equipage.rules import check_project, check_section, library
from equipage.rules.catalogue import ProjectTemplate
from equipage.rules.completeness import unknown_fields

ON = date(2026, 3, 1)
LONG = "Un texte assez long pour dire vraiment quelque chose de la situation."
INDICATOR = {"label": "Réhospitalisations", "kind": "quantitative", "baseline": "31", "target": "20"}
WHOLE: dict[str, dict[str, Any]] = {
    "purpose": {"purpose": LONG},
    "people": {"members": ["1", "2"]},
    "problem": {"description": LONG, "baseline_numbers": "31 réhospitalisations"},
    "themes": {"themes": ["asthme"]},
    "current_ways": {"ways": ["phone", "other:Tableau blanc"]},
    "means": {"means": ["meetings"], "details": LONG},
    "actions": {"actions": ["RCP_SANS_PATIENT"]},
    "aims": {
        "for_patients": LONG,
        "patient_indicators": [INDICATOR],
        "for_professionals": LONG,
        "professional_indicators": [INDICATOR],
    },
    "common_patients": {"count": 312},
    "scope": {"covers_all": False, "count": 120},
    "communes": {"communes": ["49092", "2A004"]},
    "timetable": {"phases": [{"label": "Construction", "starts": "2026-04-01", "ends": "2026-04-01"}]},
    "commitments": {"commitments": LONG},
    "evaluation": {"method": LONG},
}


def template() -> ProjectTemplate:
    return library().form("esp-clap", "fr-pdl", ON).project_template


def test_a_whole_project_is_complete() -> None:
    state = check_project(template(), WHOLE)
    assert state.reasons == () and state.ok and state.remaining == ()


@pytest.mark.parametrize("absent", sorted(WHOLE))
def test_each_section_is_needed(absent: str) -> None:
    state = check_project(template(), {key: data for key, data in WHOLE.items() if key != absent})
    assert not state.ok and state.remaining == (absent,)
    assert all(reason.sentence and reason.way_out for reason in state.reasons)


def test_an_empty_project_says_all_that_remains() -> None:
    state = check_project(template(), {})
    assert set(state.remaining) == set(WHOLE)
    assert all(section.filled == 0 for section in state.sections.values())


@pytest.mark.parametrize(
    ("section", "field", "value", "words"),
    [
        ("purpose", "purpose", "Court.", "au moins 40 caractères"),
        ("purpose", "purpose", "   ", "n'est pas encore écrit"),
        ("purpose", "purpose", "x" * 3001, "raccourcissez-le"),
        ("purpose", "purpose", 12, "un texte est attendu"),
        ("people", "members", ["1"], "il manque une personne"),
        ("people", "members", "1", "une liste est attendue"),
        ("current_ways", "ways", ["pigeon"], "n'est pas une réponse proposée"),
        ("common_patients", "count", 0, "au moins 1"),
        ("common_patients", "count", 100_001, "ne peut pas dépasser"),
        ("common_patients", "count", "312", "un nombre entier"),
        ("common_patients", "count", True, "un nombre entier"),
        ("scope", "count", 313, "dépasse les 312"),
        ("scope", "covers_all", "non", "oui ou non"),
        ("communes", "communes", ["4909"], "n'est pas un code de commune"),
        ("timetable", "phases", [{"label": "A"}], "pas de date de début"),
        ("timetable", "phases", [{"label": "A", "starts": "2026-02-30"}], "n'existe pas au calendrier"),
        ("timetable", "phases", [{"label": "A", "starts": "2026-04-02", "ends": "2026-04-01"}], "finit avant"),
        ("aims", "patient_indicators", [{"label": "A", "target": ""}], "pas encore de cible"),
        ("aims", "patient_indicators", [{"label": "", "target": "3"}], "Il manque un indicateur"),
    ],
)
def test_a_wrong_answer_is_told_on_its_field(section: str, field: str, value: Any, words: str) -> None:
    state = check_project(template(), {**WHOLE, section: {**WHOLE[section], field: value}})
    reasons = state.sections[section].reasons
    assert [reason.subject for reason in reasons] == [field]
    assert words in reasons[0].sentence.replace("\u202f", " ")


def test_one_of_several_fields_is_enough() -> None:
    section = template().section("problem")
    assert section is not None
    state = check_section(section, {"description": LONG})
    assert [reason.code for reason in state.reasons] == ["any_of"]
    assert check_section(section, {"description": LONG, "baseline_words": "Des retards"}).ok


def test_an_optional_section_counts_only_once_started() -> None:
    section = template().section("other_projects")
    assert section is not None
    assert check_section(section, {}).ok
    assert not check_section(section, {"description": "x" * 3001}).ok


def test_progress_counts_what_is_asked() -> None:
    section = template().section("aims")
    assert section is not None
    state = check_section(section, {"for_patients": LONG})
    assert (state.filled, state.expected, state.started) == (1, 4, True)
    scope = template().section("scope")
    assert scope is not None
    assert check_section(scope, {"covers_all": True}).expected == 1
    assert check_section(scope, {"covers_all": False}).expected == 2


def test_fields_of_another_version_are_named() -> None:
    section = template().section("scope")
    assert section is not None
    assert unknown_fields(section, ["count", "ancient"]) == ("ancient",)
