"""Reading contacts: those of a place, the most precise first, and the one that receives a request."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db.models import Q

from equipage.foundation.periods import today
from equipage.people.models import RoleAssignment, User
from equipage.people.roles import Role
from equipage.support.actors import HANDLING_ROLES
from equipage.support.models import Desk
from equipage.territory.models import Commune, Department, Region


def desks_for(
    commune: Commune | str | None = None,
    department: Department | str | None = None,
    region: Region | str | None = None,
    form: str = "",
) -> list[Desk]:
    """The contacts open today for a place and a form, in one query; the best first.

    First those made for the form, when one is given; then department before region before all France; then those for
    every form. Places are rows or INSEE codes, the smallest one given counts. A region alone gives no department's
    contact; no place at all, or "", gives those of all France.
    """
    rows = Desk.objects.open_on(today()).filter(_here(commune, department, region))
    found = [desk for desk in rows.select_related("region", "department", "organisation") if desk.serves(form)]
    return sorted(found, key=lambda desk: _rank(desk, form))


def _here(commune: Any, department: Any, region: Any) -> Q:
    everywhere = Q(region__isnull=True)
    if commune:
        own = commune.department_id if isinstance(commune, Commune) else None
        place = Department.objects.filter(pk=own) if own else Department.objects.filter(communes=commune)
    elif department:
        place = Department.objects.filter(pk=getattr(department, "pk", department))
    elif region:
        return everywhere | Q(department__isnull=True, region_id=getattr(region, "pk", region))
    else:
        return everywhere
    return (
        everywhere
        | Q(department__in=place.order_by().values("pk"))
        | Q(department__isnull=True, region_id__in=place.order_by().values("region_id"))
    )


def _rank(desk: Desk, form: str) -> tuple[bool, int, bool, str, str]:
    own = bool(form) and form in desk.forms
    level = 0 if desk.department_id else 1 if desk.region_id else 2
    return (not own, level, bool(desk.forms), desk.name, desk.key)


def directory(form: str = "") -> list[tuple[str, list[Desk]]]:
    """Every contact open today by place, all France first, then the regions, then their departments; one query."""
    rows = Desk.objects.open_on(today()).select_related("region", "department", "organisation")
    found = sorted((desk for desk in rows if desk.serves(form)), key=_place_and_name)
    return [(place, list(desks)) for place, desks in groupby(found, key=lambda desk: desk.place_label)]


def _place_and_name(desk: Desk) -> tuple[str, str, bool, str, str]:
    region = desk.region.search_name if desk.region else ""
    return (region, desk.department_id or "", bool(desk.forms), desk.name, desk.key)


def desk_of_request(commune: Commune, form: str = "", wanted: Desk | None = None) -> Desk | None:
    """Who receives a request: the desk asked for, else the best one of the place that can be written to.

    A desk known by its telephone only cannot keep a request: the next one gets it. None where nobody can be written
    to: the region's association and the administrators of the platform are told.
    """
    choices = [wanted] if wanted is not None and wanted.is_open else []
    return next((desk for desk in [*choices, *desks_for(commune=commune, form=form)] if is_written_to(desk)), None)


def is_written_to(desk: Desk) -> bool:
    """Can a request reach this desk: by its people inside the application, or by e-mail?"""
    return bool(desk.email) or bool(staff_of(desk))


def staff_of(desk: Desk | None) -> list[User]:
    """The people of the desk's organisation who answer requests here today; empty for a desk outside."""
    if desk is None or desk.organisation_id is None:
        return []
    held = RoleAssignment.objects.in_force(today()).filter(
        organisation_id=desk.organisation_id, role__in=HANDLING_ROLES
    )
    return _active(held)


def administrators() -> list[User]:
    """The administrators of the platform today."""
    return _active(RoleAssignment.objects.in_force(today()).filter(role=Role.PLATFORM_ADMIN))


def _active(held: Any) -> list[User]:
    rows = User.objects.filter(pk__in=held.order_by().values("user_id"), is_active=True)
    return list(rows.order_by("last_name", "first_name", "id"))


def other_desks(commune: Commune, but: Desk | None) -> list[Desk]:
    """The desks of a place to which a request may be passed on."""
    found: Iterable[Desk] = desks_for(commune=commune)
    return [desk for desk in found if desk != but and is_written_to(desk)]
