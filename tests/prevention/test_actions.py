"""Prevention actions: planned, under way, finished with results, given up; what is refused and with which words."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.prevention import services
from equipage.prevention.models import Indicator, PreventionAction
from equipage.prevention.services import IndicatorGiven, ResultGiven
from equipage.teams.services import end_association
from tests import factories
from tests.prevention import helpers

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Any:
    return helpers.team()


@pytest.fixture
def lead(team: Any) -> Any:
    return factories.lead_of(team)


@pytest.fixture
def action(team: Any) -> PreventionAction:
    return helpers.action(team)


def results(action: PreventionAction, *values: Any) -> list[ResultGiven]:
    rows = action.indicators.order_by("id")
    return [ResultGiven(row.pk, value, "Compté à l'entrée.") for row, value in zip(rows, values, strict=True)]


def test_an_action_is_planned_with_its_indicators_and_proved(team: Any, action: PreventionAction) -> None:
    assert (action.state, action.partner_names) == ("planned", ["Mairie", "Centre social"])
    assert [(row.name, row.expected, row.achieved) for row in action.indicators.order_by("id")] == [
        ("Personnes reçues", Decimal(40), None)
    ]
    assert AuditEntry.objects.filter(stream=team.audit_stream, action="prevention.action.create").count() == 1


def test_any_member_writes_and_nobody_else(team: Any, action: PreventionAction) -> None:
    helpers.action(team, actor=factories.member_of(team), title="Dépistage")
    for stranger in (factories.nurse().user, factories.officer(), factories.ars_region()):
        assert not can(stranger, "prevention.write_for_team", team).allowed
        with pytest.raises(Refused, match="membre confirmé"):
            helpers.action(team, actor=factories.fresh(stranger))


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"title": "  "}, "title", "Donnez un titre"),
        ({"audience": ""}, "audience", "à qui l’action s’adresse"),
        ({"objectives": ""}, "objectives", "au moins un objectif"),
        ({"last_on": today() - timedelta(days=30)}, "last_on", "précède le premier"),
        ({"objectives": "Patient 185054900712345"}, "objectives", "numéro de sécurité sociale"),
    ],
)
def test_a_wrong_sheet_says_where(team: Any, wrong: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        helpers.action(team, **wrong)
    assert refused.value.field == field
    assert words.replace("’", "'") in refused.value.sentence.replace("’", "'")
    assert not PreventionAction.objects.exists()


def test_somebody_of_another_team_is_not_responsible(team: Any) -> None:
    with pytest.raises(Refused) as refused:
        helpers.action(team, responsible=factories.gp())
    assert refused.value.field == "responsible"


def test_without_an_association_nothing_is_planned_and_the_way_out_is_said() -> None:
    bare = helpers.team(codes=["RCP_SANS_PATIENT"], association=False)
    with pytest.raises(Refused) as refused:
        helpers.action(bare)
    assert refused.value.sentence == (
        "Cette action demande que l’équipe soit constituée en association loi 1901. Déclarez l’association puis "
        "indiquez sa date et son numéro RNA ou son SIRET sur la page de l’équipe\u202f; l’association ESP CLAP peut "
        "vous y aider."
    )


def test_an_association_lost_closes_new_actions_and_keeps_the_old(team: Any, lead: Any, action: Any) -> None:
    end_association(actor=lead, team=team, reason="Dissoute en assemblée.")
    fresh = factories.fresh(team)
    with pytest.raises(Refused, match=r"association de l.équipe a pris fin le"):
        helpers.action(fresh, title="Autre")
    services.edit_action(
        actor=lead, action=action, given=helpers.action_given(fresh, title="Mois sans tabac, suite", indicators=())
    )
    assert factories.fresh(action).title == "Mois sans tabac, suite"


def test_it_starts_once_its_first_day_has_come(team: Any, lead: Any, action: PreventionAction) -> None:
    assert services.start_action(action, actor=lead).state == "under_way"
    later = helpers.action(
        team, first_on=today() + timedelta(days=3), last_on=today() + timedelta(days=4), title="À venir"
    )
    with pytest.raises(Blocked, match="changez ses dates si elle a déjà commencé"):
        services.start_action(later, actor=lead)


def test_results_are_kept_in_part_then_finish_the_action(lead: Any, action: PreventionAction) -> None:
    services.save_results(actor=lead, action=action, results=results(action, None), outcome="En cours.")
    assert factories.fresh(action).state == "planned"
    with pytest.raises(Refused, match="Il manque le résultat de « Personnes reçues »"):
        services.save_results(
            actor=lead, action=action, results=results(action, None), outcome="Fini.", finished_on=today()
        )
    done = services.save_results(
        actor=lead, action=action, results=results(action, Decimal(52)), outcome="Du monde.", finished_on=today()
    )
    assert (done.state, done.finished_on, done.outcome) == ("finished", today(), "Du monde.")
    row = done.indicators.get()
    assert (row.in_words, row.comment) == ("12 personnes de plus que prévu.", "Compté à l'entrée.")


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, "est à venir"), (-21, "ses résultats ne datent pas du")],
)
def test_results_have_a_plausible_day(lead: Any, action: PreventionAction, days: int, words: str) -> None:
    with pytest.raises(Refused) as refused:
        services.save_results(
            actor=lead,
            action=action,
            results=results(action, Decimal(1)),
            outcome="Fini.",
            finished_on=today() + timedelta(days=days),
        )
    assert refused.value.field == "finished_on"
    assert words in refused.value.sentence
    assert action.indicators.get().achieved is None, "rien n'est écrit à moitié"


def test_results_do_not_come_before_the_action(team: Any, lead: Any) -> None:
    later = helpers.action(team, first_on=today() + timedelta(days=3), last_on=today() + timedelta(days=4))
    with pytest.raises(Refused, match="ses résultats viendront ensuite"):
        services.save_results(actor=lead, action=later, results=[])


def test_a_negative_result_is_refused_by_the_verb_and_by_the_database(lead: Any, action: PreventionAction) -> None:
    with pytest.raises(Refused, match="négatif"):
        services.save_results(actor=lead, action=action, results=results(action, Decimal(-1)))
    with pytest.raises(IntegrityError), transaction.atomic():
        Indicator.objects.filter(action=action).update(achieved=Decimal(-1))


def test_a_finished_action_is_reopened_by_who_answers_for_it(team: Any, lead: Any, action: PreventionAction) -> None:
    services.save_results(
        actor=lead, action=action, results=results(action, Decimal(52)), outcome="Du monde.", finished_on=today()
    )
    with pytest.raises(Refused, match="rouvrez-la pour la modifier"):
        services.edit_action(actor=lead, action=action, given=helpers.action_given(team))
    with pytest.raises(Blocked, match="membre responsable"):
        services.reopen_action(action, actor=factories.member_of(team))
    reopened = services.reopen_action(action, actor=lead)
    assert (reopened.state, reopened.finished_on, reopened.outcome) == ("under_way", None, "Du monde.")


def test_it_is_given_up_with_a_reason(lead: Any, action: PreventionAction) -> None:
    with pytest.raises(Refused, match="pourquoi l’action est abandonnée"):
        services.cancel_action(action, actor=lead, reason=" ")
    given_up = services.cancel_action(action, actor=lead, reason="Salle fermée.")
    assert (given_up.state, given_up.cancel_reason) == ("cancelled", "Salle fermée.")
    with pytest.raises(Refused, match="abandonnée"):
        services.save_results(actor=lead, action=action, results=[])


def test_indicators_are_changed_added_and_taken_away(team: Any, lead: Any, action: PreventionAction) -> None:
    first = action.indicators.get()
    kept = IndicatorGiven("Personnes venues", "personnes", Decimal(30), first.pk)
    added = IndicatorGiven("Brochures", "", Decimal(100))
    services.edit_action(actor=lead, action=action, given=helpers.action_given(team, indicators=(kept, added)))
    assert [(row.pk == first.pk, row.name, row.expected) for row in action.indicators.order_by("id")] == [
        (True, "Personnes venues", Decimal(30)),
        (False, "Brochures", Decimal(100)),
    ]
    services.edit_action(actor=lead, action=action, given=helpers.action_given(team, indicators=(kept,)))
    assert action.indicators.count() == 1


def test_an_indicator_with_a_result_is_not_lost_by_mistake(team: Any, lead: Any, action: PreventionAction) -> None:
    services.save_results(actor=lead, action=action, results=results(action, Decimal(5)))
    with pytest.raises(Refused, match="a déjà un résultat"):
        services.edit_action(actor=lead, action=action, given=helpers.action_given(team, indicators=()))


def test_who_was_responsible_and_left_stays_until_somebody_takes_over(team: Any, action: Any, lead: Any) -> None:
    doctor = helpers.people(team)[1]
    services.edit_action(actor=lead, action=action, given=helpers.action_given(team, responsible=doctor, indicators=()))
    team.memberships.filter(professional=doctor).update(state="left", valid_to=today(), leaving_reason="Déménagement.")
    services.edit_action(actor=lead, action=action, given=helpers.action_given(team, responsible=doctor, indicators=()))
    with pytest.raises(Refused, match="n’est pas membre"):
        helpers.action(team, responsible=doctor, title="Nouvelle")
