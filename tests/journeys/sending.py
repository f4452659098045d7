"""A hand that sends whatever it likes, without a browser, and reads what comes back."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Hand:
    """Somebody who sends whatever they like."""

    def __init__(self, user: Any, **options: Any) -> None:
        self.user = user
        self.client = Client(**options)
        self.client.force_login(user, BACKEND)

    def post(self, address: str, data: dict[str, Any], **options: Any) -> Any:
        return self.client.post(address, data, **options)

    def refused(self, address: str, data: dict[str, Any], sentence: str, *kept: str) -> None:
        """The same page, 422, with that sentence, and what was typed."""
        response = self.post(address, data)
        said = words(response)
        assert response.status_code == 422, (response.status_code, said)
        assert sentence in said, said
        for typed in kept:
            assert f'value="{html.escape(typed)}"' in response.content.decode() or typed in said, (typed, said)

    def reads(self, address: str) -> str:
        response = self.client.get(address, follow=True)
        assert response.status_code == 200, (address, response.status_code)
        return response.content.decode()


def words(response: Any) -> str:
    """What a page says: no tags, plain spaces and apostrophes."""
    text = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("’", "'")
    return re.sub(r"\s+", " ", text)
