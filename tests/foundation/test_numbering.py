"""Continuous numbers: no hole, no double, whatever fails and whoever comes at the same time."""

from __future__ import annotations

import pytest
from django.db import transaction

from equipage.foundation.numbering import Counter, next_number
from tests.together import together


class Undone(Exception):
    """Makes a transaction fail on purpose."""


@pytest.mark.django_db
def test_numbers_follow_each_other_under_each_name() -> None:
    assert [next_number("dossiers"), next_number("dossiers"), next_number("conventions")] == [1, 2, 1]


@pytest.mark.django_db
def test_several_numbers_are_taken_at_once() -> None:
    next_number("écritures")
    assert next_number("écritures", count=5) == 2
    assert next_number("écritures") == 7


@pytest.mark.django_db
def test_an_undone_transaction_gives_its_number_back() -> None:
    next_number("dossiers")
    with pytest.raises(Undone), transaction.atomic():
        assert next_number("dossiers") == 2
        raise Undone
    assert next_number("dossiers") == 2


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, -1])
def test_no_number_is_taken_for_nothing(count: int) -> None:
    with pytest.raises(ValueError, match="au moins un"):
        next_number("dossiers", count=count)
    assert not Counter.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_people_who_come_together_get_different_numbers_without_hole() -> None:
    answers = together([lambda: [next_number("dossiers") for _ in range(5)]] * 6)
    taken = sorted(number for numbers in answers for number in numbers)
    assert taken == list(range(1, 31))
