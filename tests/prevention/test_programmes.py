"""Programmes: their file, their declaration step by step, changes to notify, evaluations and what is recalled."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from equipage.foundation.periods import add_months, today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.messaging.models import Notice
from equipage.prevention import rules, selectors, services
from equipage.prevention.jobs import remind_evaluations
from equipage.prevention.models import DeclarationStep, Evaluation, Programme, ProgrammeChange
from tests import factories
from tests.prevention import helpers

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Any:
    return helpers.team()


@pytest.fixture
def lead(team: Any) -> Any:
    return factories.lead_of(team)


def the_day(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """It is that day, for what is computed and for what is written."""
    for place in (
        "models.programmes",
        "selectors",
        "services.checks",
        "services.evaluations",
        "services.programmes",
        "services.sessions",
        "states",
    ):
        monkeypatch.setattr(f"equipage.prevention.{place}.today", lambda: day)


def test_without_an_association_no_programme(lead: Any) -> None:
    bare = helpers.team(codes=["RCP_SANS_PATIENT"], association=False)
    with pytest.raises(Refused, match="association loi 1901"):
        helpers.programme(bare)


@pytest.mark.parametrize(
    ("wrong", "field"), [({"title": ""}, "title"), ({"theme": " "}, "theme"), ({"coordinator": None}, "coordinator")]
)
def test_a_wrong_file_says_where(team: Any, wrong: dict[str, Any], field: str) -> None:
    if "coordinator" in wrong:
        wrong["coordinator"] = factories.gp()
    with pytest.raises(Refused) as refused:
        helpers.programme(team, **wrong)
    assert refused.value.field == field
    assert not Programme.objects.exists()


def test_it_is_sent_once_signed_and_whole(team: Any, lead: Any) -> None:
    row = helpers.programme(team, funding="", course="")
    with pytest.raises(Blocked) as blocked:
        services.send(row, actor=lead, sent_on=today())
    assert blocked.value.reasons == (
        "Il manque l'attestation sur l'honneur : signez-la sur cette page.",
        "Écrivez le déroulé.",
        "Écrivez les sources de financement prévues (écrivez « Aucune » s'il n'y en a pas).",
    )
    services.state_on_honour(actor=lead, programme=row)
    services.edit_programme(actor=lead, programme=row, given=helpers.programme_given(team))
    sent = services.send(row, actor=lead, sent_on=today())
    assert (sent.state, sent.declared_on, sent.sent_on, sent.silent_on) == (
        "sent",
        today(),
        today(),
        rules.silent_on(today()),
    )
    assert sorted(sent.evaluations.values_list("kind", "rank", "due_on")) == [
        ("annual", 1, add_months(today(), 12)),
        ("four_yearly", 1, add_months(today(), 48)),
    ]


def test_only_its_coordinator_or_the_lead_declares(team: Any, lead: Any) -> None:
    row = helpers.programme(team)
    other = factories.member_of(team)
    with pytest.raises(Refused, match="qui coordonne"):
        services.state_on_honour(actor=other, programme=row)
    services.state_on_honour(actor=lead, programme=row)
    with pytest.raises(Blocked, match="qui coordonne"):
        services.send(row, actor=other, sent_on=today())
    doctor = helpers.people(team)[1]
    services.edit_programme(actor=lead, programme=row, given=helpers.programme_given(team, coordinator=doctor))
    assert services.send(row, actor=other, sent_on=today()).state == "sent"


def test_days_come_one_after_the_other(team: Any, lead: Any) -> None:
    row = helpers.declared(team, today() - timedelta(days=10))
    for when, words in (
        (today() + timedelta(days=1), "est à venir"),
        (today() - timedelta(days=11), "précède l’étape"),
    ):
        with pytest.raises(Refused, match=words) as refused:
            services.acknowledge(row, actor=lead, acknowledged_on=when, number="1")
        assert refused.value.field == "acknowledged_on"
    with pytest.raises(Refused, match="numéro") as refused:
        services.acknowledge(row, actor=lead, acknowledged_on=today(), number=" ")
    assert refused.value.field == "number"
    done = services.acknowledge(row, actor=lead, acknowledged_on=today(), number="ETP-52-001")
    assert (done.state, done.number, done.complete_since(today())) == ("complete", "ETP-52-001", today())
    with pytest.raises(Blocked, match="déjà noté"):
        services.acknowledge(row, actor=lead, acknowledged_on=today(), number="ETP-52-002")


def test_the_same_step_twice_is_one(team: Any, lead: Any) -> None:
    row = helpers.declared(team, today())
    services.send(row, actor=lead, sent_on=today())
    assert DeclarationStep.objects.filter(programme=row).count() == 1


def test_silence_makes_it_complete_without_anybody_and_may_be_noted(team: Any, lead: Any) -> None:
    row = helpers.declared(team, add_months(today(), -2))
    assert not row.silence_has_passed, "le dernier jour, l'ARS peut encore répondre"
    with pytest.raises(Blocked, match="L'ARS peut encore répondre"):
        services.note_silence(row, actor=lead)
    passed = helpers.declared(team, add_months(today(), -2) - timedelta(days=4), title="Autre")
    assert passed.silence_has_passed and passed.complete_since(today()) == passed.silent_on
    assert selectors.declaration_label(passed) == ("Complète, par silence de l'ARS", "ok")
    noted = services.note_silence(passed, actor=lead)
    assert (noted.state, noted.acknowledged_on) == ("complete", None)
    late = services.acknowledge(noted, actor=lead, acknowledged_on=today(), number="ETP-52-003")
    assert late.complete_since(today()) == passed.silent_on


def test_a_complement_and_its_sending(team: Any, lead: Any) -> None:
    row = helpers.declared(team, today() - timedelta(days=30))
    asked = services.ask_complement(row, actor=lead, asked_on=today() - timedelta(days=8), text="Précisez le déroulé.")
    assert (asked.state, asked.asked_text) == ("complement", "Précisez le déroulé.")
    back = services.send_complement(asked, actor=lead, sent_on=today() - timedelta(days=2))
    assert back.state == "sent"
    assert back.declared_on == today() - timedelta(days=30), "les évaluations se comptent de la première déclaration"
    assert back.silent_on == rules.silent_on(today() - timedelta(days=2))


def test_a_refusal_is_taken_up_again(team: Any, lead: Any) -> None:
    row = helpers.declared(team, today() - timedelta(days=30))
    refused = services.refuse(row, actor=lead, refused_on=today(), reason="Dossier incomplet.")
    assert refused.state == "refused" and refused.complete_since(today()) is None
    again = services.prepare_again(refused, actor=lead)
    assert (again.state, again.declared_on, again.honour_at) == ("preparing", None, None)
    with pytest.raises(Blocked, match="attestation"):
        services.send(again, actor=lead, sent_on=today())


def test_the_database_holds_what_a_state_means(team: Any) -> None:
    row = helpers.declared(team, today())
    for wrong in ({"sent_on": None}, {"silent_on": row.sent_on}, {"state": "refused"}, {"honour_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Programme.objects.filter(pk=row.pk).update(**wrong)


# --- changes to notify ------------------------------------------------------------------------------------------------


def edited(row: Programme, lead: Any, **more: Any) -> Programme:
    return services.edit_programme(actor=lead, programme=row, given=helpers.programme_given(row.team, **more))


def test_before_the_declaration_nothing_is_notified(team: Any, lead: Any) -> None:
    edited(helpers.programme(team), lead, aims="Autres objectifs.")
    assert not ProgrammeChange.objects.exists()


def test_after_it_three_things_are(team: Any, lead: Any) -> None:
    row, doctor = helpers.complete(team), helpers.people(team)[1]
    edited(row, lead, population="Enfants.", title="Autre titre")
    assert not ProgrammeChange.objects.exists()
    edited(row, lead, aims="A.", funding="Mairie", coordinator=doctor)
    assert sorted(ProgrammeChange.objects.values_list("field", "before", "after")) == [
        ("aims", "Mieux utiliser son traitement.", "A."),
        ("coordinator", str(helpers.people(team)[0]), str(doctor)),
        ("funding", "Aucune", "Mairie"),
    ]


def test_one_open_change_and_none_when_it_comes_back(team: Any, lead: Any) -> None:
    row = helpers.complete(team)
    edited(row, lead, aims="A.")
    edited(row, lead, aims="B.")
    change = ProgrammeChange.objects.get()
    assert (change.before, change.after) == ("Mieux utiliser son traitement.", "B.")
    edited(row, lead)
    assert not ProgrammeChange.objects.exists()


def test_a_change_is_notified_on_a_day(team: Any, lead: Any) -> None:
    row = helpers.complete(team)
    edited(row, lead, aims="A.")
    change = ProgrammeChange.objects.get()
    for when, words in ((today() + timedelta(days=1), "est à venir"), (add_months(today(), -5), "a été déclaré le")):
        with pytest.raises(Refused, match=words):
            services.notify_change(actor=lead, change=change, notified_on=when)
    services.notify_change(actor=lead, change=change, notified_on=today())
    services.notify_change(actor=lead, change=change, notified_on=today() - timedelta(days=1))
    assert factories.fresh(change).notified_on == today(), "la première date reste"
    edited(row, lead, aims="B.")
    assert ProgrammeChange.objects.filter(notified_on__isnull=True).count() == 1


def test_what_was_declared_is_not_emptied(team: Any, lead: Any) -> None:
    row = helpers.complete(team)
    with pytest.raises(Refused, match="déclarée à l’ARS") as refused:
        edited(row, lead, aims=" ")
    assert refused.value.field == "aims"


# --- evaluations ------------------------------------------------------------------------------------------------------


def told(programme: Programme) -> list[str]:
    kinds = ("prevention.evaluation_due", "prevention.silence")
    link = f"/prevention/programmes/{programme.pk}/"
    rows = Notice.objects.filter(kind__in=kinds, link=link).order_by("id")
    return [row.subject for row in rows]


def test_an_evaluation_is_recalled_before_on_its_day_then_each_month(
    team: Any, lead: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = helpers.complete(team)
    due = row.evaluations.get(kind="annual").due_on
    seen: list[int] = []
    for shift in (-61, -60, -30, 0, 5, 40, 41, 75):
        the_day(monkeypatch, due + timedelta(days=shift))
        services.remind()
        services.remind()
        seen.append(len([subject for subject in told(row) if "annuelle" in subject]))
    assert seen == [0, 1, 1, 2, 2, 3, 3, 4], "rien deux fois, et seulement le dernier rappel"


def test_a_year_that_passed_opens_the_next(team: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    row = helpers.complete(team)
    assert row.declared_on
    the_day(monkeypatch, add_months(row.declared_on, 25))
    services.remind()
    assert list(row.evaluations.filter(kind="annual").order_by("rank").values_list("rank", flat=True)) == [1, 2, 3]
    services.remind()
    assert row.evaluations.count() == 4


def test_silence_is_told_once(team: Any, lead: Any) -> None:
    row = helpers.declared(team, add_months(today(), -2) - timedelta(days=1))
    assert services.remind()["told"] == 1
    services.remind()
    assert told(row) == ["Deux mois sans réponse de l’ARS"]


def test_a_stopped_programme_is_left_in_peace(team: Any, lead: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    row = services.stop(helpers.complete(team), actor=lead, stopped_on=today(), reason="Départ.")
    the_day(monkeypatch, add_months(today(), 30))
    services.remind()
    assert told(row) == [] and row.evaluations.filter(kind="annual").count() == 1


def test_an_evaluation_is_done_once_with_a_day_and_a_result(team: Any, lead: Any) -> None:
    row = helpers.complete(team).evaluations.get(kind="annual")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"done_on": today() + timedelta(days=1), "result": "Bien."}, "done_on"),
        ({"done_on": add_months(today(), -5), "result": "Bien."}, "done_on"),
        ({"done_on": today(), "result": " "}, "result"),
    ]
    for given, field in wrong:
        with pytest.raises(Refused) as refused:
            services.do_evaluation(actor=lead, evaluation=row, **given)
        assert refused.value.field == field
    services.do_evaluation(actor=lead, evaluation=row, done_on=today(), result="Huit patients sur dix.")
    services.do_evaluation(actor=lead, evaluation=row, done_on=today() - timedelta(days=1), result="Autre.")
    kept = factories.fresh(row)
    assert (kept.done_on, kept.result) == (today(), "Huit patients sur dix.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Evaluation.objects.filter(pk=row.pk).update(result="")


def test_the_job_is_the_verb(team: Any) -> None:
    helpers.declared(team, add_months(today(), -2) - timedelta(days=1))
    assert remind_evaluations.call() == {"opened": 0, "told": 1}


# --- cards of the home page -------------------------------------------------------------------------------------------


def tags(user: Any) -> list[str]:
    return sorted(card["tag"] for card in selectors.waiting_for_professional(user))


def test_home_says_what_waits_for_whom(team: Any, lead: Any) -> None:
    helpers.action(team, last_on=today() - timedelta(days=1), responsible=helpers.people(team)[1])
    helpers.action(team, title="En cours")
    late = helpers.complete(team)
    Evaluation.objects.filter(programme=late, kind="annual").update(due_on=today() - timedelta(days=3))
    edited(late, lead, aims="A.")
    helpers.declared(team, add_months(today(), -2) - timedelta(days=4), title="Silence")
    assert tags(lead) == [
        "Changement à notifier",
        "Deux mois sans réponse",
        "Résultats attendus",
        "Évaluation en retard",
    ]
    assert tags(factories.member_of(team)) == ["Résultats attendus"], "la personne responsable, et elle seule"
    assert tags(factories.nurse().user) == []
    (card,) = selectors.waiting_for_association(factories.officer())
    assert card["title"] == "1\u00a0évaluation en retard"
    assert selectors.waiting_for_association(factories.officer(region_code="53")) == []


def test_home_says_what_the_agency_has(team: Any, lead: Any) -> None:
    row = helpers.declared(team, today() - timedelta(days=3))
    (card,) = selectors.moving_for_professional(lead)
    assert card["since"] == row.sent_on and "pour répondre" in card["sentence"]
