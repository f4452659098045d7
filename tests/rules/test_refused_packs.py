"""A folder with anything wrong is refused as a whole: file, line, key, what was expected."""

from pathlib import Path

import pytest

from equipage.rules import PackRefused, library
from tests.rules.packs import parameters, write

GOOD = "value: 2, valid_from: 2020-01-01"


def refusal(folder: Path) -> str:
    with pytest.raises(PackRefused) as caught:
        library(folder)
    return caught.value.sentence.replace("\u202f", " ")


def test_the_base_of_these_tests_is_accepted(tmp_path: Path) -> None:
    assert library(write(tmp_path, nombres=parameters(GOOD))).pack.values == 1


@pytest.mark.parametrize(
    ("values", "line", "words"),
    [
        (["value: 2"], 10, "valid_from"),
        (["value: 2, valid_from: 2020-13-01"], 10, "n'existe pas au calendrier"),
        (["value: 2, valid_from: 01/01/2020"], 10, "AAAA-MM-JJ"),
        ([GOOD + ", valid_to: 2020-01-01"], 10, "ne suit pas le début"),
        ([GOOD + ", valid_to: 2019-01-01"], 10, "ne suit pas le début"),
        ([GOOD, "value: 3, valid_from: 2021-01-01"], 11, "recouvre celle de"),
        ([GOOD + ", valid_to: 2021-01-02", "value: 3, valid_from: 2021-01-01"], 11, "recouvre"),
        ([GOOD + ", valid_to: 2021-01-01", "value: 3, valid_from: 2021-01-02"], 11, "aucune valeur du 2021-01-01"),
        ([GOOD + ", published_on: 2019-01-01", GOOD + ", published_on: 2020-01-01"], 11, "known_from"),
        (["value: deux, valid_from: 2020-01-01"], 10, "un nombre entier"),
        (["value: true, valid_from: 2020-01-01"], 10, "un nombre entier"),
        (["value: -1, valid_from: 2020-01-01"], 10, "zéro ou plus"),
        (["valid_from: 2020-01-01"], 10, "il manque la clé « value »"),
        ([GOOD + ", couleur: bleu"], 10, "clé inconnue"),
        ([GOOD + ", working_default: 3"], 10, "la valeur est connue"),
        ([GOOD + ", abolished: true"], 10, "abolie"),
    ],
)
def test_a_wrong_value_is_named_with_its_line(tmp_path: Path, values: list[str], line: int, words: str) -> None:
    sentence = refusal(write(tmp_path / "regles", nombres=parameters(*values)))
    assert f"regles/nombres.yaml:{line}" in sentence
    assert words in sentence


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("reference: {source: texte}, ", "", 10, "il manque la clé « reference »"),
        ("{source: texte}", "{source: rien}", 10, "« rien » est inconnue"),
        ("confidence: verified, ", "", 10, "il manque la clé « confidence »"),
        ("confidence: verified", "confidence: certaine", 10, "verified, secondary, unknown"),
        ("confidence: verified", "confidence: unknown", 10, "une valeur inconnue ne s'écrit pas"),
        ("kind: parameters", "kind: parametres", 1, "n'est pas un genre de fichier"),
        ("kind: parameters\n", "", 1, "il manque « kind »"),
        ("form: essai", "form: autre", 2, "« autre » est inconnu"),
        ("territory: fr", "territory: fr-zz", 3, "« fr-zz » est inconnu"),
        ("group: nombres\n", "", 1, "il manque la clé « group »"),
        ("    type: integer\n", "", 6, "il manque « label » ou « type »"),
        ("    type: integer", "    type: entier", 8, "« entier » n'est pas prévu"),
        ("  minimum:", "  Élevé:", 5, "n'a pas la bonne forme"),
        (
            "    label: Nombre minimal\n",
            "    label: Nombre minimal\n    label: Encore\n",
            8,
            "déjà écrite à la ligne 7",
        ),
        ("entries:", "entries: [", 7, "YAML"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, before: str, after: str, line: int, words: str) -> None:
    text = parameters(GOOD)
    assert before in text
    sentence = refusal(write(tmp_path / "regles", nombres=text.replace(before, after)))
    assert f"regles/nombres.yaml:{line}" in sentence
    assert words in sentence


