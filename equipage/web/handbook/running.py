"""What runs by itself or by hand: jobs, schedules, commands."""

from __future__ import annotations

from typing import Any

from django.core.management import get_commands, load_command_class
from django.utils.module_loading import autodiscover_modules, import_string

from equipage.foundation.jobs.declare import declared_jobs, schedules
from equipage.web.handbook.writing import NONE, first_line, table


def page() -> list[str]:
    """Jobs, then commands."""
    # The command of the worker declares the jobs of upkeep, so commands are loaded before jobs are listed.
    commands = [_command(name, app) for name, app in sorted(_commands().items())]
    autodiscover_modules("jobs")
    cadences = {schedule.name: repr(schedule.cadence) for schedule in schedules()}
    jobs = [
        (f"`{path}`", first_line(import_string(path).func), f"{retry.max_attempts}", cadences.get(path, NONE))
        for path, retry in sorted(declared_jobs().items())
        if path.startswith("equipage.")
    ]
    return [
        "# Jobs and commands",
        "",
        "Jobs run in `manage.py worker`; each is idempotent by a business key.",
        "",
        "## Jobs",
        "",
        *table(("Job", "What it does", "Attempts", "Schedule"), jobs),
        "## Commands",
        "",
        *table(("Command", "What it does"), commands),
    ]


def _commands() -> dict[str, Any]:
    return {name: app for name, app in get_commands().items() if str(app).startswith("equipage.")}


def _command(name: str, app: Any) -> tuple[str, str]:
    return (f"`manage.py {name}`", str(load_command_class(app, name).help))
