"""What the account does when money has arrived."""

from __future__ import annotations

from equipage.foundation.workflow import REGISTRY, Happened
from equipage.indicators.jobs import count_accounts


@REGISTRY["compensation.payment_run"].effect("execute")
def count_again(happened: Happened) -> None:
    """The association sees its month at once; the public sees it when the month is over."""
    count_accounts.enqueue()
