"""`manage.py indicators national`: the national breakdowns, as the page gives them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from equipage.foundation.french import typographic
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.indicators.exports import FORMATS, as_text
from equipage.indicators.rules import NATION, campaign_of
from equipage.indicators.selectors import national


class Command(BaseCommand):
    """Writes a count on standard output."""

    help = "Écrit les indicateurs nationaux d'une campagne sur la sortie standard."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which count, of which campaign, where, in which format."""
        parser.add_argument("name", choices=["national"], help="les indicateurs voulus")
        parser.add_argument("--year", type=int, required=True, metavar="AAAA", help="année de la campagne")
        parser.add_argument(
            "--campaign", type=int, required=True, metavar="N", help="numéro de la campagne dans l'année"
        )
        parser.add_argument("--format", choices=sorted(FORMATS), default="csv", help="csv (par défaut) ou json")
        parser.add_argument("--territory", default=NATION, metavar="CODE", help="fr (par défaut), 52 ou fr-pdl")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count and write."""
        try:
            campaign = campaign_of(options["year"], options["campaign"], today())
            found = national(campaign, options["territory"])
        except Refused as refusal:
            raise CommandError(typographic(refusal.sentence)) from refusal
        self.stdout.write(as_text(found, options["format"]), ending="")
