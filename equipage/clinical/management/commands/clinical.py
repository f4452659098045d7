"""`manage.py clinical verify`: the journal of the vault is whole, and every row opens with the keys of today."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from equipage.clinical import chain
from equipage.clinical.models import Note, Patient, Plan, PlanReview, PlanVersion
from equipage.clinical.services.plans import digest_of
from equipage.foundation.crypto import Unreadable

_WITH_KEY = {
    Patient: ("key",),
    Plan: ("patient__key",),
    PlanVersion: ("plan__patient__key",),
    PlanReview: ("plan__patient__key",),
    Note: ("patient__key",),
}


class Command(BaseCommand):
    help = "Vérifie le coffre : journal, chiffrement, versions figées."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One word."""
        parser.add_argument("what", choices=["verify"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many rows; raises CommandError with the first that is wrong. Shows nothing of what is inside."""
        wrong = chain.verify()
        if wrong is not None:
            raise CommandError(f"Journal du coffre, chaîne {wrong.stream}, ligne {wrong.number}\u202f: {wrong.reason}.")
        count = 0
        for model, related in _WITH_KEY.items():
            for row in model.objects.select_related(*related).order_by("pk").iterator(chunk_size=500):
                try:
                    content = row.content
                except Unreadable as problem:
                    raise CommandError(str(problem)) from problem
                if isinstance(row, PlanVersion) and digest_of(content) != row.digest:
                    raise CommandError(f"{row.bound_to}\u202f: la version n’est plus celle qui a été figée.")
                count += 1
        self.stdout.write(f"Le coffre est intact\u202f: {count} textes lus, journal vérifié.")
