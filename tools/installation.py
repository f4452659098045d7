"""The database and the static files of one installation: migrate, load the demo once, first administrator, collect."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools import environment
from tools.places import DIST, PYTHON, ROOT, fingerprint, var
from tools.steps import StepFailed, last_lines, run, step

_DEMO = "demo "  # how the stamp of a vault begins when its patients are fictitious


def ensure(settings: dict[str, str], *, empty: bool) -> frozenset[str]:
    """Bring the database and the static files up to date; sets EQUIPAGE_DEMO in `settings`.

    Returns the names of the management commands there are. Raises StepFailed.
    """
    settings.setdefault("EQUIPAGE_DEMO", "0")
    vault = settings.pop("EQUIPAGE_CLINICAL", "")  # whether this is a demonstration is known further down
    with step("Base de données") as current:
        state = read_state(settings)
        _forget_half_a_demo(settings, state)
        if state["pending"]:
            _manage(settings, "migrate", "--no-input", what="La base de données n’a pas pu être mise à jour.")
            current.note = f"{state['pending']} évolutions appliquées"
            state = read_state(settings)
        else:
            current.note = "à jour"
    _territory(settings, state)
    _contacts(settings, state)
    if empty:
        _first_administrator(settings, state)
    else:
        _demo(settings, state)
    _vault(settings, vault)
    _collect_static(settings)
    return frozenset(state["commands"])


def read_state(settings: dict[str, str]) -> dict[str, Any]:
    """What tools.inside.state says of the database."""
    done = subprocess.run(
        [str(PYTHON), "-m", "tools.inside.state"], cwd=ROOT, env=settings, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise StepFailed(
            "L’application ou sa base de données ne répond pas.",
            "La dernière ligne ci-dessus dit pourquoi. Si c’est la base\u202f: vérifiez l’adresse donnée par "
            "--database ou DATABASE_URL, et que ce serveur tourne.",
            last_lines(done.stderr + done.stdout, 6),
        )
    state: dict[str, Any] = json.loads(done.stdout)
    return state


def _manage(settings: dict[str, str], *words: str, what: str, advice: str = "") -> str:
    return run(
        [PYTHON, "manage.py", *words],
        what=what,
        advice=advice or f"Pour voir l’erreur entière\u202f: .venv/bin/python manage.py {' '.join(words)}",
        environment=settings,
    )


def _territory(settings: dict[str, str], state: dict[str, Any]) -> None:
    """The communes of France, loaded once and again with each edition of reference/territory."""
    stamp = var() / f"territory-{_name(settings)}.stamp"
    edition = fingerprint((ROOT / "reference" / "territory").iterdir())
    if state["has_communes"] and stamp.exists() and stamp.read_text(encoding="utf-8") == edition:
        return
    with step("Communes de France"):
        _manage(settings, "load_territory", "--verbosity=0", what="Les communes n’ont pas pu être chargées.")
        stamp.write_text(edition, encoding="utf-8")


def _contacts(settings: dict[str, str], state: dict[str, Any]) -> None:
    """The published contacts, once their places are there, and again with each edition of the rule packs."""
    if "load_contacts" not in state["commands"]:
        return
    stamp = var() / f"contacts-{_name(settings)}.stamp"
    edition = fingerprint(sorted((ROOT / "rulepacks").glob("*/contacts.yaml")))
    if state["has_communes"] and stamp.exists() and stamp.read_text(encoding="utf-8") == edition:
        return
    with step("Contacts"):
        _manage(settings, "load_contacts", "--verbosity=0", what="Les contacts n’ont pas pu être chargés.")
        stamp.write_text(edition, encoding="utf-8")


def _demo(settings: dict[str, str], state: dict[str, Any]) -> None:
    """Load the demo region into an empty database; never switch demo mode on over real people.

    In demo mode one signs in as anybody with one click: a database of real people must not get it by a
    forgotten option.
    """
    if state["has_people"] and not state["is_demo"]:
        print("  Cette base n’est pas celle de la démonstration\u202f: mode démonstration désactivé.", flush=True)
        return
    settings["EQUIPAGE_DEMO"] = "1"
    if state["has_people"]:
        return
    if "seed_demo" not in state["commands"]:
        print("  La région de démonstration n’existe pas encore dans cette version.", flush=True)
        return
    with step("Région de démonstration"):
        _forget_vault(settings)
        marker = _marker(settings)
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.write_text("chargement", encoding="utf-8")
        _manage(settings, "seed_demo", what="La région de démonstration n’a pas pu être chargée.")
        marker.unlink()


def _vault(settings: dict[str, str], asked: str) -> None:
    """The vault (dossiers partagés): on in a demonstration unless switched off, elsewhere when asked for."""
    wanted = asked or ("oui" if settings["EQUIPAGE_DEMO"] == "1" else "non")
    settings["EQUIPAGE_CLINICAL"] = wanted
    if wanted.lower() not in {"1", "true", "yes", "on", "oui"}:
        return
    place = _vault_place(settings)
    if place is not None:
        settings["EQUIPAGE_CLINICAL_DATABASE_URL"] = f"sqlite:///{place}"
    package = ROOT / "equipage" / "clinical"
    kind = _DEMO if settings["EQUIPAGE_DEMO"] == "1" else "real "
    edition = kind + fingerprint([*(package / "migrations").glob("*.py"), package / "demo.py"])
    stamp = _vault_stamp(settings)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == edition and (place is None or place.exists()):
        return
    with step("Dossiers partagés"):
        what = "La base des dossiers partagés n’a pas pu être préparée."
        _manage(settings, "migrate", "clinical", "--database", "clinical", "--no-input", "--verbosity=0", what=what)
        if kind == _DEMO:
            _manage(settings, "seed_clinical", what="Les patients fictifs n’ont pas pu être chargés.")
        stamp.write_text(edition, encoding="utf-8")


def _vault_place(settings: dict[str, str]) -> Path | None:
    """The file of the vault beside a database, one for each; None when the environment says where it is."""
    if os.environ.get("EQUIPAGE_CLINICAL_DATABASE_URL"):
        return None
    return var() / (f"clinical-{_name(settings)}.sqlite3" if settings.get("DATABASE_URL") else "clinical.sqlite3")


def _vault_stamp(settings: dict[str, str]) -> Path:
    """Says which edition of the vault was prepared, and whether its patients are fictitious."""
    return var() / f"clinical-{_name(settings)}.stamp"


def _forget_vault(settings: dict[str, str]) -> None:
    """A region loaded anew has other teams: the fictitious patients of a former one would be nobody's.

    A vault that did not come from a demonstration is never touched.
    """
    place, stamp = _vault_place(settings), _vault_stamp(settings)
    if place is None or not stamp.exists() or not stamp.read_text(encoding="utf-8").startswith(_DEMO):
        return
    for suffix in ("", "-wal", "-shm"):
        Path(f"{place}{suffix}").unlink(missing_ok=True)
    stamp.unlink()


def _marker(settings: dict[str, str]) -> Path:
    """Says that a demo began to load into this database and did not end."""
    return var() / f"demo-{_name(settings)}.loading"


def _name(settings: dict[str, str]) -> str:
    """A short name for a database, without the password its URL may hold."""
    return hashlib.sha256(settings.get("DATABASE_URL", "").encode()).hexdigest()[:12]


def _forget_half_a_demo(settings: dict[str, str], state: dict[str, Any]) -> None:
    """A load that was cut short left half a region: start again from nothing rather than show it."""
    marker = _marker(settings)
    if not marker.exists():
        return
    if state["has_people"]:
        default = var() / "equipage.sqlite3"
        if settings.get("DATABASE_URL"):
            raise StepFailed(
                "Le chargement de la démonstration dans cette base a été interrompu.",
                f"Videz cette base (elle ne contient que la démonstration), supprimez {marker}, puis recommencez.",
            )
        for suffix in ("", "-wal", "-shm"):
            Path(f"{default}{suffix}").unlink(missing_ok=True)
        state.update(read_state(settings))
    marker.unlink()


def _first_administrator(settings: dict[str, str], state: dict[str, Any]) -> None:
    """Create the person who will invite the others, from the environment or from a question."""
    if state["is_demo"]:
        raise StepFailed(
            "Cette base contient la région de démonstration\u202f: --empty demande une base sans elle.",
            "Donnez-en une autre\u202f: python3 run.py --empty --database sqlite:////chemin/reelle.sqlite3, "
            f"ou déplacez {var() / 'equipage.sqlite3'} et recommencez.",
        )
    if state["has_people"]:
        return
    if "first_administrator" not in state["commands"]:
        print("  La création du premier administrateur n’existe pas encore dans cette version.", flush=True)
        return
    advice = "Corrigez l’adresse ou le mot de passe comme indiqué ci-dessus, puis recommencez."
    what = "Le premier administrateur n’a pas pu être créé."
    if os.environ.get("EQUIPAGE_ADMIN_EMAIL") and os.environ.get("EQUIPAGE_ADMIN_PASSWORD"):
        with step("Premier administrateur"):
            _manage(settings, "first_administrator", what=what, advice=advice)
        return
    if not sys.stdin.isatty():
        raise StepFailed(
            "Une base vide demande un premier administrateur, et personne n’est là pour répondre.",
            "Donnez EQUIPAGE_ADMIN_EMAIL et EQUIPAGE_ADMIN_PASSWORD dans l’environnement, puis recommencez.",
        )
    print("  Premier administrateur de la plateforme", flush=True)
    asked = subprocess.run([str(PYTHON), "manage.py", "first_administrator"], check=False, cwd=ROOT, env=settings)
    if asked.returncode != 0:
        raise StepFailed(what, advice)


def _collect_static(settings: dict[str, str]) -> None:
    """Gather and compress the static files when one of them, or a package that brings some, changed."""
    with step("Fichiers statiques") as current:
        stamp = var() / "static" / ".stamp"
        wanted = fingerprint(_static_files())
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            current.note = "à jour"
            return
        _manage(
            settings,
            *("collectstatic", "--no-input", "--clear", "--verbosity=0"),
            what="Les fichiers statiques n’ont pas pu être rassemblés.",
        )
        stamp.write_text(wanted, encoding="utf-8")


def _static_files() -> list[Path]:
    built = [file for file in DIST.rglob("*") if file.is_file()]
    written = [file for file in ROOT.glob("equipage/*/static/**/*") if file.is_file()]
    return sorted({environment.BASE, *built, *written})
