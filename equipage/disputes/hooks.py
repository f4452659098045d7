"""What disputes add to pages of lower floors: « Un doute ? » beside a line, « Mes doutes » in « Mon argent »."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from equipage.compensation.panels import LineBlock, offer_line_block, offer_link
from equipage.disputes.models import Dispute
from equipage.foundation.policies import can


def doubt_of(line: Any, user: Any) -> LineBlock | None:
    """The dispute of a line where there is one; else, for its payee, the door to open one."""
    dispute = Dispute.objects.visible_to(user).filter(line=line).exclude(state="withdrawn").first()
    if dispute is not None:
        return LineBlock("disputes/beside_dispute.html", dispute)
    if can(user, "disputes.open", line).allowed:
        return LineBlock("disputes/beside_line.html", line)
    return None


def my_disputes(user: Any) -> tuple[str, str] | None:
    """For every professional: the page says how to doubt when there is none yet."""
    return ("Mes doutes", reverse("disputes:mine")) if user.professional_or_none else None


offer_line_block(doubt_of)
offer_link(my_disputes)
