"""A real Chromium and a real server (gunicorn, its own database, the built front end) for tests marked `browser`."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tools import chromium, processes
from tools.places import PYTHON, ROOT, child_environment

FLAGS = ["--no-sandbox", "--disable-gpu"]  # the sandbox wants rights that containers do not give


@dataclass(frozen=True)
class Site:
    """A running Équipage: where it answers, and its environment for `manage`."""

    address: str
    environment: dict[str, str]

    def manage(self, *words: str) -> str:
        """Run a management command on this site's database; its output, or the test fails with it."""
        done = subprocess.run(
            [str(PYTHON), "manage.py", *words],
            check=False,
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _site(folder: Path, address: str, **settings: str) -> Site:
    environment = child_environment(
        EQUIPAGE_VAR=str(folder),
        EQUIPAGE_ADDRESS=address,
        EQUIPAGE_DEMO="1",
        EQUIPAGE_CLINICAL=settings.pop("EQUIPAGE_CLINICAL", "0"),
        DATABASE_URL=f"sqlite:///{folder / 'site.sqlite3'}",
        **settings,
    )
    return Site(address, environment)


@functools.cache
def _prepared(clinical: str) -> Path:
    """An empty site, migrated, its static files collected: every site of this process begins as its copy."""
    folder = Path(tempfile.mkdtemp(prefix="equipage-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    site = _site(folder, "http://127.0.0.1", EQUIPAGE_CLINICAL=clinical)
    site.manage("migrate", "--no-input", "--verbosity=0")
    if clinical == "1":
        site.manage("migrate", "clinical", "--database", "clinical", "--no-input", "--verbosity=0")
    site.manage("collectstatic", "--no-input", "--verbosity=0")
    return folder


@contextmanager
def serve(folder: Path, *, worker: bool = True, **settings: str) -> Iterator[Site]:
    """A fresh site in `folder`: migrated, static files collected, web and worker running."""
    port = processes.free_port()
    address = f"http://127.0.0.1:{port}"
    site = _site(folder, address, **settings)
    environment = site.environment
    shutil.copytree(_prepared(environment["EQUIPAGE_CLINICAL"]), folder, dirs_exist_ok=True)
    children = [processes.Child("Le serveur web", processes.web_command(port), environment, folder / "web.log")]
    if worker:
        children.append(
            processes.Child(
                "Le processus des travaux de fond", processes.worker_command(), environment, folder / "worker.log"
            )
        )
    try:
        processes.wait_until_it_answers(children[0], address)
        yield site
        for child in children:
            assert child.alive(), str(child.failure("")) + "\n".join(child.failure("").lines)
    finally:
        for child in children:
            child.stop()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """One site for a file of tests, empty: what needs people loads or creates them with `site.manage`."""
    folder = Path(tempfile.mkdtemp(prefix="equipage-site-"))
    try:
        with serve(folder) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Browser]:
    """Chromium of the machine; its absence fails the test rather than hiding it."""
    found = chromium.find()
    if found is None:
        pytest.fail("Chromium est introuvable : python3 test.py l’installe, ou donnez EQUIPAGE_CHROMIUM.")
    # Playwright keeps an event loop in this thread; Django would then refuse the database to every later test.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_context(chromium_browser: Browser) -> Iterator[Any]:
    """A function that opens a separate browser (its own cookies): one per person of a journey."""
    opened: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        context = chromium_browser.new_context(locale="fr-FR", timezone_id="Europe/Paris", **options)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def page(new_context: Any, site: Site) -> Page:
    """A page at desktop width whose relative addresses are the site's; a script error fails nothing by itself."""
    context: BrowserContext = new_context(base_url=site.address, viewport={"width": 1280, "height": 800})
    return context.new_page()
