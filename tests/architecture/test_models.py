"""What every model of the house is held to."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models

from tests.permissions.rows import all_models

# Nothing of the trade is ever deleted by accident; these follow the row they describe.
MAY_CASCADE = {"territory.PostalCode.commune"}
RELATIONS = [
    (model, field)
    for model in all_models()
    for field in model._meta.local_fields
    if isinstance(field, models.ForeignKey)
]


def label(thing: Any) -> str:
    if isinstance(thing, models.Field):
        return thing.name
    return thing._meta.label


@pytest.mark.parametrize(("model", "field"), RELATIONS, ids=label)
def test_a_row_that_others_point_at_is_protected(model: type[models.Model], field: Any) -> None:
    name = f"{model._meta.label}.{field.name}"
    if name in MAY_CASCADE:
        assert field.remote_field.on_delete is models.CASCADE
    else:
        assert field.remote_field.on_delete is models.PROTECT, f"{name} : on_delete=models.PROTECT"


@pytest.mark.parametrize("model", all_models(), ids=label)
def test_money_is_whole_cents_and_rates_are_decimals(model: type[models.Model]) -> None:
    for field in model._meta.local_fields:
        assert not isinstance(field, models.FloatField), f"{model._meta.label}.{field.name}"
        if field.name.endswith("_cents"):
            assert isinstance(field, models.BigIntegerField), f"{model._meta.label}.{field.name} : BigIntegerField"


@pytest.mark.parametrize("model", all_models(), ids=label)
def test_every_model_has_a_french_name_and_says_what_it_is(model: type[models.Model]) -> None:
    assert model.__doc__ and not model.__doc__.startswith(f"{model.__name__}("), f"{model._meta.label} sans docstring"
    assert "verbose_name" in model._meta.original_attrs, f"{model._meta.label} : verbose_name en français"


@pytest.mark.parametrize("model", all_models(), ids=label)
def test_every_list_has_an_order_that_never_changes_by_luck(model: type[models.Model]) -> None:
    """The last column of the order is unique, so that two pages never show the same row."""
    order = {name.lstrip("-") for name in model._meta.ordering or () if isinstance(name, str)}
    order |= {name.removesuffix("_id") for name in order}
    if not order:
        return
    unique = {field.name for field in model._meta.local_fields if field.unique} | {"pk"}
    together = [
        set(constraint.fields)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
    ]
    assert unique & order or any(fields <= order for fields in together), f"{model._meta.label} : {order}"


def test_constraints_and_indexes_have_names_that_fit_everywhere() -> None:
    """PostgreSQL cuts names at 63 bytes, and one name belongs to one table."""
    names = [named.name for model in all_models() for named in (*model._meta.constraints, *model._meta.indexes)]
    assert len(names) == len(set(names))
    assert not [name for name in names if len(name.encode()) > 63]
