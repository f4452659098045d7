"""J7 and J8 in a real browser: the month of 150 teams with twenty exceptions, a payment understood and doubted.

Gestures are keys, clicks and choices; a sentence that is typed is one. Seconds are those of the machine: nobody reads.
"""

from __future__ import annotations

import re
import time
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tools import chromium
from tools.figures import SQLITE, Context, Figure

NAME = "money_journeys"
TEAMS, EXCEPTIONS, PUT_ASIDE = 150, 20, 3
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)

# Twenty people of the month to prepare gave another account, confirmed since: their first transfer is looked at.
_NEW_ACCOUNTS = f"""
from django.utils import timezone
from equipage.compensation.selectors import payable_lines
from equipage.foundation.crypto import search_hash
from equipage.foundation.periods import Month
from equipage.payments.models import BankDetails
from equipage.payments.selectors.bank import IBAN_PURPOSE
from equipage.payments.services.account import masked
from equipage.people.models import Organisation, User
from equipage.web.demo.numbers import fictitious_iban

association = Organisation.objects.get(kind="association")
admin = User.objects.get(persona__gt="", last_name="de La Fresnaye")
people = list(dict.fromkeys(payable_lines(association, Month.current()).values_list("professional", flat=True)))
for rank, person in enumerate(people[:{EXCEPTIONS}]):
    known = BankDetails.objects.filter(professional=person, state="confirmed").select_related("professional").get()
    BankDetails.objects.filter(pk=known.pk).update(state="replaced")
    iban = fictitious_iban(900_000 + rank)
    BankDetails.objects.create(
        professional_id=person, organisation=association, holder=known.holder, iban=iban, iban_masked=masked(iban),
        iban_search=search_hash(iban, IBAN_PURPOSE), state="confirmed", proposed_by=known.proposed_by,
        proposed_at=timezone.now(), confirmed_at=timezone.now(), confirmed_by=admin,
    )
print("PEOPLE", len(people))
"""


class Hands:
    """One person at a browser; every gesture is counted."""

    def __init__(self, browser: Browser, address: str, name: str, **size: Any) -> None:
        context = browser.new_context(base_url=address, locale="fr-FR", timezone_id="Europe/Paris", **size)
        context.set_default_timeout(60_000)
        self.page: Page = context.new_page()
        self.page.goto("/compte/personnages/")
        self.page.get_by_role("button", name=f"Entrer : {name}").click()
        expect(self.page.locator("h1")).to_be_visible()
        self.gestures, self.began = 0, time.perf_counter()

    def click(self, role: Any, name: Any) -> None:
        """One click on a link or a button."""
        self.page.get_by_role(role, name=name).first.click()
        self.gestures += 1

    def key(self, key: str) -> None:
        """One key."""
        self.page.keyboard.press(key)
        self.gestures += 1

    def begin(self) -> None:
        """The journey begins on the present page."""
        self.gestures, self.began = 0, time.perf_counter()

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.perf_counter() - self.began


def run(context: Context) -> list[Figure]:
    """The demo region of 150 teams on SQLite, gunicorn, Chromium."""
    url = context.database(SQLITE)
    context.manage(url, "load_territory", "--verbosity=0")
    context.manage(url, "seed_demo", f"--teams={TEAMS}", "--verbosity=0")
    context.manage(url, "shell", "--verbosity=0", "-c", _NEW_ACCOUNTS)
    place = chromium.find()
    if place is None:
        raise RuntimeError("Chromium est introuvable : python3 test.py l’installe.")
    with context.serve(url) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=["--no-sandbox", "--disable-gpu"])
        try:
            address = f"http://127.0.0.1:{served.port}"
            return [*_month(browser, address), *_payment(browser, address)]
        finally:
            browser.close()


def _month(browser: Browser, address: str) -> list[Figure]:
    """The officer decides and locks, the treasurer reads, approves and takes the file."""
    desk: Any = {"viewport": {"width": 1280, "height": 800}}
    marine = Hands(browser, address, "Marine Auvray", **desk)
    marine.page.goto("/paiements/")
    marine.begin()
    marine.click("link", re.compile(rf"^Préparer ({'|'.join(MONTHS)})"))
    marine.page.get_by_label("Point à regarder").select_option("first_payment")
    marine.gestures += 1
    marine.click("button", "Filtrer")
    cards = marine.page.locator("[data-exception]")
    expect(cards.nth(EXCEPTIONS - 1)).to_be_visible()
    many = cards.count()
    marine.key("j")
    for rank in range(many):
        if rank < PUT_ASIDE:
            marine.key("l")
            marine.page.keyboard.type("Le compte est à vérifier avec la personne.")
            marine.gestures += 1
            marine.key("Enter")
            expect(cards.nth(rank)).to_contain_text("à vérifier avec la personne")
        else:
            marine.key("p")
            expect(cards.nth(rank)).to_contain_text("« Payer »")
    marine.click("button", re.compile("^Préparer "))
    marine.page.wait_for_url(re.compile(r"/campagnes/\d+/$"))
    officer = [
        Figure(f"J7, {many} exceptions, {PUT_ASIDE} mises de côté : gestes", marine.gestures, "", target=10 + 2 * many),
        Figure("J7, préparer le mois : durée sans lecture", marine.seconds, "s", target=1800),
    ]
    thierry = Hands(browser, address, "Thierry Lemoine-Roux", **desk)
    thierry.page.goto(marine.page.url.removeprefix(address))
    thierry.begin()
    expect(thierry.page.locator("main")).to_contain_text("L’écart, expliqué")
    thierry.click("link", re.compile("^Approuver"))
    thierry.click("button", re.compile("^Approuver"))
    with thierry.page.expect_download() as waiting:
        thierry.click("button", re.compile("Retirer le fichier"))
    if not waiting.value.path().read_bytes().startswith(b"<?xml"):
        raise RuntimeError("Le fichier bancaire n'est pas venu.")
    return [
        *officer,
        Figure("J7, relire, approuver, retirer le fichier : gestes", thierry.gestures, "", target=6),
        Figure("J7, trésorerie : durée sans lecture", thierry.seconds, "s", target=300),
    ]


def _payment(browser: Browser, address: str) -> list[Figure]:
    """One tap explains a payment, four doubt it."""
    phone: Any = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
    claire = Hands(browser, address, "Claire Besnard", **phone)
    claire.page.goto("/indemnisation/")
    claire.begin()
    claire.click("link", re.compile("versés le"))
    first = claire.page.locator("main .money-list li").first
    expect(first).to_contain_text(re.compile(r"d.après\s+le\s+barème\s.+règle"))
    understood = [
        Figure("J8, comprendre un virement : gestes", claire.gestures, "", target=1),
        Figure("J8, comprendre : durée", claire.seconds, "s", target=10),
    ]
    claire.begin()
    first.get_by_role("link").click()
    claire.gestures += 1
    claire.click("link", "Un doute sur cette ligne")
    claire.page.get_by_role("radio").first.check()
    claire.gestures += 1
    claire.click("button", "Envoyer")
    expect(claire.page.locator("main")).to_contain_text(re.compile("répond avant le"))
    return [
        *understood,
        Figure("J8, dire un doute : gestes", claire.gestures, "", target=4),
        Figure("J8, dire un doute : durée", claire.seconds, "s", target=60),
    ]
