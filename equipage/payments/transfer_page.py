"""The story of one transfer after it left: what the bank said of it, whether it came back, what pays it again."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from equipage.foundation.french import PARIS, day
from equipage.foundation.policies import can
from equipage.payments.answer_page import OUTCOMES
from equipage.payments.models import AnswerLine, Payment
from equipage.payments.selectors.returns import (
    accounts_of,
    comeback_of,
    is_held,
    is_tactful,
    obstacle_to,
    offset_of,
    offset_words,
    reason_of,
)


def story_of(payment: Payment, user: Any) -> dict[str, Any]:
    """For the page of a transfer; whoever was to be paid reads no more than the bank's reason."""
    person = user.professional_or_none
    own = person is not None and person.pk == payment.professional_id
    handles = can(user, "payments.record_return", payment).allowed
    comeback = comeback_of(payment)
    return {
        "comeback": comeback,
        "tactful": comeback is not None and is_tactful(comeback),
        "reissues": list(payment.reissues.select_related("payment").order_by("pk")),
        "story": _said(payment, user),
        "may_record": handles and comeback is None and payment.run.state in ("approved", "executed"),
        "may_release": handles and comeback is not None and is_held(comeback),
        **_told(payment, comeback, own=own),
    }


def _told(payment: Payment, comeback: Any, *, own: bool) -> dict[str, Any]:
    if comeback is None:
        return {"comeback_title": "", "comeback_reason": "", "comeback_next": "", "comeback_theirs": False}
    reason = reason_of(comeback)
    account = accounts_of(payment.run.organisation_id, [payment.professional_id]).get(payment.professional_id)
    tactful = own and is_tactful(comeback)
    offset = None
    if not is_held(comeback):
        offset = offset_of(payment.run.organisation, {payment.professional_id}).get(payment.professional_id)
    obstacle = obstacle_to(comeback, account) if offset is None else ""
    following = "La prochaine campagne refait ce virement." if offset is None else offset_words(offset)
    if tactful:
        following = "L'association s'en occupe."
    elif obstacle:
        following = reason.to_do if not own or reason.who == "person" else "L'association voit avec la banque."
    what = "Rejeté par la banque" if comeback.kind == "rejected" else "Revenu à l'association"
    return {
        "comeback_title": f"{what} le {day(comeback.happened_on)}",
        "comeback_reason": "" if tactful else reason.sentence,
        "comeback_next": following,
        "comeback_theirs": own and not tactful and obstacle == "account" and reason.who == "person",
    }


def _said(payment: Payment, user: Any) -> list[dict[str, Any]]:
    """What recorded answers said, the last first; whoever may not read answers reads nothing here."""
    lines = AnswerLine.objects.visible_to(user).filter(payment=payment, answer__state="recorded")
    return [
        {
            "at": datetime.combine(line.booked_on, time(12), PARIS) if line.booked_on else line.answer.bank_created_at,
            "what": OUTCOMES[line.outcome].label,
            "who": f"{line.answer.kind}, {line.bank_reference}".rstrip(", "),
        }
        for line in lines.select_related("answer").order_by("-answer__bank_created_at", "-pk")
    ]
