"""Bank details: given by oneself, confirmed by somebody neutral, never in clear where somebody may read them."""

from __future__ import annotations

import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from equipage.compensation.selectors import payable_lines
from equipage.coordination import services as coordination
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.periods import Month
from equipage.foundation.refusals import Refused
from equipage.messaging.models import Notice
from equipage.payments.cards import waiting_for_association
from equipage.payments.models import BankDetails
from equipage.payments.selectors.bank import (
    payable_account,
    same_account,
    waiting_for_professional,
)
from equipage.payments.services import bank
from tests import chain, factories
from tests.compensation.factories import paying_account

pytestmark = pytest.mark.django_db

FOREIGN = "BE68 5390 0754 7034"


@pytest.fixture
def team():
    return factories.recognised_team()


@pytest.fixture
def person(team):
    return team.memberships.order_by("id")[0].professional


@pytest.fixture
def organisation(team):
    return factories.organisation()


def give(person, organisation, iban=None, holder=None, actor=None):
    return bank.propose(
        actor=actor or factories.fresh(person.user),
        professional=person,
        organisation=organisation,
        holder=person.full_name if holder is None else holder,
        iban=iban or chain.iban(person.pk),
    )


def test_given_then_confirmed_then_payable(person, organisation):
    details = give(person, organisation)
    assert details.state == "proposed" and payable_account(person, organisation) is None
    bank.confirm(details, actor=factories.association_admin())
    assert payable_account(person, organisation) == details
    kinds = set(person.user.notices.values_list("kind", flat=True))
    assert {"payments.bank_proposed", "payments.bank_confirmed"} <= kinds


@pytest.mark.parametrize("spelling", ["{}", "IBAN {}", "iban : {}", "{lower}", "{spaced}"])
def test_every_usual_spelling_is_the_same_account(person, organisation, spelling):
    number = chain.iban(7)
    spaced = " ".join(number[start : start + 4] for start in range(0, 27, 4))
    details = give(person, organisation, spelling.format(number, lower=number.lower(), spaced=spaced))
    assert details.iban == number and details.iban_masked.startswith("FR") and number[4:20] not in details.iban_masked


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda n: n[:-1], "27 caractères"),
        (lambda n: n[:-2] + f"{(int(n[-2:]) + 1) % 97:02d}", "clé"),
        (lambda n: "FR00" + n[4:], "clé"),
        (lambda n: "XX" + n[2:], "code de pays"),
        (lambda n: "", "Saisissez l.IBAN"),
        (lambda n: "US64SVBKUS6S3300958879", "pays|SEPA"),
    ],
)
def test_a_wrong_number_says_which_part(person, organisation, wrong, words):
    with pytest.raises(Refused, match=words) as refused:
        bank.propose(
            actor=factories.fresh(person.user),
            professional=person,
            organisation=organisation,
            holder="Moi",
            iban=wrong(chain.iban(7)),
        )
    assert refused.value.field == "iban" and not BankDetails.objects.exists()


def test_an_account_of_another_sepa_country_is_taken(person, organisation):
    assert give(person, organisation, FOREIGN).iban == FOREIGN.replace(" ", "")


def test_a_holder_is_named(person, organisation):
    with pytest.raises(Refused, match="titulaire") as refused:
        give(person, organisation, holder="  ")
    assert refused.value.field == "holder"


def test_nobody_gives_the_account_of_somebody_else(person, organisation, team):
    other = factories.member_of(team)
    with pytest.raises(Refused, match="ses propres"):
        give(person, organisation, actor=other)


def test_an_association_of_elsewhere_is_refused(person):
    with pytest.raises(Refused, match="celle d'une de vos équipes"):
        give(person, factories.organisation(region_code="53"))


def test_a_change_leaves_the_old_account_in_use_until_it_is_confirmed(person, organisation):
    admin = factories.association_admin()
    old = bank.confirm(give(person, organisation, chain.iban(1)), actor=admin)
    new = give(person, organisation, chain.iban(2))
    assert payable_account(person, organisation) == old
    bank.confirm(new, actor=admin)
    assert payable_account(person, organisation) == new and factories.fresh(old).state == "replaced"
    assert person.user.notices.filter(kind="payments.bank_proposed").count() == 2


def test_a_second_proposal_takes_the_place_of_the_first(person, organisation):
    first = give(person, organisation, chain.iban(1))
    second = give(person, organisation, chain.iban(2))
    assert factories.fresh(first).state == "replaced" and second.state == "proposed"
    assert give(person, organisation, chain.iban(2)) == second
    assert BankDetails.objects.count() == 2


def test_the_account_in_use_is_not_given_again(person, organisation):
    bank.confirm(give(person, organisation), actor=factories.association_admin())
    with pytest.raises(Refused, match="déjà confirmé"):
        give(person, organisation)


def test_a_refusal_says_why_and_keeps_the_account_in_use(person, organisation):
    admin = factories.association_admin()
    old = bank.confirm(give(person, organisation, chain.iban(1)), actor=admin)
    refused = bank.refuse(give(person, organisation, chain.iban(2)), actor=admin, reason="Le RIB est illisible.")
    assert refused.state == "refused" and payable_account(person, organisation) == old
    assert "Le RIB est illisible." in person.user.notices.get(kind="payments.bank_refused").body


