"""What waits for whom about money on its way, as cards of the home pages of the association."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min, Sum
from django.urls import reverse

from equipage.foundation.french import counted, euros
from equipage.foundation.periods import Month, today
from equipage.funding.desk import organisations_of
from equipage.payments.models import AssociationAccount, BankAnswer, BankDetails, PaymentRun
from equipage.payments.selectors.bank import to_confirm
from equipage.payments.selectors.returns import offset_returns, waiting_returns
from equipage.people.roles import Role


def waiting_for_association(user: Any) -> list[dict[str, Any]]:
    """Cards of the officer, the treasurer and the administration, each their own."""
    cards: list[dict[str, Any]] = _accounts_to_confirm(user)
    for organisation in organisations_of(user):
        roles = {a.role for a in user.assignments if a.organisation_id == organisation.pk}
        if Role.ASSOCIATION_TREASURER in roles:
            cards += _to_approve(organisation, user)
        if {Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_TREASURER} & roles:
            cards += _to_execute(organisation) + _to_record(organisation) + _came_back(organisation)
        elif Role.ASSOCIATION_ADMIN in roles:
            cards += _came_back(organisation)
        if Role.ASSOCIATION_ADMIN in roles:
            cards += _account_to_give(organisation)
    return cards


def _accounts_to_confirm(user: Any) -> list[dict[str, Any]]:
    if not user.holds(Role.ASSOCIATION_ADMIN):
        return []
    rows = to_confirm(user)
    first = rows.first()
    if first is None:
        return []
    return [
        {
            "tag": "À confirmer",
            "title": counted(rows.count(), "compte bancaire", "comptes bancaires"),
            "sentence": "Rien n'est versé sur un compte qui n'est pas confirmé.",
            "since": first.proposed_at,
            "url": reverse("payments:bank_list"),
            "action": "Ouvrir la liste",
        }
    ]


def _to_approve(organisation: Any, user: Any) -> list[dict[str, Any]]:
    rows = PaymentRun.objects.filter(organisation=organisation, state="prepared").exclude(prepared_by=user)
    return [
        {
            "tag": "À approuver",
            "title": f"Campagne {Month.of(run.month).label} : {euros(run.total_cents)}",
            "sentence": f"{counted(run.payments_count, 'virement', 'virements')}, "
            f"{counted(run.lines_count, 'ligne', 'lignes')}. Rien ne part sans votre accord.",
            "since": run.prepared_at,
            "url": reverse("payments:run", args=[run.pk]),
            "action": "Relire et approuver",
        }
        for run in rows.order_by("prepared_at")[:5]
    ]


def _to_execute(organisation: Any) -> list[dict[str, Any]]:
    rows = PaymentRun.objects.filter(organisation=organisation, state="approved")
    return [
        {
            "tag": "À la banque",
            "title": f"Campagne {Month.of(run.month).label} : {euros(run.total_cents)}",
            "sentence": "Le fichier est prêt. Une fois les virements faits, enregistrez leur date.",
            "since": run.approved_at,
            "url": reverse("payments:run", args=[run.pk]),
            "action": "Ouvrir la campagne",
        }
        for run in rows.order_by("approved_at")[:5]
    ]


def _to_record(organisation: Any) -> list[dict[str, Any]]:
    rows = BankAnswer.objects.filter(organisation=organisation, state="read").order_by("received_at", "pk")
    return [
        {
            "tag": "À relire",
            "title": f"Réponse de la banque ({row.kind})",
            "sentence": "Lue, pas encore enregistrée : elle n'a rien changé.",
            "since": row.received_at,
            "url": reverse("payments:answer", args=[row.pk]),
            "action": "Relire et enregistrer",
        }
        for row in rows[:5]
    ]


def _came_back(organisation: Any) -> list[dict[str, Any]]:
    waiting = waiting_returns(organisation)
    if waiting.exists():
        waiting = waiting.exclude(pk__in=offset_returns(organisation))
    found = waiting.aggregate(count=Count("pk"), total=Sum("payment__amount_cents"), first=Min("recorded_at"))
    if not found["count"]:
        return []
    return [
        {
            "tag": "Revenus",
            "title": f"{counted(found['count'], 'virement revenu', 'virements revenus')} : {euros(found['total'])}",
            "sentence": "La somme reste due. La liste dit pourquoi, et qui doit agir.",
            "since": found["first"],
            "url": f"{reverse('payments:returns')}?refait=non",
            "action": "Ouvrir la liste",
        }
    ]


def _account_to_give(organisation: Any) -> list[dict[str, Any]]:
    if AssociationAccount.objects.filter(organisation=organisation).exists():
        return []
    first = BankDetails.objects.filter(organisation=organisation).order_by("proposed_at", "id").first()
    return [
        {
            "tag": "Avant de payer",
            "title": "Le compte de l'association n'est pas encore donné",
            "sentence": "Sans lui, aucune campagne de paiement ne peut être approuvée.",
            "since": first.proposed_at if first else today(),
            "url": reverse("payments:account"),
            "action": "Donner le compte",
        }
    ]
