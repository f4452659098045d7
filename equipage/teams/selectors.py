"""Reading teams: one's own, the members with what each counts for, the gauge, what waits for whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from equipage.foundation import audit
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.french import counted, day
from equipage.foundation.periods import today
from equipage.people.models import Professional
from equipage.people.roles import Role
from equipage.people.selectors import occupation_and_place, with_places
from equipage.rules.answer import Answer, Reason
from equipage.teams.models import Membership, Team, TeamTheme
from equipage.teams.rules import check_members, form_of

_SHOWN_CARDS = 30


@dataclass(frozen=True)
class MemberLine:
    """A member as the page shows them: whether they count today, and if not why."""

    membership: Membership
    person: Professional
    detail: str
    counts: bool
    reasons: tuple[Reason, ...]
    until: date | None

    @property
    def uncertain(self) -> bool:
        """Approached, not confirmed (pressenti): welcome, and not counted."""
        return bool(self.membership.state == "uncertain")

    @property
    def other_reasons(self) -> list[Reason]:
        """Why the person does not count, beyond being uncertain."""
        return [reason for reason in self.reasons if reason.code != "uncertain"]


@dataclass(frozen=True)
class Gauge:
    """The composition of a team on a day: what is there, what is missing, which rule says so."""

    answer: Answer
    members: list[MemberLine]
    value: int
    maximum: int
    shown: str
    headline: str
    invited: list[MemberLine] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.answer.ok

    @property
    def tone(self) -> str:
        return "ok" if self.answer.ok else "wait"


def memberships_on(team: Team, on: date) -> list[Membership]:
    """Memberships of a day with people and places, leads first; four queries whatever the number."""
    rows = team.memberships.in_force(on).select_related("professional", "professional__user", "added_by")
    return list(
        rows.prefetch_related("professional__practices__commune").order_by(
            "role", "professional__last_name", "professional__first_name", "id"
        )
    )


def gauge_of(team: Team, on: date | None = None) -> Gauge:
    """The live gauge. The same answer as the guard of the meeting request: one rule, one function."""
    moment = on or today()
    rows = memberships_on(team, moment)
    answer = check_members(team, rows, moment)
    by_key = {item.key: item for item in answer.members}
    lines = [_line(row, by_key[row.professional.rpps]) for row in rows]
    needs = form_of(team, moment).composition.requirements
    maximum = sum(need.minimum for need in needs if not need.gate)
    value = maximum - sum(answer.missing.get(need.key, 0) for need in needs if not need.gate)
    headline = (
        "La composition est complète" if answer.ok else answer.reasons[0].sentence.split(" : ")[0].split("\u202f:")[0]
    )
    shown = f"{counted(answer.counted, 'personne compte', 'personnes comptent')}"
    return Gauge(answer, lines, value, maximum, shown, headline.rstrip("."))


def _line(row: Membership, answer: Answer) -> MemberLine:
    person = row.professional
    return MemberLine(row, person, occupation_and_place(person), answer.ok, answer.reasons, row.valid_to)


def to_come(team: Team) -> list[Membership]:
    """Memberships that begin later."""
    rows = team.memberships.filter(valid_from__gt=today(), state__in=("uncertain", "confirmed"))
    return list(rows.select_related("professional").order_by("valid_from", "id"))


def former(team: Team) -> list[Membership]:
    """Who was a member and no longer is, last to leave first."""
    rows = team.memberships.filter(state="left", valid_to__lte=today())
    return list(rows.select_related("professional").order_by("-valid_to", "-id"))


def leads(team: Team) -> list[Membership]:
    """The people who answer for the team today (référents)."""
    rows = team.memberships.in_force().filter(role="lead", state__in=("confirmed", "left"))
    return list(rows.select_related("professional__user").order_by("professional__last_name", "id"))


def accounts_of(team: Team) -> list[Any]:
    """The accounts of the confirmed members of today, for notices."""
    rows = team.memberships.in_force().filter(state="confirmed", professional__user__is_active=True)
    return [row.professional.user for row in rows.select_related("professional__user").order_by("id")]


def members_on(team: Team, on: date) -> list[Professional]:
    """The professionals who were confirmed members on a day, by name: who may take part in an action of that day."""
    rows = team.memberships.in_force(on).filter(state__in=("confirmed", "left")).order_by().values("professional_id")
    return list(with_places(Professional.objects.filter(pk__in=rows)).order_by("last_name", "first_name", "id"))


def teams_of(user: Any, *states: str) -> QuerySet[Team]:
    """The teams in which this professional is a confirmed member today, by name; those in `states` when given."""
    person = user.professional_or_none
    if person is None:
        return Team.objects.none()
    own = Membership.objects.in_force().filter(professional=person, state__in=("confirmed", "left"))
    rows = Team.objects.filter(pk__in=own.order_by().values("team_id")).select_related("commune")
    return (rows.filter(state__in=states) if states else rows).order_by("name", "id")


def shown_publicly() -> QuerySet[Team]:
    """The recognised teams that agreed to be shown to the public, unordered.

    The consent of the team is the right (droit) here, so nobody is asked who they are. It is read anew each time: a
    withdrawal, or the closing of the team, takes effect at once. Whoever calls this shows of a team its name, form,
    commune, themes and year of recognition, and never a person.
    """
    return Team.objects.filter(shown_publicly=True, state="recognised")


def invitations_of(user: Any) -> list[Membership]:
    """The teams that wait for this person's answer."""
    person = user.professional_or_none
    if person is None:
        return []
    rows = Membership.objects.filter(professional=person, state="uncertain").exclude(team__state="closed")
    return list(rows.select_related("team__commune", "added_by").order_by("valid_from", "id"))


