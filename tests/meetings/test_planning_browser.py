"""On a phone, in a real browser: one person proposes three slots, another answers, the first fixes the date."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Site
from tests.journeys.hands import fits

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
WORDS = "un mot de passe assez long"
MAKE = """
from tests import factories
from tests.meetings.planning_helpers import recognised
team = recognised(name="Équipe du sondage")
for person, name in zip([m.professional for m in team.memberships.order_by("id")], ("propose", "repond")):
    person.user.set_password("{words}")
    person.user.email = name + ".reunion@demo.equipage.invalid"
    person.user.save()
print(team.pk)
"""


@pytest.fixture(scope="module")
def team(site: Site) -> int:
    """A recognised team whose two members may sign in."""
    return int(site.manage("shell", "--no-imports", "-c", MAKE.format(words=WORDS)).split()[-1])


def sign_in(new_context: Any, site: Site, name: str) -> Page:
    page: Page = new_context(base_url=site.address, viewport=PHONE).new_page()
    page.goto("/compte/connexion/")
    page.get_by_label("Adresse e-mail").fill(f"{name}.reunion@demo.equipage.invalid")
    page.get_by_label("Mot de passe").fill(WORDS)
    page.get_by_role("button", name=re.compile("Me connecter|Se connecter|Continuer")).click()
    return page


def test_propose_answer_fix_on_a_phone(new_context: Any, site: Site, team: int) -> None:
    lead = sign_in(new_context, site, "propose")
    lead.goto(f"/reunions/proposer/{team}/")
    fits(lead)
    assert lead.locator("input[name=slots]:checked").count() == 3
    lead.get_by_role("button", name="Proposer ces créneaux").click()
    expect(lead.get_by_role("heading", name="1 réponse est attendue")).to_be_visible()
    fits(lead)
    address = lead.url

    other = sign_in(new_context, site, "repond")
    other.goto("/")
    other.get_by_role("link", name=re.compile("^Répondre.*Quelle date")).click()
    fits(other)
    # Three taps: no to the first slot, if need be to the second, send.
    groups = other.locator("fieldset.field")
    groups.nth(0).get_by_text("Non", exact=True).click()
    groups.nth(1).get_by_text("Si besoin", exact=True).click()
    other.get_by_role("button", name="Envoyer mes réponses").click()
    expect(other.get_by_text("C’est noté, merci")).to_be_visible()

    lead.goto(address)
    best = lead.locator("li", has_text="Le mieux placé")
    expect(best).to_contain_text("2 oui")
    lead.get_by_text("Qui a répondu quoi").click()
    expect(lead.locator("table.cards")).to_contain_text("Si besoin")
    fits(lead)
    best.get_by_role("button", name=re.compile("Fixer cette date")).click()
    expect(lead.get_by_text("La date est fixée")).to_be_visible()

    other.goto(address)
    expect(other.get_by_role("button", name="Je ne viens pas")).to_be_visible()
    fits(other)
    with other.expect_download() as taken:
        other.get_by_role("link", name=re.compile("Ajouter à mon agenda")).click()
    assert taken.value.suggested_filename.endswith(".ics")
