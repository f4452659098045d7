"""The bank file as a bank takes it: characters, lengths, sums; the same order gives the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.payments.sepa import (
    LARGEST_TRANSFER_CENTS,
    VERSIONS,
    BankFileRefused,
    Order,
    Transfer,
    Version,
    latin,
    schema_problem,
    short_label,
    total_of,
    write,
)
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


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(names, st.integers(1, 10**9), st.text(max_size=200)), min_size=1, max_size=15))
def test_whatever_people_are_called_the_file_is_valid_and_no_cent_is_lost(rows: list[tuple[str, int, str]]) -> None:
    transfers = tuple(
        Transfer(f"EQ-{rank}", name, iban(rank), cents, f"réf. {label}")
        for rank, (name, cents, label) in enumerate(rows, start=1)
    )
    order = replace(ORDER, transfers=transfers)
    for version in VERSIONS:
        first, second = write(order, version), write(order, version)
        assert first == second
        assert schema_problem(first.content) == ""
        assert total_of(first.content) == sum(cents for _, cents, _ in rows)
        assert len(first.message_id) <= 35


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_is_valid_against_its_own_schema_and_sums_the_same(version: Version) -> None:
    file = write(ORDER, version)
    assert file == write(ORDER, version)
    assert f"xsd:{version}".encode() in file.content
    assert schema_problem(file.content) == ""
    assert total_of(file.content) == 3750
    assert file.message_id == write(ORDER).message_id


def test_the_older_version_writes_its_day_plainly() -> None:
    assert b"<ReqdExctnDt>2026-11-03</ReqdExctnDt>" in write(ORDER, "pain.001.001.03").content
    assert b"<Dt>2026-11-03</Dt>" in write(ORDER).content


def test_a_file_of_another_version_is_not_judged() -> None:
    content = write(ORDER).content.replace(b"pain.001.001.09", b"pain.001.001.11")
    assert "aucune des versions" in schema_problem(content)


def test_an_outside_entity_in_a_stored_file_is_not_read() -> None:
    content = write(ORDER).content.split(b"?>", 1)[1]
    opened = b'<!DOCTYPE Document [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + content.replace(b"37.50<", b"&e;<", 1)
    with pytest.raises(BankFileRefused, match="illisible"):
        total_of(opened)


@pytest.mark.parametrize("damage", [b"", b"<Document>"])
def test_a_stored_file_that_is_no_longer_whole_is_said(damage: bytes) -> None:
    with pytest.raises(BankFileRefused, match="n'est plus tel"):
        total_of(damage)


def test_a_line_with_two_faults_says_both_in_one_sentence() -> None:
    line = replace(TRANSFER, holder="Ana Petit", amount_cents=0, iban="FR7630006000011234567890188")
    with pytest.raises(BankFileRefused, match=r"^Ligne 1, Ana Petit : le montant .* zéro ; la clé .*\.$") as caught:
        write(replace(ORDER, transfers=(line,)))
    assert len(caught.value.problems) == 1


def test_every_faulty_line_is_said_at_once_with_its_person() -> None:
    faulty = (
        replace(TRANSFER, amount_cents=0),
        replace(TRANSFER, end_to_end_id="EQ-2", holder="Ana Petit", iban="FR7630006000011234567890188"),
        replace(TRANSFER, end_to_end_id="EQ-3", holder="Bien Écrite"),
        replace(TRANSFER, end_to_end_id="EQ-4", holder="Luc Grand", amount_cents=LARGEST_TRANSFER_CENTS + 1),
        replace(TRANSFER, end_to_end_id="EQ-5", holder="Дмитрий"),
        replace(TRANSFER, end_to_end_id="EQ_6", holder="Eva Long"),
    )
    with pytest.raises(BankFileRefused) as caught:
        write(replace(ORDER, transfers=faulty))
    problems = caught.value.problems
    assert [problem.split(" :")[0] for problem in problems] == [
        f"Ligne 1, {TRANSFER.holder}",
        "Ligne 2, Ana Petit",
        "Ligne 4, Luc Grand",
        "Ligne 5, Дмитрий",
        "Ligne 6, Eva Long",
    ]
    assert "IBAN" in problems[1]
    assert "dépasse" in problems[2]


def test_the_message_of_many_faulty_lines_says_how_many_more_there_are() -> None:
    faulty = tuple(replace(TRANSFER, end_to_end_id=f"EQ-{rank}", amount_cents=0) for rank in range(8))
    with pytest.raises(BankFileRefused, match=r"Ligne 5.*Et 3\sautres lignes à corriger") as caught:
        write(replace(ORDER, transfers=faulty))
    assert len(caught.value.problems) == 8
    assert "Ligne 6" not in str(caught.value)


def test_the_account_of_the_association_is_checked_too() -> None:
    with pytest.raises(BankFileRefused, match="Compte de l'association"):
        write(replace(ORDER, iban="FR76"))


def test_the_largest_transfer_is_taken() -> None:
    for version in VERSIONS:
        file = write(replace(ORDER, transfers=(replace(TRANSFER, amount_cents=LARGEST_TRANSFER_CENTS),)), version)
        assert b">999999999.99<" in file.content


@given(st.one_of(st.text(max_size=300), st.text("abcé ,œ", min_size=100, max_size=300)), st.integers(1, 99999))
def test_the_reference_that_ends_a_label_is_never_cut(beginning: str, rank: int) -> None:
    reference = f"EQ-2026-10-01-1-{rank:05d}"
    label = short_label(f"{beginning}, réf. {reference}")
    assert label.endswith(f"ref. {reference}")
    assert len(label) <= 140
    assert latin(label) == label


def test_a_label_no_bank_can_write_gives_the_reference_instead() -> None:
    content = write(replace(ORDER, transfers=(replace(TRANSFER, label="Дмитрий"),))).content
    assert f"<Ustrd>{TRANSFER.end_to_end_id}</Ustrd>".encode() in content


def test_a_long_label_is_cut_in_its_middle() -> None:
    label = short_label(f"Coordination {'très ' * 40}longue, 3 actions, réf. EQ-2026-10-01-1-00001")
    assert label.startswith("Coordination tres tres")
    assert label.endswith(" ... ref. EQ-2026-10-01-1-00001")
    assert len(label) <= 140


def test_a_long_label_without_a_reference_keeps_its_last_word() -> None:
    assert short_label("mot " * 50 + "EQ-7").endswith(" ... EQ-7")
