"""After a death nothing is paid to a closed account by itself: what is owed waits for the account of the estate."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from equipage.compensation.models import ClaimLine
from equipage.compensation.piles import preview
from equipage.compensation.services.reminders import remind
from equipage.foundation.jobs.worker import Worker
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.messaging.models import MailboxMessage
from equipage.payments.models import BankDetails, PaymentReturn, PaymentRun
from equipage.payments.selectors.returns import acting_of, to_pay_again, with_accounts
from equipage.payments.services import bank, runs
from equipage.payments.services.returns import record_return, release
from equipage.people.models import Professional
from tests import factories as people
from tests.compensation import factories
from tests.payments.bank_world import TODAY, owed_by_the_books, transfers
from tests.payments.death_world import (
    NOVEMBER,
    estate,
    paid,
    paid_to,
    prepared,
    prepared_as_it_is,
    recorded,
    states_of,
    withdrawn,
)
from tests.strict.flushing import triggers_asleep

pytestmark = pytest.mark.django_db
SUSPENDED = (
    "Versement suspendu à la suite d'un décès : l'association règle ce qui est dû avec la succession.",
    "association",
)


def waiting() -> dict[int, tuple[str, str]]:
    """Why the lines that wait do, and who must act, by person."""
    lines = preview(people.organisation(), NOVEMBER).not_ready.lines
    return {line.professional_id: (line.remarks[0], line.waits_for) for line in lines}


def came_back(run: PaymentRun, person: Professional, reason: str) -> PaymentReturn:
    payment = next(row for row in transfers(run) if row.professional_id == person.pk)
    kind = "returned" if run.state == "executed" else "rejected"
    return record_return(payment, kind=kind, on=TODAY, actor=people.treasurer(), reason_code=reason)


def executed(run: PaymentRun) -> PaymentRun:
    done = run if run.state == "approved" else runs.approve(run, actor=people.treasurer())
    return runs.execute(done, actor=people.treasurer(), executed_on=TODAY)


# --- what waits ---------------------------------------------------------------------------------------------------


def test_the_lines_wait_for_the_association_and_nobody_else_does() -> None:
    _, person, colleague = paid()
    recorded(person)
    assert waiting() == {person.pk: SUSPENDED}
    run = prepared()
    assert [row.professional_id for row in transfers(run)] == [colleague.pk]
    assert states_of(person) == ["validated"]


def test_the_hold_comes_before_a_missing_account_which_the_person_is_not_asked_for() -> None:
    _, person, colleague = paid()
    BankDetails.objects.update(state="replaced")
    recorded(person)
    assert waiting()[person.pk] == SUSPENDED
    assert waiting()[colleague.pk][1] == "member"
    lines = preview(people.organisation(), NOVEMBER).not_ready.lines
    assert [len(line.remarks) for line in lines if line.professional_id == person.pk] == [1]
    said: dict[str, Any] = {
        "organisation": people.organisation(),
        "month": NOVEMBER,
        "waits_for": "member",
        "actor": people.officer(),
    }
    assert remind(**said) == 1


def test_the_account_of_the_estate_frees_what_waits_once_it_is_confirmed() -> None:
    _, person, _ = paid()
    recorded(person)
    given = estate(person, confirmed=False)
    assert given.holder == f"Succession de {person.full_name}" and waiting() == {person.pk: SUSPENDED}
    with pytest.raises(Blocked, match="revient à : l'administration"):
        bank.confirm(given, actor=given.proposed_by)
    bank.confirm(given, actor=people.association_admin())
    assert waiting() == {}
    # A first payment on an account: nobody is paid before somebody decided.
    with pytest.raises(Refused, match="avant votre décision"):
        prepared_as_it_is()


def test_whoever_gave_the_account_of_the_estate_does_not_confirm_it() -> None:
    _, person, _ = paid()
    recorded(person)
    given = estate(person, confirmed=False)
    admin = people.association_admin()
    BankDetails.objects.filter(pk=given.pk).update(proposed_by=admin)
    with pytest.raises(Blocked, match="Vous avez donné ces coordonnées"):
        bank.confirm(people.fresh(given), actor=admin)


def test_only_an_officer_gives_the_account_of_an_estate_and_only_after_a_death() -> None:
    _, person, _ = paid()
    given: dict[str, Any] = {"professional": person, "organisation": people.organisation(), "holder": "Succession"}
    given["iban"] = "x"
    with pytest.raises(Refused, match="Chacun donne ses propres"):
        bank.propose(actor=people.officer(), **given)
    recorded(person)
    for user in (person.user, people.treasurer(), people.association_admin(), people.officer(region_code="53")):
        with pytest.raises(Refused, match="compte de la succession est donné par"):
            bank.propose(actor=user, **given)


def test_the_same_account_may_be_that_of_the_estate() -> None:
    """A joint account stays open: the notary says so, and it is confirmed again."""
    _, person, _ = paid()
    iban = BankDetails.objects.get(professional=person).iban
    recorded(person)
    details = bank.propose(
        actor=people.officer(),
        professional=person,
        organisation=people.organisation(),
        holder=person.full_name,
        iban=iban,
    )
    bank.confirm(details, actor=people.association_admin())
    assert waiting() == {}


def test_an_account_given_before_and_confirmed_after_frees_nothing() -> None:
    _, person, _ = paid()
    given = bank.propose(
        actor=person.user,
        professional=person,
        organisation=people.organisation(),
        holder=person.full_name,
        iban=factories.iban(801),
    )
    recorded(person)
    bank.confirm(given, actor=people.association_admin())
    assert waiting() == {person.pk: SUSPENDED}


def test_another_association_waits_too() -> None:
    _, person, _ = paid()
    recorded(person)
    estate(person)
    other = people.organisation(region_code="53")
    with triggers_asleep():
        ClaimLine.objects.filter(professional=person).update(organisation=other)
    factories.bank(person, region_code="53")
    found = preview(other, NOVEMBER).not_ready.lines
    assert [line.remarks[0] for line in found] == [SUSPENDED[0]]


# --- runs and transfers -------------------------------------------------------------------------------------------


def test_a_run_prepared_before_is_not_approved() -> None:
    _, person, _ = paid()
    run = prepared()
    recorded(person)
    with pytest.raises(Blocked, match=rf"signalé ou retiré depuis la préparation \({person.full_name}\) : annulez"):
        runs.approve(run, actor=people.treasurer())
    runs.cancel(run, actor=people.treasurer(), reason="Un décès.")
    again = runs.approve(prepared(), actor=people.treasurer())
    assert person.pk not in {row.professional_id for row in transfers(again)}


def test_a_run_prepared_for_the_estate_is_not_approved_after_a_withdrawal() -> None:
    _, person, _ = paid()
    recorded(person)
    details = estate(person)
    run = prepared()
    withdrawn(person)
    assert people.fresh(details).state == "replaced"
    with pytest.raises(Blocked, match="annulez cette préparation"):
        runs.approve(run, actor=people.treasurer())
    runs.cancel(run, actor=people.treasurer(), reason="Une erreur.")
    assert waiting()[person.pk] == ("Les coordonnées bancaires ne sont pas confirmées.", "member")


@pytest.mark.parametrize("reason", ["AC04", "MD07", "MS03"])
def test_a_transfer_that_came_back_waits_for_the_estate_and_leaves_once(reason: str) -> None:
    _, person, _ = paid()
    comeback = came_back(executed(prepared()), person, reason)
    recorded(person)
    if reason == "MD07":
        release(comeback, actor=people.treasurer())
    assert to_pay_again(people.organisation()) == []
    assert acting_of(with_accounts(PaymentReturn.objects.all()).get()) == "L'association"
    estate(person)
    assert [one.payment_id for one in to_pay_again(people.organisation())] == [comeback.payment_id]
    executed(prepared())
    assert paid_to(person) == [(3750, f"Succession de {person.full_name}")]
    assert states_of(person) == ["paid"] and owed_by_the_books(person.pk) == 0


# --- whatever the order -------------------------------------------------------------------------------------------

STEPS = ("before preparation", "after preparation", "after approval", "after execution")


def _run_until(step: str, person: Professional) -> PaymentRun | None:
    """Everything that happens before the death is recorded."""
    if step == "before preparation":
        return None
    run = prepared()
    if step in ("after approval", "after execution"):
        run = runs.approve(run, actor=people.treasurer())
    return executed(run) if step == "after execution" else run


def _finish(run: PaymentRun | None) -> None:
    """The month goes on: cancelled where it cannot be approved, prepared again and executed while something is due."""
    if run is not None and run.state == "prepared":
        with pytest.raises(Blocked):
            runs.approve(run, actor=people.treasurer())
        runs.cancel(run, actor=people.treasurer(), reason="Un décès.")
    elif run is not None and run.state == "approved":
        executed(run)
    with pytest.raises(Refused, match="Rien n'est à payer"):
        for _ in range(3):
            executed(prepared())


@pytest.mark.parametrize(
    ("step", "back", "ending"),
    [
        (step, back, ending)
        for step, back, ending in itertools.product(STEPS, (False, True), ("nothing", "estate", "withdrawn", "both"))
        if not back or step in ("after approval", "after execution")
    ],
)
def test_whatever_the_order_nobody_is_mailed_and_nothing_is_paid_twice_or_lost(
    step: str, back: bool, ending: str, settings: Any
) -> None:
    settings.DEMO, settings.EMAIL_BACKEND = True, "equipage.messaging.mail.OutgoingBackend"
    _, person, colleague = paid()
    run = _run_until(step, person)
    Worker().run_all()
    MailboxMessage.objects.all().delete()
    recorded(person)
    if run is not None and back:
        came_back(run, person, "MS03")
    if ending in ("estate", "both"):
        estate(person)
    _finish(run)
    Worker().run_all()
    told = set(MailboxMessage.objects.values_list("recipient", flat=True))
    assert person.user and person.user.email not in told
    if ending in ("withdrawn", "both"):
        withdrawn(person)
        if ending == "both":  # the first account was replaced by that of the estate
            factories.bank(person)
        _finish(None)
    left = step in ("after approval", "after execution") and not back
    settled = left or ending != "nothing"
    estate_paid = not left and ending in ("estate", "both")
    holder = f"Succession de {person.full_name}" if estate_paid else person.full_name
    assert paid_to(person) == ([(3750, holder)] if settled else [])
    assert states_of(person) == (["paid"] if settled else ["returned" if back else "validated"])
    assert paid_to(colleague) == [(3750, colleague.full_name)]
    # Booked as owed by a run that was approved; what never was is not in the books yet.
    owed = 3750 if back and not settled else 0
    assert owed_by_the_books(person.pk) == owed
