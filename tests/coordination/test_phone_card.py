"""The card under a thumb: few taps, the sentences of the server, a keyboard, a reader, no scripts, few bytes."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from equipage.foundation.french import day
from equipage.foundation.periods import now, today
from tests.browser import Site, serve
from tests.coordination.phones import (
    CARD,
    CLAIRE,
    LIST,
    SIZE,
    Network,
    Phone,
    alive,
    declared_offline,
    forget_actions,
    sees,
    set_up,
)
from tests.journeys.hands import fits, loosely, without_faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KILO = 1000
IN_TWO_DAYS = today() + timedelta(days=2)


@pytest.fixture(scope="module")
def stage() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="equipage-card-") as folder, serve(Path(folder), worker=False) as site:
        set_up(site, teams=2)
        yield site


@pytest.fixture
def network(stage: Site) -> Iterator[Network]:
    with Network(stage) as network:
        yield network
    forget_actions(stage)


@pytest.fixture
def phone(chromium_browser: Browser, network: Network, tmp_path: Path) -> Iterator[Phone]:
    phone = Phone(chromium_browser, tmp_path / "profile", network)
    yield phone
    if phone.context is not None:
        phone.kill()


# Taps ----------------------------------------------------------------------------------------------------------------


def test_j1_with_a_network_takes_four_taps(stage: Site, phone: Phone) -> None:
    phone.enter()
    page, taps = phone.page, 1  # the icon on the first screen
    page.goto("/")
    button = page.get_by_role("link", name="Déclarer une action")
    expect(button).to_be_in_viewport()
    button.click()
    page.get_by_label("RCP avec patient").check()
    page.get_by_role("button", name=loosely("45 min", whole=True)).click()
    expect(page.get_by_role("button", name="Confirmer")).to_be_in_viewport()
    phone.confirm()
    taps += 4
    page.wait_for_url(re.compile(r"/actions/\d+/$"))
    assert taps <= 6
    sees(page, "C’est déclaré")
    sees(page, "37,50")
    sees(page, "de son enveloppe")
    undo = page.get_by_role("button", name=re.compile("Annuler"))
    expect(undo).to_contain_text(re.compile(r"\d"))
    undo.click()
    sees(page, "C’est annulé")
    assert alive(stage) == []


def test_j1_without_a_network_takes_fewer(stage: Site, phone: Phone) -> None:
    phone.enter()
    phone.cut()
    phone.page.goto("/")
    phone.page.get_by_label("RCP avec patient").check()
    phone.page.get_by_role("button", name=loosely("45 min", whole=True)).click()
    phone.confirm()
    sees(phone.page, "Gardée sur ce téléphone")
    phone.cut(False)
    sees(phone.page, "C’est déclaré")
    assert [row["kind"] for row in alive(stage)] == ["RCP_AVEC_PATIENT"]


def test_the_offer_to_undo_goes_after_ten_seconds(phone: Phone) -> None:
    phone.enter()
    phone.page.goto(CARD)
    phone.confirm()
    phone.page.wait_for_url(re.compile(r"/actions/\d+/$"))
    undo = phone.page.get_by_role("button", name=re.compile(r"Annuler\s*\(\d+"))
    expect(undo).to_be_visible()
    expect(undo).to_have_count(0, timeout=13_000)


TAPS = """
    const buttons = [...document.querySelectorAll("form[data-card] button")];
    const button = buttons.find((one) => one.textContent.includes("Confirmer"));
    for (let tap = 0; tap < 10000; tap++) button.click();
