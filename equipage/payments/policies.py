"""Who sees where money goes, and who may send it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.documents import about_any, register_kind
from equipage.foundation.policies import NOTHING, Decision, decide, policy, visibility
from equipage.funding.actors import organisation_ids
from equipage.payments.models import Payment
from equipage.people.roles import ASSOCIATION_ROLES, Role


def _own(user: Any) -> Q:
    professional = user.professional_or_none
    return Q(professional_id=professional.pk) if professional else NOTHING


@visibility("payments.BankDetails")
def bank_details(user: Any) -> Q:
    """The person, and the one role that confirms them; who prepares or approves sees a masked account on a payment."""
    return _own(user) | Q(organisation_id__in=organisation_ids(user, Role.ASSOCIATION_ADMIN))


@visibility("payments.AssociationAccount")
def association_accounts(user: Any) -> Q:
    return Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("payments.PaymentRun")
def runs(user: Any) -> Q:
    return Q(organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


@visibility("payments.Payment")
def payments(user: Any) -> Q:
    """A professional sees a payment once somebody approved it."""
    own = _own(user) & Q(run__state__in=("approved", "executed"))
    return own | Q(run__organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


_HANDS = (Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_TREASURER)


@visibility("payments.BankAnswer")
def bank_answers(user: Any) -> Q:
    """Whoever takes the answers of the bank."""
    return Q(organisation_id__in=organisation_ids(user, *_HANDS))


@visibility("payments.AnswerLine")
def answer_lines(user: Any) -> Q:
    return Q(answer__organisation_id__in=organisation_ids(user, *_HANDS))


@visibility("payments.PaymentReturn")
def payment_returns(user: Any) -> Q:
    """The person whose transfer came back, and the association that pays it again."""
    professional = user.professional_or_none
    own = Q(payment__professional_id=professional.pk) if professional else NOTHING
    return own | Q(payment__run__organisation_id__in=organisation_ids(user, *ASSOCIATION_ROLES))


_WHO_ANSWERS = "Les réponses de la banque reviennent à la chargée ou au chargé de mission, et à la trésorerie."


@policy("payments.take_answer")
def take_answer(user: Any, organisation: Any) -> Decision:
    return decide(organisation.pk in organisation_ids(user, *_HANDS), _WHO_ANSWERS)


@policy("payments.record_return")
def record_return(user: Any, payment: Any) -> Decision:
    return decide(payment.run.organisation_id in organisation_ids(user, *_HANDS), _WHO_ANSWERS)


@policy("payments.give_account")
def give_account(user: Any, organisation: Any) -> Decision:
    held = organisation.pk in organisation_ids(user, Role.ASSOCIATION_ADMIN)
    return decide(held, "Le compte de l'association est donné par son administration.")


@policy("payments.take_bank_file")
def take_bank_file(user: Any, run: Any) -> Decision:
    """The file holds every account in clear: only whoever gives it to the bank takes it."""
    held = run.organisation_id in organisation_ids(user, Role.ASSOCIATION_TREASURER)
    return decide(held, "Le fichier bancaire est retiré par la trésorière ou le trésorier, qui le dépose à la banque.")


@policy("payments.give_bank_details")
def give_bank_details(user: Any, professional: Any) -> Decision:
    return decide(professional.user_id == user.pk, "Chacun donne ses propres coordonnées bancaires.")


@policy("payments.give_estate_account")
def give_estate_account(user: Any, organisation: Any) -> Decision:
    """After a death nobody gives their own account any more: whoever speaks with the notary does."""
    held = organisation.pk in organisation_ids(user, Role.ASSOCIATION_OFFICER)
    return decide(held, "Le compte de la succession est donné par la chargée ou le chargé de mission.")


# A statement is seen by whoever sees its payment.
register_kind("payments.statement", visible=lambda user: about_any(Payment.objects.visible_to(user)))
