"""Organisations, and the roles people hold in them: who may enter which space, from when, until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from equipage.foundation import audit
from equipage.foundation.french import day, typographic
from equipage.foundation.periods import Period, today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.people.models import Organisation, RoleAssignment, User
from equipage.people.roles import Role
from equipage.people.rules import KIND_OF_ROLE

_ORGANISATION = ("kind", "name", "region_id", "department_id", "siren", "rna", "address", "email", "phone")


@transaction.atomic
def give_role(
    *,
    actor: Any,
    user: User,
    role: str,
    organisation: Organisation,
    valid_from: date,
    last_day: date | None = None,
) -> RoleAssignment:
    """Give a role to somebody else. Raises Refused: to oneself, in the wrong kind of body, twice at once."""
    _allowed(actor, "people.give_role", user)
    period = Period.through(valid_from, last_day)
    wanted = KIND_OF_ROLE[role]
    if organisation.kind != wanted:
        kind = Organisation.Kind(wanted).label
        raise Refused(
            typographic(f"Cette fonction s'exerce dans une organisation de nature « {kind} ». Choisissez-en une."),
            field="organisation",
        )
    holder = User.objects.select_for_update().get(pk=user.pk)
    same = RoleAssignment.objects.filter(user=holder, role=role, organisation=organisation)
    overlapping = same.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=period.start))
    if period.end is not None:
        overlapping = overlapping.filter(valid_from__lt=period.end)
    clash = overlapping.order_by("valid_from", "id").first()
    if clash is not None:
        raise Refused(
            f"{holder.full_name} exerce déjà cette fonction ici depuis le {day(clash.valid_from)}. "
            "Terminez d'abord la période en cours, ou choisissez d'autres dates.",
            field="valid_from",
        )
    given = RoleAssignment.objects.create(
        user=holder, role=role, organisation=organisation, valid_from=period.start, valid_to=period.end
    )
    audit.record(
        action="people.role.give",
        obj=given,
        actor=actor,
        after={
            "user": holder.pk,
            "role": role,
            "organisation": organisation.pk,
            "valid_from": period.start,
            "valid_to": period.end,
        },
    )
    return given


@transaction.atomic
def end_role(*, actor: Any, assignment: RoleAssignment, last_day: date) -> RoleAssignment:
    """Say when a role ends. Raises Refused: one's own, before it began, the last administrator."""
    row = RoleAssignment.objects.select_for_update().get(pk=assignment.pk)
    _allowed(actor, "people.give_role", row.user)
    if last_day < row.valid_from:
        raise Refused(
            f"La fonction a commencé le {day(row.valid_from)} : choisissez ce jour-là ou un jour plus tard.",
            field="last_day",
        )
    end = last_day + timedelta(days=1)
    if row.role == Role.PLATFORM_ADMIN and not _others_stay(row, end):
        raise Refused("La plateforme garde toujours une personne qui l'administre. Nommez-en d'abord une autre.")
    before = row.valid_to
    if before != end:
        row.valid_to = end
        row.save(update_fields=["valid_to"])
        audit.record(
            action="people.role.end", obj=row, actor=actor, before={"valid_to": before}, after={"valid_to": end}
        )
    return row


def _others_stay(row: RoleAssignment, end: date) -> bool:
    others = RoleAssignment.objects.filter(role=row.role, user__is_active=True).exclude(pk=row.pk)
    return others.in_force(max(end, today())).exists()


@transaction.atomic
def save_organisation(*, actor: Any, organisation: Organisation) -> Organisation:
    """Add a body or change what is known of it. The form has checked the identifiers."""
    _allowed(actor, "people.manage_accounts", None)
    before = Organisation.objects.filter(pk=organisation.pk).values(*_ORGANISATION).first() if organisation.pk else None
    organisation.save()
    after = {name: getattr(organisation, name) for name in _ORGANISATION}
    if before != after:
        audit.record(action="people.organisation.save", obj=organisation, actor=actor, before=before or {}, after=after)
    return organisation


def _allowed(actor: Any, action: str, obj: Any) -> None:
    decision = can(actor, action, obj)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
