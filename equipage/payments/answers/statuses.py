"""Payment status report (compte rendu de statut, pain.002): what the bank does with a file before the money moves.

Three levels, the most precise wins: the transfer, its block (PmtInf), the message. Versions .02 and later: the details
stand under the block, or under the report itself in the oldest. Source: ISO 20022, external code sets.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from equipage.payments.answers.model import AnswerRefused, Batch, Item, Outcome
from equipage.payments.answers.xml import cents, child, children, plain_cents, prose, text

_OUTCOMES: dict[str, Outcome] = {
    "ACSC": "executed",  # settled on the account of the association
    "ACCC": "executed",  # settled on the account of the person
    "ACCP": "accepted",
    "ACFC": "accepted",
    "ACSP": "accepted",
    "ACTC": "accepted",
    "ACWC": "accepted",
    "ACWP": "accepted",
    "PDNG": "pending",
    "RCVD": "pending",
    "PATC": "pending",
    "PART": "partial",
    "RJCT": "rejected",
    "CANC": "rejected",
}


@dataclass(frozen=True)
class _Level:
    """The status of a message or block, which its transfers take when they have none of their own."""

    outcome: Outcome | None
    reason_code: str
    reason_text: str


def read_report(report: etree._Element) -> tuple[list[Item], list[Batch]]:
    """What the bank says of one message of ours. Raises AnswerRefused: another kind of order, an unknown status."""
    group = child(report, "OrgnlGrpInfAndSts")
    if group is None:
        raise AnswerRefused("Ce compte rendu ne dit pas à quel fichier il répond : demandez-en un nouveau à la banque.")
    answered = text(group, "OrgnlMsgNmId")
    if answered and not answered.startswith("pain.001"):
        raise AnswerRefused(
            f"Ce compte rendu répond à un fichier « {answered[:20]} », qui n'est pas un fichier de virements : "
            "choisissez celui qui répond au fichier de la campagne."
        )
    message_id = text(group, "OrgnlMsgId")
    whole = _level(group, "GrpSts", f"Message {message_id[:40]}")
    batches = [_batch(whole.outcome, whole, message_id, group)] if whole.outcome else []
    items = [_item(detail, message_id, whole) for detail in children(report, "TxInfAndSts")]
    for block in children(report, "OrgnlPmtInfAndSts"):
        own = _level(block, "PmtInfSts", f"Lot {text(block, 'OrgnlPmtInfId')[:40]}")
        if own.outcome:
            batches.append(_batch(own.outcome, own, message_id, block))
        above = own if own.outcome else whole
        items.extend(_item(detail, message_id, above) for detail in children(block, "TxInfAndSts"))
    return items, batches


def _level(element: etree._Element, status: str, where: str) -> _Level:
    raw = text(element, status)
    if raw and raw not in _OUTCOMES:
        raise AnswerRefused(
            f"{where} : le statut « {raw[:10]} » n'est pas connu d'Équipage, rien n'a été changé. Demandez à la banque "
            "ce qu'il veut dire."
        )
    return _Level(_OUTCOMES[raw] if raw else None, _reason_code(element), _reason_text(element))


def _reason_code(element: etree._Element) -> str:
    return text(element, "StsRsnInf/Rsn/Cd") or text(element, "StsRsnInf/Rsn/Prtry")


def _reason_text(element: etree._Element) -> str:
    return prose(children(element, "StsRsnInf/AddtlInf"))


def _batch(outcome: Outcome, level: _Level, message_id: str, element: etree._Element) -> Batch:
    where = f"Message {message_id[:40]}"
    total, count = text(element, "OrgnlCtrlSum"), text(element, "OrgnlNbOfTxs")
    return Batch(
        message_id=message_id,
        block_id=text(element, "OrgnlPmtInfId"),
        outcome=outcome,
        amount_cents=plain_cents(total, where) if total else None,
        count=int(count) if count.isascii() and count.isdigit() and len(count) <= 15 else None,
        booked_on=None,
        reason_code=level.reason_code,
        reason_text=level.reason_text,
        bank_reference="",
    )


def _item(detail: etree._Element, message_id: str, above: _Level) -> Item:
    reference = text(detail, "OrgnlEndToEndId")
    where = f"Virement {reference[:40] or text(detail, 'OrgnlInstrId')[:40] or 'sans référence'}"
    own = _level(detail, "TxSts", where)
    outcome = own.outcome or above.outcome
    if outcome is None or outcome == "partial":
        raise AnswerRefused(f"{where} : son statut manque. Demandez à la banque un nouveau compte rendu.")
    inherits = outcome == above.outcome and not own.reason_code and not own.reason_text
    amount = child(detail, "OrgnlTxRef/Amt/InstdAmt")
    return Item(
        end_to_end_id=reference,
        message_id=text(detail, "OrgnlGrpInf/OrgnlMsgId") or message_id,
        outcome=outcome,
        amount_cents=None if amount is None else cents(amount, where),
        booked_on=None,
        reason_code=above.reason_code if inherits else own.reason_code,
        reason_text=above.reason_text if inherits else own.reason_text,
        bank_reference=text(detail, "AcctSvcrRef") or text(detail, "StsId"),
    )
