"""The key of an INS, ages, initials, retention: computed without a database."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.clinical.rules import Retention, age, check_birth_date, check_ins, initials, same_name
from equipage.foundation.refusals import Refused


@pytest.mark.parametrize("raw", ["255081416802538", "2 55 08 14 168 025 38", "180042A00401208", "295109912611193"])
def test_right_numbers_are_taken_as_people_write_them(raw: str) -> None:
    assert check_ins(raw) == raw.replace(" ", "")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("255081416802539", "ne tombe pas juste"),
        ("180042A00401209", "ne tombe pas juste"),
        ("25508141680253", "nous lisons 14"),
        ("2550814168025381", "nous lisons 16"),
        ("2550814C6802538", "15 chiffres"),
        ("255081A16802538", "15 chiffres"),
        ("néant", "15 chiffres"),
    ],
)
def test_wrong_numbers_say_what_is_wrong(raw: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        check_ins(raw)
    assert refused.value.field == "ins"


@given(st.integers(min_value=1_00_01_01_000_000, max_value=2_99_12_95_999_999), st.integers(0, 14), st.integers(1, 9))
def test_a_digit_typed_wrong_is_always_seen(number: int, place: int, gap: int) -> None:
    good = f"{number}{97 - number % 97:02d}"
    assert check_ins(good) == good
    wrong = good[:place] + str((int(good[place]) + gap) % 10) + good[place + 1 :]
    with pytest.raises(Refused):
        check_ins(wrong)


def test_nothing_is_a_right_answer() -> None:
    assert check_ins("  ") == ""


def test_a_birth_is_past_and_of_this_century_or_the_last() -> None:
    on = date(2026, 11, 25)
    check_birth_date(on, on)
    check_birth_date(date(1900, 1, 1), on)
    for wrong in (date(2026, 11, 26), date(1826, 1, 1)):
        with pytest.raises(Refused) as refused:
            check_birth_date(wrong, on)
        assert refused.value.field == "birth_date"


def test_names_are_compared_without_what_people_vary() -> None:
    assert same_name("LE GOFF", "Éloïse") == same_name("Le-Goff ", "eloise")
    assert same_name("Martin") != same_name("Martine")
    assert initials("Le Goff", "éloïse") == "É. L."


def test_age_is_in_whole_years() -> None:
    born = date(1941, 5, 3)
    assert [age(born, day) for day in (date(2026, 5, 2), date(2026, 5, 3))] == [84, 85]


def test_retention_is_five_years_then_fifteen() -> None:
    rule = Retention(5, 15)
    assert rule.archive_on(date(2024, 2, 29)) == date(2029, 2, 28)
    assert rule.erase_on(date(2024, 2, 29)) == date(2044, 2, 29)
