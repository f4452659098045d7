"""What every list is held to, as functions for tests: partial = full, constant queries, weight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

REGION = "listing-results"
MOST_BYTES = 80 * 1024
MOST_QUERIES = 12


def assert_partial_equals_full(client: Any, start: str, address: str, region: str = REGION) -> None:
    """Going from `start` to `address` by a partial update shows the same as loading `address` afresh.

    The partial answer is put into the page at `start` as the browser does; the region must then equal that of the full
    page, and so must everything around it except what the person typed in the filters.
    """
    page = html.document_fromstring(client.get(start).content)
    partial = client.get(address, headers={"HX-Request": "true", "HX-Target": region})
    full = html.document_fromstring(client.get(address).content)
    fragments = html.fragments_fromstring(partial.content.decode())
    assert len(fragments) == 1 and fragments[0].get("id") == region, "la réponse partielle est une région et une seule"
    old = page.get_element_by_id(region)
    old.getparent().replace(old, fragments[0])
    assert _shape(page.get_element_by_id(region)) == _shape(full.get_element_by_id(region))
    for document in (page, full):
        found = document.get_element_by_id(region)
        found.getparent().remove(found)
        _forget_typing(document)
    assert _shape(page) == _shape(full)


def _forget_typing(document: Any) -> None:
    """Typed values are kept by the browser; hidden tokens and errors of the form differ from request to request."""
    for more in document.xpath("//form[@id='listing-filters']//details"):
        more.attrib.pop("open", None)
    for field in document.xpath("//form[@id='listing-filters']//*[self::input or self::option or self::select]"):
        for name in ("value", "selected", "checked") if field.tag != "option" else ("selected",):
            field.attrib.pop(name, None)


def _shape(element: Any) -> Any:
    """An element as nested tuples, without the white space between tags and without security tokens."""
    attributes = {
        name: value
        for name, value in element.attrib.items()
        if not (name in ("value", "content") and element.get("name") in ("csrfmiddlewaretoken", "csrf-token"))
    }
    text = " ".join((element.text or "").split())
    children = tuple((_shape(child), " ".join((child.tail or "").split())) for child in element)
    return (str(element.tag), tuple(sorted(attributes.items())), text, children)


def assert_constant_queries(client: Any, address: str, grow: Callable[[], None], *, most: int = MOST_QUERIES) -> int:
    """The list asks as many queries after `grow()` added rows as before, and few. Returns how many."""
    before = queries_of(client, address)
    grow()
    after = queries_of(client, address)
    assert len(after) == len(before), "\n".join(sorted(set(after) - set(before)))
    assert len(after) <= most, "\n".join(after)
    return len(after)


def queries_of(client: Any, address: str) -> list[str]:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def assert_light(client: Any, address: str) -> int:
    """The page weighs no more than allowed before compression. Returns its octets."""
    octets = len(client.get(address).content)
    assert octets <= MOST_BYTES, f"{octets} octets"
    return octets


def rows_shown(page: str) -> list[str]:
    """The names of the rows of the table, in order."""
    return [element.text_content().strip() for element in html.document_fromstring(page).xpath("//tbody//th")]
