"""Random walks through a file: whatever people try, in whatever order, file, project and team stay in step."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.foundation import audit
from equipage.foundation.refusals import Refused
from equipage.projects import services as writing
from equipage.projects.models import Project
from equipage.recognition import services
from equipage.recognition.models import OPEN_STATES, Complement, RecognitionFile
from tests import factories
from tests.projects.factories import written_project

PROJECT_STATE = {"submitted": "frozen", "in_review": "frozen", "complement": "complement"}
MOVES = ("submit", "take", "ask", "answer", "send_back", "recognise", "refuse", "withdraw", "amend", "write")
WHO = ("lead", "member", "near", "region", "far", "association")


def _play(name: str, actor: Any, project: Project) -> None:
    file = RecognitionFile.objects.order_by("-pk").first()
    if name == "submit":
        services.submit(project, actor=actor)
    elif name == "amend":
        writing.amend(project, actor=actor)
    elif name == "write":
        section = project.sections.get(key="timetable")
        phases = [{"label": f"Étape {section.version}", "starts": "2026-01-05"}]
        writing.write(project.team, "timetable", {"phases": phases}, based_on=section.version, actor=actor)
    elif file is not None:
        _on_file(name, actor, file)


def _on_file(name: str, actor: Any, file: RecognitionFile) -> None:
    if name == "ask":
        services.ask_complements(file, actor=actor, asked=[("timetable", "Précisez le calendrier.")])
    elif name == "answer":
        for item in Complement.objects.filter(file=file, answered_at=None).order_by("pk"):
            services.answer_complement(item, actor=actor, answer="C'est fait.")
    elif name == "refuse":
        services.refuse(file, actor=actor, reason="Trop vague.")
    else:
        getattr(services, name)(file, actor=actor)


def _check() -> None:
    project = Project.objects.select_related("team").get()
    files = list(RecognitionFile.objects.order_by("pk"))
    opened = [file for file in files if file.state in OPEN_STATES]
    assert len(opened) <= 1
    if opened:
        assert project.state == PROJECT_STATE[opened[0].state]
    else:
        assert project.state in ("drafting", "settled")
    done = [file for file in files if file.state == "recognised"]
    assert (project.team.state == "recognised") == bool(done)
    assert {file.registration_number for file in done} <= {project.team.registration_number}
    assert all(file.letter_id for file in files if file.state in ("recognised", "refused"))
    assert [version.number for version in project.versions.order_by("number")] == list(
        range(1, project.versions.count() + 1)
    )
    assert all(version.content_hash == writing.content_hash(version.content) for version in project.versions.all())
    assert audit.verify() is None


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(walk=st.lists(st.tuples(st.sampled_from(MOVES), st.sampled_from(WHO)), min_size=5, max_size=25))
def test_no_walk_finds_an_illegal_row(walk: list[tuple[str, str]]) -> None:
    with transaction.atomic():
        project = written_project()
        people = {
            "lead": factories.lead_of(project.team),
            "member": factories.member_of(project.team),
            "near": factories.ars_department(),
            "region": factories.ars_region(),
            "far": factories.ars_department(department_code="44"),
            "association": factories.officer(),
        }
        for name, who in walk:
            try:
                _play(name, people[who], factories.fresh(project))
            except Refused:
                pass  # a refusal leaves everything as it was, which is what is looked at
            _check()
        transaction.set_rollback(True)  # the next walk begins in an empty world
