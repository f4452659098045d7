"""Who keeps the contacts right: added, corrected, confirmed and closed by the pages, without a developer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from equipage.foundation.audit import verify
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.periods import add_months, today
from equipage.foundation.refusals import Refused
from equipage.support import services
from equipage.support.models import Desk
from tests import factories as make
from tests.listing_checks import assert_constant_queries, rows_shown
from tests.support.helpers import desk

pytestmark = pytest.mark.django_db
STAFF = "/aide/guichets/"


def test_the_association_of_the_region_corrects_confirms_and_closes() -> None:
    row, officer = desk(region="52"), make.officer()
    row.phone = "02 41 00 00 00"
    services.save_desk(actor=officer, desk=row, checked=True)
    row = make.fresh(row)
    assert (row.phone, row.checked_on, row.checked_by) == ("02 41 00 00 00", today(), officer)
    link = AuditEntry.objects.get(action="support.desk.save")
    assert link.before == {"phone": "", "checked_on": None}
    assert link.after == {"phone": "02 41 00 00 00", "checked_on": today().isoformat()}
    services.confirm_desk(actor=officer, desk=row)
    assert not AuditEntry.objects.filter(action="support.desk.confirm").exists(), "déjà vérifié aujourd'hui"
    Desk.objects.update(checked_on=date(2020, 1, 1))
    for _ in range(2):
        services.confirm_desk(actor=officer, desk=row)
    assert AuditEntry.objects.filter(action="support.desk.confirm").count() == 1
    services.close_desk(actor=officer, desk=row, closed_on=today(), reason="Fusion.")
    assert not make.fresh(row).is_open
    services.reopen_desk(actor=officer, desk=row)
    assert make.fresh(row).is_open and verify() is None
    with pytest.raises(Refused, match="bien loin") as refused:
        services.close_desk(actor=officer, desk=row, closed_on=date(2206, 1, 1), reason="")
    assert refused.value.field == "closed_on"


@pytest.mark.parametrize("who", ["officer of another region", "treasurer", "agency", "carer", "account"])
def test_nobody_else_corrects(who: str) -> None:
    row = desk(region="52")
    stranger = {
        "officer of another region": lambda: make.officer(region_code="53"),
        "treasurer": make.treasurer,
        "agency": make.ars_region,
        "carer": lambda: make.nurse().user,
        "account": lambda: make.user("Personne"),
    }[who]()
    for attempt in (
        lambda: services.save_desk(actor=stranger, desk=row),
        lambda: services.confirm_desk(actor=stranger, desk=row),
        lambda: services.close_desk(actor=stranger, desk=row, closed_on=today(), reason="x"),
        lambda: services.reopen_desk(actor=stranger, desk=row),
    ):
        with pytest.raises(Refused, match="revient à l'association de sa région"):
            attempt()
    assert make.fresh(row).checked_on is None and make.fresh(row).closed_on is None


def test_a_desk_is_not_taken_to_another_region() -> None:
    row, officer = desk(region="52"), make.officer()
    row.region = make.region("53")
    with pytest.raises(Refused):
        services.save_desk(actor=officer, desk=row)
    row.region = None
    with pytest.raises(Refused):
        services.save_desk(actor=officer, desk=row)
    theirs = desk("bretagne", region="53")
    theirs.region = make.region("52")
    with pytest.raises(Refused):
        services.save_desk(actor=officer, desk=theirs)
    services.save_desk(actor=make.platform_admin(), desk=row)
    assert make.fresh(row).region_id is None


def new_desk(**more: Any) -> dict[str, Any]:
    return {
        "name": "Maison des équipes",
        "role": "Aide les équipes",
        "kind": "association",
        "forms": ["esp-clap", "msp"],
        "region": "52",
        "department": "49",
        "phone": "02.41.00.00.00",
        "source": "Appel",
        "checked": "on",
        **more,
    }


def test_an_officer_adds_and_changes_a_desk_by_the_pages(client: Client) -> None:
    make.department("49")
    client.force_login(make.officer())
    assert client.post(f"{STAFF}nouveau/", new_desk()).status_code == 302
    row = Desk.objects.get()
    assert (row.key, row.forms, row.department_id) == ("maison-des-equipes", ["esp-clap", "msp"], "49")
    assert row.phone == "02\u202f41\u202f00\u202f00\u202f00" and row.checked_on == today()
    assert client.post(f"{STAFF}nouveau/", new_desk()).status_code == 302
    assert Desk.objects.filter(key="maison-des-equipes-2").exists()
    page = f"{STAFF}{row.pk}/"
    assert "Maison des équipes" in client.get(page).content.decode()
    assert client.post(page, new_desk(role="Aide encore", forms=[])).status_code == 302
    assert make.fresh(row).role == "Aide encore" and make.fresh(row).forms == []
    assert client.post(f"{page}verifie/").status_code == 302
    assert "Fermer le contact" in client.get(f"{page}fermer/").content.decode()
    assert client.post(f"{page}fermer/", {"closed_on": "", "reason": ""}).status_code == 422
    assert client.post(f"{page}fermer/", {"closed_on": today().isoformat(), "reason": "Fusion."}).status_code == 302
    assert not make.fresh(row).is_open and "Rouvrir" in client.get(page).content.decode()
    assert client.post(f"{page}fermer/", {"geste": "rouvrir"}).status_code == 302
    assert make.fresh(row).is_open


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"phone": "", "email": "", "url": ""}, "Donnez au moins un téléphone"),
        ({"phone": "12"}, "10 chiffres"),
        ({"department": "35"}, "Sélectionnez un choix valide"),
        ({"region": ""}, "Ce champ est obligatoire"),
        ({"region": "53"}, "Sélectionnez un choix valide"),
        ({"source": ""}, "Ce champ est obligatoire"),
        ({"forms": ["ess"]}, "Sélectionnez un choix valide"),
    ],
)
def test_a_wrong_desk_is_explained_and_what_was_typed_stays(
    client: Client, more: dict[str, Any], sentence: str
) -> None:
    for code in ("49", "35"):
        make.department(code)
    client.force_login(make.officer())
    answer = client.post(f"{STAFF}nouveau/", new_desk(**more))
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and 'value="Maison des équipes"' in page
    assert not Desk.objects.exists()


def test_the_platform_keeps_the_desks_of_all_france(client: Client) -> None:
    make.department("49")
    client.force_login(make.platform_admin())
    assert client.post(f"{STAFF}nouveau/", new_desk(region="", department="")).status_code == 302
    assert Desk.objects.get().region is None
    assert client.post(f"{STAFF}nouveau/", new_desk(region="")).status_code == 302, "la région suit le département"
    assert Desk.objects.get(key="maison-des-equipes-2").region_id == "52"
    make.department("35")
    wrong = client.post(f"{STAFF}nouveau/", new_desk(department="35"))
    assert wrong.status_code == 422 and "pas dans la région" in wrong.content.decode()


def test_a_desk_of_another_region_is_read_and_not_written(client: Client) -> None:
    row = desk("bretagne", region="53")
    client.force_login(make.officer())
    page = client.get(f"{STAFF}{row.pk}/").content.decode()
    assert "revient à l’association de sa région" in page and "Enregistrer" not in page
    assert client.post(f"{STAFF}{row.pk}/", new_desk()).status_code == 404
    for move in ("verifie", "fermer"):
        client.post(f"{STAFF}{row.pk}/{move}/", {"closed_on": today().isoformat(), "reason": "x", "geste": "x"})
    assert make.fresh(row).checked_on is None and make.fresh(row).closed_on is None
    assert rows_shown(client.get(STAFF).content.decode()) == []
    for stranger in (make.ars_region(), make.nurse().user, make.treasurer()):
        client.force_login(stranger)
        assert client.get(STAFF).status_code == client.get(f"{STAFF}{row.pk}/").status_code == 404


def test_the_list_finds_what_is_to_check(client: Client) -> None:
    desk("jamais", region="52")
    old = add_months(today(), -6)
    desk("ancien", department="49", checked_on=old)
    desk("recent", region="52", checked_on=old + timedelta(days=1), forms=["msp"])
    desk("ferme", region="52", closed_on=today())
    client.force_login(make.officer())

    def found(query: str) -> set[str]:
        return {name.removeprefix("Guichet ") for name in rows_shown(client.get(f"{STAFF}?{query}").content.decode())}

    assert found("") == {"jamais", "ancien", "recent", "ferme"}
    assert found("verification=afaire") == {"jamais", "ancien"}
    assert found("verification=ajour") == {"recent"}
    assert found("verification=fermes") == {"ferme"}
    assert found("forme=msp") == {"jamais", "ancien", "recent", "ferme"} and "recent" not in found("forme=cds")
    assert found("departement=49") == {"ancien"} and found("q=recent") == {"recent"}
    assert client.get(f"{STAFF}?export=csv").status_code == 200

    def grow() -> None:
        for rank in range(20):
            desk(f"plus-{rank}", region="52")

    assert_constant_queries(client, STAFF, grow)
