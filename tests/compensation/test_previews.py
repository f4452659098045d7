"""What a draft would change, seen before it is adopted; the simulator over all teams, which writes nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from equipage.compensation.models import ClaimLine, Scale, ScalePreview, ScaleRate
from equipage.compensation.replaying import compare, figures_of, material_of, rates_of
from equipage.compensation.services import previews
from equipage.compensation.services.previews import ask_preview, compute_preview, is_fresh, last_computed
from equipage.compensation.services.scales import RateFacts, ScaleFacts, adopt, edit_scale
from equipage.foundation.jobs.worker import Worker
from equipage.foundation.refusals import Refused
from equipage.funding.models import Envelope
from tests import factories as people
from tests.compensation import factories
from tests.compensation.reading import signed_in, text_of

pytestmark = pytest.mark.django_db

PLAN = "PPS"
DEARER = ({"action_code": factories.MEETING, "unit": "hour", "amount": "52.50"},)


@pytest.fixture
def team() -> Any:
    """A team of three with a meeting of 45 minutes this year and one last year, under a scale of 50 € an hour."""
    factories.scale(valid_from=date(2025, 1, 1), label="En vigueur")
    made = factories.recognised_team(recognised_on=date(2025, 1, 1))
    factories.validated(made)
    factories.validated(made, held_on=date(2025, 6, 1))
    return made


def draft(rates: Any = DEARER, **fields: Any) -> Scale:
    return factories.scale(rates, state="draft", valid_from=date(2027, 1, 1), label="Projet", **fields)


def previewed(scale: Scale) -> ScalePreview:
    return compute_preview(ask_preview(scale, actor=people.treasurer()))


def test_before_is_what_was_paid_and_after_is_the_draft_on_the_same_actions(team: Any) -> None:
    figures = previewed(draft()).figures
    paid = sum(ClaimLine.objects.values_list("amount_cents", flat=True))
    assert figures["before"] == paid
    assert figures["after"] == figures["lines"] * 3938
    assert figures["years"] == [
        ["2025", paid // 2, figures["after"] // 2],
        ["2026", paid // 2, figures["after"] // 2],
    ]
    assert (figures["percent"], figures["kinds_changed"]) == ("5.0", [factories.MEETING])
    assert figures["gaining"] == len(figures["gain"]) and figures["losing"] == 0


def test_the_same_rates_change_nothing(team: Any) -> None:
    figures = previewed(draft(({"action_code": factories.MEETING, "unit": "hour", "amount": "50.00"},))).figures
    assert figures["before"] == figures["after"] and figures["changed"] == 0


def test_the_envelope_cuts_after_as_it_would(team: Any) -> None:
    paid = sum(ClaimLine.objects.filter(year=2026).values_list("amount_cents", flat=True))
    Envelope.objects.filter(team=team, year=2026).update(amount_cents=paid)
    figures = previewed(draft()).figures
    assert figures["years"][1] == ["2026", paid, paid]
    assert (figures["over_before"], figures["over_after"]) == ([], [[team.pk, 2026]])


def test_what_the_draft_does_not_pay_is_counted_and_said(team: Any) -> None:
    scale = draft(({"action_code": PLAN, "unit": "document", "amount": "10.00"},))
    figures = previewed(scale).figures
    assert (figures["after"], figures["kinds_unpaid"], figures["lines_unpaid"]) == (
        0,
        [factories.MEETING],
        figures["lines"],
    )
    page = text_of(signed_in(people.treasurer()).get(reverse("compensation:preview", args=[scale.pk])))
    assert "Une action sans tarif ne peut pas être validée." in page


def test_own_minutes_and_the_order_of_validations_are_those_of_the_payment(team: Any) -> None:
    first = ClaimLine.objects.filter(year=2026).order_by("professional_id")[0]
    presence = first.presence
    type(presence.action).objects.filter(pk=presence.action_id).update(starts_at="10:00")
    type(presence).objects.filter(pk=presence.pk).update(arrived_at="10:15", left_at="10:45")
    material = material_of(first.organisation)
    [own] = [one for act in material.actions if act.key == first.action_id for one in act.people if one.minutes]
    assert (own.key, own.minutes) == (first.professional_id, 30)


def test_actions_are_replayed_in_the_order_of_their_validation(team: Any) -> None:
    days = [action.on for action in material_of(Scale.objects.get().organisation).actions]
    assert days == [factories.DAY, date(2025, 6, 1)]


def test_a_preview_is_out_of_date_once_a_rate_changes_and_is_kept_as_it_was(team: Any) -> None:
    scale = draft()
    preview = previewed(scale)
    assert is_fresh(scale, preview)
    facts = ScaleFacts(scale.code, scale.label, scale.reference, scale.valid_from)
    edit_scale(scale, actor=people.officer(), facts=facts, rates=[RateFacts(factories.MEETING, "hour", Decimal("51"))])
    assert not is_fresh(scale, people.fresh(preview))
    client = signed_in(people.officer())
    url = reverse("compensation:preview", args=[scale.pk])
    assert "Calcul périmé" in text_of(client.get(url))
    assert client.post(url).status_code == 302
    assert "Calcul périmé" not in text_of(client.get(url)) and is_fresh(scale, last_computed(scale))
    with pytest.raises(DatabaseError, match="un aperçu calculé ne change plus"), transaction.atomic():
        ScalePreview.objects.filter(pk=preview.pk).update(figures={})


def test_another_adoption_makes_it_out_of_date_too(team: Any) -> None:
    scale = draft()
    preview = previewed(scale)
    factories.scale(valid_from=date(2026, 2, 1))
    assert not is_fresh(scale, preview)


def test_adopting_unseen_is_said_or_refused(team: Any) -> None:
    scale = draft()
    with pytest.raises(Refused, match="dites que vous l'adoptez sans l'avoir vu"):
        adopt(scale, actor=people.treasurer())
    assert adopt(scale, actor=people.treasurer(), unseen=True).state == "in_force"


def test_the_page_of_adoption_shows_the_effect_or_asks_for_it(team: Any) -> None:
    scale = draft()
    client, url = signed_in(people.treasurer()), reverse("compensation:scale_move", args=[scale.pk, "adopt"])
    assert "Effet inconnu" in text_of(client.get(url))
    refused = client.post(url, {})
    assert refused.status_code == 422 and "dites que vous l'adoptez sans l'avoir vu" in text_of(refused)
    client.post(reverse("compensation:preview", args=[scale.pk]))
    page = text_of(client.get(url))
    assert "+5 % sur tous les tarifs : +" in page and "sans avoir vu" not in page
    assert client.post(url, {}).status_code == 302 and people.fresh(scale).state == "in_force"
    kept = text_of(client.get(reverse("compensation:preview", args=[scale.pk])))
    assert "vu avant l'adoption" in kept and "Calcul périmé" not in kept
    assert client.post(reverse("compensation:preview", args=[scale.pk])).status_code == 302
    assert ScalePreview.objects.filter(scale=scale).count() == 1


def test_a_long_preview_is_a_job_with_its_progress(team: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "AT_ONCE", 1)
    scale = draft()
    client, url = signed_in(people.officer()), reverse("compensation:preview", args=[scale.pk])
    assert "rechargez cette page" in text_of(client.post(url, follow=True))
    assert "0 sur 2" in text_of(client.get(url))
    Worker().run_all()
    page = text_of(client.get(url))
    assert "Calcul en cours" not in page and "+5 % sur tous les tarifs" in page
    asked = ScalePreview.objects.get()
    before = asked.computed_at
    assert compute_preview(asked).computed_at == before


def test_a_stranger_to_the_association_sees_no_preview(team: Any) -> None:
    scale = draft()
    previewed(scale)
    adopt(scale, actor=people.treasurer())
    url = reverse("compensation:preview", args=[scale.pk])
    assert signed_in(people.nurse().user).get(url).status_code in (403, 404)
    with pytest.raises(Refused, match="par l'association qui paie"):
        ask_preview(draft(), actor=people.nurse().user)


def test_simulating_says_it_first_and_writes_nothing(team: Any) -> None:
    client, url = signed_in(people.officer()), reverse("compensation:simulate")
    assert "Partir de « En vigueur »" in text_of(client.get(url))
    counts = [model.objects.count() for model in (Scale, ScaleRate, ScalePreview, ClaimLine)]
    page = text_of(client.get(url, {"type": factories.MEETING, "pourcent": "5"}))
    assert "+5 % sur tous les tarifs : +" in page and "aucune équipe de plus ne dépasse son enveloppe" in page
    assert counts == [model.objects.count() for model in (Scale, ScaleRate, ScalePreview, ClaimLine)]


def test_a_simulation_of_no_change_changes_nothing_and_an_envelope_cuts(team: Any) -> None:
    client, url = signed_in(people.officer()), reverse("compensation:simulate")
    assert "aucun montant ne change" in text_of(client.get(url, {"pourcent": "0"}))
    page = text_of(client.get(url, {"enveloppe": "10"}))
    assert "Les plafonds changent : −" in page and "1 équipe de plus dépasse son enveloppe" in page


def test_a_simulation_that_cannot_be_is_explained_with_what_was_typed(team: Any) -> None:
    client, url = signed_in(people.officer()), reverse("compensation:simulate")
    wrong = client.get(url, {"montant": "-50", "type": factories.MEETING})
    assert wrong.status_code == 422 and "un tarif reste au-dessus de zéro" in text_of(wrong)
    assert 'value="-50"' in wrong.content.decode()
    assert client.get(url, {"pourcent": "beaucoup"}).status_code == 422


def test_a_simulation_is_exported_and_drafted(team: Any) -> None:
    client, url = signed_in(people.officer()), reverse("compensation:simulate")
    asked = {"type": factories.MEETING, "pourcent": "5,5", "plafond_total": "900"}
    file = client.get(url, {**asked, "export": "csv"})
    assert file["Content-Type"].startswith("text/csv")
    text = file.content.decode()
    assert text.startswith("\ufeffPar;Nom;Avant, en euros") and f"équipe;{team.name};" in text
    page = text_of(client.get(reverse("compensation:new_scale"), asked))
    assert "viennent de votre simulation" in page
    content = client.get(reverse("compensation:new_scale"), asked).content.decode()
    assert 'value="52,75"' in content and 'value="900,00"' in content


def test_a_replay_reads_in_a_bounded_number_of_queries(team: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            scale = Scale.objects.get(label="En vigueur")
            found = compare(material_of(scale.organisation), rates_of(scale), rates_of(scale))
            assert figures_of(found)["lines"]
        return len(seen)

    few = queries()
    other = factories.recognised_team()
    for day in (3, 4, 5):
        factories.validated(other, held_on=date(2026, 3, day))
    assert queries() == few <= 9
