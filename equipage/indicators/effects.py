"""What the account does when money has arrived, or came back."""

from __future__ import annotations

from typing import Any

from equipage.foundation.workflow import Happened
from equipage.indicators.jobs import count_accounts
from equipage.payments.news import when_returned
from equipage.payments.states import RUN


@RUN.effect("execute")
def count_again(happened: Happened) -> None:
    """The association sees its month at once; the public sees it when the month is over."""
    count_accounts.enqueue()


@when_returned
def count_what_came_back(comeback: Any, actor: Any) -> None:
    """What came back was not paid: the months that said so are counted again."""
    count_accounts.enqueue()
