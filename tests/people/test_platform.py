"""Accounts, roles and organisations, by the platform administrator."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from equipage.foundation.audit import verify
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.people import services
from equipage.people.models import Organisation, RoleAssignment, User
from equipage.people.roles import Role
from tests import factories as make
from tests.listing_checks import assert_constant_queries

pytestmark = pytest.mark.django_db


def give(actor: User, person: User, role: str = Role.ASSOCIATION_OFFICER, **more: Any) -> RoleAssignment:
    body = more.pop("organisation", None) or make.organisation()
    return services.give_role(actor=actor, user=person, role=role, organisation=body, **{"valid_from": today(), **more})


def test_a_role_given_opens_its_space_and_is_in_the_journal() -> None:
    admin, person = make.platform_admin(), make.user()
    given = give(admin, person)
    assert make.fresh(person).holds(Role.ASSOCIATION_OFFICER)
    entry = AuditEntry.objects.get(action="people.role.give")
    assert entry.actor == admin and entry.after["role"] == "association_officer"
    assert entry.about == f"people.roleassignment:{given.pk}"
    assert verify() is None


def test_a_role_to_come_and_a_role_over_open_nothing() -> None:
    admin = make.platform_admin()
    later, before = make.user(), make.user()
    give(admin, later, valid_from=today() + timedelta(days=1))
    give(admin, before, valid_from=date(2020, 1, 1), last_day=today() - timedelta(days=1))
    assert not make.fresh(later).role_kinds and not make.fresh(before).role_kinds


def test_refusals_of_a_role() -> None:
    admin, person = make.platform_admin(), make.user()
    with pytest.raises(Refused, match="Personne ne se donne"):
        give(admin, admin)
    with pytest.raises(Refused, match="reviennent à l'administration"):
        give(make.officer(), person)
    with pytest.raises(Refused, match="Association régionale"):
        give(admin, person, organisation=make.organisation("agency"))
    with pytest.raises(Refused, match="précède la date de début"):
        give(admin, person, last_day=today() - timedelta(days=1))
    give(admin, person)
    with pytest.raises(Refused, match="exerce déjà cette fonction"):
        give(admin, person, valid_from=today() + timedelta(days=9))
    assert RoleAssignment.objects.filter(user=person).count() == 1


def test_a_role_ends_and_may_begin_again_the_next_day() -> None:
    admin, person = make.platform_admin(), make.officer()
    row = person.assignments[0]
    services.end_role(actor=admin, assignment=row, last_day=today())
    assert make.fresh(person).holds(Role.ASSOCIATION_OFFICER), "jusqu'à minuit"
    services.end_role(actor=admin, assignment=row, last_day=today() - timedelta(days=1))
    assert not make.fresh(person).role_kinds
    give(admin, person)
    with pytest.raises(Refused, match="a commencé le 1er janvier 2020"):
        services.end_role(actor=admin, assignment=row, last_day=date(2019, 1, 1))


def test_the_last_administrator_stays() -> None:
    admin = make.platform_admin()
    other = make.platform_admin()
    services.end_role(actor=admin, assignment=other.assignments[0], last_day=today() - timedelta(days=1))
    third = make.platform_admin()
    services.end_role(actor=third, assignment=admin.assignments[0], last_day=today() - timedelta(days=1))
    fourth = make.user()
    with pytest.raises(Refused, match="garde toujours une personne"):
        # Somebody whose own role is about to end may not take it from the only other one.
        row = RoleAssignment.objects.create(
            user=fourth,
            role=Role.PLATFORM_ADMIN,
            organisation=make.organisation("platform"),
            valid_from=today() - timedelta(days=3),
            valid_to=today() + timedelta(days=1),
        )
        services.end_role(actor=row.user, assignment=third.assignments[0], last_day=today())


def test_pages_of_the_platform_are_for_its_administrators(client: Client) -> None:
    person = make.user()
    pages = ["/compte/comptes/", "/compte/comptes/nouveau/", f"/compte/comptes/{person.pk}/", "/compte/organisations/"]
    for stranger in (make.officer(), make.nurse().user, make.ars_region()):
        client.force_login(stranger)
        assert {client.get(page).status_code for page in pages} == {404}
    client.force_login(make.platform_admin())
    assert {client.get(page).status_code for page in pages} == {200}


def test_giving_a_role_on_the_page_and_a_refusal_keeps_what_was_chosen(client: Client) -> None:
    client.force_login(make.platform_admin())
    person, agency, association = make.user(), make.organisation("agency"), make.organisation()
    page = f"/compte/comptes/{person.pk}/"
    typed = {"role": "association_officer", "organisation": agency.pk, "valid_from": "2026-01-05", "last_day": ""}
    wrong = client.post(page, typed)
    assert wrong.status_code == 422
    assert "Association régionale" in wrong.content.decode() and 'value="2026-01-05"' in wrong.content.decode()
    assert client.post(page, {**typed, "organisation": association.pk}).status_code == 302
    row = RoleAssignment.objects.get(user=person)
    end = client.post(f"/compte/fonctions/{row.pk}/fin/", {"last_day": "2026-06-30"})
    assert end.status_code == 302
    assert make.fresh(row).valid_to == date(2026, 7, 1)


def test_an_account_is_opened_once_and_closed_with_a_reason(client: Client) -> None:
    admin = make.platform_admin()
    client.force_login(admin)
    typed = {"first_name": "Léa", "last_name": "Roux", "email": "Lea.Roux@demo.equipage.invalid"}
    assert client.post("/compte/comptes/nouveau/", typed).status_code == 302
    person = User.objects.get(email="lea.roux@demo.equipage.invalid")
    again = client.post("/compte/comptes/nouveau/", typed)
    assert again.status_code == 422 and "Un compte a déjà cette adresse" in again.content.decode()
    door = f"/compte/comptes/{person.pk}/porte/"
    client.post(door, {"geste": "fermer", "motif": ""})
    assert make.fresh(person).is_active
    client.post(door, {"geste": "fermer", "motif": "Départ."})
    assert not make.fresh(person).is_active
    client.post(door, {"geste": "rouvrir"})
    assert make.fresh(person).is_active
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["people.user.open", "people.user.close", "people.user.reopen"]
    client.post(f"/compte/comptes/{admin.pk}/porte/", {"geste": "fermer", "motif": "Moi."})
    assert make.fresh(admin).is_active


def test_an_organisation_is_added_and_a_delegation_needs_its_department(client: Client) -> None:
    client.force_login(make.platform_admin())
    make.department("49"), make.department("35")
    typed = {"kind": "delegation", "name": "Délégation", "region": "52", "department": "", "siren": "", "rna": ""}
    new = "/compte/organisations/nouvelle/"
    assert "Choisissez le département" in client.post(new, typed).content.decode()
    assert "n’est pas dans la région" in client.post(new, {**typed, "department": "35"}).content.decode()
    assert client.post(new, {**typed, "department": "49"}).status_code == 302
    made = Organisation.objects.get(kind="delegation")
    address = f"/compte/organisations/{made.pk}/"
    wrong = client.post(address, {**typed, "department": "49", "rna": "44"})
    assert wrong.status_code == 422 and make.fresh(made).rna == ""
    assert client.post(address, {**typed, "department": "49", "rna": "w491000001"}).status_code == 302
    assert make.fresh(made).rna == "W491000001"


def test_the_list_of_accounts_finds_without_accents_and_asks_constant_queries(client: Client) -> None:
    client.force_login(make.platform_admin())
    make.nurse(first_name="Chloé", last_name="Mée")
    officer = make.officer(last_name="Delaunay")
    assert "Mée" in client.get("/compte/comptes/?q=chloe+mee").content.decode()
    found = client.get("/compte/comptes/?fonction=association_officer").content.decode()
    assert officer.full_name in found and "Mée" not in found

    def grow() -> None:
        for _ in range(20):
            make.nurse()
            make.officer()

    assert_constant_queries(client, "/compte/comptes/", grow)


def test_first_administrator_by_the_environment_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="load_territory"):
        call_command("first_administrator")
    make.region()
    monkeypatch.setenv("EQUIPAGE_ADMIN_EMAIL", "Admin@demo.equipage.invalid")
    monkeypatch.setenv("EQUIPAGE_ADMIN_PASSWORD", "court")
    with pytest.raises(CommandError, match="12"):
        call_command("first_administrator")
    assert not User.objects.exists()
    monkeypatch.setenv("EQUIPAGE_ADMIN_PASSWORD", "un-long-mot-de-passe")
    out = StringIO()
    call_command("first_administrator", stdout=out)
    user = User.objects.get(email="admin@demo.equipage.invalid")
    assert user.holds(Role.PLATFORM_ADMIN) and user.check_password("un-long-mot-de-passe")
    with pytest.raises(CommandError, match="a déjà un administrateur"):
        call_command("first_administrator")


def test_personas_are_printed_with_their_sentence(settings: Any) -> None:
    settings.DEMO = True
    make.officer(last_name="Delaunay", persona="Chargée de mission.")
    out = StringIO()
    call_command("personas", stdout=out)
    assert "Marine Delaunay" in out.getvalue() and "Chargée de mission." in out.getvalue()
