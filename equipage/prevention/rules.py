"""What the rules and the calendar say of prevention and education: gates, silence, evaluations, results. No model.

Facts: CSP L.1161-1 to L.1161-6 and the declaration regime in force since 1 January 2021. What is only background
knowledge is shown as « à vérifier » and blocks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from equipage.foundation.french import counted, day, number
from equipage.foundation.identifiers import check_rna, check_siret
from equipage.foundation.periods import add_months
from equipage.foundation.refusals import Refused
from equipage.messaging.rules import TooPrivate, check_message
from equipage.teams.rules import form_of

PREVENTION, EDUCATION = "PREVENTION", "ETP"
GATED = (PREVENTION, EDUCATION)
# More people than this at one session is a slip of the finger.
MOST_PEOPLE = 5000
# An action counts at most so many patients (`coordination`).
MOST_PATIENTS = 500
# The agency acknowledges the declaration, or stays silent so many months.
SILENCE_MONTHS = 2
# Months between two evaluations, from the day of the declaration.
EVERY_MONTHS = {"annual": 12, "four_yearly": 48}
# Evaluations are recalled so many days before, on their day, then each month.
REMIND_BEFORE = 60
_PHYSICIAN = "10"
_SEPARATORS = re.compile(r"(?<=\w)[.\-/](?=\w)")


# --- the gate ---------------------------------------------------------------------------------------------------------


def asks_association(team: Any, kind: str, on: date) -> bool:
    """Does this kind of action ask for an association loi 1901 that day, in the form of the team?"""
    action = form_of(team, on).actions.get(kind)
    return action is not None and any(need.fact == "association" for need in action.gates)


def association_reasons(team: Any, on: date) -> tuple[str, ...]:
    """What `projects.rules.gate_reasons` cannot see: a number that cannot be read."""
    if team.association_since is None or on < team.association_since:
        return ()
    numbers = [
        (name, check, typed)
        for name, check, typed in (
            ("numéro RNA", check_rna, team.association_rna),
            ("SIRET", check_siret, team.association_siret),
        )
        if typed
    ]
    if not numbers:
        return (
            "L'association de l'équipe n'a ni numéro RNA ni SIRET : recopiez l'un des deux depuis le récépissé de la "
            "préfecture ou l'avis de l'INSEE, sur la page de l'équipe.",
        )
    for name, check, typed in numbers:
        try:
            check(typed)
        except Refused as wrong:
            return (f"Le {name} de l'association ne se lit pas. {wrong.sentence} Corrigez-le sur la page de l'équipe.",)
    return ()


# --- the declaration of a programme -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One thing that happened to the declaration: sent, asked, completed, acknowledged, refused, stopped."""

    kind: str
    on: date


def last_day_to_answer(sent_on: date) -> date:
    """The last day on which the agency may still answer: two calendar months, to the end of a shorter month.

    Sent on 31 December: 28 or 29 February.
    """
    return add_months(sent_on, SILENCE_MONTHS)


def silent_on(sent_on: date) -> date:
    """The first day on which silence makes the declaration complete: the day after the last day to answer."""
    return last_day_to_answer(sent_on) + timedelta(days=1)


def complete_since(steps: Iterable[Step], on: date) -> date | None:
    """Since when the declaration is complete on that day, by acknowledgement or by silence; None when it is not.

    A complement asked stops the count; it starts again on the day the complement is sent (prudent reading, to be
    checked). A refusal, or the end of the programme, ends it.
    """
    since: date | None = None
    sent: date | None = None
    for step in sorted(steps, key=lambda step: step.on):
        if step.on > on:
            break
        if since is None and sent is not None and silent_on(sent) <= step.on:
            since = silent_on(sent)
        match step.kind:
            case "sent" | "completed":
                sent = step.on
            case "acknowledged":
                since = since or step.on
            case _:
                since = sent = None
    if since is None and sent is not None and silent_on(sent) <= on:
        return silent_on(sent)
    return since


