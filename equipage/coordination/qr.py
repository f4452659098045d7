"""The code shown at a meeting (code de présence): a drawing to scan, and a short text for who cannot.

Derived from the action, the minute and the installation's key: it is stored nowhere, names nobody, and lives five
minutes. What it proves is being where it is shown; who one is, is proved by signing in. Pure, but for the key.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta

import segno

from equipage.foundation.crypto import search_hashes
from equipage.foundation.french import typographic
from equipage.foundation.refusals import Refused

# How long a code may be used, and how often the page shows another one.
CODE_LIFE = timedelta(minutes=5)
CODE_STEP = timedelta(minutes=1)

_PROOF = 24
_TOKEN = re.compile(rf"([1-9][0-9]{{0,17}})-([1-9][0-9]{{0,9}})-([0-9a-f]{{{_PROOF}}})", re.ASCII)
# No vowel, so that no word appears by accident; nothing that is mistaken for another sign.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_TYPED_LETTERS = 5
_TYPED = re.compile(rf"([1-9][0-9]{{0,17}})([{_LETTERS}]{{{_TYPED_LETTERS}}})", re.ASCII)
_SCANNED_USE, _TYPED_USE = "coordination.code.scanned", "coordination.code.typed"


class CodeRefused(Refused):
    """A code opens nothing; the sentence says why, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(typographic(sentence), field="code")


def slot_of(now: datetime) -> int:
    """The minute to which a code belongs."""
    return int(now.timestamp() // CODE_STEP.total_seconds())


def token_of(action_id: int, slot: int) -> str:
    """What the drawing holds: the action, the minute, and their proof."""
    return f"{action_id}-{slot}-{_proofs(action_id, slot, _SCANNED_USE)[0][:_PROOF]}"


def read_token(token: str, now: datetime) -> int:
    """The action that a scanned code is about. Raises CodeRefused: forged, damaged, or shown too long ago."""
    found = _TOKEN.fullmatch(token)
    if found is not None:
        action_id, slot, proof = int(found[1]), int(found[2]), found[3]
        known = (made[:_PROOF] for made in _proofs(action_id, slot, _SCANNED_USE))
        if any(hmac.compare_digest(one, proof) for one in known):
            if slot not in _alive(now):
                raise CodeRefused(
                    "Ce code a expiré : il change toutes les minutes. Lisez celui qui est affiché maintenant sur le "
                    "téléphone de votre collègue."
                )
            return action_id
    raise CodeRefused(
        "Ce code n'est pas lisible, ou ne vient pas d'Équipage. Lisez de nouveau celui qui est affiché sur le "
        "téléphone de votre collègue."
    )


def typed_code(action_id: int, slot: int) -> str:
    """The short code for who cannot scan: « 128-KRVTB », the number of the action and five letters."""
    return f"{action_id}-{_letters(_proofs(action_id, slot, _TYPED_USE)[0])}"


def read_typed(typed: str, now: datetime) -> str | None:
    """The token of a short code, however it was typed (small letters, spaces, without the dash). None when wrong."""
    found = _TYPED.fullmatch(re.sub(r"[\s.\-\u2010-\u2015]+", "", typed).upper())
    if found is None:
        return None
    action_id = int(found[1])
    for slot in _alive(now):
        known = (_letters(made) for made in _proofs(action_id, slot, _TYPED_USE))
        if any(hmac.compare_digest(one, found[2]) for one in known):
            return token_of(action_id, slot)
    return None


def drawing(text: str) -> tuple[int, str]:
    """A QR code as its side (with the quiet edge) and the path of its dark squares, for an SVG without any style."""
    edge = 4
    matrix = segno.make_qr(text, error="m").matrix
    runs = []
    for down, row in enumerate(matrix):
        across = 0
        while across < len(row):
            start = across
            while across < len(row) and row[across]:
                across += 1
            if across > start:
                runs.append(f"M{start + edge} {down + edge}h{across - start}v1h-{across - start}z")
            across += 1
    return len(matrix) + 2 * edge, "".join(runs)


def _alive(now: datetime) -> range:
    """The minutes whose codes may be used now; one minute ahead, for clocks that differ between machines."""
    last = slot_of(now)
    return range(last - int(CODE_LIFE / CODE_STEP) + 1, last + 2)


def _proofs(action_id: int, slot: int, use: str) -> list[str]:
    """Under the present key, then under older ones still in the ring."""
    return search_hashes(f"{action_id}:{slot}", use)


def _letters(made: str) -> str:
    value = int(made[:15], 16)
    letters = []
    for _ in range(_TYPED_LETTERS):
        value, place = divmod(value, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters)