@pytest.mark.parametrize("other_role", ["officer", "treasurer"])
def test_whoever_prepares_or_approves_never_confirms(person, organisation, other_role):
    details = give(person, organisation)
    with pytest.raises(Refused, match="revient à"):
        bank.confirm(details, actor=getattr(factories, other_role)())
    both = factories.association_admin(person=getattr(factories, other_role)())
    with pytest.raises(Refused, match="une autre personne"):
        bank.confirm(details, actor=both)
    assert factories.fresh(details).state == "proposed"


def test_nobody_confirms_their_own_and_nothing_is_replaced_by_a_refused_try(person, organisation):
    old = bank.confirm(give(person, organisation, chain.iban(1)), actor=factories.association_admin())
    details = give(person, organisation, chain.iban(2))
    with pytest.raises(Refused, match="les vôtres"):
        bank.confirm(details, actor=factories.association_admin(person=factories.fresh(person.user)))
    assert factories.fresh(old).state == "confirmed"


def test_the_same_account_for_two_people_is_shown_to_the_administrator(client, team, organisation):
    one, two = (m.professional for m in team.memberships.order_by("id"))
    give(one, organisation, chain.iban(5))
    second = give(two, organisation, chain.iban(5))
    assert [row.professional for row in same_account(second)] == [one]
    client.force_login(factories.association_admin())
    shown = client.get(reverse("payments:bank_details", args=[second.pk])).content.decode()
    assert "Le même compte sert à une autre personne" in shown and one.full_name in shown


def test_the_clear_number_is_nowhere_but_in_its_column(person, organisation, client):
    number = chain.iban(9)
    admin = factories.association_admin()
    details = bank.confirm(give(person, organisation, number), actor=admin)
    with connection.cursor() as cursor:
        cursor.execute("SELECT iban FROM payments_bankdetails WHERE id = %s", [details.pk])
        assert number not in cursor.fetchone()[0]
    told = " ".join(Notice.objects.values_list("body", flat=True))
    kept = " ".join(str(row) for row in AuditEntry.objects.values_list("before", "after"))
    assert number not in told + kept and number[4:14] not in told + kept
    for user, address in [
        (person.user, reverse("payments:bank")),
        (admin, reverse("payments:bank_list")),
        (admin, reverse("payments:bank_details", args=[details.pk])),
    ]:
        client.force_login(user)
        shown = client.get(address).content.decode()
        assert details.iban_masked in shown and number not in shown and number[4:14] not in shown


def test_the_form_keeps_what_was_typed(client, person, organisation):
    client.force_login(person.user)
    answer = client.post(reverse("payments:give_bank"), {"holder": "Cabinet Test", "iban": "FR76 1234"})
    shown = answer.content.decode()
    assert answer.status_code == 422 and "Cabinet Test" in shown and "FR76 1234" in shown and "il en manque" in shown
    done = client.post(reverse("payments:give_bank"), {"holder": "Cabinet Test", "iban": chain.iban(3)})
    assert done.status_code == 302 and BankDetails.objects.get().holder == "Cabinet Test"


def test_somebody_elses_details_do_not_exist(client, person, organisation, team):
    details = give(person, organisation)
    for user in (factories.member_of(team), factories.officer(), factories.treasurer(), factories.ars_region()):
        client.force_login(user)
        assert client.get(reverse("payments:bank_details", args=[details.pk])).status_code == 404


def test_who_is_waited_for_is_told_on_the_home_page(team, person, organisation):
    paying_account()
    admin, user = factories.association_admin(), factories.fresh(person.user)
    assert waiting_for_professional(user) == [] and waiting_for_association(admin) == []
    details = give(person, organisation)
    assert waiting_for_association(admin)[0]["url"] == reverse("payments:bank_list")
    bank.refuse(details, actor=admin, reason="Illisible.")
    assert waiting_for_association(admin) == []


def test_the_list_costs_the_same_whatever_its_length(client, organisation):
    client.force_login(factories.association_admin())
    counts = []
    for number in (1, 12):
        for _ in range(number):
            for member in factories.recognised_team().memberships.order_by("id"):
                give(member.professional, organisation)
        client.get(reverse("payments:bank_list"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("payments:bank_list")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("met", list(itertools.product((False, True), repeat=3)))
def test_nothing_is_payable_without_all_three_conditions(met):
    """A validated line is payable if, and only if, convention, recognised project and confirmed account are there."""
    convention, recognised, account = met
    chain.adopted_scale()
    team = chain.recognised(factories.complete_team(state="accompanied", themes=("Soins palliatifs à domicile",)))
    people = [member.professional for member in team.memberships.order_by("id")]
    if convention:
        chain.signed(team)
    if account:
        for one in people:
            chain.with_account(one)
    lead = factories.lead_of(team)
    action = coordination.declare(actor=lead, team=team, facts=chain.today_facts(team, people))
    for presence in action.presences.filter(state="expected"):
        coordination.confirm_presence(presence, actor=factories.fresh(presence.professional.user))
    coordination.validate(action, actor=factories.officer())
    if not recognised:
        # No verb takes a recognition back: what the row says is what counts.
        type(team).objects.filter(pk=team.pk).update(recognised_on=None, state="accompanied", registration_number="")
    payable = payable_lines(factories.organisation(), Month.current())
    assert payable.count() == (len(people) if all(met) else 0)
