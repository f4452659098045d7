"""Counts the national indicators again, another way: from the raw tables, row by row, without the code it checks."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

_PARIS = ZoneInfo("Europe/Paris")


def raw(table: str) -> list[dict[str, Any]]:
    """Every row of a table, as the database gives it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 (names written here)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def day(value: Any) -> date | None:
    """The day in Paris of whatever the engine gives: text on SQLite, dates on PostgreSQL."""
    if value is None:
        return None
    if isinstance(value, str):
        if len(value) == 10:
            return date.fromisoformat(value)
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=ZoneInfo("UTC"))
        return aware.astimezone(_PARIS).date()
    return value


def recount(on: date) -> dict[str, Any]:
    """Total and three breakdowns of the projects under way on a day: counts by region, theme label and profession."""
    found: dict[str, Any] = {"total": 0, "region": {}, "theme": {}, "actor_type": {}}
    files, versions, projects = (
        raw("recognition_recognitionfile"),
        raw("projects_projectversion"),
        raw("projects_project"),
    )
    members, people = raw("teams_membership"), {row["id"]: row for row in raw("people_professional")}
    project_of = {row["team_id"]: row["id"] for row in projects}
    for team in raw("teams_team"):
        closed = day(team["closed_at"])
        if closed and closed <= on:
            continue
        alive = False
        for file in files:
            if file["team_id"] != team["id"] or day(file["submitted_at"]) > on:  # type: ignore[operator]
                continue
            decided = day(file["decided_on"])
            undecided = decided is None or decided > on
            alive = alive or undecided or file["state"] == "recognised"
        if not alive:
            continue
        found["total"] += 1
        _add(found["region"], team["region_id"])
        frozen = [v for v in versions if v["project_id"] == project_of[team["id"]] and day(v["frozen_at"]) <= on]  # type: ignore[operator]
        last = max(frozen, key=lambda version: version["number"])
        content = json.loads(last["content"]) if isinstance(last["content"], str) else last["content"]
        for label in set(content["sections"]["themes"]["themes"]):
            _add(found["theme"], label)
        for code in {people[m["professional_id"]]["profession_code"] for m in members if _there(m, team["id"], on)}:
            _add(found["actor_type"], code)
    return found


def _there(member: dict[str, Any], team: int, on: date) -> bool:
    begun, end, sure = day(member["valid_from"]), day(member["valid_to"]), day(member["confirmed_at"])
    inside = begun is not None and begun <= on and (end is None or end > on) and sure is not None and sure <= on
    return bool(member["team_id"] == team and member["state"] in ("confirmed", "left") and inside)


def _add(counts: dict[str, int], key: str) -> None:
    counts[key] = counts.get(key, 0) + 1
