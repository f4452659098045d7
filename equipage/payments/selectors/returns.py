"""Reading transfers that were rejected or came back: what is to be paid again, by which transfer, who must act."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from equipage.foundation.periods import Month
from equipage.payments.answers.reasons import HELD, TACTFUL, Reason, explain
from equipage.payments.models import AnswerLine, BankDetails, Payment, PaymentReturn, PaymentRun
from equipage.payments.selectors.deaths import mourned, payable_accounts

# SQLite takes some thirty thousand values in one query.
_MOST_KEYS = 5000


@dataclass(frozen=True)
class Again:
    """A transfer that the next run may pay again: to which account, how much in cents."""

    return_id: int
    payment_id: int
    professional_id: int
    account_id: int
    amount_cents: int
    end_to_end_id: str


def comeback_of(payment: Payment) -> PaymentReturn | None:
    """What became of a transfer that did not stay; None when it did."""
    return getattr(payment, "comeback", None)


def reason_of(comeback: PaymentReturn) -> Reason:
    """Why a transfer came back, in words."""
    return explain(comeback.reason_code, comeback.reason_text)


def is_tactful(comeback: PaymentReturn) -> bool:
    """Whoever reads may be the family: nothing goes out by itself, and the reason is not said on a screen of theirs."""
    return comeback.reason_code in TACTFUL


def is_held(comeback: PaymentReturn) -> bool:
    """Does somebody look before this is paid again?"""
    return comeback.reason_code in HELD and comeback.released_at is None


def waiting_returns(organisation: Any) -> QuerySet[PaymentReturn]:
    """What came back and no transfer pays again yet."""
    return PaymentReturn.objects.filter(payment__run__organisation=organisation, reissued_by__isnull=True)


def obstacle_to(comeback: PaymentReturn, account: BankDetails | None) -> str:
    """Why the next run does not pay this again: "held", "account"; empty when it does."""
    if is_held(comeback):
        return "held"
    if account is None:
        return "account"
    failed = comeback.payment.bank_details
    if reason_of(comeback).who == "person" and (account.pk == failed.pk or account.iban == failed.iban):
        return "account"
    return ""


def accounts_of(organisation: Any, people: Iterable[int]) -> dict[int, BankDetails]:
    """The confirmed account of each of these people with an association; after a death, that of the estate."""
    rows = payable_accounts().filter(organisation=organisation, professional__in=list(people))
    return {row.professional_id: row for row in rows.order_by("id")}


def to_pay_again(organisation: Any, month: Month | None = None, *, accounts_aside: bool = False) -> list[Again]:
    """What the run of `month` pays again, the oldest first; three queries.

    Whose account is confirmed, and is another one where the account was the reason: after a death, that of the estate.
    A transfer of a later month waits. `accounts_aside`: also those that wait for an account, their `account_id` 0.
    """
    rows = waiting_returns(organisation).select_related("payment__bank_details").order_by("pk")
    if month is not None:
        rows = rows.filter(payment__run__month__lt=month.end)
    waiting = list(rows)
    accounts = accounts_of(organisation, {row.payment.professional_id for row in waiting})
    found = []
    for row in waiting:
        payment = row.payment
        account = accounts.get(payment.professional_id)
        obstacle = obstacle_to(row, account)
        if not obstacle or (accounts_aside and obstacle == "account"):
            found.append(
                Again(
                    row.pk,
                    payment.pk,
                    payment.professional_id,
                    account.pk if account else 0,
                    payment.amount_cents,
                    payment.end_to_end_id,
                )
            )
    return found


OffsetReader = Callable[[Any, Sequence[Again]], Mapping[int, int]]

_offsets: list[OffsetReader] = []


def offer_offset(read: OffsetReader) -> None:
    """Say for whom what came back is taken back as well, and what all comes to in cents: nothing or less.

    Called once, from `AppConfig.ready`, with a function of an association and of what came back, whatever the account.
    """
    if read not in _offsets:
        _offsets.append(read)


def offset_of(organisation: Any, people: Collection[int]) -> dict[int, int]:
    """Those of these people whose returns are not paid again since as much or more is to be given back."""
    return _offset(organisation, [one for one in _waiting(organisation) if one.professional_id in people])


def _waiting(organisation: Any) -> list[Again]:
    return to_pay_again(organisation, Month.current(), accounts_aside=True)


def _offset(organisation: Any, again: Sequence[Again]) -> dict[int, int]:
    return {person: cents for read in _offsets for person, cents in read(organisation, again).items()} if again else {}


def offset_returns(organisation: Any) -> list[int]:
    """The keys of the returns that nothing pays again, since as much or more is to be given back."""
    again = _waiting(organisation)
    people = _offset(organisation, again)
    return [one.return_id for one in again if one.professional_id in people]


def offset_words(cents: int) -> str:
    """What is said of such a return."""
    if cents:
        return "Une contre-écriture reprend plus que cette somme : rien n'est à virer, le reste est retenu ensuite."
    return "Une contre-écriture reprend la même somme : rien n'est à virer, et il n'y a rien à faire."


def reissued_cents(run: PaymentRun) -> int:
    """How much of a run pays again what came back before."""
    rows = PaymentReturn.objects.filter(reissued_by__run=run).values_list("payment__amount_cents", flat=True)
    return sum(rows)


def paid_again_by(payments: Iterable[int]) -> dict[int, int]:
    """Every transfer that these pay again, through as many returns as there were: its key, and that of the payer."""
    payer: dict[int, int] = {}
    wave = {pk: pk for pk in payments}
    while wave:
        keys = sorted(wave)
        rows: list[tuple[int, int]] = []
        for start in range(0, len(keys), _MOST_KEYS):
            part = PaymentReturn.objects.filter(reissued_by__in=keys[start : start + _MOST_KEYS])
            rows.extend((old, new) for old, new in part.values_list("payment_id", "reissued_by_id") if new)
        wave = {old: wave[new] for old, new in rows}
        payer |= wave
    return payer


def paid_again_in(run: PaymentRun) -> dict[int, int]:
    """The same for a whole run, whose transfers are seldom so: one query when there is none."""
    firsts = PaymentReturn.objects.filter(reissued_by__run=run).values_list("reissued_by_id", flat=True)
    return paid_again_by({pk for pk in firsts if pk})


def who_acts(comeback: PaymentReturn, account: BankDetails | None) -> str:
    """Who must act on what came back, in words."""
    if comeback.reissued_by_id:
        return "Refait"
    obstacle = obstacle_to(comeback, account)
    if not obstacle:
        return "La prochaine campagne"
    if obstacle == "account":
        return "La personne" if comeback.payment.professional.user_id else "L'association"
    return {"administration": "L'administration"}.get(reason_of(comeback).who, "La trésorerie")


def with_accounts(rows: QuerySet[PaymentReturn]) -> QuerySet[PaymentReturn]:
    """The returns with all that their list says of them, in two queries."""
    confirmed = payable_accounts().order_by("id")
    return (
        rows.annotate(mourned=mourned("payment__professional"))
        .select_related("payment__run", "payment__professional", "payment__bank_details")
        .defer("payment__run__bank_file")
        .prefetch_related(Prefetch("payment__professional__bank_details", confirmed, to_attr="confirmed_accounts"))
    )


def acting_of(comeback: PaymentReturn, offset: bool = False) -> str:
    """Who must act on one of `with_accounts`; nobody where all is `offset`."""
    if offset:
        return "Personne : compensé"
    payment: Any = comeback.payment
    accounts = payment.professional.confirmed_accounts
    account = next((row for row in accounts if row.organisation_id == payment.run.organisation_id), None)
    mourned_row: Any = comeback
    if mourned_row.mourned and account is None and not comeback.reissued_by_id:
        return "L'association"
    return who_acts(comeback, account)


@dataclass(frozen=True)
class Progress:
    """What the bank said so far of an approved run: executed, rejected, still without an answer."""

    executed: int
    rejected: int
    waiting: int


def progress_of(run: PaymentRun) -> Progress | None:
    """None for a run that is not at the bank, or of which it said nothing yet."""
    if run.state != "approved":
        return None
    told = AnswerLine.objects.filter(
        payment__run=run, payment__comeback__isnull=True, answer__state="recorded", outcome__in=("executed", "returned")
    )
    executed = told.order_by().values("payment").distinct().count()
    rejected = PaymentReturn.objects.filter(payment__run=run).count()
    if not executed and not rejected:
        return None
    return Progress(executed, rejected, run.payments_count - executed - rejected)
