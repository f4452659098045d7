"""What follows from the moves of bank details and of runs: who is told, what the books say."""

from __future__ import annotations

from typing import Any

from equipage.books.roles import BANK, PAYABLE
from equipage.books.services import Move, record_entry
from equipage.foundation.periods import today
from equipage.foundation.workflow import Happened, run
from equipage.payments.jobs import announce_payments
from equipage.payments.models import BankDetails, PaymentReturn, PaymentRun
from equipage.payments.services.bank import tell
from equipage.payments.states import BANK_DETAILS, RUN
from equipage.people.news import when_death_withdrawn


@BANK_DETAILS.effect("confirm")
def tell_of_confirmation(happened: Happened) -> None:
    details = happened.obj
    tell(
        details,
        "payments.bank_confirmed",
        "Vos coordonnées bancaires sont confirmées",
        f"{details.organisation.name} a confirmé le compte {details.iban_masked} : vos prochains versements y iront."
        "\n\nSi ce compte n'est pas le vôtre, prévenez l'association aujourd'hui.",
    )


@BANK_DETAILS.effect("refuse")
def tell_of_refusal(happened: Happened) -> None:
    details = happened.obj
    tell(
        details,
        "payments.bank_refused",
        "Vos coordonnées bancaires sont à corriger",
        f"{details.organisation.name} n'a pas pu confirmer le compte {details.iban_masked} : {happened.comment}\n\n"
        "Donnez-les à nouveau, c'est l'affaire d'une minute. Le compte déjà confirmé, s'il y en a un, reste utilisé.",
    )


@RUN.effect("execute")
def write_bank_entry(happened: Happened) -> None:
    """The bank has paid: the books say so, and each person is told. What it rejected never left."""
    run: PaymentRun = happened.obj
    moves = [
        Move(PAYABLE, BANK, payment.amount_cents, payment.professional_id)
        for payment in run.payments.filter(comeback__isnull=True).order_by("id")
    ]
    if not moves:
        return
    record_entry(
        organisation=run.organisation,
        journal="BQ",
        dated=run.executed_on or today(),
        label=f"Virements de la campagne {run.number}",
        cause=f"run:{run.pk}:paid",
        moves=moves,
        actor=happened.actor,
        piece=run.number,
        late=True,
    )
    announce_payments.enqueue(run.pk)


@RUN.effect("cancel")
def give_returns_back(happened: Happened) -> None:
    """What the cancelled run would have paid again waits for the next one."""
    PaymentReturn.objects.filter(reissued_by__run=happened.obj).update(reissued_by=None)


@when_death_withdrawn
def give_up_estate_accounts(death: Any, actor: Any) -> None:
    """The person is alive: nothing of theirs goes to the account that somebody else gave."""
    rows = BankDetails.objects.filter(death=death, state__in=("proposed", "confirmed"))
    for details in rows.select_for_update(of=("self",)).order_by("id"):
        run(BANK_DETAILS, details, "replace", actor=actor)
