"""A team recognised by the whole chain, whose two conventions wait to be signed."""

from __future__ import annotations

from typing import Any

import pytest

from equipage.agreements.models import Convention
from tests import chain, factories


@pytest.fixture
def team() -> Any:
    """A nurse who leads and a general practitioner, recognised by the agency."""
    return chain.recognised(factories.complete_team(state="accompanied", themes=("Soins palliatifs à domicile",)))


@pytest.fixture
def conventions(team: Any) -> list[Convention]:
    """Theirs; that of the lead, who cannot leave alone, comes last."""
    return list(Convention.objects.filter(team=team).order_by("-membership__role", "id"))


@pytest.fixture
def person(conventions: list[Convention]) -> Any:
    """The account that signs the first convention."""
    return factories.fresh(conventions[0].professional.user)


@pytest.fixture
def admin(team: Any) -> Any:
    """The administrator of the association."""
    return factories.association_admin()
