"""What an answer decides of the transfers we sent (rapprochement): by reference and to the cent, or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from equipage.foundation.french import counted, euros, typographic
from equipage.payments.answers.model import Answer, Batch, Item


@dataclass(frozen=True)
class Sent:
    """A transfer of ours: its message, its reference, its amount in cents, whether the bank already rejected it."""

    message_id: str
    end_to_end_id: str
    amount_cents: int
    rejected: bool = False


@dataclass(frozen=True)
class Matched:
    """Items about our transfers only, amounts filled, in the order of the file; and one sentence per doubt."""

    items: tuple[Item, ...]
    problems: tuple[str, ...]


def match(answer: Answer, sent: Sequence[Sent]) -> Matched:
    """Join an answer to the transfers of the messages that wait for one; give all those of a message.

    What the answer says of other payments of the account is left out. A doubt (another amount, another total) decides
    nothing. A message answered as a whole decides for its transfers that were neither named nor rejected before; the
    status of a transfer wins over that of its block, and that of the block over that of the message.
    """
    by_reference = {transfer.end_to_end_id: transfer for transfer in sent}
    items: list[Item] = []
    problems: list[str] = []
    named: set[str] = set()
    for item in answer.items:
        transfer = by_reference.get(item.end_to_end_id)
        if transfer is None:
            continue
        named.add(transfer.end_to_end_id)
        problem = _problem(answer, item, transfer)
        if problem:
            problems.append(typographic(problem))
        else:
            items.append(_ours(item, transfer))
    by_message: dict[str, list[Sent]] = defaultdict(list)
    for transfer in sent:
        by_message[transfer.message_id].append(transfer)
    for message_id, batch in _last_of_each(answer.batches, by_message).items():
        every = by_message[message_id]
        rest = [transfer for transfer in every if transfer.end_to_end_id not in named and not transfer.rejected]
        doubt = _doubt(batch, every) if rest else ""
        if doubt:
            problems.append(typographic(doubt))
        else:
            items.extend(_from_batch(batch, transfer) for transfer in rest)
    return Matched(tuple(items), tuple(problems))


def strangers(answer: Answer, sent: Sequence[Sent]) -> int:
    """How many lines of an answer speak of none of these transfers."""
    references = {transfer.end_to_end_id for transfer in sent}
    messages = {transfer.message_id for transfer in sent}
    items = sum(1 for item in answer.items if item.end_to_end_id not in references)
    return items + sum(1 for batch in answer.batches if not words_of(batch) & messages)


def words_of(batch: Batch) -> set[str]:
    """Where a batch may name its message: its references, and every word of its free text."""
    return {batch.message_id, batch.block_id, *batch.text.replace(",", " ").split()}


def _problem(answer: Answer, item: Item, transfer: Sent) -> str:
    where = f"Virement {transfer.end_to_end_id}"
    if answer.kind == "pain.002" and item.message_id != transfer.message_id:
        return (
            f"{where} : la banque répond au message « {item.message_id[:40]} », or il est parti dans le message "
            f"« {transfer.message_id} » ; il reste sans réponse, voyez avec la banque."
        )
    if item.amount_cents not in (None, transfer.amount_cents):
        return (
            f"{where} : la banque dit {euros(item.amount_cents)}, la campagne {euros(transfer.amount_cents)} ; "
            "il reste sans réponse, voyez avec la banque."
        )
    return ""


def _ours(item: Item, transfer: Sent) -> Item:
    # A credit that carries our own reference and our amount is our money coming back, even where no reason is given.
    outcome = "returned" if item.outcome == "received" else item.outcome
    return replace(item, outcome=outcome, message_id=transfer.message_id, amount_cents=transfer.amount_cents)


def _last_of_each(batches: Iterable[Batch], by_message: dict[str, list[Sent]]) -> dict[str, Batch]:
    """The batch that speaks of each message of ours, found by its reference or in the free text of the line."""
    found: dict[str, Batch] = {}
    for batch in batches:
        for message_id in sorted(words_of(batch) & by_message.keys()):
            found[message_id] = batch  # the block comes after its message in the file, and is more precise
    # A partial status says that some are decided, not which.
    return {message_id: batch for message_id, batch in found.items() if batch.outcome != "partial"}


def _doubt(batch: Batch, every: Sequence[Sent]) -> str:
    """Why a total cannot be the message's: neither that of all its transfers, nor of those not rejected before."""
    kept = [transfer for transfer in every if not transfer.rejected]
    doubts = [_difference(batch, every), _difference(batch, kept)]
    return doubts[-1] if all(doubts) else ""


def _difference(batch: Batch, transfers: Sequence[Sent]) -> str:
    total = sum(transfer.amount_cents for transfer in transfers)
    message_id = transfers[0].message_id
    if batch.amount_cents not in (None, total):
        return (
            f"Message {message_id} : la banque dit {euros(batch.amount_cents)} en tout, la campagne {euros(total)} ; "
            "ses virements restent sans réponse, voyez avec la banque."
        )
    if batch.count not in (None, len(transfers)):
        told, ours = counted(batch.count, "virement"), counted(len(transfers), "virement")
        return (
            f"Message {message_id} : la banque compte {told}, la campagne {ours} ; "
            "ils restent sans réponse, voyez avec la banque."
        )
    return ""


def _from_batch(batch: Batch, transfer: Sent) -> Item:
    return Item(
        end_to_end_id=transfer.end_to_end_id,
        message_id=transfer.message_id,
        outcome="returned" if batch.outcome == "received" else batch.outcome,
        amount_cents=transfer.amount_cents,
        booked_on=batch.booked_on,
        reason_code=batch.reason_code,
        reason_text=batch.reason_text,
        bank_reference=batch.bank_reference,
    )
