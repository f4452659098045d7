"""The pages of controls: asked in three gestures, decided on one page, drawn again by anybody."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from equipage.controls.models import Control, ControlAnswer, ControlPlan, Draw
from equipage.controls.rules import Risk
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of
from tests.controls.cast import Cast, cast, in_october, plan
from tests.foundation import specimens
from tests.listing_checks import assert_constant_queries, queries_of

pytestmark = pytest.mark.django_db


def page_of(who: Cast, name: str = "control", *rest: str) -> str:
    return reverse(f"controls:{name}", args=[who.control.pk, *rest])


def test_the_team_answers_in_three_gestures() -> None:
    """The card of the home page, the photo, send."""
    who = cast()
    client = signed_in(who.second)
    address = page_of(who, "move", "answer")
    assert address in client.get(reverse("web:home")).content.decode()
    page = text_of(client.get(address))
    assert "Une photo ou une phrase suffit, avant le 7 décembre 2026" in page and "nomme un patient" in page
    file: Any = io.BytesIO(specimens.acting_pdf())
    file.name = "feuille.pdf"
    told = text_of(client.post(address, {"file": file}, follow=True))
    assert "C'est envoyé" in told and "feuille.pdf" in told
    kept = ControlAnswer.objects.get().attachment
    assert kept is not None
    answer = client.get(reverse("controls:evidence", args=[kept.pk]))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert signed_in(people.professional().user).get(reverse("controls:evidence", args=[kept.pk])).status_code == 404


def test_an_empty_answer_is_said_and_what_was_typed_is_kept() -> None:
    who = cast()
    client = signed_in(who.second)
    answer = client.post(page_of(who, "move", "answer"), {"words": " "})
    assert answer.status_code == 422 and "l'un des deux suffit" in text_of(answer)
    answer = client.post(page_of(who, "move", "answer"), {"words": "Mon compte FR76 3000 1007 9412 3456 7890 185"})
    assert answer.status_code == 422 and "FR76 3000 1007" in answer.content.decode()


def test_more_time_is_one_button_that_disappears() -> None:
    who = cast()
    client = signed_in(who.first)
    assert "Demander plus de temps" in text_of(client.get(page_of(who)))
    told = text_of(client.post(page_of(who, "move", "extend"), follow=True))
    assert "prolongé jusqu'au 22 décembre 2026" in told
    again = text_of(client.post(page_of(who, "move", "extend"), follow=True))
    assert "déjà été prolongé" in again


def test_the_association_announces_then_decides_and_the_team_reads_why() -> None:
    who = cast()
    who.answered()
    treasurer = signed_in(who.treasurer)
    address = page_of(who, "move", "announce")
    wrong = treasurer.post(address, {"outcome": "corrected", "reasons": "Trente minutes."})
    assert wrong.status_code == 422 and "Donnez la durée exacte" in text_of(wrong)
    assert "Trente minutes." in wrong.content.decode()
    told = text_of(
        treasurer.post(address, {"outcome": "corrected", "reasons": "Trente minutes.", "minutes": "30"}, follow=True)
    )
    assert "Rien n'est encore décidé" in told and "Ce qui serait corrigé" in told and "25,00" in told
    team = text_of(signed_in(who.second).get(page_of(who)))
    assert "Trente minutes." in team and "Répondre" in team
    signed_in(who.second).post(page_of(who, "move", "answer"), {"words": "Nous y sommes restés une heure."})
    confirm = treasurer.get(page_of(who, "move", "confirm"))
    assert "Une contre-écriture est écrite à côté de chaque ligne" in text_of(confirm)
    done = text_of(treasurer.post(page_of(who, "move", "confirm"), {"words": "Le registre le dit."}, follow=True))
    assert "Corrigé" in done and "Le registre le dit." in done
    read = text_of(signed_in(who.second).get(page_of(who)))
    assert "Le registre le dit." in read and "Un doute" in read


@pytest.mark.parametrize(("move", "state"), [("find_in_order", "in_order"), ("cancel", "cancelled")])
def test_a_sentence_ends_it(move: str, state: str) -> None:
    who = cast()
    who.answered()
    client = signed_in(who.treasurer)
    assert client.post(page_of(who, "move", move), {"words": ""}).status_code == 422
    client.post(page_of(who, "move", move), {"words": "Une phrase."})
    assert Control.objects.get().state == state
    gone = text_of(client.get(page_of(who, "move", move), follow=True))
    assert "Ce n'est plus possible" in gone


def test_who_validated_reads_but_finds_the_moves_blocked_with_the_reason() -> None:
    who = cast()
    who.answered()
    page = text_of(signed_in(who.officer).get(page_of(who)))
    assert "une autre personne de l'association la contrôle" in page
    told = text_of(signed_in(who.officer).get(page_of(who, "move", "find_in_order"), follow=True))
    assert "une autre personne" in told


def test_a_stranger_meets_no_page_and_an_unknown_move_neither() -> None:
    who = cast()
    stranger = signed_in(people.professional().user)
    for address in (
        page_of(who),
        page_of(who, "move", "answer"),
        reverse("controls:replay", args=[who.control.draw_id]),
    ):
        assert stranger.get(address).status_code == 404
    assert signed_in(who.treasurer).get(page_of(who, "move", "lapse")).status_code == 404
    assert signed_in(who.treasurer).get(page_of(who, "move", "answer")).status_code == 404


def test_the_action_and_the_line_say_that_they_are_under_control() -> None:
    who = cast()
    client = signed_in(who.second)
    line = who.second.professional.claim_lines.get()
    for address in (
        reverse("coordination:action", args=[who.action.pk]),
        reverse("compensation:line", args=[line.pk]),
        reverse("controls:mine"),
    ):
        assert page_of(who) in client.get(address).content.decode(), address
    assert reverse("controls:mine") in client.get(reverse("compensation:mine")).content.decode()


def test_the_draw_says_how_many_before_it_writes() -> None:
    factories.scale()
    team = factories.paid_team()
    in_october(factories.validated(team, by=people.officer()))
    plan()
    client = signed_in(people.treasurer())
    address = reverse("controls:draw_month")
    page = text_of(client.get(address, {"mois": "2026-10"}))
    assert "1 action serait tirée sur 1" in page and "chiffres fictifs" in page and not Draw.objects.exists()
    assert "se tire une fois terminé" in text_of(client.get(address, {"mois": "2026-11"}))
    early = client.post(address, {"mois": "2026-11"})
    assert early.status_code == 422 and not Draw.objects.exists()
    made = text_of(client.post(address, {"mois": "2026-10"}, follow=True))
    assert "Le même tirage" in made and Draw.objects.get().salt in made
    assert "Ce mois est déjà tiré" in text_of(client.get(address, {"mois": "2026-10"}))
    assert text_of(client.get(address, {"mois": "octobre"}, follow=True)).count("n'est pas un mois") == 1


def test_the_replay_says_when_it_is_not_the_same() -> None:
    who = cast()
    Control.objects.filter(pk=who.control.pk).update(action=factories.action(who.action.team))
    page = text_of(signed_in(who.treasurer).get(reverse("controls:replay", args=[who.control.draw_id])))
    assert "Ce n'est pas le même tirage" in page


def test_anybody_reads_the_method_without_an_account() -> None:
    assert "Aucun plan adopté" in text_of(Client().get(reverse("controls:method")))
    plan()
    page = text_of(Client().get(reverse("controls:method")))
    assert "Chiffres fictifs" in page and "15 jours pour répondre" in page and "SHA-256" in page


def sent_plan(**changes: str) -> dict[str, str]:
    rates = {f"percent_{risk}": "10" for risk in Risk} | {f"minimum_{risk}": "0" for risk in Risk}
    figures = {
        "label": "Plan 2027",
        "valid_from": "2027-01-01",
        "new_below": "3",
        "confirmed_after": "3",
        "watched_months": "12",
        "high_cents": "400",
        "answer_days": "15",
        "extension_days": "15",
        "reply_days": "15",
        "decide_days": "15",
        "remind_days": "3",
    }
    return {**figures, **rates, **changes}


def test_a_plan_is_prepared_by_one_and_adopted_by_another() -> None:
    admin, treasurer = signed_in(people.association_admin()), people.treasurer()
    address = reverse("controls:new_plan")
    assert 'name="percent_nouvelle"' in admin.get(address).content.decode()
    wrong = admin.post(address, sent_plan(percent_confirmee="40"))
    assert wrong.status_code == 422 and "plus contrôlée" in text_of(wrong) and not ControlPlan.objects.exists()
    told = text_of(admin.post(address, sent_plan(), follow=True))
    made = ControlPlan.objects.get()
    assert "une deuxième personne l'adopte" in told.lower() and made.high_cents == 40_000
    adopt = reverse("controls:plan_move", args=[made.pk, "adopt"])
    seen = {"seen": made.revision}
    assert "deuxième personne" in text_of(admin.post(adopt, seen, follow=True)) and made.state == "draft"
    page = signed_in(treasurer).get(reverse("controls:plan", args=[made.pk])).content.decode()
    assert f'name="seen" value="{made.revision}"' in page
    assert "relisez-le" in text_of(signed_in(treasurer).post(adopt, {"seen": "avant"}, follow=True))
    assert "Adopté" in text_of(signed_in(treasurer).post(adopt, seen, follow=True))


def test_a_draft_is_not_public() -> None:
    signed_in(people.association_admin()).post(reverse("controls:new_plan"), sent_plan())
    made = ControlPlan.objects.get()
    assert signed_in(people.professional().user).get(reverse("controls:plan", args=[made.pk])).status_code == 404
    assert "Plan 2027" not in text_of(Client().get(reverse("controls:method")))


def test_the_list_of_the_association_costs_the_same_for_few_and_many() -> None:
    cast()
    who = people.association_admin()

    def more() -> None:
        first = Control.objects.get()
        for _ in range(3):
            action = in_october(factories.validated(factories.paid_team(), by=people.officer()))
            Control.objects.create(
                draw=first.draw,
                action=action,
                team=action.team,
                organisation=first.organisation,
                risk=first.risk,
                risk_sentence="Essai.",
                asked_at=first.asked_at,
                due_on=first.due_on,
            )

    assert_constant_queries(signed_in(who), reverse("controls:list"), more)
    assert_constant_queries(signed_in(who), reverse("controls:plans"), lambda: None)


def test_one_control_is_one_page_with_few_queries() -> None:
    who = cast()
    who.replied("corrected", minutes=30)
    assert len(queries_of(signed_in(who.treasurer), page_of(who))) <= 45


def test_home_pages_say_who_must_act() -> None:
    who = cast()
    assert "1 contrôle attend" not in text_of(signed_in(who.treasurer).get(reverse("web:home")))
    who.answered()
    assert "1 contrôle attend votre décision" in text_of(signed_in(who.treasurer).get(reverse("web:home")))
    assert "contrôle attend votre décision" not in text_of(signed_in(who.officer).get(reverse("web:home")))


def test_the_association_is_told_of_a_month_that_is_not_drawn() -> None:
    plan()
    page = text_of(signed_in(people.treasurer()).get(reverse("web:home")))
    assert "L'échantillon d'octobre 2026 n'est pas tiré" in page
