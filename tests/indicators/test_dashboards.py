"""The figures behind a right: a team reads its own, the association and the agency read those of their region."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from equipage.compensation.models import ClaimLine
from equipage.coordination.models import Action
from equipage.foundation.policies import can
from equipage.indicators.services import keep_accounts
from equipage.indicators.team_figures import team_year, team_years
from tests import factories
from tests.compensation import factories as money
from tests.indicators.living import ALONE, YEAR, lived_region, recounted
from tests.strict.flushing import triggers_asleep

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november() -> Any:
    """The facts are of November 2026, whenever the tests run."""
    with time_machine.travel(datetime(2026, 11, 20, 10, tzinfo=UTC)):
        yield


def words(answer: Any) -> str:
    tree = html.fromstring(answer.content.decode())
    return re.sub(r"\s+", " ", tree.xpath("//main")[0].text_content())


def page_of(team: Any, user: Any, query: str = "") -> Any:
    reader = Client()
    reader.force_login(user)
    return reader.get(reverse("indicators:of_team", args=[team.pk]) + query)


def test_a_team_reads_its_own_figures_beside_the_middle_of_the_region() -> None:
    teams = lived_region()
    keep_accounts()
    found = team_year(teams[0], YEAR)
    assert (found.whole.actions, found.whole.minutes) == (3, 45 + 30 + 60)
    assert [count.actions for count in found.kinds] == [1, 1, 1]
    assert [count.label for count in found.months] == ["Novembre"]
    assert found.paid_cents == 2 * sum((3750, 2500, 5000))
    assert [(one.own, one.middle) for one in found.beside][:2] == [(3, 2), (135, 81)]
    text = words(page_of(teams[0], factories.lead_of(teams[0])))
    assert "3 actions validées en 2026" in text and "2 h 15 passées ensemble" in text
    assert "Plan personnalisé de santé" in text and "ni un objectif ni un classement" in text
    assert not any(team.name in text for team in teams[1:])


def test_a_year_is_that_of_paris_and_two_years_make_a_trend() -> None:
    team = lived_region()[0]
    assert "D’une année à l’autre" not in words(page_of(team, factories.lead_of(team)))
    # 31 December at 23:30 UTC is already the next year in Paris.
    moved = Action.objects.filter(team=team).order_by("pk").first()
    assert moved is not None
    with triggers_asleep():
        Action.objects.filter(pk=moved.pk).update(validated_at=datetime(YEAR, 12, 31, 23, 30, tzinfo=UTC))
        ClaimLine.objects.filter(action=moved).update(paid_at=datetime(YEAR - 1, 12, 31, 22, 59, tzinfo=UTC))
    money_of = dict(ClaimLine.objects.filter(team=team).values_list("action_id").annotate(total=Sum("amount_cents")))
    gone = money_of[moved.pk]
    kept = sum(cents for action, cents in money_of.items() if action != moved.pk)
    assert [(one.year, one.actions, one.paid_cents) for one in team_years(team)] == [
        (YEAR + 1, 1, 0),
        (YEAR, 2, kept),
        (YEAR - 1, 0, gone),
    ]
    assert "D’une année à l’autre" in words(page_of(team, factories.lead_of(team)))


def test_no_comparison_below_six_teams() -> None:
    teams = lived_region(5)
    keep_accounts()
    assert team_year(teams[0], YEAR).beside == ()
    assert "Et dans la région" not in words(page_of(teams[0], factories.lead_of(teams[0])))


def test_a_team_that_did_nothing_yet_is_not_compared() -> None:
    lived_region()
    resting = money.recognised_team()
    keep_accounts()
    text = words(page_of(resting, factories.lead_of(resting)))
    assert "Aucune action validée en 2026" in text and "Voir les actions" in text
    assert "Et dans la région" not in text and "passées ensemble" not in text


def test_the_money_of_a_colleague_is_not_said_by_kind_nor_by_month() -> None:
    """In a team of two, a sum by action less one's own is the sum of the other."""
    team = lived_region(2)[0]
    content = page_of(team, factories.member_of(team)).content.decode()
    assert [found.strip() for found in re.findall(r"[\d\s\u202f]+,\d\d\u00a0€", content)] == ["225,00\u00a0€"]


