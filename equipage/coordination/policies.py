"""Who sees the actions: the team and the association. The agency sees sums, never a meeting."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.coordination.models import Action
from equipage.coordination.states import OVERLAP, is_declarer
from equipage.foundation.documents import about_any, register_attachment_kind
from equipage.foundation.policies import NOTHING, Decision, decide, policy, visibility
from equipage.people.roles import ASSOCIATION_ROLES
from equipage.teams.actors import LEAD, MEMBER, OFFICER, SELF
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


@visibility("coordination.Guest")
def guests(user: Any) -> Q:
    return Q(action_id__in=Action.objects.visible_to(user).order_by().values("pk"))


@visibility("coordination.CounterEntry")
def counter_entries(user: Any) -> Q:
    return _through(user, "action__")


@visibility("coordination.Overlap")
def overlaps(user: Any) -> Q:
    """The person whose hours they are, and the association of either team: never the colleagues."""
    professional = user.professional_or_none
    own = Q(professional_id=professional.pk) if professional else NOTHING
    either = [by_scope(user, regional=ASSOCIATION_ROLES, prefix=f"{one}__action__") for one in ("first", "second")]
    return own | either[0] | either[1]


@policy("coordination.declare_action")
def declare_action(user: Any, team: Any) -> Decision:
    return decide(MEMBER.test(user, team), "Une action est déclarée par un membre confirmé de l'équipe.")


@policy("coordination.edit_action")
def edit_action(user: Any, action: Any) -> Decision:
    if not action.is_open:
        return decide(False, "L'action est validée ou retirée : elle ne se modifie plus.")
    own = action.declared_by_id == user.pk or LEAD.test(user, action)
    return decide(own, "L'action est corrigée par la personne qui l'a déclarée ou par la référente de l'équipe.")


@policy("coordination.show_code")
def show_code(user: Any, action: Any) -> Decision:
    """Whoever is known to be there: the code passes from phone to phone."""
    if not action.is_open:
        return decide(False, "L'action est validée ou retirée : son code ne sert plus.")
    there = action.presences.filter(professional__user=user, state="confirmed").exists()
    own = there or action.declared_by_id == user.pk or LEAD.test(user, action)
    return decide(own, "Le code est montré par une personne dont la présence est confirmée.")


@policy("coordination.edit_times")
def edit_times(user: Any, presence: Any) -> Decision:
    """Her own hours, or those of the others for who answers for the declaration."""
    if not presence.action.is_open:
        return decide(False, "L'action est validée ou retirée : les heures ne se modifient plus.")
    own = SELF.test(user, presence) or edit_action(user, presence.action).allowed
    return decide(own, "Les heures sont notées par la personne concernée ou par la personne qui a déclaré l'action.")


@policy("coordination.invite_guest")
def invite_guest(user: Any, action: Any) -> Decision:
    return edit_action(user, action)


@policy("coordination.ask_counter_entry")
def ask_counter_entry(user: Any, action: Any) -> Decision:
    if action.state != "validated":
        return decide(False, "Une contre-écriture corrige une action validée ; celle-ci se modifie, ou ne compte plus.")
    own = is_declarer(user, action) or LEAD.test(user, action)
    return decide(own, "L'erreur est dite par la personne qui a déclaré l'action ou par la référente de l'équipe.")


@policy("coordination.validate_action")
def validate_action(user: Any, action: Any) -> Decision:
    return decide(OFFICER.test(user, action), "L'action est validée par l'association.")


# A piece is seen by whoever sees the action that it proves.
register_attachment_kind("coordination.evidence", visible=lambda user: about_any(Action.objects.visible_to(user)))


@policy("coordination.settle_overlap")
def settle_overlap(user: Any, row: Any) -> Decision:
    allowed = OVERLAP.transitions["settle"].who.test(user, row)
    return decide(allowed, "Le chevauchement est classé par l'association.")
