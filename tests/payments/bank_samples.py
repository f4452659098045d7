"""A bank in a few lines: writes pain.002, camt.053 and camt.054 as banks do, in several versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

OUR_ACCOUNT = "FR7630006000011234567890189"
BOOKED = date(2026, 11, 4)


@dataclass(frozen=True)
class Said:
    """What the bank says of one transfer; the status or the direction is chosen by the message that carries it."""

    reference: str
    cents: int
    status: str = "ACSC"
    reason: str = ""
    text: str = ""
    returned: bool = False


def euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def tag(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>" if content else ""


def money(name: str, cents: int, currency: str = "EUR") -> str:
    return f'<{name} Ccy="{currency}">{euros(cents)}</{name}>'


def document(version: str, body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}">{body}</Document>\n'
    ).encode()


def header() -> str:
    return "<GrpHdr><MsgId>BANQUE-1</MsgId><CreDtTm>2026-11-04T06:30:00+01:00</CreDtTm></GrpHdr>"


def reasons(said_reason: str, text: str) -> str:
    code = tag("Rsn", tag("Cd", said_reason))
    return tag("StsRsnInf", code + tag("AddtlInf", escape(text)))


def status_report(
    message_id: str,
    lines: Sequence[Said] = (),
    *,
    version: str = "pain.002.001.10",
    group: str = "",
    group_reason: str = "",
    block: str = "",
    totals: tuple[int, int] | None = None,
    order: str = "pain.001.001.09",
) -> bytes:
    """A pain.002; `totals` is the count and the cents that the bank read in our file."""
    told = (
        ""
        if totals is None
        else f"<OrgnlNbOfTxs>{totals[0]}</OrgnlNbOfTxs><OrgnlCtrlSum>{euros(totals[1])}</OrgnlCtrlSum>"
    )
    whole = (
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message_id}</OrgnlMsgId><OrgnlMsgNmId>{order}</OrgnlMsgNmId>{told}"
        f"{tag('GrpSts', group)}{reasons(group_reason, '')}</OrgnlGrpInfAndSts>"
    )
    details = "".join(
        f"<TxInfAndSts><StsId>S{rank}</StsId><OrgnlEndToEndId>{said.reference}</OrgnlEndToEndId>"
        f"{tag('TxSts', said.status)}{reasons(said.reason, said.text)}"
        f"<OrgnlTxRef><Amt>{money('InstdAmt', said.cents)}</Amt></OrgnlTxRef></TxInfAndSts>"
        for rank, said in enumerate(lines, start=1)
    )
    blocks = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{message_id}</OrgnlPmtInfId>{tag('PmtInfSts', block)}{details}"
        "</OrgnlPmtInfAndSts>"
        if details or block
        else ""
    )
    return document(version, f"<CstmrPmtStsRpt>{header()}{whole}{blocks}</CstmrPmtStsRpt>")


def _detail(said: Said, version: str) -> str:
    minor = int(version[-2:])
    # The amount of a detail moved: in AmtDtls up to .03, beside the references since.
    amount = f"<AmtDtls><TxAmt>{money('Amt', said.cents)}</TxAmt></AmtDtls>" if minor < 4 else money("Amt", said.cents)
    back = tag("RtrInf", tag("Rsn", tag("Cd", said.reason)) + tag("AddtlInf", escape(said.text)))
    refs = f"<Refs><AcctSvcrRef>B-{said.reference}</AcctSvcrRef><EndToEndId>{said.reference}</EndToEndId></Refs>"
    return f"<TxDtls>{refs}{amount}{back if said.returned else ''}</TxDtls>"


def entry(
    cents: int,
    details: str = "",
    *,
    version: str = "camt.053.001.08",
    direction: str = "DBIT",
    status: str = "BOOK",
    reversal: bool = False,
    currency: str = "EUR",
    text: str = "",
) -> str:
    """One line of a statement."""
    shown = status if int(version[-2:]) < 8 else f"<Cd>{status}</Cd>"
    return (
        f"<Ntry><NtryRef>L1</NtryRef>{money('Amt', cents, currency)}<CdtDbtInd>{direction}</CdtDbtInd>"
        f"{tag('RvslInd', 'true' if reversal else '')}<Sts>{shown}</Sts><BookgDt><Dt>{BOOKED}</Dt></BookgDt>"
        f"<AcctSvcrRef>OP-7</AcctSvcrRef>{tag('NtryDtls', details)}{tag('AddtlNtryInf', escape(text))}</Ntry>"
    )


def entries_of(lines: Sequence[Said], version: str = "camt.053.001.08") -> list[str]:
    """One debit for all, as a batch with its details, then a credit for each that came back."""
    debit = entry(
        sum(said.cents for said in lines), "".join(_detail(replace_back(s), version) for s in lines), version=version
    )
    back = [
        entry(said.cents, _detail(said, version), version=version, direction="CRDT") for said in lines if said.returned
    ]
    return [debit, *back]


def replace_back(said: Said) -> Said:
    return Said(said.reference, said.cents)


def statement(entries: Sequence[str], *, version: str = "camt.053.001.08", account: str = OUR_ACCOUNT) -> bytes:
    """A camt.053 or a camt.054, after the version asked for."""
    body, part = ("BkToCstmrStmt", "Stmt") if version.startswith("camt.053") else ("BkToCstmrDbtCdtNtfctn", "Ntfctn")
    holder = f"<Acct><Id><IBAN>{account}</IBAN></Id></Acct>"
    return document(version, f"<{body}>{header()}<{part}><Id>R1</Id>{holder}{''.join(entries)}</{part}></{body}>")


def batch_details(message_id: str, *, count: int | None = None) -> str:
    """The details of a batch booked as one line: the reference of the message, no transfer."""
    return f"<Btch><MsgId>{message_id}</MsgId>{tag('NbOfTxs', str(count) if count else '')}</Btch>"