"""


@pytest.mark.parametrize("connected", [True, False], ids=["with a network", "without"])
def test_ten_thousand_taps_are_one_declaration(stage: Site, phone: Phone, connected: bool) -> None:
    phone.enter()
    phone.cut(not connected)
    phone.page.goto(CARD if connected else "/")
    phone.page.get_by_label("PPS").check()
    phone.page.evaluate(TAPS)
    if not connected:
        sees(phone.page, "Gardée sur ce téléphone")
        phone.cut(False)
    sees(phone.page, "C’est déclaré")
    phone.page.goto("/")  # whatever else would still be on its way has arrived by then
    assert [row["kind"] for row in alive(stage)] == ["PPS"]


def test_patients_are_counted_with_a_thumb(stage: Site, phone: Phone) -> None:
    phone.enter()
    phone.page.goto(CARD)
    for _ in range(3):
        phone.page.get_by_role("button", name="Un de plus").click()
    phone.page.get_by_role("button", name="Un de moins").click()
    phone.confirm()
    phone.page.wait_for_url(re.compile(r"/actions/\d+/$"))
    assert alive(stage)[0]["patients"] == 3


def test_the_next_card_is_as_the_last_time_without_and_with_a_network(phone: Phone) -> None:
    phone.enter()
    phone.page.goto(CARD)
    phone.page.get_by_label("PPS").check()
    phone.page.get_by_label("Dr Hugo Martin").check()
    phone.confirm()
    phone.page.wait_for_url(re.compile(r"/actions/\d+/$"))
    phone.page.goto(CARD)
    sees(phone.page, "Comme la dernière fois")
    expect(phone.page.get_by_label("PPS")).to_be_checked()
    expect(phone.page.get_by_label("Dr Hugo Martin")).to_be_checked()


def test_another_team_is_one_tap_without_a_network(stage: Site, phone: Phone) -> None:
    phone.enter()
    phone.cut()
    phone.page.goto("/")
    phone.page.get_by_label("Équipe").select_option(label="Équipe des Mauges")
    phone.confirm()
    sees(phone.page, "Équipe des Mauges")


# Wrong things --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (
            "held_on",
            (today() + timedelta(days=2)).isoformat(),
            f"Le {day(today() + timedelta(days=2))} est dans le futur",
        ),
        ("held_on", "2019-03-01", "une action du 1er mars 2019 est antérieure"),
        ("held_on", "", "Indiquez le jour de l’action"),
        ("minutes", "1560", "la durée dépasse 24 heures"),
        ("minutes", "0", "Indiquez une durée d’au moins une minute"),
        ("minutes", "", "Indiquez la durée en minutes"),
        ("minutes", "4.5", "Écrivez la durée en minutes, en chiffres"),
        ("patients", "-1", "Le nombre de patients va de 0 à 500"),
        ("present", "", "Indiquez qui était là : au moins une personne"),
    ],
)
@pytest.mark.parametrize("offline", [True, False], ids=["without network", "with network"])
def test_a_wrong_answer_is_told_beside_its_field_and_keeps_the_rest(
    stage: Site, phone: Phone, offline: bool, field: str, value: str, sentence: str
) -> None:
    phone.enter()
    if offline:
        phone.cut()
    phone.page.goto(CARD)
    phone.page.get_by_text("Préciser l’heure, le thème ou l’objet").click()
    phone.page.get_by_label("Objet").fill("Retour préparé")
    if field == "present":
        phone.page.locator("input[name=present]:checked").first.uncheck()
    else:
        phone.page.locator(f"#id_{field}").fill(value)
    phone.confirm()
    place = phone.page.locator(".field").filter(has=phone.page.locator(f"#id_{field}"))
    expect(place.locator(".errorlist")).to_contain_text(loosely(sentence))
    expect(phone.page.locator("[aria-invalid=true]").first).to_be_focused()
    expect(phone.page.get_by_label("Objet")).to_have_value("Retour préparé")
    assert phone.outbox() == [] and alive(stage) == []
    if offline:
        without_faults(phone.page)


def test_markup_in_the_object_is_text_everywhere(phone: Phone) -> None:
    phone.enter()
    phone.cut()
    phone.page.goto(CARD)
    phone.page.get_by_text("Préciser l’heure, le thème ou l’objet").click()
    phone.page.get_by_label("Objet").fill("<img src=x onerror=\"document.title='piégé'\">")
    phone.confirm()
    sees(phone.page, "<img src=x")
    phone.page.goto(LIST)
    sees(phone.page, "<img src=x")
    assert phone.page.locator("main img").count() == 0 and phone.page.title() != "piégé"


def test_a_person_who_left_since_is_named_by_the_phone_and_by_the_server(stage: Site, phone: Phone) -> None:
    phone.enter()
    phone.cut()
    phone.page.goto(CARD)
    stage.manage("shell", "--verbosity=0", "-c", _HUGO_LEFT)
    phone.page.get_by_label("Dr H. Martin").check()
    phone.confirm()
    phone.cut(False)
    error = phone.page.locator(".errorlist")
    expect(error).to_contain_text(loosely("Hugo Martin n’était pas membre de l’équipe"))
    phone.page.get_by_label("Dr H. Martin").uncheck()
    phone.confirm()
    sees(phone.page, "C’est déclaré")
    stage.manage("shell", "--verbosity=0", "-c", _HUGO_IS_BACK)


_HUGO_LEFT = """
from datetime import timedelta
from equipage.foundation.periods import today
from equipage.teams.models import Membership
Membership.objects.filter(professional__first_name="Hugo").update(
    state="left", valid_to=today() - timedelta(days=1), leaving_reason="Déménagement.")
