"""A professional whom nobody invited asks for an account, and a person answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from equipage.foundation.audit import verify
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.refusals import Refused
from equipage.people import services
from equipage.people.models import AccountRequest, Professional, User
from equipage.people.selectors import doubts_of, waiting_for_platform
from equipage.people.services import Practitioner
from equipage.people.services.requests import MOST_FOR_ONE_MAIL, MOST_FROM_ONE_PLACE
from tests import factories as make
from tests.listing_checks import assert_constant_queries

pytestmark = pytest.mark.django_db
ASK, LIST = "/compte/demander/", "/compte/demandes/"


def shown(seconds: int = 30) -> str:
    """The mark of a page shown so long ago."""
    return signing.dumps(int(timezone.now().timestamp()) - seconds, salt="people.account_request")


def typed(**more: Any) -> dict[str, Any]:
    make.commune()
    return {
        "email": "Lea.Roux@demo.equipage.invalid",
        "first_name": "Léa",
        "last_name": "Roux",
        "rpps": make.rpps(),
        "profession_code": "60",
        "commune": "49092",
        "site_web": "",
        "ouvert": shown(),
        **more,
    }


def asked(**more: Any) -> AccountRequest:
    values: dict[str, Any] = {
        "network_address": "192.0.2.1",
        "email": "lea@demo.equipage.invalid",
        "first_name": "Léa",
        "last_name": "Roux",
        "rpps": make.rpps(),
        "profession_code": "60",
        "commune": make.commune(),
    }
    return services.ask_account(**{**values, **more})


def accept(row: AccountRequest, actor: User | None = None, **more: Any) -> User:
    values: dict[str, Any] = {
        "rpps": row.rpps,
        "profession_code": row.profession_code,
        "commune": row.commune,
        "since": make.LONG_AGO,
    }
    return services.accept_request(
        actor=actor or make.platform_admin(), request=row, practitioner=Practitioner(**{**values, **more})
    )


def letters() -> list[list[Any]]:
    """Address, subject, text and link of each mail that waits to leave."""
    return [task.args_kwargs["args"] for task in DBTaskResult.objects.order_by("enqueued_at")]


def test_asking_opens_nothing_and_is_acknowledged(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(ASK, typed())
    page = answer.content.decode()
    assert answer.status_code == 200 and "Votre demande est partie" in page
    row = AccountRequest.objects.get()
    assert row.email == "lea.roux@demo.equipage.invalid" and row.state == "waiting"
    assert "127.0.0.1" not in row.origin and len(row.origin) == 64
    assert not User.objects.exists() and not Professional.objects.exists()
    (letter,) = letters()
    assert letter[0] == row.email and "Roux" not in str(letter[1:]), "rien de ce qui était tapé ne part"
    assert AuditEntry.objects.get().action == "people.account_request.ask" and verify() is None


def test_the_same_form_twice_is_one_request_and_one_mail(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    values = typed()
    with django_capture_on_commit_callbacks(execute=True):
        assert {client.post(ASK, values).status_code for _ in range(2)} == {200}
    assert AccountRequest.objects.count() == len(letters()) == 1
    first = AccountRequest.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountRequest.objects.create(
            email=first.email, rpps=first.rpps, profession_code="60", commune=first.commune, state="waiting"
        )


def test_the_answer_never_says_what_is_known(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    known = make.nurse()
    pages = []
    for email, rpps in ((known.user.email, known.rpps), ("x@demo.equipage.invalid", make.rpps())):
        with django_capture_on_commit_callbacks(execute=True):
            pages.append(client.post(ASK, typed(email=email, rpps=rpps)).content.decode().replace(email, "…"))
    assert pages[0] == pages[1]
    assert "en a déjà un" in letters()[0][2] and "/compte/mot-de-passe/oublie/" in letters()[0]
    assert "en a déjà un" not in letters()[1][2]


def test_an_unusual_key_is_accepted_and_said(client: Client) -> None:
    page = client.post(ASK, typed(rpps="10000000000")).content.decode()
    assert "La clé de ce numéro RPPS est inhabituelle" in page and AccountRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"rpps": "123456789"}, "ancien numéro ADELI"),
        ({"rpps": "810001234567"}, "le 8 du début"),
        ({"commune": "Atlantide"}, "Atlantide"),
        ({"email": "lea"}, "adresse e-mail"),
        ({"profession_code": ""}, "champ"),
        ({"site_web": "https://exemple.invalid"}, "réservée aux robots"),
        ({"ouvert": ""}, "ouverte trop longtemps"),
        ({"ouvert": "faux:jeton"}, "ouverte trop longtemps"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client: Client, more: dict[str, str], sentence: str) -> None:
    answer = client.post(ASK, typed(**more))
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and 'value="Roux"' in page
    assert not AccountRequest.objects.exists()


def test_too_quick_and_too_late(client: Client) -> None:
    quick = client.post(ASK, typed(ouvert=shown(1)))
    assert quick.status_code == 422 and "moins de 3 secondes" in quick.content.decode()
    old = shown(24 * 3600 + 5)
    late = client.post(ASK, typed(ouvert=old))
    assert late.status_code == 422 and old not in late.content.decode(), "la page porte une marque neuve"
    kept = shown(10)
    assert f'value="{kept}"' in client.post(ASK, typed(ouvert=kept, rpps="1")).content.decode()
    assert client.post(ASK, typed(ouvert=shown(4))).status_code == 200


def test_a_place_and_an_address_may_ask_so_many_times_a_day() -> None:
    number = make.rpps()
    for _ in range(MOST_FOR_ONE_MAIL - 1):
        asked()
    assert asked(rpps=number) == asked(rpps=number), "la même demande, même à la limite"
    with pytest.raises(Refused, match="avec cette adresse") as refused:
        asked(network_address="198.51.100.7")
    assert refused.value.field == "email"
    for at in range(MOST_FROM_ONE_PLACE - MOST_FOR_ONE_MAIL):
        asked(email=f"p{at}@demo.equipage.invalid")
    with pytest.raises(Refused, match="de cet endroit"):
        asked(email="z@demo.equipage.invalid")
    asked(email="z@demo.equipage.invalid", network_address="198.51.100.7")
    AccountRequest.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    asked(email="y@demo.equipage.invalid")


def test_the_limit_is_said_on_the_page(client: Client) -> None:
    for at in range(MOST_FROM_ONE_PLACE):
        assert client.post(ASK, typed(email=f"p{at}@demo.equipage.invalid")).status_code == 200
    answer = client.post(ASK, typed(email="z@demo.equipage.invalid"))
    assert answer.status_code == 422 and "arrête les robots" in answer.content.decode()


def test_accepting_opens_the_account_of_a_professional_once(django_capture_on_commit_callbacks: Any) -> None:
    row, admin = asked(), make.platform_admin()
    with django_capture_on_commit_callbacks(execute=True):
        user = accept(row, admin)
        assert accept(row, admin) == user
    row = make.fresh(row)
    assert (row.state, row.user, row.decided_by, row.origin) == ("accepted", user, admin, "")
    assert user.professional_or_none and user.professional_or_none.rpps == row.rpps
    assert not user.has_usable_password()
    assert [letter[1] for letter in letters() if "mot-de-passe" in letter[3]] == ["Votre compte Équipage est ouvert"]
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"people.user.open", "people.professional.attach", "people.account_request.accept"} <= actions
    assert verify() is None


def test_an_acceptance_refused_opens_nothing() -> None:
    taken = make.nurse()
    row = asked(rpps=taken.rpps)
    with pytest.raises(Refused, match="déjà rattaché au compte de"):
        accept(row)
    assert make.fresh(row).state == "waiting" and not User.objects.filter(email=row.email).exists()
    make.user(email="b@demo.equipage.invalid")
    with pytest.raises(Refused, match="Un compte a déjà cette adresse"):
        accept(asked(email="b@demo.equipage.invalid"))
    for stranger in (make.officer(), taken.user):
        with pytest.raises(Refused, match="reviennent à l'administration"):
            accept(row, stranger)
        with pytest.raises(Refused, match="reviennent à l'administration"):
            services.decline_request(actor=stranger, request=row, reason="Non.")


def test_declining_mails_the_reason_once(django_capture_on_commit_callbacks: Any) -> None:
    row, admin = asked(), make.platform_admin()
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(Refused, match="Écrivez une phrase"):
            services.decline_request(actor=admin, request=row, reason="  ")
        with pytest.raises(Refused, match="retirez-en le numéro de compte bancaire"):
            services.decline_request(actor=admin, request=row, reason="FR76 3000 6000 0112 3456 7890 189")
        for _ in range(2):
            services.decline_request(actor=admin, request=row, reason="Ce numéro est celui d'une autre personne.")
    row = make.fresh(row)
    assert (row.state, row.decision_reason, row.origin) == ("declined", "Ce numéro est celui d'une autre personne.", "")
    told = [letter for letter in letters() if "celui d'une autre personne" in letter[2]]
    assert len(told) == 1 and told[0][0] == row.email and told[0][3] == ASK
    with pytest.raises(Refused, match="déjà reçu une réponse"):
        accept(row, admin)
    assert not User.objects.filter(email=row.email).exists()


def test_what_does_not_agree_is_said() -> None:
    assert doubts_of(asked(email="a@demo.equipage.invalid")) == []
    taken, other = make.nurse(), make.nurse(first_name="Paul", last_name="Roux", account=False)
    midwife = make.professional("50", first_name="Léa", last_name="Roux", account=False)
    said = {
        "déjà rattaché": asked(rpps=taken.rpps, email="b@demo.equipage.invalid"),
        "celui de Paul Roux": asked(rpps=other.rpps, email="c@demo.equipage.invalid"),
        "la profession de Léa Roux est": asked(rpps=midwife.rpps, email="d@demo.equipage.invalid"),
        "déjà un compte": asked(email=taken.user.email),
        "inhabituelle": asked(rpps="10000000000", email="e@demo.equipage.invalid"),
    }
    for sentence, row in said.items():
        (only,) = doubts_of(row)
        assert sentence in only
    asked(rpps=other.rpps, email="f@demo.equipage.invalid")
    assert any("autre demande porte" in sentence for sentence in doubts_of(said["celui de Paul Roux"]))


def test_the_administrator_sees_accepts_and_declines(client: Client) -> None:
    row = asked()
    again = asked(email="b@demo.equipage.invalid")
    client.force_login(make.platform_admin())
    home = client.get("/").content.decode()
    assert "Léa Roux demande un compte" in home and f"{LIST}{row.pk}/" in home
    page = client.get(f"{LIST}{row.pk}/").content.decode()
    assert row.rpps in page and "Chemillé-en-Anjou (49)" in page and "Annuaire Santé" in page
    typed_ = {"profession_code": "60", "speciality": "", "pharmacist_section": "", "liberal": "on", "since": ""}
    assert client.post(f"{LIST}{row.pk}/", {**typed_, "commune": "49092"}).status_code == 422
    values = {**typed_, "commune": "49092", "since": "2024-01-01"}
    assert [client.post(f"{LIST}{row.pk}/", values).status_code for _ in range(2)] == [302, 302]
    done = client.get(f"{LIST}{row.pk}/").content.decode()
    assert "Acceptée par" in done and "Ouvrir le compte" not in done
    decline = f"{LIST}{again.pk}/decliner/"
    assert client.post(decline, {"reason": ""}).status_code == 422
    assert client.post(decline, {"reason": "Numéro inconnu de l'Annuaire Santé."}).status_code == 302
    assert "Numéro inconnu" in client.get(f"{LIST}{again.pk}/").content.decode()
    late = client.post(f"{LIST}{again.pk}/", values)
    assert late.status_code == 422 and "déjà reçu une réponse" in late.content.decode()
    assert "Rien ne vous attend" in client.get("/").content.decode()


def test_many_requests_are_one_card_and_the_list_asks_constant_queries(client: Client) -> None:
    admin = make.platform_admin()
    for at in range(4):
        asked(email=f"p{at}@demo.equipage.invalid")
    (card,) = waiting_for_platform(admin)
    assert card["title"].startswith("4") and card["url"] == LIST
    assert waiting_for_platform(make.officer()) == []
    client.force_login(admin)

    def grow() -> None:
        for at in range(20):
            asked(email=f"q{at}@demo.equipage.invalid", network_address=f"192.0.2.{at + 10}")

    assert_constant_queries(client, LIST, grow)


def test_nobody_else_sees_requests(client: Client) -> None:
    row = asked()
    pages = [LIST, f"{LIST}{row.pk}/", f"{LIST}{row.pk}/decliner/"]
    for stranger in (make.officer(), make.association_admin(), make.nurse().user, make.ars_region()):
        assert not AccountRequest.objects.visible_to(stranger).exists()
        client.force_login(stranger)
        assert {client.get(page).status_code for page in pages} == {404}
        assert {client.post(page).status_code for page in pages} == {404}


def test_the_doors_lead_there(client: Client) -> None:
    for page in ("/", "/compte/connexion/"):
        assert ASK in client.get(page).content.decode()
