"""The bank's answer, in one shape whatever the message. Days are those of Paris, amounts integer cents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from equipage.foundation.french import typographic
from equipage.foundation.refusals import Refused

Kind = Literal["pain.002", "camt.053", "camt.054"]

# executed: the account was debited; accepted: the bank will do it; pending: not decided; rejected: no money left;
# returned: the money came back; received: a credit that does not say it is a return; partial: some lines yes, some no.
Outcome = Literal["executed", "accepted", "pending", "rejected", "returned", "received", "partial"]


class AnswerRefused(Refused):
    """The file of the bank cannot be taken (réponse refusée); one French sentence: what, where, how to mend."""

    def __init__(self, sentence: str) -> None:
        super().__init__(typographic(sentence))


@dataclass(frozen=True)
class Item:
    """What became of one transfer (virement). Text is "" and the amount or the day None where the bank does not say."""

    end_to_end_id: str
    message_id: str
    outcome: Outcome
    amount_cents: int | None
    booked_on: date | None
    reason_code: str
    reason_text: str
    bank_reference: str


@dataclass(frozen=True)
class Batch:
    """What became of a whole message or block (remise), with its total and count where the bank gives them.

    `text` is the free text of the statement line: some banks write the reference of the message only there.
    """

    message_id: str
    block_id: str
    outcome: Outcome
    amount_cents: int | None
    count: int | None
    booked_on: date | None
    reason_code: str
    reason_text: str
    bank_reference: str
    text: str = ""


@dataclass(frozen=True)
class Answer:
    """One file of the bank: its kind and version, its own identifier, its accounts, and what it says of transfers.

    `accounts` are the IBANs (or the bank's own numbers) of the statements; a pain.002 names none.
    `sha256` is the hash of the bytes as received, for the trace and against the same file given twice.
    """

    kind: Kind
    version: str
    message_id: str
    created_at: datetime
    accounts: tuple[str, ...]
    items: tuple[Item, ...]
    batches: tuple[Batch, ...]
    sha256: str
