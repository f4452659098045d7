"""A professional put behind an account by the platform's administration, when nobody invited them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from equipage.foundation import audit
from equipage.foundation.french import typographic
from equipage.foundation.identifiers import check_rpps
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.people import nomenclatures
from equipage.people.models import Practice, Professional, User
from equipage.people.nomenclatures import DOCTOR, NURSE, PHARMACIST
from equipage.people.rules import same_person
from equipage.people.services.professionals import register_professional
from equipage.territory.models import Commune


@dataclass(frozen=True)
class Practitioner:
    """What the public directory says of somebody: number, trade, and where they have practised since when."""

    rpps: str
    profession_code: str
    commune: Commune
    since: date
    speciality: str = ""
    pharmacist_section: str = ""
    liberal: bool = True


@transaction.atomic
def attach_professional(*, actor: Any, user: User, practitioner: Practitioner) -> Professional:
    """Put a professional behind an account: the one of the directory who has this number, else a new one.

    The same number asked twice changes nothing. Raises Refused: one's own account, a number or an account that is
    already taken, a name or a profession that is not that of the directory.
    """
    decision = can(actor, "people.attach_professional", user)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    holder = User.objects.select_for_update().get(pk=user.pk)
    number = check_rpps(practitioner.rpps).value
    already = Professional.objects.filter(user=holder).first()
    if already is not None:
        if already.rpps == number:
            return already
        raise _refused(f"Ce compte est déjà celui de {already.full_name}, numéro RPPS {already.rpps}.", "rpps")
    if not holder.is_active:
        raise _refused("Ce compte est fermé : rouvrez-le avant de lui rattacher un numéro RPPS.")
    _check_occupation(practitioner)
    person = Professional.objects.select_for_update().filter(rpps=number).first()
    if person is None:
        person = _register(actor, holder, number, practitioner)
    else:
        _check_known(person, holder, practitioner)
        _complete(person, practitioner)
    person.user = holder
    person.email = person.email or holder.email
    person.save()
    audit.record(
        action="people.professional.attach", obj=person, actor=actor, after={"user": holder.pk, "rpps": person.rpps}
    )
    return person


def _check_occupation(practitioner: Practitioner) -> None:
    """What the composition of a team will ask: the speciality of a doctor, the section of a pharmacist."""
    code = practitioner.profession_code
    if code == DOCTOR and not practitioner.speciality:
        raise _refused(
            "Choisissez la spécialité de ce médecin : elle dit si son équipe a un médecin généraliste.", "speciality"
        )
    if practitioner.speciality and code not in (DOCTOR, NURSE):
        raise _refused("Cette profession n'a pas de spécialité : choisissez « Aucune ou inconnue ».", "speciality")
    if code == PHARMACIST and not practitioner.pharmacist_section:
        raise _refused("Choisissez la section de l'Ordre de cette personne.", "pharmacist_section")


def _check_known(person: Professional, holder: User, practitioner: Practitioner) -> None:
    """The directory knows this number: nobody else has it yet, and it is this person's."""
    if person.user is not None:
        raise _refused(
            f"Ce numéro RPPS est déjà rattaché au compte de {person.user.full_name} ({person.user.email}). "
            "Vérifiez le numéro, ou retrouvez ce compte dans la liste.",
            "rpps",
        )
    if not same_person(person.first_name, person.last_name, holder.first_name, holder.last_name):
        raise _refused(
            f"Dans l'annuaire, ce numéro RPPS est celui de {person.full_name} ; le compte est au nom de "
            f"{holder.full_name}. Vérifiez le numéro auprès de la personne.",
            "rpps",
        )
    if person.profession_code != practitioner.profession_code:
        raise _refused(
            f"Dans l'annuaire, la profession de {person.full_name} est « {person.profession_label} ». "
            "Choisissez-la, ou vérifiez le numéro RPPS.",
            "profession_code",
        )


def _register(actor: Any, holder: User, number: str, practitioner: Practitioner) -> Professional:
    return register_professional(
        actor=actor,
        rpps=number,
        first_name=holder.first_name,
        last_name=holder.last_name,
        profession_code=practitioner.profession_code,
        speciality=practitioner.speciality,
        pharmacist_section=practitioner.pharmacist_section,
        liberal=practitioner.liberal,
        commune=practitioner.commune,
        since=practitioner.since,
        email=holder.email,
    )


def _complete(person: Professional, practitioner: Practitioner) -> None:
    """Add what the directory did not know; what it knew stays."""
    if practitioner.speciality and not any(item["type"] == "S" for item in person.know_hows):
        code = nomenclatures.speciality(practitioner.speciality).code
        person.know_hows = [*person.know_hows, {"type": "S", "code": code}]
    open_now = [row for row in person.practices.all() if row.valid_to is None or row.valid_to > today()]
    if not open_now:
        Practice.objects.create(
            professional=person,
            mode="L" if practitioner.liberal else "S",
            pharmacist_section=practitioner.pharmacist_section if person.profession_code == PHARMACIST else "",
            commune=practitioner.commune,
            valid_from=practitioner.since,
        )


def _refused(sentence: str, field: str | None = None) -> Refused:
    return Refused(typographic(sentence), field=field)