def test_a_rule_written_twice_names_both_places(tmp_path: Path) -> None:
    sentence = refusal(write(tmp_path, un=parameters(GOOD), deux=parameters(GOOD)))
    assert "un.yaml:6" in sentence and "deux.yaml:6" in sentence


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    wrong = parameters("value: 2")
    with pytest.raises(PackRefused) as caught:
        library(write(tmp_path, un=wrong, deux=wrong.replace("minimum", "maximum")))
    assert [problem.file.split("/")[-1] for problem in caught.value.problems] == ["deux.yaml", "un.yaml"]


def test_an_empty_folder_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    assert "aucune règle" in refusal(tmp_path / "vide")
    assert "n'existe pas" in refusal(tmp_path / "absent")


SCALE = """\
kind: scale
form: essai
territory: fr
code: un
label: Barème fictif
fictitious: true
valid_from: 2020-01-01
reference: {source: faux}
confidence: verified
rates:
  - {action: AGIR, unit: hour, amount: "10.00"}
"""
ACTION = """\
kind: actions
form: essai
territory: fr
entries:
  AGIR:
    values:
      - valid_from: 2020-01-01
        reference: {source: texte}
        confidence: verified
        value:
          {label: Agir, short_label: Agir, description: Agir., family: meeting, gates: [], counted_in: meeting,
           involves_patients: false}
"""


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("Barème fictif", "Barème", "le mot « fictif »"),
        ("{source: faux}", "{source: texte}", "une source fictive"),
        ("AGIR", "DORMIR", "l'action « DORMIR » est inconnue"),
        ('"10.00"', "10.00", "un texte"),
        ('"10.00"', '"-10.00"', "un montant en euros"),
        ("unit: hour", "unit: jour", "hour, started_half_hour"),
        ("fictitious: true\n", "", "fictitious"),
    ],
)
def test_a_wrong_scale_is_refused(tmp_path: Path, before: str, after: str, words: str) -> None:
    assert library(write(tmp_path / "bon", action=ACTION, scale=SCALE)).pack.values == 2
    sentence = refusal(write(tmp_path / "faux", action=ACTION, scale=SCALE.replace(before, after)))
    assert "scale.yaml" in sentence and words in sentence


def test_a_day_without_rate_between_two_scales_is_refused(tmp_path: Path) -> None:
    first = SCALE.replace("reference", "valid_to: 2021-01-01\nreference", 1)
    second = SCALE.replace("code: un", "code: deux").replace("2020-01-01", "2021-01-02")
    sentence = refusal(write(tmp_path, action=ACTION, un=first, deux=second))
    assert "aucune valeur du 2021-01-01 au 2021-01-02" in sentence


def test_an_action_behind_an_unknown_gate_is_refused(tmp_path: Path) -> None:
    sentence = refusal(write(tmp_path, action=ACTION.replace("gates: []", "gates: [porte]")))
    assert "« porte » est inconnue" in sentence


def test_a_convention_with_a_word_nobody_fills_is_refused(tmp_path: Path) -> None:
    text = """\
kind: convention
form: essai
territory: fr
code: un
label: Texte fictif
fictitious: true
valid_from: 2020-01-01
reference: {source: faux}
confidence: verified
title: Convention
preamble: "Entre {association_name} et {nobody}."
summary: ["Court."]
articles:
  - {key: objet, title: Objet, paragraphs: ["Objet."]}
"""
    sentence = refusal(write(tmp_path, convention=text))
    assert "convention.yaml:11" in sentence and "{nobody}" in sentence
