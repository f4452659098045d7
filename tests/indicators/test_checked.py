"""What the controls found, in public: counted once, masked under six, to the cent where it may be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from equipage.controls.models import Control
from equipage.controls.services import controls, draws
from equipage.indicators.checked import ADVERSE, OUTCOME, OUTCOMES, YearChecked
from equipage.indicators.masking import THRESHOLD
from equipage.indicators.models import AccountFigure, YearAccount
from equipage.indicators.publishing import GROUP
from equipage.indicators.services import keep_accounts
from tests import factories as people
from tests.compensation import factories as money
from tests.compensation.reading import text_of
from tests.controls.cast import OCTOBER, in_october, plan
from tests.indicators.living import AFTER_THE_YEAR, NEXT_MONTH, csv_of


@pytest.fixture(autouse=True)
def november() -> Any:
    with time_machine.travel(datetime(2026, 11, 22, 9, tzinfo=UTC), tick=True):
        yield


def controlled(outcomes: Sequence[str]) -> None:
    """A team for each outcome, whose only action (an hour of two people, 100 €) was drawn, and decided upon so."""
    money.scale()
    money.paying_account()
    plan()
    officer, treasurer = people.officer(), people.treasurer()
    for _ in outcomes:
        in_october(money.validated(money.paid_team(), minutes=60, by=officer))
    draw = draws.draw_month(people.organisation("association"), OCTOBER, actor=treasurer)
    for outcome, row in zip(outcomes, Control.objects.filter(draw=draw).order_by("action_id"), strict=True):
        if outcome == "cancelled":
            controls.cancel(row, actor=treasurer, reason="Tirée par erreur.")
            continue
        member = row.action.claim_lines.order_by("pk")[0].professional.user
        row = controls.answer(row, actor=member, words="La feuille.")
        if outcome == "in_order":
            controls.find_in_order(row, actor=treasurer, decision="Bien.")
            continue
        more: dict[str, Any] = {"minutes": 30} if outcome == "corrected" else {}
        row = controls.announce(row, actor=treasurer, outcome=outcome, reasons="Le registre.", **more)
        row = controls.answer(row, actor=member, words="Soit.")
        controls.confirm(row, actor=treasurer, decision="C'est décidé.")


def lines_of(client: Client) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["nature"], row["code"]): row for row in csv_of(client) if row["nature"] in ("controle", "repere")}


@pytest.mark.django_db
def test_the_results_of_a_year_are_public_once_it_is_over(client: Client) -> None:
    controlled(["in_order"] * 8 + ["corrected"] * 7 + ["not_in_order"] * 2 + ["cancelled"])
    keep_accounts(at=NEXT_MONTH)
    assert not AccountFigure.objects.filter(flow="checked").exists()
    assert YearAccount.objects.get().taken_cents is None
    keep_accounts(at=AFTER_THE_YEAR)
    lines = lines_of(client)
    whole = lines["controle", "2026"]
    assert [whole[name] for name in ("equipes", "personnes", "actions", "lignes", "montant_centimes")] == [
        "17",
        "34",
        "17",
        "",
        "",
    ]
    assert (lines["controle", "in_order"]["actions"], lines["controle", "in_order"]["libelle"]) == ("8", "En ordre")
    for code in ADVERSE:  # two teams are not in order: the next smallest row is masked with it
        assert lines["controle", code]["masque"] and not lines["controle", code]["actions"]
    assert lines["controle", GROUP]["actions"] == "9"
    assert lines["repere", "repris_apres_controle"]["montant_centimes"] == str(7 * 5000 + 2 * 10000)
    page = text_of(client.get("/comptes/?annee=2026"))
    assert "Ce que les contrôles ont trouvé 17 actions contrôlées ; repris après contrôle : 550,00 €." in page
    before = list(AccountFigure.objects.order_by("pk").values())
    keep_accounts(at=AFTER_THE_YEAR)
    assert list(AccountFigure.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_what_was_taken_from_few_teams_is_not_said(client: Client) -> None:
    controlled(["in_order"] * 8 + ["corrected"])
    keep_accounts(at=AFTER_THE_YEAR)
    assert YearAccount.objects.get().taken_cents is None
    lines = lines_of(client)
    assert lines["controle", "2026"]["actions"] == "9" and lines["controle", "corrected"]["masque"] == "< 6, masqué"
    assert lines["controle", "in_order"]["masque"] and lines["controle", GROUP]["actions"] == "9"
    taken = lines["repere", "repris_apres_controle"]
    assert (taken["montant_centimes"], taken["masque"]) == ("", "< 6, masqué")
    assert "repris après contrôle : < 6, masqué" in text_of(client.get("/comptes/?annee=2026")).replace("&lt;", "<")


@pytest.mark.django_db
def test_fewer_than_six_controlled_teams_say_nothing(client: Client) -> None:
    controlled(["in_order"] * 5)
    keep_accounts(at=AFTER_THE_YEAR)
    assert {nature for nature, _ in lines_of(client)} == {"repere"}
    assert "repris_apres_controle" not in {code for _, code in lines_of(client)}
    assert "Ce que les contrôles ont trouvé" not in text_of(client.get("/comptes/?annee=2026"))


@dataclass(frozen=True)
class Told:
    """A result, as controls say it."""

    team_id: int
    people: frozenset[int]
    outcome: str
    taken_cents: int
    region: str = "52"
    on: date = date(2026, 11, 22)


RESULTS = st.lists(
    st.builds(
        Told,
        st.integers(1, 9),
        st.frozensets(st.integers(1, 12), min_size=1, max_size=3),
        st.sampled_from(sorted(OUTCOMES)),
        st.integers(0, 20_000),
    ),
    max_size=40,
)


@given(RESULTS)
def test_nothing_said_of_controls_concerns_fewer_than_six(results: list[Told]) -> None:
    found = YearChecked()
    for one in results:
        found.add(one)
    against = [one for one in results if one.outcome in ADVERSE]
    for line in found.lines(2026):
        assert line.tally is None or (len(line.tally.teams) >= THRESHOLD and len(line.tally.people) >= THRESHOLD)
        assert line.tally is None or line.tally.cents == 0
    few = min(len({one.team_id for one in against}), len({key for one in against for key in one.people})) < THRESHOLD
    expected = None if few else sum(one.taken_cents for one in against)
    assert found.shown_taken_cents == expected
    said = [line for line in found.lines(2026) if line.dimension == OUTCOME and line.tally]
    assert not said or sum(line.tally.items for line in said if line.tally) == len(results)
