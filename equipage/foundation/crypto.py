"""Columns nobody reads in a stolen copy of the database (chiffrement): AES-256-GCM with a ring of keys.

`EQUIPAGE_FIELD_KEY` holds the ring: "2026:<secret>,2024:<secret>", or one secret alone, whose name is then "1". The
first key writes, all of them read, so a key is changed by putting the new one first and running
`manage.py rotate_field_keys`. Keys come from nothing else, `SECRET_KEY` least of all: the two are changed separately.

A value is bound to its column: pasted into another column, it does not open. Two equal values are stored differently;
to search one, keep `search_hash(value, "<purpose>")` beside it and look it up with `search_hashes`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.db.models import Case, Value
from django.db.models.functions import Cast

SHORTEST_SECRET = 32
_MARK = "e1"
_NONCE_BYTES = 12
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,20}")
_STORED = re.compile(r"e1:([A-Za-z0-9_-]{1,20}):([A-Za-z0-9_-]+)")


class FieldKeyRefused(ImproperlyConfigured):
    """The key ring is wrong; the message says which entry, and never shows a secret."""


class Unreadable(RuntimeError):
    """A stored value does not open: it was altered, moved from another column, or its key is gone."""


@dataclass(frozen=True, repr=False)
class _Key:
    name: str
    cipher: AESGCM
    search: bytes


class KeyRing:
    """The keys of this installation, the one that writes first. Raises FieldKeyRefused.

    `setting` is what refusals call the ring: there may be others than that of the columns.
    """

    def __init__(self, raw: str, setting: str = "EQUIPAGE_FIELD_KEY") -> None:
        self._setting = setting
        self._keys: dict[str, _Key] = {}
        for place, entry in enumerate((part.strip() for part in raw.split(",")), start=1):
            name, separator, secret = entry.partition(":")
            if not separator:
                name, secret = "1", entry
            if not _KEY_ID.fullmatch(name):
                raise FieldKeyRefused(
                    f"{setting}, clé n° {place} : son nom doit tenir en 20 lettres, chiffres, - ou _."
                )
            if len(secret) < SHORTEST_SECRET:
                raise FieldKeyRefused(
                    f"{setting}, clé « {name} » : il faut au moins {SHORTEST_SECRET} caractères au hasard, "
                    f"elle en a {len(secret)}."
                )
            if name in self._keys:
                raise FieldKeyRefused(f"{setting} : deux clés s’appellent « {name} ».")
            self._keys[name] = _Key(name, AESGCM(_derived(secret, b"cipher")), _derived(secret, b"search"))
        self.current = next(iter(self._keys.values()))

    def encrypt(self, text: str, column: str) -> str:
        """The text as it is stored for `column` ("people.bankaccount.iban")."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self.current.cipher.encrypt(nonce, text.encode(), _bound(self.current.name, column))
        return f"{_MARK}:{self.current.name}:{_written(sealed)}"

    def decrypt(self, stored: str, column: str) -> str:
        """The text back. Raises Unreadable, without saying anything of the content."""
        found = _STORED.fullmatch(stored)
        if not found:
            raise Unreadable(f"{column} : la valeur gardée n’est pas chiffrée comme prévu.")
        name, body = found.groups()
        key = self._keys.get(name)
        if key is None:
            raise Unreadable(f"{column} : la clé « {name} » manque dans {self._setting}.")
        try:
            sealed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            if _written(sealed) != body:
                raise ValueError("not as we write")  # spare bits of the last sign: one value would have several texts
            opened = key.cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound(name, column))
        except (InvalidTag, ValueError):
            raise Unreadable(f"{column} : la valeur a été altérée, ou vient d’une autre colonne.") from None
        return opened.decode()

    def hashes(self, text: str, purpose: str) -> list[str]:
        """The search hash with each key, that of the current key first."""
        return [
            hmac.new(key.search, f"{purpose}\x00{text}".encode(), hashlib.sha256).hexdigest()
            for key in self._keys.values()
        ]

    def writes(self, stored: str) -> bool:
        """Is the stored value under the key that writes today?"""
        return stored.startswith(f"{_MARK}:{self.current.name}:")


def _written(sealed: bytes) -> str:
    """Bytes in the letters of an address, without the signs that fill up."""
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def ring() -> KeyRing:
    """The key ring of the environment."""
    return _ring(settings.ENVIRONMENT.field_key)


def search_hash(value: str, purpose: str) -> str:
    """What to keep in a column beside an encrypted one, to find it again exactly. `value` comes normalised.

    `purpose` ("people.bankaccount.iban") keeps the same number from being recognised from one table to another.
    """
    return ring().hashes(value, purpose)[0]


