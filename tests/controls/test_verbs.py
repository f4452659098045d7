"""A control from the question to the result: who may, by when, what is heard before anything is decided."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction

from equipage.controls.jobs import follow_controls
from equipage.controls.models import Control, ControlAnswer
from equipage.controls.selectors import controls_of_person, histories, moves_of
from equipage.controls.services import controls
from equipage.coordination.services.counter import accept_counter, ask_counter
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.documents.models import Attachment
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.messaging.models import Notice
from tests import factories as people
from tests.controls.cast import Cast, cast, later
from tests.foundation import specimens

pytestmark = pytest.mark.django_db


def told(kind: str) -> set[int]:
    return set(Notice.objects.filter(kind=f"controls.{kind}").values_list("recipient_id", flat=True))


@pytest.fixture
def who() -> Cast:
    return cast()


# The team ------------------------------------------------------------------------------------------------------------


def test_the_team_answers_and_the_association_is_told_but_who_validated(who: Cast) -> None:
    row = who.answered()
    assert row.state == "answered" and row.due_on == date(2026, 12, 7)
    assert ControlAnswer.objects.get().words == "La feuille est au cabinet."
    assert who.treasurer.pk in told("association.answered") and who.officer.pk not in told("association.answered")


def test_a_file_alone_is_an_answer(who: Cast) -> None:
    file: Any = io.BytesIO(specimens.acting_pdf())
    file.name = "feuille.pdf"
    row = controls.answer(who.fresh(), actor=who.second, file=file)
    kept = Attachment.objects.get(kind="controls.evidence")
    assert row.state == "answered" and ControlAnswer.objects.get().attachment_id == kept.pk
    seen = Attachment.objects.filter(kind="controls.evidence")
    assert seen.visible_to(who.treasurer).exists() and seen.visible_to(who.first).exists()
    assert not seen.visible_to(people.professional().user).exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (" ", "l'un des deux suffit"),
        ("FR76 3000 1007 9412 3456 7890 185", "retirez-le"),
        ("x" * 2001, "trop long"),
    ],
)
def test_an_answer_that_says_nothing_or_too_much_is_refused(who: Cast, words: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        controls.answer(who.fresh(), actor=who.second, words=words)
    assert refused.value.field == "words" and not ControlAnswer.objects.exists()


def test_a_stranger_does_not_answer_nor_does_the_association(who: Cast) -> None:
    for actor in (people.professional().user, who.treasurer):
        with pytest.raises(Blocked, match="revient à"):
            controls.answer(who.fresh(), actor=actor, words="Bonjour.")


def test_the_same_answer_sent_twice_is_one(who: Cast) -> None:
    for _ in range(2):
        controls.answer(who.fresh(), actor=who.second, words="La feuille.")
    controls.answer(who.fresh(), actor=who.second, words="Et une autre.")
    assert ControlAnswer.objects.count() == 2


def test_the_database_refuses_to_change_an_answer(who: Cast) -> None:
    who.answered()
    with pytest.raises(DatabaseError, match="ne se change pas"), transaction.atomic():
        ControlAnswer.objects.update(words="Autre chose.")


def test_more_time_is_given_once(who: Cast) -> None:
    row = controls.extend(who.fresh(), actor=who.first)
    assert row.due_on == date(2026, 12, 22)
    with pytest.raises(Blocked, match="déjà été prolongé"):
        controls.extend(who.fresh(), actor=who.second)


def test_no_more_time_once_the_delay_has_passed(who: Cast) -> None:
    with later(16), pytest.raises(Blocked, match="a pris fin"):
        controls.extend(who.fresh(), actor=who.first)


# The association -----------------------------------------------------------------------------------------------------


def test_in_order_ends_it_and_counts_for_the_team(who: Cast) -> None:
    done = controls.find_in_order(who.answered(), actor=who.treasurer, decision="La feuille suffit.")
    assert done.state == "in_order" and who.second.pk in told("in_order")
    [finding] = histories([who.action.team_id])[who.action.team_id]
    assert (finding.result, finding.on) == ("in_order", date(2026, 11, 22))


def test_a_finding_is_of_the_day_it_is_in_paris(who: Cast) -> None:
    row = who.answered()
    with time_machine.travel("2026-11-23T00:30:00+01:00"):
        controls.find_in_order(row, actor=who.treasurer, decision="Bien.")
    [finding] = histories([who.action.team_id])[who.action.team_id]
    assert finding.on == date(2026, 11, 23)


@pytest.mark.parametrize("name", ["officer", "first", "second"])
def test_who_had_a_hand_in_the_action_does_not_control_it(who: Cast, name: str) -> None:
    actor = getattr(who, name)
    if name != "officer":
        actor = people.treasurer(person=actor)
    row = who.answered()
    acts: list[Any] = [
        lambda: controls.find_in_order(row, actor=actor, decision="Oui."),
        lambda: controls.announce(row, actor=actor, outcome="not_in_order", reasons="Non."),
        lambda: controls.cancel(row, actor=actor, reason="Non."),
    ]
    for act in acts:
        with pytest.raises(Blocked, match="une autre personne"):
            act()


def test_an_association_of_elsewhere_does_not_decide(who: Cast) -> None:
    with pytest.raises(Blocked, match="revient à"):
        controls.find_in_order(who.answered(), actor=people.treasurer(region_code="53"), decision="Oui.")


def test_nothing_is_decided_against_a_team_before_it_was_told(who: Cast) -> None:
    row = who.answered()
    with pytest.raises(Refused, match="Annoncez d'abord"):
        controls.confirm(row, actor=who.treasurer, decision="Non.")
    row.outcome = "not_in_order"
    with pytest.raises(Blocked, match="n'est plus possible"):
        controls.confirm(row, actor=who.treasurer, decision="Non.")


def test_an_announced_result_waits_for_the_delay_of_the_team(who: Cast) -> None:
    row = who.announced()
    assert row.state == "announced" and row.due_on == date(2026, 12, 2) and who.first.pk in told("announced")
    with pytest.raises(Blocked, match="peut encore répondre jusqu'au 2 décembre"):
        controls.confirm(row, actor=who.treasurer, decision="Non.")
    with later(10), pytest.raises(Blocked, match="peut encore répondre"):
        controls.confirm(row, actor=who.treasurer, decision="Non.")
    with later(11):
        assert controls.confirm(row, actor=who.treasurer, decision="Rien.").state == "not_in_order"


def test_once_the_team_has_replied_the_result_may_be_decided_either_way(who: Cast) -> None:
    row = who.replied()
    assert row.state == "replied" and ControlAnswer.objects.filter(on_announcement=True).count() == 1
    assert controls.find_in_order(row, actor=who.treasurer, decision="La feuille est là.").state == "in_order"


def test_what_is_decided_is_what_was_announced(who: Cast) -> None:
    row = who.replied("corrected", minutes=30)
    names = [move["name"] for move in moves_of(row, who.admin)]
    assert names == ["find_in_order", "announce", "confirm", "cancel"]
    row.outcome = "not_in_order"
    with pytest.raises(Blocked, match="pas ce qui a été annoncé"):
        controls.confirm(row, actor=who.admin, decision="Autre chose.")


def test_another_announcement_after_the_reply_opens_another_delay(who: Cast) -> None:
    row = controls.announce(who.replied(), actor=who.admin, outcome="corrected", reasons="Trente minutes.", minutes=30)
    assert row.state == "announced" and row.replied_at is None and row.outcome == "corrected"
    with pytest.raises(Blocked, match="peut encore répondre"):
        controls.confirm(row, actor=who.admin, decision="Oui.")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"outcome": "autre", "reasons": "Non."}, "outcome"),
        ({"outcome": "not_in_order", "reasons": " "}, "reasons"),
        ({"outcome": "corrected", "reasons": "Non."}, "minutes"),
        ({"outcome": "corrected", "reasons": "Non.", "minutes": 60}, "minutes"),
        ({"outcome": "corrected", "reasons": "Non.", "absent": [0]}, "absent"),
        ({"outcome": "not_in_order", "reasons": "Non.", "instalments": 13}, "instalments"),
    ],
)
def test_an_announcement_that_is_not_whole_is_refused_beside_its_field(
    who: Cast, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        controls.announce(who.answered(), actor=who.treasurer, **given)
    assert refused.value.field == field and Control.objects.get().state == "answered"


def test_a_control_is_cancelled_with_a_reason(who: Cast) -> None:
    with pytest.raises(Refused, match="annulé") as refused:
        controls.cancel(who.fresh(), actor=who.treasurer, reason=" ")
    assert refused.value.field == "reason"
    assert controls.cancel(who.fresh(), actor=who.treasurer, reason="Tirée par erreur.").state == "cancelled"
    assert who.second.pk in told("cancelled") and histories([who.action.team_id]) == {}


def test_every_step_is_in_the_journal_of_the_team(who: Cast) -> None:
    controls.find_in_order(who.replied(), actor=who.treasurer, decision="Bien.")
    rows = AuditEntry.objects.filter(stream=f"team:{who.action.team_id}", action__startswith="controls.")
    names = [name.rpartition(".")[2] for name in rows.order_by("id").values_list("action", flat=True)]
    assert names == ["ask", "answer", "announce", "reply", "find_in_order"]


# What meets it on the way --------------------------------------------------------------------------------------------


def test_a_counter_entry_that_is_asked_is_decided_first(who: Cast) -> None:
    row = who.replied()
    asked = ask_counter(who.action, actor=who.first, reason="Erreur.", facts=None)
    with pytest.raises(Blocked, match="contre-écriture"):
        controls.confirm(row, actor=who.treasurer, decision="Non.")
    accept_counter(asked, actor=people.officer())
    ended = who.fresh()
    assert ended.state == "cancelled" and "contre-passée" in ended.cancel_reason


# Every day -----------------------------------------------------------------------------------------------------------


def test_the_team_is_reminded_once_before_its_day(who: Cast) -> None:
    assert follow_controls.call() == 0
    for _ in range(2):
        with later(13):
            follow_controls.call()
    assert Notice.objects.filter(kind="controls.soon", recipient=who.second).count() == 1


def test_a_control_without_answer_falls_silent_and_may_still_be_answered(who: Cast) -> None:
    with later(15):
        follow_controls.call()
        assert who.fresh().state == "asked"
    with later(16):
        follow_controls.call()
        row = who.fresh()
        assert row.state == "silent" and who.treasurer.pk in told("association.silent")
        assert row.due_on == date(2026, 12, 23) and who.second.pk in told("silent")
        assert controls.answer(row, actor=who.second, words="La voici.").state == "answered"


def test_silence_may_be_announced_as_a_result_but_not_decided_at_once(who: Cast) -> None:
    with later(16):
        follow_controls.call()
        row = controls.announce(who.fresh(), actor=who.treasurer, outcome="not_in_order", reasons="Pas de réponse.")
        with pytest.raises(Blocked, match="peut encore répondre"):
            controls.confirm(row, actor=who.treasurer, decision="Non.")


def test_the_association_is_reminded_of_what_it_must_decide(who: Cast) -> None:
    who.answered()
    with later(13):
        follow_controls.call()
    with later(16):
        follow_controls.call()
    assert who.treasurer.pk in told("association.soon") & told("association.late")


def test_an_announcement_that_nobody_answers_is_said_to_be_ready(who: Cast) -> None:
    who.announced()
    with later(11):
        follow_controls.call()
    assert who.treasurer.pk in told("association.heard") and who.fresh().state == "announced"


# Who sees ------------------------------------------------------------------------------------------------------------


def test_the_team_and_the_association_see_it_nobody_else(who: Cast) -> None:
    seen = Control.objects.filter(pk=who.control.pk)
    for user in (who.first, who.second, who.treasurer, who.officer):
        assert seen.visible_to(user).exists()
    for user in (people.professional().user, people.treasurer(region_code="53"), people.ars_region()):
        assert not seen.visible_to(user).exists()
    assert list(controls_of_person(who.second)) == [who.control]
    assert not controls_of_person(who.treasurer).exists()
