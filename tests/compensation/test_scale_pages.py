"""Scales as pages: typed, corrected, adopted, read by those they pay."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from equipage.compensation.models import Scale
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of

pytestmark = pytest.mark.django_db


def scale_form(**changes: str) -> dict[str, str]:
    """A scale of one rate as the page posts it."""
    return {
        "label": "Barème 2027",
        "code": "bareme-2027",
        "reference": "Délibération",
        "valid_from": "2027-01-01",
        "last_day": "",
        "tarif-TOTAL_FORMS": "2",
        "tarif-INITIAL_FORMS": "2",
        "tarif-0-action_code": factories.MEETING,
        "tarif-0-amount": "55,50",
        "tarif-0-unit": "hour",
        "tarif-0-cap": "400",
        "tarif-0-rounding": "cent",
        "tarif-1-unit": "hour",
        "tarif-1-rounding": "cent",
        **changes,
    }


def test_a_scale_is_typed_corrected_and_adopted() -> None:
    factories.scale(label="Barème 2026")
    officer, treasurer = signed_in(people.officer()), signed_in(people.treasurer())
    new = reverse("compensation:new_scale")
    assert "Les tarifs de « Barème 2026 » sont repris" in text_of(officer.get(new))
    wrong = officer.post(new, scale_form(**{"tarif-0-amount": "cher"}))
    assert wrong.status_code == 422 and 'value="cher"' in wrong.content.decode()
    assert officer.post(new, scale_form()).status_code == 302
    scale = Scale.objects.get(code="bareme-2027")
    rate = scale.rates.get()
    assert (str(rate.amount), rate.cap_person_year_cents) == ("55.50", 40_000)
    assert officer.get(reverse("compensation:edit_scale", args=[scale.pk])).status_code == 200
    adopt = reverse("compensation:scale_move", args=[scale.pk, "adopt"])
    assert "Il remplace « Barème 2026 » à partir du 1er janvier 2027." in text_of(treasurer.get(adopt))
    assert treasurer.post(adopt, {"unseen": "on"}).status_code == 302
    assert people.fresh(scale).state == "in_force"


def test_an_amount_without_its_kind_of_action_is_explained_beside_it() -> None:
    answer = signed_in(people.officer()).post(
        reverse("compensation:new_scale"), scale_form(**{"tarif-0-action_code": ""})
    )
    assert answer.status_code == 422 and "Choisissez le type d'action que ce montant paie." in text_of(answer)


def test_an_adopted_scale_is_public_to_those_it_pays_and_a_draft_is_not() -> None:
    adopted, draft = factories.scale(), factories.scale(state="draft")
    client = signed_in(people.nurse().user)
    assert client.get(reverse("compensation:scale", args=[adopted.pk])).status_code == 200
    assert client.get(reverse("compensation:scale", args=[draft.pk])).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0", "Un tarif est supérieur à zéro"),
        ("-3", "Un tarif est supérieur à zéro"),
        ("1 000 000", "vérifiez le nombre de zéros"),
        ("0,125", "deux décimales au plus"),
        ("1e3", "n'est pas un montant"),
    ],
)
def test_a_rate_that_cannot_be_is_said_beside_it_with_what_was_typed(typed: str, said: str) -> None:
    answer = signed_in(people.officer()).post(
        reverse("compensation:new_scale"), scale_form(**{"tarif-0-amount": typed})
    )
    assert answer.status_code == 422 and said in text_of(answer)
    assert f'value="{typed}"' in answer.content.decode() and not Scale.objects.exists()


def test_typed_amounts_stay_exact() -> None:
    typed = {"tarif-0-amount": "0,1", "tarif-1-amount": "0.2", "tarif-1-action_code": "PPS"}
    assert signed_in(people.officer()).post(reverse("compensation:new_scale"), scale_form(**typed)).status_code == 302
    tenth, fifth = Scale.objects.get().rates.order_by("amount").values_list("amount", flat=True)
    assert (str(tenth), str(fifth), str(tenth + fifth)) == ("0.10", "0.20", "0.30")


@pytest.mark.parametrize(
    ("valid_from", "last_day", "status"),
    [
        ("2028-02-29", "", 302),
        ("2028-02-01", "2028-02-29", 302),
        ("2027-02-29", "", 422),
        ("2028-02-29", "2028-02-28", 422),
        ("2028-02-29", "2028-02-29", 302),
    ],
)
def test_the_29th_of_february_and_a_last_day_before_the_first(valid_from: str, last_day: str, status: int) -> None:
    answer = signed_in(people.officer()).post(
        reverse("compensation:new_scale"), scale_form(valid_from=valid_from, last_day=last_day)
    )
    assert answer.status_code == status
    if status == 422:
        assert f'value="{valid_from}"' in answer.content.decode()
    elif last_day:
        assert Scale.objects.get().valid_to == date(2028, 3, 1)
