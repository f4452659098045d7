"""The people of the journeys and their site: a database of its own, real communes, nobody's team yet."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from tests.browser import Site, serve

CLAIRE, HUGO, INES = "Claire Besnard", "Hugo Martin", "Inès Le Goff"
MARINE, THIERRY, ODILE, NADIA = "Marine Auvray", "Thierry Lemoine-Roux", "Odile de La Fresnaye", "Nadia Benali"
DENIS = "Denis Quéméneur"

# Fictitious rates, chosen so that a duration in minutes never falls on a whole number of cents.
MEETING_RATE, PLAN_AMOUNT = Decimal("47.35"), Decimal("45.00")

_PEOPLE = """
from equipage.people.roles import Role
from equipage.territory.names import normalise
from tests import chain
from tests import factories as make

def persona(user):
    user.persona = "Personne du parcours."
    user.email = f"{normalise(user.first_name)}.{normalise(user.last_name)}@demo.equipage.invalid".replace(" ", "-")
    user.save()

here = make.commune("49092")
carers = ((make.nurse, "Claire", "Besnard"), (make.gp, "Hugo", "Martin"), (make.pharmacist, "Inès", "Le Goff"))
for role, first, last in carers:
    persona(role(first_name=first, last_name=last, place=here).user)
staff = (
    (Role.ASSOCIATION_OFFICER, "Marine", "Auvray"),
    (Role.ASSOCIATION_TREASURER, "Thierry", "Lemoine-Roux"),
    (Role.ASSOCIATION_ADMIN, "Odile", "de La Fresnaye"),
    (Role.ARS_DEPARTMENT, "Nadia", "Benali"),
    (Role.ARS_REGION, "Denis", "Quéméneur"),
)
for role, first, last in staff:
    persona(make.staff(role, first_name=first, last_name=last))
chain.adopted_scale(rates={
    "RCP_SANS_PATIENT": ("hour", "RATE"),
    "RCP_AVEC_PATIENT": ("hour", "RATE"),
    "PPS": ("document", "PLAN"),
})
"""


@contextmanager
def stage() -> Iterator[Site]:
    """A running site with these people and an adopted scale; everything else is done by clicking."""
    script = _PEOPLE.replace("RATE", str(MEETING_RATE)).replace("PLAN", str(PLAN_AMOUNT))
    with tempfile.TemporaryDirectory(prefix="equipage-journey-") as folder, serve(Path(folder)) as site:
        site.manage("load_territory", "--region", "52")
        site.manage("shell", "--verbosity=0", "-c", script)
        yield site


def meeting_cents(minutes: int) -> int:
    """What one person receives for a meeting: the rate of the hour, half a cent up. Written apart from the product."""
    euros = MEETING_RATE * minutes / 60
    return int((euros * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def french_iban(rank: int) -> str:
    """A French account of a bank that does not exist, with right keys."""
    bank, branch, account = "99999", "00001", f"{rank:011d}"
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    body = f"{bank}{branch}{account}{key:02d}"
    check = 98 - int(f"{body}152700") % 97  # F is 15, R is 27
    return f"FR{check:02d}{body}"


def spaced(iban: str) -> str:
    """As people write it: by groups of four."""
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
