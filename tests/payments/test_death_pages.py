"""The pages of a death: where one comes from, what they say before and after, who enters."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from equipage.foundation.periods import today
from equipage.payments.services import runs
from equipage.people.models import Death, Professional
from tests import factories as people
from tests.compensation import factories
from tests.payments.bank_world import TODAY, transfers
from tests.payments.death_world import estate, paid, prepared, recorded
from tests.payments.test_deaths import came_back, executed

pytestmark = pytest.mark.django_db
PAGES = ("death", "record_death", "estate_account", "withdraw_death")


def page(name: str, person: Professional) -> str:
    return reverse(f"payments:{name}", args=[person.pk])


def shown(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return (
        answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ").replace("'", "’").replace("&#x27;", "’")
    )


def test_the_whole_way_from_the_answer_of_the_bank_to_the_estate(client: Client) -> None:
    team, person, _ = paid()
    comeback = came_back(executed(prepared()), person, "MD07")
    transfer = reverse("payments:payment", args=[comeback.payment_id])
    client.force_login(people.officer())
    assert page("record_death", person) in shown(client, transfer)
    before = shown(client, page("record_death", person))
    for words in ("Plus aucun message ne part", "son compte est fermé", "Rien n’est annoncé à l’équipe", "se répare"):
        assert words in before
    wrong = client.post(page("record_death", person), {"died_on": "", "learnt_from": "le notaire"})
    assert wrong.status_code == 422 and "le notaire" in wrong.content.decode() and not Death.objects.exists()
    done = client.post(page("record_death", person), {"died_on": "2026-11-20", "learnt_from": "le notaire"})
    assert done["Location"] == page("death", person)
    assert client.get(page("record_death", person))["Location"] == page("death", person)
    state = shown(client, page("death", person))
    for words in (
        "37,50 €",
        "Revenu, à refaire",
        "le notaire",
        "20 novembre 2026",
        team.name,
        "titulaire de ce compte",
    ):
        assert words in state, words
    assert page("withdraw_death", person) not in state
    assert page("death", person) in shown(client, transfer)
    form = shown(client, page("estate_account", person))
    assert f"Succession de {person.full_name}" in form
    bad = client.post(page("estate_account", person), {"holder": "Succession", "iban": "FR76 1234"})
    assert bad.status_code == 422 and "FR76 1234" in bad.content.decode()
    given = client.post(page("estate_account", person), {"holder": "Succession", "iban": factories.iban(77)})
    assert given["Location"] == page("death", person)
    assert "À confirmer par l’association" in shown(client, page("death", person))


def test_the_administration_confirms_refuses_and_withdraws(client: Client) -> None:
    _, person, _ = paid()
    details = person.bank_details.get()
    admin = people.association_admin()
    client.force_login(admin)
    assert page("record_death", person) in shown(client, reverse("payments:bank_details", args=[details.pk]))
    recorded(person)
    given = estate(person, confirmed=False)
    address = reverse("payments:bank_details", args=[given.pk])
    assert page("death", person) in shown(client, address)
    sent = client.post(
        reverse("payments:bank_move", args=[given.pk, "refuse"]), {"reason": "RIB illisible."}, follow=True
    )
    assert "un autre compte peut y être donné" in sent.content.decode().replace("\u202f", " ")
    assert "RIB illisible." in shown(client, page("death", person))
    again = estate(person, confirmed=False, number=901)
    sent = client.post(reverse("payments:bank_move", args=[again.pk, "confirm"]), follow=True)
    assert "Le compte de la succession est confirmé" in sent.content.decode()
    assert client.post(page("withdraw_death", person), {"reason": ""}).status_code == 422
    assert "Son compte est rouvert." in shown(client, page("withdraw_death", person))
    client.post(page("withdraw_death", person), {"reason": "Un homonyme."})
    assert people.fresh(person.user).is_active and not Death.objects.standing().exists()
    shown(client, page("death", person), 404)


def test_what_already_left_is_said(client: Client) -> None:
    _, person, _ = paid()
    run = prepared()
    recorded(person)
    client.force_login(people.treasurer())
    assert "Un virement est préparé vers son ancien compte" in shown(client, page("death", person))
    assert "signalé ou retiré depuis la préparation" in shown(client, reverse("payments:run", args=[run.pk]))


def test_what_is_at_the_bank_is_said(client: Client) -> None:
    _, person, _ = paid()
    run = runs.approve(prepared(), actor=people.treasurer())
    recorded(person)
    client.force_login(people.treasurer())
    state = shown(client, page("death", person))
    assert "Un virement est déjà à la banque" in state
    assert next(row for row in transfers(run) if row.professional_id == person.pk).end_to_end_id in state


def test_the_month_leads_there(client: Client) -> None:
    _, person, _ = paid()
    client.force_login(people.officer())
    assert page("record_death", person) in shown(client, reverse("compensation:prepare") + "?mois=2026-11")


ENTER: dict[str, tuple[int, int, int, int]] = {
    "officer": (200, 302, 200, 404),
    "treasurer": (200, 404, 404, 404),
    "association_admin": (200, 302, 404, 200),
    "ars_region": (404, 404, 404, 404),
    "platform_admin": (404, 404, 404, 404),
}


@pytest.mark.parametrize("who", [*ENTER, "elsewhere", "colleague"])
def test_who_enters(client: Client, who: str) -> None:
    _, person, colleague = paid()
    recorded(person)
    others: dict[str, Any] = {
        "elsewhere": lambda: people.officer(region_code="53"),
        "colleague": lambda: people.fresh(colleague.user),
    }
    client.force_login((others.get(who) or getattr(people, who))())
    found = tuple(client.get(page(name, person)).status_code for name in PAGES)
    assert found == ENTER.get(who, (404, 404, 404, 404))


def test_whom_the_association_does_not_pay_and_oneself_have_no_page(client: Client) -> None:
    paid()
    officer = people.officer(person=people.nurse().user)
    factories.recognised_team(lead=officer.professional)
    client.force_login(officer)
    for person in (people.nurse(), officer.professional):
        assert client.get(page("record_death", person)).status_code == 404
        given = {"died_on": TODAY.isoformat(), "learnt_from": "l'équipe"}
        assert client.post(page("record_death", person), given).status_code == 404
    assert not Death.objects.exists() and today() == TODAY
