"""What the repository must not hold, and what its pins must agree on."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = [ROOT / "requirements" / "base.txt", ROOT / "requirements" / "dev.txt", ROOT / "package-lock.json"]
# A folder of somebody's machine. Spelt in pieces so that this file does not accuse itself.
MACHINE_PATH = re.compile(
    r"(?<![\w.])/(?:" + "|".join(["work" + "/", "root" + "/", "home" + r"/\w", "Users" + r"/\w"]) + ")"
)


def tracked_files() -> list[Path]:
    """What git holds, and what the next commit would add; an export without git has every file it was given."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    if listed.returncode:
        made = {".venv", "node_modules", "var", "dist", "__pycache__"}
        return [f for f in ROOT.rglob("*") if f.is_file() and not made & set(f.relative_to(ROOT).parts)]
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def pins(name: str) -> dict[str, str]:
    """Package → exact version, as a requirements file locks them."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", text, flags=re.MULTILINE))


def normal(requirement: str) -> tuple[str, str | None]:
    """« psycopg[binary]==3.3.9 » → (psycopg, 3.3.9)."""
    name, _, version = requirement.partition("==")
    return re.sub(r"[-_.]+", "-", re.sub(r"\[.*\]", "", name)).lower().strip(), version or None


@pytest.mark.parametrize("lock", LOCKS[:2], ids=lambda lock: lock.name)
def test_a_python_lock_holds_no_address(lock: Path) -> None:
    assert "://" not in lock.read_text(encoding="utf-8")


def test_the_npm_lock_holds_no_download_address() -> None:
    lock = json.loads(LOCKS[2].read_text(encoding="utf-8"))
    with_address = [name for name, package in lock["packages"].items() if "resolved" in package]
    assert with_address == []
    unchecked = [name for name, package in lock["packages"].items() if name and "integrity" not in package]
    assert unchecked == []


def test_every_python_package_is_locked_with_hashes() -> None:
    for lock in LOCKS[:2]:
        entries = re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8"))
        without = [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]
        assert without == []


def test_the_lock_for_developers_holds_the_lock_for_users() -> None:
    # run.py trusts this: after test.py installed dev.txt, it does not install base.txt again.
    assert pins("base.txt").items() <= pins("dev.txt").items()


def test_locks_agree_with_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {"base.txt": project["project"]["dependencies"], "dev.txt": project["dependency-groups"]["dev"]}
    for name, requirements in asked.items():
        locked = {normal(package)[0]: version for package, version in pins(name).items()}
        for package, version in map(normal, requirements):
            assert package in locked, f"{package} manque dans requirements/{name}"
            assert version in {None, locked[package]}, f"{package}: {version} demandé, {locked[package]} verrouillé"


def test_npm_versions_are_exact_and_agree_with_the_lock() -> None:
    asked = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    lock = json.loads(LOCKS[2].read_text(encoding="utf-8"))["packages"]
    assert asked == {name: lock[f"node_modules/{name}"]["version"] for name in asked}
    assert asked == lock[""]["devDependencies"]


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    accused = []
    for file in tracked_files():
        content = file.read_bytes()
        if b"\0" in content[:8000]:
            continue
        for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), 1):
            if MACHINE_PATH.search(line):
                accused.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert accused == []


@pytest.mark.parametrize(
    "made",
    ["equipage/web/static/dist/app.css", "var/equipage.sqlite3", ".venv/bin/python", "node_modules/x", "uv.lock"],
)
def test_what_is_made_is_not_tracked(made: str) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("un export sans git ne peut pas le dire")
    ignored = subprocess.run(["git", "check-ignore", "-q", made], cwd=ROOT, check=False)
    assert ignored.returncode == 0


def test_nothing_that_is_made_was_committed() -> None:
    made = [
        f for f in tracked_files() if {"dist", "node_modules", ".venv", "__pycache__"} & set(f.relative_to(ROOT).parts)
    ]
    assert made == []
