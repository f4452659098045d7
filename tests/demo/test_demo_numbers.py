"""The identifiers of the demo look right and belong to nobody."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.foundation.identifiers import check_iban, check_rpps
from equipage.people.rules import check_phone
from equipage.web.demo.names import FIRST_NAMES, LAST_NAMES
from equipage.web.demo.numbers import fictitious_iban, fictitious_phone, fictitious_rpps
from equipage.web.demo.stories import STAGES, _stages, timeline
from equipage.web.demo.world import World


@given(st.integers(0, 9_999_999))
def test_an_rpps_has_its_key_and_an_unused_range(rank: int) -> None:
    found = check_rpps(fictitious_rpps(rank))
    assert found.warning is None
    assert found.value.startswith("898")


@given(st.integers(0, 10**11 - 1))
def test_an_iban_has_both_keys(rank: int) -> None:
    assert check_iban(fictitious_iban(rank)).value[4:9] == "99999"


@given(st.integers(0, 10**6))
def test_a_phone_is_of_the_range_kept_for_fiction(rank: int) -> None:
    assert "".join(check_phone(fictitious_phone(rank)).split()).startswith("026191")


def test_names_are_varied() -> None:
    assert len(set(FIRST_NAMES)) == len(FIRST_NAMES) > 150
    assert len(set(LAST_NAMES)) == len(LAST_NAMES) > 200
    assert {"Le Floc'h", "de La Rochebrune", "Laurent-Moreau", "Étourneau"} <= set(LAST_NAMES)


@given(st.integers(len(STAGES), 5000))
def test_every_stage_has_its_teams(count: int) -> None:
    found = _stages(count)
    assert sum(found.values()) == count
    assert min(found.values()) >= 1


@pytest.mark.parametrize("stage", STAGES)
@given(number=st.integers(0, 10_000))
def test_the_steps_of_a_team_are_in_order_and_over(stage: str, number: int) -> None:
    today = date(2026, 11, 22)
    days = timeline(World(number, today, 12).dice("test"), stage, today)
    path = [days[step] for step in ("created", "requested", "met", "submitted", "taken", "decided") if step in days]
    assert path == sorted(path)
    assert max(days.values()) < today
