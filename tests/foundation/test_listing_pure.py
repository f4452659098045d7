"""The parts of the listing that need no page: words, harmless cells, orders and keys."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from equipage.foundation.listing import Column, Listing, normalised
from equipage.foundation.listing.columns import harmless
from equipage.foundation.listing.ordering import BadKey, key_of, read_key, terms
from equipage.foundation.listing.paging import Page, Total, address, restart
from equipage.foundation.listing.search import words
from equipage.messaging.models import Notice


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Équipe de l'Èvre", "equipe de l evre"),
        ("  CŒUR  Saint-Æmile ", "coeur saint aemile"),
        ("Straße", "strasse"),
        ("49 000", "49 000"),
        ("", ""),
    ],
)
def test_search_forgets_accents_and_signs(typed, expected):
    assert normalised(typed) == expected


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    once = normalised(text)
    assert normalised(once) == once


def test_search_reads_only_a_few_words():
    assert len(words("a b c d e f g h i j")) == 6


@pytest.mark.parametrize("start", ["=1+1", "+33 6", "-2", "@SUM(A1)", "  =1", "\t=1", "\r=1", "\nx"])
def test_no_cell_starts_like_a_formula(start):
    assert harmless(start).startswith("'")


@given(st.text(min_size=1))
def test_harmless_text_keeps_every_sign(text):
    assert harmless(text).removeprefix("'") == text.removeprefix("'")


def test_harmless_text_is_left_alone():
    assert harmless("Équipe = bien") == "Équipe = bien"


def test_columns_write_french_and_export_values():
    row = SimpleNamespace(cents=123450, at=datetime(2026, 1, 5, 8, 5, tzinfo=UTC), name=None, deep=None)
    euros = Column("cents", "Montant", kind="euros")
    assert euros.cell(row).text == "1\u202f234,50\u00a0€"
    assert str(euros.exported(row)) == "1234.50"
    assert Column("at", "Le").exported(row) == datetime(2026, 1, 5, 9, 5)  # noqa: DTZ001 (a sheet has no zone)
    assert Column("name", "Nom").cell(row).text == "—"
    assert Column("name", "Nom").exported(row) == ""
    assert Column("x", "X", value="deep.further").cell(row).text == "—"


def test_a_listing_without_a_naming_column_is_refused():
    with pytest.raises(TypeError, match="heads"):
        type("Bad", (Listing,), {"model": Notice, "title": "x", "columns": (Column("subject", "Objet"),)})


def test_the_address_keeps_filters_and_drops_what_is_empty():
    params = QueryDict("q=a&q=a&etat=&page=3&apres=zz")
    assert address(params) == "?q=a&page=3&apres=zz"
    assert restart(params, tri="-nom") == "?q=a&tri=-nom"


def test_orders_end_with_the_key_in_the_same_direction():
    assert [(t.path, t.descending) for t in terms(Notice, ["-created_at"])] == [("created_at", True), ("pk", True)]
    assert [(t.path, t.descending) for t in terms(Notice, [])] == [("pk", False)]
    assert [t.path for t in terms(Notice, ["subject", "-id"])] == ["subject", "id"]
    assert terms(Notice, ["read_at"])[0].nullable and not terms(Notice, ["subject"])[0].nullable


def test_a_key_is_read_back():
    order = terms(Notice, ["-created_at"])
    moment = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
    assert read_key(order, key_of(order, SimpleNamespace(created_at=moment, pk=7))) == [moment, 7]


@given(st.text(max_size=40))
def test_any_other_key_is_refused(text):
    order = terms(Notice, ["-created_at", "subject"])
    with pytest.raises(BadKey):
        read_key(order, text)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (Page([], 1, 50), "0\u00a0avis"),
        (Page([1] * 3, 1, 50), "3\u00a0avis"),
        (Page([1] * 50, 2, 50, Total(1234), next="?page=3"), "51 à 100 sur 1\u202f234\u00a0avis"),
        (Page([1] * 50, 1, 50, Total(10000, True), next="?page=2"), "1 à 50 sur plus de 10\u202f000\u00a0avis"),
    ],
)
def test_the_count_in_words(page, expected):
    assert page.sentence(("avis", "avis")) == expected
