"""What a value of any kind of rule says, in words: one sentence, and the details that go under it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst

from equipage.foundation.french import MONTHS
from equipage.people.nomenclatures import UnknownCode, activity_genre, practice_mode
from equipage.rules import library
from equipage.rules.comparison import NATURES, plain
from equipage.rules.pack import Rule
from equipage.rules.scale import UNITS
from equipage.rules.telling import WHO
from equipage.rules.wording import NARROW, enumerate_words, euros_exact, number, quantity

Fact = tuple[str, str]
Value = Mapping[str, Any]

# The groups of rules as chapters; a group that is not here is shown under its own name.
CHAPTERS: Mapping[str, str] = {
    "composition": "Composition",
    "stages": "Stades",
    "audience": "Pour qui",
    "professions": "Professions qui comptent",
    "practice": "Modes d'exercice",
    "organisation": "Organisation",
    "territory": "Territoire",
    "projects": "Prérequis",
    "steps": "Étapes",
    "actions": "Actions",
    "missions": "Missions et indicateurs du contrat",
    "participants": "Personnes présentes",
    "evidence": "Justificatifs",
    "gates": "Conditions d'une action",
    "themes": "Thèmes",
    "money": "Argent",
    "conditions": "Conditions de paiement",
    "scale": "Barème",
    "convention": "Convention",
    "contract": "Contrat",
    "answers": "Réponses aux besoins",
    "brief": "En deux lignes",
    "support": "Accompagnement",
    "references": "Textes",
    "project": "Projet de santé",
    "indicators": "Indicateurs nationaux",
    "campaigns": "Campagnes nationales",
}
# What lists hold as codes, in words.
_CODES: Mapping[str, str] = {
    "attendance": "liste des présents",
    "minutes": "compte rendu",
    "document": "document",
    "document_reference": "référence du document",
    "report": "bilan",
    # The pay groups of a scale.
    "medical": "professions médicales",
    "auxiliary": "auxiliaires médicaux",
    "pharmacy": "pharmacie",
}
_DAY_OF_YEAR = re.compile(r"(\d\d)-(\d\d)\Z")


@dataclass(frozen=True, slots=True)
class Told:
    """A value in words: the sentence, then pairs of a term and its text."""

    sentence: str
    facts: tuple[Fact, ...] = ()


def chapter(group: str) -> str:
    """The name of a group of rules."""
    return CHAPTERS.get(group, capfirst(group.replace("_", " ")))


def told(rule: Rule, value: Any) -> Told:
    """What a value of this rule says; `value` is never None."""
    return _TELLERS[rule.kind](rule, value)


def words(rule: Rule, value: Any) -> str:
    """The value alone, without the label of its rule."""
    if rule.kind != "parameters":
        return told(rule, value).sentence
    if rule.requirement and isinstance(value, int):
        return quantity(value, rule.requirement["one"], rule.requirement["many"])
    if isinstance(value, list):
        return enumerate_words([_item(rule, str(item)) for item in value])
    return plain(value, rule.unit)


def _parameter(rule: Rule, value: Any) -> Told:
    if rule.requirement and isinstance(value, int):
        return Told(f"Au moins {words(rule, value)}")
    return Told(value if isinstance(value, str) else f"{rule.label}{NARROW}: {words(rule, value)}")


def _item(rule: Rule, text: str) -> str:
    """One item of a list: a code of a nomenclature, a day of the year, or plain words."""
    found = _DAY_OF_YEAR.match(text)
    if found and 1 <= int(found[1]) <= 12:
        return f"{int(found[2])} {MONTHS[int(found[1]) - 1]}"
    for table in (practice_mode, activity_genre) if rule.group == "practice" else ():
        try:
            return table(text).screen_label.lower()
        except UnknownCode:
            continue
    return _CODES.get(text, text)


def _facts(*pairs: tuple[str, Any]) -> tuple[Fact, ...]:
    return tuple((term, str(text)) for term, text in pairs if text not in ("", None))


def _profession(rule: Rule, value: Value) -> Told:
    names = [item["label"] for item in value.get("qualifications", ())]
    sections = value.get("sections", ())
    word = "section" if len(sections) == 1 else "sections"
    return Told(
        value["label"],
        _facts(
            ("Seulement", enumerate_words(names, "ou")),
            ("Ordre des pharmaciens", f"{word} {enumerate_words(sections)}" if sections else ""),
            ("Nomenclature", f"{value['system']}, code {value['code']}"),
            ("Peut être indemnisée", "oui" if value["eligible_for_pay"] else "non"),
        ),
    )


def _need(rule: Rule, value: Value) -> Told:
    return Told(value["label"], _facts(("Tant que ce n'est pas fait", value["refusal"]), ("Comment", value["way_out"])))


def _action(rule: Rule, value: Value) -> Told:
    examples = enumerate_words(value.get("examples", ()), "ou")
    return Told(value["label"], _facts(("Ce que c'est", value["description"]), ("Par exemple", examples)))


def _step(rule: Rule, value: Value) -> Told:
    company = enumerate_words([WHO[who] for who in value.get("with", ())])
    return Told(
        value["label"],
        _facts(("Ce qui se fait", value["description"]), ("Qui agit", WHO[value["who"]]), ("Avec", company)),
    )


def _mission(rule: Rule, value: Value) -> Told:
    start, full = value.get("start_months"), value.get("full_months")
    return Told(
        value["label"],
        _facts(
            ("Nature", NATURES[value.get("nature", "")]),
            ("Axe", value.get("axis", "")),
            ("Ce que c'est", value.get("description", "")),
            ("Points fixes", _count(value.get("fixed_points"))),
            ("Points variables", _count(value.get("variable_points"))),
            ("Précision", value.get("points_note", "")),
            ("Au plus", _count(value.get("at_most"))),
            ("Commence", f"sous {start} mois" if start is not None else ""),
            ("Complète", f"sous {full} mois" if full is not None else ""),
        ),
    )


def _count(value: int | None) -> str:
    return "" if value is None else number(value)


def _project(rule: Rule, value: Value) -> Told:
    asked = [item["label"] for item in value["fields"]]
    title = f"{value['title']} (facultatif)" if value.get("optional") else value["title"]
    return Told(title, _facts(("Aide", value["help"]), ("Questions", " · ".join(asked))))


def _indicator(rule: Rule, value: Value) -> Told:
    breakdowns = enumerate_words([item["label"].lower() for item in value["breakdowns"]])
    often = f"{value['campaigns_per_year']} fois par an"
    return Told(
        value["title"], _facts(("Définition", value["definition"]), ("Ventilé", breakdowns), ("Demandé", often))
    )


def _scale(rule: Rule, value: Value) -> Told:
    return Told(value["label"], tuple(_rates(rule, value["rates"])))


def _rates(rule: Rule, rates: Iterable[Value]) -> Iterable[Fact]:
    rules = library().pack.rules
    for rate in rates:
        action = rules.get(f"{rule.form}.actions.{rate['action']}")
        group = rate.get("profession_group")
        name = f"{action.label if action else rate['action']}{f' ({_CODES.get(group, group)})' if group else ''}"
        yield name, f"{euros_exact(Decimal(rate['amount']))} par {UNITS[rate['unit']][0]}"


def _convention(rule: Rule, value: Value) -> Told:
    articles = enumerate_words([article["title"] for article in value["articles"]])
    return Told(value["title"], _facts(("En bref", " ".join(value["summary"])), ("Articles", articles)))


def _labelled(detail: str, term: str) -> Callable[[Rule, Value], Told]:
    return lambda rule, value: Told(value["label"], _facts((term, value.get(detail, ""))))


_TELLERS: Mapping[str, Callable[[Rule, Any], Told]] = {
    "parameters": _parameter,
    "professions": _profession,
    "gates": _need,
    "conditions": _need,
    "actions": _action,
    "steps": _step,
    "missions": _mission,
    "stages": _labelled("sentence", "Ce que c'est"),
    "themes": _labelled("help", "Aide"),
    "answers": lambda rule, value: Told(value["how"]),
    "project": _project,
    "indicators": _indicator,
    "scale": _scale,
    "convention": _convention,
}
