"""Put every file of the vault under the first key of EQUIPAGE_CLINICAL_KEYS."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from equipage.clinical.keys import ring
from equipage.clinical.services.rotating import rotate
from equipage.foundation.crypto import Unreadable


class Command(BaseCommand):
    help = "Met les dossiers du coffre sous la première clé de EQUIPAGE_CLINICAL_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """In depth or not."""
        parser.add_argument(
            "--deep", action="store_true", help="chiffre aussi chaque texte avec une clé de données neuve (plus long)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many files; the old key can then be removed. Raises CommandError when a key is missing."""
        try:
            done = rotate(deep=options["deep"])
        except Unreadable as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{done['patients']} dossiers, {done['texts']} textes chiffrés de nouveau")
        self.stdout.write(f"Tout est sous la clé « {ring().current.name} ».")
