"""What a person does on a page: enter, read their mail, fill a section; and what every page owes them."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Download, Locator, Page, ViewportSize, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser import Site

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 800}
TEXT = "Nous préparons ensemble le retour à domicile des personnes que nous suivons en commun, pas à pas."
# The hash of nothing: axe makes an empty <style> to read style sheets, and the policy of the page rightly refuses it.
# A refused form answers 422 and two texts 409: Chromium writes it, and it is as it should be.
_OF_NO_CONCERN = re.compile(r"sha256-47DEQpj8HBSa\+/TImW\+5JCeuQeRkm5NMpJWZG3hSuFU=|status of (409|422) ")
_BETWEEN_TWO_PAGES = re.compile(
    r"properties of null \(reading '(documentElement|body|scrollWidth)'\)|context was destroyed"
)


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, new_context: Any, site: Site, name: str, *, phone: bool = False, scripts: bool = True) -> None:
        self.name, self.scripts = name, scripts
        self.problems: list[str] = []
        context = new_context(
            base_url=site.address, viewport=PHONE if phone else DESK, java_script_enabled=scripts, accept_downloads=True
        )
        context.set_default_timeout(20_000)
        self.page: Page = context.new_page()
        listen(self.page, self.problems)
        self.page.goto("/compte/personnages/")
        self.page.get_by_role("button", name=f"Entrer : {name}").click()
        expect(self.page).to_have_url(f"{site.address}/")

    def go(self, address: str) -> None:
        """Open an address of the site."""
        self.page.goto(address)

    def press(self, name: str, *, exact: bool = False) -> None:
        """Press a button by its words; `exact` when another button begins the same way."""
        self.page.get_by_role("button", name=loosely(name, whole=exact)).first.click()

    def follow(self, name: str, *, exact: bool = False) -> None:
        """Follow a link by its words."""
        self.page.get_by_role("link", name=loosely(name, whole=exact)).first.click()

    def reads(self, words: str) -> None:
        """These words are on the page, whatever kind of spaces and apostrophes it writes."""
        expect(self.page.locator("main")).to_contain_text(loosely(words))

    def reads_title(self, words: str) -> None:
        """The heading says this."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(loosely(words))

    def take(self, button: Locator) -> bytes:
        """Press what gives a file; its content."""
        with self.page.expect_download() as waiting:
            button.click()
        download: Download = waiting.value
        return Path(download.path()).read_bytes()

    def fetch(self, link: Locator) -> bytes:
        """The file behind a link, asked for with this person's cookies."""
        answer = self.page.request.get(link.get_attribute("href") or "")
        assert answer.status == 200, answer.url
        return answer.body()

    def look(self, name: str, *, axe: bool = False) -> None:
        """The page is no wider than the screen and silent; kept as a picture when JOURNEY_SHOTS says where.

        `axe` for what only a journey shows; ordinary pages are read by tests/accessibility.
        """
        if folder := os.environ.get("JOURNEY_SHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
        assert self.problems == [], (self.page.url, self.problems)
        if self.scripts:
            fits(self.page)
        if axe:
            without_faults(self.page)


def listen(page: Page, problems: list[str]) -> None:
    """Note every error of the console: a refused script or style, a missing file, a script that broke."""

    def note(line: Any) -> None:
        if line.type == "error" and not _OF_NO_CONCERN.search(line.text):
            problems.append(f"{line.text} {line.location['url']}")

    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(str(error)))


def asked(page: Page, question: Callable[[], Any]) -> Any:
    """What the page answers once it stands: a click may still be taking the document away."""
    for _ in range(5):
        page.wait_for_load_state()
        try:
            return question()
        except PlaywrightError as error:
            if not _BETWEEN_TWO_PAGES.search(error.message):
                raise
    return question()


def without_faults(page: Page) -> None:
    """axe finds nothing, and nothing is wider than the screen."""
    found = asked(page, lambda: Axe().run(page).response["violations"])
    assert not found, (page.url, [(fault["id"], fault["nodes"][0]["html"]) for fault in found])
    fits(page)


def fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert asked(page, lambda: page.evaluate("document.documentElement.scrollWidth")) <= width, page.url


def loosely(words: str, *, whole: bool = False) -> re.Pattern[str]:
    """Words as a person reads them: one space is any space, one apostrophe is either."""
    pattern = re.sub("['’]", "['’]", re.escape(words))
    pattern = re.sub(r"(\\\s)+", r"\\s+", pattern)
    return re.compile(rf"^\s*{pattern}\s*$" if whole else pattern)


def code_for(page: Page, name: str) -> str:
    """The last signature code mailed to somebody, read in the mailbox of the demonstration as they would."""
    first = name.split()[0].lower()
    message = page.get_by_role("link", name="Votre code de signature").first
    limit = time.monotonic() + 40
    while time.monotonic() < limit:  # the mail leaves by a job
        page.goto(f"/messages/boite-de-demonstration/?destinataire={first}")
        if message.count():
            break
        page.wait_for_timeout(300)
    message.click()
    found = re.search(r"Votre code est (\d{6})", page.locator(".mail-text").inner_text())
    assert found, page.content()
    without_faults(page)
    return found[1]


def fill_section(page: Page, *, number: str = "40") -> None:
    """Answer every question of a section of the project, as its form asks them."""
    form = page.locator("form[data-autosave]")
    for box in form.locator("textarea").all():
        box.fill(TEXT)
    for group in form.locator("fieldset:has(input[type=radio])").all():
        group.get_by_label("Oui", exact=True).check()
    for group in form.locator("fieldset:has(input[type=checkbox]), .choices:has(input[type=checkbox])").all():
        group.locator("input[type=checkbox]").first.check()
    for box in form.locator("input.short").all():
        box.fill(number)
    for box in form.locator("input[name$='-0']").all():
        box.fill("Chemillé-en-Anjou (49)")
    for box in form.locator("input[name$='-0-label']").all():
        box.fill("Réhospitalisations dans le mois")
    for box in form.locator("select[name$='-0-kind']").all():
        box.select_option("quantitative")
    for box in form.locator("input[name$='-0-target']").all():
        box.fill("moins de 10 %")
    for box in form.locator("input[name$='-0-starts']").all():
        box.fill("2026-12-01")
