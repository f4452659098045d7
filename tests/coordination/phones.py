"""A phone with its own profile, a network that can be cut at any point, and a team that may declare."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import FLAGS, Site
from tests.journeys.hands import loosely
from tools import chromium

SEND, LIST, CARD = "/actions/envois/", "/actions/a-envoyer/", "/actions/declarer/"
SIZE: Any = {"width": 360, "height": 740}
CLAIRE, HUGO, TEAM = "Claire Besnard", "Hugo Martin", "Équipe de la Loire"

# A team recognised by the whole chain, with a fictitious scale: Claire leads, Hugo and Paul are members.
PEOPLE = """
from tests import chain
from tests import factories as make
from equipage.foundation.periods import today
from equipage.recognition.models import RecognitionFile
from equipage.teams.models import Team
from datetime import timedelta

here = make.commune("49092")
claire = make.nurse(first_name="Claire", last_name="Besnard", place=here)
hugo = make.gp(first_name="Hugo", last_name="Martin", place=here)
paul = make.physiotherapist(first_name="Paul", last_name="Roche", place=here)
themes = ("Soins palliatifs à domicile",)
for rank, name in enumerate(("Équipe de la Loire", "Équipe des Mauges")[:TEAMS]):
    made = make.team(name, state="accompanied", members=[hugo, paul], lead=claire, place=here, themes=themes)
    made = chain.recognised(made)
    Team.objects.filter(pk=made.pk).update(recognised_on=today() - timedelta(days=10))
    RecognitionFile.objects.filter(team=made).update(decided_on=today() - timedelta(days=10))
for person in (claire, hugo, paul):
    person.user.persona = "Essai du téléphone."
    person.user.save()
chain.adopted_scale()
officer = make.officer(first_name="Marine", last_name="Auvray", persona="Essai du téléphone.")
"""

# What the database holds, as plain values.
ACTIONS = """
import json
from equipage.coordination.models import Action
rows = Action.objects.order_by("id")
print("ROWS " + json.dumps([
    {"id": a.pk, "state": a.state, "minutes": a.minutes, "patients": a.patients, "title": a.title, "kind": a.kind,
     "revision": a.client_revision, "people": a.presences.count(), "by": a.declared_by.full_name} for a in rows]))
