"""Who sees the recognition files: the team, the agency that decides, the association that accompanies."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.documents import about_any, register_kind
from equipage.foundation.policies import NOTHING, Decision, decide, policy, visibility
from equipage.people.roles import ASSOCIATION_ROLES
from equipage.recognition.models import RecognitionFile
from equipage.teams.actors import AGENCY, LEAD, MEMBER
from equipage.teams.policies import own_team_ids, teams_seen_by_staff


@visibility("recognition.RecognitionFile")
def files(user: Any) -> Q:
    own = Q(team_id__in=own_team_ids(user)) if user.professional_or_none else NOTHING
    return own | teams_seen_by_staff(user, prefix="team__")


@visibility("recognition.Complement")
def complements(user: Any) -> Q:
    own = Q(file__team_id__in=own_team_ids(user)) if user.professional_or_none else NOTHING
    return own | teams_seen_by_staff(user, prefix="file__team__")


@policy("recognition.submit_project")
def submit_project(user: Any, project: Any) -> Decision:
    return decide(LEAD.test(user, project), "La personne référente de l'équipe dépose le projet.")


@policy("recognition.instruct_file")
def instruct_file(user: Any, file: Any) -> Decision:
    return decide(AGENCY.test(user, file), "Le dossier est instruit par l'ARS du département ou de la région.")


@policy("recognition.answer_complement")
def answer_complement(user: Any, file: Any) -> Decision:
    return decide(MEMBER.test(user, file), "La réponse vient d'un membre confirmé de l'équipe.")


@policy("recognition.read_brief")
def read_brief(user: Any, file: Any) -> Decision:
    """The brief compares with other teams: for the agency and the association, never for a member of the team."""
    team = file.team
    staff = AGENCY.test(user, file) or team.region_id in user.regions_for(*ASSOCIATION_ROLES)
    return decide(
        staff and not MEMBER.test(user, file),
        "La comparaison avec les équipes voisines est réservée à l'ARS et à l'association.",
    )


for kind in ("recognition.receipt", "recognition.letter"):
    register_kind(kind, visible=lambda user: about_any(RecognitionFile.objects.visible_to(user)))
