"""An account as open data: CSV and JSON with the same lines and the same names, and the dictionary of these names.

The same account gives the same bytes: nothing of the moment or of the reader is written.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

from equipage.foundation.listing.columns import harmless
from equipage.indicators.accounting import DONE, PAID
from equipage.indicators.checked import CHECKED, OUTCOME
from equipage.indicators.statement import BESIDE, SMALL, Figure, Statement

FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}
MASKS = {"": "", SMALL: "< 6, masqué", BESIDE: "masqué, protège une autre ligne"}
FLOW_WORDS = {DONE: "fait", PAID: "paye", CHECKED: "controle"}
DIMENSION_WORDS = {
    "year": "annee",
    "month": "mois",
    "kind": "type_action",
    "department": "departement",
    "theme": "theme",
    OUTCOME: "resultat",
}
_RULE = (
    "Vide quand la ligne concerne moins de 6 équipes ou moins de 6 personnes, ou en protège une autre ; jamais zéro."
)


@dataclass(frozen=True)
class Entry:
    """One name of the data dictionary (dictionnaire): its type, its unit, what it means, how it is masked."""

    nom: str
    type: str
    unite: str
    sens: str
    masque: str = ""


DICTIONARY = (
    Entry("region", "texte", "", "Code INSEE de la région."),
    Entry("annee", "entier", "année civile", "Année du compte."),
    Entry("arrete_au", "date", "AAAA-MM-JJ", "Dernier jour compté : seuls les mois finis paraissent."),
    Entry(
        "nature",
        "texte",
        "",
        "« fait » : actions validées, au mois de leur validation. « paye » : lignes d'indemnisation versées, au mois "
        "où le virement a été enregistré comme exécuté. « controle » : actions contrôlées, à l'année où le résultat "
        "est devenu définitif. « repere » : autre chiffre de l'année.",
    ),
    Entry(
        "ventilation",
        "texte",
        "",
        "annee, mois, type_action, departement, theme ou resultat. « controle » a annee et resultat, « repere » annee.",
    ),
    Entry(
        "code",
        "texte",
        "",
        "Code de la ligne : mois AAAA-MM, code du catalogue des actions ou des thèmes, code INSEE du département, "
        "résultat d'un contrôle (in_order : en ordre, corrected : corrigée, not_in_order : pas en ordre). "
        "« groupes » : les lignes masquées de cette ventilation, additionnées. Les codes ne changent pas.",
    ),
    Entry("libelle", "texte", "", "Nom de la ligne en français."),
    Entry(
        "premier_mois", "entier", "mois, 1 à 12", "Premier mois compté dans une ligne de mois ; le code dit le dernier."
    ),
    Entry("equipes", "entier", "équipes", "Équipes différentes. Ne s'additionne pas d'une ligne à l'autre.", _RULE),
    Entry(
        "personnes",
        "entier",
        "personnes",
        "Professionnels différents : présents (fait, controle) ou payés (paye). Ne s'additionne pas.",
        _RULE,
    ),
    Entry("actions", "entier", "actions", "Actions coordonnées validées (fait) ou contrôlées (controle).", _RULE),
    Entry("minutes", "entier", "minutes", "Durée de ces actions, comptée une fois par action.", _RULE),
    Entry(
        "lignes", "entier", "lignes", "Lignes d'indemnisation versées : une personne, une action, un montant.", _RULE
    ),
    Entry(
        "montant_centimes",
        "entier",
        "centimes d'euro",
        "Sommes versées, moins celles reprises ensuite (paye) ; sommes ôtées après un contrôle (repere).",
        _RULE,
    ),
    Entry("jours", "entier", "jours", "Médiane des jours entre l'action et son versement.", _RULE),
    Entry("masque", "texte", "", "Vide, « < 6, masqué » ou « masqué, protège une autre ligne »."),
)
NAMES = tuple(entry.nom for entry in DICTIONARY)


def file_name(statement: Statement, kind: str) -> str:
    """« comptes-52-2025.csv »."""
    return f"comptes-{statement.region.code}-{statement.year}.{kind}"


def as_text(statement: Statement, kind: str) -> str:
    """The account in « csv » (semicolons, with the mark of UTF-8) or « json »."""
    return _csv(statement) if kind == "csv" else _json(statement)


def dictionary() -> dict[str, Any]:
    """The dictionary as the JSON gives it."""
    return {"seuil": 6, "licence": settings.DATA_LICENCE or None, "champs": [asdict(entry) for entry in DICTIONARY]}


def rows(statement: Statement) -> list[dict[str, Any]]:
    """Every line of the account by the names of the dictionary; None where nothing is said."""
    found = []
    for flow in FLOW_WORDS:
        total = statement.total(flow)
        found += [_row(statement, total)] if total else []
        for dimension in ("month", "kind", "department", "theme", OUTCOME):
            found += [_row(statement, one) for one in statement.of(flow, dimension)]
    return found + _marks(statement)


def _row(statement: Statement, figure: Figure) -> dict[str, Any]:
    paid = figure.flow == PAID
    return _filled(
        statement,
        nature=FLOW_WORDS[figure.flow],
        ventilation=DIMENSION_WORDS[figure.dimension],
        code=figure.key,
        libelle=figure.label,
        premier_mois=(figure.first_month or int(figure.key[-2:])) if figure.dimension == "month" else None,
        equipes=figure.teams,
        personnes=figure.people,
        actions=None if paid else figure.items,
        minutes=figure.minutes,
        lignes=figure.items if paid else None,
        montant_centimes=figure.cents,
        masque=MASKS[figure.masked],
    )


def _marks(statement: Statement) -> list[dict[str, Any]]:
    """What is said once of a complete year: recognised teams, usual delay, what controls took back."""
    account = statement.account
    if not account.complete:
        return []
    same = {"nature": "repere", "ventilation": "annee"}
    teams = _filled(
        statement,
        **same,
        code="equipes_reconnues",
        libelle="Équipes reconnues au 31 décembre",
        equipes=account.recognised,
        masque=MASKS["" if account.recognised else SMALL],
    )
    days = _filled(
        statement,
        **same,
        code="delai_median",
        libelle="De l'action au versement",
        jours=account.median_days,
        masque=MASKS["" if account.median_days is not None else SMALL],
    )
    if statement.total(CHECKED) is None:
        return [teams, days]
    taken = _filled(
        statement,
        **same,
        code="repris_apres_controle",
        libelle="Repris après contrôle",
        montant_centimes=account.taken_cents,
        masque=MASKS["" if account.taken_cents is not None else SMALL],
    )
    return [teams, days, taken]


def _filled(statement: Statement, **given: Any) -> dict[str, Any]:
    until = statement.until.isoformat() if statement.until else None
    head = {"region": statement.region.code, "annee": statement.year, "arrete_au": until}
    return {**dict.fromkeys(NAMES), **head, **given}


def _csv(statement: Statement) -> str:
    target = io.StringIO()
    target.write("\ufeff")
    writer = csv.DictWriter(target, NAMES, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    for row in rows(statement):
        writer.writerow({name: harmless(value) if isinstance(value, str) else value for name, value in row.items()})
    return target.getvalue()


def _json(statement: Statement) -> str:
    content = {
        "region": {"code": statement.region.code, "nom": statement.region.name},
        "annee": statement.year,
        "annee_complete": statement.account.complete,
        "arrete_au": statement.until.isoformat() if statement.until else None,
        **dictionary(),
        "lignes": rows(statement),
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
