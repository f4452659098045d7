"""The network is cut at every step, the browser is killed, people change: once, nothing lost, nothing left behind."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import Site, serve
from tests.coordination.phones import (
    CARD,
    CLAIRE,
    HUGO,
    LIST,
    SEND,
    TEAM,
    Network,
    Phone,
    alive,
    all_sent,
    declared_offline,
    forget_actions,
    sees,
    set_up,
)
from tests.journeys.hands import loosely

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


# The cut, at every step ----------------------------------------------------------------------------------------------


def before_opening(phone: Phone, network: Network) -> None:
    phone.cut()
    phone.page.goto("/")
    sees(phone.page, "Pas de réseau : votre déclaration sera gardée et partira seule")
    phone.confirm()


def while_the_card_comes(phone: Phone, network: Network) -> None:
    network.mode, network.only = "mute", CARD
    phone.page.goto(CARD)
    phone.confirm()


def after_opening(phone: Phone, network: Network) -> None:
    phone.page.goto(CARD)
    phone.cut()
    phone.confirm()


def at_the_request(phone: Phone, network: Network) -> None:
    phone.page.goto(CARD)
    network.mode, network.only = "cut", SEND
    phone.confirm()


def after_the_commit(phone: Phone, network: Network) -> None:
    phone.page.goto(CARD)
    network.mode, network.only = "mute", SEND
    phone.confirm()


def at_the_next_page(phone: Phone, network: Network) -> None:
    phone.page.goto(CARD)
    phone.page.wait_for_load_state("networkidle")
    network.mode, network.only = "cut", "/actions/"
    # The declaration passes, the page it leads to does not.
    network.only = "/actions/1"
    phone.confirm()


TASK = "equipage-envois"
STEPS = [before_opening, while_the_card_comes, after_opening, at_the_request, after_the_commit, at_the_next_page]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_a_cut_at_any_step_then_a_dead_browser_leaves_exactly_one(
    stage: Site, network: Network, phone: Phone, step: Any
) -> None:
    phone.enter()
    step(phone, network)
    phone.page.wait_for_timeout(700)
    assert len(phone.outbox()) == 1
    reached = step in (after_the_commit, at_the_next_page, while_the_card_comes)
    assert len(alive(stage)) == int(reached)
    phone.reopen()
    network.mode = "pass"
    phone.cut(False)
    all_sent(phone)
    rows = alive(stage)
    assert [(row["minutes"], row["patients"], row["by"]) for row in rows] == [(45, 1, CLAIRE)]


def test_three_cuts_in_a_row_after_the_commit_make_one_action(stage: Site, network: Network, phone: Phone) -> None:
    phone.enter()
    phone.cut()
    phone.page.goto("/")
    phone.confirm()
    phone.cut(False)
    with network.broken("mute", SEND):
        for tries in (1, 2, 3):
            phone.reopen()
            phone.page.goto(LIST)
            phone.page.get_by_role("button", name="Envoyer maintenant").click()
            sees(phone.page, "Pas de réseau pour l’instant")
            assert network.dropped >= tries
    assert len(alive(stage)) == 1
    all_sent(phone)
    assert len(alive(stage)) == 1


def test_the_network_that_comes_back_sends_without_a_thumb(stage: Site, phone: Phone) -> None:
    phone.enter()
    phone.cut()
    phone.page.goto(CARD)
    phone.confirm()
    sees(phone.page, "Gardée sur ce téléphone")
    phone.cut(False)
    sees(phone.page, "C’est déclaré")
    sees(phone.page, "37,50")
    assert len(alive(stage)) == 1


def test_the_browser_itself_sends_when_every_page_is_closed(stage: Site, phone: Phone) -> None:
    phone.enter()
    phone.cut()
    phone.page.goto(CARD)
    phone.confirm()
    sees(phone.page, "Gardée sur ce téléphone")
    session = phone.page.context.new_cdp_session(phone.page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    phone.page.goto("about:blank")
    phone.cut(False)
    for _ in range(20):
        for registration in set(found):
            session.send(
                "ServiceWorker.dispatchSyncEvent",
                {
                    "origin": phone.address,
                    "registrationId": registration,
                    "tag": "equipage-envois",
                    "lastChance": False,
                },
            )
        if alive(stage):
            break
        phone.page.wait_for_timeout(500)
    assert len(alive(stage)) == 1
    all_sent(phone)


def test_ten_thousand_taps_make_one_action(stage: Site, network: Network, phone: Phone) -> None:
    phone.enter()
    phone.page.goto(CARD)
    phone.page.evaluate(
        """() => {
          const button = [...document.querySelectorAll('button')].find(one => one.textContent.trim() === 'Confirmer');
          for (let tap = 0; tap < 10000; tap += 1) button.click();
        }"""
    )
    phone.page.wait_for_url(re.compile(r"/actions/\d+/$"))
    assert len(alive(stage)) == 1 and network.seen.count(f"POST {SEND}") == 1


# Change one's mind ---------------------------------------------------------------------------------------------------


def test_a_declaration_is_corrected_without_a_network(stage: Site, phone: Phone) -> None:
    declared_offline(phone)
    phone.page.goto(LIST)
    phone.page.get_by_role("link", name="Corriger").click()
    sees(phone.page, "Vous corrigez une déclaration de ce téléphone")
    phone.page.get_by_role("button", name=loosely("1 h", whole=True)).click()
    phone.page.get_by_label("Dr H. Martin").check()
    phone.confirm()
    sees(phone.page, "2 personnes")
    phone.reopen()
    phone.cut(False)
    all_sent(phone)
    assert [(row["minutes"], row["people"], row["revision"]) for row in alive(stage)] == [(60, 2, 2)]


def test_a_correction_after_a_commit_that_was_never_answered_arrives(
    stage: Site, network: Network, phone: Phone
) -> None:
    phone.enter()
    with network.broken("mute", SEND):
        phone.page.goto(CARD)
        phone.confirm()
        sees(phone.page, "Gardée sur ce téléphone")
        phone.page.get_by_role("link", name="Corriger").click()
        phone.page.get_by_role("button", name=loosely("1 h 30", whole=True)).click()
        phone.confirm()
        sees(phone.page, "1 h 30")
    all_sent(phone)
    assert [row["minutes"] for row in alive(stage)] == [90]


def test_what_never_left_is_deleted_at_once_and_what_may_have_left_is_withdrawn(
    stage: Site, network: Network, phone: Phone
) -> None:
    phone.enter()
    phone.cut()
    phone.page.goto("/")
    phone.confirm()
    sees(phone.page, "Gardée")
    phone.page.get_by_role("button", name="Supprimer").click()
    sees(phone.page, "n’est plus sur ce téléphone")
    assert phone.outbox() == []
    phone.cut(False)
    with network.broken("mute", SEND):
        phone.page.goto(CARD)
        phone.confirm()
        sees(phone.page, "Gardée")
        phone.page.get_by_role("button", name="Supprimer").click()
        sees(phone.page, "Retrait en attente")
    phone.page.goto(LIST)
    sees(phone.page, "Rien n’attend")
    assert phone.outbox() == [] and alive(stage) == []


# Questions -----------------------------------------------------------------------------------------------------------

_BY_HUGO = """
from tests import chain
from equipage.coordination import services
from equipage.people.models import Professional
from equipage.teams.models import Team
team = Team.objects.get()
people = list(Professional.objects.filter(first_name__in=("Claire", "Hugo")).order_by("id"))
hugo = people[1].user
services.declare(actor=hugo, team=team, facts=chain.today_facts(team, people, kind="RCP_SANS_PATIENT", minutes=30))
"""


@pytest.mark.parametrize("choice", ["C’est une autre, la déclarer", "C’est la même", "Abandonner la mienne"])
def test_a_look_alike_is_asked_kindly_with_both_versions(stage: Site, phone: Phone, choice: str) -> None:
    declared_offline(phone)
    stage.manage("shell", "--verbosity=0", "-c", _BY_HUGO)
    phone.cut(False)
    phone.page.goto(LIST)
    sees(phone.page, "À regarder")
    sees(phone.page, "Est-ce la même")
    sees(phone.page, "45 min · 1 personne")
    sees(phone.page, "30 min · 2 personnes")
    sees(phone.page, "Dr Hugo Martin")
    expect(phone.page.get_by_role("link", name="Ouvrir l’autre")).to_be_visible()
    phone.page.get_by_role("button", name=choice).click()
    if choice.startswith("C’est une autre"):
        sees(phone.page, "C’est déclaré")
        assert sorted(row["minutes"] for row in alive(stage)) == [30, 45]
    else:
        if choice == "C’est la même":
            expect(phone.page.get_by_role("button", name="J’y étais")).to_be_visible()
            phone.page.goto(LIST)
        sees(phone.page, "Rien n’attend")
        assert [row["minutes"] for row in alive(stage)] == [30] and phone.outbox() == []


_CORRECTED = """
from equipage.coordination import services
from equipage.coordination.models import Action
from dataclasses import replace
row = Action.objects.exclude(state="cancelled").get()
services.correct(row, actor=row.declared_by, facts=replace(services.facts_of(row), minutes=50))
"""


@pytest.mark.parametrize("choice", ["Garder la mienne", "C’est la même"])
def test_a_correction_made_elsewhere_meanwhile_is_shown_beside_mine(stage: Site, phone: Phone, choice: str) -> None:
    declared_offline(phone)
    phone.cut(False)
    all_sent(phone)
    stage.manage("shell", "--verbosity=0", "-c", _CORRECTED)
    phone.cut()
    phone.page.get_by_role("link", name="Corriger").click()
    phone.page.get_by_role("button", name=loosely("1 h 30", whole=True)).click()
    phone.confirm()
    phone.cut(False)
    sees(phone.page, "corrigée ailleurs entre-temps")
    sees(phone.page, "La vôtre")
    sees(phone.page, "1 h 30")
    sees(phone.page, "Celle du site")
    sees(phone.page, "50 min")
    phone.page.get_by_role("button", name=choice).click()
    if choice == "Garder la mienne":
        sees(phone.page, "C’est corrigé")
    else:
        sees(phone.page, "n’est plus sur ce téléphone")
    assert [row["minutes"] for row in alive(stage)] == [90 if choice == "Garder la mienne" else 50]


_LOCKED = """
from equipage.coordination.models import Action
from django.utils import timezone
from tests import factories as make
row = Action.objects.exclude(state="cancelled").get()
row.verified_at = row.validated_at = timezone.now()
row.state, row.validated_by = "validated", make.officer()
row.save()
"""
_UNLOCKED = """
from equipage.coordination.models import Action
Action.objects.filter(state="validated").update(
    state="cancelled", cancel_reason="x", verified_at=None, validated_at=None, validated_by=None)
"""


def test_what_the_association_has_validated_says_so_and_leads_there(stage: Site, phone: Phone) -> None:
    declared_offline(phone)
    phone.cut(False)
    all_sent(phone)
    stage.manage("shell", "--verbosity=0", "-c", _LOCKED)
    phone.page.get_by_role("link", name="Corriger").click()
    phone.page.get_by_role("button", name=loosely("1 h 30", whole=True)).click()
    phone.confirm()
    sees(phone.page, "L’action est validée ou retirée : elle ne se modifie plus")
    expect(phone.page.get_by_role("link", name="Ouvrir l’autre")).to_be_visible()
    phone.page.get_by_role("button", name="Abandonner la mienne").click()
    sees(phone.page, "n’est plus sur ce téléphone")
    assert [row["minutes"] for row in alive(stage)] == [45]
    stage.manage("shell", "--verbosity=0", "-c", _UNLOCKED)


def test_the_name_of_the_team_stays_with_the_declaration(phone: Phone) -> None:
    declared_offline(phone)
    phone.page.goto(LIST)
    sees(phone.page, TEAM)
    assert HUGO not in phone.page.content()
