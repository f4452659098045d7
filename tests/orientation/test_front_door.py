"""The front door in a real browser: its weight at a first visit, and what a good page owes to everybody.

Time is measured in `bench.py front_door`; here bytes and facts are asserted.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Site, serve
from tests.journeys.hands import DESK, PHONE, listen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KILO = 1000
ANSWER = "/orientation/reponse/?commune=49092&moi=infirmier&n-medecin-generaliste=1&p-pharmacien=1"
PAGES = (
    "/",
    "/orientation/",
    ANSWER,
    "/formes/",
    "/formes/esp-clap/",
    "/formes/msp/",
    "/formes/esp-clap/demarrer/",
    "/comparer/",
    "/regles/",
    "/regles/esp-clap.composition.min_professionals/",
    "/simulateur/",
    "/equipes-reconnues/",
    "/aide/contacts/?commune=49092",
    "/aide/demander/",
    "/aide/boite-a-outils/",
)

# A form that is sent needs a token against forgery; reading needs no cookie at all.
FORMS = ("/aide/demander/",)

# What the usual audits of a page look at, read in the page itself.
_AUDIT = """() => {
  const shown = element => element.getClientRects().length > 0;
  const name = element => (element.textContent || element.getAttribute('aria-label') || '').trim();
  const levels = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(shown).map(h => Number(h.tagName[1]));
  const jumps = levels.filter((level, i) => i && level > levels[i - 1] + 1);
  const targets = [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary')]
    .filter(shown).filter(e => !e.closest('p,li,td,dd,th,caption,svg,.src') || e.matches('.btn,input,select'))
    .filter(e => !e.matches('.sr-only,.skip') && !(e.matches('input') && e.closest('label')));
  const small = targets.map(e => [e, e.getBoundingClientRect()]).filter(([, r]) => r.height < 24 || r.width < 24);
  return {
    lang: document.documentElement.lang,
    title: document.title,
    description: !!document.querySelector('meta[name=description],meta[name=robots]'),
    viewport: (document.querySelector('meta[name=viewport]') || {}).content || '',
    jumps: jumps.length,
    landmarks: ['header', 'main', 'footer'].filter(tag => !document.querySelector(tag)),
    nameless: [...document.querySelectorAll('a[href],button')].filter(shown).filter(e => !name(e)).length,
    unlabelled: [...document.querySelectorAll('input:not([type=hidden]),select,textarea')].filter(shown)
      .filter(e => !e.labels?.length && !e.getAttribute('aria-label')).length,
    small: small.map(([e]) => e.outerHTML.slice(0, 90)),
    inline: document.querySelectorAll('[style],style,script:not([src])').length,
    tiny: [...document.querySelectorAll('p,li,td,dd,label')].filter(shown)
      .filter(e => parseFloat(getComputedStyle(e).fontSize) < 12).length,
    nodes: document.querySelectorAll('*').length,
    wide: document.documentElement.scrollWidth - innerWidth,
    cookies: document.cookie,
  };
}"""
_SHIFT = """() => new Promise(done => {
  let total = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) total += e.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(total), 200);
})"""


@pytest.fixture(scope="module")
def door() -> Iterator[Site]:
    """The demonstration with the fewest teams, and all the communes."""
    with tempfile.TemporaryDirectory(prefix="equipage-door-") as folder, serve(Path(folder), worker=False) as site:
        site.manage("seed_demo", "--teams", "12", "--no-history", "--verbosity", "0")
        yield site


def visit(browser: Browser, site: Site, path: str, size: Any, **options: Any) -> tuple[Page, dict[str, int], list[str]]:
    """A first visit: the page, the bytes of each thing it asked for, and what its console said."""
    context = browser.new_context(base_url=site.address, viewport=size, locale="fr-FR", **options)
    page = context.new_page()
    problems: list[str] = []
    listen(page, problems)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    addresses: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on("Network.requestWillBeSent", lambda e: addresses.__setitem__(e["requestId"], e["request"]["url"]))
    session.on(
        "Network.loadingFinished", lambda e: sizes.__setitem__(addresses[e["requestId"]], int(e["encodedDataLength"]))
    )
    page.goto(path, wait_until="networkidle")
    return page, sizes, problems


@pytest.mark.parametrize("path", PAGES)
def test_a_first_visit_weighs_at_most_sixty_kilobytes(chromium_browser: Browser, door: Site, path: str) -> None:
    page, sizes, _ = visit(chromium_browser, door, path, PHONE)
    assert any(".woff2" in address for address in sizes), sizes
    assert sum(sizes.values()) <= 60 * KILO, dict(sorted(sizes.items(), key=lambda pair: -pair[1]))
    far = [address for address in sizes if not address.startswith((door.address, "data:"))]
    assert not far, "nothing comes from elsewhere"
    page.context.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_are_what_audits_ask_for(chromium_browser: Browser, door: Site, size: Any) -> None:
    faults: list[str] = []
    titles: dict[str, str] = {}
    for path in PAGES:
        page, _, problems = visit(chromium_browser, door, path, size)
        facts = page.evaluate(_AUDIT)
        found = [
            *problems,
            *(["langue"] if facts["lang"] != "fr" else []),
            *(["pas de description"] if not facts["description"] else []),
            *(["zoom interdit"] if "user-scalable" in facts["viewport"] else []),
            *([f"{facts['jumps']} sauts de titres"] if facts["jumps"] else []),
            *([f"repères absents {facts['landmarks']}"] if facts["landmarks"] else []),
            *([f"{facts['nameless']} liens ou boutons sans nom"] if facts["nameless"] else []),
            *([f"{facts['unlabelled']} champs sans étiquette"] if facts["unlabelled"] else []),
            *([f"cibles trop petites {facts['small'][:3]}"] if facts["small"] else []),
            *([f"{facts['inline']} styles ou scripts dans la page"] if facts["inline"] else []),
            *(["texte trop petit"] if facts["tiny"] else []),
            *([f"{facts['nodes']} éléments"] if facts["nodes"] > 3000 else []),
            *([f"{facts['wide']} px de trop"] if facts["wide"] > 0 else []),
            *(["un témoin de connexion"] if facts["cookies"] and path not in FORMS else []),
        ]
        if (shift := page.evaluate(_SHIFT)) > 0.1:
            found.append(f"la page bouge ({shift:.2f})")
        if facts["title"] in titles:
            found.append(f"même titre que {titles[facts['title']]}")
        titles[facts["title"]] = path
        faults += [f"{path} : {fault}" for fault in found]
        page.context.close()
    assert not faults, "\n".join(faults)


def test_the_journey_of_a_doctor_who_wonders(chromium_browser: Browser, door: Site) -> None:
    """J2 on a phone, without scripts: from the front door to a named contact, ten taps at most."""
    phone: Any = PHONE
    context = chromium_browser.new_context(base_url=door.address, viewport=phone, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    taps = 0
    page.get_by_label("Votre commune ou son code postal").fill("Chemillé-en-Anjou")
    taps += 1
    page.get_by_role("button", name="Trouver notre forme").click()
    taps += 1
    page.get_by_label("Qui êtes-vous").select_option(label="Médecin généraliste")
    taps += 1
    page.get_by_label("Infirmier ou infirmière", exact=True).fill("1")
    taps += 1
    page.get_by_label("Chacun dans son cabinet").check()
    taps += 1
    page.locator("input[name=besoin]").first.check()
    taps += 1
    page.get_by_label("Quelques heures par mois").check()
    taps += 1
    page.get_by_role("button", name="Voir ce qui nous convient").click()
    taps += 1
    expect(page.get_by_role("heading", level=1)).to_contain_text("ESP CLAP vous convient dès maintenant")
    expect(page.get_by_role("link", name="Être rappelé").first).to_be_visible()
    assert taps <= 10
    context.close()
