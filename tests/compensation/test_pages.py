"""The pages of money: who enters, what they read, what a wrong value answers."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from equipage.compensation.models import ClaimLine
from equipage.foundation.audit.models import AuditEntry
from equipage.payments.models import AssociationAccount, Payment, PaymentRun
from equipage.payments.services import runs
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of
from tests.funding.factories import fund
from tests.listing_checks import MOST_QUERIES, assert_constant_queries

pytestmark = pytest.mark.django_db


def money(step: str = "executed") -> tuple:
    """A team of two with one action brought to `step`."""
    factories.scale()
    factories.paying_account()
    team = factories.paid_team()
    factories.validated(team)
    if step in ("prepared", "approved", "executed"):
        run = factories.prepared()
        if step in ("approved", "executed"):
            run = runs.approve(run, actor=people.treasurer())
        if step == "executed":
            runs.execute(run, actor=people.officer(), executed_on=date(2026, 11, 22))
    return team, factories.people_of(team)[0]


def test_my_money_says_what_arrived_and_how_long_it_took() -> None:
    _, person = money()
    said = text_of(signed_in(person.user).get(reverse("compensation:mine")))
    assert "À venir :" in said and "en cours de virement" not in said
    assert "37,50 € versés le 22 novembre 2026, 39 jours après la première action" in said
    assert "Novembre 2026" in said and "Relevé PDF" in said


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("validated", "Tout est en ordre : elle sera dans la prochaine campagne de paiement."),
        ("prepared", "La campagne du mois est préparée : la trésorière ou le trésorier l'approuve."),
        ("approved", "37,50 € en cours de virement, demandé à la banque pour le 23 novembre 2026"),
    ],
)
def test_my_money_says_what_is_awaited_and_from_whom(step: str, said: str) -> None:
    _, person = money(step)
    page = text_of(signed_in(person.user).get(reverse("compensation:mine")))
    assert said in page and ("La main est à l'association" in page) == (step != "approved")


def test_my_money_says_which_condition_is_missing() -> None:
    factories.scale()
    team = factories.recognised_team()
    factories.validated(team)
    page = text_of(signed_in(people.lead_of(team)).get(reverse("compensation:mine")))
    assert "La convention n'est pas en vigueur au jour de l'action. La main est à vous." in page


def test_my_money_without_anything_offers_the_first_step() -> None:
    page = text_of(signed_in(people.nurse().user).get(reverse("compensation:mine")))
    assert "Rien pour l'instant" in page


def test_a_line_opens_its_sentence_its_rule_and_its_decision() -> None:
    _, person = money()
    line = ClaimLine.objects.get(professional=person)
    page = text_of(signed_in(person.user).get(reverse("compensation:line", args=[line.pk])))
    assert "45 min à 50,00 € l'heure" in page
    assert "Barème fictif" in page and "Validée le 22 novembre 2026" in page and "Un doute ?" in page


def test_a_professional_never_sees_the_money_of_another() -> None:
    team, person = money()
    colleague = factories.people_of(team)[1]
    client = signed_in(colleague.user)
    line, payment = ClaimLine.objects.get(professional=person), Payment.objects.get(professional=person)
    for address in (
        reverse("compensation:line", args=[line.pk]),
        reverse("payments:payment", args=[payment.pk]),
        reverse("payments:statement", args=[payment.pk]),
        reverse("payments:run", args=[payment.run_id]),
        reverse("payments:runs"),
        reverse("compensation:lines"),
        reverse("books:ledger"),
        reverse("compensation:dashboard"),
    ):
        assert client.get(address).status_code == 404, address
    team_page = text_of(client.get(reverse("compensation:of_team", args=[team.pk])))
    assert person.full_name not in team_page


def test_a_member_of_another_team_does_not_see_the_envelope() -> None:
    team, _ = money()
    assert signed_in(people.nurse().user).get(reverse("compensation:of_team", args=[team.pk])).status_code == 404


def test_the_agency_sees_the_envelope_and_no_line() -> None:
    team, person = money()
    page = signed_in(people.ars_region()).get(reverse("compensation:of_team", args=[team.pk]))
    assert page.status_code == 200
    assert "75,00 € sur 10 000,00 €" in text_of(page) and person.full_name not in text_of(page)


def test_a_payment_that_nobody_approved_is_not_shown_to_the_payee() -> None:
    _, person = money("prepared")
    payment = Payment.objects.get(professional=person)
    assert signed_in(person.user).get(reverse("payments:payment", args=[payment.pk])).status_code == 404


def test_the_statement_is_a_pdf_even_before_it_is_sealed() -> None:
    _, person = money("approved")
    payment = Payment.objects.get(professional=person)
    answer = signed_in(person.user).get(reverse("payments:statement", args=[payment.pk]))
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")


def test_the_officer_prepares_from_the_three_piles() -> None:
    money("validated")
    client = signed_in(people.officer())
    address = reverse("compensation:prepare")
    page = text_of(client.get(f"{address}?mois=2026-10"))
    assert "75,00 € à payer pour octobre 2026" in page and "Premier versement sur ce compte." in page
    refused = client.post(address, {"mois": "2026-10"})
    assert refused.status_code == 422 and "avant votre décision" in text_of(refused)
    assert "(2 personnes, 75,00 €)" in text_of(refused)
    factories.decided()
    answer = client.post(address, {"mois": "2026-10"})
    run = PaymentRun.objects.get()
    assert answer["Location"] == reverse("payments:run", args=[run.pk])


def test_preparing_nothing_says_so_and_an_unreadable_month_too() -> None:
    client = signed_in(people.officer())
    answer = client.post(reverse("compensation:prepare"), {"mois": "2026-10"})
    assert answer.status_code == 422 and "Rien n'est à payer pour octobre 2026" in text_of(answer)
    answer = client.get(reverse("compensation:prepare"), {"mois": "octobre"})
    assert answer.status_code == 422 and "n'est pas un mois" in text_of(answer)


def test_the_treasurer_reads_approves_and_takes_the_file() -> None:
    money("prepared")
    run = PaymentRun.objects.get()
    client = signed_in(people.treasurer())
    page = text_of(client.get(reverse("payments:run", args=[run.pk])))
    assert "75,00 € en 2 virements" in page and "D'accord au centime" in page
    ask = text_of(client.get(reverse("payments:run_move", args=[run.pk, "approve"])))
    assert "Approuver 75,00 € en 2 virements" in ask and "le 23 novembre 2026" in ask
    assert client.post(reverse("payments:run_move", args=[run.pk, "approve"])).status_code == 302
    file = client.post(reverse("payments:bank_file", args=[run.pk]))
    assert file.content == bytes(people.fresh(run).bank_file)
    assert AuditEntry.objects.filter(action="payments.payment_run.take_file").count() == 1
    again = client.post(reverse("payments:run_move", args=[run.pk, "approve"]), follow=True)
    assert "La campagne est approuvée" in text_of(again)


def test_the_officer_does_not_take_the_file_of_accounts() -> None:
    money("approved")
    run = PaymentRun.objects.get()
    assert signed_in(people.officer()).post(reverse("payments:bank_file", args=[run.pk])).status_code == 404


def test_who_prepared_reads_why_they_may_not_approve() -> None:
    both = people.treasurer(person=people.officer())
    factories.scale()
    factories.paying_account()
    factories.validated(factories.paid_team())
    run = factories.prepared(by=both)
    client = signed_in(both)
    assert "une deuxième personne l'approuve" in text_of(client.get(reverse("payments:run", args=[run.pk])))
    client.post(reverse("payments:run_move", args=[run.pk, "approve"]))
    assert people.fresh(run).state == "prepared"


def test_an_execution_in_the_future_comes_back_with_its_sentence() -> None:
    money("approved")
    run = PaymentRun.objects.get()
    client = signed_in(people.treasurer())
    address = reverse("payments:run_move", args=[run.pk, "execute"])
    answer = client.post(address, {"executed_on": "2026-12-24"})
    assert answer.status_code == 422 and "La date d'exécution est dans le futur" in text_of(answer)
    assert 'value="2026-12-24"' in answer.content.decode()
    assert client.post(address, {"executed_on": "2026-11-22"}).status_code == 302
    assert people.fresh(run).state == "executed"


def test_a_cancellation_asks_why() -> None:
    money("prepared")
    run = PaymentRun.objects.get()
    client = signed_in(people.officer())
    address = reverse("payments:run_move", args=[run.pk, "cancel"])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Une ligne à revoir."}).status_code == 302
    assert people.fresh(run).cancel_reason == "Une ligne à revoir."


@pytest.mark.parametrize(
    "name",
    [
        "payments:runs",
        "compensation:lines",
        "books:ledger",
        "books:balance",
        "compensation:scales",
        "compensation:dashboard",
        "payments:account",
        "compensation:prepare",
    ],
)
@pytest.mark.parametrize("role", [people.officer, people.treasurer, people.association_admin])
def test_every_page_of_the_association_opens_empty_and_full(name: str, role) -> None:
    client = signed_in(role())
    assert client.get(reverse(name)).status_code == 200
    money()
    fund(5000, fictitious=True)
    assert client.get(reverse(name)).status_code == 200


def test_another_region_sees_nothing_of_this_one() -> None:
    money()
    run = PaymentRun.objects.get()
    client = signed_in(people.officer(region_code="53"))
    assert client.get(reverse("payments:run", args=[run.pk])).status_code == 404
    for name in ("payments:runs", "compensation:lines", "books:ledger", "books:balance"):
        assert "octobre" not in text_of(client.get(reverse(name))).lower(), name


def test_the_administration_gives_the_account_and_only_its_mask_is_shown() -> None:
    client = signed_in(people.association_admin())
    address = reverse("payments:account")
    wrong = client.post(address, {"holder": "Association", "iban": "FR76 3000 1007 9412 3456 7890 186"})
    assert wrong.status_code == 422
    good = factories.iban(5)
    sent = {"holder": "Association", "iban": good, "file_version": "pain.001.001.03"}
    assert client.post(address, sent).status_code == 302
    assert (AssociationAccount.objects.get().iban, AssociationAccount.objects.get().file_version) == (
        good,
        "pain.001.001.03",
    )
    page = client.get(address).content.decode()
    assert good not in page and good[-4:] in page
    trace = AuditEntry.objects.get(action="payments.association_account.give")
    assert good not in str(trace.after)


def test_an_officer_reads_who_gives_the_account() -> None:
    client = signed_in(people.officer())
    assert "donné par son administration" in text_of(client.get(reverse("payments:account")))
    client.post(reverse("payments:account"), {"holder": "Association", "iban": factories.iban(5)})
    assert not AssociationAccount.objects.exists()


def test_the_year_is_set_against_what_funders_give() -> None:
    fund(150_000_000)
    page = text_of(signed_in(people.officer()).get(reverse("compensation:dashboard")))
    assert "0,00 € sur 1 500 000,00 €" in page and "Il reste 1 500 000,00 € à engager" in page


def test_the_team_page_shows_its_envelope() -> None:
    team, person = money("validated")
    page = text_of(signed_in(person.user).get(reverse("teams:team", args=[team.pk])))
    assert "75,00 € sur 10 000,00 €" in page


def test_homes_tell_what_waits() -> None:
    _, person = money("validated")
    assert "37,50 € pour vous" in text_of(signed_in(person.user).get("/"))
    officer = people.officer()
    assert "75,00 € à payer pour octobre 2026" in text_of(signed_in(officer).get("/"))
    factories.prepared(by=officer)
    assert "Rien ne part sans votre accord" in text_of(signed_in(people.treasurer()).get("/"))


def test_my_money_costs_the_same_for_two_months_and_for_many() -> None:
    factories.scale()
    factories.paying_account()
    team = factories.paid_team()
    person = factories.people_of(team)[0]
    client, address = signed_in(person.user), reverse("compensation:mine")

    def add(count: int) -> None:
        for _ in range(count):
            factories.validated(team)
            runs.execute(factories.approved(), actor=people.officer(), executed_on=date(2026, 11, 22))
            factories.validated(team, held_on=date(2026, 11, 3))

    add(2)
    # Two more than a list: arrived, what came back, coming, missing, and the statements of past years.
    assert_constant_queries(client, address, lambda: add(4), most=14)


@pytest.mark.parametrize("name", ["payments:runs", "compensation:lines", "books:ledger", "compensation:scales"])
def test_lists_cost_the_same_for_few_rows_and_for_many(name: str) -> None:
    factories.scale()
    factories.paying_account()
    team = factories.paid_team()

    def add(count: int) -> None:
        for _ in range(count):
            factories.validated(team)
            factories.scale(state="draft")
            runs.execute(factories.approved(), actor=people.officer(), executed_on=date(2026, 11, 22))

    add(2)
    assert_constant_queries(signed_in(people.officer()), reverse(name), lambda: add(5))


def test_the_preview_costs_the_same_for_few_people_and_for_many() -> None:
    factories.scale()
    factories.validated(factories.paid_team())

    def grow() -> None:
        for _ in range(4):
            factories.validated(factories.paid_team())

    address = f"{reverse('compensation:prepare')}?mois=2026-10"
    # More than a list: what came back and is paid again; the people and the teams of the lines.
    assert_constant_queries(signed_in(people.officer()), address, grow, most=15)


def test_a_run_costs_the_same_for_few_people_and_for_many() -> None:
    factories.scale()
    factories.paying_account()
    client = signed_in(people.officer())
    costs = []
    factories.validated(factories.paid_team())
    factories.approved()
    for teams in (1, 4):
        for _ in range(teams):
            factories.validated(factories.paid_team())
        address = reverse("payments:run", args=[factories.approved().pk])
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        costs.append(len(asked))
    # Besides the checks, each read where it stands: the difference with the run before asks six, the decisions two.
    assert costs[0] == costs[1] <= MOST_QUERIES + 17
