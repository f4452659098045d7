"""Account statements (relevé, camt.053) and notices of a debit or credit (avis, camt.054), versions .02 and later.

What changes between the versions and is read here: the status is a text, then `Sts/Cd`; the amount of a detail stands
in `AmtDtls/TxAmt`, then in `Amt`. Source: ISO 20022 message definitions, Bank-to-Customer Cash Management.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from lxml import etree

from equipage.payments.answers.model import AnswerRefused, Batch, Item, Outcome
from equipage.payments.answers.xml import cents, child, children, day, prose, text

# What the schema makes a bank write where the payer gave no reference.
_NO_REFERENCE = {"NOTPROVIDED", "NOT PROVIDED"}
# ISO 20022 bank transaction codes: sub-families of a credit transfer that came back.
_RETURN_FAMILIES = {"RRTN", "RPCR"}


@dataclass(frozen=True)
class _Booked:
    """What the details of one statement line (écriture) share."""

    where: str
    direction: Literal["CRDT", "DBIT"]
    reversal: bool
    status: str
    cents: int
    booked_on: date | None
    bank_reference: str
    text: str


def account(statement: etree._Element) -> str:
    """The IBAN of the statement, or the bank's own number."""
    return text(statement, "Acct/Id/IBAN") or text(statement, "Acct/Id/Othr/Id")


def read_entries(statement: etree._Element) -> tuple[list[Item], list[Batch]]:
    """What one statement or notification says of transfers. Raises AnswerRefused naming the line."""
    items: list[Item] = []
    batches: list[Batch] = []
    for number, entry in enumerate(children(statement, "Ntry"), start=1):
        booked = _booked(entry, number)
        if booked.status == "INFO":  # told for information: nothing was booked
            continue
        groups = children(entry, "NtryDtls")
        details = [detail for group in groups for detail in children(group, "TxDtls")]
        named = [detail for detail in details if _end_to_end_id(detail)]
        items.extend(_item(booked, detail, alone=len(details) == 1) for detail in named)
        if not named:
            batches.extend(_batches(booked, groups))
    return items, batches


def _booked(entry: etree._Element, number: int) -> _Booked:
    reference = text(entry, "AcctSvcrRef") or text(entry, "NtryRef")
    where = f"Écriture {number}" + (f" ({reference[:40]})" if reference else "")
    amount = child(entry, "Amt")
    if amount is None:
        raise AnswerRefused(f"{where} : le montant manque. Demandez à la banque un nouveau fichier.")
    return _Booked(
        where=where,
        direction=_direction(entry, where),
        reversal=text(entry, "RvslInd") in ("true", "1") or _returns(entry),
        status=text(entry, "Sts/Cd") or text(entry, "Sts"),
        cents=cents(amount, where),
        booked_on=day(entry, "BookgDt", where),
        bank_reference=reference,
        text=text(entry, "AddtlNtryInf"),
    )


def _direction(element: etree._Element, where: str) -> Literal["CRDT", "DBIT"]:
    raw = text(element, "CdtDbtInd")
    if raw == "CRDT":
        return "CRDT"
    if raw == "DBIT":
        return "DBIT"
    raise AnswerRefused(f"{where} : le sens (débit ou crédit) manque ou n'est pas connu. Demandez un nouveau fichier.")


def _returns(element: etree._Element) -> bool:
    return text(element, "BkTxCd/Domn/Fmly/SubFmlyCd") in _RETURN_FAMILIES


def _item(booked: _Booked, detail: etree._Element, *, alone: bool) -> Item:
    reference = _end_to_end_id(detail)
    where = f"{booked.where}, virement {reference[:40]}"
    direction = _direction(detail, where) if child(detail, "CdtDbtInd") is not None else booked.direction
    returned = child(detail, "RtrInf") is not None or booked.reversal or _returns(detail)
    return Item(
        end_to_end_id=reference,
        message_id=text(detail, "Refs/MsgId"),
        outcome=_outcome(booked.status, direction, returned=returned),
        amount_cents=_detail_cents(booked, detail, where, alone=alone),
        booked_on=booked.booked_on,
        reason_code=_reason(detail),
        reason_text=prose(children(detail, "RtrInf/AddtlInf")),
        bank_reference=text(detail, "Refs/AcctSvcrRef") or booked.bank_reference,
    )


def _outcome(status: str, direction: str, *, returned: bool) -> Outcome:
    if status in ("PDNG", "FUTR"):
        return "pending"
    if direction == "DBIT":
        return "executed"
    return "returned" if returned else "received"


def _detail_cents(booked: _Booked, detail: etree._Element, where: str, *, alone: bool) -> int | None:
    if alone:  # the line itself says it, in the currency of the account
        return booked.cents
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        amount = child(detail, path)
        if amount is not None:
            return cents(amount, where)
    return None


def _reason(detail: etree._Element) -> str:
    return text(detail, "RtrInf/Rsn/Cd") or text(detail, "RtrInf/Rsn/Prtry")


def _end_to_end_id(detail: etree._Element) -> str:
    reference = text(detail, "Refs/EndToEndId")
    return "" if reference.upper() in _NO_REFERENCE else reference


def _batches(booked: _Booked, groups: list[etree._Element]) -> list[Batch]:
    """A line without a reference of ours is one batch, or several where each group carries its own total."""
    totalled = [group for group in groups if child(group, "Btch/TtlAmt") is not None]
    if len(totalled) > 1:
        return [_batch(booked, group, _total(booked, group)) for group in totalled]
    return [_batch(booked, groups[0] if groups else None, booked.cents)]


def _total(booked: _Booked, group: etree._Element) -> int:
    amount = child(group, "Btch/TtlAmt")
    return booked.cents if amount is None else cents(amount, booked.where)


def _batch(booked: _Booked, group: etree._Element | None, total_cents: int) -> Batch:
    detail = None if group is None else child(group, "TxDtls")
    returned = booked.reversal or (detail is not None and child(detail, "RtrInf") is not None)
    return Batch(
        message_id=_reference(group, "MsgId"),
        block_id=_reference(group, "PmtInfId"),
        outcome=_outcome(booked.status, booked.direction, returned=returned),
        amount_cents=total_cents,
        count=_count(group, booked.where),
        booked_on=booked.booked_on,
        reason_code="" if detail is None else _reason(detail),
        reason_text="" if detail is None else prose(children(detail, "RtrInf/AddtlInf")),
        bank_reference=booked.bank_reference,
        text=booked.text,
    )


def _reference(group: etree._Element | None, name: str) -> str:
    if group is None:
        return ""
    return text(group, f"Btch/{name}") or text(group, f"TxDtls/Refs/{name}")


def _count(group: etree._Element | None, where: str) -> int | None:
    raw = "" if group is None else text(group, "Btch/NbOfTxs")
    if not raw:
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 15):
        raise AnswerRefused(f"{where} : « {raw[:30]} » n'est pas un nombre de virements. Demandez un nouveau fichier.")
    return int(raw)
