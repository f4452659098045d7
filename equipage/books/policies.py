"""Who reads the books: the association that keeps them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.policies import Decision, decide, policy, visibility
from equipage.funding.actors import organisation_ids
from equipage.people.roles import ASSOCIATION_ROLES, Role


@visibility("books.Account")
def accounts(user: Any) -> Q:
    return Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("books.AccountRole")
def account_roles(user: Any) -> Q:
    return Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("books.FiscalYear")
def fiscal_years(user: Any) -> Q:
    return Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("books.LedgerEntry")
def entries(user: Any) -> Q:
    return Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("books.Posting")
def postings(user: Any) -> Q:
    return Q(entry__organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@policy("books.keep_chart")
def keep_chart(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in organisation_ids(user, Role.ASSOCIATION_TREASURER)
    return decide(held, "Le plan de comptes est tenu par la trésorière ou le trésorier, avec l'expert-comptable.")


@policy("books.record_subsidy")
def record_subsidy(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in organisation_ids(user, Role.ASSOCIATION_TREASURER)
    return decide(held, "Les subventions sont écrites par la trésorière ou le trésorier.")
