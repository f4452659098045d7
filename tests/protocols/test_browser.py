"""On a phone, in a real browser, with and without scripts: a protocol from its title to the library of the region."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from equipage.foundation.periods import today
from tests.browser import Site
from tests.journeys.hands import without_faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEAM = """
from tests import factories as make
where = make.commune("49092")
lead = make.nurse(first_name="Maud", last_name="Protocolle", place=where)
doctor = make.gp(first_name="Karim", last_name="Protocolle", place=where)
make.recognised_team("Équipe de l’Aubance", lead=lead, members=[doctor], place=where)
"""
PERSONA = """
from equipage.people.models import User
for user in User.objects.filter(last_name="Protocolle"):
    user.persona = "Essai des protocoles."
    user.save()
"""
TEXTS = {
    "Le besoin": {
        "Population concernée": "Les patients communs.",
        "But": "Mieux.",
        "Pratique actuelle": "Chacun seul.",
    },
    "Alertes et recours": {"Situations d’alerte": "Personne n’ouvre.", "Recours": "La ligne réservée."},
    "Le patient": {"Information du patient": "Une fiche lue.", "Accord du patient": "Accord oral."},
    "Documents et sources": {"Sources": "Texte d’essai."},
}


@pytest.fixture(scope="module")
def team(site: Site) -> Site:
    """A recognised team of two, both personas."""
    site.manage("shell", "--verbosity=0", "-c", TEAM)
    site.manage("shell", "--verbosity=0", "-c", PERSONA)
    return site


def enter(page: Page, name: str) -> None:
    page.goto("/compte/personnages/")
    page.get_by_role("button", name=f"Entrer : {name}").click()
    page.set_default_timeout(15_000)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_protocol_written_on_a_phone(team: Site, new_context: Any, scripts: bool) -> None:
    options = {"base_url": team.address, "viewport": {"width": 360, "height": 740}, "java_script_enabled": scripts}
    page: Page = new_context(**options).new_page()
    title = f"Sortie d’hôpital {'A' if scripts else 'B'}"

    def look() -> None:
        if scripts:
            without_faults(page)

    def open_section(name: str) -> None:
        page.get_by_role("link", name=re.compile(rf"^\d\. {name}")).click()
        look()

    def save() -> None:
        if scripts:
            expect(page.locator(".saved")).to_contain_text("Enregistré à")
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(title)

    enter(page, "Maud Protocolle")
    page.goto("/equipes/")
    page.get_by_role("link", name="Équipe de l’Aubance").first.click()
    page.get_by_role("navigation", name="Pages de l’équipe").get_by_role("link", name="Protocoles", exact=True).click()
    look()
    page.get_by_role("link", name="Commencer un protocole").first.click()
    look()
    page.get_by_label("Titre").fill(title)
    page.get_by_label("Thème").select_option("Soins palliatifs à domicile")
    page.get_by_role("button", name="Commencer", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    look()

    for name, fields in TEXTS.items():
        open_section(name)
        for label, text in fields.items():
            page.get_by_label(label, exact=False).first.fill(text)
        save()
    open_section("Le groupe")
    for label in ("Infirmier ou infirmière (dans l’équipe)", "Médecin (dans l’équipe)", "Maud Protocolle"):
        page.get_by_label(label, exact=True).first.check()
    save()
    open_section("Qui fait quoi")
    act = page.get_by_role("group", name="Intervenir")
    act.get_by_label("Qui (Intervenir, ligne 1)").fill("Infirmière")
    act.get_by_label("Comment (Intervenir, ligne 1)").fill("Passe et note")
    act.get_by_role("button", name="Ajouter une ligne").click()
    act.get_by_label("Qui (Intervenir, ligne 2)").fill("Médecin")
    act.get_by_label("Comment (Intervenir, ligne 2)").fill("Relit l’ordonnance")
    save()
    open_section("Suivi et révision")
    page.get_by_label("Indicateurs").fill("Sorties préparées.")
    page.get_by_label("Date de révision prévue").fill((today() + timedelta(days=200)).isoformat())
    save()
    expect(page.get_by_text("Le texte est prêt à être proposé")).to_be_visible()
    page.get_by_role("button", name="Proposer à l’équipe").click()
    look()

    colleague: Page = new_context(**options).new_page()
    enter(colleague, "Karim Protocolle")
    colleague.goto("/")
    colleague.get_by_role("link", name=re.compile(f"Lire et répondre.*{title}")).click()
    colleague.get_by_role("button", name="Je suis d’accord").click()
    expect(colleague.get_by_text("Votre accord est noté.")).to_be_visible()

    page.reload()
    page.get_by_role("link", name="Mettre en vigueur").click()
    look()
    page.get_by_role("button", name="Mettre en vigueur").click()
    expect(page.get_by_role("heading", name="En vigueur : version 1")).to_be_visible()
    look()
    page.get_by_role("link", name="Publier dans la région").click()
    page.get_by_label("L’équipe est d’accord").check()
    page.get_by_role("button", name="Publier", exact=True).click()
    expect(page.get_by_text("dans la bibliothèque de la région")).to_be_visible()
    page.goto("/protocoles/")
    expect(page.get_by_role("link", name=title)).to_be_visible()
    look()
