"""The bank file: a SEPA credit transfer, valid against the schema, the same bytes for the same run.

Two versions: pain.001.001.09, and pain.001.001.03 for the banks that still ask for it.

Our own writer, since the libraries tried take the message id and the time from the clock; the schema is the one that
`sepaxml` ships. Amounts are integer cents. See ISO 20022 and the EPC implementation guidelines for credit transfers.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from lxml import etree

from equipage.foundation.french import counted, euros
from equipage.foundation.identifiers import check_iban
from equipage.foundation.refusals import Refused

Version = Literal["pain.001.001.09", "pain.001.001.03"]
VERSIONS: tuple[Version, ...] = get_args(Version)
_STEM = "urn:iso:std:iso:20022:tech:xsd:"
NAMESPACE = f"{_STEM}pain.001.001.09"
# The most that the SEPA scheme lets one credit transfer carry: 999 999 999,99 € (EPC implementation guidelines, AT-04).
LARGEST_TRANSFER_CENTS = 999_999_999_99
_NAME, _LABEL, _REFERENCE = 70, 140, 35
# More than this is no reference but a sentence: then only the last word is kept whole.
_LONGEST_ENDING = 60
_SHOWN_PROBLEMS = 5
# The characters that every SEPA bank takes (EPC217-08).
_ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
_AMOUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,2})?")
_SPELLED = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "’": "'", "–": "-", "&": "+"}
)


class BankFileRefused(ValueError):
    """The file would not be taken by a bank; `problems` has one sentence a faulty line, naming the person.

    The message itself holds the first five, and says how many more there are.
    """

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        more = len(problems) - _SHOWN_PROBLEMS
        rest = (f"Et {counted(more, 'autre ligne', 'autres lignes')} à corriger.",) if more > 0 else ()
        super().__init__(" ".join(self.problems[:_SHOWN_PROBLEMS] + rest))


@dataclass(frozen=True)
class Transfer:
    """One credit transfer: whom, to which account, how much in cents, under which reference and label."""

    end_to_end_id: str
    holder: str
    iban: str
    amount_cents: int
    label: str


@dataclass(frozen=True)
class Order:
    """What the association asks its bank: from which account, on which day, which transfers."""

    run_number: str
    holder: str
    iban: str
    created_at: datetime
    requested_on: date
    transfers: Sequence[Transfer]


@dataclass(frozen=True)
class BankFile:
    """The bytes to give to the bank, with the identifier of the message and their hash."""

    message_id: str
    content: bytes
    sha256: str


def latin(text: str, limit: int | None = None) -> str:
    """`text` with the letters that banks take: accents leave, the rest becomes a space; cut at `limit` characters."""
    plain = unicodedata.normalize("NFKD", text.translate(_SPELLED))
    kept = "".join(letter if letter in _ALLOWED else " " for letter in plain if not unicodedata.combining(letter))
    return " ".join(kept.split())[:limit].strip()


def short_label(label: str) -> str:
    """The label (libellé) in 140 accepted characters, cut in the middle: the reference that ends it stays whole."""
    plain = latin(label)
    if len(plain) <= _LABEL:
        return plain
    ending = plain[max(plain.rfind("ref. "), 0) :]
    if len(ending) > _LONGEST_ENDING:
        ending = plain.rsplit(" ", 1)[-1][-_LONGEST_ENDING:]
    return f"{plain[: _LABEL - len(ending) - 5].rstrip()} ... {ending}"


def write(order: Order, version: Version = "pain.001.001.09") -> BankFile:
    """Build and validate the file. Raises BankFileRefused with a sentence for each line that cannot be.

    The identifier of the message is the same in both versions: a bank given both executes one.
    """
    spelled = _checked(order)
    message_id = _message_id(order)
    name = f"{_STEM}{version}"
    root = etree.Element(f"{{{name}}}Document", nsmap={None: name})
    initiation = _sub(root, "CstmrCdtTrfInitn")
    total = _euros(sum(transfer.amount_cents for transfer in order.transfers))
    count = str(len(order.transfers))
    header = _sub(initiation, "GrpHdr")
    _sub(header, "MsgId", message_id)
    _sub(header, "CreDtTm", order.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _sub(header, "NbOfTxs", count)
    _sub(header, "CtrlSum", total)
    _sub(_sub(header, "InitgPty"), "Nm", latin(order.holder, _NAME))
    _payment_block(initiation, spelled, message_id, count, total)
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    problem = schema_problem(content)
    if problem:
        raise BankFileRefused(f"Le fichier bancaire n'est pas conforme au schéma {version} : {problem}")
    return BankFile(message_id, content, hashlib.sha256(content).hexdigest())


def _payment_block(parent: etree._Element, order: Order, message_id: str, count: str, total: str) -> None:
    block = _sub(parent, "PmtInf")
    _sub(block, "PmtInfId", message_id)
    _sub(block, "PmtMtd", "TRF")
    _sub(block, "BtchBookg", "true")
    _sub(block, "NbOfTxs", count)
    _sub(block, "CtrlSum", total)
    _sub(_sub(_sub(block, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    requested = _sub(block, "ReqdExctnDt")
    if _version_of(block) == "pain.001.001.03":  # a plain day there, a choice of day or moment since
        requested.text = order.requested_on.isoformat()
    else:
        _sub(requested, "Dt", order.requested_on.isoformat())
    _sub(_sub(block, "Dbtr"), "Nm", latin(order.holder, _NAME))
    _sub(_sub(_sub(block, "DbtrAcct"), "Id"), "IBAN", order.iban)
    # Without a BIC, which SEPA no longer asks, the schema wants the agent to say so.
    _sub(_sub(_sub(_sub(block, "DbtrAgt"), "FinInstnId"), "Othr"), "Id", "NOTPROVIDED")
    _sub(block, "ChrgBr", "SLEV")
    for transfer in order.transfers:
        _transfer(block, transfer)


def _transfer(block: etree._Element, transfer: Transfer) -> None:
    line = _sub(block, "CdtTrfTxInf")
    _sub(_sub(line, "PmtId"), "EndToEndId", transfer.end_to_end_id)
    amount = _sub(_sub(line, "Amt"), "InstdAmt", _euros(transfer.amount_cents))
    amount.set("Ccy", "EUR")
    _sub(_sub(line, "Cdtr"), "Nm", latin(transfer.holder, _NAME))
    _sub(_sub(_sub(line, "CdtrAcct"), "Id"), "IBAN", transfer.iban)
    _sub(_sub(line, "RmtInf"), "Ustrd", short_label(transfer.label) or transfer.end_to_end_id)


def _sub(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}")
    element.text = text
    return element


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _checked(order: Order) -> Order:
    """The order with its accounts in one spelling. Raises BankFileRefused with all that is wrong at once."""
    if not order.transfers:
        raise BankFileRefused("La campagne ne contient aucun virement.")
    problems: list[str] = []
    debtor = _account(order.iban, "Compte de l'association : ", problems)
    if not latin(order.holder, _NAME):
        problems.append("Le nom du titulaire du compte de l'association n'a aucun caractère accepté par les banques.")
    seen: set[str] = set()
    transfers: list[Transfer] = []
    for number, transfer in enumerate(order.transfers, start=1):
        where = f"Ligne {number}, {transfer.holder} : "
        found = _faults(transfer, seen)
        iban = _account(transfer.iban, "", found)
        seen.add(transfer.end_to_end_id)
        transfers.append(replace(transfer, iban=iban))
        if found:
            problems.append(f"{where}{' ; '.join(fault.rstrip('.') for fault in found)}.")
    if problems:
        raise BankFileRefused(*problems)
    return replace(order, iban=debtor, transfers=transfers)


def _faults(transfer: Transfer, seen: set[str]) -> list[str]:
    found: list[str] = []
    reference = transfer.end_to_end_id
    if transfer.amount_cents <= 0:
        found.append("le montant doit être supérieur à zéro.")
    if transfer.amount_cents > LARGEST_TRANSFER_CENTS:
        found.append(f"le montant dépasse {euros(LARGEST_TRANSFER_CENTS)}, le plus qu'un virement SEPA peut porter.")
    if not latin(transfer.holder, _NAME):
        found.append("le nom du titulaire n'a aucun caractère accepté par les banques.")
    if len(reference) > _REFERENCE or reference in seen:
        found.append(f"la référence « {reference} » est trop longue ou déjà prise.")
    elif not reference or latin(reference) != reference:
        found.append(f"la référence « {reference} » est vide ou contient un caractère que les banques n'acceptent pas.")
    return found


def _account(iban: str, where: str, problems: list[str]) -> str:
    try:
        return check_iban(iban).value
    except Refused as refused:
        problems.append(f"{where}{refused.sentence[:1].lower()}{refused.sentence[1:]}")
        return iban


def _message_id(order: Order) -> str:
    """Made from the content: the same run gives the same identifier, which the bank refuses to execute twice."""
    content = "|".join(
        [order.run_number, order.iban, order.requested_on.isoformat()]
        + [f"{t.end_to_end_id};{t.iban};{t.amount_cents}" for t in order.transfers]
    )
    return f"EQ-{latin(order.run_number, 14)}-{hashlib.sha256(content.encode()).hexdigest()[:16]}"


@cache
def _schema(version: Version) -> etree.XMLSchema:
    path = files("sepaxml") / "schemas" / f"{version}.xsd"
    return etree.XMLSchema(_root(path.read_bytes()))


def _root(content: bytes) -> etree._Element:
    # No entity, no address asked, the limits of the parser kept: a stored file is read as distrusted as any other.
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except etree.XMLSyntaxError as problem:
        raise BankFileRefused(
            f"Le fichier bancaire est illisible à la ligne {problem.lineno} : il n'est plus tel qu'il a été écrit."
        ) from problem


def _version_of(element: etree._Element) -> Version | None:
    namespace = etree.QName(element).namespace or ""
    return next((version for version in VERSIONS if namespace == f"{_STEM}{version}"), None)


def schema_problem(content: bytes) -> str:
    """The first thing the schema of its version says against a file; empty when it is valid.

    Raises BankFileRefused when the bytes are not XML.
    """
    root = _root(content)
    version = _version_of(root)
    if version is None:
        return f"il n'est d'aucune des versions que nous écrivons ({', '.join(VERSIONS)})."
    schema = _schema(version)
    if schema.validate(root):
        return ""
    return str(schema.error_log[0].message)


def total_of(content: bytes) -> int:
    """The sum of a written file in cents, in either version. Raises BankFileRefused when its header says otherwise."""
    root = _root(content)
    name = f"{{{etree.QName(root).namespace}}}"
    amounts = [_cents(found.text or "") for found in root.iter(f"{name}InstdAmt")]
    announced = {_cents(found.text or "") for found in root.iter(f"{name}CtrlSum")}
    if announced != {sum(amounts)}:
        raise BankFileRefused("Le total annoncé par le fichier bancaire n'est pas la somme de ses virements.")
    return sum(amounts)


def announced_total(content: bytes) -> int:
    """The sum in cents that the header of a written file announces; its transfers are not read."""
    for _, found in etree.iterparse(io.BytesIO(content), tag="{*}CtrlSum", resolve_entities=False):
        return _cents(found.text or "")
    raise BankFileRefused("Le fichier bancaire n'annonce pas son total.")


def version_of(content: bytes) -> str:
    """The version of a written file ("pain.001.001.09"), read from its first bytes."""
    head = content[:500].decode("utf-8", "replace")
    return next((version for version in VERSIONS if f"{_STEM}{version}" in head), "")


def debtor_of(content: bytes) -> str:
    """The IBAN from which a written file pays; empty when it says none."""
    if not content:
        return ""
    for _, found in etree.iterparse(io.BytesIO(content), tag="{*}DbtrAcct", resolve_entities=False):
        return str(found.findtext(".//{*}IBAN") or "")
    return ""


def _cents(text: str) -> int:
    if not _AMOUNT.fullmatch(text):
        raise BankFileRefused(
            f"Le montant « {text[:30]} » du fichier bancaire est illisible : il n'est plus tel qu'il a été écrit."
        )
    whole, _, fraction = text.partition(".")
    return int(whole) * 100 + int(fraction.ljust(2, "0"))
