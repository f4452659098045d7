"""Distrusted XML (octets reçus): size, DTD, encoding and shape are checked before anything is believed.

The parser resolves no entity, opens no address and keeps the limits of libxml2. A DTD is refused by its bytes, before
parsing: the encodings taken all hold ASCII as it is, so that nothing hides a declaration.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache

from lxml import etree

from equipage.foundation.french import PARIS
from equipage.payments.answers.model import AnswerRefused

LARGEST_BYTES = 20 * 1024 * 1024
# The largest answer written normally holds 40 bytes a tag; many more tags than that only weigh on the memory.
MOST_TAGS = 2_000_000
_ENCODINGS = {b"utf-8", b"us-ascii", b"iso-8859-1", b"iso-8859-15", b"windows-1252"}
_DECLARED = re.compile(rb"\A<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_DECLARATION_OF_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_BOM = b"\xef\xbb\xbf"
_LAST_TAG = re.compile(rb"</[\w.:-]{1,100}\s*>\s*\Z")
_AMOUNT = re.compile(r"\+?(\d{1,13})(?:\.(\d*))?", re.ASCII)
_LONGEST_TEXT = 500
_YEARS = range(1990, 2200)


def parse(content: bytes) -> etree._Element:
    """The root of distrusted bytes. Raises AnswerRefused: empty, too large, not XML, truncated, DTD, encoding."""
    if not content.strip():
        raise AnswerRefused("Ce fichier est vide : téléchargez-le de nouveau depuis l'espace de la banque.")
    if len(content) > LARGEST_BYTES or content.count(b"<") > MOST_TAGS:
        raise AnswerRefused(
            "Ce fichier est trop volumineux (plus de 20 Mo) : demandez à la banque un relevé d'une période plus courte."
        )
    body = content.removeprefix(_BOM).lstrip()
    if b"\0" in body[:4000] or not body.startswith(b"<"):
        raise AnswerRefused(
            "Ce fichier n'est pas du XML : choisissez le fichier pain.002, camt.053 ou camt.054 donné par la banque, "
            "et non un PDF ou un tableau."
        )
    if _DECLARATION_OF_TYPE.search(body):
        raise AnswerRefused(
            "Ce fichier contient une déclaration de type (DTD), qu'aucune banque n'écrit : ne l'utilisez pas et "
            "téléchargez-le de nouveau depuis l'espace de la banque."
        )
    declared = _DECLARED.search(body)
    if declared and declared[1].lower() not in _ENCODINGS:
        name = declared[1].decode("ascii")
        raise AnswerRefused(f"Ce fichier est écrit en « {name} » : demandez-le à la banque en UTF-8.")
    return _parsed(body)


def _parsed(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as problem:
        line = problem.lineno or 1
        if not _LAST_TAG.search(body):
            raise AnswerRefused(
                f"Ce fichier est incomplet, il s'arrête à la ligne {line} : téléchargez-le de nouveau."
            ) from None
        raise AnswerRefused(
            f"Ce fichier n'est pas un XML bien formé (ligne {line}) : il a été modifié ou mal encodé. "
            "Téléchargez-le de nouveau sans l'ouvrir dans un autre logiciel."
        ) from None


@cache
def _path(path: str) -> str:
    # Any minor version of a message has its own namespace; the names of the elements are the same.
    return "/".join(f"{{*}}{step}" for step in path.split("/"))


def child(element: etree._Element, path: str) -> etree._Element | None:
    """The first element at `path` ("Refs/EndToEndId"), or None."""
    return element.find(_path(path))


def children(element: etree._Element, path: str) -> list[etree._Element]:
    """Every element at `path`, in the order of the file."""
    return list(element.findall(_path(path)))


def text(element: etree._Element, path: str) -> str:
    """The text at `path` with single spaces; "" when it is absent."""
    found = child(element, path)
    return "" if found is None else " ".join((found.text or "").split())


def prose(elements: list[etree._Element]) -> str:
    """Free text written in several elements, joined and cut at 500 characters."""
    return " ".join(" ".join((element.text or "").split()) for element in elements)[:_LONGEST_TEXT].strip()


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(etree.QName(element).localname)


def cents(amount: etree._Element, where: str) -> int:
    """Integer cents of an amount that carries its currency. Raises AnswerRefused: not euros, decimals, sign."""
    currency = amount.get("Ccy", "")
    if currency != "EUR":
        shown = f"« {currency[:10]} »" if currency else "une devise absente"
        raise AnswerRefused(f"{where} : le montant est en {shown} ; seuls les comptes en euros sont lus.")
    return plain_cents(amount.text or "", where)


def plain_cents(raw: str, where: str) -> int:
    """Integer cents of a decimal string ("10", "10.5", "10.50"). Raises AnswerRefused naming `where`."""
    found = _AMOUNT.fullmatch(raw.strip())
    if found is None:
        raise AnswerRefused(
            f"{where} : « {raw.strip()[:30]} » n'est pas un montant. Demandez à la banque un nouveau fichier."
        )
    decimals = found[2] or ""
    if len(decimals) > 2:
        raise AnswerRefused(
            f"{where} : le montant « {raw.strip()[:30]} » a plus de deux décimales, ce qui n'existe pas en "
            "euros. Demandez à la banque un nouveau fichier."
        )
    return int(found[1]) * 100 + int(decimals.ljust(2, "0"))


def moment(raw: str, where: str) -> datetime:
    """An aware moment; without an offset the bank speaks of Paris. Raises AnswerRefused."""
    try:
        read = datetime.fromisoformat(raw)
        known = read.year in _YEARS
    except ValueError:
        known = False
    if not known:
        raise AnswerRefused(
            f"{where} : « {raw[:40]} » n'est pas une date et une heure. Demandez à la banque un nouveau fichier."
        )
    return read if read.tzinfo else read.replace(tzinfo=PARIS)


def day(element: etree._Element, path: str, where: str) -> date | None:
    """The day at `path`, given as a day or as a moment; None when it is absent. Raises AnswerRefused."""
    moment_of_booking = text(element, f"{path}/DtTm")
    if moment_of_booking:
        return moment(moment_of_booking, where).astimezone(PARIS).date()
    raw = text(element, f"{path}/Dt")
    if not raw:
        return None
    try:
        return date.fromisoformat(raw[:10])  # an xs:date may carry an offset
    except ValueError:
        raise AnswerRefused(
            f"{where} : « {raw[:40]} » n'est pas une date. Demandez à la banque un nouveau fichier."
        ) from None
