"""A person sees their own notices, and only them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.policies import Decision, decide, policy, visibility


@visibility("messaging.Notice")
def notices_of(user: Any) -> Q:
    """One's own."""
    return Q(recipient=user.pk)


@policy("messaging.read_notice")
def may_read(user: Any, notice: Any) -> Decision:
    """Only the recipient marks a notice as read."""
    return decide(notice.recipient_id == user.pk, "Cet avis est adressé à une autre personne.")
