"""A member is reached by secure health mail before the convention holds, where the rules of the form say so (M09)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from equipage.agreements import rules
from equipage.foundation.periods import today
from equipage.foundation.workflow import Blocked
from equipage.people.models import Professional
from tests import chain, factories

pytestmark = pytest.mark.django_db


def forget(convention):
    """This person never gave a secure address."""
    Professional.objects.filter(pk=convention.professional_id).update(secure_mail="", secure_mail_checked_on=None)
    return factories.fresh(convention)


def test_who_has_none_gives_it_while_signing(client, conventions, person):
    row = forget(conventions[0])
    client.force_login(person)
    address = reverse("agreements:sign", args=[row.pk])
    client.post(reverse("agreements:send_code", args=[row.pk]))
    typed = {"consent": "on", "code": chain.last_code(person)}
    for wrong, words in (("", "messagerie sécurisée"), ("claire@gmail.com", "ordinaire"), ("claire", "complète")):
        answer = client.post(address, {**typed, "secure_mail": wrong})
        assert answer.status_code == 422 and words in answer.content.decode() and wrong in answer.content.decode()
        assert factories.fresh(row).state == "to_sign"
    assert client.post(address, {**typed, "secure_mail": "Claire@Pro.mssante.fr"}).status_code == 302
    signed = factories.fresh(row)
    assert signed.state == "signed" and signed.professional.secure_mail == "claire@pro.mssante.fr"
    assert signed.professional.secure_mail_checked_on == today()


def test_who_has_one_is_not_asked(client, conventions, person):
    client.force_login(person)
    page = client.get(reverse("agreements:sign", args=[conventions[0].pk])).content.decode()
    assert 'name="secure_mail"' not in page and 'name="code"' in page


def test_the_verb_itself_refuses_and_nothing_is_signed(conventions, person):
    row = forget(conventions[0])
    with pytest.raises(Blocked, match="messagerie sécurisée"):
        chain.sign_by(person, [row])
    assert factories.fresh(row).state == "to_sign" and not row.signatures.exists()


def test_an_address_taken_away_keeps_the_association_from_signing(conventions, person, admin):
    chain.sign_by(person, [conventions[0]])
    row = forget(factories.fresh(conventions[0]))
    with pytest.raises(Blocked) as refused:
        chain.sign_by(admin, [row], "association")
    assert row.professional.formal_name in refused.value.sentence
    assert factories.fresh(row).state == "signed"


def test_a_form_that_does_not_ask_lets_it_be(conventions, person, monkeypatch):
    row = forget(conventions[0])
    monkeypatch.setattr(rules, "secure_mail_asked", lambda team, on: False)
    assert chain.sign_by(person, [row]) == 1


def test_it_is_the_pack_that_asks(team):
    assert rules.secure_mail_asked(team, today())
