"""Who sees what of the vault: the author of a file, and the members of the team whom the patient recognises.

There is no role here: neither the association, the agency nor the platform's administration is named, and a person
who holds one of their roles has exactly the rights of the professional that they also are. There is no emergency door
either (« bris de glace »): a case of emergency is not coordination.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.clinical.models import Patient, Recognition
from equipage.clinical.states import professional_id
from equipage.foundation.policies import NOTHING, Decision, decide, policy, visibility
from equipage.teams.actors import is_member
from equipage.teams.policies import own_team_ids

CLOSED = "Ce dossier n'est pas ouvert à l'écriture."


def _patients(user: Any, prefix: str = "") -> Q:
    """The author always; a member while the file is open, the membership holds and the recognition stands."""
    person = professional_id(user)
    if person is None:
        return NOTHING
    # Read first, compared then: the two databases do not know each other.
    teams = sorted(own_team_ids(user).values_list("team_id", flat=True))
    recognised = Recognition.objects.filter(professional_id=person, state="recognised").order_by()
    member = {"state": "open", "team_id__in": teams, "pk__in": recognised.values("patient_id")}
    return Q(**{f"{prefix}author_id": person}) | Q(**{f"{prefix}{name}": value for name, value in member.items()})


@visibility("clinical.Patient")
def patients(user: Any) -> Q:
    return _patients(user)


@visibility("clinical.Recognition")
def recognitions(user: Any) -> Q:
    return _patients(user, "patient__")


@visibility("clinical.Plan")
def plans(user: Any) -> Q:
    return _patients(user, "patient__") & ~Q(patient__state="archived")


@visibility("clinical.PlanVersion")
def plan_versions(user: Any) -> Q:
    return _patients(user, "plan__patient__") & ~Q(plan__patient__state="archived")


@visibility("clinical.PlanReview")
def plan_reviews(user: Any) -> Q:
    return _patients(user, "plan__patient__") & ~Q(plan__patient__state="archived")


@visibility("clinical.Note")
def notes(user: Any) -> Q:
    return _patients(user, "patient__") & ~Q(patient__state="archived")


@visibility("clinical.ActionLink")
def action_links(user: Any) -> Q:
    return _patients(user, "plan__patient__") & ~Q(plan__patient__state="archived")


@visibility("clinical.JournalEntry")
def journal_entries(user: Any) -> Q:
    """Who read a file is told to those who may read it."""
    if professional_id(user) is None:
        return NOTHING
    return Q(patient__in=Patient.objects.filter(_patients(user)).order_by().values("pk"))


@visibility("clinical.JournalHead")
def journal_heads(user: Any) -> Q:
    return NOTHING


@visibility("clinical.DataKey")
def data_keys(user: Any) -> Q:
    return NOTHING


@policy("clinical.create_patient")
def create_patient(user: Any, team: Any) -> Decision:
    return decide(
        team.state == "recognised" and is_member(user, team),
        "Les dossiers partagés sont ouverts par les membres confirmés d'une équipe reconnue.",
    )


@policy("clinical.edit_patient")
def edit_patient(user: Any, patient: Any) -> Decision:
    """Write in a file: its card, plans, notes, what the patient says of members."""
    return decide(patient.opens_to(user), CLOSED)


@policy("clinical.keep_patient")
def keep_patient(user: Any, patient: Any) -> Decision:
    """Export, erase, hand over: the author alone."""
    return decide(professional_id(user) == patient.author_id, "Cela revient à la personne qui tient le dossier.")


@policy("clinical.take_over_patient")
def take_over_patient(user: Any, patient: Any) -> Decision:
    """A recognised member may take a file whose author is no longer in the team."""
    return decide(
        professional_id(user) != patient.author_id and patient.opens_to(user) and not patient.author_is_member(),
        "Un dossier se reprend quand la personne qui le tient a quitté l'équipe.",
    )
