"""The pages of a doubt: opened in a few taps, followed, answered with what will be written shown first."""

from __future__ import annotations

import pytest
from django.urls import reverse

from equipage.compensation.models import ClaimLine
from equipage.disputes.models import Dispute
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of
from tests.disputes.cast import cast
from tests.listing_checks import assert_constant_queries

pytestmark = pytest.mark.django_db


def test_from_the_line_to_the_doubt_and_its_day() -> None:
    who = cast(paid=True)
    client = signed_in(who.payee)
    line = client.get(reverse("compensation:line", args=[who.line.pk])).content.decode()
    address = reverse("disputes:open", args=[who.line.pk])
    assert address in line and "Un doute" in line
    page = text_of(client.get(address))
    assert "La durée n'est pas la bonne" in page and "vous répond avant le" in page
    told = text_of(client.post(address, {"reason": "duree"}, follow=True))
    dispute = Dispute.objects.get()
    assert "C'est envoyé" in told and "En attente d'une réponse" in told
    assert reverse("disputes:dispute", args=[dispute.pk]) in client.get(reverse("disputes:mine")).content.decode()
    assert client.get(address)["Location"] == reverse("disputes:dispute", args=[dispute.pk])


@pytest.mark.parametrize(
    ("sent", "said"),
    [({}, "Choisissez ce qui ne va pas"), ({"reason": "autre"}, "en une phrase"), ({"reason": "faux"}, "n'existe pas")],
)
def test_a_doubt_without_a_reason_keeps_what_was_typed(sent: dict[str, str], said: str) -> None:
    who = cast()
    answer = signed_in(who.payee).post(
        reverse("disputes:open", args=[who.line.pk]),
        {**sent, "words": "  " if sent.get("reason") == "autre" else "Mot"},
    )
    assert answer.status_code == 422 and said in text_of(answer) and not Dispute.objects.exists()


def test_a_colleague_neither_opens_nor_reads_it() -> None:
    who = cast()
    dispute = who.opened()
    other = signed_in(who.colleague)
    for address in (
        reverse("disputes:open", args=[who.line.pk]),
        reverse("disputes:dispute", args=[dispute.pk]),
        reverse("disputes:move", args=[dispute.pk, "withdraw"]),
    ):
        assert other.get(address).status_code == 404, address


def test_the_answer_shows_what_it_will_write_then_writes_exactly_that() -> None:
    who = cast(paid=True)
    dispute = who.opened()
    client = signed_in(who.treasurer)
    address = reverse("disputes:move", args=[dispute.pk, "repondre"])
    sent = {
        "outcome": "calculer",
        "words": "Le compte rendu dit 90 minutes.",
        "kind": factories.MEETING,
        "minutes": "90",
        "participants": "2",
        "patients": "0",
    }
    preview = client.post(address, sent)
    page = text_of(preview)
    assert "Ce qui sera écrit" in page and "25,00" in page and "75,00" in page
    assert not ClaimLine.objects.filter(adjusts=who.line).exists()
    shown = preview.context["form"].data["shown"]
    changed = client.post(address, {**sent, "minutes": "120", "shown": shown, "confirm": "1"})
    assert "Ce qui sera écrit" in text_of(changed) and not ClaimLine.objects.filter(adjusts=who.line).exists()
    done = client.post(address, {**sent, "shown": shown, "confirm": "1"}, follow=True)
    assert "Montant corrigé" in text_of(done)
    assert ClaimLine.objects.get(adjusts=who.line).amount_cents == 2500


def test_instalments_are_part_of_what_was_shown() -> None:
    who = cast(paid=True)
    address = reverse("disputes:move", args=[who.opened().pk, "repondre"])
    sent = {"outcome": "montant", "words": "Trop.", "amount": "-12,50", "instalments": "2"}
    client = signed_in(who.treasurer)
    shown = client.post(address, sent).context["form"].data["shown"]
    client.post(address, {**sent, "instalments": "3", "shown": shown, "confirm": "1"})
    assert not ClaimLine.objects.filter(adjusts=who.line).exists()
    client.post(address, {**sent, "shown": shown, "confirm": "1"})
    assert ClaimLine.objects.filter(adjusts=who.line).count() == 2


def test_who_validated_the_action_does_not_answer() -> None:
    who = cast()
    dispute = who.opened()
    page = signed_in(who.officer).get(reverse("disputes:dispute", args=[dispute.pk]))
    assert reverse("disputes:move", args=[dispute.pk, "repondre"]) not in page.content.decode()


def test_the_list_of_the_association_costs_the_same_for_few_and_many() -> None:
    cast().opened()
    people.officer()

    def more() -> None:
        for _ in range(3):
            cast(scaled=False).opened()

    assert_constant_queries(signed_in(people.officer()), reverse("disputes:list"), more)
