"""The environment, read once and typed; a wrong value is refused at start with a French sentence."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class EnvironmentRefused(Exception):
    """A setting of the environment is wrong; the message says which, and how to mend it."""


def _flag(name: str, default: bool) -> bool:
    raw = os.environ.get(name)
    if raw is None:
        return default
    if raw.lower() in {"1", "true", "yes", "on", "oui"}:
        return True
    if raw.lower() in {"0", "false", "no", "off", "non", ""}:
        return False
    raise EnvironmentRefused(f"{name} vaut « {raw} » : écrivez « oui » ou « non ».")


def _number(name: str, default: int) -> int:
    raw = os.environ.get(name, str(default))
    try:
        return int(raw)
    except ValueError:
        raise EnvironmentRefused(f"{name} vaut « {raw} » : écrivez un nombre entier.") from None


@dataclass(frozen=True)
class Environment:
    """Everything that may differ between two installations, and nothing else."""

    debug: bool
    demo: bool
    var: Path
    database_url: str
    secret_key: str
    field_key: str
    allowed_hosts: tuple[str, ...]
    trusted_origins: tuple[str, ...]
    https: bool
    proxies: int
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_tls: bool
    mail_from: str
    site_address: str
    data_licence: str
    offline_days: int
    dispute_days: int
    scan_command: str
    clinical: bool
    clinical_database_url: str
    clinical_keys: str
    clinical_active_years: int
    clinical_archive_years: int
    clinical_confirm_minutes: int

    @classmethod
    def read(cls) -> Environment:
        """Read os.environ. Raises EnvironmentRefused with what to write instead."""
        var = Path(os.environ.get("EQUIPAGE_VAR", ROOT / "var"))
        clinical = _flag("EQUIPAGE_CLINICAL", False)
        environment = cls(
            debug=_flag("EQUIPAGE_DEBUG", False),
            demo=(demo := _flag("EQUIPAGE_DEMO", False)),
            var=var,
            database_url=os.environ.get("DATABASE_URL", f"sqlite:///{var / 'equipage.sqlite3'}"),
            secret_key=os.environ.get("EQUIPAGE_SECRET_KEY", "") or _kept_secret(var, "secret_key"),
            field_key=os.environ.get("EQUIPAGE_FIELD_KEY", "") or _kept_secret(var, "field_key"),
            allowed_hosts=_words("EQUIPAGE_HOSTS", "127.0.0.1,localhost,[::1]"),
            trusted_origins=_words("EQUIPAGE_ORIGINS", ""),
            https=_flag("EQUIPAGE_HTTPS", False),
            proxies=_number("EQUIPAGE_PROXIES", 0),
            smtp_host=os.environ.get("EQUIPAGE_SMTP_HOST", ""),
            smtp_port=_number("EQUIPAGE_SMTP_PORT", 587),
            smtp_user=os.environ.get("EQUIPAGE_SMTP_USER", ""),
            smtp_password=os.environ.get("EQUIPAGE_SMTP_PASSWORD", ""),
            smtp_tls=_flag("EQUIPAGE_SMTP_TLS", True),
            mail_from=os.environ.get("EQUIPAGE_MAIL_FROM", "Équipage <ne-pas-repondre@equipage.invalid>"),
            site_address=os.environ.get("EQUIPAGE_ADDRESS", "http://127.0.0.1:8000"),
            data_licence=os.environ.get("EQUIPAGE_DATA_LICENCE", "").strip(),
            offline_days=_number("EQUIPAGE_OFFLINE_DAYS", 7),
            dispute_days=_number("EQUIPAGE_DISPUTE_DAYS", 10),
            scan_command=os.environ.get("EQUIPAGE_SCAN_COMMAND", ""),
            clinical=clinical,
            clinical_database_url=os.environ.get("EQUIPAGE_CLINICAL_DATABASE_URL", "")
            or f"sqlite:///{var / 'clinical.sqlite3'}",
            clinical_keys=os.environ.get("EQUIPAGE_CLINICAL_KEYS", "")
            or (_kept_secret(var, "clinical_keys") if clinical and demo else ""),
            clinical_active_years=_number("EQUIPAGE_CLINICAL_ACTIVE_YEARS", 5),
            clinical_archive_years=_number("EQUIPAGE_CLINICAL_ARCHIVE_YEARS", 15),
            clinical_confirm_minutes=_number("EQUIPAGE_CLINICAL_CONFIRM_MINUTES", 15),
        )
        if len(environment.secret_key) < 32:
            raise EnvironmentRefused("EQUIPAGE_SECRET_KEY est trop courte : il faut au moins 32 caractères au hasard.")
        if not 1 <= environment.offline_days <= 31:
            raise EnvironmentRefused("EQUIPAGE_OFFLINE_DAYS est un nombre de jours, de 1 à 31.")
        if not 1 <= environment.dispute_days <= 60:
            raise EnvironmentRefused("EQUIPAGE_DISPUTE_DAYS est un nombre de jours ouvrés, de 1 à 60.")
        environment._check_vault()
        return environment

    def _check_vault(self) -> None:
        """The vault's keys are given, and are nobody else's. Raises EnvironmentRefused."""
        if not self.clinical:
            return
        if not self.clinical_keys:
            raise EnvironmentRefused(
                "EQUIPAGE_CLINICAL est à « oui » sans clés : donnez EQUIPAGE_CLINICAL_KEYS (« nom:secret », au moins "
                "32 caractères au hasard), gardée hors de ce dossier et hors des sauvegardes de la base."
            )
        others = {entry.strip().rpartition(":")[2] for entry in (self.secret_key, *self.field_key.split(","))}
        if others & {entry.strip().rpartition(":")[2] for entry in self.clinical_keys.split(",")}:
            raise EnvironmentRefused(
                "EQUIPAGE_CLINICAL_KEYS reprend EQUIPAGE_SECRET_KEY ou EQUIPAGE_FIELD_KEY : le coffre a des clés à lui."
            )
        if self.clinical_database_url == self.database_url:
            raise EnvironmentRefused(
                "EQUIPAGE_CLINICAL_DATABASE_URL est l'adresse de DATABASE_URL : le coffre a sa propre base."
            )
        if min(self.clinical_active_years, self.clinical_archive_years) < 1 or self.clinical_confirm_minutes < 1:
            raise EnvironmentRefused(
                "EQUIPAGE_CLINICAL_ACTIVE_YEARS, EQUIPAGE_CLINICAL_ARCHIVE_YEARS et EQUIPAGE_CLINICAL_CONFIRM_MINUTES "
                "sont des nombres entiers d'au moins 1."
            )

    def __repr__(self) -> str:
        """Never shows a secret: settings end up in logs and error pages."""
        hidden = {
            *("secret_key", "field_key", "smtp_password", "database_url"),
            *("clinical_keys", "clinical_database_url"),
        }
        shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.name not in hidden)
        return f"Environment({shown})"


def _words(name: str, default: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in os.environ.get(name, default).split(",") if word.strip())


def _kept_secret(var: Path, name: str) -> str:
    """A secret of this installation: made at first start, kept with owner-only rights in `var/`.

    The exclusive creation lets two processes that start together agree on one value.
    """
    import secrets

    place = var / name
    var.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return place.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return place.read_text().strip()
