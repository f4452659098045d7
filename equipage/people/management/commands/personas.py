"""`manage.py personas`: the people of the demonstration, with their role and one sentence each."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from equipage.foundation.french import typographic
from equipage.people.selectors import personas


class Command(BaseCommand):
    """Prints who can be entered in one click."""

    help = "Affiche les personnages de la démonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line each, by place."""
        groups = personas()
        if not settings.DEMO:
            self.stdout.write("Cette installation n'est pas une démonstration (EQUIPAGE_DEMO=1).")
            return
        if not groups:
            self.stdout.write(
                typographic("Aucun personnage : chargez la région de démonstration (manage.py seed_demo).")
            )
            return
        self.stdout.write(typographic(f"Personnages : {settings.SITE_ADDRESS}{reverse('people:personas')}"))
        for group in groups:
            self.stdout.write(f"\n{group.label}")
            for persona in group.personas:
                self.stdout.write(f"  {persona.user.full_name}, {persona.title}")
                self.stdout.write(f"    {persona.sentence}")
