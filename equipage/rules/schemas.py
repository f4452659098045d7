"""Compares data with the JSON schemas of `rulepacks/schema/` and says in French what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource

from equipage.rules.reading import Page, Path_

SCHEMAS = Path(__file__).resolve().parents[2] / "rulepacks" / "schema"
_TYPES = {
    "string": "un texte",
    "integer": "un nombre entier",
    "number": "un nombre",
    "boolean": "true ou false",
    "array": "une liste",
    "object": "un groupe de clés",
    "null": "rien",
}


@lru_cache(maxsize=1)
def _registry() -> Registry[Any]:
    resources = [
        (path.name, Resource.from_contents(json.loads(path.read_text(encoding="utf-8"))))
        for path in sorted(SCHEMAS.glob("*.json"))
    ]
    return Registry().with_resources(resources)


@lru_cache(maxsize=64)
def validator(name: str) -> Draft202012Validator:
    """The validator of one schema file, by its name without suffix."""
    return Draft202012Validator({"$ref": f"{name}.json"}, registry=_registry())


def has_schema(name: str) -> bool:
    """Whether a schema file of that name exists."""
    return (SCHEMAS / f"{name}.json").is_file()


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return f"« {text[:60]}{'…' if len(text) > 60 else ''} »"


def _type(error: ValidationError) -> tuple[str, str]:
    kinds = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    return f"{_shown(error.instance)} n'est pas du bon type", " ou ".join(_TYPES.get(str(k), str(k)) for k in kinds)


def _sentence(error: ValidationError) -> tuple[str, str]:
    """What is wrong and what was expected, for one complaint of the validator."""
    wanted = error.validator_value
    match error.validator:
        case "type":
            return _type(error)
        case "enum":
            return f"{_shown(error.instance)} n'est pas prévu", "l'un de " + ", ".join(map(str, wanted))
        case "const":
            return f"{_shown(error.instance)} n'est pas prévu", f"{wanted}"
        case "pattern":
            expected = error.schema.get("description", f"la forme {wanted}") if isinstance(error.schema, dict) else ""
            return f"{_shown(error.instance)} n'a pas la bonne forme", str(expected)
        case "minimum" | "exclusiveMinimum":
            return f"{_shown(error.instance)} est trop petit", f"au moins {wanted}"
        case "maximum":
            return f"{_shown(error.instance)} est trop grand", f"au plus {wanted}"
        case "minItems" | "minProperties" | "minLength":
            return "c'est trop court", f"au moins {wanted} élément(s)"
        case "uniqueItems":
            return "la liste répète un élément", "des éléments tous différents"
    return "la forme n'est pas celle prévue", str(error.validator)


def _details(error: ValidationError, path: Path_) -> Iterator[tuple[Path_, str, str]]:
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = set(error.schema.get("properties", {})) if isinstance(error.schema, dict) else set()
        for key in error.instance.keys() - known:
            yield (*path, key), "clé inconnue", "l'une de " + ", ".join(sorted(known))
    elif error.validator == "required" and isinstance(error.instance, dict):
        for key in sorted(set(error.validator_value) - error.instance.keys()):
            properties = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
            hint = properties.get(key, {}).get("description", "") if isinstance(properties.get(key), dict) else ""
            yield path, f"il manque la clé « {key} »", hint or f"une clé « {key} »"
    else:
        yield path, *_sentence(error)


def check(page: Page, data: Any, schema: str, at: Path_ = ()) -> bool:
    """Note on the page every difference between the data and the schema; True when there is none."""
    seen: set[tuple[Path_, str]] = set()
    for error in validator(schema).iter_errors(data):
        for path, what, expected in _details(error, (*at, *error.absolute_path)):
            if (path, what) not in seen:
                seen.add((path, what))
                page.refuse(path, what, expected)
    return not seen
