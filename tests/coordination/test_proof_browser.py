"""Two phones in a real browser: one shows the code, the other reads what is on its screen and confirms."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"width": 360, "height": 740}
PEOPLE = """
import json
from datetime import time
from equipage.coordination import services
from equipage.coordination.services.guests import link_of
from tests import chain, factories as make
claire, hugo = make.nurse(last_name="Besnard"), make.gp(last_name="Martin")
zoe = make.nurse(first_name="Zoé", last_name="Adam")
of_it = {"lead": claire, "members": [hugo, zoe], "themes": ("Plaies",)}
team = chain.recognised(make.complete_team("Équipe des Mauges", state="accompanied", **of_it))
stranger = make.nurse(first_name="Inès", last_name="Lebrun")
for person in (claire, hugo, zoe, stranger):
    person.user.persona = "Essai de présence."
    person.user.save()
facts = chain.today_facts(team, [claire, hugo], starts_at=time(9))
action = services.declare(actor=claire.user, team=team, facts=facts)
own = action.presences.get(professional=claire)
guest = services.add_guest(action, actor=claire.user, full_name="Odile Renard", email="odile@ccas.example")
print(json.dumps({"action": action.pk, "presence": own.pk, "guest": link_of(guest)}))
"""


@pytest.fixture(scope="module")
def meeting(site: Site) -> dict[str, Any]:
    """A team of four with a meeting of today, a guest, and somebody of elsewhere."""
    made: dict[str, Any] = json.loads(site.manage("shell", "--verbosity=0", "-c", PEOPLE).strip().splitlines()[-1])
    return made


def phone(new_context: Any, site: Site, **options: Any) -> Page:
    page: Page = new_context(base_url=site.address, viewport=PHONE, **options).new_page()
    page.set_default_timeout(10_000)
    return page


def enter(page: Page, name: str) -> None:
    page.goto("/compte/personnages/")
    page.get_by_role("button", name=f"Entrer : {name}").first.click()


def read(page: Page) -> str:
    """What a camera sees on that screen."""
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
    assert len(found) == 1, "one code, readable as it is shown"
    return str(found[0].text)


def path_of(address: str) -> str:
    return urlsplit(address).path


def without_faults(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert not found, [(fault["id"], fault["nodes"][0]["html"]) for fault in found]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def test_one_phone_shows_the_code_and_another_confirms(site: Site, meeting: dict[str, Any], new_context: Any) -> None:
    shows, reads = phone(new_context, site), phone(new_context, site)
    enter(shows, "Claire Besnard")
    shows.goto(f"/actions/{meeting['action']}/")
    without_faults(shows)
    shows.get_by_role("link", name="Montrer le code").click()
    expect(shows.get_by_text("1 sur 2")).to_be_visible()
    without_faults(shows)
    address = read(shows)
    assert address.startswith(f"{site.address}/actions/code/{meeting['action']}-")
    # Not signed in: straight back to the meeting after the sign-in page.
    reads.goto(address)
    expect(reads).to_have_url(f"{site.address}/compte/connexion/?next={path_of(address)}")
    enter(reads, "Hugo Martin")
    reads.goto(address)
    expect(reads.get_by_role("heading", level=1)).to_have_text("Y étiez-vous ?")
    without_faults(reads)
    reads.get_by_role("button", name="J’y étais").click()
    expect(reads.get_by_text("votre présence est confirmée")).to_be_visible()
    # The first phone says so by itself.
    expect(shows.get_by_text("2 sur 2")).to_be_visible(timeout=12_000)


def test_a_forgotten_member_types_the_code(site: Site, meeting: dict[str, Any], new_context: Any) -> None:
    shows, types = phone(new_context, site), phone(new_context, site)
    enter(shows, "Claire Besnard")
    shows.goto(f"/actions/{meeting['action']}/code/")
    typed = shows.locator(".code-typed strong").inner_text()
    enter(types, "Zoé Adam")
    types.goto("/actions/")
    types.get_by_role("link", name="J’ai un code").click()
    types.get_by_label("Code affiché").fill("128-XXXXX")
    types.get_by_role("button", name="Continuer").click()
    expect(types.get_by_text("n’est pas le bon").first).to_be_visible()
    without_faults(types)
    types.get_by_label("Code affiché").fill(typed.lower().replace("-", " "))
    types.get_by_role("button", name="Continuer").click()
    types.get_by_role("button", name="J’y étais").click()
    expect(types.get_by_text("votre présence est confirmée")).to_be_visible()


def test_without_scripts_the_code_still_confirms(site: Site, meeting: dict[str, Any], new_context: Any) -> None:
    shows, reads = (phone(new_context, site, java_script_enabled=False) for _ in range(2))
    enter(shows, "Claire Besnard")
    shows.goto(f"/actions/{meeting['action']}/code/")
    assert shows.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]").count() == 1
    address = read(shows)
    enter(reads, "Inès Lebrun")
    reads.goto(address)
    expect(reads.get_by_role("heading", level=2)).to_contain_text("Demandez à être ajouté comme invité")


def test_in_the_dark_the_code_stays_black_on_white(site: Site, meeting: dict[str, Any], new_context: Any) -> None:
    shows = phone(new_context, site, color_scheme="dark")
    enter(shows, "Claire Besnard")
    shows.goto(f"/actions/{meeting['action']}/code/")
    assert read(shows)
    without_faults(shows)


def test_a_guest_answers_on_a_phone_without_account(site: Site, meeting: dict[str, Any], new_context: Any) -> None:
    page = phone(new_context, site)
    page.goto(meeting["guest"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Étiez-vous à cette réunion ?")
    without_faults(page)
    page.get_by_role("button", name="J’y étais").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci, c’est noté")
    page.goto(meeting["guest"])
    expect(page.get_by_text("Ce lien a déjà servi")).to_be_visible()


def test_a_photo_of_two_hundred_megabytes_is_refused_and_the_page_comes_back(
    site: Site, meeting: dict[str, Any], new_context: Any, tmp_path: Any
) -> None:
    heavy = tmp_path / "photo.jpg"
    with heavy.open("wb") as file:
        file.write(b"\xff\xd8\xff")
        file.truncate(200_000_000)
    for scripts in (True, False):
        page = phone(new_context, site, java_script_enabled=scripts)
        enter(page, "Claire Besnard")
        page.goto(f"/actions/{meeting['action']}/piece/")
        page.set_input_files("input[type=file]", heavy)
        page.get_by_role("button", name="Joindre").click()
        if scripts:
            # Said before anything is sent.
            assert not page.evaluate("document.querySelector('input[type=file]').checkValidity()")
        else:
            expect(page.get_by_text("pèse 200").first).to_be_visible(timeout=60_000)


def test_every_other_page_of_the_proof_fits_a_phone(site: Site, meeting: dict[str, Any], new_context: Any) -> None:
    page, action = phone(new_context, site), meeting["action"]
    enter(page, "Claire Besnard")
    for address in (
        f"/actions/{action}/invites/",
        f"/actions/{action}/piece/",
        f"/actions/presences/{meeting['presence']}/heures/",
        "/actions/a-confirmer/",
        "/actions/code/",
        f"/actions/code/{action}-1-{'0' * 24}/",
    ):
        page.goto(address)
        without_faults(page)
    page.goto(f"/actions/presences/{meeting['presence']}/heures/")
    page.get_by_label("Arrivée").fill("08:00")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("n’y est pas").first).to_be_visible()
    without_faults(page)
