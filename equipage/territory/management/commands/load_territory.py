"""`manage.py load_territory [--region 52]`: write the territory of France into the database."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from equipage.territory.services import load_territory
from equipage.territory.source import SourceBroken


class Command(BaseCommand):
    help = "Charge les régions, départements, intercommunalités, communes et codes postaux (peut être relancée)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--region", metavar="CODE", help="seulement cette région (code INSEE, par exemple 52)")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()

        def say(table: str, rows: int) -> None:
            self.stdout.write(f"  {table} : {rows} ({time.monotonic() - started:.1f} s)")

        try:
            loaded = load_territory(region=options["region"], progress=say if options["verbosity"] else None)
        except SourceBroken as problem:
            raise CommandError(str(problem)) from problem
        created, changed = sum(loaded.created.values()), sum(loaded.changed.values())
        if loaded.untouched:
            self.stdout.write(f"Territoire déjà à jour (millésime {loaded.vintage}).")
        else:
            self.stdout.write(
                f"Territoire chargé, millésime {loaded.vintage} : {created} lignes ajoutées, {changed} mises à jour."
            )
