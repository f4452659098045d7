"""Remind those who must act before lines are paid: once, and not again within a week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from equipage.compensation.models import HindranceNotice
from equipage.compensation.piles import preview
from equipage.foundation import audit
from equipage.foundation.french import counted
from equipage.foundation.periods import Month
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.messaging.services import notify
from equipage.people.models import Professional
from equipage.people.roles import Role
from equipage.people.selectors import holders
from equipage.teams.models import Membership

AGAIN_AFTER = timedelta(days=7)

_SUBJECTS = {
    "member": "Il manque une étape avant de vous payer",
    "team": "Il manque une étape avant de payer votre équipe",
    "agency": "Des actions attendent une reconnaissance pour être payées",
}


@transaction.atomic
def remind(*, organisation: Any, month: Month, waits_for: str, actor: Any) -> int:
    """Tell each person who must act; how many were told. Whoever was told within a week is left in peace.

    Raises Refused when nobody is left to tell.
    """
    decision = can(actor, "compensation.prepare_run", organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    if waits_for not in HindranceNotice.WaitsFor.values:
        raise Refused("C'est à l'association d'agir : il n'y a personne à prévenir.", field="waits_for")
    # Two officers at once: the second finds what the first has told.
    type(organisation).objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    waiting = [line for line in preview(organisation, month).not_ready.lines if line.waits_for == waits_for]
    lines_of = recipients(waits_for, waiting)
    if not lines_of:
        raise Refused("Personne à prévenir n'a de compte ouvert : appelez, ou écrivez autrement.", field="waits_for")
    recent = set(recent_notices(organisation).filter(waits_for=waits_for).values_list("recipient_id", flat=True))
    left = {user: lines for user, lines in lines_of.items() if user.pk not in recent}
    if not left:
        raise Refused(
            "Chaque personne concernée a été prévenue il y a moins de sept jours : laissez-lui le temps de répondre.",
            field="waits_for",
        )
    for user, lines in left.items():
        _tell(organisation, month, waits_for, user, lines, actor)
    after = {"month": str(month), "waits_for": waits_for, "told": len(left)}
    audit.record(action="compensation.month.remind", obj=organisation, actor=actor, after=after)
    return len(left)


def recent_notices(organisation: Any) -> Any:
    """The reminders of the last seven days, the last first."""
    since = timezone.now() - AGAIN_AFTER
    return HindranceNotice.objects.filter(organisation=organisation, told_at__gt=since).order_by("-told_at", "-pk")


def recipients(waits_for: str, lines: Iterable[Any]) -> dict[Any, list[Any]]:
    """The accounts to tell, each with its lines."""
    found: dict[Any, list[Any]] = defaultdict(list)
    if waits_for == "member":
        accounts = _accounts(lines)
        for line in lines:
            if line.professional_id in accounts:
                found[accounts[line.professional_id]].append(line)
        return dict(found)
    by_team: dict[Any, list[Any]] = defaultdict(list)
    for line in lines:
        by_team[line.team].append(line)
    told = _leads(by_team) if waits_for == "team" else _agents(by_team)
    for team, rows in by_team.items():
        for user in told.get(team.pk, ()):
            found[user] += rows
    return dict(found)


def _accounts(lines: Iterable[Any]) -> dict[int, Any]:
    people = {line.professional_id for line in lines}
    rows = Professional.objects.filter(pk__in=people, user__is_active=True)
    return {row.pk: row.user for row in rows.select_related("user").order_by("pk")}


def _leads(teams: Iterable[Any]) -> dict[int, list[Any]]:
    rows = Membership.objects.in_force().filter(
        team__in=[team.pk for team in teams], role="lead", state="confirmed", professional__user__is_active=True
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows.select_related("professional__user").order_by("pk"):
        found[row.team_id].append(row.professional.user)
    return found


def _agents(teams: Iterable[Any]) -> dict[int, list[Any]]:
    where = {(team.region_id, team.department_id) for team in teams}
    roles = (Role.ARS_DEPARTMENT, Role.ARS_REGION)
    agents = {place: holders(*roles, region_id=place[0], department_id=place[1]) for place in where}
    return {team.pk: agents[team.region_id, team.department_id] for team in teams}


def _tell(organisation: Any, month: Month, waits_for: str, user: Any, lines: list[Any], actor: Any) -> None:
    row = HindranceNotice.objects.create(
        organisation=organisation,
        recipient=user,
        waits_for=waits_for,
        month=month.start,
        lines_count=len(lines),
        told_by=actor,
        told_at=timezone.now(),
    )
    count = counted(len(lines), "action validée attend d'être payée", "actions validées attendent d'être payées")
    missing = dict.fromkeys(sentence for line in lines for sentence in line.remarks)
    teams = dict.fromkeys(line.team.name for line in lines)
    whose = "" if waits_for == "member" else f" ({', '.join(teams)})"
    notify(
        user,
        "compensation.hindrance",
        _SUBJECTS[waits_for],
        f"{organisation.name} : {count}{whose}.\n\n{' '.join(missing)}",
        _link(waits_for, lines),
        urgent=True,
        key=f"hindrance:{row.pk}",
    )


def _link(waits_for: str, lines: list[Any]) -> str:
    if waits_for == "member":
        return reverse("compensation:mine")
    return reverse("teams:team", args=[lines[0].team_id])
