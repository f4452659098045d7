"""`manage.py audit verify` proves the chains of the journal; `manage.py audit show --stream team:12` reads one."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from equipage.foundation import audit
from equipage.foundation.audit.models import AuditEntry, AuditHead
from equipage.foundation.french import counted, moment

NBSP, NARROW = "\u00a0", "\u202f"


class Command(BaseCommand):
    """Exit code 0 when nothing was altered, 1 with the first altered row otherwise."""

    help = "Vérifie le journal de preuve, ou en montre une chaîne."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="verify|show")
        verbs.add_parser("verify", help="parcourt toutes les chaînes et nomme la première ligne altérée")
        show = verbs.add_parser("show", help="montre les lignes d'une chaîne, la plus ancienne d'abord")
        show.add_argument("--stream", default=audit.PLATFORM, help="« team:12 » ou « platform » (par défaut)")
        show.add_argument("--last", type=int, default=50, help="combien de lignes, en partant de la fin (50)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "verify":
            self._verify()
        else:
            self._show(options["stream"], options["last"])

    def _verify(self) -> None:
        altered = audit.verify()
        if altered:
            raise CommandError(
                f"Journal altéré{NARROW}: chaîne {altered.stream}, ligne n°{NBSP}{altered.number}{NARROW}: "
                f"{altered.reason}.\nNe modifiez rien. Gardez une copie de la base telle qu'elle est, comparez cette "
                "ligne avec la dernière sauvegarde saine, et cherchez qui a eu accès à la base depuis.",
                returncode=1,
            )
        rows, chains = AuditEntry.objects.count(), AuditHead.objects.filter(number__gt=0).count()
        self.stdout.write(f"Journal intact{NARROW}: {counted(rows, 'ligne')}, {counted(chains, 'chaîne')}.")
        self.stdout.write(f"Empreinte générale, à noter hors de cette machine{NARROW}: {audit.heads_digest()}")

    def _show(self, stream: str, last: int) -> None:
        newest = AuditEntry.objects.filter(stream=stream).order_by("-number")[: max(last, 0)]
        if not newest:
            known = AuditHead.objects.order_by("stream").values_list("stream", flat=True)[:10]
            raise CommandError(
                f"Aucune chaîne ne s'appelle « {stream} ». Par exemple{NARROW}: {', '.join(known) or '—'}."
            )
        for entry in reversed(newest):
            self.stdout.write(
                f"n°{NBSP}{entry.number}  {moment(entry.at)}  {entry.actor_label}  {entry.action}  {entry.about}"
            )
            if entry.comment:
                self.stdout.write(f"      « {entry.comment} »")
            if entry.before or entry.after:
                self.stdout.write(f"      {_short(entry.before)} → {_short(entry.after)}")


def _short(facts: Any) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)
