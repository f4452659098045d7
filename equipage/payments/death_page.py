"""What the association reads of a death: what is owed and waits, what already left, the account of the estate."""

from __future__ import annotations

from typing import Any

from equipage.foundation.policies import can
from equipage.payments.models import Payment
from equipage.payments.panels import owed_to
from equipage.payments.selectors.bank import associations_of
from equipage.payments.selectors.deaths import estate_account
from equipage.payments.selectors.returns import is_held, reason_of, waiting_returns
from equipage.payments.states import BANK_DETAILS
from equipage.people.models import Death, Professional
from equipage.people.selectors import standing_death


def state_of_death(death: Death, organisation: Any, user: Any) -> dict[str, Any]:
    """For the page of a death, as one association that pays the person sees it."""
    person = death.professional
    account = estate_account(death, organisation)
    on_the_way = Payment.objects.filter(
        professional=person, run__organisation=organisation, run__state__in=("prepared", "approved")
    ).exclude(bank_details__death=death)
    back = waiting_returns(organisation).filter(payment__professional=person).select_related("payment").order_by("pk")
    return {
        "death": death,
        "person": person,
        "owed": owed_to(organisation, person),
        "on_the_way": list(
            on_the_way.filter(comeback__isnull=True).select_related("run").defer("run__bank_file").order_by("pk")
        ),
        "returns": [(row, reason_of(row), is_held(row)) for row in back],
        "account": account,
        "account_state": BANK_DETAILS.states[account.state] if account else None,
        "memberships": list(
            person.memberships.in_force().filter(state="confirmed").select_related("team").order_by("team__name", "pk")
        ),
        "may_give": can(user, "payments.give_estate_account", organisation).allowed,
        "may_withdraw": can(user, "people.withdraw_death", death.organisation).allowed,
    }


def beside_person(person: Professional, organisation: Any, user: Any) -> dict[str, Any]:
    """For a page about somebody whom an association pays: the death that stands, whether this reader may record one."""
    nothing: dict[str, Any] = {"death": None, "may_report": False}
    staff = any(a.organisation_id == organisation.pk for a in user.assignments)
    if not staff or person.user_id == user.pk or organisation not in associations_of(person):
        return nothing
    death = standing_death(person)
    return {"death": death, "may_report": not death and can(user, "people.record_death", organisation).allowed}
