"""Sessions: one coordinated action, declared once; the gates at declaration, at validation and at payment."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from equipage.compensation.models import ClaimLine
from equipage.compensation.selectors import owed_lines, payable_lines
from equipage.compensation.services.claims import freeze_lines
from equipage.coordination import services as coordination
from equipage.coordination.models import Action
from equipage.coordination.services import AlreadyDeclared, facts_of
from equipage.foundation.periods import Month, add_months, today
from equipage.foundation.refusals import Refused
from equipage.prevention import services
from equipage.prevention.models import Session
from equipage.prevention.services import OutsideDates
from equipage.teams.models import Team
from equipage.teams.services import end_association, set_association
from tests import chain, factories
from tests.prevention import helpers

pytestmark = pytest.mark.django_db
RATES = {"RCP_SANS_PATIENT": ("hour", "50.00"), "PREVENTION": ("hour", "40.00"), "ETP": ("hour", "40.00")}


@pytest.fixture
def team() -> Any:
    return helpers.team()


@pytest.fixture
def lead(team: Any) -> Any:
    return factories.lead_of(team)


def close(team: Any, lead: Any) -> None:
    end_association(actor=lead, team=team, reason="Dissoute en assemblée.")


def of(team: Any) -> Any:
    """The team as the database has it now."""
    return factories.fresh(team)


def test_a_session_is_one_coordinated_action_and_what_it_belongs_to(team: Any) -> None:
    action = helpers.action(team)
    made = helpers.session(team, action=action)
    assert (made.action.kind, made.action.patients, made.action.title) == ("PREVENTION", 12, "Mois sans tabac")
    assert (made.nature, made.prevention_action, made.place, made.audience) == (
        "prevention",
        action,
        "Salle des fêtes",
        12,
    )
    assert factories.fresh(action).state == "under_way", "la première séance la met en cours"


def test_the_same_sending_arrives_once(team: Any, lead: Any) -> None:
    action, key = helpers.action(team), uuid.uuid4()
    given = helpers.session_given(team, action=action)
    first = services.declare_session(actor=lead, team=team, given=given, client_key=key)
    again = services.declare_session(actor=lead, team=team, given=given, client_key=key)
    assert (first.pk, Action.objects.count(), Session.objects.count()) == (again.pk, 1, 1)


def test_a_look_alike_is_a_question(team: Any) -> None:
    action = helpers.action(team)
    first = helpers.session(team, action=action)
    with pytest.raises(AlreadyDeclared) as asked:
        helpers.session(team, action=action)
    assert asked.value.existing == first.action
    helpers.session(team, action=action, another=True)
    assert Session.objects.count() == 2


def test_a_day_outside_the_action_is_a_question_never_a_block(team: Any) -> None:
    action = helpers.action(team, first_on=today() - timedelta(days=5), last_on=today() - timedelta(days=1))
    with pytest.raises(OutsideDates, match="en fait-elle partie"):
        helpers.session(team, action=action)
    assert not Action.objects.exists()
    helpers.session(team, action=action, outside=True)
    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"audience": 0}, "audience", "va de 1 à 5 000"),
        ({"audience": -3}, "audience", "va de 1 à 5 000"),
        ({"audience": 50_000}, "audience", "va de 1 à 5 000"),
        ({"place": " "}, "place", "lieu"),
        ({"held_on": today() + timedelta(days=1)}, "held_on", "futur"),
        ({"held_on": today() - timedelta(days=301)}, "held_on", "antérieure"),
        ({"minutes": 0}, "minutes", "minute"),
        ({"present": ()}, "present", "qui était là"),
    ],
)
def test_a_wrong_session_says_where_and_writes_nothing(team: Any, wrong: Any, field: str, words: str) -> None:
    action = helpers.action(team, first_on=today() - timedelta(days=500))
    with pytest.raises(Refused) as refused:
        helpers.session(team, action=action, outside=True, **wrong)
    assert refused.value.field == field
    assert words in refused.value.sentence.replace("\u202f", " ")
    assert not Action.objects.exists() and not Session.objects.exists()


def test_a_crowd_counts_no_more_patients_than_an_action_holds(team: Any) -> None:
    made = helpers.session(team, action=helpers.action(team), audience=1200)
    assert (made.audience, made.action.patients) == (1200, 500)


def test_the_sheet_of_another_team_is_refused(team: Any) -> None:
    other = helpers.team()
    with pytest.raises(Refused, match="d'une autre équipe"):
        helpers.session(team, action=helpers.action(other))


def test_a_finished_action_takes_no_session(team: Any, lead: Any) -> None:
    action = helpers.action(team, indicators=())
    services.save_results(actor=lead, action=action, results=[], outcome="Fini.", finished_on=today())
    with pytest.raises(Refused, match="rouvrez-la pour y ajouter une séance"):
        helpers.session(team, action=factories.fresh(action))


# --- programmes and actions d'accompagnement --------------------------------------------------------------------------


def test_a_session_of_a_programme_waits_for_a_complete_declaration(team: Any, lead: Any) -> None:
    programme = helpers.programme(team)
    with pytest.raises(Refused) as refused:
        helpers.session(team, programme=programme)
    assert refused.value.field == "target"
    assert "n’est pas complète" in refused.value.sentence and "action d’accompagnement" in refused.value.sentence
    assert not Action.objects.exists()


def test_an_action_daccompagnement_needs_no_declaration(team: Any) -> None:
    made = helpers.session(team)
    assert (made.nature, made.action.kind, made.belongs_to) == ("support", "ETP", "")


def test_the_day_of_the_session_decides(team: Any, lead: Any) -> None:
    programme = helpers.declared(team, add_months(today(), -2) - timedelta(days=10))
    silent = programme.silent_on
    assert silent is not None and silent <= today()
    helpers.session(team, programme=programme, held_on=silent)
    with pytest.raises(Refused, match="n’est pas complète"):
        helpers.session(team, programme=programme, held_on=silent - timedelta(days=1))


def test_a_complete_declaration_opens_sessions(team: Any) -> None:
    made = helpers.session(team, programme=helpers.complete(team))
    assert (made.nature, made.action.kind, made.action.theme) == ("programme", "ETP", "Asthme")


def test_a_correction_keeps_a_session_a_session(team: Any, lead: Any) -> None:
    made = helpers.session(team, programme=helpers.complete(team))
    facts = facts_of(made.action)
    with pytest.raises(Refused, match="son type ne change pas") as refused:
        coordination.correct(made.action, actor=lead, facts=replaced(facts, kind="RCP_SANS_PATIENT"))
    assert refused.value.field == "kind"
    early = add_months(today(), -3) - timedelta(days=1)
    with pytest.raises(Refused, match="n’est pas complète") as refused:
        coordination.correct(made.action, actor=lead, facts=replaced(facts, held_on=early))
    assert refused.value.field == "held_on"
    assert factories.fresh(made.action).held_on == today()


def replaced(facts: Any, **more: Any) -> Any:
    return type(facts)(**{**facts.__dict__, **more})


# --- the gate, at each place ------------------------------------------------------------------------------------------


def test_at_declaration_the_gate_is_that_of_the_day(team: Any, lead: Any) -> None:
    action = helpers.action(team, first_on=today() - timedelta(days=100))
    set_association(
        actor=lead, team=team, name="Association d'essai", rna=helpers.RNA, since=today() - timedelta(days=5)
    )
    with pytest.raises(Refused) as refused:
        helpers.session(of(team), action=action, held_on=today() - timedelta(days=6))
    assert refused.value.field == "kind"
    assert "ne date que du" in refused.value.sentence
    helpers.session(of(team), action=action, held_on=today() - timedelta(days=5))


def test_an_association_lost_between_two_sessions_closes_the_second(team: Any, lead: Any) -> None:
    action = helpers.action(team)
    helpers.session(team, action=action)
    close(team, lead)
    with pytest.raises(Refused) as refused:
        helpers.session(of(team), action=action, another=True)
    assert "a pris fin le" in refused.value.sentence and "Déclarez l'association" in refused.value.sentence


@pytest.mark.parametrize("number", ["", "49100"])
def test_a_number_that_cannot_be_read_closes_the_declaration(team: Any, number: str) -> None:
    action = helpers.action(team)
    Team.objects.filter(pk=team.pk).update(association_rna=number)
    with pytest.raises(Refused, match="RNA"):
        helpers.session(of(team), action=action)
    # The room of coordination says the same of an action declared there.
    facts = chain.today_facts(team, helpers.people(team), kind="PREVENTION")
    with pytest.raises(Refused, match="RNA"):
        coordination.declare(actor=factories.lead_of(team), team=of(team), facts=facts)


def ready(team: Any, **more: Any) -> Action:
    """A session that everybody confirmed, and a scale for it."""
    chain.adopted_scale(rates=RATES)
    made = helpers.session(team, **(more or {"action": helpers.action(team)}))
    for person in helpers.people(team)[1:]:
        presence = made.action.presences.get(professional=person)
        coordination.confirm_presence(presence, actor=factories.fresh(person.user))
    return factories.fresh(made.action)


def test_an_open_gate_lets_the_association_validate(team: Any) -> None:
    action = ready(team)
    coordination.validate(action, actor=factories.officer())
    assert factories.fresh(action).state == "validated"
    assert ClaimLine.objects.filter(action=action, state="validated").count() == 2


def test_at_validation_an_association_lost_since_is_refused(team: Any, lead: Any) -> None:
    action = ready(team)
    close(team, lead)
    with pytest.raises(Refused) as refused:
        coordination.validate(factories.fresh(action), actor=factories.officer())
    assert "association" in refused.value.sentence and "page de l'équipe" in refused.value.sentence
    assert factories.fresh(action).state != "validated"
    assert not ClaimLine.objects.filter(action=action, state="validated").exists()


@pytest.mark.parametrize("wrong", [{"association_rna": "49100"}, {"association_since": today() + timedelta(days=1)}])
def test_at_validation_a_wrong_association_is_refused(team: Any, wrong: dict[str, Any]) -> None:
    action = ready(team)
    Team.objects.filter(pk=team.pk).update(**wrong)
    with pytest.raises(Refused):
        coordination.validate(factories.fresh(action), actor=factories.officer())
    assert not ClaimLine.objects.filter(action=action, state="validated").exists()


def test_at_validation_a_programme_that_was_not_complete_that_day_is_refused(team: Any) -> None:
    programme = helpers.complete(team)
    action = ready(team, programme=programme)
    # The agency's acknowledgement was noted by mistake, and is taken away.
    programme.steps.filter(kind="acknowledged").update(kind="asked")
    with pytest.raises(Refused, match="n’est pas complète"):
        coordination.validate(action, actor=factories.officer())
    assert factories.fresh(action).state != "validated"


def test_at_payment_an_association_lost_since_is_not_paid(team: Any, lead: Any) -> None:
    action = ready(team)
    coordination.validate(action, actor=factories.officer())
    organisation, month = factories.organisation(), Month.of(today())
    assert owed_lines(organisation, month).filter(gate_open=True).count() == 2
    close(team, lead)
    lines = list(owed_lines(organisation, month))
    assert len(lines) == 2 and not any(line.gate_open for line in lines)
    assert not payable_lines(organisation, month).exists()


def test_at_payment_an_association_without_number_is_not_paid(team: Any) -> None:
    action = ready(team)
    coordination.validate(action, actor=factories.officer())
    Team.objects.filter(pk=team.pk).update(association_rna="")
    assert not any(line.gate_open for line in owed_lines(factories.organisation(), Month.of(today())))


def test_at_payment_a_siret_is_enough(team: Any) -> None:
    action = ready(team)
    coordination.validate(action, actor=factories.officer())
    Team.objects.filter(pk=team.pk).update(association_rna="", association_siret="73282932000074")
    lines = list(owed_lines(factories.organisation(), Month.of(today())))
    assert lines and all(line.gate_open for line in lines)


def test_a_freezing_refuses_by_itself(team: Any, lead: Any) -> None:
    """Whatever leads there, money is not owed for a day on which the gate was closed."""
    action = ready(team)
    Team.objects.filter(pk=team.pk).update(association_since=date(2099, 1, 1))
    with pytest.raises(Refused, match="ne date que du"):
        freeze_lines(factories.fresh(action), actor=factories.officer())
