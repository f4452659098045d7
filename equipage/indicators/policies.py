"""Who sees the sums of an account as they are: whoever answers for the region. The masked ones are public."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.policies import visibility
from equipage.people.roles import ASSOCIATION_ROLES, Role

READERS = (*ASSOCIATION_ROLES, Role.ARS_REGION)


@visibility("indicators.AccountCell")
def cells(user: Any) -> Q:
    """The association and the agency of the region. A small sum names somebody: nobody else reads it."""
    return Q(account__region_id__in=sorted(user.regions_for(*READERS)))
