"""The one-time code of a signature: derived from the row and the installation's key, so that it is stored nowhere.

Neither the row nor the queue of letters holds the code; whoever reads the database learns nothing from it.
"""

from __future__ import annotations

import hmac

from django.utils import timezone

from equipage.agreements.models import SignatureCode
from equipage.foundation.crypto import search_hashes
from equipage.foundation.jobs import job
from equipage.messaging.mail import compose


def _derived(sent: SignatureCode) -> list[str]:
    """The code under the present key, then under older ones still in the ring (a rotation may fall between)."""
    hashes = search_hashes(f"{sent.pk}:{sent.nonce}", "agreements.signature_code")
    return [f"{int(found[:15], 16) % 1_000_000:06d}" for found in hashes]


def code_of(sent: SignatureCode) -> str:
    """The six digits to mail."""
    return _derived(sent)[0]


def is_code(sent: SignatureCode, typed: str) -> bool:
    """Is that the code sent? Compared in constant time."""
    return any(hmac.compare_digest(code, typed) for code in _derived(sent))


@job(max_attempts=4, backoff=(5, 15, 60))
def mail_code(code_id: int, what: str) -> str:
    """Mail the code of one row; one that was used or has expired is left unsent."""
    sent = SignatureCode.objects.select_related("user").get(pk=code_id)
    if sent.used_at is not None or sent.expires_at <= timezone.now():
        return "plus utile"
    compose(
        sent.user.email,
        "Votre code de signature",
        f"Votre code est {code_of(sent)}. Il sert une fois, pendant dix minutes, à signer {what}.\n\n"
        "Si vous n'avez rien demandé, ignorez ce message : sans ce code, rien n'est signé.",
    ).send()
    return "envoyé"
