"""J9: a meeting of five situations held on a phone with a slow network, from the agenda to the minutes in PDF.

A tap is a tap, a click or a field that is written. What a person types takes its time: it is counted apart, at a usual
speed of thumbs, so that the figure of a situation holds for people and not for a machine.
"""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tools import chromium
from tools.figures import SQLITE, Context, Figure

NAME = "minutes"
SITUATIONS = 5
KILOBITS, DELAY_MS = 400, 400
# Letters a second of two thumbs, and a second to look before each tap.
LETTERS_A_SECOND, SECONDS_A_TAP = 3.0, 1.0
TARGET_SECONDS = 120.0

ACCOUNT = "Personne âgée seule, deux chutes en un mois, retour d'hôpital vendredi."
DECISION = "Passage infirmier deux fois par jour, quinze jours."
TASK = "Relire l'ordonnance avec la pharmacie"

# A meeting called for now, whose agenda the members prepared.
AGENDA = f"""
from django.utils import timezone
from equipage.people.models import User
from equipage.meetings.selectors.planning import plannable_teams
from equipage.meetings.services import room
from equipage.meetings.services.checking import Plan
from equipage.meetings.services.planning import plan_meeting
from equipage.meetings.services.room import NewItem
from equipage.teams.selectors import members_on
from equipage.foundation.periods import today
from datetime import timedelta
user = User.objects.get(first_name="Claire", last_name="Besnard", persona__gt="")
team = plannable_teams(user)[0]
invited = tuple(person.pk for person in members_on(team, today())[:4])
plan = Plan("RCP_SANS_PATIENT", 60, invited, "Situations du mois", "Au cabinet (fictif)")
meeting = plan_meeting(actor=user, team=team, plan=plan, starts_at=timezone.now() + timedelta(seconds=2))
for number in range({SITUATIONS}):
    room.add_item(meeting, NewItem(question="Qui passe le premier soir ?"), actor=user)
print("MEETING", meeting.pk)
"""


@dataclass
class Hand:
    """A thumb that counts what it does."""

    page: Page
    taps: int = 0
    letters: int = 0

    def tap(self, place: Locator) -> None:
        """One tap."""
        place.click()
        self.taps += 1

    def write(self, place: Locator, text: str) -> None:
        """One field written."""
        place.fill(text)
        self.taps += 1
        self.letters += len(text)

    def choose(self, place: Locator, value: str) -> None:
        """One choice of a list."""
        place.select_option(value)
        self.taps += 1


@dataclass
class Walk:
    """What the whole meeting took."""

    taps: int = 0
    letters: int = 0
    seconds: float = 0.0
    situations: list[float] = field(default_factory=list)
    situation_taps: int = 0
    pdf: bytes = b""


def walk(page: Page, meeting: int) -> Walk:
    """Hold the meeting, from its page to its PDF."""
    hand, found = Hand(page), Walk()
    page.goto(f"/reunions/{meeting}/")
    began = time.perf_counter()
    hand.tap(page.get_by_role("link", name="Ouvrir la salle"))
    hand.tap(page.get_by_role("button", name="Commencer"))
    page.wait_for_url("**/salle/#p*")
    for number in range(SITUATIONS):
        before, taps = time.perf_counter(), hand.taps
        _situation(page, hand, last=number + 1 == SITUATIONS)
        found.situations.append(time.perf_counter() - before)
        found.situation_taps = max(found.situation_taps, hand.taps - taps)
    page.wait_for_url("**/terminer/")
    _ends_later(page)
    hand.tap(page.locator("form.form").get_by_role("button", name="Terminer la réunion"))
    page.wait_for_url("**/compte-rendu/")
    paper = page.get_by_role("link", name="Le compte rendu en PDF")
    hand.taps += 1
    found.pdf = page.request.get(paper.get_attribute("href") or "").body()
    found.seconds, found.taps, found.letters = time.perf_counter() - began, hand.taps, hand.letters
    return found


