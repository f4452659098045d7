"""Pages as somebody reads them."""

from __future__ import annotations

import re

from django.test import Client


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(answer) -> str:
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(
        plain.replace("\u202f", " ").replace("\u00a0", " ").replace("&#x27;", "'").replace("’", "'").split()
    )
