"""Whose phone it is: signing out leaves nothing, another person sees nothing, time forgets, no session loses."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import Site, serve
from tests.coordination.phones import (
    CLAIRE,
    HUGO,
    LIST,
    SEND,
    TEAM,
    Network,
    Phone,
    actions,
    alive,
    all_sent,
    declared_offline,
    forget_actions,
    sees,
    set_up,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def stage() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="equipage-phone-") as folder, serve(Path(folder), worker=False) as site:
        set_up(site)
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


def sign_out(phone: Phone) -> None:
    phone.page.locator("details.account summary").click()
    phone.page.get_by_role("button", name="Me déconnecter").click()


def nothing_left(phone: Phone) -> None:
    """Neither a store, nor a cache, nor a word of somebody."""
    sees(phone.page, "Vous êtes déconnecté")
    assert phone.page.evaluate("indexedDB.databases()") == []
    assert phone.cached() == {}
    assert phone.page.evaluate("[Object.keys(localStorage).length, Object.keys(sessionStorage).length]") == [0, 0]


# Signing out ---------------------------------------------------------------------------------------------------------


def test_signing_out_leaves_nothing_on_the_phone(phone: Phone) -> None:
    phone.enter()
    assert TEAM in str(phone.kept()) and phone.cached()
    sign_out(phone)
    nothing_left(phone)
    phone.reopen()
    phone.page.goto("/")
    assert phone.page.evaluate("indexedDB.databases()") == []


def unsent(phone: Phone, network: Network) -> None:
    """A declaration that could not leave, and the home page with a network again."""
    declared_offline(phone)
    network.mode, network.only = "cut", SEND
    phone.cut(False)
    phone.page.goto("/")
    sees(phone.page, "1 déclaration n’est pas encore partie")


def test_what_has_not_left_is_asked_about_and_may_stay(phone: Phone, network: Network) -> None:
    unsent(phone, network)
    sign_out(phone)
    question = phone.page.get_by_role("dialog")
    expect(question).to_contain_text("1\u00a0déclaration n’est pas partie")
    question.get_by_role("button", name="Rester connecté").click()
    expect(question).to_be_hidden()
    assert len(phone.outbox()) == 1
    sign_out(phone)
    phone.page.keyboard.press("Escape")
    expect(phone.page.get_by_text("Bonjour")).to_be_visible()
    assert len(phone.outbox()) == 1


def test_what_has_not_left_is_sent_first(stage: Site, phone: Phone, network: Network) -> None:
    unsent(phone, network)
    network.mode = "pass"
    sign_out(phone)
    phone.page.get_by_role("button", name="Envoyer d’abord").click()
    nothing_left(phone)
    assert len(alive(stage)) == 1


def test_without_a_network_sending_first_leads_to_the_list_and_erases_nothing(phone: Phone, network: Network) -> None:
    unsent(phone, network)
    sign_out(phone)
    phone.page.get_by_role("button", name="Envoyer d’abord").click()
    phone.page.wait_for_url(f"**{LIST}")
    sees(phone.page, "En attente")
    assert len(phone.outbox()) == 1


def test_what_has_not_left_may_be_erased(stage: Site, phone: Phone, network: Network) -> None:
    unsent(phone, network)
    sign_out(phone)
    phone.page.get_by_role("button", name="Effacer et me déconnecter").click()
    nothing_left(phone)
    assert alive(stage) == []


# Another person ------------------------------------------------------------------------------------------------------


def test_another_person_on_the_same_phone_sees_and_sends_nothing_of_the_first(
    stage: Site, phone: Phone, network: Network
) -> None:
    declared_offline(phone)
    phone.page.goto(LIST)
    phone.context.clear_cookies()  # type: ignore[union-attr]  # before a network: the worker sends as soon as it can
    phone.kill()
    network.offline = False
    phone.open()
    phone.enter(HUGO)
    sees(phone.page, "1 déclaration d’une autre personne n’est pas partie")
    assert [item["owner"] for item in phone.outbox()] == [1]
    phone.page.goto(LIST)
    sees(phone.page, "Rien n’attend")
    assert "RCP" not in phone.page.locator("main").inner_text()
    assert actions(stage) == [] or all(row["by"] != HUGO for row in alive(stage))
    assert alive(stage) == []
    phone.enter(CLAIRE)  # she comes back to her phone
    all_sent(phone)
    assert [row["by"] for row in alive(stage)] == [CLAIRE]


def test_the_other_person_may_erase_what_was_left(stage: Site, phone: Phone) -> None:
    declared_offline(phone)
    phone.page.goto("about:blank")
    phone.context.clear_cookies()  # type: ignore[union-attr]  # before a network: the worker sends as soon as it can
    phone.cut(False)
    phone.enter(HUGO)
    phone.page.get_by_role("button", name="Effacer", exact=True).click()
    expect(phone.page.get_by_text("d’une autre personne")).to_have_count(0)
    assert phone.outbox() == [] and alive(stage) == []


# Time ----------------------------------------------------------------------------------------------------------------

_AGE = """days => new Promise(done => {
  const asked = indexedDB.open('equipage');
  asked.onsuccess = () => {
    const change = asked.result.transaction(['kept', 'outbox'], 'readwrite');
    const store = change.objectStore('kept');
    const one = store.get('carnet');
    one.onsuccess = () => store.put({...one.result, fetched: one.result.fetched - days * 86400000}, 'carnet');
    change.oncomplete = () => { asked.result.close(); done(true); };
  };
})"""


@pytest.mark.parametrize("days", [6.9, 7.1, -2])
def test_the_carnet_is_forgotten_after_seven_days_without_contact(phone: Phone, stage: Site, days: float) -> None:
    declared_offline(phone)
    phone.page.evaluate(_AGE, days)
    phone.reopen()
    phone.page.goto("/")
    if days == 6.9:
        expect(phone.page.get_by_role("button", name="Confirmer")).to_be_visible()
        return
    sees(phone.page, "Ce téléphone a oublié vos équipes")
    sees(phone.page, "vos déclarations qui attendent sont toujours là")
    assert TEAM not in str(phone.kept()["kept"]) and "Martin" not in str(phone.kept())
    assert len(phone.outbox()) == 1
    phone.reopen()
    phone.page.goto("/")
    sees(phone.page, "Ce téléphone a oublié vos équipes")  # it still says why
    phone.cut(False)
    all_sent(phone)
    phone.page.goto("/actions/hors-ligne/")
    expect(phone.page.get_by_role("button", name="Confirmer")).to_be_visible()  # learnt again


# Sessions ------------------------------------------------------------------------------------------------------------


def test_a_session_that_ended_is_not_a_loss(stage: Site, phone: Phone) -> None:
    declared_offline(phone)
    phone.context.clear_cookies()  # type: ignore[union-attr]
    phone.reopen()
    phone.cut(False)
    phone.page.goto(LIST)
    sees(phone.page, "Le site demande de vous reconnecter")
    assert [item["state"] for item in phone.outbox()] == ["waiting"]
    expect(phone.page.get_by_role("link", name="Me connecter")).to_have_attribute(
        "href", f"/compte/connexion/?next={LIST}"
    )
    phone.enter()
    all_sent(phone)
    assert len(alive(stage)) == 1


@pytest.mark.parametrize("token", ["", "faux" * 8])
def test_a_token_that_turned_is_asked_again(stage: Site, phone: Phone, token: str) -> None:
    declared_offline(phone)
    assert phone.context is not None
    phone.context.clear_cookies(name="csrftoken")
    if token:
        phone.context.add_cookies([{"name": "csrftoken", "value": token, "url": phone.address}])
    phone.cut(False)
    all_sent(phone)
    assert len(alive(stage)) == 1


def test_a_server_that_breaks_on_one_keeps_it_and_takes_the_others(stage: Site, phone: Phone, network: Network) -> None:
    """The one that breaks the server is a parcel it cannot read: 422 for the whole, then each by itself."""
    declared_offline(phone)
    phone.page.evaluate(
        """() => new Promise(done => {
          const asked = indexedDB.open('equipage');
          asked.onsuccess = () => {
            const store = asked.result.transaction('outbox', 'readwrite').objectStore('outbox');
            const all = store.getAll();
            all.onsuccess = () => {
              store.put({...all.result[0], key: 'pas une clé', made: 0}).onsuccess = () => {
                asked.result.close(); done(true);
              };
            };
          };
        })"""
    )
    phone.cut(False)
    phone.page.goto(LIST)
    sees(phone.page, "Le site n’a pas tout pris")
    assert sorted(item["state"] for item in phone.outbox()) == ["sent", "waiting"]
    assert len(alive(stage)) == 1


# The caches ----------------------------------------------------------------------------------------------------------


def test_the_caches_hold_the_empty_shell_and_no_page_of_anybody(phone: Phone) -> None:
    phone.enter()
    for path in ("/", "/actions/", "/equipes/", "/actions/declarer/", "/compte/", "/dossiers-patients/", LIST):
        phone.page.goto(path)
    found = phone.cached()
    pages = {path for path in found if not path.startswith("/static/")}
    assert pages == {"/actions/hors-ligne/", LIST}
    for path, text in found.items():
        for word in ("Claire", "Besnard", "Martin", TEAM, "csrfmiddlewaretoken"):
            assert word not in text, (path, word)


def test_the_patients_files_are_not_answered_by_the_worker(phone: Phone) -> None:
    phone.enter()
    phone.cut()
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        phone.page.goto("/dossiers-patients/")


def test_a_new_version_of_the_shell_replaces_the_old_one(phone: Phone) -> None:
    phone.enter()
    phone.page.evaluate("caches.open('equipage-coque-ancienne').then(cache => cache.put('/vieux', new Response('x')))")
    phone.page.evaluate("navigator.serviceWorker.getRegistration().then(one => one.unregister())")
    phone.page.reload()
    phone.ready()
    phone.page.wait_for_timeout(1500)
    assert "/vieux" not in phone.cached()


def answers(phone: Phone, path: str) -> Any:
    return phone.page.request.get(path)


def test_the_worker_and_the_manifest_are_served_as_they_must_be(phone: Phone) -> None:
    worker, manifest = answers(phone, "/sw.js"), answers(phone, "/manifest.webmanifest")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == manifest.headers["cache-control"] == "no-cache"
    assert "worker-src 'self'" in answers(phone, "/").headers["content-security-policy"]
    found = manifest.json()
    assert found["display"] == "standalone" and found["lang"] == "fr" and found["start_url"] == "/"
    sizes = {(icon["sizes"], icon.get("purpose", "any")) for icon in found["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"), ("any", "any")} == sizes
    for icon in found["icons"]:
        picture = answers(phone, icon["src"])
        assert picture.ok and (picture.body().startswith(b"\x89PNG") or b"<svg" in picture.body())
