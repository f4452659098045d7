"""The shell in a real browser: accessible in light and dark, on a phone and a desk, by keyboard, without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import Site

pytestmark = pytest.mark.browser

PAGES = ["/", "/galerie/", "/accessibilite/", "/mentions-legales/", "/rien/"]


def faults(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(fault["id"], node["html"][:120]) for fault in found for node in fault["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(new_context: Any, site: Site, path: str, width: int, scheme: str) -> None:
    context = new_context(
        base_url=site.address, viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text) if "Content Security Policy" in line.text else None)
    page.goto(path)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert refused == []


def test_axe_would_find_a_fault(page: Page) -> None:
    page.goto("/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"x\">')")
    assert any(name == "image-alt" for name, _ in faults(page))


def test_text_enlarged_twice_still_fits(new_context: Any, site: Site) -> None:
    # 200 % of a 1280 window is a 640 window: the browser lays out at half the width.
    page = new_context(base_url=site.address, viewport={"width": 640, "height": 400}, device_scale_factor=2).new_page()
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, path


def test_the_first_tab_leads_to_the_content(page: Page) -> None:
    page.goto("/mentions-legales/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"


def test_the_focus_is_seen(page: Page) -> None:
    page.goto("/mentions-legales/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert int(re.sub(r"\D", "", outline) or 0) >= 3


def test_targets_of_a_phone_are_large_enough(new_context: Any, site: Site) -> None:
    page = new_context(base_url=site.address, viewport={"width": 360, "height": 740}).new_page()
    page.goto("/galerie/")
    small = page.evaluate(
        """[...document.querySelectorAll('.btn, .chip, .choices label, .tabs a, .site-nav a, .site-foot a, .crumbs a')]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.textContent.trim())"""
    )
    assert small == []


def test_pages_work_without_javascript(new_context: Any, site: Site) -> None:
    page = new_context(base_url=site.address, java_script_enabled=False).new_page()
    page.goto("/galerie/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Copier le lien")).to_be_hidden()
    page.get_by_role("link", name="Page suivante").click()
    expect(page.get_by_text("page 2 sur 10")).to_be_visible()


def test_a_form_leaves_once(page: Page) -> None:
    page.goto("/galerie/")
    page.evaluate("""() => {
        const form = document.createElement('form');
        form.method = 'post'; form.id = 'essai'; form.innerHTML = '<button>Envoyer</button>';
        window.left = 0;
        document.querySelector('main').append(form);
        document.addEventListener('submit', event => {
            if (event.defaultPrevented) return;
            window.left += 1;
            event.preventDefault();
        });
    }""")
    for _ in range(3):
        page.get_by_role("button", name="Envoyer", exact=True).click()
    assert page.evaluate("window.left") == 1
    expect(page.get_by_role("button", name="Envoyer", exact=True)).to_have_attribute("aria-busy", "true")


def test_a_refused_form_gives_the_focus_to_its_summary(page: Page) -> None:
    page.goto("/galerie/")
    assert page.evaluate("document.activeElement.classList.contains('error-summary')")


def test_paper_has_no_navigation_and_keeps_the_sources(page: Page) -> None:
    page.goto("/galerie/")
    page.emulate_media(media="print")
    expect(page.locator(".site-foot")).to_be_hidden()
    expect(page.locator(".tabs")).to_be_hidden()
    expect(page.locator(".explain .src").first).to_be_visible()
