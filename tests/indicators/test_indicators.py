"""The national indicators: dates decide, the recount agrees, the page and the command give the same bytes."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.indicators.models import YearAccount
from equipage.indicators.rules import (
    OWN_THEME,
    FileFacts,
    TeamFacts,
    calendar,
    campaign_of,
    recent_campaigns,
    under_way,
)
from equipage.indicators.selectors import dashboard, national
from equipage.people.models import User
from equipage.teams.models import Team
from equipage.territory.services import load_territory
from equipage.web.demo.load import load_demo
from tests import factories
from tests.indicators.living import csv_of, recounted
from tests.indicators.recount import recount

DAY = date(2026, 8, 31)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("files", "closed", "expected"),
    [
        ([], None, False),
        ([FileFacts(DAY, None, "submitted")], None, True),
        ([FileFacts(AFTER, None, "submitted")], None, False),
        ([FileFacts(BEFORE, DAY, "recognised")], None, True),
        ([FileFacts(BEFORE, DAY, "refused")], None, False),
        # Refused since: that day it was still being read.
        ([FileFacts(BEFORE, AFTER, "refused")], None, True),
        ([FileFacts(BEFORE, DAY, "withdrawn")], None, False),
        ([FileFacts(BEFORE, BEFORE, "refused"), FileFacts(DAY, None, "in_review")], None, True),
        ([FileFacts(BEFORE, BEFORE, "recognised")], DAY, False),
        ([FileFacts(BEFORE, BEFORE, "recognised")], AFTER, True),
        # An evolution that was refused takes nothing away from the project in force.
        ([FileFacts(BEFORE, BEFORE, "recognised"), FileFacts(DAY, DAY, "refused")], None, True),
    ],
)
def test_under_way_is_a_matter_of_dates(files: list[FileFacts], closed: date | None, expected: bool) -> None:
    assert under_way(TeamFacts("52", closed, files), DAY) is expected


def test_the_calendar_comes_from_the_rules_and_says_that_it_is_a_working_value() -> None:
    days, rule = calendar(2026)
    assert days == [date(2026, 4, 30), date(2026, 8, 31), date(2026, 12, 31)]
    assert rule.is_assumption


def test_a_running_campaign_is_provisional() -> None:
    running = campaign_of(2026, 3, date(2026, 11, 22))
    assert running.provisional and running.reference_day == date(2026, 11, 22)
    over = campaign_of(2026, 2, date(2026, 11, 22))
    assert not over.provisional and over.reference_day == date(2026, 8, 31)


@pytest.mark.parametrize(
    ("year", "number", "sentence"),
    [
        (2026, 4, "de 1 à 3"),
        (2026, 0, "de 1 à 3"),
        (2016, 1, "de 2017"),
        (2031, 1, "de 2017"),
        (2026, 3, "commence le"),
    ],
)
def test_a_campaign_that_is_not_there_is_refused(year: int, number: int, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        campaign_of(year, number, date(2026, 6, 1))


def test_recent_campaigns_are_the_newest_first() -> None:
    found = [(c.year, c.number) for c in recent_campaigns(date(2026, 5, 2))]
    assert found == [(2026, 2), (2026, 1), (2025, 3), (2025, 2), (2025, 1), (2024, 3)]


@pytest.mark.slow
@pytest.mark.django_db
def test_the_recount_agrees_at_every_campaign(client: Client) -> None:
    load_territory(region="52")
    load_demo(teams=40, seed=3, today=today())
    totals = set()
    for campaign in recent_campaigns(today()):
        found, again = national(campaign), recount(campaign.reference_day)
        totals.add(found.total)
        by_key = {breakdown.key: breakdown for breakdown in found.breakdowns}
        assert found.total == again["total"]
        assert {pile.code: pile.count for pile in by_key["region"].piles} == again["region"]
        assert {pile.code: pile.count for pile in by_key["actor_type"].piles} == again["actor_type"]
        named = {pile.label: pile.count for pile in by_key["theme"].piles if pile.code != OWN_THEME}
        assert named == {label: count for label, count in again["theme"].items() if label in named}
        assert sum(p.count for p in by_key["region"].piles) == found.total
    assert len(totals) > 2, "six campaigns that all give the same figures prove little"
    _page_and_command_agree(client)
    _accounts_agree(Client())


def _accounts_agree(stranger: Client) -> None:
    """The public account of the demo, every line that is not masked, against the raw tables."""
    shown = 0
    for account in YearAccount.objects.filter(complete=True).order_by("year"):
        again = recounted(account.year)
        for line in csv_of(stranger, account.year):
            key = (line["nature"], line["code"])
            if key in again and not line["masque"]:
                value = line["minutes"] if line["nature"] == "fait" else line["montant_centimes"]
                assert [int(line["equipes"]), int(value)] == [again[key][0], again[key][3]], (account.year, key)
                shown += 1
    assert shown >= 10
    page = stranger.get(reverse("indicators:account"))
    assert page.status_code == 200 and "ont été versés" in page.content.decode()


def _page_and_command_agree(client: Client) -> None:
    client.force_login(User.objects.get(first_name="Denis", last_name="Quéméneur"))
    chosen = recent_campaigns(today())[1]
    for kind in ("csv", "json"):
        page = client.get(reverse("indicators:national_file", args=[chosen.year, chosen.number, kind]))
        out = io.StringIO()
        words = [f"--year={chosen.year}", f"--campaign={chosen.number}", f"--format={kind}", "--territory=52"]
        call_command("indicators", "national", *words, stdout=out)
        assert page.content.decode() == out.getvalue()
    shown = client.get(reverse("indicators:national"), {"annee": chosen.year, "campagne": chosen.number})
    total = json.loads(page.content)["total"]
    assert f"{total}" in shown.content.decode()
    assert client.get(reverse("indicators:region")).status_code == 200


@pytest.mark.django_db
def test_only_the_association_and_the_region_read_figures(client: Client) -> None:
    for person, expected in (
        (factories.ars_region(), 200),
        (factories.officer(), 200),
        (factories.ars_department(), 404),
        (factories.nurse().user, 404),
    ):
        client.force_login(person)
        answer = client.get(reverse("indicators:national")).status_code
        assert answer == expected or (expected == 404 and answer in (403, 404))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked", ["annee=2026&campagne=9", "annee=x&campagne=1", "annee=2099&campagne=1", "annee=2026"]
)
def test_a_wrong_campaign_is_said_on_the_page(client: Client, asked: str) -> None:
    client.force_login(factories.ars_region())
    answer = client.get(f"{reverse('indicators:national')}?{asked}")
    assert answer.status_code == 422
    assert "existe pas" in answer.content.decode()


@pytest.mark.django_db
def test_reading_takes_as_many_queries_for_two_teams_as_for_fifty() -> None:
    officer = factories.officer()
    counts = []
    for number in (2, 48):
        for _ in range(number):
            factories.recognised_team()
        with CaptureQueriesContext(connection) as seen:
            national(campaign_of(today().year - 1, 3, today()))
            dashboard(factories.fresh(officer))
        counts.append(len(seen))
    assert Team.objects.count() == 50
    assert counts[0] == counts[1] <= 20


@pytest.mark.django_db
def test_the_dashboard_counts_what_is_there() -> None:
    officer = factories.officer()
    factories.recognised_team()
    factories.team()
    found = dashboard(officer)
    states = dict(zip([state.name for state in found.states], found.total, strict=True))
    assert states["recognised"] == 1 and states["forming"] == 1
    assert sum(found.total) == 2


@pytest.mark.django_db
def test_the_command_refuses_with_a_sentence() -> None:
    for words in (["--campaign=9"], ["--campaign=1", "--territory=nulle-part"]):
        with pytest.raises(CommandError, match=r"campagnes|territoire"):
            call_command("indicators", "national", f"--year={today().year - 1}", *words)
