"""The golden cases hold, and the checker sees the ones that do not."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from equipage.rules import TeamFacts, check_action_allowed, check_payment_conditions, library
from equipage.rules.cases import play
from equipage.rules.library import RULEPACKS
from equipage.rules.placeholders import fill

CASES = """\
kind: cases
title: Essai
reference: {{source: plaquette-esp-clap}}
form: esp-clap
territory: fr-pdl
cases:
  - {{title: Minimum, question: value, {rule}on: 2026-01-01, expected: {expected}}}
"""
RULE = "rule: esp-clap.composition.min_professionals, "


def case(expected: str, rule: str = RULE) -> str:
    return CASES.format(expected=expected, rule=rule)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("rules", *arguments, stdout=out)
    return out.getvalue()


def with_case(tmp_path: Path, text: str) -> tuple[str, ...]:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "essai.yaml").write_text(text, encoding="utf-8")
    return ("--path", str(RULEPACKS), "--path", str(tmp_path))


def test_every_golden_case_gives_the_expected_result() -> None:
    played = play(library())
    assert [problem.sentence() for problem in played.problems] == []
    assert played.cases > 100


def test_the_check_prints_the_counts() -> None:
    text = run("check")
    assert "règles" in text and "cas de référence dans" in text


def test_a_case_that_differs_is_named_and_fails(tmp_path: Path) -> None:
    paths = with_case(tmp_path, case("{value: 3}"))
    with pytest.raises(CommandError, match=r"cases/essai.yaml:7.*Minimum.*value = 2.*3") as caught:
        run("check", *paths)
    assert caught.value.returncode == 1


def test_a_case_that_agrees_is_counted(tmp_path: Path) -> None:
    before = play(library()).cases
    assert f"{before + 1} cas de référence" in run("check", *with_case(tmp_path, case("{value: 2}")))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (case("{valeur: 2}"), "clé inconnue"),
        (case("{}"), "trop court"),
        (case("{value: 2}").replace("plaquette-esp-clap", "rien"), "rien"),
        (
            case("{value: 2}", rule=""),
            "ne peut pas être posé",
        ),
        (case("{value: 2}").replace("on: 2026-01-01", "on: 2026-02-30"), "ne peut pas être posé"),
    ],
)
def test_a_badly_written_case_fails(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run("check", *with_case(tmp_path, text))


def test_a_refused_folder_fails_the_check(tmp_path: Path) -> None:
    (tmp_path / "rien.yaml").write_text("kind: rien\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"rien.yaml:1.*\n1 problème"):
        run("check", "--path", str(RULEPACKS), "--path", str(tmp_path))


def test_explain_tells_the_rules_of_the_day() -> None:
    text = run("explain", "esp-clap", "--territory", "fr-pdl", "--on", "2025-06-01")
    assert "Au moins un médecin généraliste." in text
    assert "Barème fictif de démonstration 2024-2025" in text
    assert "Autre lecture, qui ne s'applique pas" in text
    assert "10\u202f000,00\u00a0€" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("explain", "esp-clap", "--on", "2017-12-31"), "n'existe pas en Pays de la Loire le 31.décembre 2017"),
        (("explain", "esp-clap", "--territory", "fr-bre"), "n'existe pas en Bretagne"),
        (("explain", "msp-bis"), "formes connues"),
        (("explain", "esp", "--territory", "fr-zz"), "fr-zz"),
        (("explain", "esp", "--on", "demain"), "AAAA-MM-JJ"),
    ],
)
def test_explain_refuses_in_french(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(*arguments)


def test_a_gate_says_the_way_out_and_the_conditions_of_payment_are_three() -> None:
    on = date(2026, 3, 1)
    form = library().form("esp-clap", "fr-pdl", on)
    (reason,) = check_action_allowed(form, "PREVENTION", TeamFacts(), on).reasons
    assert "association loi 1901" in reason.sentence and "RNA" in reason.way_out
    (reason,) = check_action_allowed(form, "ETP", TeamFacts(date(2026, 4, 1)), on).reasons
    assert "1er\u00a0avril 2026" in reason.sentence
    assert check_action_allowed(form, "ETP", TeamFacts(on), on).ok
    assert len(check_payment_conditions(form, TeamFacts(), on).reasons) == 3


def test_a_convention_is_filled_or_refused() -> None:
    convention = library().form("esp-clap", "fr-pdl", date(2026, 3, 1)).convention
    text = convention.articles[1].paragraphs[0]
    assert "le 2 mars" in fill(text, {"start_day": "2 mars", "duration": "un an"})
    with pytest.raises(ValueError, match="premier jour d'effet"):
        fill(text, {"duration": "un an"})
