"""Every move of a dispute, who may not make it, what is refused and how to mend it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from equipage.compensation.services.adjustments import Right
from equipage.disputes.jobs import remind_of_answers
from equipage.disputes.models import Dispute
from equipage.disputes.rules import due_on, standing_of
from equipage.disputes.services import disputes
from equipage.disputes.states import DISPUTE
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.messaging.models import Notice
from tests import factories as people
from tests.compensation import factories
from tests.disputes.cast import Cast, cast, minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Cast:
    return cast()


# --- opening ----------------------------------------------------------------------------------------------------------


def test_the_payee_opens_and_the_association_is_told_with_a_day(who: Cast) -> None:
    dispute = who.opened()
    assert (dispute.state, dispute.reason, dispute.words) == ("open", "duree", "")
    assert dispute.answer_due_on == date(2026, 12, 4)
    told = set(Notice.objects.filter(kind="disputes.opened").values_list("recipient_id", flat=True))
    assert {who.treasurer.pk, who.admin.pk} <= told
    assert who.officer.pk not in told and who.payee.pk not in told


def test_the_same_doubt_sent_twice_is_one_and_another_is_refused(who: Cast) -> None:
    assert who.opened().pk == who.opened().pk
    with pytest.raises(Refused, match="déjà contestée"):
        who.opened("type")
    assert Dispute.objects.count() == 1


def test_the_database_refuses_two_disputes_of_a_line(who: Cast) -> None:
    dispute = who.opened()
    dispute.pk = None
    with pytest.raises(IntegrityError, match=r"dispute_one_a_line|disputes_dispute\.line_id"), transaction.atomic():
        dispute.save(force_insert=True)


@pytest.mark.parametrize("name", ["colleague", "officer", "treasurer", "admin"])
def test_nobody_else_opens(who: Cast, name: str) -> None:
    with pytest.raises(Refused, match="par la personne qu'elle paie"):
        disputes.open_dispute(who.line, actor=getattr(who, name), reason="duree")


@pytest.mark.parametrize(
    ("reason", "words", "field", "sentence"),
    [
        ("autre", "  ", "words", "Dites en une phrase"),
        ("inconnu", "", "reason", "Choisissez ce qui ne va pas"),
        ("virement", "Mon compte est FR76 3000 1007 9412 3456 7890 185", "words", "compte bancaire"),
        ("duree", "x" * 2001, "words", "trop long"),
    ],
)
def test_what_cannot_be_said(who: Cast, reason: str, words: str, field: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refused:
        who.opened(reason, words)
    assert refused.value.field == field and not Dispute.objects.exists()


def test_the_database_refuses_another_thing_without_a_word(who: Cast) -> None:
    dispute = who.opened()
    with pytest.raises(IntegrityError, match="dispute_other_says"), transaction.atomic():
        Dispute.objects.filter(pk=dispute.pk).update(reason="autre")


def test_an_estimate_is_not_disputed() -> None:
    factories.scale()
    line = factories.action(factories.paid_team()).claim_lines.order_by("pk")[0]
    with pytest.raises(Refused, match="estimation"):
        disputes.open_dispute(line, actor=line.professional.user, reason="duree")


# --- answering --------------------------------------------------------------------------------------------------------


def test_kept_with_its_words_and_the_payee_is_told(who: Cast) -> None:
    kept = disputes.keep(who.opened(), actor=who.treasurer, words="  Le compte rendu dit une heure. ")
    assert (kept.state, kept.answer, kept.answered_by) == ("kept", "Le compte rendu dit une heure.", who.treasurer)
    assert who.line.adjustments.count() == 0
    assert Notice.objects.filter(recipient=who.payee, kind="disputes.kept").count() == 1


def test_corrected_with_its_counter_entry(who: Cast) -> None:
    made = disputes.correct(who.opened(), actor=who.admin, words="La durée était de 90 min.", right=minutes(90))
    line = made.adjustment
    assert made.state == "corrected" and line is not None
    assert (line.adjusts_id, line.amount_cents, line.state) == (who.line.pk, 2500, "validated")
    assert "La durée était de 90 min" in line.sentence and "25,00" in line.sentence


@pytest.mark.parametrize("verb", ["keep", "correct"])
@pytest.mark.parametrize("name", ["payee", "colleague", "officer"])
def test_who_has_a_hand_in_it_does_not_answer(who: Cast, verb: str, name: str) -> None:
    dispute, actor = who.opened(), getattr(who, name)
    with pytest.raises(Blocked, match=r"revient à|une autre personne"):
        _answer(verb, dispute, actor)
    assert people.fresh(dispute).state == "open" and who.line.adjustments.count() == 0


def test_a_treasurer_who_was_there_does_not_answer() -> None:
    factories.scale()
    team = factories.paid_team()
    both = factories.people_of(team)[0]
    treasurer = people.treasurer(person=both.user)
    action = factories.validated(team)
    line = action.claim_lines.exclude(professional=both).get()
    dispute = disputes.open_dispute(line, actor=line.professional.user, reason="duree")
    with pytest.raises(Blocked, match=r"déclaré ou validé|étiez à cette action"):
        disputes.keep(dispute, actor=treasurer, words="Non.")


def _answer(verb: str, dispute: Dispute, actor: Any) -> Any:
    if verb == "keep":
        return disputes.keep(dispute, actor=actor, words="Non.")
    return disputes.correct(dispute, actor=actor, words="Oui.", right=minutes(90))


def test_the_association_of_another_region_does_not_answer(who: Cast) -> None:
    with pytest.raises(Blocked, match="revient à"):
        disputes.keep(who.opened(), actor=people.treasurer(region_code="53"), words="Non.")


@pytest.mark.parametrize("verb", ["keep", "correct"])
def test_an_answer_has_words_always(who: Cast, verb: str) -> None:
    dispute = who.opened()
    with pytest.raises(Refused, match="Écrivez votre réponse") as refused:
        if verb == "keep":
            disputes.keep(dispute, actor=who.treasurer, words=" ")
        else:
            disputes.correct(dispute, actor=who.treasurer, words=" ", right=minutes(90))
    assert refused.value.field == "words"


def test_two_answers_one_after_the_other_the_second_is_refused(who: Cast) -> None:
    dispute = who.opened()
    disputes.correct(dispute, actor=who.treasurer, words="Oui.", right=minutes(90))
    with pytest.raises(Refused, match="n'est plus possible"):
        disputes.keep(dispute, actor=who.admin, words="Non.")
    with pytest.raises(Refused, match="n'est plus possible"):
        disputes.correct(dispute, actor=who.admin, words="Oui aussi.", right=minutes(120))
    assert who.line.adjustments.count() == 1


def test_a_correction_that_changes_nothing_is_refused_and_nothing_is_written(who: Cast) -> None:
    dispute = who.opened()
    with pytest.raises(Refused, match="rien à corriger"):
        disputes.correct(dispute, actor=who.treasurer, words="Oui.", right=minutes(60))
    assert people.fresh(dispute).state == "open"


def test_a_plain_amount_of_nothing_or_below_what_stands_is_refused(who: Cast) -> None:
    dispute = who.opened()
    for cents, sentence in ((0, "zéro"), (-5001, "en reprendre davantage")):
        with pytest.raises(Refused, match=sentence) as refused:
            disputes.correct(dispute, actor=who.treasurer, words="Oui.", right=Right(delta_cents=cents))
        assert refused.value.field == "amount"


# --- withdrawing, reopening -------------------------------------------------------------------------------------------


def test_withdrawn_by_the_payee_only_and_the_line_may_be_disputed_again(who: Cast) -> None:
    dispute = who.opened()
    with pytest.raises(Blocked, match="revient à : la personne payée"):
        disputes.withdraw(dispute, actor=who.treasurer)
    assert disputes.withdraw(dispute, actor=who.payee).state == "withdrawn"
    assert who.opened("type").pk != dispute.pk


def test_reopened_once_with_a_new_day_and_reviewed_by_another(who: Cast) -> None:
    with time_machine.travel("2026-11-23T09:00:00+01:00", tick=True):
        kept = disputes.keep(who.opened(), actor=who.treasurer, words="Non.")
    with time_machine.travel("2026-12-01T09:00:00+01:00", tick=True):
        again = disputes.reopen(kept, actor=who.payee, words="Si.")
        assert (again.state, again.answer_due_on, again.answer) == ("reopened", date(2026, 12, 15), "Non.")
        with pytest.raises(Blocked, match="Vous avez donné la première réponse"):
            disputes.keep(again, actor=who.treasurer, words="Toujours non.")
        done = disputes.keep(again, actor=who.admin, words="Le registre le confirme.")
    assert (done.state, done.review, done.reviewed_by) == ("upheld", "Le registre le confirme.", who.admin)
    with pytest.raises(Blocked, match="n'est plus possible"):
        disputes.reopen(done, actor=who.payee, words="Encore.")
    with pytest.raises(Refused, match="déjà contestée"):
        who.opened("type")


def test_a_review_may_correct_and_the_first_correction_stays(who: Cast) -> None:
    first = disputes.correct(who.opened(), actor=who.treasurer, words="75 min.", right=minutes(75))
    again = disputes.reopen(first, actor=who.payee, words="90.")
    done = disputes.correct(again, actor=who.admin, words="90 min.", right=minutes(90))
    assert done.state == "amended"
    assert [line.amount_cents for line in done.adjustments] == [1250, 1250]


def test_only_the_payee_reopens_and_says_why(who: Cast) -> None:
    kept = disputes.keep(who.opened(), actor=who.treasurer, words="Non.")
    with pytest.raises(Blocked, match="la personne payée"):
        disputes.reopen(kept, actor=who.admin, words="Si.")
    with pytest.raises(Refused, match="pourquoi vous n'êtes pas d'accord"):
        disputes.reopen(kept, actor=who.payee, words="")


def test_the_database_refuses_the_same_person_twice(who: Cast) -> None:
    done = disputes.keep(who.reopened(), actor=who.admin, words="Non.")
    with pytest.raises(IntegrityError, match="dispute_two_people"), transaction.atomic():
        Dispute.objects.filter(pk=done.pk).update(reviewed_by=done.answered_by)


def test_every_state_is_reached_by_these_verbs(who: Cast) -> None:
    """The six above and the one of the beginning: a state added to the table is asked for here."""
    assert set(DISPUTE.states) == {"open", "kept", "corrected", "reopened", "upheld", "amended", "withdrawn"}
    assert set(DISPUTE.transitions) == {"keep", "correct", "withdraw", "reopen", "uphold", "amend"}


# --- days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (date(2026, 11, 20), date(2026, 12, 4)),  # a Friday
        (date(2026, 11, 21), date(2026, 12, 4)),  # a Saturday counts as the Friday before
        (date(2026, 11, 22), date(2026, 12, 4)),
        (date(2026, 12, 21), date(2027, 1, 6)),  # Christmas and the first of January are no working days
        (date(2026, 5, 1), date(2026, 5, 19)),  # 8 and 14 May
    ],
)
def test_the_day_of_the_answer_counts_working_days_only(asked: date, due: date) -> None:
    assert due_on(asked) == due


def test_the_delay_is_a_setting(settings: Any) -> None:
    settings.DISPUTE_DAYS = 1
    assert due_on(date(2026, 11, 20)) == date(2026, 11, 23)


def test_soon_then_late() -> None:
    due = date(2026, 12, 4)
    days = {due - timedelta(days=gap): standing_of(due, due - timedelta(days=gap)) for gap in range(-1, 5)}
    assert list(days.values()) == ["late", "soon", "soon", "soon", "", ""]


def test_the_association_is_reminded_once_when_near_and_once_when_late(who: Cast) -> None:
    who.opened()
    seen = {}
    for day in ("2026-12-01", "2026-12-02", "2026-12-03", "2026-12-07", "2026-12-08"):
        with time_machine.travel(f"{day}T08:00:00+01:00", tick=True):
            remind_of_answers.call()
        rows = Notice.objects.filter(recipient=who.treasurer)
        seen[day] = (rows.filter(kind="disputes.soon").count(), rows.filter(kind="disputes.late").count())
    assert list(seen.values()) == [(0, 0), (1, 0), (1, 0), (1, 1), (1, 1)]


def test_an_answered_dispute_is_late_no_more(who: Cast) -> None:
    disputes.keep(who.opened(), actor=who.treasurer, words="Non.")
    with time_machine.travel("2027-01-20T08:00:00+01:00", tick=True):
        assert remind_of_answers.call() == 0