"""
_HUGO_IS_BACK = """
from equipage.teams.models import Membership
Membership.objects.filter(professional__first_name="Hugo").update(state="confirmed", valid_to=None, leaving_reason="")
"""


def test_a_phone_three_days_ahead_still_proposes_the_right_day(stage: Site, phone: Phone) -> None:
    assert phone.context is not None
    phone.context.clock.install(time=now() + timedelta(days=3))
    phone.enter()
    phone.cut()
    phone.page.goto(CARD)
    expect(phone.page.locator("#id_held_on")).to_have_value(today().isoformat())
    phone.confirm()
    sees(phone.page, "Gardée sur ce téléphone")


# Everybody -----------------------------------------------------------------------------------------------------------


def test_the_pages_without_network_are_for_every_reader(stage: Site, phone: Phone, network: Network) -> None:
    declared_offline(phone)
    for path in ("/", LIST):
        phone.page.goto(path)
        phone.page.wait_for_timeout(300)
        without_faults(phone.page)
        fits(phone.page)
    phone.page.emulate_media(color_scheme="dark")
    without_faults(phone.page)
    stage.manage("shell", "--verbosity=0", "-c", _TWIN)
    phone.cut(False)
    phone.page.goto(LIST)
    sees(phone.page, "À regarder")
    without_faults(phone.page)
    fits(phone.page)
    phone.page.goto("/")
    sees(phone.page, "1 déclaration est à regarder")
    phone.page.locator("details.account summary").click()
    phone.page.get_by_role("button", name="Me déconnecter").click()
    expect(phone.page.get_by_role("dialog")).to_be_visible()
    without_faults(phone.page)


_TWIN = """
from tests import chain
from equipage.coordination import services
from equipage.people.models import Professional
from equipage.teams.models import Team
team = Team.objects.order_by("name").first()
people = list(Professional.objects.filter(first_name__in=("Claire", "Hugo")).order_by("id"))
services.declare(actor=people[1].user, team=team, facts=chain.today_facts(team, people, kind="RCP_SANS_PATIENT"))
"""


def test_the_card_is_done_with_a_keyboard_alone(stage: Site, phone: Phone) -> None:
    phone.enter()
    phone.cut()
    phone.page.goto("/")
    expect(phone.page.get_by_role("button", name="Confirmer")).to_be_visible()
    reached: list[str] = []
    for _ in range(40):
        phone.page.keyboard.press("Tab")
        name = str(phone.page.evaluate("(document.activeElement.textContent || document.activeElement.name).trim()"))
        reached.append(name)
        # Below the bar that stays, nothing that has the focus is hidden.
        assert phone.page.evaluate(
            """() => {
              const active = document.activeElement, box = active.getBoundingClientRect();
              const bar = document.querySelector('.form-bar');
              const above = box.bottom <= bar.getBoundingClientRect().top + 24;
              return above || bar.contains(active) || !active.closest('form');
            }"""
        ), name
        if name == "Confirmer":
            break
    assert reached[-1] == "Confirmer"
    phone.page.keyboard.press("Enter")
    sees(phone.page, "Gardée sur ce téléphone")


def test_without_scripts_the_server_takes_the_card(stage: Site, new_context: Any) -> None:
    page: Page = new_context(base_url=stage.address, viewport=SIZE, java_script_enabled=False).new_page()
    page.goto("/compte/personnages/")
    page.get_by_role("button", name=f"Entrer : {CLAIRE}").click()
    page.get_by_role("link", name="Déclarer une action").click()
    expect(page.get_by_role("button", name="Un de plus")).to_be_hidden()
    page.get_by_label("Durée, en minutes").fill("25")
    page.get_by_role("button", name="Confirmer").click()
    sees(page, "C’est déclaré")
    expect(page.get_by_role("button", name="Annuler")).to_be_visible()
    assert [row["minutes"] for row in alive(stage)] == [25]
    forget_actions(stage)
    for path in (LIST, "/actions/hors-ligne/"):
        page.goto(path)
        expect(page.locator("noscript p")).to_be_visible()


def test_a_phone_that_refuses_to_store_sends_as_without_scripts(stage: Site, new_context: Any) -> None:
    context = new_context(base_url=stage.address, viewport=SIZE)
    context.add_init_script(
        "indexedDB.open = () => { const asked = {}; setTimeout(() => asked.onerror && asked.onerror()); return asked; }"
    )
    page: Page = context.new_page()
    page.goto("/compte/personnages/")
    page.get_by_role("button", name=f"Entrer : {CLAIRE}").click()
    page.goto(CARD)
    page.get_by_role("button", name="Confirmer").click()
    page.wait_for_url(re.compile(r"/actions/\d+/$"))
    sees(page, "C’est déclaré")
    assert len(alive(stage)) == 1
    page.locator("details.account summary").click()
    page.get_by_role("button", name="Me déconnecter").click()
    sees(page, "Vous êtes déconnecté")
    forget_actions(stage)


# Bytes ---------------------------------------------------------------------------------------------------------------


def weigh(phone: Phone, path: str) -> dict[str, int]:
    """The bytes that came over the network for one page, whoever asked for them: the page or the service worker."""
    phone.network.received.clear()
    phone.page.goto(path, wait_until="networkidle")
    return dict(phone.network.received)


def test_the_first_visit_of_the_card_is_light_and_the_next_ones_are_nearly_nothing(phone: Phone) -> None:
    phone.page.goto("/compte/personnages/")
    phone.page.get_by_role("button", name=f"Entrer : {CLAIRE}").click()
    assert phone.context is not None
    cookies: Any = phone.context.cookies()
    phone.kill()
    phone.folder = phone.folder.with_name("another")  # an empty cache, the same session
    phone.open()
    phone.context.add_cookies(cookies)
    first = weigh(phone, CARD)
    phone.ready()
    phone.page.wait_for_timeout(500)
    first = dict(phone.network.received)
    assert any(path.startswith("/static/dist/declare") for path in first), first
    assert sum(first.values()) <= 90 * KILO, first  # everything: fonts, worker, shell, carnet
    again = weigh(phone, CARD)
    assert any(path.startswith(CARD) for path in again), again
    assert sum(again.values()) <= 10 * KILO, again
    kept = weigh(phone, LIST)
    assert sum(kept.values()) <= 3 * KILO, kept  # the manifest and the worker, asked anew


def test_the_carnet_is_small(phone: Phone) -> None:
    phone.enter()
    answer = phone.page.request.get("/actions/carnet/")
    assert len(answer.body()) <= 4 * KILO
    assert answer.headers["cache-control"] == "no-store"
