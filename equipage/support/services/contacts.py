"""The contacts that come with Équipage: those of the rule packs, added once, never written over."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction

from equipage.foundation import audit
from equipage.people.rules import check_phone
from equipage.rules import Library, library
from equipage.rules.shared import Contact
from equipage.support.models import Desk
from equipage.territory.models import Department, Region


@dataclass
class Loaded:
    """What a load did: the contacts added, and the keys of those whose place is not in the database yet."""

    added: list[Desk] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


@transaction.atomic
def load_contacts() -> Loaded:
    """Add the contacts whose key is not there yet; those that are, corrected or closed by somebody, stay as they are.

    Those of a region or a department that is not loaded wait for a later call. Raises PackRefused.
    """
    packs, loaded = library(), Loaded()
    known = set(Desk.objects.values_list("key", flat=True))
    regions = set(Region.objects.values_list("pk", flat=True))
    departments = set(Department.objects.values_list("pk", flat=True))
    for contact in packs.pack.contacts.values():
        if contact.key in known:
            continue
        desk = desk_of(packs, contact)
        if (desk.region_id and desk.region_id not in regions) or (
            desk.department_id and desk.department_id not in departments
        ):
            loaded.waiting.append(desk.key)
            continue
        desk.save()
        audit.record(action="support.desk.load", obj=desk, actor=None, after={"key": desk.key, "source": desk.source})
        loaded.added.append(desk)
    return loaded


def desk_of(packs: Library, contact: Contact) -> Desk:
    """A published contact as a row not yet written; the territory of a pack is a region, or all of France."""
    return Desk(
        key=contact.key,
        name=contact.name,
        role=contact.role,
        kind=contact.kind,
        forms=list(contact.forms),
        region_id=packs.territories[contact.territory].region or None,
        department_id=contact.department or None,
        phone=check_phone(contact.phone) if contact.phone else "",
        email=contact.email,
        url=contact.url,
        note=contact.note,
        source=contact.reference.sentence(),
    )
