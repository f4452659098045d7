"""Whence a form came, as a keyed trace that names nobody."""

from __future__ import annotations

from django.utils.crypto import salted_hmac


def origin_of(use: str, network_address: str) -> str:
    """The trace of a network address for one use: two uses of one address are not recognised."""
    return salted_hmac(use, network_address, algorithm="sha256").hexdigest()
