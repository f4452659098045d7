"""The bodies of the demo, the people who work in them, and the personas of the sign-in page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from equipage.foundation.periods import PARIS
from equipage.people.models import Organisation, Practice, Professional, RoleAssignment, User
from equipage.people.roles import Role
from equipage.people.rules import check_phone
from equipage.territory.models import Commune, Department, Region
from equipage.territory.names import normalise
from equipage.web.demo.numbers import fictitious_phone, fictitious_rpps
from equipage.web.demo.world import REGION, World

DOMAIN = "demo.equipage.invalid"
GENERAL_PRACTICE = "SM54"


@dataclass(frozen=True)
class Staff:
    """A person in a role; `department` for the agency's officers, `sentence` for a persona."""

    key: str
    first_name: str
    last_name: str
    role: str
    kind: str
    department: str = ""
    sentence: str = ""


STAFF = (
    Staff(
        "officer",
        "Marine",
        "Auvray",
        Role.ASSOCIATION_OFFICER,
        "association",
        sentence="Accompagne les équipes du Maine-et-Loire : des rencontres à fixer, des actions à valider.",
    ),
    Staff(
        "treasurer",
        "Thierry",
        "Lemoine-Roux",
        Role.ASSOCIATION_TREASURER,
        "association",
        sentence="Kinésithérapeute et trésorier, deux espaces : une campagne de paiement attend son accord.",
    ),
    Staff(
        "administrator",
        "Odile",
        "de La Fresnaye",
        Role.ASSOCIATION_ADMIN,
        "association",
        sentence="Engage l'association : des conventions à contresigner, des comptes bancaires à confirmer.",
    ),
    Staff(
        "agency-49",
        "Nadia",
        "Benali",
        Role.ARS_DEPARTMENT,
        "delegation",
        department="49",
        sentence="Instruit les dossiers du Maine-et-Loire : sa file attend une décision.",
    ),
    Staff(
        "agency",
        "Denis",
        "Quéméneur",
        Role.ARS_REGION,
        "agency",
        sentence="Suit toute la région : dossiers des cinq départements, indicateurs nationaux, sommes versées.",
    ),
    Staff(
        "platform",
        "Sacha",
        "Verdier",
        Role.PLATFORM_ADMIN,
        "platform",
        sentence="Fait vivre la plateforme : comptes, organisations, travaux de fond. Ne voit aucun compte bancaire.",
    ),
    Staff("officer-2", "Julien", "Sorin", Role.ASSOCIATION_OFFICER, "association"),
    Staff("officer-3", "Aminata", "Diallo", Role.ASSOCIATION_OFFICER, "association"),
    Staff("administrator-2", "Bruno", "Kerléo", Role.ASSOCIATION_ADMIN, "association"),
    Staff("agency-44", "Catherine", "Roussel", Role.ARS_DEPARTMENT, "delegation", "44"),
    Staff("agency-53", "Marc-Antoine", "Février", Role.ARS_DEPARTMENT, "delegation", "53"),
    Staff("agency-72", "Leïla", "Haddad", Role.ARS_DEPARTMENT, "delegation", "72"),
    Staff("agency-85", "Joseph", "Bironneau", Role.ARS_DEPARTMENT, "delegation", "85"),
)


@dataclass(frozen=True)
class Carer:
    """A professional who is a persona, or who stands by name in a persona's team."""

    key: str
    first_name: str
    last_name: str
    profession: str
    place: str
    sentence: str = ""


CARERS = (
    Carer(
        "nurse",
        "Claire",
        "Besnard",
        "60",
        "49092",
        "Infirmière dans plusieurs équipes : une présence à confirmer, une invitation, une convention à signer.",
    ),
    Carer(
        "doctor",
        "Hugo",
        "Martin",
        "10",
        "49023",
        "Médecin généraliste et référent : l'ARS lui demande un complément, une action est à corriger.",
    ),
    Carer(
        "pharmacist",
        "Inès",
        "Le Goff",
        "21",
        "49125",
        "Pharmacienne pressentie par une équipe en constitution : elle peut dire oui ou non.",
    ),
    Carer(
        "newcomer",
        "Élodie",
        "Kervella",
        "10",
        "49099",
        "Médecin généraliste qui s'installe : aucune équipe encore, tout commence ici.",
    ),
    Carer("treasurer", "Thierry", "Lemoine-Roux", "70", "49092"),
)


def make_staff(world: World) -> None:
    """Organisations, accounts and roles."""
    region = Region.objects.get(pk=REGION)
    since = world.ago(1200)
    bodies = _bodies(region, since)
    world.association = bodies["association"]
    for person in STAFF:
        world.staff[person.key] = _account(world, person.first_name, person.last_name, person.sentence)
    User.objects.bulk_create(world.staff.values())
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            user=world.staff[person.key],
            role=person.role,
            organisation=bodies[f"{person.kind}{person.department}"],
            valid_from=since,
        )
        for person in STAFF
    )
    world.officers = [world.staff["officer"], world.staff["officer-2"], world.staff["officer-3"]]
    world.agency = {person.department: world.staff[person.key] for person in STAFF if person.department}


