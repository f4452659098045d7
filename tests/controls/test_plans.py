"""A plan of control: changed while it is a draft, frozen by the database once it is adopted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from equipage.controls.models import ControlPlan, ControlRate
from equipage.controls.rules import Rate, Risk
from equipage.controls.services import plans
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from tests import factories as people
from tests.compensation.reading import signed_in, text_of
from tests.controls.cast import ALL, FACTS, plan
from tests.controls.test_pages import sent_plan

pytestmark = pytest.mark.django_db
HALF = dict.fromkeys(map(str, Risk), Rate(50, 2))


def drafted(actor: Any = None) -> ControlPlan:
    association = people.organisation("association")
    actor = actor or people.association_admin()
    return plans.draft_plan(actor=actor, organisation=association, facts=FACTS, rates=ALL)


def test_a_draft_is_changed_and_whoever_wrote_last_does_not_adopt_it() -> None:
    made, officer = drafted(), people.officer()
    read = made.revision
    facts = {**FACTS, "label": "Plan corrigé", "valid_from": date(2026, 2, 1), "high_cents": 40_000}
    plans.edit_plan(made, actor=officer, facts=facts, rates=HALF)
    made = people.fresh(made)
    assert (made.label, made.high_cents, made.drafted_by, made.rates_by_class()) == (
        "Plan corrigé",
        40_000,
        officer,
        HALF,
    )
    link = AuditEntry.objects.get(action="controls.plan.edit")
    assert link.before["label"] == FACTS["label"] and link.before["rates"]["nouvelle"] == [100, 0]
    assert link.after["label"] == "Plan corrigé" and link.after["rates"]["nouvelle"] == [50, 2]
    with pytest.raises(Blocked, match="deuxième personne"):
        plans.adopt(made, actor=people.treasurer(person=officer), seen=made.revision)
    with pytest.raises(Refused, match="modifié depuis"):
        plans.adopt(made, actor=people.treasurer(), seen=read)
    assert plans.adopt(made, actor=people.treasurer(), seen=made.revision).state == "in_force"


def test_an_edit_is_refused_as_a_draft_is() -> None:
    made = drafted()
    with pytest.raises(Refused, match="plus contrôlée") as refused:
        plans.edit_plan(made, actor=people.officer(), facts=FACTS, rates={**ALL, str(Risk.USUAL): Rate(10)})
    assert refused.value.field == "percent_confirmee"
    with pytest.raises(Refused, match="préparé par l'association"):
        plans.edit_plan(made, actor=people.officer(region_code="53"), facts=FACTS, rates=HALF)
    plans.adopt(made, actor=people.treasurer(), seen=made.revision)
    with pytest.raises(Refused, match="plus un brouillon"):
        plans.edit_plan(made, actor=people.officer(), facts=FACTS, rates=HALF)
    assert people.fresh(made).rates_by_class() == ALL


def test_the_database_refuses_to_change_an_adopted_plan_or_its_rates() -> None:
    made, other = plan(), drafted()
    mine = ControlRate.objects.filter(plan=made)
    acts: list[Any] = [
        lambda: ControlPlan.objects.filter(pk=made.pk).update(answer_days=1),
        lambda: ControlPlan.objects.filter(pk=made.pk).update(state="draft", adopted_at=None, adopted_by=None),
        lambda: mine.update(percent=1),
        lambda: mine.filter(risk="nouvelle").delete(),
        lambda: mine.update(plan=other),
        lambda: ControlRate.objects.filter(plan=other, risk="nouvelle").update(plan=made),
        lambda: ControlRate.objects.create(plan=made, risk="nouvelle", percent=1),
    ]
    for act in acts:
        with pytest.raises(DatabaseError, match=r"ne change(nt)? plus"), transaction.atomic():
            act()
    assert people.fresh(made).rates_by_class() == ALL
    ControlRate.objects.filter(plan=other).update(percent=1)
    ControlRate.objects.filter(plan=other).delete()


def test_a_draft_is_edited_on_its_page_with_what_it_says() -> None:
    admin, treasurer = people.association_admin(), people.treasurer()
    client = signed_in(admin)
    client.post(reverse("controls:new_plan"), sent_plan())
    made = ControlPlan.objects.get()
    page, address = reverse("controls:plan", args=[made.pk]), reverse("controls:edit_plan", args=[made.pk])
    assert "Modifier le brouillon" in text_of(client.get(page))
    assert "Modifier le brouillon" not in text_of(signed_in(treasurer).get(page))
    assert signed_in(treasurer).get(address).status_code == 404
    shown = client.get(address).context["form"]
    assert shown["high_cents"].value() == "400,00" and shown["percent_nouvelle"].value() == 10
    wrong = client.post(address, sent_plan(percent_confirmee="40", label="Autre"))
    assert wrong.status_code == 422 and "plus contrôlée" in text_of(wrong) and 'value="Autre"' in wrong.content.decode()
    told = text_of(client.post(address, sent_plan(label="Plan 2027 revu", percent_nouvelle="30"), follow=True))
    assert "Plan 2027 revu" in told and "brouillon est enregistré" in told
    assert people.fresh(made).rates_by_class()["nouvelle"] == Rate(30)
    plans.adopt(made, actor=treasurer, seen=people.fresh(made).revision)
    gone = client.post(address, sent_plan(), follow=True)
    assert "Ce plan est maintenant « Adopté »" in text_of(gone) and people.fresh(made).label == "Plan 2027 revu"
