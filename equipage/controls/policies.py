"""Who sees controls: the association, the team and whoever was there. The method is public, the draw is checkable."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.controls.models import Control
from equipage.coordination.models import Action
from equipage.foundation.documents import about_any, register_attachment_kind
from equipage.foundation.policies import Decision, decide, policy, visibility
from equipage.funding.actors import organisation_ids
from equipage.people.roles import ASSOCIATION_ROLES, Role

EVIDENCE = "controls.evidence"


def _of_association(user: Any) -> Q:
    return Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("controls.ControlPlan")
def plans(user: Any) -> Q:
    """Adopted, it is public to the teams and to the agency; a draft belongs to its association."""
    return Q(state="in_force") | _of_association(user)


@visibility("controls.ControlRate")
def rates(user: Any) -> Q:
    return Q(plan__state="in_force") | Q(plan__organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("controls.Control")
def controls(user: Any) -> Q:
    """With the action: its team, whoever was there, the association."""
    return _of_association(user) | Q(action_id__in=Action.objects.visible_to(user).order_by().values("pk"))


@visibility("controls.Draw")
def draws(user: Any) -> Q:
    """The association, the agency, and every team of which an action was drawn: numbers and classes, no name."""
    regions = sorted(user.regions_for(Role.ARS_REGION))
    drawn = Control.objects.visible_to(user).order_by().values("draw_id")
    return _of_association(user) | Q(organisation__region_id__in=regions) | Q(pk__in=drawn)


@visibility("controls.ControlAnswer")
def answers(user: Any) -> Q:
    return Q(control_id__in=Control.objects.visible_to(user).order_by().values("pk"))


register_attachment_kind(EVIDENCE, visible=lambda user: about_any(Control.objects.visible_to(user)))


@policy("controls.draft_plan")
def draft_plan(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in organisation_ids(user, Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_ADMIN)
    return decide(held, "Le plan de contrôle est préparé par l'association.")


@policy("controls.draw")
def draw(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in organisation_ids(user, *ASSOCIATION_ROLES)
    return decide(held, "L'échantillon est tiré par l'association.")
