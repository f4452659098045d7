"""One file of the bank, whatever it is, to an `Answer` (réponse): `read` is the only door.

Our own reader on lxml, which is here already: the libraries known (bankstatementparser 0.0.29, camt053 0.0.23) are
young, and one more locked dependency in front of distrusted bytes is not worth the 350 lines it would spare.
"""

from __future__ import annotations

import hashlib
import re

from lxml import etree

from equipage.payments.answers.model import Answer, AnswerRefused, Batch, Item, Kind
from equipage.payments.answers.statements import account, read_entries
from equipage.payments.answers.statuses import read_report
from equipage.payments.answers.xml import child, children, local, moment, parse, text

_NAMESPACE = re.compile(r"urn:(?:iso:std:iso:20022|swift):(?:tech:)?xsd:\$?(([a-z]{4}\.\d{3})\.\d{3}\.\d{2})")
_BODIES: dict[str, tuple[Kind, str, str]] = {
    "pain.002": ("pain.002", "CstmrPmtStsRpt", ""),
    "camt.053": ("camt.053", "BkToCstmrStmt", "Stmt"),
    "camt.054": ("camt.054", "BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}
_NOT_ANSWERS = {
    "pain.001": "Ce fichier est un ordre de virement (pain.001), celui que l'on donne à la banque : choisissez la "
    "réponse de la banque, un fichier pain.002, camt.053 ou camt.054.",
    "camt.052": "Ce relevé est celui de la journée en cours (camt.052), que la banque peut encore changer : prenez le "
    "relevé de fin de journée (camt.053) ou l'avis (camt.054).",
}


def read(content: bytes) -> Answer:
    """The answer written in the bytes a bank gave. Raises AnswerRefused with one French sentence that says how to mend.

    Each fact is only what the bank says: that a reference, an amount or a total is ours is for `matching` to decide.
    """
    document = _document(parse(content))
    version, family = _version(document)
    if family not in _BODIES:
        raise AnswerRefused(
            _NOT_ANSWERS.get(
                family,
                f"Ce fichier est un message « {family} » : choisissez un fichier pain.002, camt.053 ou camt.054.",
            )
        )
    kind, name, part = _BODIES[family]
    body = child(document, name)
    if body is None:
        raise AnswerRefused(
            f"Ce fichier s'annonce comme un {family} mais n'en a pas le contenu : téléchargez-le de nouveau."
        )
    items: list[Item] = []
    batches: list[Batch] = []
    parts = children(body, part) if part else [body]
    for one in parts:
        found, whole = read_entries(one) if part else read_report(one)
        items.extend(found)
        batches.extend(whole)
    accounts = (account(one) for one in parts) if part else ()
    return Answer(
        kind=kind,
        version=version,
        message_id=text(body, "GrpHdr/MsgId"),
        created_at=moment(text(body, "GrpHdr/CreDtTm"), "En-tête du fichier"),
        accounts=tuple(dict.fromkeys(number for number in accounts if number)),
        items=tuple(items),
        batches=tuple(batches),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _document(root: etree._Element) -> etree._Element:
    """The message itself; some banks put it in an envelope with a business header."""
    if local(root) == "Document":
        return root
    found = root.find(".//{*}Document")
    if found is None:
        raise AnswerRefused(
            f"Ce fichier XML (« {local(root)[:40]} ») n'est pas un message bancaire ISO 20022 : choisissez un fichier "
            "pain.002, camt.053 ou camt.054."
        )
    return found


def _version(document: etree._Element) -> tuple[str, str]:
    namespace = etree.QName(document).namespace or ""
    found = _NAMESPACE.fullmatch(namespace)
    if found is None:
        raise AnswerRefused(
            "Ce fichier XML ne dit pas quel message bancaire il est : choisissez un fichier pain.002, camt.053 ou "
            "camt.054."
        )
    return found[1], found[2]
