"""A paid action, its payee, and the people of the association who may answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from equipage.compensation.models import ClaimLine
from equipage.compensation.rules import Facts
from equipage.compensation.services.adjustments import Right
from equipage.disputes.models import Dispute
from equipage.disputes.services import disputes
from equipage.foundation.periods import today
from equipage.payments.services import runs
from tests import factories as people
from tests.compensation import factories


@dataclass
class Cast:
    """Who plays: `payee` holds the account of the person of `line`; `officer` validated the action."""

    line: ClaimLine
    payee: Any
    colleague: Any
    officer: Any
    treasurer: Any
    admin: Any

    def opened(self, reason: str = "duree", words: str = "") -> Dispute:
        """The payee disputes the line."""
        return disputes.open_dispute(self.line, actor=self.payee, reason=reason, words=words)

    def reopened(self) -> Dispute:
        """Kept by the treasurer, not agreed to."""
        kept = disputes.keep(self.opened(), actor=self.treasurer, words="Le compte rendu dit 45 minutes.")
        return disputes.reopen(kept, actor=self.payee, words="Nous sommes restés une heure.")


def cast(*, minutes: int = 60, paid: bool = False, scaled: bool = True) -> Cast:
    """A validated action of 60 minutes at 50 € an hour; `paid`: the bank has executed its transfer."""
    if scaled:
        factories.scale()
        factories.paying_account()
    team = factories.paid_team()
    officer = people.officer()
    action = factories.validated(team, minutes=minutes, by=officer)
    if paid:
        pay()
    # The first declared the action: the second is an ordinary payee.
    first, second = (people.fresh(line) for line in action.claim_lines.order_by("pk")[:2])
    return Cast(
        second,
        second.professional.user,
        first.professional.user,
        officer,
        people.treasurer(),
        people.association_admin(),
    )


def pay() -> Any:
    """One run of all that is payable, through the bank."""
    run = runs.approve(factories.prepared(), actor=people.treasurer())
    return runs.execute(run, actor=people.treasurer(), executed_on=today())


def minutes(count: int, *, present: int = 2) -> Right:
    """What is right: so many minutes."""
    return Right(Facts(factories.MEETING, factories.DAY, count, 0, present))
