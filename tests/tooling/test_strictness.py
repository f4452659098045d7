"""The strictness of the suite itself: each of these traps must snap."""

from __future__ import annotations

import datetime as dt
import warnings
from typing import Any, cast

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.forms import CharField, Form, Textarea
from django.template import Context, engines
from django.template.backends.django import DjangoTemplates

from tests.settings import VAR
from tests.strict.unknown import UnknownTemplateVariable


def render(source: str, **context: object) -> str:
    """A template of ours, with the engine of the project."""
    engine = cast(DjangoTemplates, engines["django"]).engine
    return engine.from_string(source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        "{{ unknown }}",
        "{{ known.attribute }}",
        "{{ unknown|default:'x' }}",
        "{% for x in unknown %}{% endfor %}",
        "{% with a=unknown %}{% endwith %}",
    ],
)
def test_an_unknown_template_variable_fails(source: str) -> None:
    with pytest.raises(UnknownTemplateVariable, match="variable inconnue"):
        render(source, known="mot")


def test_a_template_may_ask_whether_something_is_there() -> None:
    assert render("{% if unknown %}oui{% else %}non{% endif %}") == "non"


@pytest.mark.parametrize(
    ("people", "shown"), [(["a", "b"], "ab"), ([], "vide"), (None, "vide"), ({"k": 1}.items(), "(&#x27;k&#x27;, 1)")]
)
def test_a_loop_over_something_known_is_what_it_was(people: object, shown: str) -> None:
    assert render("{% for p in people %}{{ p }}{% empty %}vide{% endfor %}", people=people) == shown


def test_django_s_own_templates_are_left_alone() -> None:
    class Note(Form):
        text = CharField(widget=Textarea, help_text="Une phrase.")

    assert "<textarea" in str(Note({"text": ""})["text"])


@pytest.mark.django_db
def test_an_unordered_query_comes_back_in_a_random_order() -> None:
    names = [f"groupe {number:02}" for number in range(12)]
    Group.objects.bulk_create(Group(name=name) for name in names)
    seen = {tuple(group.name for group in Group.objects.all()) for _ in range(5)}
    seen |= {tuple(group.name for group in Group.objects.all().iterator()) for _ in range(5)}
    assert len(seen) > 5
    assert all(sorted(order) == names for order in seen)


@pytest.mark.django_db
def test_an_ordered_query_keeps_its_order() -> None:
    Group.objects.bulk_create(Group(name=f"groupe {number:02}") for number in range(12))
    orders = {tuple(Group.objects.order_by("name").values_list("name", flat=True)) for _ in range(5)}
    assert orders == {tuple(f"groupe {number:02}" for number in range(12))}


def test_a_warning_is_an_error() -> None:
    with pytest.raises(UserWarning):
        warnings.warn("attention", UserWarning, stacklevel=1)


@pytest.mark.django_db
def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(RuntimeWarning, match="naive"):
        get_user_model().objects.filter(last_login=dt.datetime(2026, 1, 1)).exists()  # noqa: DTZ001


@pytest.mark.django_db
def test_tests_never_write_in_the_data_of_an_installation() -> None:
    assert settings.STATIC_ROOT.is_relative_to(VAR)
    assert str(VAR) in cast(Any, settings.STORAGES)["default"]["OPTIONS"]["location"]
    if connection.vendor == "sqlite":
        assert str(VAR) in str(connection.settings_dict["NAME"])
