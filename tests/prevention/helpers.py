"""What the tests of prevention and education share: a team that may do both, an action, a programme, their forms."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse

from equipage.foundation.periods import add_months, today
from equipage.prevention import services
from equipage.prevention.models import PreventionAction, Programme
from equipage.prevention.services import ActionGiven, IndicatorGiven, ProgrammeGiven, SessionGiven
from equipage.recognition.models import RecognitionFile
from equipage.teams.models import Team
from tests import chain, factories

CODES = ["RCP_SANS_PATIENT", "PREVENTION", "ETP"]
RNA = "W491000001"
SINCE = date(2024, 3, 1)


def team(*, days_ago: int = 300, codes: list[str] | None = None, association: bool = True, **options: Any) -> Any:
    """A recognised team of a nurse (lead) and a GP, an association since 2024, recognised some days ago."""
    named: dict[str, Any] = (
        {"association_name": "Association d'essai", "association_rna": RNA, "association_since": SINCE}
        if association
        else {}
    )
    begun = factories.complete_team(
        state="accompanied", themes=("Asthme",), since=today() - timedelta(days=900), **named, **options
    )
    made = chain.recognised(begun, actions=codes or CODES)
    day = today() - timedelta(days=days_ago)
    Team.objects.filter(pk=made.pk).update(recognised_on=day)
    RecognitionFile.objects.filter(team=made).update(decided_on=day)
    return factories.fresh(made)


def people(of: Any) -> list[Any]:
    """The professionals of the team, the lead first."""
    rows = of.memberships.order_by("id").select_related("professional__user")
    return [row.professional for row in rows]


def action_given(of: Any, **more: Any) -> ActionGiven:
    """A prevention action that goes on now, with one indicator."""
    values: dict[str, Any] = {
        "title": "Mois sans tabac",
        "theme": "Tabac",
        "audience": "Habitants de la commune",
        "place": "Salle des fêtes",
        "first_on": today() - timedelta(days=20),
        "last_on": today() + timedelta(days=10),
        "partners": "Mairie\nCentre social",
        "objectives": "Aider à arrêter.",
        "responsible": people(of)[0],
        "indicators": (IndicatorGiven("Personnes reçues", "personnes", Decimal(40)),),
    }
    return ActionGiven(**{**values, **more})


def action(of: Any, *, actor: Any = None, **more: Any) -> PreventionAction:
    """A prevention action, made by the verb."""
    return services.create_action(actor=actor or factories.lead_of(of), team=of, given=action_given(of, **more))


def programme_given(of: Any, **more: Any) -> ProgrammeGiven:
    """A whole file: a nurse coordinates, a GP takes part."""
    lead, doctor = people(of)[:2]
    values: dict[str, Any] = {
        "title": "Vivre avec son asthme",
        "theme": "Asthme",
        "coordinator": lead,
        "population": "Adultes asthmatiques.",
        "aims": "Mieux utiliser son traitement.",
        "course": "Bilan partagé, trois ateliers, évaluation.",
        "organisation": "Ateliers à deux.",
        "funding": "Aucune",
        "team_members": (doctor,),
    }
    return ProgrammeGiven(**{**values, **more})


def programme(of: Any, **more: Any) -> Programme:
    """A programme still to be declared, made by the verb."""
    return services.create_programme(actor=factories.lead_of(of), team=of, given=programme_given(of, **more))


def declared(of: Any, sent_on: date, **more: Any) -> Programme:
    """A programme whose declaration was sent that day."""
    lead = factories.lead_of(of)
    row = services.state_on_honour(actor=lead, programme=programme(of, **more))
    return services.send(row, actor=lead, sent_on=sent_on)


def complete(of: Any, **more: Any) -> Programme:
    """A programme acknowledged by the agency three months ago."""
    row = declared(of, add_months(today(), -4), **more)
    return services.acknowledge(
        row, actor=factories.lead_of(of), acknowledged_on=add_months(today(), -3), number="ETP-52-001"
    )


def session_given(of: Any, **more: Any) -> SessionGiven:
    """A session of today, with the whole team."""
    values: dict[str, Any] = {
        "held_on": today(),
        "minutes": 90,
        "place": "Salle des fêtes",
        "audience": 12,
        "present": tuple(person.pk for person in people(of)),
    }
    return SessionGiven(**{**values, **more})


def session(of: Any, *, actor: Any = None, another: bool = False, outside: bool = False, **more: Any) -> Any:
    """A session, declared by the verb."""
    return services.declare_session(
        actor=actor or factories.lead_of(of),
        team=of,
        given=session_given(of, **more),
        client_key=uuid.uuid4(),
        another=another,
        outside=outside,
    )


def page(client: Any, user: Any, name: str, *args: Any, status: int = 200) -> str:
    """The text of a page as a person sees it, with plain apostrophes and spaces."""
    if user is not None:
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    answer = client.get(name if name.startswith("/") else reverse(f"prevention:{name}", args=args))
    assert answer.status_code == status, (name, answer.status_code)
    return plain(answer.content.decode())


def plain(text: str) -> str:
    return text.replace("’", "'").replace("&#x27;", "'").replace("\u202f", " ").replace("\u00a0", " ")
