"""Whoever needs no look may be put aside all the same: found by name on the page of the month, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from equipage.compensation import month_page
from equipage.compensation.models import MonthDecision
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of
from tests.compensation.test_month import paid_before, piles_of
from tests.compensation.test_month_page import fields

pytestmark = pytest.mark.django_db
PAGE = "/indemnisation/mois/"


def shown(client: Any, **asked: Any) -> Any:
    return client.get(PAGE, {"mois": "2026-10", **asked})


def test_a_clear_person_is_put_aside_with_a_reason_and_taken_back() -> None:
    paid_before()
    client, address = signed_in(people.officer()), reverse("compensation:decide")
    first, second = piles_of().clear_people
    page = shown(client)
    assert "sans rien à regarder (2)" in text_of(page) and 'id="clair" open' not in page.content.decode()
    assert client.post(address, fields(first, choice="wait", clairs=1)).status_code == 422  # no reason
    sent = fields(first, choice="wait", reason="Ordre à vérifier.", clairs=1, following=second.professional_id)
    answer = client.post(address, sent)
    assert answer["Location"].endswith(f"clairs=1&fait={first.professional_id}#personne-{second.professional_id}")
    left = piles_of()
    assert [person.state for person in left.people] == ["wait"] and left.clear_people == [second]
    page = text_of(client.get(answer["Location"]))
    assert "1 personne est mise de côté (37,50 €)" in page and "Ordre à vérifier." in page
    assert len(shown(client, motif="de-cote").context["cards"]) == 1
    assert client.post(address, fields(left.people[0], choice="undo")).status_code == 302
    assert len(piles_of().clear_people) == 2
    assert factories.prepared(looked_at=False).total_cents == 7500


def test_the_clear_ones_are_searched_by_name_and_come_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    paid_before()
    client = signed_in(people.officer())
    first, _ = piles_of().clear_people
    monkeypatch.setattr(month_page, "PEOPLE_A_PAGE", 1)
    page = shown(client, clairs="2")
    assert [card.person.professional_id for card in page.context["clear_cards"]] != [first.professional_id]
    assert "page 2 sur 2" in text_of(page) and 'id="clair" open' in page.content.decode()
    found = shown(client, nom=first.professional.full_name.upper())
    assert first in [card.person for card in found.context["clear_cards"]]
    nobody = shown(client, nom="<b>Personne</b>")
    assert "Personne de ce nom ici." in text_of(nobody) and "<b>Personne" not in nobody.content.decode()


def test_whoever_does_not_decide_reads_the_clear_ones_without_a_button() -> None:
    paid_before()
    page = shown(signed_in(people.treasurer()), clairs="1")
    assert len(page.context["clear_cards"]) == 2 and "Mettre de côté" not in page.content.decode()


def test_a_refused_reason_about_a_clear_person_is_shown_again_in_their_list() -> None:
    paid_before()
    client, (first, _) = signed_in(people.officer()), piles_of().clear_people
    sent = fields(first, choice="wait", reason="Trop long. " * 60, clairs=1)
    answer = client.post(reverse("compensation:decide"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and 'id="clair" open' in page and 'value="Trop long. Trop' in page
    assert not MonthDecision.objects.filter(kind="wait").exists()
