"""A meeting of five situations in a real browser at 360 px, from its page to its PDF; and without scripts."""

from __future__ import annotations

import io
from typing import Any

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from benchmarks import minutes
from tests.browser import Site
from tests.journeys.hands import PHONE, fits, listen, without_faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def region(site: Site) -> Site:
    """The personas with their teams."""
    site.manage("load_territory", "--verbosity=0")
    site.manage("seed_demo", "--teams", "12", "--verbosity=0")
    return site


def test_a_meeting_of_five_situations_on_a_phone(region: Site, new_context: Any) -> None:
    meeting = minutes.prepared(region.manage)
    problems: list[str] = []
    page = new_context(base_url=region.address, viewport=PHONE).new_page()
    page.set_default_timeout(10_000)
    listen(page, problems)
    minutes.enter(page)
    page.goto(f"/reunions/{meeting}/salle/")
    without_faults(page)
    fits(page)
    found = minutes.walk(page, meeting)
    fits(page)
    assert found.taps <= 50 and found.situation_taps == 8, (found.taps, found.situation_taps)
    assert max(found.situations) < 15
    reader = PdfReader(io.BytesIO(found.pdf))
    text = " ".join(" ".join(sheet.extract_text() for sheet in reader.pages).split())
    assert len(reader.pages) == 1
    assert text.count("Qui passe le premier soir") == 5
    assert text.count("deux chutes en un mois") == 5, "the last letter typed before « Terminer » is kept"
    assert "5 patients évoqués" in text.replace("\xa0", " ")
    expect(page.get_by_role("heading", name="5 tâches")).to_be_visible()
    without_faults(page)
    assert problems == []


def test_two_devices_write_in_the_same_point(region: Site, new_context: Any) -> None:
    meeting = minutes.prepared(region.manage)
    first, second = (new_context(base_url=region.address, viewport=PHONE).new_page() for _ in range(2))
    for page in (first, second):
        page.set_default_timeout(10_000)
        minutes.enter(page)
    first.goto(f"/reunions/{meeting}/salle/")
    first.get_by_role("button", name="Commencer").click()
    first.wait_for_url("**/salle/#p*")
    second.goto(first.url)
    boxes = [page.locator(".point:target textarea").first for page in (first, second)]
    boxes[0].fill("Le texte du premier téléphone.")
    expect(first.locator(".point:target .saved")).to_contain_text("Enregistré à")
    # The same person saved a moment ago: past that moment, it is somebody else's text.
    second.wait_for_timeout(10_500)
    boxes[1].fill("Le texte du second téléphone.")
    expect(second.locator(".point:target .saved")).to_contain_text("Quelqu’un a écrit ici entre-temps")
    second.locator(".point:target").get_by_role("button", name="Enregistrer").click()
    expect(second.get_by_role("heading", level=1)).to_contain_text("Deux textes pour")
    expect(second.locator("main")).to_contain_text("Le texte du premier téléphone.")
    expect(second.locator("form textarea").first).to_have_value("Le texte du second téléphone.")
    fits(second)
    without_faults(second)
    second.get_by_role("button", name="Enregistrer ce texte").click()
    expect(second.locator(".point:target textarea").first).to_have_value("Le texte du second téléphone.")


def test_by_keyboard_the_points_follow_each_other(region: Site, new_context: Any) -> None:
    meeting = minutes.prepared(region.manage)
    page = new_context(base_url=region.address, viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(10_000)
    minutes.enter(page)
    page.goto(f"/reunions/{meeting}/salle/")
    page.get_by_role("button", name="Commencer").click()
    page.wait_for_url("**/salle/#p*")
    place = page.locator(".point:target .kicker").first
    expect(place).to_contain_text("1 sur 5")
    page.locator(".point:target textarea").first.focus()
    page.keyboard.type("Au clavier.")
    page.keyboard.press("Control+Enter")
    expect(place).to_contain_text("2 sur 5")
    page.locator(".point:target textarea").first.focus()
    page.keyboard.press("Control+Shift+Enter")
    expect(place).to_contain_text("1 sur 5")
    expect(page.locator(".point:target .saved")).to_contain_text("Enregistré à")
    page.reload()
    expect(page.locator(".point:target textarea").first).to_have_value("Au clavier.")


def test_without_scripts_buttons_save_and_go_on(region: Site, new_context: Any) -> None:
    meeting = minutes.prepared(region.manage)
    page = new_context(base_url=region.address, viewport=PHONE, java_script_enabled=False).new_page()
    page.set_default_timeout(10_000)
    minutes.enter(page)
    page.goto(f"/reunions/{meeting}/salle/")
    page.get_by_role("button", name="Commencer").click()
    for _ in range(minutes.SITUATIONS):
        point = page.locator(".point:target")
        point.locator("textarea").first.fill("Sans script.")
        point.locator("[name=go]").last.click()
    page.wait_for_url("**/terminer/")
    minutes._ends_later(page)
    page.locator("form.form").get_by_role("button", name="Terminer la réunion").click()
    # The meeting of the first test was held today by the same people: the question is answered by a button too.
    expect(page.get_by_role("heading", level=1)).to_contain_text("Est-ce la même action")
    page.get_by_role("button", name="Non, c’est une autre").click()
    page.wait_for_url("**/compte-rendu/")
    expect(page.locator("main")).to_contain_text("5 patients évoqués".replace(" ", "\xa0", 1))