def search_hashes(value: str, purpose: str) -> list[str]:
    """What to look up (`iban_hash__in=…`): rows that wait for the rotation of keys are found too."""
    return ring().hashes(value, purpose)


class EncryptedTextField(models.TextField):
    """A text that only the application reads. It cannot be filtered nor ordered: keep a `search_hash` beside it.

    `column` fixes what the value is bound to; give it the old name when a model or a field is renamed.
    """

    description = "Texte chiffré"

    def __init__(self, *args: Any, column: str | None = None, **kwargs: Any) -> None:
        self.column_name = column
        for refused in ("db_index", "unique", "primary_key"):
            if kwargs.get(refused):
                raise FieldError(
                    f"EncryptedTextField: {refused} means nothing when a value is never stored twice alike."
                )
        super().__init__(*args, **kwargs)

    @property
    def bound_to(self) -> str:
        """The name of the column in the associated data."""
        return self.column_name or f"{self.model._meta.label_lower}.{self.name}"

    def deconstruct(self) -> Any:
        """For migrations."""
        name, path, args, kwargs = super().deconstruct()
        if self.column_name:
            kwargs["column"] = self.column_name
        return name, path, args, kwargs

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Encrypt on the way in; the cases that `bulk_update` makes encrypt their own values.

        Raises FieldError on any other expression: the database cannot compute on what it cannot read.
        """
        if _encrypts_itself(value):
            return value
        if hasattr(value, "resolve_expression"):
            raise FieldError(f"{self.bound_to}: an encrypted column takes a text, not an expression.")
        return None if value is None else ring().encrypt(str(value), self.bound_to)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else ring().decrypt(value, self.bound_to)

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull`: any other look-up would compare with a value that is never twice the same."""
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.bound_to}: look up the search_hash column, not the encrypted one ({lookup_name}).")

    def get_transform(self, lookup_name: str) -> Any:
        """None."""
        raise FieldError(f"{self.bound_to}: an encrypted column has no transform ({lookup_name}).")


def _encrypts_itself(value: Any) -> bool:
    """Is it the expression of `bulk_update`: cases whose values know that they go into an encrypted column?"""
    match value:
        case Cast():
            return all(_encrypts_itself(source) for source in value.get_source_expressions())
        case Case():
            return all(_encrypts_itself(case.result) for case in value.cases) and _encrypts_itself(value.default)
        case Value():
            return value.value is None or isinstance(getattr(value, "_output_field_or_none", None), EncryptedTextField)
    return False


def rotate_field(model: type[models.Model], field: EncryptedTextField, batch: int = 500) -> int:
    """Write again with today's key the values under an older one; how many were. Stops safely at any time."""
    keys = ring()
    rows = model._base_manager.order_by("pk")
    rewritten, last = 0, None
    while True:
        page = rows.filter(pk__gt=last) if last is not None else rows
        stored = list(_with_stored(page, field).values_list("pk", "_stored")[:batch])
        if not stored:
            return rewritten
        for pk, old in stored:
            if old is not None and not keys.writes(old):
                rewritten += _rewrite(model, field, pk, old, keys)
        last = stored[-1][0]


def _rewrite(model: type[models.Model], field: EncryptedTextField, pk: Any, old: str, keys: KeyRing) -> int:
    """One value; a row that somebody changed in the meantime is left, since it is under the new key already."""
    text = keys.decrypt(old, field.bound_to)
    same = _with_stored(model._base_manager.all(), field)
    return same.filter(pk=pk, _stored=old).update(**{field.name: text})


def _with_stored(rows: models.QuerySet[Any], field: EncryptedTextField) -> models.QuerySet[Any]:
    """The column as it is stored: without the cast, the field would decrypt it."""
    seen: models.QuerySet[Any] = rows.annotate(_stored=Cast(field.name, models.TextField()))
    return seen


def encrypted_fields() -> list[tuple[type[models.Model], EncryptedTextField]]:
    """Every encrypted column of the project."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


@checks.register(checks.Tags.security)
def key_ring_is_sound(**_: Any) -> list[checks.CheckMessage]:
    """A wrong key ring is said at start, not at the first bank account."""
    try:
        ring()
    except FieldKeyRefused as refusal:
        return [checks.Error(str(refusal), id="foundation.E002")]
    return []


@lru_cache(maxsize=4)
def _ring(raw: str) -> KeyRing:
    return KeyRing(raw)


def _derived(secret: str, use: bytes) -> bytes:
    """32 bytes for one use. The secret is long and random, so one keyed hash is enough (HKDF's first step)."""
    return hmac.new(b"equipage.foundation.crypto/" + use, secret.encode(), hashlib.sha256).digest()


def _bound(key: str, column: str) -> bytes:
    return f"{_MARK}:{key}:{column}".encode()
