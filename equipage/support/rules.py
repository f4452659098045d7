"""What we promise, how long we keep, and what a request may not say. Pure functions.

The delays are our own choice, shown on the public pages as what we promise: no text of the field sets them.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date

from equipage.foundation.french import typographic
from equipage.foundation.periods import add_months, add_working_days
from equipage.foundation.refusals import Refused
from equipage.messaging.rules import TooPrivate, check_message
from equipage.rules import library
from equipage.territory.names import normalise

# Working days (jours ouvrés) that a request waits for somebody to take it: the desk is reminded, then the matter goes
# to the regional association, then to the administrators of the platform.
REMIND_AFTER, ASSOCIATION_AFTER, PLATFORM_AFTER = 2, 5, 10
# The same once somebody has taken it and says nothing more.
ANSWER_REMIND_AFTER, ANSWER_ASSOCIATION_AFTER, ANSWER_PLATFORM_AFTER = 5, 10, 15
# A contact is checked again after so many months.
CHECK_AGAIN_MONTHS = 6
# The name, address and words of a closed request are erased after so many months; its counts stay.
KEEP_MONTHS = 12
# The personal link still opens so many days after the request was closed.
FOLLOW_DAYS = 90

_DELAYS = {
    "waiting": (REMIND_AFTER, ASSOCIATION_AFTER, PLATFORM_AFTER),
    "taken": (ANSWER_REMIND_AFTER, ANSWER_ASSOCIATION_AFTER, ANSWER_PLATFORM_AFTER),
}
# People write numbers with dots and dashes too; the check of messages knows spaces only.
_SEPARATORS = re.compile(r"(?<=\w)[.\-/](?=\w)")


def due_level(state: str, since: date, on: date) -> int:
    """How far a request that waits since that day has to be carried: 0 nowhere yet, 1 a reminder to who has it,
    2 the regional association, 3 the administrators of the platform."""
    return sum(add_working_days(since, days) <= on for days in _DELAYS.get(state, ()))


def is_stale(checked_on: date | None, on: date) -> bool:
    """Does a contact have to be checked: never, or too long ago?"""
    return checked_on is None or add_months(checked_on, CHECK_AGAIN_MONTHS) <= on


def oldest_check(on: date) -> date:
    """The last day for which a check is still good enough."""
    return add_months(on, -CHECK_AGAIN_MONTHS)


def refuse_private(text: str, *, field: str) -> None:
    """What is written here leaves by e-mail. Raises Refused for a social security number or a bank account."""
    try:
        check_message("", text)
        check_message("", _SEPARATORS.sub(" ", text))
    except TooPrivate as private:
        raise Refused(
            typographic(
                "Ce texte contient un numéro qui ressemble à un numéro de sécurité sociale ou à un compte bancaire. "
                "Retirez-le : nous n'en avons pas besoin pour vous aider, et il ne doit pas circuler."
            ),
            field=field,
        ) from private


def dialled(phone: str) -> str:
    """A number as a telephone dials it, without spaces: « +33249104000 » for a French one."""
    compact = "".join(sign for sign in phone if sign.isdigit() or sign == "+")
    return f"+33{compact[1:]}" if compact.startswith("0") else compact


def fingerprint(*parts: str) -> str:
    """The same words give the same print, whatever their capitals and spaces: a form sent twice is one request."""
    plain = "\x00".join(normalise(part) for part in parts)
    return hashlib.sha256(plain.encode()).hexdigest()


def form_choices() -> list[tuple[str, str]]:
    """(code, label) of every form of coordinated practice that the rules know, wherever it exists."""
    return sorted((code, cards[0].label) for code, cards in library().pack.forms.items())


def long_form_choices() -> list[tuple[str, str]]:
    """The same with the meaning of the acronym: « MSP : maison de santé pluriprofessionnelle »."""
    return sorted((code, f"{cards[0].full_name} ({cards[0].label})") for code, cards in library().pack.forms.items())


def form_label(code: str) -> str:
    """« ESP CLAP »; the code itself for a form that the rules no longer know, nothing for none."""
    return dict(form_choices()).get(code, code)
