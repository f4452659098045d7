"""The one function that moves a row: who, why, what is written with it, and who wins when two people come at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.workflow import Actor, Blocked, Happened, State, Transition, Workflow, available, run
from equipage.foundation.workflow.table import REGISTRY
from equipage.teams.models import Team
from equipage.teams.states import TEAM
from tests import factories
from tests.together import together

ANYBODY = Actor("tout le monde", lambda user, obj: True)
CREATOR = Actor("la personne qui a créé l'équipe", lambda user, obj: obj.created_by_id == user.pk)


class EffectFailed(Exception):
    """Raised by an effect on purpose."""


def cold(team: Any, actor: Any) -> list[str]:
    return ["Il fait froid."]


def late(team: Any, actor: Any) -> list[str]:
    return ["Il est tard.", "Il pleut."]


def dated(team: Any, actor: Any) -> list[str]:
    return [] if team.met_on else ["Indiquez la date de la rencontre."]


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Workflow:
    """A workflow of these tests, on the rows and constraints of real teams."""
    monkeypatch.setattr("equipage.foundation.workflow.table.REGISTRY", dict(REGISTRY))
    states: list[State] = [
        State(state.name, state.label, required=state.required, final=state.final) for state in TEAM.states.values()
    ]
    return Workflow(
        "essai.porte",
        title="Essai",
        initial="forming",
        texts=("registration_number", "closing_reason"),
        states=states,
        transitions=[
            Transition(
                "ask",
                ("forming",),
                "meeting_requested",
                "Demander",
                CREATOR,
                sets={"meeting_requested_at": lambda team, actor: timezone.now()},
            ),
            Transition(
                "take_back",
                ("meeting_requested",),
                "forming",
                "Reprendre",
                CREATOR,
                clears=("meeting_requested_at", "meeting_place"),
            ),
            Transition(
                "brave", ("forming",), "accompanied", "Sortir", ANYBODY, guards=(cold, late), inputs=("met_on",)
            ),
            Transition("meet", ("forming",), "accompanied", "Rencontrer", ANYBODY, guards=(dated,), inputs=("met_on",)),
            Transition("forget", ("forming",), "accompanied", "Oublier", ANYBODY, inputs=("met_on",), hidden=True),
            Transition(
                "recognise",
                ("accompanied",),
                "recognised",
                "Reconnaître",
                ANYBODY,
                inputs=("registration_number", "recognised_on"),
            ),
            Transition(
                "close",
                ("forming", "recognised", "accompanied"),
                "closed",
                "Fermer",
                ANYBODY,
                needs_comment=True,
                comment_label="Raison",
                inputs=("closing_reason",),
                sets={"closed_at": lambda team, actor: timezone.now()},
            ),
        ],
    )


@pytest.fixture
def team(db: None) -> Team:
    """A team that has just been created."""
    return factories.team()


def creator(team: Team) -> Any:
    """The person who may ask and take back."""
    return factories.fresh(team.created_by)


def links(team: Team) -> list[AuditEntry]:
    """What the chain says of a team."""
    return list(AuditEntry.objects.filter(about=audit.about(team)).order_by("number"))


def test_a_move_changes_the_row_and_leaves_its_proof(door: Workflow, team: Team) -> None:
    me = creator(team)
    moved = run(door, team, "ask", actor=me, comment="  Quand vous voulez. ")
    assert moved.state == factories.fresh(team).state == "meeting_requested"
    [link] = links(team)
    assert (link.action, link.actor, link.actor_label) == ("essai.porte.ask", me, me.full_name)
    assert link.comment == "Quand vous voulez."
    assert link.stream == f"team:{team.pk}"
    assert link.before == {"state": "forming", "meeting_requested_at": None}
    assert link.after == {
        "state": "meeting_requested",
        "meeting_requested_at": audit.plain(factories.fresh(team).meeting_requested_at),
    }


def test_the_proof_keeps_what_an_input_replaced(door: Workflow, team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(met_on=date(2026, 1, 5))
    run(door, team, "meet", actor=creator(team), data={"met_on": date(2026, 2, 6)})
    [link] = links(team)
    assert (link.before["met_on"], link.after["met_on"]) == ("2026-01-05", "2026-02-06")


def test_all_the_reasons_are_given_at_once(door: Workflow, team: Team) -> None:
    with pytest.raises(Blocked) as refused:
        run(door, team, "brave", actor=creator(team))
    assert refused.value.reasons == ("Il fait froid.", "Il est tard.", "Il pleut.")
    assert refused.value.sentence == "Il fait froid. Il est tard. Il pleut."
    assert factories.fresh(team).state == "forming" and not links(team)


def test_a_guard_reads_the_row_as_it_will_be(door: Workflow, team: Team) -> None:
    with pytest.raises(Blocked, match="date de la rencontre"):
        run(door, team, "meet", actor=creator(team))
    assert run(door, team, "meet", actor=creator(team), data={"met_on": date(2026, 1, 5)}).met_on == date(2026, 1, 5)
    assert team.met_on is None, "la ligne de l'appelant n'est pas touchée"


def test_a_missing_field_is_a_sentence_and_not_an_error_of_the_database(door: Workflow, team: Team) -> None:
    with pytest.raises(Blocked, match="Remplissez « rencontre du »") as refused:
        run(door, team, "forget", actor=creator(team))
    assert refused.value.field == "met_on"


def test_another_person_is_told_whose_move_it_is(door: Workflow, team: Team) -> None:
    with pytest.raises(Blocked, match="la personne qui a créé l'équipe"):
        run(door, team, "ask", actor=factories.user())


@pytest.mark.parametrize("comment", ["", "   ", "\n"])
def test_a_move_that_needs_a_reason_refuses_silence(door: Workflow, team: Team, comment: str) -> None:
    with pytest.raises(Blocked, match="« Raison »") as refused:
        run(door, team, "close", actor=creator(team), comment=comment, data={"closing_reason": "x"})
    assert refused.value.field == "comment"


def test_an_input_that_the_table_does_not_name_is_refused(door: Workflow, team: Team) -> None:
    with pytest.raises(ValueError, match="shown_publicly"):
        run(door, team, "meet", actor=creator(team), data={"met_on": date(2026, 1, 5), "shown_publicly": True})
    assert factories.fresh(team).state == "forming"


def test_a_move_that_does_not_exist_is_a_mistake_of_the_code(door: Workflow, team: Team) -> None:
    with pytest.raises(KeyError):
        run(door, team, "fly", actor=creator(team))


def test_clearing_empties_dates_and_texts(door: Workflow, team: Team) -> None:
    me = creator(team)
    Team.objects.filter(pk=team.pk).update(meeting_place="Chez moi")
    run(door, team, "ask", actor=me)
    back = run(door, team, "take_back", actor=me)
    assert (back.state, back.meeting_requested_at, back.meeting_place) == ("forming", None, "")


def test_a_stale_row_is_refused_with_the_present_state(door: Workflow, team: Team) -> None:
    stale = factories.fresh(team)
    run(door, team, "ask", actor=creator(team))
    with pytest.raises(Blocked, match="l'état est maintenant « Rencontre demandée »"):
        run(door, stale, "meet", actor=creator(team), data={"met_on": date(2026, 1, 5)})


def test_the_second_click_gives_the_first_result(door: Workflow, team: Team) -> None:
    rung: list[Happened] = []
    door.effect("ask")(rung.append)
    me = creator(team)
    first = run(door, team, "ask", actor=me)
    # Something else is written about the team in between: it is still the same click.
    audit.record(action="teams.letter", obj=team, actor=None)
    second = run(door, team, "ask", actor=me)
    assert second.meeting_requested_at == first.meeting_requested_at
    assert len(rung) == 1 and len(links(team)) == 2


def test_the_same_click_by_another_person_is_told_the_state(door: Workflow, team: Team) -> None:
    run(door, team, "ask", actor=creator(team))
    with pytest.raises(Blocked, match="n'est plus possible"):
        run(door, team, "ask", actor=factories.user())


def test_a_click_that_came_back_by_another_way_is_not_a_repetition(door: Workflow, team: Team) -> None:
    me = creator(team)
    run(door, team, "meet", actor=me, data={"met_on": date(2026, 1, 5)})
    with pytest.raises(Blocked, match="n'est plus possible"):
        run(door, team, "forget", actor=me, data={"met_on": date(2026, 1, 5)})


def test_an_effect_sees_what_happened_and_runs_inside_the_transaction(door: Workflow, team: Team) -> None:
    seen: list[tuple[str, str, str, dict[str, Any], bool]] = []

    @door.effect("close")
    def look(happened: Happened) -> None:
        committed = transaction.get_connection().in_atomic_block
        seen.append((happened.before, happened.obj.state, happened.comment, happened.data, committed))

    run(door, team, "close", actor=creator(team), comment="Fin", data={"closing_reason": "Fin"})
    assert seen == [("forming", "closed", "Fin", {"closing_reason": "Fin"}, True)]


def test_an_effect_that_fails_undoes_everything(door: Workflow, team: Team) -> None:
    @door.effect("ask")
    def fail(happened: Happened) -> None:
        audit.record(action="teams.half", obj=happened.obj, actor=None)
        raise EffectFailed

    with pytest.raises(EffectFailed):
        run(door, team, "ask", actor=creator(team))
    assert factories.fresh(team).state == "forming"
    assert not links(team)


def test_what_waits_for_the_commit_waits(
    door: Workflow, team: Team, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    rung: list[str] = []
    door.after_commit("ask")(lambda happened: rung.append(happened.obj.state))
    with django_capture_on_commit_callbacks() as waiting:
        run(door, team, "ask", actor=creator(team))
        assert not rung
    for call in waiting:
        call()
    assert rung == ["meeting_requested"]


def test_what_waits_for_the_commit_never_comes_when_it_fails(
    door: Workflow, team: Team, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    rung: list[str] = []
    door.after_commit("ask")(lambda happened: rung.append("rung"))

    def ask_and_fail() -> None:
        with transaction.atomic():
            run(door, team, "ask", actor=creator(team))
            raise EffectFailed

    with django_capture_on_commit_callbacks(execute=True) as waiting, pytest.raises(EffectFailed):
        ask_and_fail()
    assert not waiting and not rung


def test_what_is_open_is_shown_with_what_blocks_it(door: Workflow, team: Team) -> None:
    found = {move.name: (move.allowed, move.reasons) for move in available(door, team, creator(team))}
    assert found == {
        "ask": (True, ()),
        "brave": (False, ("Il fait froid.", "Il est tard.", "Il pleut.")),
        "meet": (False, ("Indiquez la date de la rencontre.",)),
        "close": (True, ()),
    }
    assert "ask" not in {move.name for move in available(door, team, factories.user())}, "ce n'est pas son geste"


def test_a_button_knows_what_it_needs(door: Workflow, team: Team) -> None:
    close = next(move for move in available(door, team, creator(team)) if move.name == "close")
    assert (close.label, close.needs_comment, close.tone) == ("Fermer", True, "main")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_the_same_moment_one_wins(door: Workflow) -> None:
    team = factories.team()
    first, second = factories.user(), factories.user()

    def click(person: Any, day: date) -> str:
        try:
            run(door, factories.fresh(team), "meet", actor=person, data={"met_on": day})
        except Blocked as refused:
            return refused.sentence
        return "moved"

    answers = together(
        [
            lambda: click(first, date(2026, 1, 5)),
            lambda: click(second, date(2026, 2, 6)),
            lambda: click(second, date(2026, 3, 7)),
        ]
    )
    moved = links(team)
    assert len(moved) == 1, answers
    assert factories.fresh(team).met_on.isoformat() == moved[0].after["met_on"]
    assert audit.verify() is None


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_person_who_clicks_ten_times_moves_once(door: Workflow) -> None:
    team = factories.team()
    me = creator(team)
    answers = together([lambda: run(door, factories.fresh(team), "ask", actor=me).state for _ in range(10)])
    assert answers == ["meeting_requested"] * 10
    assert len(links(team)) == 1