def test_who_reads_the_figures_of_a_team() -> None:
    team, other = lived_region(2)
    uncertain = factories.gp()
    factories.join(team, uncertain, state="uncertain")
    for reader, expected in (
        (factories.member_of(team), 200),
        (factories.officer(), 200),
        (factories.ars_region(), 200),
        (factories.ars_department(department_code=team.department_id), 200),
        (factories.ars_department(department_code="44"), 404),
        (factories.lead_of(other), 404),
        (factories.fresh(uncertain.user), 404),
        (factories.platform_admin(), 404),
    ):
        assert page_of(team, reader).status_code == expected, reader
        allowed = can(reader, "indicators.read_team_figures", team).allowed
        assert allowed is (expected == 200)
    assert page_of(factories.team(), factories.officer()).status_code == 404


def test_the_tab_is_shown_to_those_who_may_read() -> None:
    team = lived_region(2)[0]
    address = reverse("indicators:of_team", args=[team.pk])
    for reader, shown in ((factories.member_of(team), True), (factories.platform_admin(), False)):
        client = Client()
        client.force_login(reader)
        content = client.get(reverse("teams:team", args=[team.pk])).content.decode()
        assert (f'href="{address}"' in content) is shown


def test_a_wrong_year_of_a_team_is_said() -> None:
    team = lived_region(2)[0]
    lead = factories.lead_of(team)
    for year in ("abc", "1999", "2031", "²026", "2026 "):
        answer = page_of(team, lead, f"?annee={year}")
        assert answer.status_code == 422, year
        assert "Choisissez une année de 2026 à 2026." in words(answer)
    assert page_of(team, lead, "?annee=2026").status_code == 200


def test_the_page_of_a_team_takes_as_many_queries_for_one_action_as_for_ten() -> None:
    team = lived_region(2)[0]
    lead, officer = factories.lead_of(team), factories.officer()
    page_of(team, lead)
    with CaptureQueriesContext(connection) as few:
        page_of(team, lead)
    for _ in range(10):
        money.validated(team, by=officer, kind=ALONE)
    with CaptureQueriesContext(connection) as many:
        page_of(team, lead)
    assert len(few) == len(many)


def region_page(user: Any, query: str = "") -> Any:
    reader = Client()
    reader.force_login(user)
    return reader.get(reverse("indicators:region") + query)


def test_whoever_answers_for_the_region_reads_it_without_a_mask() -> None:
    lived_region()
    keep_accounts()
    again = recounted(YEAR)
    for reader in (factories.officer(), factories.ars_region()):
        answer = region_page(reader)
        assert answer.status_code == 200
        assert "masqué" not in words(answer).split("Ce qui a été fait et payé")[1].replace("sans masque", "")
        tree = html.fromstring(answer.content.decode())
        rows = tree.xpath("//table[caption='Par département']/tbody/tr[contains(., 'Mayenne')]")
        cells = [re.sub(r"[^\d,]", "", cell.text_content()) for cell in rows[-1].xpath("./td")]
        done, paid = again["fait", "53"], again["paye", "53"]
        assert [int(cells[0]), int(cells[1])] == [done[0], done[2]]
        assert [int(cells[3]), int(cells[4]), int(cells[5].replace(",", ""))] == [paid[0], paid[2], paid[3]]


def test_another_region_reads_nothing_of_it() -> None:
    lived_region()
    keep_accounts()
    answer = region_page(factories.officer(region_code="53"))
    assert "Rien n’est encore compté" in words(answer)
    assert region_page(factories.officer(region_code="53"), "?region=52").status_code == 422
    assert region_page(factories.officer(), "?annee=abc").status_code == 422
