"""A professional put behind an account by the platform's administration."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from equipage.foundation.audit import verify
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.people import services
from equipage.people.models import Practice, Professional, User
from equipage.people.rules import same_person
from equipage.people.services import Practitioner
from tests import factories as make

pytestmark = pytest.mark.django_db
NEW = "/compte/comptes/nouveau/"


def practitioner(**more: Any) -> Practitioner:
    values: dict[str, Any] = {
        "rpps": make.rpps(),
        "profession_code": "60",
        "commune": make.commune(),
        "since": date(2024, 9, 2),
    }
    return Practitioner(**{**values, **more})


def attach(user: User, actor: User | None = None, **more: Any) -> Professional:
    return services.attach_professional(
        actor=actor or make.platform_admin(), user=user, practitioner=practitioner(**more)
    )


def typed(**more: Any) -> dict[str, Any]:
    make.commune()
    return {
        "rpps": make.rpps(),
        "profession_code": "10",
        "speciality": "SM54",
        "pharmacist_section": "",
        "liberal": "on",
        "commune": "49092",
        "since": "2024-09-02",
        **more,
    }


def test_a_new_number_makes_a_professional_who_may_found_a_team(client: Client) -> None:
    user = make.user("Léa", "Roux")
    number = make.rpps()
    person = attach(user, rpps=f"{number[:3]} {number[3:]}")
    assert person.user == user and person.rpps == number and person.full_name == "Léa Roux"
    practice = person.practices.get()
    assert (practice.mode, practice.commune_id, practice.valid_from) == ("L", "49092", date(2024, 9, 2))
    assert make.fresh(user).holds("professional")
    client.force_login(make.fresh(user))
    assert client.get("/equipes/nouvelle/").status_code == 200
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["people.professional.register", "people.professional.attach"]
    assert verify() is None


def test_the_number_of_the_directory_is_attached_and_what_it_knew_stays() -> None:
    known = make.nurse(first_name="Zoé", last_name="Le Gall", account=False)
    user = make.user("ZOE", "LE GALL-ROUX")
    person = attach(user, rpps=known.rpps, since=today())
    assert person == known and make.fresh(known).user == user and make.fresh(known).last_name == "Le Gall"
    assert person.email == user.email
    assert person.practices.get().valid_from == make.LONG_AGO
    assert Professional.objects.count() == 1


def test_what_the_directory_did_not_know_is_added() -> None:
    known = make.professional("10", first_name="Hugo", last_name="Petit", account=False, mode=None)
    person = attach(make.user("Hugo", "Petit"), rpps=known.rpps, profession_code="10", speciality="SM54")
    assert person.profession_label == "Médecin généraliste"
    assert person.practices.get().valid_from == date(2024, 9, 2)


def test_twice_is_once() -> None:
    user, admin, number = make.user(), make.platform_admin(), make.rpps()
    assert attach(user, admin, rpps=number) == attach(user, admin, rpps=number)
    assert Professional.objects.count() == Practice.objects.count() == 1
    assert AuditEntry.objects.filter(action="people.professional.attach").count() == 1


def test_refusals_of_a_number() -> None:
    user, taken = make.user("Léa", "Roux"), make.nurse(first_name="Léa", last_name="Roux")
    with pytest.raises(Refused, match=r"déjà rattaché au compte de Léa Roux \(.*@demo") as refused:
        attach(user, rpps=taken.rpps)
    assert refused.value.field == "rpps"
    other = make.nurse(first_name="Paul", last_name="Roux", account=False)
    with pytest.raises(Refused, match="celui de Paul Roux\u202f; le compte est au nom de Léa Roux") as refused:
        attach(user, rpps=other.rpps)
    assert refused.value.field == "rpps"
    mine = make.nurse(first_name="Léa", last_name="Roux", account=False)
    with pytest.raises(Refused, match=r"la profession de Léa Roux est «.Infirmier") as refused:
        attach(user, rpps=mine.rpps, profession_code="70")
    assert refused.value.field == "profession_code"
    with pytest.raises(Refused, match="Ce compte est déjà celui de Léa Roux"):
        attach(taken.user)
    with pytest.raises(Refused, match="11 chiffres"):
        attach(user, rpps="123")
    assert not Professional.objects.filter(user=user).exists()


def test_refusals_of_an_occupation() -> None:
    user = make.user()
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"profession_code": "10"}, "Choisissez la spécialité de ce médecin", "speciality"),
        ({"profession_code": "70", "speciality": "SM54"}, "n’a pas de spécialité", "speciality"),
        ({"profession_code": "21"}, "Choisissez la section de l’Ordre", "pharmacist_section"),
    ]
    for more, sentence, field in cases:
        with pytest.raises(Refused, match=sentence) as refused:
            attach(user, **more)
        assert refused.value.field == field
    assert attach(user, profession_code="21", pharmacist_section="A").practices.get().pharmacist_section == "A"


def test_refusals_of_a_person() -> None:
    admin, closed = make.platform_admin(), make.user(is_active=False)
    with pytest.raises(Refused, match="Personne ne rattache son propre numéro"):
        attach(admin, admin)
    with pytest.raises(Refused, match="Ce compte est fermé"):
        attach(closed, admin)
    for stranger in (make.officer(), make.association_admin(), make.nurse().user, make.ars_region()):
        with pytest.raises(Refused, match="reviennent à l'administration"):
            attach(make.user(), stranger)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Anne-Marie", "Le Gall"), ("ANNE", "LE GALL-ROUX"), True),
        (("Zoé", "Lefèvre"), ("zoe", "LEFEVRE"), True),
        (("Jean", "Le Gall"), ("Jean", "Le Roux"), False),
        (("Jean", "Martin"), ("Marie", "Martin"), False),
        (("Anh", "Le"), ("Anh", "Le"), True),
        (("", ""), ("", ""), False),
    ],
)
def test_two_names_of_one_person(one: tuple[str, str], other: tuple[str, str], same: bool) -> None:
    assert same_person(*one, *other) is same
    assert same_person(*other, *one) is same


def test_an_account_is_opened_with_its_professional_in_one_page(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(make.platform_admin())
    person = {"first_name": "Léa", "last_name": "Roux", "email": "lea@demo.equipage.invalid"}
    with django_capture_on_commit_callbacks(execute=True):
        wrong = client.post(NEW, {**person, **typed(speciality="")})
    assert wrong.status_code == 422 and "Choisissez la spécialité" in wrong.content.decode()
    assert 'value="49092"' in wrong.content.decode() and not User.objects.filter(first_name="Léa").exists()
    assert not DBTaskResult.objects.exists(), "un refus n'envoie rien"
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(NEW, {**person, **typed()}).status_code == 302
    user = User.objects.get(email="lea@demo.equipage.invalid")
    assert user.professional_or_none.profession_label == "Médecin généraliste"
    assert DBTaskResult.objects.count() == 1, "le lien part, même deux minutes après un refus"


def test_a_half_filled_professional_is_not_lost(client: Client) -> None:
    client.force_login(make.platform_admin())
    person = {"first_name": "Léa", "last_name": "Roux", "email": "lea@demo.equipage.invalid"}
    page = client.post(NEW, {**person, **typed(rpps="")}).content.decode()
    assert "Saisissez le numéro RPPS, ou effacez la profession" in page
    page = client.post(NEW, {**person, "rpps": make.rpps(), "since": ""}).content.decode()
    for sentence in ("Choisissez la profession", "Indiquez la commune où", "Indiquez depuis quel jour"):
        assert sentence in page
    assert not User.objects.filter(first_name="Léa").exists()


def test_the_page_of_an_account_leads_to_its_number(client: Client) -> None:
    client.force_login(make.platform_admin())
    user = make.user("Léa", "Roux")
    page = f"/compte/comptes/{user.pk}/professionnel/"
    assert page in client.get(f"/compte/comptes/{user.pk}/").content.decode()
    wrong = client.post(page, typed(rpps="12"))
    assert wrong.status_code == 422 and "11 chiffres" in wrong.content.decode()
    values = typed(rpps="10000000000")
    done = client.post(page, values, follow=True).content.decode()
    assert "numéro RPPS 10000000000" in done and "La clé de ce numéro RPPS est inhabituelle" in done
    assert page not in done
    assert client.post(page, values).status_code == 302 and Professional.objects.count() == 1
    client.force_login(make.officer())
    assert client.get(page).status_code == 404 and client.post(page, values).status_code == 404
