"""Who sees a convention: the two who sign it. Team-mates and the agency see only how many are signed."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.agreements.models import Convention
from equipage.foundation.documents import about_any, register_kind
from equipage.foundation.policies import NOTHING, Decision, decide, policy, visibility
from equipage.people.roles import ASSOCIATION_ROLES
from equipage.teams.actors import ASSOCIATION_ADMIN, LEAD, OFFICER, SELF


def _parties(user: Any, prefix: str = "") -> Q:
    professional = user.professional_or_none
    own = Q(**{f"{prefix}professional_id": professional.pk}) if professional else NOTHING
    organisations = [a.organisation_id for a in user.assignments if a.role in ASSOCIATION_ROLES]
    return own | Q(**{f"{prefix}organisation_id__in": organisations})


@visibility("agreements.Convention")
def conventions(user: Any) -> Q:
    return _parties(user)


@visibility("agreements.Signature")
def signatures(user: Any) -> Q:
    return _parties(user, "convention__")


@visibility("agreements.SignatureCode")
def codes(user: Any) -> Q:
    return Q(user_id=user.pk)


@policy("agreements.sign_convention")
def sign_convention(user: Any, convention: Any) -> Decision:
    return decide(SELF.test(user, convention), "Chacun signe sa propre convention.")


@policy("agreements.countersign_convention")
def countersign_convention(user: Any, convention: Any) -> Decision:
    if SELF.test(user, convention):
        return decide(False, "Cette convention est la vôtre : une autre personne contresigne pour l'association.")
    return decide(
        ASSOCIATION_ADMIN.test(user, convention), "L'association contresigne par son administration, qui l'engage."
    )


@policy("agreements.draw_again")
def draw_again(user: Any, convention: Any) -> Decision:
    """After a mistake only: the person is still a member, and no other convention lives."""
    if not (OFFICER.test(user, convention) or ASSOCIATION_ADMIN.test(user, convention)):
        return decide(False, "Une convention est établie par l'association.")
    if convention.state not in ("ended", "cancelled"):
        return decide(False, "Cette convention est encore en cours.")
    member = convention.membership
    still = member.state == "confirmed" and member.valid_to is None and convention.team.state == "recognised"
    others = Convention.objects.filter(membership=member).exclude(state__in=("ended", "cancelled"))
    return decide(still and not others.exists(), "La personne n'est plus membre, ou une autre convention est en cours.")


@policy("agreements.nudge")
def nudge(user: Any, team: Any) -> Decision:
    return decide(LEAD.test(user, team), "Les rappels sont envoyés par la personne référente de l'équipe.")


# The text and the proof of a convention are seen by its two parties.
register_kind("agreements.convention", visible=lambda user: about_any(Convention.objects.visible_to(user)))
register_kind("agreements.proof", visible=lambda user: about_any(Convention.objects.visible_to(user)))
