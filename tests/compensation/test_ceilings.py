"""Ceilings that an association enters: of an action, of a team, of a person; and how a line tells them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from equipage.compensation.explained import tree_of
from equipage.compensation.models import ClaimLine, Scale, ScaleRate
from equipage.compensation.services.claims import refresh_estimates
from equipage.compensation.services.scales import RateFacts, ScaleFacts, draft_scale
from equipage.foundation.refusals import Refused
from equipage.rules.explanation import Explanation
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of
from tests.compensation.test_scale_pages import scale_form
from tests.funding.factories import envelope

pytestmark = pytest.mark.django_db

OTHER = "RCP_AVEC_PATIENT"
FACTS = ScaleFacts("bareme-2027", "Barème 2027", "Délibération", date(2027, 1, 1))
RATE = RateFacts(factories.MEETING, "hour", Decimal("55.00"))


def rates(**caps: int) -> list[dict]:
    return [{"action_code": kind, "unit": "hour", "amount": "50.00", **caps} for kind in (factories.MEETING, OTHER)]


def amounts(action) -> list[int]:
    return list(action.claim_lines.order_by("professional_id").values_list("amount_cents", flat=True))


def cuts(action) -> list[int]:
    return list(action.claim_lines.order_by("professional_id").values_list("cut_cents", flat=True))


def test_the_people_of_one_action_share_its_ceiling() -> None:
    factories.scale(rates(cap_action_cents=5001))
    action = factories.validated(factories.recognised_team())
    assert (amounts(action), cuts(action)) == ([2501, 2500], [1249, 1250])
    assert "le plafond de 50,01\u00a0€ par action est atteint" in action.claim_lines.order_by("pk")[0].sentence


def test_the_yearly_ceiling_of_a_team_and_kind_counts_that_kind_and_that_team_only() -> None:
    factories.scale(rates(cap_team_year_cents=10_000))
    team, other = factories.recognised_team(), factories.recognised_team()
    first, second = factories.validated(team), factories.validated(team, held_on=date(2026, 10, 21))
    assert (amounts(first), amounts(second)) == ([3750, 3750], [1250, 1250])
    assert amounts(factories.validated(team, kind=OTHER, held_on=date(2026, 10, 22))) == [3750, 3750]
    assert amounts(factories.validated(other)) == [3750, 3750]


def test_the_yearly_ceiling_of_a_person_counts_every_kind_and_every_team() -> None:
    factories.scale(rates(), cap_person_year_cents=5000)
    shared = people.nurse()
    first, second = factories.recognised_team(lead=shared), factories.recognised_team(lead=shared)
    for team, kind, day in ((first, factories.MEETING, 14), (second, OTHER, 21)):
        others = [person for person in factories.people_of(team) if person != shared]
        factories.validated(team, [shared, *others], kind=kind, held_on=date(2026, 10, day))
    lines = ClaimLine.objects.filter(professional=shared).order_by("pk")
    assert [(line.amount_cents, line.cut_cents) for line in lines] == [(3750, 0), (1250, 2500)]
    assert "toutes actions" in lines[1].sentence


def test_an_estimate_is_cut_like_the_line_that_follows_it() -> None:
    factories.scale(rates(cap_action_cents=6000, cap_team_year_cents=9000), cap_person_year_cents=4000)
    team = factories.recognised_team()
    factories.validated(team)
    estimated = factories.action(team, held_on=date(2026, 10, 21))
    before = amounts(estimated)
    assert before == [1000, 1000]
    assert amounts(factories.validated(team, held_on=date(2026, 10, 22))) == before


def test_what_each_person_has_is_read_in_one_query() -> None:
    factories.scale(rates(), cap_person_year_cents=90_000)
    counts = []
    for many in (2, 6):
        team = factories.recognised_team()
        crowd = [*factories.people_of(team), *(people.nurse() for _ in range(many - 2))]
        action = factories.action(team, crowd)
        with CaptureQueriesContext(connection) as queries:
            refresh_estimates(action)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("column", ["cap_person_year_cents", "cap_action_cents", "cap_team_year_cents"])
def test_the_database_refuses_a_negative_ceiling(column: str) -> None:
    scale = factories.scale(state="draft")
    with pytest.raises(DatabaseError, match="positive"), transaction.atomic():
        ScaleRate.objects.filter(scale=scale).update(**{column: -1})
    if column == "cap_person_year_cents":
        with pytest.raises(DatabaseError, match="positive"), transaction.atomic():
            Scale.objects.filter(pk=scale.pk).update(**{column: -1})


def test_the_ceiling_of_an_adopted_scale_never_changes() -> None:
    factories.scale(cap_person_year_cents=5000)
    with pytest.raises(DatabaseError, match="ne change"), transaction.atomic():
        Scale.objects.update(cap_person_year_cents=9000)


@pytest.mark.parametrize(
    ("facts", "given_rates", "said"),
    [
        (replace(FACTS, cap_person_year_cents=-1), [RATE], "n'est pas négatif"),
        (FACTS, [replace(RATE, cap_person_year_cents=-1)], "n'est pas négatif"),
        (FACTS, [replace(RATE, cap_action_cents=-1)], "n'est pas négatif"),
        (FACTS, [replace(RATE, cap_team_year_cents=-1)], "n'est pas négatif"),
        (
            FACTS,
            [replace(RATE, cap_action_cents=1), replace(RATE, profession_group="medical", cap_action_cents=2)],
            "plafonds par action différents",
        ),
        (
            FACTS,
            [replace(RATE, cap_team_year_cents=1), replace(RATE, profession_group="medical", cap_team_year_cents=2)],
            "plafonds par équipe et par an différents",
        ),
    ],
)
def test_a_ceiling_that_cannot_be_is_said(facts: ScaleFacts, given_rates: list[RateFacts], said: str) -> None:
    with pytest.raises(Refused, match=said):
        draft_scale(
            actor=people.officer(), organisation=people.organisation("association"), facts=facts, rates=given_rates
        )


def test_a_common_ceiling_may_be_said_once_for_a_kind() -> None:
    said_once = [replace(RATE, cap_action_cents=0), replace(RATE, profession_group="medical")]
    made = draft_scale(
        actor=people.officer(), organisation=people.organisation("association"), facts=FACTS, rates=said_once
    )
    assert sorted(made.rates.values_list("cap_action_cents", flat=True), key=str) == [0, None]


def test_ceilings_are_typed_shown_and_proposed_again() -> None:
    officer = signed_in(people.officer())
    typed = {"cap_person_year": "2 500", "tarif-0-cap_action": "120,50", "tarif-0-cap_team_year": "1 000"}
    refused = officer.post(
        reverse("compensation:new_scale"),
        scale_form(**{**typed, "cap_person_year": "beaucoup", "tarif-0-cap_action": "-1"}),
    )
    assert refused.status_code == 422
    assert "n’est pas un montant" in refused.context["form"].errors["cap_person_year"][0]
    assert "n'est pas négatif" in refused.context["rates"].forms[0].errors["cap_action"][0]
    assert officer.post(reverse("compensation:new_scale"), scale_form(**typed)).status_code == 302
    scale = Scale.objects.get(code="bareme-2027")
    rate = scale.rates.get()
    assert (scale.cap_person_year_cents, rate.cap_action_cents, rate.cap_team_year_cents) == (250_000, 12_050, 100_000)
    shown = text_of(officer.get(reverse("compensation:scale", args=[scale.pk])))
    assert "120,50 € par action · 1 000,00 € par équipe et par an" in shown
    assert "une personne reçoit au plus 2 500,00 € par an" in shown
    again = officer.get(reverse("compensation:edit_scale", args=[scale.pk])).content.decode()
    for value in ("2500,00", "120,50", "1000,00"):
        assert f'value="{value}"' in again


def test_a_line_shows_its_calculation_as_a_tree_with_a_link_to_each_rule() -> None:
    factories.scale(rates(cap_action_cents=6000))
    team = factories.recognised_team()
    envelope(team, 5000)
    line = factories.validated(team).claim_lines.order_by("pk")[0]
    page = signed_in(line.professional.user).get(reverse("compensation:line", args=[line.pk]))
    said, html = text_of(page), page.content.decode()
    assert said.index("25,00 € d'après le barème") < said.index("Plafond par action −7,50 €")
    assert "45 min à 50,00 € l'heure 37,50 €" in said
    assert "Enveloppe annuelle de l'équipe −5,00 €" in said and "Retenu par les plafonds : 12,50 €" in said
    links = re.findall(r'<a href="(/regles/[^"]+)"', html)
    assert links == ["/regles/esp-clap.money.team_year_cents/?territoire=fr-pdl"]
    assert signed_in(line.professional.user).get(links[0]).status_code == 200
    assert html.count(reverse("compensation:scale", args=[line.rate.scale_id])) >= 3


def test_a_line_frozen_before_amounts_were_trees_still_shows_its_steps() -> None:
    factories.scale()
    action = factories.action(factories.recognised_team())
    line = action.claim_lines.order_by("pk")[0]
    old = {name: value for name, value in line.explanation.items() if name not in ("label", "amount_cents", "children")}
    assert tree_of(Explanation.from_dict(old), "") == ()
    ClaimLine.objects.filter(pk=line.pk).update(explanation=old)
    said = text_of(signed_in(line.professional.user).get(reverse("compensation:line", args=[line.pk])))
    assert "45 min à 50,00 € l'heure = 37,50 €" in said and "Retenu par les plafonds" not in said


def test_what_a_limit_changed_stands_below_the_price() -> None:
    factories.scale([{**rates()[0], "max_quantity": Decimal("0.5")}])
    line = factories.action(factories.recognised_team()).claim_lines.order_by("pk")[0]
    (price,) = tree_of(Explanation.from_dict(line.explanation), "/bareme/")
    assert (price.label, price.amount, price.url) == ("Montant au tarif", "25,00\u00a0€", "/bareme/")
    assert [(part.label, part.amount) for part in price.children] == [
        ("45\u00a0min à 50,00\u00a0€ l'heure", "37,50\u00a0€"),
        ("Retenu dans la limite de 0,5\u00a0heure", "−12,50\u00a0€"),
    ]
    said = text_of(signed_in(line.professional.user).get(reverse("compensation:line", args=[line.pk])))
    assert "Montant au tarif 25,00 €" in said and "Retenu dans la limite de 0,5 heure −12,50 €" in said
