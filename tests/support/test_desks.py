"""Contacts: which ones a place gets, those that come with Équipage, what the database refuses."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from equipage.foundation.audit import verify
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.periods import today
from equipage.rules import library
from equipage.support.models import Desk
from equipage.support.selectors import desk_of_request, desks_for
from equipage.support.services import desk_of, load_contacts
from tests import factories as make
from tests.support.helpers import desk, every_reach, inside
from tools import installation

pytestmark = pytest.mark.django_db


def keys(desks: list[Desk]) -> list[str]:
    return [found.key for found in desks]


@pytest.fixture
def served() -> None:
    """A desk of each reach."""
    every_reach()


# --- which desk -------------------------------------------------------------------------------------------------------


def test_the_department_comes_before_the_region_and_the_region_before_france(
    served: None, django_assert_num_queries: Any
) -> None:
    commune = make.commune()
    with django_assert_num_queries(1):
        found = desks_for(commune=commune)
    assert keys(found) == ["departement", "asalee-49", "region", "esp-clap", "france"]
    assert keys(desks_for(commune=commune.pk)) == keys(found)
    assert keys(desks_for(department="49")) == keys(found)


def test_the_desk_of_the_form_comes_first(served: None) -> None:
    commune = make.commune()
    assert keys(desks_for(commune=commune, form="esp-clap")) == ["esp-clap", "departement", "region", "france"]
    assert keys(desks_for(commune=commune, form="asalee")) == ["asalee-49", "departement", "region", "france"]
    assert keys(desks_for(commune=commune, form="msp")) == ["departement", "region", "france"]


def test_a_region_alone_gives_no_department_and_nowhere_gives_all_france(served: None) -> None:
    assert keys(desks_for(region="52", form="esp-clap")) == ["esp-clap", "region", "france"]
    assert keys(desks_for(region=make.region("53"))) == ["bretagne", "france"]
    assert keys(desks_for(region="")) == keys(desks_for()) == ["france"]


def test_a_closed_desk_is_found_no_more(served: None) -> None:
    commune = make.commune()
    Desk.objects.filter(key="departement").update(closed_on=today() + timedelta(days=1))
    assert "departement" in keys(desks_for(commune=commune))
    Desk.objects.filter(key="departement").update(closed_on=today())
    assert "departement" not in keys(desks_for(commune=commune))


def test_a_request_goes_to_a_desk_that_can_be_written_to() -> None:
    commune = make.commune()
    assert desk_of_request(commune) is None
    by_phone = desk("telephone", department="49", email="", phone="02 00 00 00 00")
    assert desk_of_request(commune, "", by_phone) is None
    everywhere = desk("france")
    assert desk_of_request(commune, "", by_phone) == everywhere
    association = inside(email="", phone="02 00 00 00 01")
    assert desk_of_request(commune) == everywhere, "une organisation sans personne ne répond pas"
    make.officer()
    assert desk_of_request(commune) == association
    wanted = desk("bretagne", region="53")
    assert desk_of_request(commune, "", wanted) == wanted
    wanted.closed_on = today()
    assert desk_of_request(commune, "", wanted) == association


# --- the contacts that come with Équipage -----------------------------------------------------------------------------


def test_the_published_contacts_are_loaded_once_and_never_written_over() -> None:
    for code in ("44", "49", "53", "72", "85"):
        make.department(code)
    loaded = load_contacts()
    assert len(loaded.added) == 16 and not loaded.waiting
    assert not any(found.person_name for found in Desk.objects.all()), "aucun nom de personne n'est livré"
    assert all(found.source and found.checked_on is None for found in Desk.objects.all())
    assert Desk.objects.get(key="ars-delegation-53").tel == "+33249104800"
    Desk.objects.filter(key="apmsl").update(phone="02 00 00 00 00", closed_on=today())
    again = load_contacts()
    assert not again.added and Desk.objects.get(key="apmsl").phone == "02 00 00 00 00"
    assert AuditEntry.objects.filter(action="support.desk.load").count() == 16 and verify() is None


def test_what_the_leaflets_say_is_what_is_loaded() -> None:
    """Written from the leaflets, apart from the packs."""
    packs = library()
    desks = [desk_of(packs, contact) for contact in packs.pack.contacts.values()]
    found = {one.key: (one.phone.replace("\u202f", " "), one.email) for one in desks}
    assert found["association-esp-clap"] == ("06 65 18 11 44", "contact@esp-clap.org")
    assert found["ars-pays-de-la-loire"] == ("02 49 10 40 00", "ARS-PDL-DOSA-ASP@ars.sante.fr")
    assert found["apmsl"] == ("02 28 21 97 35", "contact@apmsl.fr")
    assert found["c3si"] == ("06 14 14 95 30", "labo@c-trois-si.fr")
    assert found["inter-urps"] == ("07 66 86 90 52", "cpts@interurps-pdl.org")
    assert found["asalee"] == ("06 13 01 76 25", "")
    delegations = {"44": "02 49 10 40 00", "49": "02 41 25 76 11", "53": "02 49 10 48 00"}
    delegations |= {"72": "02 44 81 30 13", "85": "02 72 01 57 16"}
    for code, phone in delegations.items():
        assert found[f"ars-delegation-{code}"][0] == phone
        assert found[f"asalee-{code}"] == ("", f"contact{code}@asalee.fr")
    assert len(found) == 16


def test_contacts_wait_for_their_place(capsys: Any) -> None:
    assert keys(load_contacts().added) == ["asalee"], "sans territoire, seul le contact national"
    make.department("49")
    call_command("load_contacts")
    said = capsys.readouterr().out
    assert "7 contacts ajoutés" in said.replace("\u00a0", " ") and "ars-delegation-44" in said
    assert Desk.objects.get(key="ars-delegation-49").region_id == "52"


def test_setting_up_loads_the_contacts_once_an_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "var", lambda: tmp_path)
    ran: list[str] = []

    def manage(settings: dict[str, str], *words: str, **named: str) -> str:
        ran.append(words[0])
        return ""

    monkeypatch.setattr(installation, "_manage", manage)
    known: dict[str, Any] = {"commands": ["load_contacts"], "has_communes": True}
    installation._contacts({}, {**known, "commands": []})
    assert ran == []
    for _ in range(2):
        installation._contacts({}, known)
    assert ran == ["load_contacts"]
    installation._contacts({}, {**known, "has_communes": False})
    assert ran == ["load_contacts"] * 2, "une base neuve les reçoit, même si l'édition n'a pas changé"


# --- what the database refuses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"email": "", "phone": "", "url": ""},
        {"department": "49", "region": None},
        {"checked_by": "someone"},
    ],
)
def test_the_database_refuses_a_desk_nobody_can_reach_or_place(values: dict[str, Any]) -> None:
    if "department" in values:
        values = {"department_id": make.department("49").pk}
    if "checked_by" in values:
        values = {"checked_by": make.officer()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Desk.objects.create(key="x", name="x", role="x", kind="other", source="x", **{"email": "a@b.fr", **values})
