"""Files for tests: deposited, taken, with a complement, recognised."""

from __future__ import annotations

from typing import Any

from equipage.recognition import services
from equipage.recognition.models import RecognitionFile
from tests import factories
from tests.projects.factories import written_project


def deposited(team: Any | None = None, **options: Any) -> RecognitionFile:
    """A file that the lead deposited."""
    project = written_project(team, **options)
    return services.submit(project, actor=factories.lead_of(project.team))


def taken(officer: Any | None = None, **options: Any) -> RecognitionFile:
    """A file that an officer of the department follows."""
    return services.take(deposited(**options), actor=officer or factories.ars_department())


def asked(officer: Any | None = None, *, keys: tuple[str, ...] = ("timetable",), **options: Any) -> RecognitionFile:
    """A file whose team must complete these sections."""
    officer = officer or factories.ars_department()
    file = taken(officer, **options)
    return services.ask_complements(
        file, actor=officer, asked=[(key, "Précisez ce point, s'il vous plaît.") for key in keys]
    )


def recognised(officer: Any | None = None, **options: Any) -> RecognitionFile:
    """A file that led to the recognition of its team."""
    officer = officer or factories.ars_department()
    return services.recognise(taken(officer, **options), actor=officer)
