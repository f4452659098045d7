"""The rules as open data: one JSON document that others can read, described by `rulepacks/schema/export.json`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from equipage.rules.dated import Dated, Reading, Reference
from equipage.rules.library import Library
from equipage.rules.pack import FormCard, Rule
from equipage.rules.shared import Contact

FORMAT = "equipage-regles/1"
LICENCE = "EUPL-1.2"


def export(library: Library, *, form: str = "", territory: str = "") -> dict[str, Any]:
    """Everything the packs hold, or what concerns one form, or one territory and those that contain it.

    JSON-safe: days are AAAA-MM-JJ, amounts integer cents, decimals texts. Raises NoRuleInForce: unknown territory.
    """
    places = set(library.chain(territory)) if territory else set(library.pack.territories)
    rules = [rule for rule in library.rules() if not form or rule.form == form]
    listed = [made for rule in rules if (made := of_rule(rule, places))["values"]]
    return {
        "format": FORMAT,
        "licence": LICENCE,
        "territories": [
            {"code": code, "label": place.label, "parent": place.parent, "insee_region": place.region}
            for code, place in library.pack.territories.items()
            if code in places
        ],
        "forms": [
            _card(card)
            for code in sorted(library.pack.forms)
            for card in library.pack.forms[code]
            if card.territory in places and (not form or code == form)
        ],
        "needs": [{"key": one.key, "label": one.label, "help": one.help} for one in library.pack.concerns.values()],
        "contacts": [
            _contact(one)
            for one in library.pack.contacts.values()
            if one.territory in places and (not form or one.serves(form))
        ],
        "rules": listed,
    }


def of_rule(rule: Rule, places: set[str]) -> dict[str, Any]:
    """One rule with all its values in some territories, oldest first."""
    entries = [entry for code in sorted(places & rule.timelines.keys()) for entry in rule.timelines[code].entries]
    made: dict[str, Any] = {
        "id": rule.id,
        "form": rule.form,
        "group": rule.group,
        "key": rule.key,
        "label": rule.label,
        "kind": rule.kind,
        "type": rule.type,
        "unit": rule.unit,
        "values": [_value(entry) for entry in entries],
    }
    if rule.requirement:
        made["requirement"] = {name: rule.requirement.get(name, "") for name in ("of", "one", "many", "gate")}
    return made


def _contact(contact: Contact) -> dict[str, Any]:
    names = ("key", "territory", "name", "role", "kind", "department", "phone", "email", "url", "note")
    made: dict[str, Any] = {name: getattr(contact, name) for name in names}
    return made | {"forms": list(contact.forms), "reference": _reference(contact.reference)}


def _card(card: FormCard) -> dict[str, Any]:
    return {
        "code": card.code,
        "territory": card.territory,
        "label": card.label,
        "full_name": card.full_name,
        "summary": card.summary,
        "valid_from": card.valid_from.isoformat(),
        "valid_to": _day(card.valid_to),
        "reference": _reference(card.reference),
        "parent": card.parent,
        "note": card.note,
    }


def _value(entry: Dated) -> dict[str, Any]:
    return {
        "territory": entry.territory,
        "valid_from": entry.valid_from.isoformat(),
        "valid_to": _day(entry.valid_to),
        "attested": entry.attested,
        "published_on": _day(entry.published_on),
        "known_from": _day(entry.known_from),
        "confidence": entry.confidence,
        "value": _plain(entry.value),
        "working_default": _plain(entry.working_default),
        "abolished": entry.abolished,
        "fictitious": entry.fictitious,
        "reference": _reference(entry.reference),
        "note": entry.note,
        "other_readings": [_reading(other) for other in entry.other_readings],
    }


def _reading(other: Reading) -> dict[str, Any]:
    return {
        "value": _plain(other.value),
        "confidence": other.confidence,
        "reference": _reference(other.reference),
        "note": other.note,
    }


def _reference(reference: Reference) -> dict[str, str]:
    return {name: text for name, text in reference.as_dict().items() if text}


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _plain(value: Any) -> Any:
    """The value without what JSON cannot say exactly."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
