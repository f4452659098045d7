"""Days, gates and words: what is computed without a database."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.foundation.periods import add_months
from equipage.foundation.refusals import Refused
from equipage.prevention import rules
from equipage.prevention.rules import Step

DAYS = st.dates(date(2021, 1, 1), date(2060, 12, 31))
KINDS = ("sent", "asked", "completed", "acknowledged", "refused", "stopped")
STEPS = st.lists(st.builds(Step, st.sampled_from(KINDS), DAYS), max_size=8)
TEAM = {"form": "esp-clap", "region_id": "52"}


def a_team(since: date | None = date(2024, 3, 1), rna: str = "W491000001", siret: str = "") -> SimpleNamespace:
    return SimpleNamespace(**TEAM, association_since=since, association_rna=rna, association_siret=siret)


@pytest.mark.parametrize(
    ("sent", "last", "complete"),
    [
        (date(2026, 12, 31), date(2027, 2, 28), date(2027, 3, 1)),
        (date(2027, 12, 31), date(2028, 2, 29), date(2028, 3, 1)),
        (date(2026, 12, 28), date(2027, 2, 28), date(2027, 3, 1)),
        (date(2026, 7, 15), date(2026, 9, 15), date(2026, 9, 16)),
        (date(2026, 6, 30), date(2026, 8, 30), date(2026, 8, 31)),
        (date(2028, 2, 29), date(2028, 4, 29), date(2028, 4, 30)),
    ],
)
def test_two_months_are_calendar_months_to_the_end_of_a_shorter_one(sent: date, last: date, complete: date) -> None:
    assert rules.last_day_to_answer(sent) == last
    assert rules.silent_on(sent) == complete


@given(DAYS)
def test_silence_is_counted_on_the_calendar(sent: date) -> None:
    last = rules.last_day_to_answer(sent)
    assert (last.year * 12 + last.month) - (sent.year * 12 + sent.month) == 2
    assert last.day == min(sent.day, monthrange(last.year, last.month)[1])
    assert rules.silent_on(sent) == last + timedelta(days=1)
    assert 59 <= (last - sent).days <= 62


@given(DAYS)
def test_a_declaration_is_complete_from_the_day_after_the_last_to_answer(sent: date) -> None:
    steps = [Step("sent", sent)]
    last = rules.last_day_to_answer(sent)
    assert rules.complete_since(steps, last) is None
    assert rules.complete_since(steps, last + timedelta(days=1)) == last + timedelta(days=1)
    assert rules.complete_since(steps, last + timedelta(days=900)) == last + timedelta(days=1)


@given(DAYS, st.integers(0, 90))
def test_an_acknowledgement_counts_unless_silence_came_first(sent: date, wait: int) -> None:
    answered = sent + timedelta(days=wait)
    since = rules.complete_since([Step("sent", sent), Step("acknowledged", answered)], answered)
    assert since == min(answered, rules.silent_on(sent))


@given(STEPS, DAYS)
def test_what_comes_later_changes_nothing_of_a_day(steps: list[Step], on: date) -> None:
    """A fact noted after a day never decides of that day; and nothing is complete before it was sent."""
    known = [step for step in steps if step.on <= on]
    since = rules.complete_since(steps, on)
    assert since == rules.complete_since(known, on)
    if since is not None:
        assert since <= on
        assert any(step.kind in ("sent", "completed", "acknowledged") and step.on <= since for step in known)


def test_a_complement_stops_the_count_and_its_sending_starts_it_again() -> None:
    steps = [Step("sent", date(2026, 1, 10)), Step("asked", date(2026, 2, 20)), Step("completed", date(2026, 3, 5))]
    assert rules.complete_since(steps, date(2026, 3, 11)) is None
    assert rules.complete_since(steps, date(2026, 5, 5)) is None
    assert rules.complete_since(steps, date(2026, 5, 6)) == date(2026, 5, 6)


def test_what_was_complete_stays_complete_for_its_days() -> None:
    steps = [Step("sent", date(2026, 1, 10)), Step("asked", date(2026, 4, 1)), Step("refused", date(2026, 5, 1))]
    assert rules.complete_since(steps, date(2026, 3, 31)) == date(2026, 3, 11)
    assert rules.complete_since(steps, date(2026, 4, 1)) is None
    assert rules.complete_since(steps, date(2026, 6, 1)) is None


@given(DAYS, st.integers(1, 40))
def test_evaluations_fall_on_the_anniversary(declared: date, rank: int) -> None:
    due = rules.due_day(declared, "annual", rank)
    assert (due.year, due.month) == (declared.year + rank, declared.month)
    assert due.day == declared.day or (declared.month, declared.day) == (2, 29)
    assert rules.due_day(declared, "four_yearly", rank) == rules.due_day(declared, "annual", 4 * rank)


@given(DAYS, st.integers(0, 4000))
def test_there_is_always_exactly_one_evaluation_to_come(declared: date, later: int) -> None:
    on = declared + timedelta(days=later)
    rank = rules.open_ranks(declared, "annual", on)
    assert rules.due_day(declared, "annual", rank) > on
    assert rank == 1 or rules.due_day(declared, "annual", rank - 1) <= on


@given(DAYS, st.integers(-200, 2000))
def test_a_reminder_comes_once_before_once_on_the_day_then_each_month(due: date, shift: int) -> None:
    on = due + timedelta(days=shift)
    level = rules.reminder_level(due, on)
    if shift < -rules.REMIND_BEFORE:
        assert level is None
    elif shift < 0:
        assert level == -1
    else:
        assert level is not None and level >= 0
        assert add_months(due, level) <= on < add_months(due, level + 1)


@pytest.mark.parametrize(
    ("expected", "achieved", "unit", "words"),
    [
        ("40", None, "personnes", "Pas encore mesuré."),
        ("40", "40", "personnes", "Comme prévu."),
        ("40", "52", "personnes", "12 personnes de plus que prévu."),
        ("12.5", "10", "%", "2,5 % de moins que prévu."),
        ("3", "1", "", "2 de moins que prévu."),
    ],
)
def test_results_are_said_against_what_was_expected(expected: str, achieved: str | None, unit: str, words: str) -> None:
    assert rules.compared(Decimal(expected), Decimal(achieved) if achieved else None, unit) == words


def test_what_is_only_background_knowledge_advises() -> None:
    assert rules.team_advice("60", ["60"]) == (
        "L'équipe du programme devrait réunir au moins deux professions différentes.",
        "Un médecin devrait y participer quand la personne qui coordonne n'est pas médecin.",
    )
    assert rules.team_advice("60", ["60", "10"]) == ()
    assert rules.team_advice("10", ["10", "60"]) == ()


# --- the gate of the association --------------------------------------------------------------------------------------

ON = date(2026, 6, 1)


def test_the_gate_knows_the_kinds_that_ask_for_an_association() -> None:
    assert rules.asks_association(a_team(), "PREVENTION", ON)
    assert rules.asks_association(a_team(), "ETP", ON)
    assert not rules.asks_association(a_team(), "RCP_SANS_PATIENT", ON)
    assert not rules.asks_association(a_team(), "INCONNU", ON)


def test_never_an_association_is_said_by_the_rules_of_the_form() -> None:
    assert rules.association_reasons(a_team(None, ""), ON) == ()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("", "n'a ni numéro RNA ni SIRET"),
        ("49100", "Le numéro RNA de l'association ne se lit pas."),
        ("W49100000", "Corrigez-le sur la page de l'équipe."),
        ("732829320", "Il manque la lettre W"),
    ],
)
def test_a_number_that_is_no_rna_closes_the_gate(number: str, words: str) -> None:
    (sentence,) = rules.association_reasons(a_team(rna=number), ON)
    assert words in sentence.replace("’", "'")


def test_a_siret_is_a_number_too() -> None:
    assert rules.association_reasons(a_team(rna="", siret="73282932000074"), ON) == ()
    (sentence,) = rules.association_reasons(a_team(rna="", siret="73282932000075"), ON)
    assert "Le SIRET de l'association ne se lit pas." in sentence.replace("’", "'")


def test_a_good_number_opens_it_and_a_later_association_is_left_to_the_rules() -> None:
    assert rules.association_reasons(a_team(), ON) == ()
    assert rules.association_reasons(a_team(date(2026, 7, 1), ""), ON) == ()


@pytest.mark.parametrize(
    ("state", "silent", "way_out"),
    [
        ("preparing", None, "envoyez-la, puis notez la date d'envoi sur la page du programme."),
        ("sent", date(2026, 7, 11), "ou le 11 juillet 2026 si l'ARS ne répond pas."),
        ("complement", None, "l'ARS attend un complément."),
        ("refused", None, "l'ARS l'a refusée."),
        ("stopped", None, "le programme est arrêté."),
        ("complete", date(2026, 7, 11), "elle ne l'était pas encore ce jour-là."),
    ],
)
def test_a_closed_programme_says_the_way_out(state: str, silent: date | None, way_out: str) -> None:
    (sentence,) = rules.declaration_reasons("Vivre avec son asthme", None, state, silent, ON)
    assert sentence.startswith(
        "Le 1er juin 2026, la déclaration du programme « Vivre avec son asthme » à l'ARS n'est pas complète : "
    )
    assert way_out in sentence
    assert "action d'accompagnement" in sentence
    assert rules.declaration_reasons("Vivre avec son asthme", ON, state, silent, ON) == ()


def test_private_numbers_are_refused() -> None:
    with pytest.raises(Refused, match="numéro de sécurité sociale"):
        rules.refuse_private("Monsieur 1 85 05 49 007 123 45", field="objectives")
    assert rules.refuse_private("  Aider à arrêter. ", field="objectives") == "Aider à arrêter."
