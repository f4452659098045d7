"""Who sees the actions: the team and the association. The agency sees sums, never a meeting."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.coordination.models import Action
from equipage.foundation.documents import about_any, register_attachment_kind
from equipage.foundation.policies import NOTHING, Decision, decide, policy, visibility
from equipage.people.roles import ASSOCIATION_ROLES
from equipage.teams.actors import LEAD, MEMBER, OFFICER
from equipage.teams.policies import by_scope, own_team_ids


def _through(user: Any, path: str) -> Q:
    own = Q(**{f"{path}team_id__in": own_team_ids(user)}) if user.professional_or_none else NOTHING
    return own | by_scope(user, regional=ASSOCIATION_ROLES, prefix=f"{path}team__")


@visibility("coordination.Action")
def actions(user: Any) -> Q:
    professional = user.professional_or_none
    present = Q(pk__in=professional.presences.order_by().values("action_id")) if professional else NOTHING
    return _through(user, "") | present


@visibility("coordination.Presence")
def presences(user: Any) -> Q:
    professional = user.professional_or_none
    own = Q(professional_id=professional.pk) if professional else NOTHING
    return _through(user, "action__") | own


@policy("coordination.declare_action")
def declare_action(user: Any, team: Any) -> Decision:
    return decide(MEMBER.test(user, team), "Une action est déclarée par un membre confirmé de l'équipe.")


@policy("coordination.edit_action")
def edit_action(user: Any, action: Any) -> Decision:
    if action.state not in ("declared", "returned"):
        return decide(False, "L'action est validée ou retirée : elle ne se modifie plus.")
    own = action.declared_by_id == user.pk or LEAD.test(user, action)
    return decide(own, "L'action est corrigée par la personne qui l'a déclarée ou par la référente de l'équipe.")


@policy("coordination.validate_action")
def validate_action(user: Any, action: Any) -> Decision:
    return decide(OFFICER.test(user, action), "L'action est validée par l'association.")


# A piece is seen by whoever sees the action that it proves.
register_attachment_kind("coordination.evidence", visible=lambda user: about_any(Action.objects.visible_to(user)))
