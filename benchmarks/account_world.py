"""Five years of accounts: those of the demo, and its complete one again for each year before. Prints JSON."""

from __future__ import annotations

import json
import time
from typing import Any

import django

YEARS = 5


def older(account: Any, year: int) -> None:
    """The same account, for an earlier year."""
    from equipage.indicators.models import AccountCell, AccountFigure

    rows = [list(model.objects.filter(account_id=account.pk)) for model in (AccountCell, AccountFigure)]
    was = account.year
    account.pk, account.year, account._state.adding = None, year, True
    account.save()
    for found in rows:
        for row in found:
            row.pk, row.account, row.key = None, account, row.key.replace(str(was), str(year))
        type(found[0]).objects.bulk_create(found, batch_size=500)


def main() -> dict[str, Any]:
    """Count all again, make the years before, ask the page for its queries."""
    from django.db import connection
    from django.db.models import Sum
    from django.db.models.functions import TruncMonth
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from equipage.compensation.models import ClaimLine
    from equipage.indicators.models import YearAccount
    from equipage.indicators.services import keep_accounts

    began = time.perf_counter()
    keep_accounts()
    counted = time.perf_counter() - began
    began = time.perf_counter()
    list(ClaimLine.objects.values(month=TruncMonth("held_on")).annotate(total=Sum("amount_cents")).order_by())
    summed = time.perf_counter() - began
    complete = YearAccount.objects.filter(complete=True).order_by("year")[0]
    region = complete.region_id
    first = complete.year
    for back in range(1, YEARS + 1 - YearAccount.objects.filter(region_id=region).count()):
        older(YearAccount.objects.get(region_id=region, year=first), first - back)
    client = Client(headers={"host": "localhost"})
    client.get("/comptes/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/comptes/")
    years = YearAccount.objects.filter(region_id=region).order_by("-year").values_list("year", flat=True)
    return {"queries": len(queries), "years": list(years), "count": counted, "sum": summed}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main()))
