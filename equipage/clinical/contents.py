"""What is written in the vault, as tables: the cards of a file, of a plan, of a note. Forms, pages and PDF read them.

A stored content holds texts only: dates as « 2026-10-14 », choices as their codes. Fields of the plan: PPS-PAERPA
2021.01 (ANS, CI-SIS); the ten points of a plan: HAS, PAERPA, 2013-2014.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from equipage.clinical import nomenclatures as n
from equipage.foundation.french import day, typographic

LINE, TEXT, CHOICE, DAY = "line", "text", "choice", "day"
MOST_PROBLEMS = 20
MOST_ACTIONS = 12


@dataclass(frozen=True)
class Field:
    """One answer: its key, its label, how it is typed, its list, and help."""

    key: str
    label: str
    kind: str = LINE
    choices: Any = None
    help: str = ""
    required: bool = False

    def shown(self, value: str) -> str:
        """A stored answer as a person reads it."""
        if self.kind == CHOICE:
            return n.label_of(self.choices, value)
        if self.kind == DAY and value:
            return day(date.fromisoformat(value))
        return value


@dataclass(frozen=True)
class Card:
    """A few answers that are written together (carte). `key` is the word in addresses."""

    key: str
    title: str
    fields: tuple[Field, ...]
    lede: str = ""

    def shown(self, data: dict[str, Any]) -> list[tuple[str, str]]:
        """Label and answer of every field, empty ones too."""
        return [(field.label, field.shown(str(data.get(field.key, "")))) for field in self.fields]


IDENTITY = Card(
    "identite",
    "Identité",
    (
        Field("birth_name", "Nom de naissance", required=True),
        Field("first_names", "Prénoms", required=True, help="Dans l'ordre de l'état civil, séparés par des espaces."),
        Field("used_name", "Nom utilisé"),
        Field("used_first_name", "Prénom utilisé"),
        Field("birth_date", "Date de naissance", DAY, required=True),
        Field("birth_place", "Lieu de naissance"),
        Field("sex", "Sexe", CHOICE, n.Sex, required=True),
        Field("ins", "INS", help="15 chiffres, clé comprise. Peut rester vide."),
    ),
)
ADDRESS = Card(
    "coordonnees",
    "Coordonnées",
    (Field("address", "Adresse", TEXT), Field("phone", "Téléphone"), Field("representative", "Représentant")),
)
CIRCLE = Card(
    "entourage",
    "Entourage",
    (
        Field("emergency", "Personne à prévenir", help="Nom, lien, téléphone."),
        Field("trusted_person", "Personne de confiance", help="Majeure, désignée par écrit et cosignataire."),
        Field("trusted_written", "Désignée par écrit", CHOICE, n.YesNo),
        Field("relatives", "Famille et proches", TEXT, help="Une personne par ligne."),
    ),
)
PATIENT_CARDS = {card.key: card for card in (IDENTITY, ADDRESS, CIRCLE)}

CONTEXT = Card(
    "contexte",
    "Contexte",
    (
        Field("title", "Titre du plan", help="Par exemple : « Rester chez soi »."),
        Field("meeting_on", "Réunion du plan", DAY),
        Field("encounter", "Forme de la réunion", CHOICE, n.Encounter),
        Field("place", "Lieu ou structure"),
        Field("confidentiality", "Confidentialité", CHOICE, n.Confidentiality),
    ),
)
PROFESSIONALS = Card(
    "professionnels",
    "Professionnels",
    (
        Field("gp", "Médecin traitant", help="Nom, téléphone."),
        Field(
            "contacts",
            "Autres contacts utiles",
            TEXT,
            help="Infirmière, spécialiste, pharmacie, services : un par ligne.",
        ),
    ),
)
AGREEMENT = Card(
    "accord",
    "Accord de la personne",
    (
        Field("consent", "Accord pour partager ce plan", CHOICE, n.Consent),
        Field("consent_on", "Donné le", DAY),
        Field("directives", "Directives anticipées", CHOICE, n.YesNo),
    ),
)
SITUATION = Card(
    "situation",
    "Situation",
    (
        Field("medical", "Bilan médical", TEXT),
        Field("psychological", "Bilan psychologique", TEXT),
        Field("social", "Bilan social", TEXT),
        Field("priorities", "Priorités actuelles de la personne", TEXT, help="Avec ses mots."),
        Field("preferences", "Préférences", TEXT),
    ),
    lede="Seulement ce qui est nécessaire à la coordination.",
)
RIGHTS = Card(
    "droits",
    "Droits et aides",
    (
        Field("ald", "Affection de longue durée", CHOICE, n.YesNo),
        Field("ald_number", "Numéro de l'ALD"),
        Field("pension_fund", "Caisse de retraite"),
        Field("pension", "Retraite", CHOICE, n.YesNo),
        Field("survivor_pension", "Pension de réversion", CHOICE, n.YesNo),
        Field("aspa", "ASPA", CHOICE, n.YesNo),
        Field("mutual", "Mutuelle", CHOICE, n.YesNo),
        Field("mutual_name", "Nom de la mutuelle"),
        Field("apa", "APA", CHOICE, n.YesNo),
        Field("gir", "GIR", CHOICE, n.Gir),
        Field("housing", "Recherche d'hébergement en cours", CHOICE, n.YesNo),
    ),
)
ALERTS = Card(
    "alertes",
    "Alertes",
    (Field("alert", "Qui prévenir, dans quel cas", TEXT, help="Un cas par ligne : le signe, la personne, le délai."),),
)
PLAN_CARDS = {card.key: card for card in (CONTEXT, PROFESSIONALS, AGREEMENT, SITUATION, RIGHTS, ALERTS)}

PROBLEM = Card(
    "probleme",
    "Problème",
    (
        Field("care", "Soins ou aides", CHOICE, n.Care, required=True),
        Field("problem", "Problème", CHOICE, n.Problem, required=True),
        Field("detail", "Précision", TEXT),
        Field("aims", "Objectifs partagés", TEXT, help="Ceux que la personne accepte."),
        Field("criteria", "Comment saura-t-on que c'est atteint ?", TEXT),
        Field("interim_on", "Point d'étape le", DAY),
        Field("outcome", "Où en est-on", CHOICE, n.Outcome),
        Field("outcome_note", "Pourquoi", TEXT, help="Surtout quand l'objectif n'est pas atteint."),
    ),
)
ACTION_FIELDS = (
    Field("what", "Action"),
    Field("who", "Qui la fait"),
)

NOTE = Card(
    "compte-rendu",
    "Compte rendu",
    (
        Field("reason", "Pourquoi en parler", TEXT),
        Field("question", "Question posée", TEXT),
        Field("synthesis", "Synthèse", TEXT),
        Field("decisions", "Décisions", TEXT, required=True),
        Field("tasks", "Qui fait quoi, pour quand", TEXT, help="Une tâche par ligne."),
        Field("present", "Personnes présentes", TEXT),
        Field("informed", "Personne informée", CHOICE, n.YesNo),
        Field("next_on", "En reparler le", DAY),
    ),
)


def new_plan() -> dict[str, Any]:
    """An empty plan: cards, how many times each was written, problems."""
    return {"cards": {}, "counts": {}, "problems": []}


def card_of(content: dict[str, Any], key: str) -> dict[str, str]:
    """The answers of a card."""
    found: dict[str, str] = content.get("cards", {}).get(key, {})
    return found


def count_of(content: dict[str, Any], key: str) -> int:
    """How many times a card was written: what a form was opened on."""
    return int(content.get("counts", {}).get(key, 0))


def problem_of(content: dict[str, Any], key: str) -> dict[str, Any] | None:
    """One problem by its key."""
    return next((item for item in content["problems"] if item["key"] == key), None)


def problem_title(problem: dict[str, Any]) -> str:
    """« Mobilité »."""
    return n.label_of(n.Problem, str(problem.get("problem", "")))


def lacking(content: dict[str, Any]) -> list[str]:
    """What must still be written before a plan is frozen: agreement, aims, actions and who, criteria, dates."""
    found = []
    if card_of(content, "accord").get("consent") != n.Consent.GIVEN:
        found.append("L'accord de la personne n'est pas noté : remplissez la carte « Accord de la personne ».")
    if not card_of(content, "contexte").get("meeting_on"):
        found.append("La date de la réunion manque : remplissez la carte « Contexte ».")
    if not content["problems"]:
        found.append("Le plan d'actions est vide : ajoutez un problème.")
    for problem in content["problems"]:
        absent = [label for key, label in _ASKED if not problem.get(key)]
        if not any(action["what"] and action["who"] for action in problem.get("actions", ())):
            absent.append("une action et qui la fait")
        if absent:
            found.append(f"{problem_title(problem)} : il manque {', '.join(absent)}.")
    return [typographic(sentence) for sentence in found]


_ASKED = (("aims", "les objectifs"), ("criteria", "les critères"), ("interim_on", "la date du point d'étape"))
