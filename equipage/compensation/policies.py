"""Who sees money. A professional sees their own; the association what it pays; the agency envelopes and budgets."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.compensation.models import Payment
from equipage.foundation.documents import about_any, register_kind
from equipage.foundation.policies import NOTHING, Decision, decide, policy, visibility
from equipage.people.roles import ASSOCIATION_ROLES, Role
from equipage.teams.policies import own_team_ids, teams_seen_by_staff


def _organisations(user: Any, *roles: str) -> list[int]:
    return [a.organisation_id for a in user.assignments if a.role in roles]


def _own(user: Any, prefix: str = "") -> Q:
    professional = user.professional_or_none
    return Q(**{f"{prefix}professional_id": professional.pk}) if professional else NOTHING


@visibility("compensation.Scale")
def scales(user: Any) -> Q:
    """A scale that pays is public to those it pays; a draft belongs to its association."""
    return Q(state="in_force") | Q(organisation_id__in=_organisations(user, *ASSOCIATION_ROLES))


@visibility("compensation.ScaleRate")
def rates(user: Any) -> Q:
    return Q(scale__state="in_force") | Q(scale__organisation_id__in=_organisations(user, *ASSOCIATION_ROLES))


@visibility("compensation.Envelope")
def envelopes(user: Any) -> Q:
    own = Q(team_id__in=own_team_ids(user)) if user.professional_or_none else NOTHING
    return own | teams_seen_by_staff(user, prefix="team__")


@visibility("compensation.RegionalBudget")
def budgets(user: Any) -> Q:
    regions = user.regions_for(Role.ARS_REGION)
    return Q(organisation_id__in=_organisations(user, *ASSOCIATION_ROLES)) | Q(
        organisation__region_id__in=sorted(regions)
    )


@visibility("compensation.ClaimLine")
def lines(user: Any) -> Q:
    return _own(user) | Q(organisation_id__in=_organisations(user, *ASSOCIATION_ROLES))


@visibility("compensation.BankDetails")
def bank_details(user: Any) -> Q:
    """The person, and the one role that confirms them; who prepares or approves sees a masked account on a payment."""
    return _own(user) | Q(organisation_id__in=_organisations(user, Role.ASSOCIATION_ADMIN))


@visibility("compensation.AssociationAccount")
def association_accounts(user: Any) -> Q:
    return Q(organisation_id__in=_organisations(user, *ASSOCIATION_ROLES))


@visibility("compensation.PaymentRun")
def runs(user: Any) -> Q:
    return Q(organisation_id__in=_organisations(user, *ASSOCIATION_ROLES))


@visibility("compensation.Payment")
def payments(user: Any) -> Q:
    """A professional sees a payment once somebody approved it."""
    own = _own(user) & Q(run__state__in=("approved", "executed"))
    return own | Q(run__organisation_id__in=_organisations(user, *ASSOCIATION_ROLES))


@visibility("compensation.Account")
def accounts(user: Any) -> Q:
    return Q(organisation_id__in=_organisations(user, *ASSOCIATION_ROLES))


@visibility("compensation.LedgerEntry")
def entries(user: Any) -> Q:
    return Q(organisation_id__in=_organisations(user, *ASSOCIATION_ROLES))


@visibility("compensation.Posting")
def postings(user: Any) -> Q:
    return Q(entry__organisation_id__in=_organisations(user, *ASSOCIATION_ROLES))


@policy("compensation.prepare_run")
def prepare_run(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in _organisations(user, Role.ASSOCIATION_OFFICER)
    return decide(held, "La campagne est préparée par la chargée ou le chargé de mission de l'association.")


@policy("compensation.draft_scale")
def draft_scale(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in _organisations(user, Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_ADMIN)
    return decide(held, "Le barème est saisi par l'association.")


@policy("compensation.give_account")
def give_account(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in _organisations(user, Role.ASSOCIATION_ADMIN)
    return decide(held, "Le compte de l'association est donné par son administration.")


@policy("compensation.set_budget")
def set_budget(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in _organisations(user, Role.ASSOCIATION_ADMIN, Role.ASSOCIATION_TREASURER)
    return decide(held, "Le budget régional est saisi par la trésorerie ou l'administration de l'association.")


@policy("compensation.take_bank_file")
def take_bank_file(user: Any, run: Any) -> Decision:
    """The file holds every account in clear: only whoever gives it to the bank takes it."""
    held = run.organisation_id in _organisations(user, Role.ASSOCIATION_TREASURER)
    return decide(held, "Le fichier bancaire est retiré par la trésorière ou le trésorier, qui le dépose à la banque.")


@policy("compensation.give_bank_details")
def give_bank_details(user: Any, professional: Any) -> Decision:
    return decide(professional.user_id == user.pk, "Chacun donne ses propres coordonnées bancaires.")


# A statement is seen by whoever sees its payment.
register_kind("compensation.statement", visible=lambda user: about_any(Payment.objects.visible_to(user)))
