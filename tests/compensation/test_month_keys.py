"""J7, in a real browser: the exceptions of a month by keyboard; the same page without scripts."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from equipage.foundation.periods import Month
from tests.browser import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MONTH = """
import datetime
from equipage.foundation.periods import Month, today
from tests import factories as people
from tests.compensation import factories
people.officer(first_name="Marine", last_name="Delaunay", persona="Essai de J7.")
month = Month.of(today()).previous
factories.scale(valid_from=datetime.date(month.start.year, 1, 1))
for name in ("A", "B"):
    team = factories.paid_team(f"Équipe {name}")
    factories.validated(team, held_on=month.start)
"""


@pytest.fixture(scope="module")
def month(site: Site) -> Site:
    """Two teams of two, whose accounts were never paid."""
    site.manage("shell", "--verbosity=0", "-c", MONTH)
    return site


def page_of(month: Site, new_context: Any, *, scripts: bool = True) -> Page:
    page = new_context(
        base_url=month.address, viewport={"width": 360, "height": 740}, java_script_enabled=scripts
    ).new_page()
    page.goto("/compte/personnages/")
    page.get_by_role("button", name="Entrer : Marine Delaunay").first.click()
    page.set_default_timeout(10_000)
    page.goto(f"/indemnisation/mois/?mois={Month.current().previous}")
    return page


def test_keys_move_pay_wait_and_undo_and_never_take_what_is_typed(month: Site, new_context: Any) -> None:
    page = page_of(month, new_context)
    cards = page.locator("[data-exception]")
    expect(cards).to_have_count(4)
    page.keyboard.press("j")
    expect(cards.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(cards.nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("p")
    expect(cards.nth(0)).to_contain_text("« Payer »")
    expect(cards.nth(1)).to_be_focused()
    page.keyboard.press("l")
    page.keyboard.type("rappeler la banque pour juju")
    expect(cards.nth(1).get_by_label("Pourquoi")).to_have_value("rappeler la banque pour juju")
    page.keyboard.press("Enter")
    expect(cards.nth(1)).to_contain_text("rappeler la banque pour juju")
    expect(cards.nth(2)).to_be_focused()
    page.keyboard.press("u")
    expect(cards.nth(1)).not_to_contain_text("« Attendre »")
    expect(cards.nth(1)).to_be_focused()
    page.keyboard.press("l")
    page.keyboard.press("Escape")
    expect(cards.nth(1)).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_text("personne suivante")).to_be_visible()
    page.get_by_role("button", name="Raccourcis actifs").click()
    page.keyboard.press("j")
    expect(cards.nth(2)).not_to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_same_page_decides_without_scripts(month: Site, new_context: Any) -> None:
    page = page_of(month, new_context, scripts=False)
    card = page.locator("[data-exception]").nth(3)
    card.locator("summary", has_text="Attendre").click()
    card.get_by_label("Pourquoi").fill("Compte à vérifier.")
    card.get_by_role("button", name="Mettre de côté").click()
    expect(page.locator("[data-exception]").nth(3)).to_contain_text("Compte à vérifier.")
    page.locator("[data-exception]").nth(3).get_by_role("button", name="Annuler la décision").click()
    expect(page.locator("[data-exception]").nth(3)).not_to_contain_text("Compte à vérifier.")
