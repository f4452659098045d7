"""Personal links: to follow a request, and for a desk that has no account. They are derived, and stored nowhere.

A link is the `nonce` of the request and a keyed hash of it: whoever reads the database, or the queue of mails, learns
no link from it. The link of a desk ends when the request is passed on to another.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from equipage.foundation.crypto import search_hashes
from equipage.foundation.french import typographic
from equipage.foundation.refusals import Refused
from equipage.support.models import HelpRequest
from equipage.support.rules import FOLLOW_DAYS

_NONCE, _PROOF = 24, 32
_FOLLOW, _DESK = "support.follow", "support.desk"


class LinkRefused(Refused):
    """A personal link opens nothing: `over` says that it was right once."""

    def __init__(self, sentence: str, *, over: bool) -> None:
        super().__init__(typographic(sentence))
        self.over = over


def follow_link(row: HelpRequest) -> str:
    """The page where the person who asked follows the request."""
    return reverse("support:follow", args=[f"{row.nonce}{_proofs(row, _FOLLOW)[0]}"])


def desk_link(row: HelpRequest) -> str:
    """The page where the desk that has the request now answers it, without an account."""
    return reverse("support:desk_link", args=[f"{row.nonce}{_proofs(row, _DESK)[0]}"])


def followed(token: str) -> HelpRequest:
    """The request that a link of its author is about. Raises LinkRefused."""
    row = _found(token, _FOLLOW)
    closed = row.closed_at
    if row.erased_at or row.state == "discarded" or (closed and closed + timedelta(days=FOLLOW_DAYS) < timezone.now()):
        raise LinkRefused(
            f"Cette demande est close depuis plus de {FOLLOW_DAYS} jours : son lien ne sert plus. "
            "Si vous avez besoin d'aide, faites une nouvelle demande.",
            over=True,
        )
    return row


def entrusted(token: str) -> HelpRequest:
    """The request that a link mailed to a desk is about. Raises LinkRefused."""
    row = _found(token, _DESK)
    if row.erased_at or row.state in ("closed", "discarded"):
        raise LinkRefused("Cette demande est close : vous n'avez plus rien à faire.", over=True)
    return row


def _found(token: str, use: str) -> HelpRequest:
    nonce, proof = token[:_NONCE], token[_NONCE:]
    rows = HelpRequest.objects.select_related("desk__organisation", "commune__department", "holder")
    row = rows.filter(nonce=nonce).first() if nonce.isalnum() else None
    if row is None or not any(hmac.compare_digest(known, proof) for known in _proofs(row, use)):
        raise LinkRefused(
            "Ce lien est incomplet, ou n'est plus le bon. Copiez-le en entier depuis le dernier message reçu.",
            over=False,
        )
    return row


def _proofs(row: HelpRequest, use: str) -> list[str]:
    """Under the present key, then under older ones still in the ring: a rotation breaks no link."""
    said = f"{row.nonce}:{row.desk_id}" if use == _DESK else row.nonce
    return [found[:_PROOF] for found in search_hashes(said, use)]
