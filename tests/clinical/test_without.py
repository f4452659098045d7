"""Switched off, the vault does not exist: no import, no table, no address, no word; everything else works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from equipage.environment import Environment, EnvironmentRefused
from tools.places import ROOT

KEYS = "a:" + "k" * 40


@pytest.mark.slow
def test_without_the_setting_nothing_of_the_vault_is_there() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EQUIPAGE_")}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "tests.clinical.without"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told.pop("seen") > 80
    assert told.pop("databases") == ["default"]
    assert told == {name: [] for name in ("wrong", "imported", "routers", "tables", "models", "doors", "commands")}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The environment as an installation would give it."""

    def given(**values: str) -> Environment:
        for name in [name for name in os.environ if name.startswith("EQUIPAGE_") or name == "DATABASE_URL"]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("EQUIPAGE_VAR", str(tmp_path))
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        return Environment.read()

    return given


def test_it_is_off_unless_asked_for(read: Any, tmp_path: Path) -> None:
    environment = read()
    assert not environment.clinical and environment.clinical_keys == ""
    assert not (tmp_path / "clinical_keys").exists()


def test_a_demonstration_makes_its_own_keys_and_a_real_one_must_give_them(read: Any, tmp_path: Path) -> None:
    made = read(EQUIPAGE_CLINICAL="oui", EQUIPAGE_DEMO="oui")
    assert len(made.clinical_keys) > 40 and (tmp_path / "clinical_keys").stat().st_mode & 0o077 == 0
    assert made.clinical_keys not in (made.field_key, made.secret_key)
    with pytest.raises(EnvironmentRefused, match="sans clés"):
        read(EQUIPAGE_CLINICAL="oui")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"EQUIPAGE_FIELD_KEY": KEYS}, "a des clés à lui"),
        ({"EQUIPAGE_FIELD_KEY": f"b:{'z' * 40},c:{'k' * 40}"}, "a des clés à lui"),
        ({"EQUIPAGE_SECRET_KEY": "k" * 40}, "a des clés à lui"),
        ({"DATABASE_URL": "sqlite:////x.db", "EQUIPAGE_CLINICAL_DATABASE_URL": "sqlite:////x.db"}, "propre base"),
        ({"EQUIPAGE_CLINICAL_ACTIVE_YEARS": "0"}, "au moins 1"),
        ({"EQUIPAGE_CLINICAL_ARCHIVE_YEARS": "quinze"}, "nombre entier"),
    ],
)
def test_a_wrong_setting_is_refused_at_start(read: Any, values: dict[str, str], said: str) -> None:
    with pytest.raises(EnvironmentRefused, match=said):
        read(EQUIPAGE_CLINICAL="oui", EQUIPAGE_CLINICAL_KEYS=KEYS, **values)


def test_keys_are_never_shown(read: Any) -> None:
    environment = read(
        EQUIPAGE_CLINICAL="1", EQUIPAGE_CLINICAL_KEYS=KEYS, EQUIPAGE_CLINICAL_DATABASE_URL="sqlite:////secret.db"
    )
    assert "kkkk" not in repr(environment) and "secret.db" not in repr(environment)


@pytest.mark.parametrize("raw", ["court", "a:court", "a:" + "k" * 40 + ",a:" + "z" * 40])
def test_a_wrong_ring_is_said_by_the_checks(settings: Any, raw: str) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, clinical_keys=raw)
    with pytest.raises(Exception, match="EQUIPAGE_CLINICAL_KEYS"):
        call_command("check", stdout=StringIO())


@pytest.mark.django_db(databases=["default", "clinical"])
def test_the_models_have_their_migrations() -> None:
    call_command("makemigrations", "clinical", "--check", "--dry-run", stdout=StringIO())
