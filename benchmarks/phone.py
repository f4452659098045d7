"""Declaring from a phone on a slow network and without any: taps, seconds and bytes of the journey J1.

The network is a relay of ours, 400 kbit/s and 400 ms: the throttling of Chromium does not reach a service worker, and
does not see what it fetches. A first visit has an empty cache; at the next one the service worker is there. Seconds are
those of the machine and the network, without those of the thumb.
"""

from __future__ import annotations

import re
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tools import chromium
from tools.figures import SQLITE, Context, Figure

NAME = "phone"
WHO = "Claire Besnard"
KILOBITS, DELAY_MS = 400, 400
TIMES = 3
DONE = re.compile(r"/actions/\d+/$")


@dataclass
class Journey:
    """One run of J1."""

    taps: int
    seconds: float
    kilobytes: float


def run(context: Context) -> list[Figure]:
    """The demo region, gunicorn with two processes, one phone at a time."""
    url = context.database(SQLITE)
    context.manage(url, "load_territory", "--verbosity=0")
    context.manage(url, "seed_demo", "--teams=12", "--verbosity=0")
    place = chromium.find()
    if place is None:
        raise RuntimeError("Chromium est introuvable : python3 test.py l’installe.")
    with context.serve(url) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=["--no-sandbox", "--disable-gpu"])
        try:
            with Village(served.port) as village:
                return _figures(browser, village)
        finally:
            browser.close()


class Village:
    """A relay with a slow line: each request waits `DELAY_MS`, and all answers share `KILOBITS`. It counts bytes."""

    def __init__(self, port: int) -> None:
        self.port, self.received, self.line = port, 0, threading.Lock()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.door.getsockname()[1]}"

    def __enter__(self) -> Village:
        threading.Thread(target=self._welcome, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.door.close()

    def _welcome(self) -> None:
        while True:
            try:
                phone, _ = self.door.accept()
            except OSError:
                return  # the door is closed: the scenario is over
            server = socket.create_connection(("127.0.0.1", self.port))
            threading.Thread(target=self._carry, args=(phone, server, False), daemon=True).start()
            threading.Thread(target=self._carry, args=(server, phone, True), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, answer: bool) -> None:
        try:
            while data := source.recv(4096):
                if answer:
                    with self.line:
                        self.received += len(data)
                        time.sleep(len(data) * 8 / (KILOBITS * 1000))
                else:
                    time.sleep(DELAY_MS / 1000)
                target.sendall(data)
        except OSError:
            pass  # one side hung up
        finally:
            for end in (source, target):
                end.close()


def _figures(browser: Browser, village: Village) -> list[Figure]:
    runs: dict[str, list[Journey]] = {"première visite": [], "visite suivante": [], "sans réseau": []}
    sending: list[float] = []
    cookies = _signed_in(browser, village.address)
    for _ in range(TIMES):
        with _phone(browser, village) as phone:
            phone.context.add_cookies(cookies)
            runs["première visite"].append(phone.measured(_online))
            runs["visite suivante"].append(phone.measured(_online))
            phone.context.set_offline(True)
            runs["sans réseau"].append(phone.measured(_offline))
            phone.context.set_offline(False)
            began = time.perf_counter()
            expect(phone.page.locator("main")).to_contain_text("Envoyée", timeout=60_000)
            sending.append(time.perf_counter() - began)
            phone.page.get_by_role("link", name="Ouvrir").tap()
            _undo(phone.page)
    figures: list[Figure] = []
    for name, found in runs.items():
        seconds = statistics.median(one.seconds for one in found)
        weight = statistics.median(one.kilobytes for one in found)
        figures += [
            Figure(f"J1, {name} : gestes", max(one.taps for one in found), "", target=6),
            Figure(f"J1, {name} : durée, 400 kbit/s et 400 ms", seconds, "s", target=30),
            Figure(f"J1, {name} : octets reçus, trois pages", weight, "ko", target=_WEIGHTS[name]),
        ]
    return [*figures, Figure("départ au retour du réseau", statistics.median(sending), "s", target=10)]


# From the home page to the page of the action. The next visit has the shell; without network nothing comes.
_WEIGHTS = {"première visite": 150, "visite suivante": 40, "sans réseau": 0}


class Phone:
    """A page of its own behind the slow line."""

    def __init__(self, context: BrowserContext, village: Village) -> None:
        self.context, self.village = context, village
        self.page: Page = context.new_page()

    def measured(self, journey: Callable[[Phone], int]) -> Journey:
        """Run a journey that returns its taps, from the home page to the page of the action."""
        before, began = self.village.received, time.perf_counter()
        taps = journey(self)
        found = Journey(taps, time.perf_counter() - began, (self.village.received - before) / 1000)
        if journey is _online:
            _undo(self.page)
        return found


@contextmanager
def _phone(browser: Browser, village: Village) -> Iterator[Phone]:
    size: Any = {"width": 360, "height": 740}
    context = browser.new_context(viewport=size, locale="fr-FR", timezone_id="Europe/Paris", has_touch=True)
    context.set_default_timeout(60_000)
    try:
        yield Phone(context, village)
    finally:
        context.close()


def _signed_in(browser: Browser, address: str) -> list[Any]:
    """The cookies of somebody who signed in on another day: their phone has them, and an empty cache."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/compte/personnages/")
    page.get_by_role("button", name=f"Entrer : {WHO}").click()
    expect(page.get_by_text("Bonjour")).to_be_visible()
    cookies: list[Any] = context.cookies()
    context.close()
    return cookies


def _online(phone: Phone) -> int:
    """Open, Déclarer, another kind, 45 min, Confirmer; done when the page says what it makes."""
    page, taps = phone.page, 1
    page.goto(f"{phone.village.address}/")
    page.get_by_role("link", name="Déclarer une action").tap()
    taps += 1
    taps += _fill(page)
    page.wait_for_url(DONE)
    expect(page.locator("main")).to_contain_text("C’est déclaré")
    return taps


def _offline(phone: Phone) -> int:
    """Open, another kind, 45 min, Confirmer; done when the phone says that it keeps it."""
    page, taps = phone.page, 1
    page.goto(f"{phone.village.address}/")
    taps += _fill(page)
    expect(page.locator("main")).to_contain_text("Gardée sur ce téléphone")
    return taps


def _undo(page: Page) -> None:
    """The next run finds the hour free, and the shell complete."""
    page.get_by_role("button", name=re.compile("Annuler")).tap()
    expect(page.locator("main")).to_contain_text("C’est annulé")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_load_state("networkidle")


def _fill(page: Page) -> int:
    page.locator("input[name=kind]").last.check()
    page.get_by_role("button", name=re.compile(r"^45\smin$")).tap()
    page.get_by_role("button", name="Confirmer").tap()
    return 3