def message_of(membership: Membership) -> str:
    """What the person who invites wrote, kept in the journal."""
    links = AuditEntry.objects.filter(about=audit.about(membership), action="teams.membership.add").order_by("id")
    return links.values_list("comment", flat=True).first() or ""


# --- what waits for whom (cards of the home page) ---------------------------------------------------------------------


def waiting_for_professional(user: Any) -> list[dict[str, Any]]:
    """Invitations to answer, teams to complete, themes to choose."""
    cards = [_invitation_card(row) for row in invitations_of(user)]
    for team in teams_of(user, "forming"):
        cards.append(_forming_card(team))
    without = ~Exists(TeamTheme.objects.filter(team=OuterRef("pk")))
    for team in teams_of(user, "accompanied").filter(without):
        cards.append(
            {
                "title": f"Choisissez vos thèmes, {team.name}",
                "sentence": "La rencontre a eu lieu : dites sur quoi vous voulez travailler pour vos patients communs.",
                "since": team.met_on,
                "url": reverse("teams:themes", args=[team.pk]),
                "action": "Choisir",
            }
        )
    return cards


def _invitation_card(row: Membership) -> dict[str, Any]:
    return {
        "title": f"{row.added_by.full_name} vous propose de rejoindre {row.team.name}",
        "sentence": f"Une équipe de {row.team.commune.label}. Vous ne comptez dans l'équipe qu'après votre accord.",
        "since": row.valid_from,
        "url": reverse("teams:invitation", args=[row.pk]),
        "action": "Répondre",
    }


def _forming_card(team: Team) -> dict[str, Any]:
    gauge = gauge_of(team)
    card = {"since": team.created_at, "tag": "Composition"}
    if gauge.ok:
        sentence = "La composition est complète. L'étape suivante : demander à rencontrer l'association."
        url, action = reverse("teams:team", args=[team.pk]), "Continuer"
    else:
        sentence = f"{gauge.headline}. {gauge.answer.reasons[0].way_out}"
        url, action = reverse("teams:members", args=[team.pk]), "Compléter"
    return {**card, "title": team.name, "sentence": sentence, "url": url, "action": action}


def moving_for_professional(user: Any) -> list[dict[str, Any]]:
    """What the association has in hand."""
    return [
        {
            "title": f"Rencontre demandée, {team.name}",
            "sentence": "L'association vous propose une date.",
            "who": "L'association",
            "since": team.meeting_requested_at,
            "url": reverse("teams:team", args=[team.pk]),
            "action": "Voir",
        }
        for team in teams_of(user, "meeting_requested")
    ]


def waiting_for_association(user: Any) -> list[dict[str, Any]]:
    """Teams that asked to meet, the oldest request first; for the officers only."""
    regions = user.regions_for(Role.ASSOCIATION_OFFICER)
    if not regions:
        return []
    rows = Team.objects.filter(Q(region_id__in=sorted(regions)), state="meeting_requested").select_related("commune")
    return [
        {
            "title": f"{team.name} demande à vous rencontrer",
            "sentence": f"Une équipe de {team.commune.label}, dont la composition est complète.",
            "since": team.meeting_requested_at,
            "url": reverse("teams:team", args=[team.pk]),
            "action": "Voir l'équipe",
        }
        for team in rows.order_by("meeting_requested_at", "id")[:_SHOWN_CARDS]
    ]


def member_since(row: Membership) -> str:
    """« depuis le 3 mars 2025 », with the last day when it is known."""
    begun = f"depuis le {day(row.valid_from)}"
    return f"{begun}, jusqu'au {day(row.valid_to)} (exclu)" if row.valid_to else begun
