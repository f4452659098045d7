"""A death in a team of two that is paid, made in one line each; the first person is the one who died."""

from __future__ import annotations

from datetime import date
from typing import Any

from equipage.compensation.models import ClaimLine
from equipage.compensation.services import month as month_services
from equipage.foundation.periods import Month
from equipage.payments.models import BankDetails, Payment
from equipage.payments.services import bank
from equipage.people import services
from equipage.people.models import Death, Professional
from equipage.teams.models import Team
from tests import factories as people
from tests.compensation import factories

NOVEMBER = Month(2026, 11)
DIED = date(2026, 11, 20)


def paid() -> tuple[Team, Professional, Professional]:
    """A team of two, each owed 37,50 € for October; the person who dies, and a colleague."""
    factories.scale()
    factories.paying_account()
    team = factories.paid_team()
    factories.validated(team)
    first, second = factories.people_of(team)
    return team, second, first


def recorded(person: Professional, **options: Any) -> Death:
    """Recorded by an officer."""
    given = {"actor": people.officer(), "died_on": DIED, "learnt_from": "le notaire", **options}
    return services.record_death(professional=person, organisation=people.organisation(), **given)


def withdrawn(person: Professional) -> Death:
    """A mistake."""
    death = Death.objects.standing().get(professional=person)
    return services.withdraw_death(death, actor=people.association_admin(), reason="Un homonyme.")


def estate(person: Professional, *, confirmed: bool = True, number: int = 900) -> BankDetails:
    """The account of the estate, given by an officer and confirmed by an administrator."""
    given = bank.propose(
        actor=people.officer(),
        professional=person,
        organisation=people.organisation(),
        holder=f"Succession de {person.full_name}",
        iban=factories.iban(number),
    )
    return bank.confirm(given, actor=people.association_admin()) if confirmed else given


def prepared() -> Any:
    """A run of November of everybody who may be paid."""
    return factories.prepared(month=NOVEMBER)


def prepared_as_it_is() -> Any:
    """The same without deciding anything."""
    return month_services.prepare(organisation=people.organisation(), month=NOVEMBER, actor=people.officer())


def paid_to(person: Professional) -> list[tuple[int, str]]:
    """What the bank executed and kept for a person: cents, and the holder."""
    rows = Payment.objects.filter(professional=person, run__state="executed", comeback__isnull=True)
    return [(row.amount_cents, row.bank_details.holder) for row in rows.select_related("bank_details").order_by("pk")]


def states_of(person: Professional) -> list[str]:
    """The states of the lines of a person, by action."""
    return list(ClaimLine.objects.filter(professional=person).order_by("pk").values_list("state", flat=True))
