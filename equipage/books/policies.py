"""Who reads the books: the association that keeps them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.policies import visibility
from equipage.funding.actors import organisation_ids
from equipage.people.roles import ASSOCIATION_ROLES


@visibility("books.Account")
def accounts(user: Any) -> Q:
    return Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("books.LedgerEntry")
def entries(user: Any) -> Q:
    return Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("books.Posting")
def postings(user: Any) -> Q:
    return Q(entry__organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))
