"""On a phone, in a real browser, with and without scripts: an action prepared, a session, its results."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Site
from tests.journeys.hands import without_faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEAM = """
from tests import factories as make
from tests.prevention import helpers
where = make.commune("49092")
lead = make.nurse(first_name="Nora", last_name="Prévert", place=where)
team = helpers.team(name="Équipe du Thouet", lead=lead)
lead.user.persona = "Essai de prévention."
lead.user.save()
helpers.declared(team, helpers.today())
"""


@pytest.fixture(scope="module")
def team(site: Site) -> Site:
    """A recognised team that is an association, its lead a persona, a programme sent today."""
    site.manage("shell", "--verbosity=0", "-c", TEAM)
    return site


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_prevention_on_a_phone(team: Site, new_context: Any, scripts: bool) -> None:
    page: Page = new_context(
        base_url=team.address, viewport={"width": 360, "height": 740}, java_script_enabled=scripts
    ).new_page()

    def look() -> None:
        if scripts:
            without_faults(page)

    page.goto("/compte/personnages/")
    page.get_by_role("button", name="Entrer : Nora Prévert").click()
    page.set_default_timeout(10_000)
    page.goto("/equipes/")
    page.get_by_role("link", name="Équipe du Thouet").first.click()
    pages_of_the_team = page.get_by_role("navigation", name="Pages de l’équipe")
    pages_of_the_team.get_by_role("link", name="Prévention", exact=True).click()
    look()
    title = f"Mois sans tabac {'A' if scripts else 'B'}"
    page.get_by_role("link", name="Préparer une action").click()
    look()
    page.get_by_label("Titre").fill(title)
    page.get_by_label("Public visé").fill("Habitants de la commune")
    page.get_by_label("Objectifs").fill("Aider à arrêter.")
    for label in ("Premier jour", "Dernier jour"):
        page.get_by_label(label).fill(_day(page))
    page.get_by_label("Ce qui est compté").first.fill("Personnes reçues")
    page.get_by_label("Valeur attendue").first.fill("10")
    page.get_by_role("button", name="Enregistrer l’action").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    look()

    page.get_by_role("link", name="Déclarer une séance").click()
    look()
    expect(page.get_by_label(f"L’action de prévention « {title} »", exact=False)).to_be_checked()
    page.get_by_label("Lieu").fill("Marché")
    page.get_by_label("Personnes touchées").fill("12")
    page.get_by_role("button", name="Déclarer la séance").click()
    if not scripts:
        # The other run declared the same kind, the same day.
        page.get_by_role("button", name="C’est une autre, la déclarer").click()
    expect(page.get_by_text("Marché")).to_be_visible()
    look()

    page.get_by_role("link", name=title).click()
    page.get_by_role("link", name="Noter les résultats").click()
    look()
    page.get_by_label("Personnes reçues, obtenu").fill("12")
    page.get_by_label("Ce que l’action a donné").fill("Du monde.")
    page.get_by_role("button", name="Terminer avec ces résultats").click()
    expect(page.get_by_text("2 de plus que prévu.")).to_be_visible()
    look()

    page.get_by_role("link", name="Prévention", exact=True).click()
    page.get_by_role("link", name="Vivre avec son asthme").click()
    expect(page.get_by_text("L’ARS a jusqu’au")).to_be_visible()
    look()


def _day(page: Page) -> str:
    """Today, as the server writes it in the form of a session."""
    other = page.context.new_page()
    other.goto(page.url.replace("/actions/nouvelle/", "/seance/"))
    found = other.get_by_label("Le", exact=True).input_value()
    other.close()
    return found
