"""The directory: finding people, and what each says of themself."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.people import selectors, services
from equipage.people.rules import check_phone, check_secure_mail
from tests import factories as make


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["lemee", "LE MÉE chloé", "chloe", "Chloé Le Mée", "mee"])
def test_accents_capitals_and_order_do_not_matter(typed: str) -> None:
    wanted = make.nurse(first_name="Chloé", last_name="Le Mée" if typed != "lemee" else "Lemée")
    make.gp(last_name="Dupont")
    assert selectors.search_professionals(typed) == [wanted]


@pytest.mark.django_db
def test_a_number_finds_by_its_beginning_and_too_little_finds_nobody() -> None:
    wanted = make.nurse(rpps="89900000012")
    make.gp(rpps="10100000017")
    assert selectors.search_professionals("899 0000 0012") == [wanted]
    assert selectors.search_professionals("8990") == [wanted]
    for little in ("", "8", "89", "x", " - ", "%", "_"):
        assert selectors.search_professionals(little) == []


@pytest.mark.django_db
def test_homonyms_are_told_apart_by_their_place_without_a_query_each(django_assert_num_queries: Any) -> None:
    make.nurse(last_name="Martin", place=make.commune("49007"))
    make.nurse(last_name="Martin", place=make.commune("44109"))
    with django_assert_num_queries(2):
        found = [selectors.occupation_and_place(person) for person in selectors.search_professionals("martin")]
    assert sorted(found) == ["Infirmier ou infirmière, Angers (49)", "Infirmier ou infirmière, Nantes (44)"]
    for _ in range(6):
        make.nurse(last_name="Martin")
    with django_assert_num_queries(2):
        [selectors.occupation_and_place(person) for person in selectors.search_professionals("martin")]


@pytest.mark.django_db
def test_a_number_already_known_is_refused_with_its_name() -> None:
    known = make.nurse()
    with pytest.raises(Refused, match=f"est celui de {known.full_name}") as refused:
        services.register_professional(
            actor=known.user, rpps=known.rpps, first_name="A", last_name="B", profession_code="60"
        )
    assert refused.value.field == "rpps"


PROFILE = "/compte/coordonnees/"


@pytest.mark.django_db
def test_the_secure_address_is_dated_and_the_journal_keeps_the_change(client: Client) -> None:
    person = make.nurse()
    client.force_login(person.user)
    typed = {"secure_mail": "Claire@pro.mssante.fr", "phone": "02.41.00.00.00", "email": "", "siret": ""}
    assert client.post(PROFILE, typed).status_code == 302
    kept = make.fresh(person)
    assert (kept.secure_mail, kept.secure_mail_checked_on) == ("claire@pro.mssante.fr", today())
    assert kept.phone == "02\u202f41\u202f00\u202f00\u202f00"
    entry = AuditEntry.objects.get(action="people.professional.update")
    assert entry.after == {"phone": kept.phone, "secure_mail": "claire@pro.mssante.fr"}
    page = client.get("/compte/").content.decode()
    assert "claire@pro.mssante.fr" in page and "déclarée le" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("secure_mail", "claire@gmail.com", "est une messagerie ordinaire"),
        ("secure_mail", "claire", "adresse"),
        ("phone", "0241", "compte 10 chiffres et commence par 0\u202f; nous en lisons 4"),
        ("siret", "73282932000075", "ne tombe pas juste"),
        ("siret", "732829320", "c’est un SIREN"),
        ("email", "pas une adresse", "adresse"),
    ],
)
def test_a_wrong_value_is_explained_and_what_was_typed_stays(
    client: Client, field: str, typed: str, sentence: str
) -> None:
    person = make.nurse()
    client.force_login(person.user)
    answer = client.post(PROFILE, {"email": "", "phone": "", "secure_mail": "", "siret": "", field: typed})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page and f'value="{typed}"' in page
    assert getattr(make.fresh(person), field) == getattr(person, field) != typed


@pytest.mark.django_db
def test_nobody_edits_the_particulars_of_another() -> None:
    with pytest.raises(Refused, match="ses propres coordonnées"):
        services.update_profile(actor=make.gp().user, professional=make.nurse(), phone="")


@pytest.mark.django_db
def test_the_profile_is_for_professionals(client: Client) -> None:
    client.force_login(make.officer())
    assert client.get(PROFILE).status_code == 404
    assert client.get("/compte/").status_code == 200


@given(st.text(max_size=30))
def test_a_phone_is_read_or_refused_and_reading_twice_changes_nothing(typed: str) -> None:
    try:
        kept = check_phone(typed)
    except Refused:
        return
    assert check_phone(kept) == kept
    assert len(kept) <= 20


@pytest.mark.parametrize("typed", ["+33 2 41 00 00 00", "0033241000000", "02 41 00 00 00", "+33(0)241000000"])
def test_spellings_of_one_phone_are_one_number(typed: str) -> None:
    assert check_phone(typed) == "02\u202f41\u202f00\u202f00\u202f00"


def test_an_unknown_domain_is_a_declaration_and_passes() -> None:
    assert check_secure_mail("X@Medical74.apicrypt.org") == "x@medical74.apicrypt.org"
