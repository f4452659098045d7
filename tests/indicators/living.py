"""A region that acts and is paid, small enough to be masked here and there, made by the real verbs."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

from django.test import Client

from equipage.coordination.models import Presence
from equipage.foundation.periods import today
from tests import factories
from tests.compensation import factories as money
from tests.indicators.recount import day, raw
from tests.permissions.rows import make

ALONE, WITH_PATIENT, PLAN = "RCP_SANS_PATIENT", "RCP_AVEC_PATIENT", "PPS"
RATES = tuple({"action_code": code, "unit": "hour", "amount": "50.00"} for code in (ALONE, WITH_PATIENT, PLAN))
# The first moment at which the year of these facts is over, and one at which their month is.
YEAR = 2026
AFTER_THE_YEAR = datetime(2027, 2, 1, 12, tzinfo=UTC)
NEXT_MONTH = datetime(2026, 12, 2, 12, tzinfo=UTC)


def lived_region(teams: int = 9, *, few: int = 2) -> list[Any]:
    """`teams` teams that met and were paid today: two in Mayenne, the others in Maine-et-Loire.

    The first `few` of them also saw a patient together; every one wrote a plan. Their theme is their own.
    """
    money.scale(RATES)
    money.paying_account()
    places = ["53130"] * 2 + ["49092"] * (teams - 2)
    made = [money.paid_team(f"Équipe {rank}", place=factories.commune(code)) for rank, code in enumerate(places)]
    officer = factories.officer()
    absent = factories.nurse()
    for rank, team in enumerate(made):
        met = money.validated(team, by=officer, kind=ALONE, minutes=45)
        # Expected, and not there: counted nowhere.
        make(Presence, action=met, professional=absent, held_on=met.held_on, state="denied")
        money.validated(team, by=officer, kind=PLAN, minutes=30 + rank)
        if rank < few:
            money.validated(team, by=officer, kind=WITH_PATIENT, minutes=60, patients=1)
    money.executed(today(), by=officer)
    return made


def csv_of(client: Client, year: int = YEAR, region: str = "52") -> list[dict[str, str]]:
    """The lines of the public file, as a spreadsheet would read them."""
    answer = client.get(f"/comptes/{region}-{year}.csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def recounted(year: int, region: str = "52") -> dict[tuple[str, str], list[int]]:
    """What was done and paid in a year, from the raw tables, by nothing of the code it checks.

    By « fait » or « paye », then by code of a type or of a department: [teams, people, items, sum].
    """
    teams = {row["id"]: row for row in raw("teams_team")}
    actions = {row["id"]: row for row in raw("coordination_action")}
    found: dict[tuple[str, str], Any] = {}

    def add(nature: str, action: dict[str, Any], person: int | None, items: int, value: int) -> None:
        keys = (str(year), action["kind"], teams[action["team_id"]]["department_id"])
        for key in keys:
            cell = found.setdefault((nature, key), [set(), set(), 0, 0])
            cell[0].add(action["team_id"])
            cell[1] |= set() if person is None else {person}
            cell[2] += items
            cell[3] += value

    counted = {
        key: action
        for key, action in actions.items()
        if action["state"] in ("validated", "reversed")
        and (day(action["validated_at"]) or date.min).year == year
        and action["region_id"] == region
    }
    for action in counted.values():
        add("fait", action, None, 1, action["minutes"])
    for presence in raw("coordination_presence"):
        if presence["state"] == "confirmed" and presence["action_id"] in counted:
            add("fait", counted[presence["action_id"]], presence["professional_id"], 0, 0)
    for line in raw("compensation_claimline"):
        if line["state"] == "paid" and (day(line["paid_at"]) or date.min).year == year and line["region_id"] == region:
            add("paye", actions[line["action_id"]], line["professional_id"], 1, line["amount_cents"])
    return {key: [len(cell[0]), len(cell[1]), cell[2], cell[3]] for key, cell in found.items()}