"""


def set_up(site: Site, teams: int = 1) -> None:
    """Put the people and their teams in the database of a site."""
    site.manage("shell", "--verbosity=0", "-c", PEOPLE.replace("TEAMS", str(teams)))


def actions(site: Site) -> list[dict[str, Any]]:
    """Every action of the site, the oldest first."""
    said = site.manage("shell", "--verbosity=0", "-c", ACTIONS)
    line = next(line for line in said.splitlines() if line.startswith("ROWS "))
    found: list[dict[str, Any]] = json.loads(line.removeprefix("ROWS "))
    return found


def forget_actions(site: Site) -> None:
    """Withdraw every action, so that the next test finds the day free."""
    site.manage(
        "shell",
        "--verbosity=0",
        "-c",
        "from equipage.coordination.models import Action\n"
        "Action.objects.exclude(state='cancelled').update(state='cancelled', cancel_reason='Fin de l’essai.',"
        " verified_at=None)",
    )


class Network:
    """A proxy between a phone and a site. `mode`: "pass", "cut" (nothing passes) or "mute" (the answer is lost).

    "cut" and "mute" concern the addresses that begin with `only`; each drop is counted.
    """

    def __init__(self, site: Site) -> None:
        self.mode, self.only, self.dropped = "pass", "/", 0
        self.offline = False
        self.seen: list[str] = []
        self.received: dict[str, int] = {}
        parts = urlsplit(site.address)
        network = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self) -> None:
                concerned = self.path.startswith(network.only)
                network.seen.append(f"{self.command} {self.path}")
                if network.offline or (network.mode == "cut" and concerned):
                    network.dropped += 1
                    self.close_connection = True
                    return
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length) if length else None
                server = http.client.HTTPConnection(str(parts.hostname), int(parts.port or 80), timeout=60)
                server.request(self.command, self.path, body, dict(self.headers.items()))
                answer = server.getresponse()
                content = answer.read()
                server.close()
                if network.mode == "mute" and concerned:
                    network.dropped += 1
                    self.close_connection = True
                    return
                head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
                network.received[self.path] = network.received.get(self.path, 0) + head + len(content)
                self.send_response_only(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                try:
                    self.end_headers()
                    self.wfile.write(content)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True  # the phone was closed meanwhile

            do_GET = do_POST = do_HEAD = pass_on  # noqa: N815  # the names that http.server calls

            def log_message(self, *words: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Network:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @contextmanager
    def broken(self, mode: str, only: str = "/") -> Iterator[None]:
        """Inside, the network is cut or mute."""
        self.mode, self.only = mode, only
        try:
            yield
        finally:
            self.mode, self.only = "pass", "/"


class Phone:
    """A browser with a profile on the disk: closing it loses what a real phone would lose, and nothing else."""

    def __init__(self, browser: Browser, folder: Path, network: Network) -> None:
        self.browser, self.folder, self.network, self.address = browser, folder, network, network.address
        self.context: BrowserContext | None = None
        self.open()

    def open(self) -> None:
        """Start the browser on its profile."""
        self.context = self.browser.browser_type.launch_persistent_context(
            str(self.folder),
            executable_path=chromium.find(),
            args=FLAGS,
            base_url=self.address,
            viewport=SIZE,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.pages[0]
        self.context.set_offline(self.network.offline)

    def kill(self) -> None:
        """Close the browser at once."""
        assert self.context is not None
        self.context.close()
        self.context = None

    def reopen(self) -> None:
        """The same phone, later."""
        if self.context is not None:
            self.kill()
        self.open()

    def cut(self, offline: bool = True) -> None:
        """Flight mode, or not. Both sides: a worker that starts again has not heard of it yet."""
        assert self.context is not None
        self.network.offline = offline
        self.context.set_offline(offline)

    def enter(self, name: str = CLAIRE) -> None:
        """Sign in as a persona, and wait until the phone is ready to do without a network."""
        self.page.goto("/compte/personnages/")
        self.page.get_by_role("button", name=f"Entrer : {name}").click()
        expect(self.page.get_by_text("Bonjour")).to_be_visible()
        self.ready()

    def ready(self) -> None:
        """The shell and the carnet are there."""
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        limit = time.monotonic() + 15
        while not any(isinstance(value, dict) and "teams" in value for value in self.kept()["kept"]):
            assert time.monotonic() < limit, "the carnet did not come"
            self.page.wait_for_timeout(100)

    def kept(self) -> dict[str, list[Any]]:
        """All that IndexedDB holds for this site."""
        found: dict[str, list[Any]] = self.page.evaluate(_READ_STORES)
        return found

    def outbox(self) -> list[dict[str, Any]]:
        """The declarations on the phone."""
        return self.kept()["outbox"]

    def cached(self) -> dict[str, str]:
        """Address → text of everything in the caches."""
        found: dict[str, str] = self.page.evaluate(
            """async () => {
              const found = {};
              for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys())
                  found[new URL(request.url).pathname] = await (await cache.match(request)).text();
              }
              return found;
            }"""
        )
        return found

    def confirm(self) -> None:
        """The big button."""
        self.page.get_by_role("button", name="Confirmer").click()


def alive(site: Site) -> list[dict[str, Any]]:
    """The actions that are not withdrawn."""
    return [row for row in actions(site) if row["state"] != "cancelled"]


def all_sent(phone: Phone) -> None:
    """Open the list and wait until nothing is left."""
    phone.page.goto(LIST)
    expect(phone.page.locator("[data-state=sent]")).to_have_count(1)
    assert [item["state"] for item in phone.outbox()] == ["sent"]


def sees(page: Page, words: str) -> None:
    """These words are on the page, whatever its spaces and apostrophes."""
    expect(page.locator("main")).to_contain_text(loosely(words))


def declared_offline(phone: Phone) -> None:
    """Claire declares in flight mode, on the page that the phone kept."""
    phone.enter()
    phone.cut()
    phone.page.goto("/")
    phone.confirm()
    sees(phone.page, "Gardée sur ce téléphone")


_READ_STORES = """async () => {
  const names = (await indexedDB.databases()).map(one => one.name);
  if (!names.includes('equipage')) return {outbox: [], kept: []};
  const database = await new Promise((done, failed) => {
    const asked = indexedDB.open('equipage');
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const all = store => new Promise((done, failed) => {
    if (!database.objectStoreNames.contains(store)) return done([]);
    const asked = database.transaction(store).objectStore(store).getAll();
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const found = {outbox: await all('outbox'), kept: await all('kept')};
  database.close();
  return found;
}"""
