"""The permission matrix: every address, as every person, answers what its declaration and its rows say."""

from __future__ import annotations

import pytest

from equipage.foundation.access import PUBLIC, SIGNED_IN
from equipage.foundation.workflow import Workflow
from equipage.people.roles import PROFESSIONAL, Role
from equipage.teams.actors import NOBODY_BY_HAND
from equipage.web.handbook.doors import Door, doors
from tests.permissions.asking import OBJECTS, VALUES, UnknownName, Visitor, address, model_named
from tests.permissions.rows import World, outside_the_vault, workflows_of

DOORS = outside_the_vault(doors())
MOVES = {"move", "transition"}
PEOPLE = [
    "a stranger",
    "an account without role",
    "a professional without team",
    "the lead",
    "a member",
    "an uncertain member",
    "a former member",
    "the lead of another team",
    "the officer",
    "the treasurer",
    "the administrator of the association",
    "a former officer",
    "the officer of another region",
    "the agency in the department",
    "the agency in another department",
    "the agency in the region",
    "the administrator of the platform",
    "a treasurer who is a member",
]
# Reviewed one by one: what a stranger may open. A page is added here on purpose, or not at all.
PUBLIC_PAGES = {
    "controls:method",
    "coordination:offline",
    "coordination:outbox",
    "coordination:guest_link",
    "indicators:account",
    "indicators:account_file",
    "indicators:dictionary",
    "meetings:feed",
    "messaging:mailbox",
    "messaging:mailbox_message",
    "orientation:answer",
    "orientation:comparator",
    "orientation:comparator_csv",
    "orientation:form",
    "orientation:forms",
    "orientation:rule",
    "orientation:rule_json",
    "orientation:rules",
    "orientation:rules_json",
    "orientation:rules_schema",
    "orientation:simulator",
    "orientation:start_form",
    "orientation:start",
    "orientation:teams",
    "orientation:teams_csv",
    "people:ask_account",
    "people:choose_password",
    "people:forgotten",
    "people:login",
    "people:personas",
    "support:ask",
    "support:contacts",
    "support:desk_link",
    "support:follow",
    "support:report_desk",
    "support:toolbox",
    "support:toolbox_file",
    "teams:invitation_link",
    "territory:communes",
    "web:accessibility",
    "web:gallery",
    "web:health",
    "web:home",
    "web:legal",
    "web:manifest",
    "web:service_worker",
}


def test_the_list_of_people_is_that_of_the_world(world: World) -> None:
    assert list(world.people) == PEOPLE


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name or door.route)
def test_every_address_says_who_may_enter(door: Door) -> None:
    assert door.access is not None, f"{door.module} : ajoutez @access(…) à la vue de {door.route}."
    assert door.access.audience in (PUBLIC, SIGNED_IN, "roles")
    strangers = door.access.roles - {*Role.values, PROFESSIONAL}
    assert not strangers, f"{door.route} : fonctions inconnues {sorted(strangers)}"
    assert door.name, f"{door.route} n'a pas de nom : les pages ne pourraient pas y mener."


def test_what_is_public_was_meant_to_be() -> None:
    found = {door.name for door in DOORS if door.access and door.access.audience == PUBLIC}
    assert found <= PUBLIC_PAGES, "une page est devenue publique : relisez-la, puis ajoutez-la à PUBLIC_PAGES"


def test_every_name_in_an_address_is_known(world: World) -> None:
    for door in DOORS:
        address(door, world)


def test_an_unknown_name_says_what_to_add(world: World) -> None:
    door = Door("essai:page", "/essai/<int:comet_id>/", {"comet_id": "int"}, len, None)
    with pytest.raises(UnknownName, match="« comet_id » : ajoutez ce nom à OBJECTS"):
        address(door, world)
    assert not OBJECTS.keys() & VALUES.keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_address_answers_what_was_declared(world: World, name: str, method: str) -> None:
    visitor = Visitor(world, name)
    wrong = [sentence for door in DOORS if (sentence := visitor.wrong(door, method))]
    assert not wrong, "\n".join(wrong)


def test_the_matrix_sees_rows_of_others_refused(world: World) -> None:
    """The rule above would be empty if everybody saw everything, or if nobody did."""
    team = next(door for door in DOORS if door.name == "teams:team")
    answers = {name: Visitor(world, name).ask(team, "get").status for name in PEOPLE}
    assert {name for name, status in answers.items() if status == 200} == {
        "the lead",
        "a member",
        "an uncertain member",
        "the officer",
        "the treasurer",
        "the administrator of the association",
        "the agency in the department",
        "the agency in the region",
        "the administrator of the platform",
        "a treasurer who is a member",
    }
    assert {name for name, status in answers.items() if status == 302} == {"a stranger"}


def moves_of_the_house(door: Door) -> list[tuple[Workflow, str]]:
    """The moves that no person makes by hand, on the models that this address names."""
    models = [model_named(OBJECTS[name]) for name in door.kwargs if name in OBJECTS]
    return [
        (workflow, move.name)
        for model in models
        for workflow in workflows_of(model)
        for move in workflow.transitions.values()
        if move.who is NOBODY_BY_HAND
    ]


@pytest.mark.parametrize("door", [door for door in DOORS if MOVES & door.kwargs.keys()], ids=lambda door: door.name)
def test_nobody_makes_by_hand_what_follows_from_another_decision(
    door: Door, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    """« Reconnaître » une équipe, « verser » une ligne : aucune adresse ne le permet, à personne."""
    for workflow, move in moves_of_the_house(door):
        for name in MOVES:
            monkeypatch.setitem(VALUES, name, move)
        for person in ("the lead", "the officer", "the administrator of the association", "the agency in the region"):
            answer = Visitor(world, person).ask(door, "post")
            assert answer.status == 404, f"{person} : {workflow.name}.{move} par {door.route} répond {answer.status}"
            assert not answer.written
