"""The pages of what may be spent: credits, plan, where each team is going, re-allotments."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.funding.models import Envelope, Fund, Reallotment, YearPlan
from equipage.funding.selectors import suggestions, team_years
from equipage.funding.services import funds, reallotments
from equipage.messaging.models import Notice
from tests import factories as people
from tests.compensation.reading import signed_in, text_of
from tests.funding import factories
from tests.listing_checks import assert_constant_queries

pytestmark = pytest.mark.django_db


def fund_form(**changes: object) -> dict[str, object]:
    return {
        "funder": "fir",
        "label": "FIR 2026",
        "amount": "1 500 000",
        "rank": "1",
        "reference": "Notification",
        **changes,
    }


def test_the_treasurer_enters_corrects_and_removes_a_credit() -> None:
    client = signed_in(people.treasurer())
    people.recognised_team()
    new = reverse("funding:new_fund", args=[2026])
    for wrong, said in ((fund_form(amount="beaucoup"), "montant"), (fund_form(label=""), "obligatoire")):
        answer = client.post(new, wrong)
        assert answer.status_code == 422 and said in text_of(answer)
    assert client.post(new, fund_form(kinds=["RCP_SANS_PATIENT"], departments=["49"])).status_code == 302
    row = Fund.objects.get()
    assert (row.amount_cents, row.kinds, row.departments, row.themes) == (150_000_000, ["RCP_SANS_PATIENT"], ["49"], [])
    page = text_of(client.get(reverse("funding:year", args=[2026])))
    assert "1 500 000,00 € à engager" in page and "Maine-et-Loire" in page
    edit = reverse("funding:edit_fund", args=[row.pk])
    assert 'value="1500000,00"' in client.get(edit).content.decode()
    assert client.post(edit, fund_form(amount="12,34")).status_code == 302
    assert people.fresh(row).amount_cents == 1234 and people.fresh(row).kinds == []
    assert "existe déjà" in text_of(client.post(new, fund_form()))
    client.post(reverse("funding:remove_fund", args=[row.pk]))
    assert not Fund.objects.exists()
    assert {"funding.fund.save", "funding.fund.remove"} <= set(AuditEntry.objects.values_list("action", flat=True))


def test_a_credit_in_use_is_neither_removed_nor_lowered_below_it() -> None:
    fund = factories.fund(1000)
    factories.spent(factories.envelope(people.recognised_team()), 600, on=date(2026, 3, 1), of=fund)
    client = signed_in(people.treasurer())
    answer = client.post(reverse("funding:remove_fund", args=[fund.pk]), follow=True)
    assert "il reste dans les comptes" in text_of(answer) and Fund.objects.exists()
    with pytest.raises(Refused, match="6,00"):
        funds.save_fund(
            actor=people.treasurer(), organisation=fund.organisation, year=2026, fund=fund, amount_cents=599
        )
    assert people.fresh(fund).amount_cents == 1000


def test_who_prepares_reads_the_credits_and_does_not_enter_them() -> None:
    fund = factories.fund()
    client = signed_in(people.officer())
    assert client.get(reverse("funding:year", args=[2026])).status_code == 200
    for address in (
        reverse("funding:new_fund", args=[2026]),
        reverse("funding:edit_fund", args=[fund.pk]),
        reverse("funding:remove_fund", args=[fund.pk]),
        reverse("funding:plan", args=[2026]),
    ):
        assert client.get(address).status_code == 404, address
    other = signed_in(people.treasurer(region_code="53"))
    assert other.get(reverse("funding:edit_fund", args=[fund.pk])).status_code == 404


@pytest.mark.parametrize("name", ["funding:year", "funding:teams", "funding:plan", "funding:propose"])
def test_a_year_that_cannot_be_does_not_exist(name: str) -> None:
    client = signed_in(people.officer() if name == "funding:propose" else people.treasurer())
    assert client.get(reverse(name, args=[2026])).status_code in (200, 422)
    if name != "funding:propose":
        assert client.get(reverse(name, args=[1789])).status_code == 404


def test_the_plan_is_typed_and_shown() -> None:
    client = signed_in(people.treasurer())
    assert client.post(reverse("funding:plan", args=[2026]), {"team_amount": "8 000"}).status_code == 302
    assert YearPlan.objects.get().team_cents == 800_000
    people.recognised_team("Équipe du Layon", recognised_on=date(2026, 2, 1))
    assert "8 000,00 €" in text_of(client.get(reverse("funding:teams", args=[2026])))


def going(name: str, allotted: int, monthly: int):
    """A team that commits the same every month from January to October."""
    team = people.recognised_team(name, recognised_on=date(2026, 1, 1))
    row = factories.envelope(team, allotted)
    for month in range(1, 11):
        factories.spent(row, monthly, on=date(2026, month, 15))
    return team


def test_who_will_lose_and_who_will_miss_are_shown_and_paired() -> None:
    slow, fast = going("Lente", 800_000, 10_000), going("Rapide", 800_000, 75_000)
    rows = team_years(people.organisation("association"), 2026)
    assert [row.team for row in rows] == [slow, fast]
    assert rows[0].forecast.lost_cents > 600_000 and rows[1].forecast.short_cents > 0
    (idea,) = suggestions(rows)
    assert (idea.giver, idea.taker) == (slow.pk, fast.pk)
    assert 0 < rows[1].forecast.short_cents - idea.amount_cents < 1000
    page = signed_in(people.officer()).get(reverse("funding:teams", args=[2026])).content.decode()
    assert f"?giver={slow.pk}&amp;taker={fast.pk}&amp;amount=" in page


def test_a_team_at_the_ceiling_of_the_rule_receives_nothing() -> None:
    going("Lente", 800_000, 10_000)
    going("Pleine", 1_000_000, 98_000)
    assert suggestions(team_years(people.organisation("association"), 2026)) == []


def asked(cents: int = 50_000) -> Reallotment:
    slow, fast = going("Lente", 800_000, 10_000), going("Rapide", 800_000, 75_000)
    return reallotments.propose(
        actor=people.officer(),
        organisation=people.organisation("association"),
        year=2026,
        giver=slow,
        taker=fast,
        amount_cents=cents,
        reason="Deux départs.",
    )


def test_one_proposes_another_decides_and_both_teams_are_told() -> None:
    officer, treasurer = signed_in(people.officer()), signed_in(people.treasurer())
    slow, fast = going("Lente", 800_000, 10_000), going("Rapide", 800_000, 75_000)
    sent = {"giver": slow.pk, "taker": fast.pk, "amount": "500", "reason": "Deux départs."}
    answer = officer.post(reverse("funding:propose", args=[2026]), sent)
    row = Reallotment.objects.get()
    assert answer["Location"] == reverse("funding:reallotment", args=[row.pk])
    assert Envelope.objects.get(team=slow).amount_cents == 800_000
    move = reverse("funding:reallotment_move", args=[row.pk, "decide"])
    assert officer.post(move).status_code == 404
    assert treasurer.post(move, follow=True).status_code == 200
    found = dict(Envelope.objects.values_list("team_id", "amount_cents"))
    assert found == {slow.pk: 750_000, fast.pk: 850_000} and people.fresh(row).state == "decided"
    assert Notice.objects.filter(kind="funding.reallotment").count() == 2
    treasurer.post(move)
    assert dict(Envelope.objects.values_list("team_id", "amount_cents")) == found


def test_who_proposed_does_not_decide() -> None:
    row = asked()
    both = people.treasurer()
    Reallotment.objects.update(proposed_by=both)
    with pytest.raises(Blocked, match="une deuxième personne"):
        reallotments.decide(people.fresh(row), actor=both)


def test_what_was_spent_meanwhile_is_measured_again() -> None:
    row = asked(150_000)
    factories.spent(Envelope.objects.get(team=row.giver), 600_000, on=date(2026, 11, 1))
    with pytest.raises(Refused, match=r"n'a plus que 1.000,00"):
        reallotments.decide(row, actor=people.treasurer())
    assert people.fresh(row).state == "proposed"
    assert set(Envelope.objects.values_list("amount_cents", flat=True)) == {800_000}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "0"}, "plus grand que zéro"),
        ({"amount": "8 000,01"}, "n.a plus que"),
        ({"amount": "3 000"}, "plafond de la règle"),
        ({"reason": "  "}, "obligatoire"),
        ({"taker": "giver"}, "la même"),
        ({"amount": "-5"}, "plus grand que zéro"),
    ],
)
def test_a_wrong_proposal_keeps_what_was_typed_and_says_what_to_mend(changes: dict[str, str], said: str) -> None:
    slow, fast = going("Lente", 800_000, 10_000), going("Rapide", 800_000, 75_000)
    sent = {"giver": slow.pk, "taker": fast.pk, "amount": "500", "reason": "Deux départs.", **changes}
    if sent["taker"] == "giver":
        sent["taker"] = slow.pk
    answer = signed_in(people.officer()).post(reverse("funding:propose", args=[2026]), sent)
    assert answer.status_code == 422 and not Reallotment.objects.exists()
    page = text_of(answer)
    assert any(part in page for part in (said, said.replace(".", "'"))), page


def test_a_refusal_says_why_and_a_withdrawal_changes_nothing() -> None:
    row = asked()
    client = signed_in(people.treasurer())
    refuse = reverse("funding:reallotment_move", args=[row.pk, "refuse"])
    assert client.post(refuse, {"reason": ""}).status_code == 422
    assert client.post(refuse, {"reason": "Elle reprend."}).status_code == 302
    assert "Elle reprend." in text_of(client.get(reverse("funding:reallotment", args=[row.pk])))
    other = reallotments.propose(
        actor=people.officer(),
        organisation=row.organisation,
        year=2026,
        giver=row.giver,
        taker=row.taker,
        amount_cents=1000,
        reason="Encore.",
    )
    signed_in(people.officer()).post(reverse("funding:reallotment_move", args=[other.pk, "withdraw"]))
    assert people.fresh(other).state == "withdrawn"
    assert set(Envelope.objects.values_list("amount_cents", flat=True)) == {800_000}


def test_pages_cost_the_same_for_few_teams_and_for_many() -> None:
    people.treasurer()

    def add() -> None:
        for number in range(5):
            going(f"Équipe {number} {Fund.objects.count()}", 800_000, 10_000)
            factories.fund()

    add()
    client = signed_in(people.officer())
    assert_constant_queries(client, reverse("funding:teams", args=[2026]), add)
    assert_constant_queries(client, reverse("funding:year", args=[2026]), add)