def _situation(page: Page, hand: Hand, *, last: bool) -> None:
    """The three boxes of one situation, two chips, and on to the next."""
    point = page.locator(".point:target")
    boxes = point.locator("textarea")
    hand.write(boxes.nth(0), ACCOUNT)
    hand.write(boxes.nth(1), DECISION)
    hand.tap(point.get_by_text("Prescription", exact=True))
    hand.write(point.get_by_label("Quoi").first, TASK)
    who = point.get_by_label("Qui", exact=True).first
    hand.choose(who, who.locator("option").nth(1).get_attribute("value") or "")
    hand.tap(point.get_by_role("button", name="Dans 1 semaine").first)
    hand.tap(point.get_by_text("Patient informé", exact=True))
    here = page.url
    hand.tap(point.get_by_role("button", name=re.compile("Terminer la réunion" if last else "Suivant")))
    page.wait_for_url(lambda url: url != here)


def _ends_later(page: Page) -> None:
    """A machine holds a meeting in less than a minute: the end is put one minute after the start."""
    starts = page.locator("#id_starts").input_value()
    if page.locator("#id_ends").input_value() == starts:
        hours, minutes = (int(part) for part in starts.split(":"))
        page.locator("#id_ends").fill(f"{hours:02d}:{minutes + 1:02d}" if minutes < 59 else f"{hours + 1:02d}:00")


def slow(page: Page) -> list[int]:
    """Chromium's own throttling; the sizes of what is loaded from now on."""
    session: Any = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": DELAY_MS,
            "downloadThroughput": KILOBITS * 1000 / 8,
            "uploadThroughput": KILOBITS * 1000 / 8,
        },
    )
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    return sizes


def prepared(manage: Any) -> int:
    """A meeting that is fixed, with its agenda; its number."""
    said = str(manage("shell", "--verbosity=0", "-c", AGENDA))
    return int(re.findall(r"MEETING (\d+)", said)[-1])


def enter(page: Page) -> None:
    """The nurse of the demonstration, already signed in when the meeting begins."""
    page.goto("/compte/personnages/")
    page.get_by_role("button", name="Entrer : Claire Besnard").click()
    page.wait_for_url("**/")


def run(context: Context) -> list[Figure]:
    """The demo region, gunicorn, Chromium at 360 × 740."""
    url = context.database(SQLITE)
    context.manage(url, "load_territory", "--verbosity=0")
    context.manage(url, "seed_demo", "--teams=12", "--verbosity=0")
    context.manage(url, "shell", "--verbosity=0", "-c", AGENDA)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        meeting = int(database.execute("SELECT MAX(id) FROM meetings_meeting").fetchone()[0])
    place = chromium.find()
    if place is None:
        raise RuntimeError("Chromium est introuvable : python3 test.py l’installe.")
    with context.serve(url) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=["--no-sandbox", "--disable-gpu"])
        try:
            return _figures(browser, f"http://127.0.0.1:{served.port}", meeting)
        finally:
            browser.close()


def _figures(browser: Browser, address: str, meeting: int) -> list[Figure]:
    phone = browser.new_context(base_url=address, viewport={"width": 360, "height": 740}, locale="fr-FR")
    page = phone.new_page()
    enter(page)
    sizes = slow(page)
    found = walk(page, meeting)
    machine = sorted(found.situations)[len(found.situations) // 2]
    letters = found.letters / SITUATIONS
    person = machine + letters / LETTERS_A_SECOND + found.situation_taps * SECONDS_A_TAP
    note = f"{letters:.0f} signes à {LETTERS_A_SECOND:.0f} par seconde, une seconde par touche"
    return [
        Figure("une situation, par une personne", person, "s", target=TARGET_SECONDS, note=note),
        Figure("une situation, attente de la machine, médiane", machine, "s"),
        Figure("touches par situation", found.situation_taps, "touches", target=10),
        Figure("touches, de la réunion au PDF", found.taps, "touches", target=60),
        Figure("cinq situations, de la réunion au PDF, sans la saisie", found.seconds, "s"),
        Figure("octets de toute la réunion", sum(sizes) / 1000, "ko"),
        Figure("taille du compte rendu", len(found.pdf) / 1000, "ko"),
    ]
