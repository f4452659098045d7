"""Addresses to which nothing is sent, whoever asks: the only door out reads them (`mail.OutgoingBackend`).

    silence.offer_silence(addresses_of_the_dead)      # (addresses in small letters) -> those that stay silent

Called once, from `AppConfig.ready`. A reader answers for many addresses in a constant number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from email.utils import parseaddr

Reader = Callable[[Collection[str]], Collection[str]]

_readers: list[Reader] = []


def offer_silence(reader: Reader) -> None:
    """Add addresses to which nothing is sent."""
    if reader not in _readers:
        _readers.append(reader)


def silent_among(addresses: Iterable[str]) -> set[str]:
    """Those of these addresses, as they are written, to which nothing is sent; letter case does not count."""
    small = {address: parseaddr(address)[1].strip().lower() for address in addresses}
    asked = {address for address in small.values() if address}
    silent = {address for reader in _readers for address in reader(asked)} if asked else set()
    return {address for address, key in small.items() if key in silent}
