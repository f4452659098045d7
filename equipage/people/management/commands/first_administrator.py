"""`manage.py first_administrator`: the person who gives everybody else their role, on an empty installation."""

from __future__ import annotations

import os
import sys
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from equipage.foundation.refusals import Refused
from equipage.people.services import first_administrator
from equipage.territory.models import Region


class Command(BaseCommand):
    """Creates the first platform administrator, by questions or from the environment."""

    help = "Crée le premier compte d'administration (EQUIPAGE_ADMIN_EMAIL, EQUIPAGE_ADMIN_PASSWORD, ou des questions)."

    def add_arguments(self, parser: Any) -> None:
        """The region in which the operator is registered."""
        parser.add_argument("--region", default="52", help="code INSEE de la région de l'exploitant (52)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask what the environment does not say."""
        if not Region.objects.filter(pk=options["region"]).exists():
            raise CommandError(
                f"La région {options['region']} n'est pas dans la base : lancez d'abord manage.py load_territory."
            )
        email = os.environ.get("EQUIPAGE_ADMIN_EMAIL", "") or self._ask("Adresse e-mail : ")
        try:
            validate_email(email.strip())
        except ValidationError:
            raise CommandError(f"« {email} » n'est pas une adresse e-mail : écrivez nom@domaine.fr.") from None
        password = os.environ.get("EQUIPAGE_ADMIN_PASSWORD", "") or self._ask_password()
        try:
            user = first_administrator(email=email, password=password, region_id=options["region"])
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        self.stdout.write(f"Le compte {user.email} administre la plateforme. Connectez-vous pour nommer les autres.")

    def _ask(self, question: str) -> str:
        self._needs_a_person()
        return input(question)

    def _ask_password(self) -> str:
        self._needs_a_person()
        first = getpass("Mot de passe (12 caractères ou plus) : ")
        if getpass("Le même, encore une fois : ") != first:
            raise CommandError("Les deux mots de passe diffèrent. Relancez la commande.")
        return first

    def _needs_a_person(self) -> None:
        if not sys.stdin.isatty():
            raise CommandError(
                "Personne ne peut répondre ici : donnez EQUIPAGE_ADMIN_EMAIL et EQUIPAGE_ADMIN_PASSWORD."
            )
