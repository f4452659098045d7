"""`manage.py seed_clinical`: six fictitious patients in the vault of the demonstration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from equipage.clinical.demo import load
from equipage.foundation.french import typographic
from equipage.foundation.refusals import Refused


class Command(BaseCommand):
    help = "Charge les patients fictifs du coffre, après la région de démonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        """Once: a vault that already holds a file is left as it is. Raises CommandError outside a demonstration."""
        if not settings.DEMO:
            raise CommandError(typographic("Cette installation n'est pas en mode démonstration : rien n'est chargé."))
        try:
            made = load()
        except Refused as refusal:
            raise CommandError(typographic(refusal.sentence)) from refusal
        if options["verbosity"]:
            self.stdout.write(f"{made} patients fictifs" if made else "Le coffre n’est pas vide : rien n’est ajouté.")
