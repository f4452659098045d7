"""A team paid by the action: one lump sum, shared among those who were there."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from equipage.compensation.models import ClaimLine, Scale, ScaleRate
from equipage.compensation.services.adjustments import Right, compute, facts_of
from equipage.compensation.services.previews import hash_of
from equipage.compensation.services.scales import RateFacts, ScaleFacts, draft_scale
from equipage.foundation.refusals import Refused
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of
from tests.compensation.test_scale_pages import scale_form

pytestmark = pytest.mark.django_db

LUMP = {"action_code": factories.MEETING, "unit": "meeting", "amount": "100.00", "shared_by": "equal"}


def test_the_lines_of_an_action_add_up_to_the_lump_sum_and_say_their_part() -> None:
    factories.scale([LUMP])
    lines = list(ClaimLine.objects.filter(action=factories.validated(factories.recognised_team())))
    assert len(lines) > 1 and sum(line.amount_cents for line in lines) == 10_000
    page = text_of(signed_in(people.officer()).get(reverse("compensation:line", args=[lines[0].pk])))
    assert f"Part du forfait de 100,00 € : 1 part sur {len(lines)}" in page


def test_a_line_of_a_lump_sum_is_corrected_by_an_amount() -> None:
    factories.scale([LUMP])
    line = ClaimLine.objects.filter(action=factories.validated(factories.recognised_team()))[0]
    with pytest.raises(Refused, match="Écrivez la différence en euros"):
        compute(line, Right(facts=facts_of(line)))
    assert compute(line, Right(delta_cents=100)).amount_cents == 100


def test_a_lump_sum_is_typed_and_shown() -> None:
    typed = {"tarif-0-shared_by": "points", "tarif-0-points": "2"}
    assert signed_in(people.officer()).post(reverse("compensation:new_scale"), scale_form(**typed)).status_code == 302
    scale = Scale.objects.get()
    page = text_of(signed_in(people.officer()).get(reverse("compensation:scale", args=[scale.pk])))
    assert "forfait de l'équipe, partagé selon les points (2 points)" in page
    before = hash_of(scale)
    ScaleRate.objects.update(points=3)
    assert hash_of(scale) != before
    wrong = signed_in(people.officer()).post(
        reverse("compensation:new_scale"), scale_form(code="autre", **{"tarif-0-shared_by": "points"})
    )
    assert wrong.status_code == 422 and "au moins un point à chaque profession" in text_of(wrong)


def test_fixed_shares_are_typed_and_shown_and_never_above_the_whole() -> None:
    officer = signed_in(people.officer())
    typed = {"tarif-0-shared_by": "fixed", "tarif-0-percent": "33,33", "tarif-0-profession_group": "medical"}
    assert officer.post(reverse("compensation:new_scale"), scale_form(**typed)).status_code == 302
    page = text_of(officer.get(reverse("compensation:scale", args=[Scale.objects.get().pk])))
    assert "forfait de l'équipe, partagé à parts fixes (33,33 %)" in page
    for wrong in ({"tarif-0-shared_by": "fixed"}, {"tarif-0-percent": "10"}):
        answer = officer.post(reverse("compensation:new_scale"), scale_form(code="autre", **wrong))
        assert answer.status_code == 422 and "de plus de 0 à 100 %" in text_of(answer)
    halves = [
        RateFacts(factories.MEETING, "meeting", Decimal(100), group, shared_by="fixed", percent=Decimal("50.01"))
        for group in ("medical", "auxiliary")
    ]
    with pytest.raises(Refused, match="dépassent 100"):
        draft_scale(
            actor=people.officer(),
            organisation=people.organisation("association"),
            facts=ScaleFacts("a", "A", "essai", factories.DAY),
            rates=halves,
        )


@pytest.mark.parametrize("other", [{"amount": Decimal(90)}, {"shared_by": ""}, {"shared_by": "time"}])
def test_a_kind_of_action_has_one_lump_sum(other: dict[str, object]) -> None:
    one = RateFacts(factories.MEETING, "meeting", Decimal(100), shared_by="equal")
    facts = {"amount": Decimal(100), "shared_by": "equal", **other}
    two = RateFacts(factories.MEETING, "meeting", profession_group="medical", **facts)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="un seul montant"):
        draft_scale(
            actor=people.officer(),
            organisation=people.organisation("association"),
            facts=ScaleFacts("a", "A", "essai", factories.DAY),
            rates=[one, two],
        )


@pytest.mark.parametrize(
    ("shared_by", "percent"), [("fixed", None), ("fixed", 0), ("fixed", Decimal("100.01")), ("equal", 2)]
)
def test_the_database_refuses_a_fixed_share_that_means_nothing(shared_by: str, percent: Decimal | None) -> None:
    factories.scale([LUMP], state="draft")
    with pytest.raises(IntegrityError), transaction.atomic():
        ScaleRate.objects.update(shared_by=shared_by, percent=percent)


@pytest.mark.parametrize(("shared_by", "points"), [("points", None), ("points", 0), ("equal", 2), ("merit", None)])
def test_the_database_refuses_points_that_mean_nothing(shared_by: str, points: int | None) -> None:
    factories.scale([LUMP], state="draft")
    with pytest.raises(IntegrityError), transaction.atomic():
        ScaleRate.objects.update(shared_by=shared_by, points=points)
