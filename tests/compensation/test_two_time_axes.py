"""A scale adopted later applies to the days it covers, over the older ones; what was validated before stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from equipage.compensation.models import ClaimLine, Scale
from equipage.compensation.scale_selectors import holes_of, overlay_of, replacements_of, scale_for
from equipage.compensation.services.adjustments import Right, compute, facts_of
from equipage.compensation.services.claims import tariff_on
from equipage.compensation.services.scales import adopt
from equipage.coordination.services import validate
from equipage.foundation.jobs.worker import Worker
from equipage.rules.errors import NoRuleInForce
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of

pytestmark = pytest.mark.django_db

OLD_DAY, NEW_DAY = date(2026, 11, 22), date(2026, 11, 23)
DEARER = ({"action_code": factories.MEETING, "unit": "hour", "amount": "60.00"},)


def next_day() -> Any:
    return time_machine.travel("2026-11-23T09:00:00+01:00", tick=True)


def adopted_the_next_day(**options: Any) -> Scale:
    """A dearer draft over October, adopted on 23 November."""
    period = {"valid_from": date(2026, 10, 1), "valid_to": date(2026, 11, 1)}
    draft = factories.scale(DEARER, state="draft", label="Octobre corrigé", **{**period, **options})
    with next_day():
        return adopt(draft, actor=people.treasurer(), unseen=True)


def amounts(action: Any) -> set[int]:
    return set(ClaimLine.objects.filter(action=action, adjusts=None).values_list("amount_cents", flat=True))


def test_the_later_adoption_wins_for_the_days_it_covers_from_its_adoption_on() -> None:
    first = factories.scale()
    correction = adopted_the_next_day()
    association = first.organisation
    assert scale_for(association, factories.DAY) == correction
    assert scale_for(association, factories.DAY, OLD_DAY) == first
    assert scale_for(association, factories.DAY, NEW_DAY) == correction
    assert scale_for(association, date(2026, 9, 30)) == scale_for(association, date(2026, 11, 1)) == first
    assert [rate.amount for rate in tariff_on(association, factories.DAY).rates] == [60]
    assert people.fresh(first).valid_to is None


def test_what_is_estimated_is_priced_again_and_what_is_validated_stays() -> None:
    factories.scale()
    team = factories.recognised_team()
    frozen, open_one = factories.validated(team), factories.action(team)
    outside = factories.action(team, held_on=date(2026, 9, 30))
    adopted_the_next_day()
    with next_day():
        Worker().run_all()
        assert (amounts(frozen), amounts(open_one), amounts(outside)) == ({3750}, {4500}, {3750})
        assert amounts(validate(open_one, actor=people.officer())) == {4500}


def test_a_day_that_had_no_scale_is_estimated_once_one_is_adopted() -> None:
    people.organisation("association")
    action = factories.action(factories.recognised_team())
    assert amounts(action) == set()
    adopted_the_next_day()
    Worker().run_all()
    assert amounts(action) == {4500}


def test_a_correction_of_what_was_validated_keeps_the_rate_of_its_day() -> None:
    factories.scale()
    line = ClaimLine.objects.filter(action=factories.validated(factories.recognised_team()))[0]
    adopted_the_next_day()
    with next_day():
        found = compute(line, Right(facts=replace(facts_of(line), minutes=60)))
    assert found.amount_cents == 1250


def test_the_page_of_a_scale_says_since_when_it_is_known_and_what_replaces_it() -> None:
    first = factories.scale()
    adopted_the_next_day()
    page = text_of(signed_in(people.officer()).get(reverse("compensation:scale", args=[first.pk])))
    assert "En vigueur à partir du 1er janvier 2026 ; connu depuis le 22 novembre 2026." in page
    assert "Remplacé du 1er octobre 2026 au 31 octobre 2026 par Octobre corrigé , connu depuis le 23 novembre" in page
    [one] = replacements_of(first)
    assert (one.start, one.last_day) == (date(2026, 10, 1), date(2026, 10, 31))


def test_the_line_says_how_the_scale_was_known_when_it_was_validated() -> None:
    factories.scale(label="Premier")
    team = factories.recognised_team()
    line = ClaimLine.objects.filter(action=factories.validated(team))[0]
    url = reverse("compensation:line", args=[line.pk])
    assert "tel qu'on le connaissait" not in text_of(signed_in(people.officer()).get(url))
    adopted_the_next_day()
    with next_day():
        page = text_of(signed_in(people.officer()).get(url))
    assert "Calculé avec « Premier », le barème de ce jour tel qu'on le connaissait le 22 novembre 2026" in page


def test_the_page_of_adoption_says_what_is_replaced_and_what_stays() -> None:
    factories.scale(label="Premier")
    factories.validated(factories.recognised_team())
    draft = factories.scale(DEARER, state="draft", valid_from=date(2026, 10, 1), valid_to=date(2026, 11, 1))
    with next_day():
        found = overlay_of(draft)
        page = text_of(signed_in(people.treasurer()).get(reverse("compensation:scale_move", args=[draft.pk, "adopt"])))
    assert [one.scale.label for one in found.replaced] == ["Premier"] and found.resisting == ()
    assert "Il remplace « Premier » du 1er octobre 2026 au 31 octobre 2026." in page
    assert "lignes déjà validées gardent le montant calculé avec l'ancien barème." in page


def test_of_two_scales_adopted_the_same_day_the_one_that_begins_later_stays_and_it_is_said() -> None:
    kept = factories.scale(valid_from=date(2026, 10, 10))
    draft = factories.scale(DEARER, state="draft", valid_from=date(2026, 1, 1))
    [resisting] = overlay_of(draft).resisting
    assert (resisting.scale, resisting.start, resisting.last_day) == (kept, date(2026, 10, 10), None)
    adopted = adopt(draft, actor=people.treasurer(), unseen=True)
    assert scale_for(kept.organisation, date(2026, 10, 9)) == adopted
    assert scale_for(kept.organisation, date(2026, 10, 10)) == kept


def test_the_page_of_scales_shows_the_holes_of_the_year() -> None:
    scale = factories.scale(valid_from=date(2026, 3, 1), valid_to=date(2026, 12, 31))
    assert [(one.start, one.last) for one in holes_of(scale.organisation, 2026)] == [
        (date(2026, 1, 1), date(2026, 2, 28)),
        (date(2026, 12, 31), date(2026, 12, 31)),
    ]
    page = text_of(signed_in(people.officer()).get(reverse("compensation:scales")))
    assert "en 2026 du 1er janvier 2026 au 28 février 2026 et le 31 décembre 2026" in page
    factories.scale(valid_from=date(2026, 1, 1))
    assert "Des jours sans barème" not in text_of(signed_in(people.officer()).get(reverse("compensation:scales")))


def test_a_draft_is_known_of_nobody() -> None:
    draft = factories.scale(state="draft")
    with pytest.raises(NoRuleInForce):
        scale_for(draft.organisation, draft.valid_from + timedelta(days=3))
