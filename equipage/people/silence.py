"""Nothing is mailed to somebody who died: whoever reads their mail may be the family."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from equipage.messaging.silence import offer_silence
from equipage.people.models import Death, Professional, User


def addresses_of_the_dead(addresses: Collection[str]) -> set[str]:
    """Those of these addresses, in small letters, that belong to somebody whose death stands.

    An address that a living person shares (the practice's, for instance) still receives: it is theirs too. Three
    queries at most, one when nobody of them died.
    """
    standing = Death.objects.standing().order_by()
    dead = Professional.objects.filter(pk__in=standing.values("professional_id"))
    accounts = User.objects.filter(pk__in=dead.order_by().values("user_id"))
    found = _own(dead, "email", addresses) | _own(dead, "secure_mail", addresses) | _own(accounts, "email", addresses)
    if not found:
        return found
    living = Professional.objects.exclude(pk__in=standing.values("professional_id"))
    others = User.objects.filter(is_active=True).exclude(pk__in=accounts.order_by().values("pk"))
    return found - _own(living, "email", found) - _own(others, "email", found)


def _own(rows: QuerySet[Professional] | QuerySet[User], field: str, addresses: Collection[str]) -> set[str]:
    small = rows.order_by().annotate(small=Lower(field)).filter(small__in=addresses)
    return set(small.exclude(Q(small="")).values_list("small", flat=True))


offer_silence(addresses_of_the_dead)
