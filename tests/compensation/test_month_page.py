"""The page of a month: decisions sent from it, filters, refusals that keep what was typed, reminders."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from equipage.compensation.models import HindranceNotice, MonthDecision
from equipage.compensation.piles import Person
from equipage.compensation.services.reminders import remind
from equipage.foundation.refusals import Refused
from equipage.messaging.models import Notice
from equipage.payments.models import PaymentRun
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of
from tests.compensation.test_month import piles_of, two_people

pytestmark = pytest.mark.django_db


def fields(person: Person, **more: Any) -> dict[str, Any]:
    return {
        "mois": "2026-10",
        "person": person.professional_id,
        "seen": person.seen_hash,
        "before": person.decision.pk if person.decision else 0,
        **more,
    }


def test_the_officer_decides_on_the_page_and_goes_on_to_the_next() -> None:
    two_people()
    client, address = signed_in(people.officer()), reverse("compensation:decide")
    first, second = piles_of().people
    page = text_of(client.get(reverse("compensation:prepare"), {"mois": "2026-10"}))
    assert "2 personnes attendent votre décision (75,00 €) : hors de cette campagne." in page
    assert "2 personnes dont c'est le seul point, 75,00 €" in page
    answer = client.post(address, fields(first, choice="pay", following=second.professional_id))
    assert answer.status_code == 302 and answer["Location"].endswith(f"#personne-{second.professional_id}")
    late = client.post(address, fields(second, choice="wait", reason=""))
    assert late.status_code == 422 and "en une phrase" in text_of(late)
    assert client.post(address, fields(second, choice="wait", reason="Double RIB.")).status_code == 302
    page = text_of(client.get(reverse("compensation:prepare"), {"mois": "2026-10"}))
    assert "1 personne est mise de côté (37,50 €) : hors de cette campagne." in page and "Double RIB." in page
    client.post(reverse("compensation:prepare"), {"mois": "2026-10"})
    assert PaymentRun.objects.get().total_cents == 3750
    run = text_of(signed_in(people.treasurer()).get(reverse("payments:run", args=[PaymentRun.objects.get().pk])))
    assert "Mises de côté" in run and "Double RIB." in run and "1 personne payée après un regard" in run


def test_a_refused_reason_is_shown_again_as_it_was_typed() -> None:
    team = two_people()
    person = piles_of().people[0]
    factories.validated(team, held_on=date(2026, 10, 20))
    sent = fields(person, choice="wait", reason="À rappeler <b>lundi</b>", told="on")
    answer = signed_in(people.officer()).post(reverse("compensation:decide"), sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="À rappeler &lt;b&gt;lundi&lt;/b&gt;"' in page and 'name="told" checked' in page


def test_filters_keep_the_people_of_a_reason_and_of_a_team() -> None:
    two_people()
    other = factories.paid_team("Équipe du Layon")
    factories.validated(other)
    client, address = signed_in(people.officer()), reverse("compensation:prepare")
    shown = lambda **asked: len(client.get(address, {"mois": "2026-10", **asked}).context["cards"])  # noqa: E731
    assert (shown(), shown(equipe=other.pk), shown(motif="cut"), shown(motif="a-decider")) == (4, 2, 0, 4)
    assert shown(motif="n'importe quoi", equipe="x", page="999") == 4


def test_another_association_and_a_stranger_to_money_decide_nothing() -> None:
    two_people()
    person = piles_of().people[0]
    far = signed_in(people.officer(region_code="53"))
    answer = far.post(reverse("compensation:decide"), fields(person, choice="pay"))
    assert answer.status_code == 422 and person.professional.full_name not in text_of(answer)
    treasurer = signed_in(people.treasurer()).post(reverse("compensation:decide"), fields(person, choice="pay"))
    assert treasurer.status_code == 422 and "chargé de mission" in text_of(treasurer)
    assert not MonthDecision.objects.exists()


def test_all_alike_and_the_reminder_are_sent_from_the_page() -> None:
    two_people()
    factories.validated(factories.recognised_team())
    client = signed_in(people.officer())
    page = client.get(reverse("compensation:prepare"), {"mois": "2026-10"})
    row = page.context["alike"][0]
    sent = {"mois": "2026-10", "code": row.code, "seen": row.seen}
    assert client.post(reverse("compensation:decide_alike"), sent).status_code == 302
    again = client.post(reverse("compensation:decide_alike"), sent)
    assert again.status_code == 422 and "La liste a changé" in text_of(again)
    told = client.post(reverse("compensation:remind"), {"mois": "2026-10", "waits_for": "member"}, follow=True)
    assert "2 personnes sont prévenues." in text_of(told) and "2 personnes prévenues depuis sept jours" in text_of(told)
    assert client.post(reverse("compensation:remind"), {"mois": "2026-10", "waits_for": "x"}).status_code == 422


def test_who_must_act_is_told_once_and_not_again_within_a_week(time_machine: Any) -> None:
    factories.scale()
    factories.validated(factories.recognised_team())
    asked: dict[str, Any] = {
        "organisation": people.organisation("association"),
        "month": factories.OCTOBER,
        "actor": people.officer(),
        "waits_for": "member",
    }
    assert remind(**asked) == 2
    told = Notice.objects.filter(kind="compensation.hindrance")
    assert told.count() == HindranceNotice.objects.count() == 2
    assert "La convention n'est pas en vigueur" in told[0].body and told[0].link == reverse("compensation:mine")
    with pytest.raises(Refused, match="moins de sept jours"):
        remind(**asked)
    time_machine.move_to("2026-11-29T10:00:00+01:00")
    assert remind(**asked) == 2 and told.count() == 4
    with pytest.raises(Refused, match="à l'association d'agir"):
        remind(**{**asked, "waits_for": "association"})
    with pytest.raises(Refused, match="chargée ou le chargé de mission"):
        remind(**{**asked, "actor": people.treasurer()})
