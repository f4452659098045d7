"""What the account does when money has arrived."""

from __future__ import annotations

from equipage.foundation.workflow import Happened
from equipage.indicators.jobs import count_accounts
from equipage.payments.states import RUN


@RUN.effect("execute")
def count_again(happened: Happened) -> None:
    """The association sees its month at once; the public sees it when the month is over."""
    count_accounts.enqueue()
