"""The books as an accountant reads them: the balance of a year, and a FEC that the checks of its tool take."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from equipage.books import fec
from equipage.books.models import LedgerEntry
from equipage.books.roles import BANK, EXPENSE, PAYABLE
from equipage.books.selectors import movements, trial_balance, years_of_books
from equipage.books.services import Move, record_entry, reverse_entry
from equipage.payments.models import Payment
from equipage.people.models import Organisation
from tests import factories as people
from tests.books import fec_checks
from tests.compensation import factories

pytestmark = pytest.mark.django_db
PAID_ON = date(2026, 11, 22)


@pytest.fixture
def association() -> Organisation:
    """An association whose first run was paid, to people whose names have accents."""
    factories.scale()
    factories.paying_account()
    team = factories.paid_team()
    factories.validated(team)
    factories.validated(team, minutes=50)
    factories.executed(PAID_ON)
    return people.organisation()


def file_of(organisation: Organisation, year: int = 2026) -> bytes:
    return b"".join(fec.lines(movements(organisation, year)))


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_file_passes_the_published_checks_and_holds_every_cent(association: Organisation) -> None:
    content = file_of(association)
    assert fec_checks.problems(content) == []
    rows = fec_checks.rows_of(content)
    paid = sum(payment.amount_cents for payment in Payment.objects.all())
    assert paid > 0
    for account, column, total in (
        ("6226", "Debit", paid),
        ("401", "Credit", paid),
        ("401", "Debit", paid),
        ("512", "Credit", paid),
    ):
        assert sum(fec_checks.cents(row[column]) for row in rows if row["CompteNum"] == account) == Decimal(total) / 100
    names = {payment.professional.full_name for payment in Payment.objects.select_related("professional")}
    assert {row["CompAuxLib"] for row in rows if row["CompteNum"] == "401"} == names
    assert {row["JournalLib"] for row in rows} == {"Indemnités de coordination", "Banque"}
    assert {row["EcritureDate"] for row in rows if row["JournalCode"] == "BQ"} == {"20261122"}


def test_a_checker_that_refuses_is_one_that_reads(association: Organisation) -> None:
    """The checks themselves: a file spoiled in any of these ways is not taken."""
    content = file_of(association)
    first = content.split(b"\r\n")[1]
    for spoiled in (
        content.replace(b"IND\t", b"\t", 1),
        content.replace(b"\t0,00", b"\t0.00", 1),
        content.replace(first + b"\r\n", b"", 1),
        content.replace(b"\t6226\t", b"\tX226\t", 1),
        content.replace(b"\t20261122\t", b"\t20261132\t", 1),
    ):
        assert spoiled != content and fec_checks.problems(spoiled)


def test_a_reversal_stands_beside_what_it_reverses(association: Organisation) -> None:
    entry = LedgerEntry.objects.get(journal="BQ")
    reverse_entry(entry, dated=date(2026, 11, 22), reason="Rejet de la banque", actor=people.treasurer())
    assert fec_checks.problems(file_of(association)) == []
    bank = next(line for line in trial_balance(association, 2026).accounts if line.code == "512")
    assert bank.debit_cents == bank.credit_cents > 0 and bank.debtor_cents == bank.creditor_cents == 0


def test_the_balance_is_that_of_the_movements(association: Organisation) -> None:
    balance = trial_balance(association, 2026)
    paid = sum(payment.amount_cents for payment in Payment.objects.all())
    shown = {
        line.code: (line.debit_cents, line.credit_cents, line.debtor_cents, line.creditor_cents)
        for line in balance.accounts
    }
    assert shown == {"401": (paid, paid, 0, 0), "512": (0, paid, 0, paid), "6226": (paid, 0, paid, 0)}
    assert balance.debit_cents == balance.credit_cents == 2 * paid
    assert balance.debtor_cents == balance.creditor_cents == paid
    assert balance.entries == 2


def test_a_year_is_that_of_the_entry(association: Organisation) -> None:
    record_entry(
        organisation=association,
        journal="IND",
        dated=date(2027, 1, 2),
        label="Année suivante",
        cause="essai:2027",
        moves=[Move(EXPENSE, PAYABLE, 1)],
        actor=None,
    )
    assert list(years_of_books(association)) == [2026, 2027]
    rows = fec_checks.rows_of(file_of(association, 2027))
    assert [(row["CompteNum"], row["Debit"], row["Credit"]) for row in rows] == [
        ("6226", "0,01", "0,00"),
        ("401", "0,00", "0,01"),
    ]
    assert trial_balance(association, 2027).debit_cents == 1
    assert trial_balance(association, 2025).accounts == () and fec_checks.rows_of(file_of(association, 2025)) == []


@given(st.text(max_size=60))
def test_any_words_stay_in_their_column(words: str) -> None:
    written = fec.plain(words)
    assert written.encode("iso-8859-15").decode("iso-8859-15") == written
    assert not set(written) & set("\t|\r\n") and written.isprintable()


def test_words_keep_what_the_encoding_knows() -> None:
    assert fec.plain("Équipe «\u202fŒuvre\u202f»\tà 5 €|l’été…") == "Équipe « Œuvre » à 5 € l'été..."
    assert fec.plain("Zoë Łukasz Ștefan 李") == "Zoë ?ukasz Stefan ?"


@given(st.integers(1, 10**15))
def test_amounts_are_written_to_the_cent(cents: int) -> None:
    assert fec_checks.cents(fec.amount(cents)) == Decimal(cents) / 100


def test_labels_of_140_signs_and_line_breaks_are_one_line(association: Organisation) -> None:
    record_entry(
        organisation=association,
        journal="IND",
        dated=date(2026, 11, 22),
        label="Réunion\nde\tcoordination " + "é" * 140,
        cause="essai:long",
        moves=[Move(PAYABLE, BANK, 5)],
        actor=None,
    )
    assert fec_checks.problems(file_of(association)) == []


def test_the_page_and_the_file_of_the_association(association: Organisation) -> None:
    client = signed_in(people.treasurer())
    page = client.get(reverse("books:balance")).content.decode()
    assert "6226" in page and "Fichier des écritures" in page
    Organisation.objects.filter(pk=association.pk).update(siren="")
    assert "à la place de" in client.get(reverse("books:balance")).content.decode()
    answer = client.get(reverse("books:fec", args=[2026]))
    assert 'filename="SIRENFEC20261231.txt"' in answer.headers["Content-Disposition"]
    Organisation.objects.filter(pk=association.pk).update(siren="732829320")
    answer = client.get(reverse("books:fec", args=[2026]))
    assert 'filename="732829320FEC20261231.txt"' in answer.headers["Content-Disposition"]
    assert answer.getvalue() == file_of(association)
    assert client.get(reverse("books:balance"), {"annee": "1999"}).status_code == 200
    assert client.get(reverse("books:balance"), {"annee": "²"}).status_code == 200


def test_a_neighbour_reads_none_of_it(association: Organisation) -> None:
    client = signed_in(people.officer(region_code="53"))
    rows = fec_checks.rows_of(client.get(reverse("books:fec", args=[2026])).getvalue())
    assert rows == []
    assert "6226" not in client.get(reverse("books:balance")).content.decode()
    member = signed_in(Payment.objects.select_related("professional__user").all()[0].professional.user)
    assert member.get(reverse("books:fec", args=[2026])).status_code == 404


def test_the_balance_asks_as_much_for_many_movements(association: Organisation) -> None:
    counts = []
    for more in (0, 40):
        for at in range(more):
            record_entry(
                organisation=association,
                journal="IND",
                dated=date(2026, 11, 22),
                label="Essai",
                cause=f"essai:{at}",
                moves=[Move(EXPENSE, PAYABLE, 100)],
                actor=None,
            )
        with CaptureQueriesContext(connection) as queries:
            trial_balance(association, 2026)
            file_of(association)
        counts.append(len(queries))
    assert counts[0] == counts[1]
