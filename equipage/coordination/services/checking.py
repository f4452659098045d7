"""What is checked of a declaration, from the day to the people: each refusal names its field and the way out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from equipage.coordination.rules import DAY_MINUTES, closed_reasons, early_kinds
from equipage.coordination.services.facts import Facts
from equipage.foundation.french import day, enumerate_words
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.people.models import Professional
from equipage.recognition.selectors import recognised_action_codes
from equipage.teams.models import Membership
from equipage.teams.rules import form_of

MOST_PATIENTS = 500


def require(actor: Any, action: str, obj: Any) -> None:
    """Refuse whoever may not, with the reason of the policy."""
    decision = can(actor, action, obj)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))


def clean(team: Any, facts: Facts) -> Facts:
    """The same facts without doubles, or Refused with the field at fault."""
    _check_day(team, facts)
    _check_kind(team, facts)
    if facts.minutes < 1:
        raise Refused("Indiquez une durée d'au moins une minute.", field="minutes")
    if facts.minutes > DAY_MINUTES:
        raise Refused("Une action tient dans une journée : la durée dépasse 24 heures.", field="minutes")
    if facts.patients < 0 or facts.patients > MOST_PATIENTS:
        raise Refused(f"Le nombre de patients va de 0 à {MOST_PATIENTS}.", field="patients")
    return replace(facts, present=_check_people(team, facts))


def _check_day(team: Any, facts: Facts) -> None:
    held_on = facts.held_on
    if held_on > today():
        raise Refused(
            f"Le {day(held_on)} est dans le futur : déclarez l'action une fois qu'elle a eu lieu.", field="held_on"
        )
    if team.recognised_on is None or team.state != "recognised":
        raise Refused("L'équipe n'est pas reconnue : ses actions se déclarent à partir de la décision de l'ARS.")
    if held_on < team.recognised_on and not _may_be_early(team, facts):
        raise Refused(
            f"L'équipe est reconnue depuis le {day(team.recognised_on)} : une action du {day(held_on)} est antérieure.",
            field="held_on",
        )


def _may_be_early(team: Any, facts: Facts) -> bool:
    """Writing the project comes before its recognition, among people who were already members."""
    members = Membership.objects.filter(team=team, valid_from__lte=facts.held_on)
    return facts.kind in early_kinds(team, today()) and members.exists()


def _check_kind(team: Any, facts: Facts) -> None:
    catalogue = form_of(team, facts.held_on).actions
    if facts.kind not in catalogue:
        raise Refused("Choisissez un type d'action de la liste.", field="kind")
    if facts.kind not in _announced(team, facts):
        raise Refused(
            f"« {catalogue[facts.kind].short_label} » n'est pas dans le projet reconnu de l'équipe : "
            "choisissez un autre type, ou faites évoluer le projet.",
            field="kind",
        )
    closed = closed_reasons(team, facts.kind, facts.held_on)
    if closed:
        raise Refused(" ".join(closed), field="kind")


def _announced(team: Any, facts: Facts) -> list[str]:
    """The kinds of the project recognised that day; for one that comes before it, those of today's project."""
    early = facts.held_on < team.recognised_on
    return recognised_action_codes(team, today() if early else facts.held_on)


def _check_people(team: Any, facts: Facts) -> tuple[int, ...]:
    present = tuple(dict.fromkeys(facts.present))
    if not present:
        raise Refused("Indiquez qui était là : au moins une personne.", field="present")
    members = members_among(team, present, facts.held_on)
    strangers = [pk for pk in present if pk not in members]
    if strangers:
        names = [str(person) for person in Professional.objects.filter(pk__in=strangers)]
        who = enumerate_words(names) or "cette personne"
        raise Refused(f"Le {day(facts.held_on)}, {who} n'était pas membre de l'équipe.", field="present")
    return present


def members_among(team: Any, people: tuple[int, ...], on: date) -> set[int]:
    """Those of these professionals who were confirmed members of the team on that day."""
    return set(
        Membership.objects.in_force(on)
        .filter(team=team, professional_id__in=people, state__in=("confirmed", "left"))
        .values_list("professional_id", flat=True)
    )
