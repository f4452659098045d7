"""The vault's rows live in the vault's database, and nothing else does."""

from __future__ import annotations

from typing import Any

VAULT = "clinical"
_LABEL = "clinical"


class VaultRouter:
    """Sends the models of `clinical` to their own database, for reading, writing and migrations."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        """The vault for its models; no opinion on others."""
        return VAULT if model._meta.app_label == _LABEL else None

    db_for_write = db_for_read

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool | None:
        """No relation crosses the wall: elsewhere only plain numbers are kept."""
        inside = {first._meta.app_label == _LABEL, second._meta.app_label == _LABEL}
        return False if len(inside) == 2 else None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Tables of the vault in the vault, tables of everybody else outside."""
        return (db == VAULT) == (app_label == _LABEL)
