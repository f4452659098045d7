"""What a phone keeps so that its card works without a network (carnet): few things, short names, no patient."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from django.conf import settings

from equipage.coordination.forms import proposed
from equipage.coordination.models import Action
from equipage.coordination.parcels import LONGEST_WORDS
from equipage.coordination.selectors import Kind, declarable_teams, kinds_of, told_after, usual_team
from equipage.coordination.services import Facts, facts_of
from equipage.coordination.services.checking import MOST_PATIENTS
from equipage.foundation.french import counted, enumerate_words, typographic
from equipage.foundation.periods import now, today
from equipage.teams.models import Membership, Team
from equipage.teams.rules import form_of

# The words of the rules that a phone can know by itself; a test compares each with what the verb says.
SENTENCES = {
    "kind": "Choisissez un type d'action de la liste.",
    "minutes_missing": "Indiquez la durée en minutes.",
    "minutes_unreadable": "Écrivez la durée en minutes, en chiffres : 45.",
    "minutes_short": "Indiquez une durée d'au moins une minute.",
    "minutes_long": "Une action tient dans une journée : la durée dépasse 24 heures.",
    "nobody": "Indiquez qui était là : au moins une personne.",
    "stranger": "Le {day}, {who} n'était pas membre de l'équipe.",
    "patients": f"Le nombre de patients va de 0 à {MOST_PATIENTS}.",
    "day_missing": "Indiquez le jour de l'action.",
    "day_unreadable": "Écrivez une date, par exemple 14/10/2026.",
    "future": "Le {day} est dans le futur : déclarez l'action une fois qu'elle a eu lieu.",
    "early": "L'équipe est reconnue depuis le {since} : une action du {day} est antérieure.",
    "words_long": f"Ce texte tient en {LONGEST_WORDS} signes : raccourcissez-le.",
}


def carnet(user: Any) -> dict[str, Any]:
    """The teams in which this person declares, with what the card shows and checks; two queries a team and some."""
    teams = list(declarable_teams(user).prefetch_related("themes"))
    people = _people(teams)
    usual = usual_team(user)
    return {
        "owner": user.pk,
        "days": settings.OFFLINE_DAYS,
        "now": now().isoformat(),
        "usual": usual.pk if usual else 0,
        "teams": [_team(team, user, people.get(team.pk, [])) for team in teams],
        "sentences": {name: typographic(sentence) for name, sentence in SENTENCES.items()},
    }


def _team(team: Team, user: Any, people: list[dict[str, Any]]) -> dict[str, Any]:
    kinds = kinds_of(team, today())
    facts, origin = proposed(user, team, kinds)
    return {
        "id": team.pk,
        "name": team.name,
        "since": team.recognised_on.isoformat() if team.recognised_on else "",
        "kinds": [_kind(team, kind) for kind in kinds],
        "people": people,
        "themes": [theme.label for theme in team.themes.all()],
        "proposal": facts_json(facts),
        "origin": origin,
    }


def _kind(team: Team, kind: Kind) -> dict[str, Any]:
    action = form_of(team, today()).action(kind.code)
    rule = action.min_participants
    return {
        "code": kind.code,
        "label": kind.label,
        "blocked": typographic(" ".join(kind.blocked)),
        "early": action.before_recognition,
        "voices": max(1, int(rule.effective)) if rule is not None else 1,
    }


def _people(teams: list[Team]) -> dict[int, list[dict[str, Any]]]:
    """The members of each team that the card offers, with the days of their last membership."""
    rows = (
        Membership.objects.filter(team__in=teams, state__in=("confirmed", "left"))
        .select_related("professional")
        .order_by("valid_from", "id")
    )
    found: dict[int, dict[int, Membership]] = {}
    for member in rows:
        found.setdefault(member.team_id, {})[member.professional_id] = member
    return {team: _named(list(members.values())) for team, members in found.items()}


def _named(members: list[Membership]) -> list[dict[str, Any]]:
    """Short names; two people who would share one keep their whole first name."""
    short = Counter(_short(member.professional) for member in members)
    order = sorted(
        members, key=lambda m: (m.state == "left", m.professional.last_name, m.professional.first_name, m.pk)
    )
    return [
        {
            "id": member.professional_id,
            "name": _short(member.professional)
            if short[_short(member.professional)] == 1
            else member.professional.formal_name,
            "gone": member.state == "left",
            "from": member.valid_from.isoformat(),
            "to": member.valid_to.isoformat() if member.valid_to else "",
        }
        for member in order
    ]


def _short(professional: Any) -> str:
    """ "Dr H. Martin", "C. Besnard"."""
    title = "Dr " if professional.formal_name.startswith("Dr ") else ""
    return f"{title}{professional.first_name[:1]}. {professional.last_name}"


def facts_json(facts: Facts) -> dict[str, Any]:
    """Facts as the phone keeps them."""
    return {
        **asdict(facts),
        "held_on": facts.held_on.isoformat(),
        "present": list(facts.present),
        "starts_at": facts.starts_at.strftime("%H:%M") if facts.starts_at else "",
    }


def existing_json(action: Action, label: str) -> dict[str, Any]:
    """Another version of an action, for somebody who sees it: what, who, by whom."""
    people = [presence.professional.formal_name for presence in action.presences.select_related("professional")]
    return {
        "label": label,
        "facts": facts_json(facts_of(action)),
        "people": enumerate_words(people),
        "by": f"par {action.declared_by.full_name}",
    }


def amounts(action: Action, user: Any) -> str:
    """What higher floors say that it makes: an estimate, the share of the envelope."""
    return " ".join(said for tell in told_after if (said := tell(action, user)))


def awaited(action: Action) -> str:
    """Whose voice is still missing, in one sentence; empty when nobody's is."""
    rows = action.presences.filter(state="expected").select_related("professional").order_by("id")
    names = [presence.professional.formal_name for presence in rows]
    if not names:
        return ""
    return f"On attend encore {counted(len(names), 'voix', 'voix')} : {enumerate_words(names)}."
