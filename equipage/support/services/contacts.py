"""The contacts that come with Équipage, read in published leaflets: added once, never written over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction

from equipage.foundation import audit
from equipage.foundation.french import typographic
from equipage.people.rules import check_phone
from equipage.support.models import Desk
from equipage.support.rules import form_choices
from equipage.territory.models import Department, Region

_TEXTS = ("name", "role", "note", "hours", "source")
_PLAIN = ("email", "url")
_KNOWN = {"key", "kind", "forms", "region", "department", "phone", "source_day", *_TEXTS, *_PLAIN}


class ContactsBroken(ValueError):
    """The file of contacts cannot be used; the message says which entry, and what is wrong."""


@dataclass
class Loaded:
    """What a load did: the contacts added, and the keys of those whose place is not in the database yet."""

    added: list[Desk] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


def contacts_file() -> Path:
    """Where the contacts are."""
    path: Path = settings.REFERENCE / "contacts" / "contacts.yaml"
    return path


@transaction.atomic
def load_contacts(path: Path | None = None) -> Loaded:
    """Add the contacts whose key is not there yet; those that are, corrected or closed by somebody, stay as they are.

    Those of a region or a department that is not loaded wait for a later call. Raises ContactsBroken.
    """
    loaded = Loaded()
    known = set(Desk.objects.values_list("key", flat=True))
    regions = set(Region.objects.values_list("pk", flat=True))
    departments = dict(Department.objects.values_list("pk", "region_id"))
    for desk in read_contacts(path or contacts_file()):
        if desk.key in known:
            continue
        if desk.department_id and not desk.region_id:
            desk.region_id = departments.get(desk.department_id)
        if (desk.region_id and desk.region_id not in regions) or (
            desk.department_id and desk.department_id not in departments
        ):
            loaded.waiting.append(desk.key)
            continue
        desk.save()
        audit.record(action="support.desk.load", obj=desk, actor=None, after={"key": desk.key, "source": desk.source})
        loaded.added.append(desk)
    return loaded


def read_contacts(path: Path) -> list[Desk]:
    """The contacts of a file as rows not yet written. Raises ContactsBroken."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise ContactsBroken(f"{path.name} ne se lit pas : {problem}") from problem
    if not isinstance(data, dict) or data.get("kind") != "contacts" or not isinstance(data.get("contacts"), list):
        raise ContactsBroken(f"{path.name} : il faut « kind: contacts », puis une liste « contacts ».")
    found = [_desk(entry, path.name) for entry in data["contacts"]]
    keys = [desk.key for desk in found]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ContactsBroken(f"{path.name} : clés données deux fois : {', '.join(twice)}.")
    return found


def _desk(entry: Any, file: str) -> Desk:
    """One entry, checked; a wrong one names itself."""
    key = entry.get("key", "") if isinstance(entry, dict) else ""
    if not key:
        raise ContactsBroken(f"{file} : une entrée n'a pas de clé (« key »).")
    strangers = sorted(set(entry) - _KNOWN)
    missing = [name for name in ("name", "role", "kind", "source") if not entry.get(name)]
    unknown = sorted(set(entry.get("forms", ())) - {code for code, _ in form_choices()})
    source_day = entry.get("source_day")
    problems = [
        f"mots inconnus {strangers}" if strangers else "",
        f"il manque {missing}" if missing else "",
        f"formes inconnues {unknown}" if unknown else "",
        "" if entry.get("kind") in Desk.Kind.values else f"nature inconnue {entry.get('kind')!r}",
        "" if any(entry.get(way) for way in ("phone", "email", "url")) else "ni téléphone, ni adresse, ni site",
        "" if source_day is None or isinstance(source_day, date) else "source_day n'est pas une date AAAA-MM-JJ",
    ]
    wrong = [problem for problem in problems if problem]
    if wrong:
        raise ContactsBroken(f"{file}, {key} : {' ; '.join(wrong)}.")
    return Desk(
        key=key,
        kind=entry["kind"],
        forms=list(entry.get("forms", ())),
        region_id=entry.get("region"),
        department_id=entry.get("department"),
        phone=check_phone(entry["phone"]) if entry.get("phone") else "",
        source_day=source_day,
        **{name: typographic(entry.get(name, "")) for name in _TEXTS},
        **{name: entry.get(name, "") for name in _PLAIN},
    )