def _bodies(region: Region, since: date) -> dict[str, Organisation]:
    rows = {
        "association": Organisation(
            kind="association",
            name="Association des ESP CLAP (démonstration)",
            region=region,
            rna="W492999999",
            address="1 place de la Démonstration, 49000 Angers",
            email=f"association@{DOMAIN}",
            phone=check_phone("0261910001"),
        ),
        "agency": Organisation(
            kind="agency", name=f"ARS {region.name} (démonstration)", region=region, email=f"ars@{DOMAIN}"
        ),
        "platform": Organisation(kind="platform", name="Exploitant de la plateforme (démonstration)", region=region),
    }
    for department in Department.objects.filter(region=region).order_by("code"):
        rows[f"delegation{department.code}"] = Organisation(
            kind="delegation",
            name=f"Délégation départementale {department.name} (démonstration)",
            region=region,
            department=department,
            email=f"ars{department.code}@{DOMAIN}",
        )
    Organisation.objects.bulk_create(rows.values())
    return rows


def make_carers(world: World) -> None:
    """The professionals who are personas, with their accounts."""
    made = []
    for person in CARERS:
        commune = Commune.objects.filter(pk=person.place, kind="current").first()
        if commune is None:
            commune = Commune.objects.filter(department_id="49", kind="current").order_by("-population").first()
        known = world.staff.get(person.key)
        made.append(
            professional(
                world,
                person.first_name,
                person.last_name,
                person.profession,
                known or _account(world, person.first_name, person.last_name, person.sentence),
            )
        )
        world.personas[person.key] = made[-1]
        made[-1].place = commune  # type: ignore[attr-defined]
    write_professionals(world, made)


def professional(world: World, first: str, last: str, profession: str, user: User | None) -> Professional:
    """A professional in memory, for `write_professionals`; the address is the account's when there is one."""
    rank = world.numbers.take("demo:rpps")
    return Professional(
        rpps=fictitious_rpps(rank),
        first_name=first,
        last_name=last,
        search_name=normalise(f"{last} {first}"),
        profession_code=profession,
        know_hows=[{"type": "S", "code": GENERAL_PRACTICE}] if profession == "10" else [],
        email=user.email if user else f"{_handle(first, last)}.{rank}@{DOMAIN}",
        phone=check_phone(fictitious_phone(rank)),
        secure_mail=f"{_handle(first, last)}.{rank}@mssante.demo.invalid" if user else "",
        secure_mail_checked_on=world.ago(400) if user else None,
        user=user,
        fictitious=True,
    )


def write_professionals(world: World, people: list[Professional]) -> None:
    """Accounts first, then people, then where they practise (`place` on each)."""
    User.objects.bulk_create([p.user for p in people if p.user is not None and p.user.pk is None], batch_size=1000)
    for person in people:
        person.user = person.user  # the key of the account is known now
    Professional.objects.bulk_create(people, batch_size=1000)
    since = world.ago(2500)
    dice = world.dice("practices")
    Practice.objects.bulk_create(
        (
            Practice(
                professional=person,
                mode="L",
                genre="GENR01",
                sector="SA33" if person.profession_code == "21" else dice.choice(("SA07", "SA08")),
                pharmacist_section="A" if person.profession_code == "21" else "",
                commune=person.place,  # type: ignore[attr-defined]
                valid_from=since + timedelta(days=dice.randint(0, 900)),
            )
            for person in people
        ),
        batch_size=1000,
    )


def account(world: World, first: str, last: str) -> User:
    """The account of a professional, in memory."""
    return _account(world, first, last, "")


def _account(world: World, first: str, last: str, persona: str) -> User:
    handle = _handle(first, last)
    rank = world.numbers.take(f"demo:mail:{handle}")
    return User(
        email=f"{handle}{rank if rank > 1 else ''}@{DOMAIN}",
        # Nobody signs in to the demo with a password: personas are entered in one click.
        password=f"!demo-{handle}-{rank}",
        first_name=first,
        last_name=last,
        persona=persona,
    )


def _handle(first: str, last: str) -> str:
    return ".".join("-".join(normalise(part).replace("'", "-").split()) for part in (first, last))


def backdate_accounts(world: World) -> None:
    """Accounts are older than the day the demo is loaded."""
    User.objects.filter(email__endswith=f"@{DOMAIN}").update(created_at=_long_ago(world))


def _long_ago(world: World) -> datetime:
    day = world.ago(1200)
    return datetime(day.year, day.month, day.day, 9, tzinfo=PARIS)
