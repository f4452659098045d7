"""`manage.py generate_docs` writes `docs/generated/` from the code; `--check` says whether it is still true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from equipage.web.handbook import rights, running, workflows

CONTENTS = [
    "# Written from the code",
    "",
    "`manage.py generate_docs` writes these pages and `test.py` checks that they are still true. Never edit them.",
    "",
    "- [Workflows](workflows.md): states, moves, who, what blocks, what follows",
    "- [Permissions](permissions.md): every address and action, and who may",
    "- [Models](models.md): every table, and who sees its rows",
    "- [Jobs and commands](running.md)",
]


class Command(BaseCommand):
    """Exit code 1 with `--check` when a page is missing, stale or not ours."""

    help = "Écrit docs/generated/ à partir du code ; --check vérifie que ces pages sont à jour."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="ne rien écrire, dire ce qui n'est plus vrai")
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "docs" / "generated")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        wanted = pages()
        present = (
            {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")} if folder.is_dir() else {}
        )
        stale = sorted(name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name))
        if options["check"]:
            if stale:
                raise CommandError(
                    f"docs/generated/ n'est plus à jour\u202f: {', '.join(stale)}.\n"
                    "Lancez « python manage.py generate_docs » et gardez le résultat.",
                    returncode=1,
                )
            self.stdout.write("docs/generated/ est à jour.")
            return
        folder.mkdir(parents=True, exist_ok=True)
        for name in stale:
            if name in wanted:
                (folder / name).write_text(wanted[name], encoding="utf-8")
            else:
                (folder / name).unlink()
        self.stdout.write(f"Écrit\u202f: {', '.join(stale) or 'rien, tout était à jour'}.")


def pages() -> dict[str, str]:
    """The whole content of `docs/generated/`, by file name."""
    made = {
        "README.md": CONTENTS,
        "workflows.md": workflows.page(),
        "permissions.md": rights.permissions_page(),
        "models.md": rights.models_page(),
        "running.md": running.page(),
    }
    return {name: "\n".join(lines).rstrip() + "\n" for name, lines in made.items()}
