"""What is still to be written, what keeps a protocol from coming into force, when a review is due. Pure functions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from equipage.foundation.french import day, enumerate_words, typographic
from equipage.protocols import kinds
from equipage.protocols.method import SECTIONS, Field, Section

UNTITLED = "Protocole sans titre"
# Days before the review at which a reminder leaves; the last one, 0, is « late ». Our own choice, not a rule.
REMINDERS = (60, 15, 0)
FORESEEN_DAYS = REMINDERS[0]
# « Revu depuis peu » in the library: a year.
RECENT_DAYS = 365
Sections = Mapping[str, Mapping[str, Any]]


# --- what is written --------------------------------------------------------------------------------------------------


def missing_in(section: Section, data: Mapping[str, Any]) -> tuple[str, ...]:
    """What this section still needs, one sentence each; empty when it is complete."""
    return tuple(sentence for field in section.fields for sentence in _missing(field, data.get(field.key)))


def _missing(field: Field, value: Any) -> list[str]:
    if field.kind == "phases":
        rows = phase_rows(value)
        if not rows:
            return [field.missing]
        half = [row for row in rows if not (row["who"] and row["how"])]
        return ["Une ligne du tableau ne dit pas qui fait, ou comment : complétez-la ou videz-la."] if half else []
    if field.required and not value:
        return [field.missing]
    return []


def phase_rows(value: Any) -> list[dict[str, str]]:
    """The rows of the table « qui, quand, comment », each with its phase; nothing that is not a row."""
    found = []
    for row in value if isinstance(value, list) else ():
        if isinstance(row, Mapping):
            found.append({name: str(row.get(name, "")) for name in ("phase", "who", "when", "how")})
    return found


def remaining(sections: Sections) -> list[Section]:
    """The sections that are not complete, in order."""
    return [section for section in SECTIONS if missing_in(section, sections.get(section.key, {}))]


def title_of(sections: Sections) -> str:
    """The title as it is shown everywhere."""
    return str(sections.get("identity", {}).get("title") or "").strip()[:150] or UNTITLED


def theme_of(sections: Sections) -> str:
    """The theme, as words."""
    return str(sections.get("identity", {}).get("theme") or "")[:160]


def kind_of(sections: Sections) -> str:
    """The code of the type."""
    return kinds.kind_named(str(sections.get("identity", {}).get("kind") or "")).code


def codes_of(sections: Sections) -> list[str]:
    """The codes of the professions concerned."""
    found = sections.get("group", {}).get("professions")
    return [str(code) for code in found] if isinstance(found, list) else []


def author_ids(sections: Sections) -> list[int]:
    """The professionals who write, by key."""
    found = sections.get("group", {}).get("authors")
    return [int(key) for key in found if str(key).isdecimal()] if isinstance(found, list) else []


def referent_id(sections: Sections) -> int | None:
    """The professional who answers for the protocol, by key."""
    found = str(sections.get("group", {}).get("referent") or "")
    return int(found) if found.isdecimal() else None


def text_hash(sections: Sections) -> str:
    """SHA-256 of what was agreed to: the sections, in their canonical writing."""
    return content_hash({key: dict(data) for key, data in sections.items() if data})


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical text of a content."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def copied(sections: Sections) -> dict[str, dict[str, Any]]:
    """The text that another team receives: everything but what belongs to the first one (people, dates, legal act)."""
    found: dict[str, dict[str, Any]] = {}
    for section in SECTIONS:
        kept = shared_part(section, sections.get(section.key, {}))
        if kept:
            found[section.key] = kept
    return found


def shared_part(section: Section, data: Mapping[str, Any]) -> dict[str, Any]:
    """What of a section may be taken over by another team."""
    return {field.key: data[field.key] for field in section.fields if not field.own and data.get(field.key)}


def own_part(section: Section, data: Mapping[str, Any]) -> dict[str, Any]:
    """What of a section stays with its team."""
    return {field.key: data[field.key] for field in section.fields if field.own and data.get(field.key)}


# --- coming into force ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """What is known of a proposed protocol. Professions are (code, label); `agreed` and `present` are codes.

    `contrary` are the names of members who ask for a change; `opinion` is None while the association said nothing.
    """

    concerned: Sequence[tuple[str, str]]
    present: frozenset[str]
    agreed: frozenset[str]
    contrary: Sequence[str] = ()
    told: bool = False
    opinion: bool | None = None
    scope: str = ""
    reference: str = ""
    reference_on: str = ""


def _professions(known: Standing) -> list[str]:
    found = []
    if known.contrary:
        who = enumerate_words(known.contrary)
        verb = "demandent" if len(known.contrary) > 1 else "demande"
        found.append(f"{who} {verb} un changement : reprenez le texte, ou parlez-en.")
    for code, label in known.concerned:
        if code in known.agreed:
            continue
        if code in known.present:
            found.append(f"{label} : l'accord d'un membre de cette profession manque.")
        else:
            found.append(
                f"{label} : aucun membre de l'équipe n'exerce cette profession. Invitez-en un, ou reprenez le texte "
                "et retirez-la des professions concernées."
            )
    return found


def _told(known: Standing) -> list[str]:
    return [] if known.told else ["L'association n'a pas encore été prévenue de ce protocole."]


def _favourable(known: Standing) -> list[str]:
    return [] if known.opinion else ["L'avis favorable de l'association manque."]


def _legal_act(known: Standing) -> list[str]:
    found = []
    if not known.scope:
        found.append("Dites dans « Titre et type » si le protocole de coopération est national ou local.")
    if not known.reference:
        found.append("Donnez dans « Titre et type » le numéro de l'arrêté ou de la déclaration locale.")
    if not known.reference_on:
        found.append("Donnez dans « Titre et type » la date de l'arrêté ou de la déclaration locale.")
    return found


CHECKS: dict[str, Callable[[Standing], list[str]]] = {
    kinds.PROFESSIONS: _professions,
    kinds.TOLD: _told,
    kinds.FAVOURABLE: _favourable,
    kinds.LEGAL_ACT: _legal_act,
}


def lacking(kind: kinds.Kind, known: Standing) -> tuple[str, ...]:
    """Every sentence that keeps a protocol of this type from coming into force; empty when it may."""
    return tuple(typographic(sentence) for demand in kind.demands for sentence in CHECKS[demand](known))


def dates_wrong(validated_on: date | None, review_on: date | None, on: date) -> tuple[tuple[str, str], ...]:
    """What is wrong with the two dates, as (field, sentence)."""
    found = []
    if validated_on is not None and validated_on > on:
        found.append(("validated_on", "La date de validation est dans le futur : écrivez le jour de votre décision."))
    if review_on is not None and validated_on is not None and review_on <= validated_on:
        sentence = f"La révision vient après la validation : choisissez une date après le {day(validated_on)}."
        found.append(("review_on", sentence))
    elif review_on is not None and review_on <= on:
        found.append(("review_on", "La date de révision est déjà passée : choisissez-en une à venir."))
    return tuple(found)


# --- reviews ----------------------------------------------------------------------------------------------------------


def reminder_due(review_on: date, on: date) -> int | None:
    """Which reminder a review calls for today: the nearest of `REMINDERS` that is reached, None when none is.

    A day on which nothing ran loses nothing: the next run sends the reminder that counts now.
    """
    reached = [days for days in REMINDERS if on >= review_on - timedelta(days=days)]
    return min(reached) if reached else None
