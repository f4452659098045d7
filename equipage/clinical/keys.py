"""The keys of the vault (coffre): its own ring, which wraps one data key a patient; with the key goes the file.

`EQUIPAGE_CLINICAL_KEYS` is a ring as in `foundation.crypto`, of other secrets. It encrypts nothing but data keys and
makes the search hashes of identities. A data key encrypts all that is written about one patient; to erase it erases
all of it, versions included, in this database and in every copy that does not hold the table of keys.
"""

from __future__ import annotations

import secrets
from functools import lru_cache

from django.conf import settings

from equipage.foundation.crypto import KeyRing, Unreadable

SETTING = "EQUIPAGE_CLINICAL_KEYS"


class KeyErased(Unreadable):
    """The data key of this patient was erased: what was written can be read by nobody, ever again."""


def ring() -> KeyRing:
    """The ring of the vault. Raises FieldKeyRefused when the setting is wrong."""
    return _ring(settings.ENVIRONMENT.clinical_keys)


@lru_cache(maxsize=4)
def _ring(raw: str) -> KeyRing:
    return KeyRing(raw, SETTING)


def new_secret() -> str:
    """The secret of a data key: 48 random bytes, as text."""
    return secrets.token_urlsafe(48)


def wrap(secret: str, patient: str) -> str:
    """A data key as it is stored, bound to its patient: moved to another one, it does not open."""
    return ring().encrypt(secret, _bound(patient))


def unwrap(wrapped: str, patient: str) -> KeyRing:
    """What encrypts and decrypts the texts of a patient. Raises Unreadable."""
    return KeyRing(f"d:{ring().decrypt(wrapped, _bound(patient))}", "clé de données du dossier")


def rewrapped(wrapped: str, patient: str) -> str:
    """The same data key under the key of the ring that writes today. Raises Unreadable."""
    return wrap(ring().decrypt(wrapped, _bound(patient)), patient)


def wrapped_today(wrapped: str) -> bool:
    """Is the data key under the key of the ring that writes today?"""
    return ring().writes(wrapped)


def _bound(patient: str) -> str:
    return f"clinical.datakey:{patient}"