def declaration_reasons(title: str, since: date | None, state: str, silent: date | None, on: date) -> tuple[str, ...]:
    """Why a session of that programme is not open that day, with the way out; nothing when `since` is a day."""
    if since is not None:
        return ()
    begun = f"Le {day(on)}, la déclaration du programme « {title} » à l'ARS n'est pas complète"
    other = "S'il s'agit d'une action d'accompagnement, hors programme, choisissez cette réponse."
    match state:
        case "sent" if silent is not None:
            out = f"elle le sera à l'accusé de réception, ou le {day(silent)} si l'ARS ne répond pas."
        case "complement":
            out = "l'ARS attend un complément. Envoyez-le, puis notez-le sur la page du programme."
        case "refused":
            out = "l'ARS l'a refusée. Reprenez-la sur la page du programme."
        case "stopped":
            out = "le programme est arrêté."
        case "complete":
            out = "elle ne l'était pas encore ce jour-là. Vérifiez la date de la séance."
        case _:
            out = "envoyez-la, puis notez la date d'envoi sur la page du programme."
    return (f"{begun} : {out} {other}",)


# --- evaluations ------------------------------------------------------------------------------------------------------


def due_day(declared_on: date, kind: str, rank: int) -> date:
    """The day for which the evaluation of that rank is due, counted from the declaration."""
    return add_months(declared_on, EVERY_MONTHS[kind] * rank)


def open_ranks(declared_on: date, kind: str, on: date) -> int:
    """How many evaluations of a kind are open on a day: those already due, and the next one."""
    rank = 1
    while due_day(declared_on, kind, rank) <= on:
        rank += 1
    return rank


def reminder_level(due_on: date, on: date) -> int | None:
    """Which reminder is due: -1 some weeks before, 0 on the day, then the number of whole months late; None: none."""
    if on < due_on - timedelta(days=REMIND_BEFORE):
        return None
    if on < due_on:
        return -1
    months = (on.year - due_on.year) * 12 + on.month - due_on.month
    return months if add_months(due_on, months) <= on else months - 1


# --- results, advice, words -------------------------------------------------------------------------------------------


def measure(value: Decimal, unit: str) -> str:
    """ "40 personnes", "12,5": a value and its unit as typed."""
    return f"{number(value)} {unit}".strip()


def compared(expected: Decimal, achieved: Decimal | None, unit: str) -> str:
    """The result against what was expected, in words, without praise or blame: less is better for some indicators."""
    if achieved is None:
        return "Pas encore mesuré."
    gap = achieved - expected
    if not gap:
        return "Comme prévu."
    return f"{measure(abs(gap), unit)} de {'plus' if gap > 0 else 'moins'} que prévu."


def team_advice(coordinator: str, professions: Sequence[str]) -> tuple[str, ...]:
    """What to look at in the team of a programme; background knowledge, hence never a block.

    `coordinator` and `professions` are profession codes, the coordinator's among them.
    """
    found = []
    if len(set(professions)) < 2:
        found.append("L'équipe du programme devrait réunir au moins deux professions différentes.")
    if coordinator != _PHYSICIAN and _PHYSICIAN not in professions:
        found.append("Un médecin devrait y participer quand la personne qui coordonne n'est pas médecin.")
    return tuple(found)


def countdown(until: date, on: date) -> str:
    """ "dans 12 jours", "demain", "aujourd'hui"; passed: "depuis 3 jours"."""
    days = (until - on).days
    if days == 0:
        return "aujourd'hui"
    if days == 1:
        return "demain"
    return f"dans {counted(days, 'jour')}" if days > 0 else f"depuis {counted(-days, 'jour')}"


def refuse_private(text: str, *, field: str) -> str:
    """The text, trimmed. Raises Refused for a social security number or a bank account."""
    said = text.strip()
    try:
        check_message("", said)
        check_message("", _SEPARATORS.sub(" ", said))
    except TooPrivate as private:
        raise Refused(
            "Ce texte contient un numéro qui ressemble à un numéro de sécurité sociale ou à un compte bancaire : "
            "retirez-le. Aucun patient n'est désigné ici.",
            field=field,
        ) from private
    return said
