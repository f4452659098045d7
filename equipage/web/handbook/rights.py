"""Who may enter each address, who may do each action, who sees each model."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.migrations.loader import MigrationLoader

from equipage.foundation.access import PUBLIC, SIGNED_IN
from equipage.foundation.db import Lifted, Trigger
from equipage.foundation.policies import PublicQuerySet, declared_policies, declared_visibilities
from equipage.foundation.workflow import REGISTRY
from equipage.people.roles import PROFESSIONAL, Role
from equipage.web.handbook.doors import Door, doors
from equipage.web.handbook.writing import code, first_line, place, table

COLUMNS = (PROFESSIONAL, *Role.values)


def permissions_page() -> list[str]:
    """The permission matrix, then the policies."""
    return [
        "# Permissions",
        "",
        "Login is required by default. A dot says that the role enters; what it finds inside is filtered by the",
        "visibility of each model (`models.md`): a row that one may not see answers 404. `writes` says that the page",
        "takes a POST; every other page runs with a database that refuses writes.",
        "",
        "## Addresses",
        "",
        *table(
            ("Address", "Name", "Writes", "Stranger", "Any account", *(f"`{role}`" for role in COLUMNS)),
            [_door(door) for door in doors()],
        ),
        "## Actions",
        "",
        *table(
            ("Action", "Where", "What it says"),
            [
                (f"`{name}`", code([place(test)]), first_line(test))
                for name, test in sorted(declared_policies().items())
            ],
        ),
    ]


def _door(door: Door) -> tuple[str, ...]:
    head = (f"`{door.route}`", f"`{door.name}`")
    if door.access is None:
        return (*head, "", "**not declared**", *[""] * (len(COLUMNS) + 1))
    public, anybody = door.access.audience == PUBLIC, door.access.audience in (PUBLIC, SIGNED_IN)
    roles = ["●" if anybody or role in door.access.roles else "" for role in COLUMNS]
    return (*head, "●" if door.access.writes else "", "●" if public else "", "●" if anybody else "", *roles)


def house_models() -> list[Any]:
    """Every model of Équipage, by package and name."""
    found = [model for model in apps.get_models() if model.__module__.startswith("equipage.")]
    return sorted(found, key=lambda model: model._meta.label)


def models_page() -> list[str]:
    """The models, with who sees their rows and the workflow that moves them."""
    triggers = _triggers()
    return [
        "# Models",
        "",
        "Who sees the rows is a `Q` declared once in the `policies.py` of a package; `Model.objects.visible_to(user)`",
        'applies it, and `can(user, "<app>.view_<model>", row)` agrees with it (a property test holds that).',
        "",
        *table(
            ("Model", "French", "What it is", "Who sees it", "Workflow", "Rules held by the database"),
            [_model(model, triggers.get(model._meta.db_table, [])) for model in house_models()],
        ),
    ]


def _model(model: Any, triggers: list[str]) -> tuple[str, ...]:
    options = model._meta
    rules = [rule.name for rule in options.constraints] + triggers
    return (
        f"`{options.label}`",
        str(options.verbose_name),
        first_line(model),
        _seen_by(model),
        code(_workflows_of(model)),
        code(sorted(rules)),
    )


def _triggers() -> dict[str, list[str]]:
    """What migrations refuse beside constraints, by table; what one of them lifts for good is not there."""
    standing: dict[str, str] = {}
    for _, migration in sorted(MigrationLoader(None).disk_migrations.items()):
        for operation in migration.operations:
            if isinstance(operation, Trigger):
                standing |= operation.triggers("sqlite")
            elif isinstance(operation, Lifted):
                for name in operation.trigger.triggers("sqlite"):
                    standing.pop(name, None)
    found: dict[str, list[str]] = {}
    for name, written in standing.items():
        found.setdefault(written, []).append(name)
    return found


def _seen_by(model: type[models.Model]) -> str:
    if isinstance(model._default_manager.all(), PublicQuerySet):
        return "everybody"
    function = declared_visibilities().get(model._meta.label)
    if function is None:
        return "**not declared**"
    return f"`{place(function)}` {first_line(function)}".strip()


def _workflows_of(model: Any) -> list[str]:
    return sorted(
        workflow.name
        for workflow in REGISTRY.values()
        for field in model._meta.concrete_fields
        if field.name == workflow.field and list(field.choices or ()) == workflow.choices()
    )
