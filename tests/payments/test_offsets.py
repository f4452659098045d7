"""What came back and is taken back as well: nothing is transferred, and no page promises a transfer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from equipage.compensation.awaited import awaited_by
from equipage.compensation.models import ClaimLine
from equipage.compensation.piles import preview
from equipage.coordination.states import ACTION
from equipage.foundation.periods import Month
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run as move
from equipage.messaging.models import Notice
from equipage.payments.selectors.returns import offset_of
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of
from tests.payments import bank_world as bank

pytestmark = pytest.mark.django_db
EVEN, MORE, PROMISE = "reprend la même somme", "reprend plus que cette somme", "La prochaine campagne"


def came_back_and_reversed(*minutes: int, back: int = 0, mended: bool = True) -> Any:
    """Two people paid for actions of these lengths in a run each; one transfer came back, one action is reversed.

    The transfer of the run `back` came back, the action of the last run is reversed. `mended`: another account since.
    """
    factories.scale()
    factories.paying_account()
    team = factories.paid_team()
    transfers, action = [], None
    for rank, length in enumerate(minutes):
        action = factories.validated(team, held_on=date(2026, 10, 10 + rank), minutes=length)
        run = factories.approved()
        bank.taken(bank.executed(bank.transfers(run)))
        transfers.append(bank.transfers(run)[0])
    bank.taken(bank.came_back([transfers[back]]))
    if mended:
        bank.another_account(transfers[back])
    return transfers[back], action


def reverse_it(action: Any) -> None:
    move(ACTION, people.fresh(action), "reverse", actor=people.officer(), data={"reverse_reason": "Erreur."})


@pytest.mark.parametrize(
    ("kept", "reversed_", "cents", "said"),
    [(60, 30, None, PROMISE), (60, 60, 0, EVEN), (30, 60, -2500, MORE)],
)
def test_what_is_said_is_what_a_run_would_do(kept: int, reversed_: int, cents: int | None, said: str) -> None:
    """An hour is 50 € to each; the first transfer came back, the second action is taken back."""
    back, action = came_back_and_reversed(kept, reversed_)
    association = people.organisation("association")
    reverse_it(action)
    person = back.professional
    found = offset_of(association, {person.pk})
    assert found == ({} if cents is None else {person.pk: cents})
    paid = {one.professional_id: one.total_cents for one in preview(association, Month.current()).people}
    assert paid.get(person.pk) == (None if cents is not None else 2500)
    pages = {
        "transfer": text_of(signed_in(people.officer()).get(reverse("payments:payment", args=[back.pk]))),
        "list": text_of(signed_in(people.officer()).get(reverse("payments:returns"))),
        "mine": text_of(signed_in(person.user).get(reverse("compensation:mine"))),
    }
    assert said in pages["transfer"]
    assert ("La prochaine campagne" if cents is None else "Personne : compensé") in pages["list"]
    assert ("refait avec la prochaine campagne" if cents is None else said) in pages["mine"]
    if cents is not None:
        assert all(PROMISE not in page for page in pages.values())
        with pytest.raises(Refused, match="Rien n'est à payer"):
            factories.prepared()


def test_the_list_is_filtered_by_what_is_offset() -> None:
    back, action = came_back_and_reversed(60, 60)
    client, address = signed_in(people.officer()), reverse("payments:returns")

    def shown(choice: str) -> bool:
        return back.professional.full_name in text_of(client.get(address, {"refait": choice}))

    assert (shown("non"), shown("rien"), shown("oui")) == (True, False, False)
    reverse_it(action)
    assert (shown("non"), shown("rien"), shown("oui")) == (False, True, False)


def test_the_month_says_that_all_comes_to_nothing() -> None:
    back, action = came_back_and_reversed(60, 60)
    reverse_it(action)
    pile = preview(people.organisation("association"), Month.current()).not_ready
    remarks = {
        sentence for line in pile.lines if line.professional_id == back.professional_id for sentence in line.remarks
    }
    assert remarks == {
        "Une contre-écriture reprend exactement ce qui est dû : rien n'est à virer, et il n'y a rien à faire."
    }


def test_a_new_line_makes_it_leave_again() -> None:
    back, action = came_back_and_reversed(60, 60)
    reverse_it(action)
    [told] = awaited_by(back.professional).came_back
    assert EVEN in told.next_step and not told.theirs
    factories.validated(ClaimLine.objects.filter(professional=back.professional)[0].team, held_on=date(2026, 10, 20))
    [told] = awaited_by(back.professional).came_back
    assert "refait avec la prochaine campagne" in told.next_step


def test_no_other_account_is_asked_for_when_nothing_is_to_be_transferred() -> None:
    back, action = came_back_and_reversed(60, 60, mended=False)
    officer, page = signed_in(people.officer()), reverse("payments:payment", args=[back.pk])
    [told] = awaited_by(back.professional).came_back
    assert told.theirs and "1 virement revenu" in text_of(officer.get(reverse("web:home")))
    reverse_it(action)
    [told] = awaited_by(back.professional).came_back
    assert not told.theirs and EVEN in told.next_step
    assert EVEN in text_of(officer.get(page)) and EVEN in text_of(signed_in(back.professional.user).get(page))
    assert "Personne : compensé" in text_of(officer.get(reverse("payments:returns")))
    assert "virement revenu" not in text_of(officer.get(reverse("web:home")))


def test_the_mail_of_a_return_promises_nothing_that_is_taken_back() -> None:
    factories.scale()
    factories.paying_account()
    action = factories.validated(factories.paid_team(), minutes=60)
    run = factories.approved()
    bank.taken(bank.executed(bank.transfers(run)))
    reverse_it(action)
    back = bank.transfers(run)[0]
    bank.taken(bank.came_back([back]))
    told = Notice.objects.get(kind="payments.returned")
    assert EVEN in told.body and "autre compte" not in told.body and not told.urgent
