"""People with a browser, for the tests of the pages."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from equipage.protocols.models import Edition
from tests import factories


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(factories.fresh(user))
    return client


def as_lead(edition: Edition) -> Client:
    return signed_in(factories.lead_of(edition.protocol.team))


def page(name: str, edition: Edition, *more: Any) -> str:
    return reverse(f"protocols:{name}", args=[edition.protocol_id, *more])


def flat(text: str) -> str:
    """As one reads it: plain apostrophes and spaces."""
    for sign, plain in (("&#x27;", "'"), ("’", "'"), ("\u202f", " "), ("\u00a0", " ")):
        text = text.replace(sign, plain)
    return " ".join(text.split())
