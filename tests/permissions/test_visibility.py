"""A right is one decision in two forms: for every model and every person of the small world, both say the same."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import models

from equipage.foundation.policies import PolicyMissing, PublicQuerySet, VisibleQuerySet, can, visible_q
from equipage.messaging.models import Notice
from equipage.people.models import Organisation, Practice, Professional, User
from equipage.teams.models import Team
from tests.permissions.rows import World, all_models, house_models, seen

pytestmark = pytest.mark.slow

# What is public by nature: places, contacts, and the mails of a demonstration, whose page exists in demonstration only.
PUBLIC_MODELS = {
    "territory.Region",
    "territory.Department",
    "territory.Commune",
    "territory.Epci",
    "territory.PostalCode",
    "messaging.MailboxMessage",
    "support.Desk",
    # What of an account everybody may read, and when it was counted; its cells are not.
    "indicators.YearAccount",
    "indicators.AccountFigure",
}
# The directory of professionals is public data in France; an account is asked for nonetheless.
SEEN_BY_ALL_ACCOUNTS = {Professional, Practice, Organisation}


def label(model: type[models.Model]) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", all_models(), ids=label)
def test_every_model_can_be_asked_who_sees_it(model: type[models.Model]) -> None:
    rows = model._default_manager.all()
    assert isinstance(rows, VisibleQuerySet), f"{label(model)} : objects = VisibleQuerySet.as_manager()"
    if isinstance(rows, PublicQuerySet):
        assert label(model) in PUBLIC_MODELS, f"{label(model)} est public : est-ce voulu ? Ajoutez-le ici si oui."
    else:
        try:
            visible_q(label(model), AnonymousUser())
        except PolicyMissing:
            pytest.fail(f"{label(model)} n'a pas de visibilité : @visibility(…) dans le policies.py de son paquet.")


def test_the_small_world_has_a_row_of_every_model(world: World) -> None:
    lacking = sorted(label(model) for model in house_models() if not model._default_manager.exists())
    assert not lacking, f"Ajoutez une ligne de {lacking} dans tests/permissions/world.py"


def test_to_see_and_to_be_allowed_to_see_are_the_same(world: World) -> None:
    differences = []
    for person in world.people:
        user = world.user(person)
        for model in house_models():
            visible = set(seen(model, user).values_list("pk", flat=True))
            action = f"{model._meta.app_label}.view_{model._meta.model_name}"
            for row in model._default_manager.order_by("pk"):
                if can(user, action, row).allowed != (row.pk in visible):
                    differences.append(f"{person} : {label(model)} {row.pk}")
    assert not differences


def test_seeing_never_multiplies_rows(world: World) -> None:
    """A visibility that joins to many gives the same row twice."""
    for person in world.people:
        user = world.user(person)
        for model in house_models():
            keys = list(seen(model, user).values_list("pk", flat=True))
            assert len(keys) == len(set(keys)), f"{person} voit deux fois une ligne de {label(model)}"


def test_a_stranger_sees_only_what_is_public(world: World) -> None:
    for model in house_models():
        if label(model) not in PUBLIC_MODELS:
            assert not seen(model, AnonymousUser()).exists(), label(model)


def test_a_closed_account_sees_no_more_than_a_stranger(world: World) -> None:
    user = world.user("the officer")
    assert Team.objects.visible_to(user).exists()
    user.is_active = False
    assert not Team.objects.visible_to(user).exists()


@pytest.mark.parametrize(
    "person",
    ["an account without role", "a professional without team", "a former officer", "the officer of another region"],
)
def test_people_from_outside_see_nothing_of_a_team(world: World, person: str) -> None:
    """Their own notices and roles, the directory, adopted scales: nothing that leads to a team of the region."""
    user = world.user(person)
    for model in house_models():
        if label(model) in PUBLIC_MODELS or model in SEEN_BY_ALL_ACCOUNTS:
            continue
        for row in seen(model, user):
            assert row == user or getattr(row, "user", None) == user, f"{person} voit {label(model)} {row.pk}"


def test_each_team_sees_itself_and_not_the_other(world: World) -> None:
    first, second = world.of(Team)
    for person, own, other in [
        ("the lead", first, second),
        ("a member", first, second),
        ("an uncertain member", first, second),
        ("the lead of another team", second, first),
    ]:
        teams = list(Team.objects.visible_to(world.user(person)).order_by("pk"))
        assert teams == [own], f"{person} devait voir {own} et pas {other}"


def test_the_agency_keeps_to_its_department(world: World) -> None:
    first, second = world.of(Team)
    assert list(Team.objects.visible_to(world.user("the agency in the department"))) == [first]
    assert list(Team.objects.visible_to(world.user("the agency in another department"))) == [second]
    assert set(Team.objects.visible_to(world.user("the agency in the region"))) == {first, second}


def test_only_the_recipient_sees_a_notice(world: World) -> None:
    for person in world.people:
        user = world.user(person)
        for notice in Notice.objects.visible_to(user):
            assert notice.recipient == user, person


MONEY = ("BankDetails", "ClaimLine", "Payment")


@pytest.mark.parametrize("name", MONEY)
def test_the_money_of_a_person_is_between_them_and_the_association(world: World, name: str) -> None:
    model = next(model for model in house_models() if model.__name__ == name)
    mine, theirs = world.of(model)
    lead = world.user("the lead")
    assert list(seen(model, lead)) == [mine]
    for person in ("a member", "a former member", "the agency in the region", "the agency in the department"):
        assert not seen(model, world.user(person)).exists(), person
    assert theirs in seen(model, world.user("the administrator of the association"))


def test_bank_details_are_seen_by_the_one_role_that_confirms_them(world: World) -> None:
    model = next(model for model in house_models() if model.__name__ == "BankDetails")
    for person in ("the officer", "the treasurer", "the administrator of the platform"):
        assert not seen(model, world.user(person)).exists(), person


def test_accounts_are_seen_by_their_holder_and_the_administrator_of_the_platform(world: World) -> None:
    for person in world.people:
        user = world.user(person)
        accounts = set(User.objects.visible_to(user))
        if person == "the administrator of the platform":
            assert len(accounts) == User.objects.count()
        elif person != "a stranger":
            assert accounts == {user}
