"""Who sees what is owed: a professional their own lines, the association those it pays."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.policies import NOTHING, Decision, decide, policy, visibility
from equipage.funding.actors import organisation_ids
from equipage.people.roles import ASSOCIATION_ROLES, Role


def _own(user: Any) -> Q:
    professional = user.professional_or_none
    return Q(professional_id=professional.pk) if professional else NOTHING


@visibility("compensation.Scale")
def scales(user: Any) -> Q:
    """A scale that pays is public to those it pays; a draft belongs to its association."""
    return Q(state="in_force") | Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("compensation.ScaleRate")
def rates(user: Any) -> Q:
    return Q(scale__state="in_force") | Q(scale__organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("compensation.ClaimLine")
def lines(user: Any) -> Q:
    return _own(user) | Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@policy("compensation.prepare_run")
def prepare_run(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in organisation_ids(user, Role.ASSOCIATION_OFFICER)
    return decide(held, "La campagne est préparée par la chargée ou le chargé de mission de l'association.")


@policy("compensation.draft_scale")
def draft_scale(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in organisation_ids(user, Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_ADMIN)
    return decide(held, "Le barème est saisi par l'association.")
