"""Somebody says that a contact is wrong: kept, told to those who may correct it, answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from equipage.foundation.audit import verify
from equipage.foundation.refusals import Refused
from equipage.messaging.models import Notice
from equipage.people.models import User
from equipage.support import services
from equipage.support.models import DeskReport
from equipage.support.selectors import waiting_reports_card
from equipage.support.services.desks import MOST_REPORTS_FROM_ONE_PLACE
from tests import factories as make
from tests.listing_checks import assert_constant_queries, rows_shown
from tests.support.helpers import desk, sent, shown

pytestmark = pytest.mark.django_db
LIST = "/aide/signalements/"
PAGE = "/aide/contacts/guichet/signaler/"


def typed(**more: Any) -> dict[str, Any]:
    values = {"reason": "phone", "text": "Il sonne dans le vide.", "email": "Lea@demo.equipage.invalid"}
    return {**values, "site_web": "", "ouvert": shown("support.desk_report"), **more}


def report(made: Any, **more: Any) -> DeskReport:
    return services.report_desk(**{"network_address": "192.0.2.1", "desk": made, "reason": "phone", **more})


def test_a_report_is_kept_once_and_told_to_the_association(client: Client) -> None:
    made = desk(region="52")
    officer, admin, elsewhere = make.officer(), make.association_admin(), make.officer(region_code="53")
    assert "Guichet guichet" in client.get(PAGE).content.decode()
    for _ in range(2):
        answer = client.post(PAGE, typed())
        assert answer.status_code == 200 and "Merci, c’est transmis" in answer.content.decode()
    row = DeskReport.objects.get()
    assert (row.desk, row.reason, row.email, row.state) == (made, "phone", "lea@demo.equipage.invalid", "open")
    assert "127.0.0.1" not in row.origin and len(row.origin) == 64
    assert {notice.recipient for notice in Notice.objects.all()} == {officer, admin}
    assert {mail.to[0] for mail in sent()} == {officer.email, admin.email} and elsewhere
    with pytest.raises(IntegrityError), transaction.atomic():
        DeskReport.objects.create(desk=made, reason="phone", digest=row.digest)


def test_a_desk_of_all_france_is_told_to_the_platform() -> None:
    platform = make.platform_admin()
    make.officer()
    report(desk())
    assert {notice.recipient for notice in Notice.objects.all()} == {platform}


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"reason": ""}, "Choisissez ce qui ne va pas"),
        ({"reason": "other", "text": ""}, "Dites en quelques mots"),
        ({"text": "185054900712345"}, "sécurité sociale"),
        ({"email": "lea"}, "adresse e-mail"),
        ({"site_web": "x"}, "réservée aux robots"),
        ({"ouvert": ""}, "ouverte trop longtemps"),
        ({"ouvert": shown("support.help_request")}, "ouverte trop longtemps"),
        ({"text": "x" * 1001}, "1000"),
    ],
)
def test_a_wrong_report_is_explained_and_stays(client: Client, more: dict[str, str], sentence: str) -> None:
    desk(region="52")
    answer = client.post(PAGE, typed(**more))
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page
    assert "Lea@demo.equipage.invalid" in page or more.get("email")
    assert not DeskReport.objects.exists()


def test_too_quick_and_too_many(client: Client) -> None:
    made = desk(region="52")
    assert client.post(PAGE, typed(ouvert=shown("support.desk_report", 1))).status_code == 422
    for rank in range(MOST_REPORTS_FROM_ONE_PLACE):
        report(made, text=f"Mot {rank}")
    report(made, text="mot 0")
    with pytest.raises(Refused, match="arrête les robots"):
        report(made, text="Un de trop")
    report(made, text="D'ailleurs", network_address="198.51.100.7")
    DeskReport.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    report(made, text="Le lendemain")


def test_an_unknown_desk_is_not_reported(client: Client) -> None:
    assert client.get("/aide/contacts/inconnu/signaler/").status_code == 404


def test_the_association_corrects_and_says_so_once(client: Client) -> None:
    made, officer = desk(region="52"), make.officer()
    row = report(made, email="lea@demo.equipage.invalid", text="<b>Faux</b>")
    client.force_login(officer)
    sent()
    (card,) = waiting_reports_card(officer)
    assert card["url"] == LIST
    page = client.get(f"{LIST}{row.pk}/").content.decode()
    assert "&lt;b&gt;Faux" in page and f"/aide/guichets/{made.pk}/" in page and "C’est corrigé" in page
    assert "Signalé par le public" in client.get(f"/aide/guichets/{made.pk}/").content.decode()
    assert client.get(f"{LIST}{row.pk}/etapes/mend/").status_code == 302 and make.fresh(row).state == "open"
    for _ in range(2):
        assert client.post(f"{LIST}{row.pk}/etapes/mend/").status_code == 302
    row = make.fresh(row)
    assert (row.state, row.decided_by, row.origin) == ("mended", officer, "")
    (told,) = sent()
    assert told.to == [row.email] and "grâce à vous" in told.body and "Faux" not in told.body
    assert waiting_reports_card(officer) == [] and verify() is None
    report(made, text="<b>Faux</b>")
    assert DeskReport.objects.count() == 2, "une fois traité, il peut se redire"


def test_a_report_is_set_aside_with_a_reason(client: Client) -> None:
    officer = make.officer()
    row = report(desk(region="52"), email="lea@demo.equipage.invalid")
    client.force_login(officer)
    sent()
    address = f"{LIST}{row.pk}/etapes/set_aside/"
    assert "Écarter ce signalement" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "185054900712345"}).status_code == 422
    assert client.post(address, {"reason": "Vérifié ce matin : le numéro répond."}).status_code == 302
    row = make.fresh(row)
    assert row.state == "set_aside" and row.decision_reason.startswith("Vérifié")
    (told,) = sent()
    assert "le numéro répond" in told.body
    assert client.post(address, {"reason": "Encore"}).status_code == 302 and sent() == []
    assert "Vérifié ce matin" in client.get(f"{LIST}{row.pk}/").content.decode()
    assert client.get(f"{LIST}{row.pk}/etapes/inconnu/").status_code == 404


def strangers() -> list[User]:
    return [make.officer(region_code="53"), make.treasurer(), make.ars_region(), make.nurse().user, make.user("X")]


def test_others_see_no_report_and_decide_none(client: Client) -> None:
    row = report(desk(region="52"))
    for person in strangers():
        assert not DeskReport.objects.visible_to(person).exists()
        client.force_login(person)
        assert client.get(f"{LIST}{row.pk}/").status_code == 404
        for move in ("mend", "set_aside"):
            assert client.post(f"{LIST}{row.pk}/etapes/{move}/", {"reason": "x"}).status_code == 404
        with pytest.raises(Refused):
            services.mend_report(actor=person, report=row)
    client.logout()
    assert client.get(LIST).status_code == 302
    national = report(desk("france"), text="France")
    assert not DeskReport.objects.visible_to(make.officer()).filter(pk=national.pk).exists()
    assert DeskReport.objects.visible_to(make.platform_admin()).count() == 2


def test_the_list_of_reports(client: Client) -> None:
    made, officer = desk(region="52"), make.officer()
    done = report(made, text="Fini")
    services.mend_report(actor=officer, report=done)
    report(made, text="Ouvert")
    client.force_login(officer)
    assert len(rows_shown(client.get(LIST).content.decode())) == 2
    assert len(rows_shown(client.get(f"{LIST}?etat=open").content.decode())) == 1

    def grow() -> None:
        for rank in range(20):
            report(made, text=f"Mot {rank}", network_address=f"192.0.2.{rank + 10}")

    assert_constant_queries(client, LIST, grow)
