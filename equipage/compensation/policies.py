"""Who sees what is owed: a professional their own lines, the association those it pays."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.compensation.models import YearStatement
from equipage.foundation.documents import about_any, register_kind
from equipage.foundation.policies import ALLOWED, NOTHING, Decision, decide, denied, policy, visibility
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


@visibility("compensation.ScalePreview")
def previews(user: Any) -> Q:
    """What a draft would change is a matter of the association."""
    return Q(scale__organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("compensation.ClaimLine")
def lines(user: Any) -> Q:
    return _own(user) | Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("compensation.YearStatement")
def year_statements(user: Any) -> Q:
    """The payee, and the association that paid."""
    return _own(user) | Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("compensation.MonthDecision")
def month_decisions(user: Any) -> Q:
    """The association alone: the person reads on their line what was meant for them."""
    return Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("compensation.HindranceNotice")
def hindrance_notices(user: Any) -> Q:
    return Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


register_kind("compensation.year_statement", visible=lambda user: about_any(YearStatement.objects.visible_to(user)))


@policy("compensation.prepare_run")
def prepare_run(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in organisation_ids(user, Role.ASSOCIATION_OFFICER)
    return decide(held, "La campagne est préparée par la chargée ou le chargé de mission de l'association.")


@policy("compensation.adjust_line")
def adjust_line(user: Any, line: Any) -> Decision:
    """The association, but nobody who is paid by the line, was there, declared the action or validated it."""
    if line.organisation_id not in organisation_ids(user, *ASSOCIATION_ROLES):
        return denied("Un montant est corrigé par l'association qui le verse.")
    action, person = line.action, user.professional_or_none
    if user.pk in (action.declared_by_id, action.validated_by_id):
        return denied("Vous avez déclaré ou validé cette action : une autre personne de l'association répond.")
    if person is not None and action.presences.filter(professional=person).exists():
        return denied("Vous étiez à cette action : une autre personne de l'association répond.")
    return ALLOWED


@policy("compensation.record_repayment")
def record_repayment(user: Any, line: Any) -> Decision:
    """Who prepares and who approves read the bank statement; nobody records their own."""
    if line.organisation_id not in organisation_ids(user, Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_TREASURER):
        return denied("Un remboursement est enregistré par l'association qui le reçoit.")
    person = user.professional_or_none
    if person is not None and person.pk == line.professional_id:
        return denied("C'est votre propre remboursement : une autre personne de l'association l'enregistre.")
    return ALLOWED


@policy("compensation.draft_scale")
def draft_scale(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in organisation_ids(user, Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_ADMIN)
    return decide(held, "Le barème est saisi par l'association.")


@policy("compensation.preview_scale")
def preview_scale(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in organisation_ids(user, *ASSOCIATION_ROLES)
    return decide(held, "L'effet d'un barème est calculé par l'association qui paie.")
