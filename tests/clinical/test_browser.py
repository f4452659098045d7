"""The pages of the vault in a real browser: phone and desk, with axe; and a plan written without JavaScript."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.accessibility.test_every_page import axe_faults, what_is_wrong
from tests.browser import Site, serve
from tests.journeys.hands import DESK, PHONE, listen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_LISTING = """
import json
from equipage.clinical.models import Note, Patient, Plan
from equipage.people.models import User
rows = Patient.objects.filter(state="open").order_by("created_at")
author = User.objects.get(professional__pk=rows[0].author_id)
plans = {plan.state: plan.pk for plan in Plan.objects.filter(patient__team_id=rows[0].team_id).order_by("created_at")}
twice = Plan.objects.get(versions__number=2)
print("VAULT " + json.dumps({
    "author": author.full_name, "team": rows[0].team_id, "patient": rows[0].pk, "plans": plans, "twice": twice.pk,
    "note": Note.objects.filter(patient=rows[0])[0].pk, "member": rows[0].recognitions.exclude(
        professional_id=rows[0].author_id)[0].professional_id,
}))
"""


@pytest.fixture(scope="module")
def region() -> Iterator[tuple[Site, dict[str, Any]]]:
    """A small demonstration with its vault, and what is in it."""
    with (
        tempfile.TemporaryDirectory(prefix="equipage-vault-") as folder,
        serve(Path(folder), EQUIPAGE_CLINICAL="1") as site,
    ):
        site.manage("seed_demo", "--teams", "24", "--verbosity", "0")
        site.manage("seed_clinical", "--verbosity", "0")
        said = site.manage("shell", "--verbosity=0", "-c", _LISTING)
        line = next(line for line in said.splitlines() if line.startswith("VAULT "))
        yield site, json.loads(line.removeprefix("VAULT "))


def addresses(there: dict[str, Any]) -> list[str]:
    """Every page that has a look of its own."""
    patient, draft, frozen = there["patient"], there["plans"]["draft"], there["twice"]
    return [
        f"equipes/{there['team']}/",
        f"equipes/{there['team']}/?noms=oui",
        f"equipes/{there['team']}/nouveau/",
        f"{patient}/",
        f"{patient}/fiche/identite/",
        f"{patient}/accords/",
        f"{patient}/accords/{there['member']}/",
        f"{patient}/journal/",
        f"{patient}/passer/",
        f"{patient}/exporter/",
        f"{patient}/effacer/",
        f"{patient}/tout-retirer/",
        f"{patient}/comptes-rendus/nouveau/",
        f"comptes-rendus/{there['note']}/",
        f"plans/{draft}/",
        f"plans/{draft}/cartes/droits/",
        f"plans/{draft}/problemes/nouveau/",
        f"plans/{frozen}/",
        f"plans/{frozen}/versions/2/",
        f"plans/{frozen}/versions/2/1/",
        f"plans/{frozen}/revue/",
        f"plans/{frozen}/declarer/",
        f"plans/{frozen}/gestes/close/",
    ]


def enter(page: Any, there: dict[str, Any]) -> None:
    """Come in as the author, through the door of the vault."""
    page.goto("/compte/personnages/")
    page.get_by_role("button", name=f"Entrer : {there['author']}").click()
    page.goto(f"/dossiers-patients/equipes/{there['team']}/")
    page.get_by_role("button", name="Ouvrir les dossiers").click()
    expect(page.get_by_role("heading", name="Dossiers partagés", level=1)).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_of_the_vault_keeps_its_promises(
    chromium_browser: Browser, region: tuple[Site, dict[str, Any]], size: Any
) -> None:
    site, there = region
    context = chromium_browser.new_context(
        base_url=site.address, viewport=size, locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce"
    )
    page = context.new_page()
    problems: list[str] = []
    listen(page, problems)
    page.goto("/compte/personnages/")
    page.get_by_role("button", name=f"Entrer : {there['author']}").click()
    faults: list[str] = []
    first = page.goto(f"/dossiers-patients/equipes/{there['team']}/")
    assert first is not None
    faults += [f"la porte : {fault}" for fault in [*what_is_wrong(page, first, problems), *axe_faults(page)]]
    page.get_by_role("button", name="Ouvrir les dossiers").click()
    for address in addresses(there):
        problems.clear()
        response = page.goto(f"/dossiers-patients/{address}")
        assert response is not None
        wrong = [*what_is_wrong(page, response, problems), *axe_faults(page)]
        faults += [f"{address} : {fault}" for fault in wrong]
    context.close()
    assert not faults, "\n".join(faults)


def test_a_file_and_its_plan_are_written_without_javascript(
    chromium_browser: Browser, region: tuple[Site, dict[str, Any]]
) -> None:
    site, there = region
    context = chromium_browser.new_context(
        base_url=site.address, viewport=PHONE, locale="fr-FR", java_script_enabled=False
    )
    page = context.new_page()
    enter(page, there)
    page.get_by_role("link", name="Ouvrir un dossier").click()
    page.get_by_label("De vive voix, noté au dossier").check()
    page.get_by_label("Nom de naissance").fill("Chimère")
    page.get_by_label("Prénoms").first.fill("Odile")
    page.get_by_label("Date de naissance").fill("1950-02-03")
    page.get_by_label("Sexe").select_option("F")
    page.get_by_role("button", name="Ouvrir le dossier").click()
    expect(page.get_by_role("heading", name="Information et accords")).to_be_visible()
    page.get_by_role("navigation", name="Fil d’Ariane").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Odile Chimère")
    page.get_by_role("button", name="Commencer un plan").click()
    page.get_by_role("link", name="Ajouter un problème").click()
    page.get_by_label("Soins ou aides").select_option("social")
    page.get_by_label("Problème").select_option("isolation")
    page.get_by_label("Objectifs partagés").fill("Voir du monde")
    page.get_by_label("Action").first.fill("Visites")
    page.get_by_label("Qui la fait").first.fill("Association")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", name="Isolement")).to_be_visible()
    expect(page.get_by_text("Visites")).to_be_visible()
    context.close()
