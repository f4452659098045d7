"""The main gestures of a professional with scripts turned off: create, write, sign, declare, confirm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from equipage.foundation.french import euros
from tests.browser import Site
from tests.journeys import cast
from tests.journeys.cast import CLAIRE, HUGO, MARINE
from tests.journeys.hands import TEXT, Person, code_for, loosely

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEAM = "Équipe sans scripts"
_RECOGNISED = f"""
from equipage.people.models import Professional
from tests import chain
from tests import factories as make
claire, hugo = (Professional.objects.get(first_name=first) for first in ("Claire", "Hugo"))
team = make.team("{TEAM}", state="accompanied", lead=claire, members=[hugo], themes=("Asthme",))
chain.recognised(team)
"""


@pytest.fixture(scope="module")
def stage() -> Iterator[Site]:
    with cast.stage() as site:
        site.manage("shell", "--verbosity=0", "-c", _RECOGNISED)
        yield site


def test_a_professional_needs_no_script(new_context: Any, stage: Site) -> None:
    claire, hugo = (Person(new_context, stage, name, phone=True, scripts=False) for name in (CLAIRE, HUGO))
    reader = Person(new_context, stage, MARINE).page
    create_and_write(claire, "Équipe née sans scripts")
    for person in (claire, hugo):
        sign(person, reader)
    declare_and_confirm(claire, hugo)


def create_and_write(claire: Person, name: str) -> None:
    claire.go("/equipes/nouvelle/")
    claire.page.get_by_label(loosely("Nom de l'équipe")).fill(name)
    claire.page.get_by_label("Commune").fill("49120")  # a postal code of several communes: a list to choose from
    claire.press("Créer l’équipe")
    expect(claire.page.get_by_label(loosely("Nom de l'équipe"))).to_have_value(name)
    claire.reads("Chemillé-en-Anjou (49)")
    claire.page.get_by_label("Commune").fill("Chemillé-en-Anjou (49)")
    claire.press("Créer l’équipe")
    claire.reads_title("Il manque un médecin généraliste")
    claire.page.get_by_label("Nom, prénom ou numéro RPPS").fill("martin")
    claire.press("Chercher")
    claire.press("Ajouter, m’a donné son accord : Hugo Martin")
    claire.reads_title("La composition est complète")
    claire.look("no-script-members")
    claire.follow("Projet", exact=True)
    claire.page.locator(".project-cards h2 a").first.click()
    claire.page.locator("form[data-autosave] textarea").first.fill(TEXT)
    claire.press("Enregistrer", exact=True)
    claire.reads("Enregistré à")


def sign(person: Person, reader: Any) -> None:
    person.go("/")
    person.go("/conventions/")
    person.follow("Lire et signer")
    person.press("Signer : recevoir mon code")
    person.page.get_by_role("checkbox").check()
    person.page.get_by_label("Code reçu par e-mail").fill("000000 ")
    code = code_for(reader, person.name)
    if code != "000000":
        person.press("Signer", exact=True)
        person.reads("Ce que vous avez écrit est gardé")  # a wrong code signs nothing
        person.page.get_by_role("checkbox").check()
    person.page.get_by_label("Code reçu par e-mail").fill(f"{code[:3]} {code[3:]}")
    person.press("Signer", exact=True)
    person.reads("C'est signé.")


def declare_and_confirm(claire: Person, hugo: Person) -> None:
    claire.go("/")
    claire.follow("Déclarer une action")
    claire.page.get_by_label("Durée, en minutes").fill("50")
    claire.page.get_by_label("Hugo Martin").check()
    claire.look("no-script-declare")
    claire.press("Confirmer")
    claire.reads("C'est déclaré.")
    claire.reads(euros(cast.meeting_cents(50)))
    hugo.go("/")
    hugo.press("J'y étais")
    hugo.reads("Merci, votre présence est confirmée.")
