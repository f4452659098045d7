"""People, teams and places for tests, made in one line each; every name is fictitious, every commune is real.

Rows are written straight to the tables, in any state: what leads there is tested where it lives. `join` and friends
return fresh rows, so that nothing read before is stale.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from stdnum import luhn

from equipage.foundation.periods import today
from equipage.people.models import Organisation, Practice, Professional, RoleAssignment, User
from equipage.people.roles import Role
from equipage.teams.models import Membership, Team, TeamTheme
from equipage.territory.models import Commune, Department, Region
from equipage.territory.names import normalise

REGIONS = {"52": "Pays de la Loire", "53": "Bretagne"}
DEPARTMENTS = {
    "44": ("Loire-Atlantique", "52"),
    "49": ("Maine-et-Loire", "52"),
    "53": ("Mayenne", "52"),
    "72": ("Sarthe", "52"),
    "85": ("Vendée", "52"),
    "35": ("Ille-et-Vilaine", "53"),
}
COMMUNES = {
    "49092": ("Chemillé-en-Anjou", "49"),
    "49007": ("Angers", "49"),
    "44109": ("Nantes", "44"),
    "53130": ("Laval", "53"),
    "72181": ("Le Mans", "72"),
    "85191": ("La Roche-sur-Yon", "85"),
    "35238": ("Rennes", "35"),
}
GENERAL_PRACTICE, CARDIOLOGY = "SM54", "SM04"
LONG_AGO = date(2020, 1, 1)

_numbers = itertools.count(1)


def region(code: str = "52") -> Region:
    """A region of France."""
    name = REGIONS[code]
    return Region.objects.get_or_create(code=code, defaults={"name": name, "search_name": normalise(name)})[0]


def department(code: str = "49") -> Department:
    """A department, with its region."""
    name, region_code = DEPARTMENTS[code]
    return Department.objects.get_or_create(code=code, defaults={"name": name, "region": region(region_code)})[0]


def commune(code: str = "49092") -> Commune:
    """A commune, with its department and region."""
    name, department_code = COMMUNES[code]
    defaults = {
        "name": name,
        "search_name": normalise(name),
        "department": department(department_code),
        "population": 10_000,
        "vintage": 2026,
    }
    return Commune.objects.get_or_create(code=code, defaults=defaults)[0]


def rpps(number: int | None = None) -> str:
    """A well-formed RPPS number of a fictitious range, different each time."""
    digits = f"899{number or next(_numbers):07d}"
    return digits + luhn.calc_check_digit(digits)


def user(first_name: str = "Camille", last_name: str = "", *, password: str | None = None, **fields: Any) -> User:
    """An account; with a `password` it may sign in by the form."""
    number = next(_numbers)
    email = fields.pop("email", f"{normalise(first_name).replace(' ', '.')}.{number}@demo.equipage.invalid")
    return User.objects.create_user(
        email, password, first_name=first_name, last_name=last_name or f"Test{number}", **fields
    )


def professional(
    profession: str = "60",
    *,
    first_name: str = "Claire",
    last_name: str = "",
    account: bool = True,
    specialities: Iterable[str] = (),
    section: str = "",
    mode: str | None = "L",
    place: Commune | None = None,
    **fields: Any,
) -> Any:
    """A health professional with a liberal practice; `account=False`: known of the directory only.

    `mode=None` gives no practice at all. `.user` is the account.
    """
    family = last_name or f"Test{next(_numbers)}"
    found = Professional.objects.create(
        rpps=fields.pop("rpps", None) or rpps(),
        first_name=first_name,
        last_name=family,
        profession_code=profession,
        secure_mail=fields.pop("secure_mail", f"essai{next(_numbers)}@pro.mssante.fr"),
        know_hows=[{"type": "S", "code": code} for code in specialities],
        user=fields.pop("user", None) or (user(first_name, family) if account else None),
        fictitious=True,
        **fields,
    )
    if mode is not None:
        Practice.objects.create(
            professional=found,
            mode=mode,
            pharmacist_section=section,
            commune=place or commune(),
            valid_from=LONG_AGO,
        )
    return found


def nurse(**options: Any) -> Any:
    """A nurse (infirmière) in liberal practice."""
    return professional("60", **{"first_name": "Claire", **options})


def gp(**options: Any) -> Any:
    """A general practitioner (médecin généraliste) in liberal practice."""
    return professional("10", **{"first_name": "Hugo", "specialities": (GENERAL_PRACTICE,), **options})


def pharmacist(**options: Any) -> Any:
    """A pharmacist who owns a pharmacy (titulaire, section A)."""
    return professional("21", **{"first_name": "Inès", "section": "A", **options})


def physiotherapist(**options: Any) -> Any:
    """A physiotherapist (masseur-kinésithérapeute) in liberal practice."""
    return professional("70", **{"first_name": "Paul", **options})


def organisation(kind: str = "association", *, region_code: str = "52", department_code: str = "") -> Organisation:
    """The body of that kind in a region: association, agency, delegation (of a department) or platform."""
    return Organisation.objects.get_or_create(
        kind=kind,
        region=region(region_code),
        department=department(department_code) if department_code else None,
        defaults={"name": f"{Organisation.Kind(kind).label} {department_code or region_code} (essai)"},
    )[0]


_BODY_OF_ROLE = {
    Role.ARS_DEPARTMENT: "delegation",
    Role.ARS_REGION: "agency",
    Role.PLATFORM_ADMIN: "platform",
}


def staff(
    role: str = Role.ASSOCIATION_OFFICER,
    *,
    region_code: str = "52",
    department_code: str = "49",
    person: User | None = None,
    since: date = LONG_AGO,
    until: date | None = None,
    **fields: Any,
) -> User:
    """A person in a role of an organisation; `person` gives the role to somebody who exists (two spaces)."""
    kind = _BODY_OF_ROLE.get(Role(role), "association")
    body = organisation(kind, region_code=region_code, department_code=department_code if kind == "delegation" else "")
    holder = person or user(**{"first_name": "Marine", **fields})
    RoleAssignment.objects.create(user=holder, role=role, organisation=body, valid_from=since, valid_to=until)
    return fresh(holder)


def officer(**options: Any) -> User:
    """An association officer (chargée de mission)."""
    return staff(Role.ASSOCIATION_OFFICER, **options)


def treasurer(**options: Any) -> User:
    """An association treasurer."""
    return staff(Role.ASSOCIATION_TREASURER, **{"first_name": "Thierry", **options})


def association_admin(**options: Any) -> User:
    """An association administrator."""
    return staff(Role.ASSOCIATION_ADMIN, **{"first_name": "Odile", **options})


def ars_department(**options: Any) -> User:
    """An agency officer of a department (49 by default)."""
    return staff(Role.ARS_DEPARTMENT, **{"first_name": "Nadia", **options})


def ars_region(**options: Any) -> User:
    """An agency officer of the region."""
    return staff(Role.ARS_REGION, **{"first_name": "Denis", **options})


def platform_admin(**options: Any) -> User:
    """A platform administrator."""
    return staff(Role.PLATFORM_ADMIN, **{"first_name": "Sacha", **options})


def fresh(row: Any) -> Any:
    """The row read again, with nothing remembered from before."""
    return type(row)._default_manager.get(pk=row.pk)


_STATE_FIELDS: dict[str, tuple[str, ...]] = {
    "forming": (),
    "meeting_requested": ("meeting_requested_at",),
    "accompanied": ("meeting_requested_at", "met_on", "met_by"),
    "recognised": ("meeting_requested_at", "met_on", "met_by", "registration_number", "recognised_on"),
    "closed": ("closing_reason", "closed_at"),
}


def team(
    name: str = "",
    *,
    state: str = "forming",
    lead: Professional | None = None,
    members: Iterable[Professional] = (),
    place: Commune | None = None,
    since: date | None = None,
    themes: Iterable[str] = (),
    **fields: Any,
) -> Any:
    """A team in any state, with a confirmed lead (a nurse by default) and confirmed `members`.

    It exists since `since` (a year ago by default). `complete_team` also has a general practitioner.
    """
    where = place or commune()
    begun = since or today() - timedelta(days=365)
    head = lead or nurse(place=where)
    creator = head.user or user("Porte-parole")
    at = timezone.now()
    possible: dict[str, Any] = {
        "meeting_requested_at": at,
        "met_on": begun + timedelta(days=10),
        "met_by": creator,
        "registration_number": f"ESPCLAP-{where.department_id}-{next(_numbers):05d}",
        "recognised_on": begun + timedelta(days=60),
        "closing_reason": "Départs à la retraite.",
        "closed_at": at,
    }
    made = Team.objects.create(
        name=name or f"Équipe {next(_numbers)}",
        commune=where,
        department=where.department,
        region=where.department.region,
        state=state,
        created_by=creator,
        created_at=at,
        **{**{column: possible[column] for column in _STATE_FIELDS[state]}, **fields},
    )
    join(made, head, role="lead", since=begun)
    for person in members:
        join(made, person, since=begun)
    for label in themes:
        TeamTheme.objects.create(team=made, code="libre", label=label, chosen_at=at)
    return made


def complete_team(name: str = "", *, state: str = "forming", **options: Any) -> Any:
    """A team whose composition is met: a nurse who leads, a general practitioner and whoever is given."""
    where = options.get("place") or commune()
    members = [gp(place=where), *options.pop("members", ())]
    return team(name, state=state, members=members, **options)


def recognised_team(name: str = "", **options: Any) -> Any:
    """A complete team, recognised, with a theme."""
    return complete_team(name, state="recognised", **{"themes": ("Soins palliatifs à domicile",), **options})


def join(
    to: Team,
    person: Professional,
    *,
    role: str = "member",
    state: str = "confirmed",
    since: date | None = None,
    until: date | None = None,
) -> Membership:
    """A membership in any state, since a month ago by default."""
    at = timezone.now()
    confirmed = state in ("confirmed", "left")
    return Membership.objects.create(
        team=to,
        professional=person,
        role=role,
        state=state,
        valid_from=since or today() - timedelta(days=30),
        valid_to=until or (today() if state == "left" else None),
        added_by=to.created_by,
        confirmed_at=at if confirmed else None,
        confirmed_by=to.created_by if confirmed else None,
        accepted_at=at if confirmed else None,
        leaving_reason="Déménagement." if state == "left" else "",
    )


def lead_of(of: Team) -> User:
    """The account of the first confirmed lead."""
    found = of.memberships.filter(role="lead", state="confirmed").order_by("id").select_related("professional__user")[0]
    return fresh(found.professional.user)


def member_of(of: Team) -> User:
    """The account of the first confirmed member who does not lead."""
    found = of.memberships.filter(role="member", state="confirmed", professional__user__isnull=False).order_by("id")[0]
    return fresh(found.professional.user)
