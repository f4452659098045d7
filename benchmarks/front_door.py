"""The public pages: under load beside a bare page of the same server, and first paint on a slow phone network.

The network of the phone is Chromium's own throttling: 400 kbit/s and 400 ms, a fresh cache, 360 × 740.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from playwright.sync_api import Browser, sync_playwright

from tools import chromium
from tools.figures import SQLITE, Context, Figure, Served, timing

NAME = "front_door"
FLOOR = "/sante/"
ANSWER = (
    "/orientation/reponse/?commune=49092&moi=infirmier&n-medecin-generaliste=1&p-pharmacien=1&cadre=cabinets&temps=peu"
)
PAGES = {
    "accueil": "/",
    "questions": "/orientation/",
    "réponse": ANSWER,
    "formes": "/formes/",
    "une forme": "/formes/esp-clap/",
    "comparateur": "/comparer/",
    "règles": "/regles/",
    "simulateur": "/simulateur/",
    "équipes": "/equipes-reconnues/",
    "contacts": "/aide/contacts/?commune=49092",
    "boîte à outils": "/aide/boite-a-outils/",
    "demander de l’aide": "/aide/demander/",
}
CLIENTS, SECONDS = 8, 4.0
KILOBITS, DELAY_MS = 400, 400


@dataclass
class Load:
    """What came back under load."""

    rate: float
    p95: float


def run(context: Context) -> list[Figure]:
    """The demo region, gunicorn with two processes."""
    url = context.database(SQLITE)
    context.manage(url, "load_territory", "--verbosity=0")
    context.manage(url, "seed_demo", "--teams=150", "--no-history", "--verbosity=0")
    figures: list[Figure] = []
    with context.serve(url) as served:
        served.headers = {"Accept-Encoding": "gzip"}
        floor = _load(served, FLOOR)
        for name, path in PAGES.items():
            status, body, _ = served.get(path)
            if status != 200:
                raise RuntimeError(f"{path} answered {status}")
            found = _load(served, path)
            figures += [
                Figure(f"{name} : débit", found.rate, "par s", floor.rate, "page nue", more_is_better=True),
                Figure(f"{name} : p95", found.p95, "ms", floor.p95, "page nue", note=f"{len(body) / 1000:.1f} ko"),
            ]
        figures += _slow_phone(f"http://127.0.0.1:{served.port}")
    return figures


def _load(served: Served, path: str) -> Load:
    """Bounded in clients and in time; loopback only."""
    taken: list[float] = []
    end = time.perf_counter() + SECONDS

    def ask() -> None:
        while time.perf_counter() < end:
            began = time.perf_counter()
            served.get(path)
            taken.append(time.perf_counter() - began)

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(len(taken) / SECONDS, timing(taken).p95)


def _slow_phone(address: str) -> list[Figure]:
    place = chromium.find()
    if place is None:
        raise RuntimeError("Chromium est introuvable : python3 test.py l’installe.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=["--no-sandbox", "--disable-gpu"])
        try:
            return [figure for name, path in PAGES.items() for figure in _first_visit(browser, name, address + path)]
        finally:
            browser.close()


_LARGEST = """() => new Promise(done => {
  let last = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) last = entry.startTime; })
    .observe({type: 'largest-contentful-paint', buffered: true});
  setTimeout(() => done(last), 300);
})"""


def _first_visit(browser: Browser, name: str, address: str) -> list[Figure]:
    """Largest paint and bytes of a first visit, the median of three."""
    paints: list[float] = []
    weights: list[int] = []
    for _ in range(3):
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR")
        page = context.new_page()
        session = context.new_cdp_session(page)
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
        session.on("Network.loadingFinished", lambda event, sizes=sizes: sizes.append(int(event["encodedDataLength"])))
        page.goto(address, wait_until="networkidle")
        paints.append(float(page.evaluate(_LARGEST)))
        weights.append(sum(sizes))
        context.close()
    return [
        Figure(f"{name} : plus grand affichage, 400 kbit/s et 400 ms", sorted(paints)[1], "ms", target=1500),
        Figure(f"{name} : première visite", sorted(weights)[1] / 1000, "ko", target=60),
    ]
