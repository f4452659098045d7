"""The pages of the bank's answers and of what came back: shown before written, kept when wrong, bounded in queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from equipage.payments.models import BankAnswer, PaymentReturn
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of
from tests.listing_checks import assert_constant_queries, queries_of
from tests.payments import bank_world as bank

pytestmark = pytest.mark.django_db


def sent(content: bytes) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("relevé.xml", content, "text/xml")}


def back_and_stayed() -> tuple[Any, Any, Any]:
    """One transfer came back, the other stayed."""
    run = bank.at_the_bank()
    back, stayed = bank.transfers(run)
    bank.taken(bank.executed([back, stayed]))
    bank.taken(bank.came_back([back]))
    return run, back, stayed


def test_the_file_is_shown_then_recorded() -> None:
    run = bank.at_the_bank()
    client = signed_in(people.treasurer())
    answer = client.post(reverse("payments:take_answer"), sent(bank.executed(bank.transfers(run))))
    row = BankAnswer.objects.get()
    address = reverse("payments:answer", args=[row.pk])
    assert (answer.status_code, answer.headers["Location"], row.file_name) == (302, address, "relevé.xml")
    page = text_of(client.get(address))
    assert "La banque parle de 2" in page and "est exécutée, au 22 novembre 2026" in page
    assert people.fresh(run).state == "approved"
    done = client.post(reverse("payments:answer_move", args=[row.pk, "record"]), follow=True)
    assert "La réponse de la banque est enregistrée" in text_of(done)
    assert people.fresh(run).state == "executed"
    again = client.post(reverse("payments:answer_move", args=[row.pk, "record"]), follow=True)
    assert "C'est déjà fait" in text_of(again)
    assert "Exécuté" in text_of(client.get(reverse("payments:payment", args=[bank.transfers(run)[0].pk])))


def test_the_same_file_leads_to_where_it_was_read() -> None:
    run = bank.at_the_bank()
    client = signed_in(people.officer())
    content = bank.executed(bank.transfers(run))
    client.post(reverse("payments:take_answer"), sent(content))
    again = client.post(reverse("payments:take_answer"), sent(content), follow=True)
    assert again.redirect_chain[0][0] == reverse("payments:answer", args=[BankAnswer.objects.get().pk])
    assert "déjà été lu" in text_of(again)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"%PDF", "n'est pas du XML"), (b"", "Ce fichier est vide"), (b"<a>" + b" " * 15_000_001, "plus de 15 Mo")],
)
def test_a_wrong_file_is_refused_beside_its_field(content: bytes, said: str) -> None:
    bank.at_the_bank()
    answer = signed_in(people.officer()).post(reverse("payments:take_answer"), sent(content))
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_who_waits_for_the_bank_reads_how_many() -> None:
    run = bank.at_the_bank()
    first, _ = bank.transfers(run)
    bank.taken(bank.executed([first]))
    page = text_of(signed_in(people.officer()).get(reverse("payments:run", args=[run.pk])))
    assert "Encore sans réponse : 1" in page.replace("\u00a0", " ").replace("\u202f", " ")


def test_what_came_back_is_listed_with_who_must_act() -> None:
    run, back, _ = back_and_stayed()
    client = signed_in(people.officer())
    page = text_of(client.get(reverse("payments:returns")))
    assert back.professional.full_name in page and "La personne" in page and "Ce compte est clos" in page
    bank.another_account(back)
    assert "La prochaine campagne" in text_of(client.get(reverse("payments:returns")))
    assert "virement revenu" in text_of(client.get("/")).replace("\u00a0", " ")
    bank.paid_again()
    assert "Refait" in text_of(client.get(reverse("payments:returns")))
    assert "qui n'était pas arrivé" in text_of(
        client.get(reverse("payments:payment", args=[bank.comeback(back).reissued_by_id]))
    )
    assert "Revenu" in text_of(client.get(reverse("payments:run", args=[run.pk])))


def test_the_person_reads_what_happened_and_what_to_do() -> None:
    _, back, _ = back_and_stayed()
    client = signed_in(back.professional.user)
    for address in (reverse("compensation:mine"), reverse("payments:payment", args=[back.pk])):
        page = text_of(client.get(address))
        assert "Ce compte est clos" in page and "Donner un autre compte" in page, address
    assert "0,00" in text_of(client.get(reverse("compensation:mine")))
    line = back.lines.get()
    assert "n'est pas arrivé" in text_of(client.get(reverse("compensation:line", args=[line.pk])))


def test_a_death_is_never_said_to_whoever_reads_the_account() -> None:
    run = bank.at_the_bank()
    back, stayed = bank.transfers(run)
    bank.taken(bank.executed([back, stayed]))
    bank.taken(bank.came_back([back], "MD07"))
    client = signed_in(back.professional.user)
    for address in (reverse("compensation:mine"), reverse("payments:payment", args=[back.pk])):
        assert "décédé" not in text_of(client.get(address))
    hand = signed_in(people.officer())
    assert "décédé" in text_of(hand.get(reverse("payments:payment", args=[back.pk])))
    release = reverse("payments:release_return", args=[back.pk])
    assert hand.get(release).status_code == 200
    hand.post(release)
    assert bank.comeback(back).released_at is not None


def test_by_hand_the_form_keeps_what_was_typed() -> None:
    run = bank.at_the_bank()
    first, _ = bank.transfers(run)
    client, address = signed_in(people.officer()), reverse("payments:record_return", args=[first.pk])
    wrong = client.post(address, {"on": "2026-11-30", "reason_code": "AC04", "reason_text": "Compte clôturé"})
    assert wrong.status_code == 422
    assert "dans le futur" in text_of(wrong) and "Compte clôturé" in wrong.content.decode()
    assert client.post(address, {"on": "2026-11-22", "reason_code": "AC04"}).status_code == 302
    assert PaymentReturn.objects.get().kind == "rejected"


def test_the_month_says_what_it_pays_again() -> None:
    _, back, _ = back_and_stayed()
    bank.another_account(back)
    page = text_of(signed_in(people.officer()).get(f"{reverse('compensation:prepare')}?mois=2026-10"))
    assert "37,50" in page and "à refaire" in page


@pytest.mark.parametrize("name", ["payments:returns", "payments:answers"])
def test_lists_cost_the_same_for_few_rows_and_for_many(name: str) -> None:
    factories.scale()
    factories.paying_account()

    def add(count: int) -> None:
        for _ in range(count):
            factories.validated(factories.paid_team())
            bank.taken(bank.came_back(bank.transfers(factories.approved())))

    add(2)
    assert_constant_queries(signed_in(people.officer()), reverse(name), lambda: add(3))


def test_an_answer_costs_the_same_for_few_transfers_and_for_many() -> None:
    factories.scale()
    factories.paying_account()
    client = signed_in(people.officer())

    def made(teams: int) -> str:
        for _ in range(teams):
            factories.validated(factories.paid_team())
        client.post(reverse("payments:take_answer"), sent(bank.came_back(bank.transfers(factories.approved()))))
        return reverse("payments:answer", args=[BankAnswer.objects.latest("pk").pk])

    counts = []
    for teams in (1, 4):
        address = made(teams)
        counts.append(len(queries_of(client, address)))
    assert counts[0] == counts[1] <= 16
