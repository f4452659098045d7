"""Reading what the application gives to take away: a bank file, a PDF. Written apart from the product."""

from __future__ import annotations

import io
import re
from importlib import resources

from lxml import etree
from pypdf import PdfReader

NAMESPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


def paid_in(file: bytes) -> dict[str, int]:
    """Whom the bank file pays, in cents; valid against the published schema, its control sums right."""
    schema = resources.files("sepaxml") / "schemas" / "pain.001.001.09.xsd"
    tree = etree.fromstring(file)
    etree.XMLSchema(etree.fromstring(schema.read_bytes())).assertValid(tree)
    paid = {
        row.findtext("p:Cdtr/p:Nm", namespaces=NAMESPACE) or "": cents(
            row.findtext("p:Amt/p:InstdAmt", namespaces=NAMESPACE) or ""
        )
        for row in tree.iterfind(".//p:CdtTrfTxInf", NAMESPACE)
    }
    sums = {cents(row.text or "") for row in tree.iterfind(".//p:CtrlSum", NAMESPACE)}
    assert sums == {sum(paid.values())}
    return paid


def cents(amount: str) -> int:
    whole, _, part = amount.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def text_of(pdf: bytes) -> str:
    """The words of a PDF, with plain spaces."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return plain(" ".join(page.extract_text() for page in pages))


def plain(words: str) -> str:
    return re.sub(r"\s+", " ", words)
