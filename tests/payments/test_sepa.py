"""The bank file as a bank takes it: characters, lengths, sums; the same order gives the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.payments.sepa import BankFileRefused, Order, Transfer, latin, schema_problem, total_of, write
from tests.compensation.factories import iban

TRANSFER = Transfer("EQ-2026-10-01-1-00001", "Zoé Œuvrard-N'Guyen", iban(7), 3750, "Coordination octobre 2026")
ORDER = Order(
    "2026-10-01-1",
    "Association des ESP CLAP",
    iban(1),
    datetime(2026, 11, 2, 8, 30, tzinfo=UTC),
    date(2026, 11, 3),
    (TRANSFER,),
)


def test_a_name_leaves_its_accents_and_keeps_its_letters() -> None:
    assert latin("Zoé Œuvrard-N’Guyen & Fils, 3e étage №7", 70) == "Zoe OEuvrard-N'Guyen + Fils, 3e etage No7"


@pytest.mark.parametrize("name", ["Дмитрий", "🙂", "   "])
def test_a_name_no_bank_can_write_is_refused_with_its_line(name: str) -> None:
    with pytest.raises(BankFileRefused, match="Ligne 1"):
        write(replace(ORDER, transfers=(replace(TRANSFER, holder=name),)))


@pytest.mark.parametrize("cents", [0, -1])
def test_an_amount_that_is_not_positive_is_refused(cents: int) -> None:
    with pytest.raises(BankFileRefused, match="supérieur à zéro"):
        write(replace(ORDER, transfers=(replace(TRANSFER, amount_cents=cents),)))


def test_the_same_reference_twice_is_refused() -> None:
    with pytest.raises(BankFileRefused, match="déjà prise"):
        write(replace(ORDER, transfers=(TRANSFER, TRANSFER)))


def test_a_reference_of_more_than_35_characters_is_refused() -> None:
    with pytest.raises(BankFileRefused, match="trop longue"):
        write(replace(ORDER, transfers=(replace(TRANSFER, end_to_end_id="E" * 36),)))


def test_an_empty_order_is_refused() -> None:
    with pytest.raises(BankFileRefused, match="aucun virement"):
        write(replace(ORDER, transfers=()))


def test_the_message_changes_with_any_amount_or_account() -> None:
    other = write(replace(ORDER, transfers=(replace(TRANSFER, amount_cents=3751),)))
    moved = write(replace(ORDER, transfers=(replace(TRANSFER, iban=iban(8)),)))
    assert len({write(ORDER).message_id, other.message_id, moved.message_id}) == 3


def test_a_file_whose_total_is_not_its_sum_is_noticed() -> None:
    content = write(ORDER).content.replace(b"<CtrlSum>37.50", b"<CtrlSum>37.51")
    with pytest.raises(BankFileRefused, match="n'est pas la somme"):
        total_of(content)


names = st.text(min_size=1, max_size=120).filter(lambda name: bool(latin(name, 70)))


@given(st.lists(st.tuples(names, st.integers(1, 10**9), st.text(max_size=200)), min_size=1, max_size=15))
def test_whatever_people_are_called_the_file_is_valid_and_no_cent_is_lost(rows: list[tuple[str, int, str]]) -> None:
    transfers = tuple(
        Transfer(f"EQ-{rank}", name, iban(rank), cents, f"réf. {label}")
        for rank, (name, cents, label) in enumerate(rows, start=1)
    )
    order = replace(ORDER, transfers=transfers)
    first, second = write(order), write(order)
    assert first == second
    assert schema_problem(first.content) == ""
    assert total_of(first.content) == sum(cents for _, cents, _ in rows)
    assert len(first.message_id) <= 35
