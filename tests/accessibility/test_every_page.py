"""Every page of a small demonstration, for every kind of person who sees it, on a phone and on a desk.

Pages are found in the URL resolver, not listed here: a page added tomorrow is read tomorrow. For an address with an
object in it, the object is one that the person sees; each address is opened once a place (espace) and width.
"""

from __future__ import annotations

import http.client
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response

from tests.browser import Site, serve
from tests.journeys.hands import DESK, PHONE, listen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEAMS = "12"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

# Printed by the site itself, in its own database: what each persona may open, as addresses.
_LISTING = """
import json
from tests.accessibility.pages import pages_of_personas
print("PAGES " + json.dumps(pages_of_personas()))
"""


@pytest.fixture(scope="module")
def region() -> Iterator[Site]:
    """Twelve teams with their history, the fewest that show every state."""
    with tempfile.TemporaryDirectory(prefix="equipage-pages-") as folder, serve(Path(folder)) as site:
        site.manage("seed_demo", "--teams", TEAMS, "--verbosity", "0")
        yield site


@pytest.fixture(scope="module")
def pages(region: Site) -> dict[str, list[tuple[str, str]]]:
    """By persona (name): pairs of address name and address."""
    said = region.manage("shell", "--verbosity=0", "-c", _LISTING)
    line = next(line for line in said.splitlines() if line.startswith("PAGES "))
    found: dict[str, list[tuple[str, str]]] = json.loads(line.removeprefix("PAGES "))
    return found


def test_the_list_of_pages_is_long(pages: dict[str, list[tuple[str, str]]]) -> None:
    names = {name for found in pages.values() for name, _ in found}
    assert len(names) >= 80, sorted(names)
    assert len(pages) >= 8


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_keeps_its_promises(
    chromium_browser: Browser, region: Site, pages: dict[str, list[tuple[str, str]]], size: Any
) -> None:
    faults: list[str] = []
    seen = 0
    examined: set[str] = set()
    for persona, addresses in pages.items():
        context = chromium_browser.new_context(
            base_url=region.address, viewport=size, locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce"
        )
        page = context.new_page()
        problems: list[str] = []
        listen(page, problems)
        if persona:
            page.goto("/compte/personnages/")
            page.get_by_role("button", name=f"Entrer : {persona}").click()
        for name, address in addresses:
            problems.clear()
            response = page.goto(address)
            assert response is not None
            wrong = what_is_wrong(page, response, problems)
            if name not in examined:  # axe is slow, and one page a template says what there is to say
                examined.add(name)
                wrong += axe_faults(page)
            faults.extend(f"{name} {address} ({persona or 'sans compte'}) : {fault}" for fault in wrong)
            seen += 1
        context.close()
    assert not faults, f"{len(faults)} fautes sur {seen} pages\n" + "\n".join(faults)
    assert seen >= 100


def what_is_wrong(page: Page, response: Response, problems: list[str]) -> list[str]:
    """Sentences; empty when the page is as it should be."""
    if response.status != http.client.OK:
        return [f"réponse {response.status}"]
    found = [f"console : {problem}" for problem in problems]
    facts = page.evaluate(
        """() => ({
            wide: document.documentElement.scrollWidth - innerWidth,
            headings: document.querySelectorAll('h1').length,
            heading: (document.querySelector('h1') || {}).innerText || '',
            title: document.title,
            text: document.body.innerText,
        })"""
    )
    if facts["wide"] > 0:
        found.append(f"{facts['wide']} px de trop en largeur")
    if facts["headings"] != 1 or not facts["heading"].strip():
        found.append(f"{facts['headings']} titres h1, « {facts['heading']} »")
    if not facts["title"].removesuffix(" · Équipage").strip() or facts["title"] == "Équipage":
        found.append(f"titre de l'onglet « {facts['title']} »")
    for leak in ("None", "{{", "{%", "undefined", "NaN"):
        if leak in facts["text"].split() or (leak.startswith("{") and leak in facts["text"]):
            found.append(f"« {leak} » se lit sur la page")
    return found


def axe_faults(page: Page) -> list[str]:
    """What axe finds, with the first element at fault."""
    violations = Axe().run(page, options=RULES).response["violations"]
    return [f"axe {fault['id']} : {fault['nodes'][0]['html'][:160]}" for fault in violations]
