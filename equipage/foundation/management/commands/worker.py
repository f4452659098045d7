"""`manage.py worker`: runs the background jobs of this installation."""

from __future__ import annotations

import logging
import signal
import sys
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import autodiscover_modules

from equipage.foundation.jobs import upkeep as upkeep  # its schedule is declared on import
from equipage.foundation.jobs.worker import LEASE_SECONDS, Worker

logger = logging.getLogger("equipage.jobs")


class Command(BaseCommand):
    """Runs jobs, takes back those of dead workers and follows the schedule, until SIGTERM or Ctrl-C."""

    help = "Exécute les travaux de fond : messages, planification, reprises."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of the command, in seconds."""
        parser.add_argument("--interval", type=float, default=1.0, help="Attente quand la file est vide (secondes).")
        parser.add_argument("--lease", type=int, default=LEASE_SECONDS, help="Durée du bail de vie (secondes).")
        parser.add_argument("--once", action="store_true", help="Exécute ce qui est prêt, puis s'arrête.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the worker in this process."""
        if options["interval"] <= 0 or options["lease"] < 2:
            raise CommandError("Donnez un intervalle positif et un bail d'au moins 2 secondes.")
        # Each package declares its jobs in `jobs.py`; a schedule nobody imported would never run.
        autodiscover_modules("jobs")
        worker = Worker(interval=options["interval"], lease_seconds=options["lease"])
        if options["once"]:
            self.stdout.write(f"{worker.run_all()} travaux exécutés.")
            return
        _stop_on_signal(worker)
        self.stdout.write("Ouvrier prêt.")
        self.stdout.flush()
        worker.run()
        self.stdout.write("Ouvrier arrêté.")


def _stop_on_signal(worker: Worker) -> None:
    """The first signal lets the job in hand finish; the second one stops at once (the job will be taken back)."""

    def told(number: int, frame: FrameType | None) -> None:
        if worker.stop.is_set():
            sys.exit(1)
        worker.stop.set()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
