"""A query without an order comes back in a random one, so that no page and no test leans on luck.

The order is drawn from the name of the test and EQUIPAGE_TEST_SEED (printed at the top of the run): a failure
is played again with the same seed.
"""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models.query import QuerySet

SEED = pytest.StashKey[str]()
_dice = random.Random()


def pytest_configure(config: pytest.Config) -> None:
    """One seed for the run; the workers of xdist take their controller's."""
    given = getattr(config, "workerinput", {}).get("equipage_seed")
    config.stash[SEED] = given or os.environ.get("EQUIPAGE_TEST_SEED") or secrets.token_hex(4)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist: hand the seed to a worker."""
    node.workerinput["equipage_seed"] = node.config.stash[SEED]


def pytest_report_header(config: pytest.Config) -> str:
    """How to play this run again."""
    return f"EQUIPAGE_TEST_SEED={config.stash[SEED]}"


@pytest.fixture(autouse=True)
def dice_of_this_test(request: pytest.FixtureRequest) -> None:
    """The same test draws the same order whatever ran before it."""
    _dice.seed(f"{request.config.stash[SEED]}:{request.node.nodeid}")


@pytest.fixture(scope="session", autouse=True)
def unordered_means_random() -> Iterator[None]:
    """Shuffle what the database returned in an order nobody asked for."""
    fetch_all = QuerySet._fetch_all
    iterate = QuerySet.iterator

    def shuffled_fetch_all(queryset: Any) -> None:
        fresh = queryset._result_cache is None
        fetch_all(queryset)
        if fresh and not queryset.ordered:
            _dice.shuffle(queryset._result_cache)

    def shuffled_iterator(queryset: Any, *args: Any, **named: Any) -> Iterator[Any]:
        rows = iterate(queryset, *args, **named)
        if queryset.ordered:
            return rows
        kept = list(rows)
        _dice.shuffle(kept)
        return iter(kept)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuerySet, "_fetch_all", shuffled_fetch_all)
        patch.setattr(QuerySet, "iterator", shuffled_iterator)
        yield
