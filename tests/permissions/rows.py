"""What the small world is made of: its rows by model, its people by name, and what every maker of rows needs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import DEFAULT_DB_ALIAS, models, router
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.documents.models import Document
from equipage.foundation.documents.services import keep
from equipage.foundation.periods import today
from equipage.foundation.workflow import REGISTRY, Workflow
from equipage.people.models import User
from equipage.teams.models import Team
from equipage.web.handbook.doors import Door
from tests import factories

PAPER = b"%PDF-1.7 essai"
HASH = hashlib.sha256(PAPER).hexdigest()


@dataclass
class World:
    """People by name, and the rows of each model in the order they were made."""

    people: dict[str, Any] = field(default_factory=dict)
    rows: dict[type[models.Model], list[Any]] = field(default_factory=dict)

    def keep(self, row: Any) -> Any:
        """Remember a row."""
        self.rows.setdefault(type(row), []).append(row)
        return row

    def of(self, model: type[models.Model]) -> list[Any]:
        """The rows of a model; those that the factories wrote without telling are read."""
        kept = self.rows.get(model)
        return kept if kept else list(model._default_manager.order_by("pk"))

    def user(self, name: str) -> Any:
        """The person as a request would bring them: nothing remembered."""
        person = self.people[name]
        return AnonymousUser() if person is None else User.objects.get(pk=person.pk)


def make(model: Any, **values: Any) -> Any:
    """A row with these values; what its state or its columns ask for besides is filled with something plausible."""
    asked = {
        field.name
        for field in model._meta.concrete_fields
        if not (field.null or field.blank or field.has_default() or field.primary_key or _sets_itself(field))
    }
    for workflow in workflows_of(model):
        asked |= set(workflow.states[values.get(workflow.field, workflow.initial)].required)
    lacking = {name: filler(model, name) for name in sorted(asked) if name not in values}
    return model._default_manager.create(**lacking, **values)


def workflows_of(model: Any) -> list[Workflow]:
    """The workflows that move the rows of a model."""
    return [
        workflow
        for workflow in REGISTRY.values()
        for field in model._meta.concrete_fields
        if field.name == workflow.field and list(field.choices or ()) == workflow.choices()
    ]


def _sets_itself(field: Any) -> bool:
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


def filler(model: Any, column: str) -> Any:
    """A value that no other rule of the row refuses."""
    field = model._meta.get_field(column)
    if field.is_relation:
        return field.related_model._default_manager.order_by("pk").first()
    for kinds, value in FILLERS:
        if isinstance(field, kinds):
            return value()
    return "x"


FILLERS: list[tuple[Any, Callable[[], Any]]] = [
    (models.DateTimeField, timezone.now),
    (models.DateField, lambda: today() + timedelta(days=1)),
    (models.BooleanField, lambda: False),
    (models.IntegerField | models.DecimalField, lambda: 1),
    (models.JSONField, dict),
    (models.BinaryField, lambda: b"x"),
]


def lead_membership(team: Team) -> Any:
    """The membership of the person who leads."""
    return team.memberships.filter(role="lead").order_by("pk")[0]


def association_of(team: Team) -> Any:
    return factories.organisation("association", region_code=team.region_id)


def kept_paper() -> str:
    """The file that documents and attachments of the world point at; its hash."""
    keep(f"documents/{HASH[:2]}/{HASH}.pdf", PAPER)
    return HASH


def document(world: World, team: Team, kind: str) -> Any:
    made = make(
        Document,
        kind=kind,
        title="Pièce",
        region=team.region_id,
        about=audit.about(team),
        template="essai",
        data={},
        data_sha256=HASH,
        dated=today(),
        created_at=timezone.now(),
        template_version="essai",
        pdf_sha256=kept_paper(),
        size=len(PAPER),
    )
    return world.keep(made)


def all_models() -> list[type[models.Model]]:
    """Every model of Équipage, those of the vault too."""
    return [model for model in apps.get_models() if model.__module__.startswith("equipage.")]


def house_models() -> list[type[models.Model]]:
    """Every model of the common database; the vault has another, that only `tests/clinical` asks for."""
    return [model for model in all_models() if router.db_for_read(model) == DEFAULT_DB_ALIAS]


def outside_the_vault(found: list[Door]) -> list[Door]:
    """The addresses that need no other database; those of the vault are knocked at in `tests/clinical`."""
    return [door for door in found if not door.name.startswith("clinical:")]


def seen(model: Any, user: Any) -> Any:
    """The rows of a model that `user` may see."""
    return model._default_manager.visible_to(user)
