"""What these pages share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from equipage.support.rules import ASSOCIATION_AFTER, KEEP_MONTHS, REMIND_AFTER
from equipage.territory.selectors import search_communes

PROMISE = {"remind": REMIND_AFTER, "association": ASSOCIATION_AFTER, "keep": KEEP_MONTHS}


def places(request: HttpRequest, form: Any, url_name: str) -> list[dict[str, str]]:
    """Where the commune typed may mean several, each as a link that keeps the other answers of the address."""
    if "commune" not in form.errors:
        return []
    query = request.GET.copy()
    found = []
    for match in search_communes(str(form.data.get("commune", ""))[:120], 12):
        query["commune"] = match.commune.pk
        label = ", ".join(filter(None, (match.commune.label, match.via)))
        found.append({"url": f"{reverse(url_name)}?{query.urlencode()}", "label": label})
    return found
