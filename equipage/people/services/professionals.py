"""Professionals: entered in the directory, given an account, kept up to date by themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from equipage.foundation import audit
from equipage.foundation.french import typographic
from equipage.foundation.identifiers import check_rpps
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.people import nomenclatures
from equipage.people.models import Practice, Professional, User
from equipage.people.nomenclatures import PHARMACIST
from equipage.territory.models import Commune

_PROFILE = ("email", "phone", "secure_mail", "siret")


@transaction.atomic
def register_professional(
    *,
    actor: Any,
    rpps: str,
    first_name: str,
    last_name: str,
    profession_code: str,
    speciality: str = "",
    pharmacist_section: str = "",
    liberal: bool = True,
    commune: Commune | None = None,
    email: str = "",
    since: date | None = None,
) -> Professional:
    """Enter a professional whom the directory does not know yet, who practises there `since` that day (today).

    Raises Refused where the number is taken.
    """
    number = check_rpps(rpps).value
    known = Professional.objects.filter(rpps=number).first()
    if known is not None:
        raise Refused(
            typographic(f"Ce numéro RPPS est celui de {known.full_name}, déjà dans l'annuaire. Cherchez ce numéro."),
            field="rpps",
        )
    if profession_code == PHARMACIST and not pharmacist_section:
        raise Refused("Choisissez la section de l'Ordre de cette personne.", field="pharmacist_section")
    know_hows = [{"type": "S", "code": nomenclatures.speciality(speciality).code}] if speciality else []
    person = Professional.objects.create(
        rpps=number,
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        profession_code=nomenclatures.profession(profession_code).code,
        know_hows=know_hows,
        email=email.strip().lower(),
    )
    Practice.objects.create(
        professional=person,
        mode="L" if liberal else "S",
        pharmacist_section=pharmacist_section if profession_code == PHARMACIST else "",
        commune=commune,
        valid_from=since or today(),
    )
    audit.record(
        action="people.professional.register",
        obj=person,
        actor=actor,
        after={"rpps": number, "name": person.full_name, "profession": profession_code, "speciality": speciality},
    )
    return person


@transaction.atomic
def open_own_account(*, professional: Professional, email: str, password: str) -> User:
    """A professional who holds a personal link opens their account. Raises Refused (address taken, weak password)."""
    person = Professional.objects.select_for_update().get(pk=professional.pk)
    if person.user_id is not None:
        raise Refused("Votre compte est déjà ouvert : connectez-vous.", field="email")
    address = email.strip().lower()
    if User.objects.filter(email__iexact=address).exists():
        raise Refused("Un compte a déjà cette adresse. Connectez-vous, ou choisissez une autre adresse.", field="email")
    user = User(email=address, first_name=person.first_name, last_name=person.last_name)
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise Refused(" ".join(weak.messages), field="password") from weak
    user.set_password(password)
    user.save()
    person.user = user
    person.email = person.email or address
    person.save(update_fields=["user", "email", "search_name"])
    audit.record(action="people.user.open_own", obj=user, actor=user, after={"email": address, "rpps": person.rpps})
    return user


@transaction.atomic
def update_profile(*, actor: Any, professional: Professional, **values: str) -> Professional:
    """What a person says of themself. A new secure address is dated: it is a declaration. Raises Refused."""
    decision = can(actor, "people.edit_professional", professional)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    person = Professional.objects.select_for_update().get(pk=professional.pk)
    before = {name: getattr(person, name) for name in _PROFILE}
    after = {name: values.get(name, before[name]) for name in _PROFILE}
    changed = sorted(name for name in _PROFILE if before[name] != after[name])
    for name in changed:
        setattr(person, name, after[name])
    if after["secure_mail"] != before["secure_mail"] or (after["secure_mail"] and not person.secure_mail_checked_on):
        person.secure_mail_checked_on = today() if after["secure_mail"] else None
    person.save()
    if changed:
        audit.record(
            action="people.professional.update",
            obj=person,
            actor=actor,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    return person
