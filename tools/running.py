"""What `run.py` does: set up, serve, stop."""

from __future__ import annotations

import argparse
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from tools import environment, frontend, installation, locks, processes
from tools.places import PYTHON, ROOT, child_environment, var
from tools.steps import StepFailed, duration, step


class _Stopped(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal: time to stop the children. Not an error, hence no Exception."""


def start(options: argparse.Namespace) -> int:
    """Set up and serve. Returns the exit code. Raises StepFailed."""
    began = time.monotonic()
    address = f"http://127.0.0.1:{options.port}"
    settings = child_environment(EQUIPAGE_ADDRESS=address)
    if options.database:
        settings["DATABASE_URL"] = options.database
    print("Équipage", flush=True)
    with _stopping_on_signals():
        try:
            with locks.running(address):
                processes.check_port(options.port)
                with locks.setting_up():
                    environment.ensure()
                    frontend.ensure()
                    commands = installation.ensure(settings, empty=options.empty)
                if options.prepare:
                    print(f"\nTout est prêt, en {duration(time.monotonic() - began)}.", flush=True)
                    return 0
                return _serve(options, settings, address, commands, began)
        except _Stopped:
            print("\nInterrompu. Recommencez quand vous voulez\u202f: ce qui est fait ne sera pas refait.", flush=True)
            return 130


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    """Turn the signals that mean « stop » into one exception."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _Stopped

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _serve(
    options: argparse.Namespace, settings: dict[str, str], address: str, commands: frozenset[str], began: float
) -> int:
    """Start the children, say where, watch them until a signal or a death."""
    logs = var() / "logs"
    children: list[processes.Child] = []
    try:
        with step("Serveur") as current:
            web = processes.Child("Le serveur web", processes.web_command(options.port), settings, logs / "web.log")
            children.append(web)
            if "worker" in commands and not options.no_worker:
                worker = processes.Child(
                    "Le processus des travaux de fond", processes.worker_command(), settings, logs / "worker.log"
                )
                children.append(worker)
            people = _people(settings, commands)
            processes.wait_until_it_answers(web, address)
            current.note = "avec les travaux de fond" if len(children) > 1 else "sans travaux de fond"
        _welcome(address, people, settings, duration(time.monotonic() - began))
        while True:
            for child in children:
                if not child.alive():
                    raise child.failure(
                        "L’application est arrêtée\u202f; rien n’est perdu. Relancez python3 run.py\u202f; "
                        "si cela se répète, le journal ci-dessus dit pourquoi."
                    )
            time.sleep(0.5)
    except _Stopped:
        print("\nArrêt…", end=" ", flush=True)
        _stop(children)
        print("fait.", flush=True)
        return 0
    finally:
        _stop(children)


def _stop(children: list[processes.Child]) -> None:
    """Ask all of them first, then wait for each; a second Ctrl-C must not leave one behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        if child.alive():
            child.process.terminate()
    for child in children:
        child.stop()


def _people(settings: dict[str, str], commands: frozenset[str]) -> str:
    """The demo people, as `manage.py personas` prints them."""
    if settings.get("EQUIPAGE_DEMO") != "1" or "personas" not in commands:
        return ""
    done = subprocess.run(
        [str(PYTHON), "manage.py", "personas"], cwd=ROOT, env=settings, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise StepFailed(
            "La liste des personnes de démonstration n’a pas pu être lue.",
            "Essayez .venv/bin/python manage.py personas pour voir l’erreur entière.",
            (done.stdout + done.stderr).rstrip().splitlines()[-25:],
        )
    return done.stdout.rstrip()


def _welcome(address: str, people: str, settings: dict[str, str], took: str) -> None:
    print(f"\nÉquipage est prêt, en {took}\u202f: {address}")
    if settings.get("EQUIPAGE_DEMO") == "1":
        print("Démonstration\u202f: toutes les personnes et toutes les sommes sont fictives.")
    if people:
        print(f"\n{people}")
    print(f"\nDonnées et journaux\u202f: {var()}. Ctrl-C pour arrêter.", flush=True)
