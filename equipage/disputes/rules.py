"""When an answer is due, and what a dispute may not say. Pure functions over days and words.

The delay is our own choice (`EQUIPAGE_DISPUTE_DAYS`, in working days): no text of the field sets one, and it takes
away no right to another way out.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings

from equipage.foundation.french import typographic
from equipage.foundation.periods import add_working_days
from equipage.foundation.refusals import Refused
from equipage.messaging.rules import TooPrivate, check_message

# So many working days before the day an answer is due, the association is reminded.
REMIND_BEFORE = 2
LONGEST = 2000


def due_on(asked: date) -> date:
    """The day by which the association answers: working days (jours ouvrés), public holidays left out."""
    return add_working_days(asked, settings.DISPUTE_DAYS)


def standing_of(due: date, on: date) -> str:
    """Where the answer stands on a day: "late" once the day has passed, "soon" when it is near, else ""."""
    if on > due:
        return "late"
    return "soon" if add_working_days(on, REMIND_BEFORE) >= due else ""


def checked_words(raw: str, *, field: str, missing: str = "") -> str:
    """The words without useless spaces. Raises Refused: missing though needed, too long, an account or a NIR inside."""
    words = raw.strip()
    if missing and not words:
        raise Refused(missing, field=field)
    if len(words) > LONGEST:
        raise Refused(f"Ce texte est trop long : gardez l'essentiel, en {LONGEST} signes au plus.", field=field)
    try:
        check_message("", words)
    except TooPrivate as private:
        raise Refused(
            typographic(
                "Ce texte contient un numéro qui ressemble à un compte bancaire ou à un numéro de sécurité sociale. "
                "Retirez-le : un compte se donne dans « Mes coordonnées bancaires »."
            ),
            field=field,
        ) from private
    return words
