"""`manage.py rules check` and `manage.py rules explain FORM`: the rules from the command line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from equipage.foundation.periods import today
from equipage.rules import Library, NoRuleInForce, PackRefused, library
from equipage.rules.cases import play
from equipage.rules.telling import tell


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"« {text} » n'est pas une date : écrivez AAAA-MM-JJ, par exemple 2026-03-01.") from error


class Command(BaseCommand):
    """Checks the rules, or tells them as a person would read them."""

    help = "Vérifie les paquets de règles et leurs cas de référence, ou explique une forme."
    # The rules need neither a database nor the rest of the application to be sound.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the subcommands."""
        commands = parser.add_subparsers(dest="command", required=True)
        check = commands.add_parser("check", help="Vérifie chaque fichier et joue les cas de référence.")
        explain = commands.add_parser("explain", help="Dit les règles d'une forme, un jour, quelque part.")
        explain.add_argument("form", help="esp, esp-clap…")
        explain.add_argument("--territory", default="fr-pdl", help="fr, fr-pdl… (fr-pdl par défaut)")
        explain.add_argument("--on", default="", help="jour AAAA-MM-JJ (aujourd'hui par défaut)")
        explain.add_argument("--known-on", default="", help="d'après ce qui était connu ce jour-là")
        for one in (check, explain):
            one.add_argument("--path", action="append", type=Path, default=[], help="autre dossier de règles")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the subcommand."""
        actions: dict[str, Callable[[Library, Namespace], None]] = {"check": self.check_rules, "explain": self.explain}
        arguments = Namespace(**options)
        try:
            loaded = library(*arguments.path)
        except PackRefused as refusal:
            count = len(refusal.problems)
            raise CommandError(f"{refusal.sentence}\n{count} problème(s) : les règles sont refusées.") from refusal
        actions[arguments.command](loaded, arguments)

    def check_rules(self, loaded: Library, arguments: Namespace) -> None:
        """Play the golden cases and print the counts."""
        played = play(loaded)
        if played.problems:
            lines = "\n".join(problem.sentence() for problem in played.problems)
            raise CommandError(f"{lines}\n{len(played.problems)} différence(s) sur {played.cases} cas de référence.")
        pack = loaded.pack
        self.stdout.write(
            f"{pack.files} fichiers, {len(pack.rules)} règles, {pack.values} valeurs datées, "
            f"{len(pack.sources)} sources, {len(pack.forms)} formes, "
            f"{len(pack.territories)} territoires : tout est valable.\n"
            f"{played.cases} cas de référence dans {played.files} fichiers : tous donnent le résultat attendu."
        )

    def explain(self, loaded: Library, arguments: Namespace) -> None:
        """Print the rules of a form."""
        on = _day(arguments.on) if arguments.on else today()
        known = _day(arguments.known_on) if arguments.known_on else None
        try:
            form = loaded.form(arguments.form, arguments.territory, on, known)
            self.stdout.write("\n".join(tell(form)))
        except NoRuleInForce as error:
            raise CommandError(error.sentence) from error
