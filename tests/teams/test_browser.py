"""J3, in a real browser: a founder and an invited colleague become a team, with and without scripts."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Site
from tests.journeys.hands import without_faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PEOPLE = """
from tests import factories as make
place = make.commune("49092")
for first, last, role in (("Claire", "Besnard", make.nurse), ("Hugo", "Martin", make.gp)):
    user = role(first_name=first, last_name=last, place=place).user
    user.persona = "Essai de J3."
    user.save()
make.gp(first_name="Hugo", last_name="Martin", place=make.commune("44109"), account=False)
make.officer(last_name="Delaunay", persona="Essai de J3.")
"""


@pytest.fixture(scope="module")
def people(site: Site) -> Site:
    """A nurse, two doctors who are homonyms, an officer."""
    site.manage("shell", "--verbosity=0", "-c", PEOPLE)
    return site


def enter(page: Page, name: str) -> None:
    page.goto("/compte/personnages/")
    page.get_by_role("button", name=f"Entrer : {name}").first.click()
    page.set_default_timeout(10_000)
    expect(page.get_by_text("Bonjour")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_four_people_become_a_team_on_a_phone(people: Site, new_context: Any, scripts: bool) -> None:
    phone = {"base_url": people.address, "viewport": {"width": 360, "height": 740}, "java_script_enabled": scripts}
    founder = new_context(**phone).new_page()
    enter(founder, "Claire Besnard")
    name = f"Équipe des Mauges {'A' if scripts else 'B'}"
    founder.goto("/equipes/nouvelle/")
    founder.get_by_label("Nom de l’équipe").fill(name)
    founder.get_by_label("Commune").fill("Chemillé-en-Anjou")
    founder.get_by_role("button", name="Créer l’équipe").click()
    expect(founder.get_by_role("heading", level=1)).to_contain_text("Il manque un médecin généraliste")

    founder.get_by_label("Nom, prénom ou numéro RPPS").fill("martin")
    founder.get_by_role("button", name="Chercher").click()
    here = founder.get_by_role("listitem").filter(has_text="Chemillé-en-Anjou").filter(has_text="Dr Hugo Martin")
    expect(founder.get_by_role("listitem").filter(has_text="Nantes (44)")).to_be_visible()
    here.get_by_role("button", name="Inviter Hugo Martin").click()
    expect(founder.get_by_text("L’invitation est partie")).to_be_visible()
    expect(founder.get_by_text("encore incertain, ne compte pas")).to_be_visible()
    if scripts:
        without_faults(founder)

    colleague = new_context(**phone).new_page()
    enter(colleague, "Hugo Martin")
    card = colleague.get_by_role("article").filter(has_text=name)
    taps = 0
    card.get_by_role("link", name="Répondre").click()
    taps += 1
    colleague.get_by_role("button", name="J’accepte de rejoindre l’équipe").click()
    taps += 1
    assert taps <= 4
    expect(colleague.get_by_role("heading", level=1)).to_contain_text("La composition est complète")

    founder.get_by_role("link", name="L’équipe", exact=True).click()
    founder.get_by_role("button", name="Demander à rencontrer l’association").click()
    expect(founder.get_by_text("La demande est partie")).to_be_visible()
    if scripts:
        without_faults(founder)

    officer = new_context(**phone).new_page()
    enter(officer, "Marine Delaunay")
    officer.get_by_role("link", name=f"Voir l’équipe : {name} demande à vous rencontrer").click()
    officer.get_by_role("link", name="Enregistrer la rencontre").click()
    officer.get_by_role("button", name="Enregistrer la rencontre").click()
    expect(officer.get_by_text("La rencontre est enregistrée")).to_be_visible()

    founder.goto("/")
    founder.get_by_role("link", name=f"Choisir : Choisissez vos thèmes, {name}").click()
    founder.get_by_label("Asthme").check()
    founder.get_by_role("button", name="Enregistrer").click()
    expect(founder.get_by_text("Les thèmes sont enregistrés")).to_be_visible()
