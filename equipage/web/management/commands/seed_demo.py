"""`manage.py seed_demo`: loads the fictitious region into an empty database."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from equipage.foundation.french import typographic
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.web.demo.load import load_demo


class Command(BaseCommand):
    """Makes teams, people, actions and money that do not exist."""

    help = "Charge la région de démonstration (Pays de la Loire fictive) dans une base vide."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The size, the dice, the day it is."""
        parser.add_argument("--teams", type=int, default=150, help="nombre d'équipes (150)")
        parser.add_argument("--seed", type=int, default=1, help="graine : la même donne les mêmes données (1)")
        parser.add_argument("--today", type=date.fromisoformat, default=None, help="jour de référence, AAAA-MM-JJ")
        parser.add_argument("--no-history", action="store_true", help="équipes et membres seulement, pour mesurer")
        parser.add_argument("--yes", action="store_true", help="même hors du mode démonstration (EQUIPAGE_DEMO)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, saying what is done as it is done."""
        if not settings.DEMO and not options["yes"]:
            raise CommandError(
                typographic(
                    "Cette installation n'est pas en mode démonstration : mettez EQUIPAGE_DEMO=1, ou ajoutez --yes si "
                    "vous voulez vraiment des personnes fictives dans cette base."
                )
            )
        began = time.monotonic()

        def tell(text: str) -> None:
            if options["verbosity"]:
                self.stdout.write(f"  {time.monotonic() - began:5.1f} s  {text}")

        try:
            load_demo(
                teams=options["teams"],
                seed=options["seed"],
                today=options["today"] or today(),
                history=not options["no_history"],
                tell=tell,
            )
        except Refused as refusal:
            raise CommandError(typographic(refusal.sentence)) from refusal
