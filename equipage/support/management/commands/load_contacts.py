"""`manage.py load_contacts`: add the published contacts that are not in the database yet."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from equipage.foundation.french import counted
from equipage.rules import PackRefused
from equipage.support.services import load_contacts


class Command(BaseCommand):
    help = "Ajoute les contacts publiés qui manquent, sans rien réécrire (peut être relancée)."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_contacts()
        except PackRefused as problem:
            raise CommandError(str(problem)) from problem
        if not options["verbosity"]:
            return
        self.stdout.write(f"{counted(len(loaded.added), 'contact ajouté', 'contacts ajoutés')}.")
        if loaded.waiting:
            self.stdout.write(
                f"En attente de leur territoire (manage.py load_territory) : {', '.join(loaded.waiting)}."
            )
