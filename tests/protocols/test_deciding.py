"""A protocol comes into force when what its type asks is there; then it never changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.db.transaction import atomic
from hypothesis import given
from hypothesis import strategies as st

from equipage.foundation import audit
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked
from equipage.messaging.models import Notice
from equipage.protocols import kinds, rules, services
from equipage.protocols.models import Agreement, Edition, Opinion, ProtocolVersion
from equipage.protocols.states import EDITION
from tests import factories
from tests.protocols.factories import (
    agree,
    agreed,
    in_force,
    next_version,
    person_of,
    proposed,
    review_day,
    team_of_two,
    written,
)

pytestmark = pytest.mark.django_db


def put(edition: Edition, **dates: Any) -> Edition:
    given_dates = {"validated_on": today(), "review_on": review_day(), **dates}
    return services.put_in_force(edition, actor=factories.lead_of(edition.protocol.team), **given_dates)


# --- proposing and agreeing -------------------------------------------------------------------------------------------


def test_a_text_with_holes_is_not_proposed_and_the_holes_are_named() -> None:
    edition = written(without=("alerts", "sources"))
    with pytest.raises(Blocked, match=r"Il reste 2.rubriques.*Alertes et recours, Documents et sources"):
        services.propose(edition, actor=factories.lead_of(edition.protocol.team))
    assert factories.fresh(edition).state == "draft"


def test_who_proposes_agrees_and_the_professions_concerned_are_asked() -> None:
    pharmacist = factories.pharmacist()
    team = team_of_two(members=[pharmacist])
    answers = {"group": {"professions": ["10", "60"], "authors": [person_of(factories.lead_of(team)).pk]}}
    edition = proposed(team, **answers)
    assert [row.professional.user for row in edition.agreements_now()] == [factories.lead_of(team)]
    asked = set(Notice.objects.filter(kind="protocols.agreement").values_list("recipient", flat=True))
    doctor = factories.member_of(team)
    assert asked == {doctor.pk}
    assert pharmacist.user.pk not in asked
    services.propose(edition, actor=factories.lead_of(team))
    assert Notice.objects.filter(kind="protocols.agreement").count() == 1


def test_one_member_of_every_profession_concerned_is_needed() -> None:
    team = team_of_two()
    edition = proposed(team)
    with pytest.raises(Blocked, match=r"Médecin.*accord d'un membre|Médecin.*accord d.un membre"):
        put(edition)
    services.answer(edition, actor=factories.member_of(team), agrees=True)
    assert put(edition).state == "in_force"


def test_a_profession_nobody_has_in_the_team_is_said_with_the_way_out() -> None:
    team = team_of_two()
    lead = person_of(factories.lead_of(team)).pk
    edition = agreed(team, group={"professions": ["10", "60", "91"], "authors": [lead]})
    with pytest.raises(Blocked, match=r"aucun membre de l.équipe.*Invitez-en un"):
        put(edition)


def test_a_change_asked_for_blocks_until_it_is_settled() -> None:
    team = team_of_two()
    edition = proposed(team)
    doctor = factories.member_of(team)
    with pytest.raises(Refused, match="ce qu'il faut changer") as refused:
        services.answer(edition, actor=doctor, agrees=False, comment=" ")
    assert refused.value.field == "comment"
    services.answer(edition, actor=doctor, agrees=False, comment="La ligne réservée a changé.")
    services.answer(edition, actor=doctor, agrees=False, comment="La ligne réservée a changé.")
    assert Agreement.objects.filter(agrees=False).count() == 1
    assert Notice.objects.filter(recipient=factories.lead_of(team), subject__contains="changement").count() == 1
    with pytest.raises(Blocked, match="demande un changement"):
        put(edition)
    services.answer(edition, actor=doctor, agrees=True)
    assert put(edition).state == "in_force"


def test_a_text_taken_back_asks_for_agreements_again() -> None:
    team = team_of_two()
    edition = agreed(team)
    lead, doctor = factories.lead_of(team), factories.member_of(team)
    edition = services.reopen(edition, actor=doctor)
    base = edition.parts.get(key="need").version
    services.save_part(edition, "need", {"population": "x", "aim": "y", "current": "z"}, based_on=base, actor=doctor)
    edition = services.propose(edition, actor=lead)
    assert [row.professional.user for row in edition.agreements_now()] == [lead]
    with pytest.raises(Blocked, match="Médecin"):
        put(edition)


def test_an_answer_about_a_text_that_changed_is_refused() -> None:
    edition = proposed()
    with pytest.raises(Refused, match="relisez-le"):
        services.answer(edition, actor=factories.member_of(edition.protocol.team), agrees=True, text_hash="0" * 64)


def test_the_agreement_of_a_member_who_left_no_longer_counts() -> None:
    team = team_of_two()
    edition = agreed(team)
    doctor = factories.member_of(team)
    team.memberships.filter(professional__user=doctor).update(state="left", valid_to=today(), leaving_reason="Départ.")
    with pytest.raises(Blocked, match="aucun membre"):
        put(edition)
    with pytest.raises(Refused, match="membres confirmés"):
        services.answer(edition, actor=factories.fresh(doctor), agrees=True)


# --- what each type asks ----------------------------------------------------------------------------------------------


def test_outside_the_fee_schedule_the_association_is_told_and_its_opinion_is_kept() -> None:
    officer = factories.officer()
    edition = proposed(kind="outside_fees")
    assert edition.told_at is not None
    assert Notice.objects.filter(recipient=officer, kind="protocols.opinion").count() == 1
    with pytest.raises(Refused, match="quelques mots"):
        services.give_opinion(edition, actor=officer, favourable=False, text="")
    services.give_opinion(edition, actor=officer, favourable=False, text="Précisez les actes.")
    services.give_opinion(edition, actor=officer, favourable=False, text="Précisez les actes.")
    assert Opinion.objects.count() == 1
    assert Notice.objects.filter(recipient=factories.lead_of(edition.protocol.team), kind="protocols.opinion").exists()
    agree(edition)
    assert put(edition).state == "in_force"


def test_an_organisational_protocol_is_not_shown_to_the_association() -> None:
    officer = factories.officer()
    edition = proposed()
    assert edition.told_at is None
    assert not Notice.objects.filter(recipient=officer).exists()
    with pytest.raises(Refused, match="n'attend pas l'avis"):
        services.give_opinion(edition, actor=officer, favourable=True, text="")


def test_the_opinion_is_that_of_the_association_of_the_region() -> None:
    edition = proposed(kind="outside_fees")
    for person in (
        factories.officer(region_code="53"),
        factories.ars_region(),
        factories.lead_of(edition.protocol.team),
    ):
        with pytest.raises(Refused, match="association de la région"):
            services.give_opinion(edition, actor=person, favourable=True, text="Oui")


def test_a_cooperation_protocol_names_the_act_that_authorises_it() -> None:
    identity = {"title": "Essai", "theme": "Essai", "kind": "cooperation"}
    edition = agreed(kind="cooperation", identity=identity)
    with pytest.raises(Blocked, match=r"national ou local.*numéro de l.arrêté.*date"):
        put(edition)
    act = {"scope": "national", "reference": "Arrêté fictif n° 1", "reference_on": "2024-01-01"}
    edition = agreed(kind="cooperation", identity={**identity, **act})
    assert put(edition).state == "in_force"
    assert "L. 4011-1" in edition.kind_card.law


SIGNS = st.sampled_from(["10", "60", "21", "91"])


@given(st.sets(SIGNS), st.sets(SIGNS), st.sets(SIGNS), st.booleans(), st.booleans())
def test_nothing_lacks_exactly_when_every_demand_is_met(
    concerned: set[str], present: set[str], agreed_codes: set[str], told: bool, act: bool
) -> None:
    known = rules.Standing(
        concerned=[(code, code) for code in sorted(concerned)],
        present=frozenset(present | agreed_codes),
        agreed=frozenset(agreed_codes),
        told=told,
        scope="local" if act else "",
        reference="n° 1" if act else "",
        reference_on="2024-01-01" if act else "",
    )
    wanted = {kinds.PROFESSIONS: concerned <= agreed_codes, kinds.TOLD: told, kinds.LEGAL_ACT: act}
    for kind in kinds.KINDS:
        assert (rules.lacking(kind, known) == ()) == all(wanted[demand] for demand in kind.demands), kind.code


def test_the_table_can_ask_for_a_favourable_opinion() -> None:
    strict = kinds.Kind("essai", "Essai", "", (kinds.FAVOURABLE,))
    silent = rules.Standing([], frozenset(), frozenset())
    assert rules.lacking(strict, silent) != ()
    assert rules.lacking(strict, rules.Standing([], frozenset(), frozenset(), opinion=True)) == ()


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("validated", "review", "field"),
    [
        (1, 100, "validated_on"),
        (-10, -10, "review_on"),
        (-10, -20, "review_on"),
        (-10, -5, "review_on"),
        (0, 0, "review_on"),
    ],
)
def test_wrong_dates_are_refused_beside_their_field(validated: int, review: int, field: str) -> None:
    edition = agreed()
    with pytest.raises(Refused) as refused:
        put(edition, validated_on=today() + timedelta(days=validated), review_on=today() + timedelta(days=review))
    assert refused.value.field == field
    assert factories.fresh(edition).state == "proposed"
    assert not ProtocolVersion.objects.exists()


def test_the_database_refuses_a_review_before_the_validation() -> None:
    edition = in_force()
    with pytest.raises(DatabaseError), atomic():
        Edition.objects.filter(pk=edition.pk).update(review_on=edition.validated_on)


# --- in force: frozen -------------------------------------------------------------------------------------------------


def test_a_version_keeps_text_authors_agreements_and_hash_for_ever() -> None:
    edition = in_force()
    version = ProtocolVersion.objects.get(edition=edition)
    lead = factories.lead_of(edition.protocol.team)
    assert version.number == 1
    assert version.content_hash == rules.content_hash(version.content)
    assert version.content["authors"][0]["name"] == lead.full_name
    assert len(version.content["agreements"]) == 2
    assert version.content["sections"] == edition.sections()
    for change in (
        lambda: ProtocolVersion.objects.filter(pk=version.pk).update(content={}),
        lambda: ProtocolVersion.objects.filter(pk=version.pk).update(document=None),
        version.delete,
        lambda: Agreement.objects.all().update(agrees=False),
    ):
        with pytest.raises(DatabaseError, match="ne se change pas"), atomic():
            change()
    assert audit.verify() is None


def test_the_same_click_twice_freezes_one_version() -> None:
    edition = agreed()
    put(edition)
    put(edition)
    assert ProtocolVersion.objects.count() == 1


def test_the_next_version_replaces_the_one_in_force() -> None:
    first = in_force()
    second = next_version(first.protocol, need={"population": "Tous", "aim": "Mieux", "current": "Comme avant"})
    assert factories.fresh(first).state == "superseded"
    assert second.state == "in_force"
    assert list(first.protocol.versions.values_list("number", flat=True).order_by("number")) == [1, 2]


def test_a_blocked_next_version_leaves_the_first_in_force() -> None:
    first = in_force()
    lead = factories.lead_of(first.protocol.team)
    draft = services.revise(first.protocol, actor=lead)
    data = {"indicators": "Un", "review_on": review_day().isoformat()}
    services.save_part(draft, "follow_up", data, based_on=1, actor=lead)
    draft = services.propose(draft, actor=lead)
    with pytest.raises(Blocked):
        put(draft)
    assert factories.fresh(first).state == "in_force"


def test_who_may_decide() -> None:
    pharmacist = factories.pharmacist()
    team = team_of_two(members=[pharmacist])
    edition = agreed(team)
    dates = {"validated_on": today(), "review_on": review_day()}
    with pytest.raises(Blocked, match="revient à"):
        services.put_in_force(edition, actor=factories.fresh(pharmacist.user), **dates)
    edition = services.reopen(edition, actor=factories.lead_of(team))
    group = {**edition.sections()["group"], "authors": [pharmacist.pk]}
    services.save_part(edition, "group", group, based_on=1, actor=factories.lead_of(team))
    edition = services.propose(edition, actor=factories.lead_of(team))
    agree(edition)
    services.put_in_force(edition, actor=factories.fresh(pharmacist.user), **dates)


def test_read_again_without_change_sets_the_next_review() -> None:
    edition = in_force(validated_on=today() - timedelta(days=100))
    lead = factories.lead_of(edition.protocol.team)
    later = today() + timedelta(days=400)
    edition = services.confirm_review(edition, actor=lead, review_on=later)
    assert (edition.state, edition.review_on, edition.reviewed_on) == ("in_force", later, today())
    with pytest.raises(Refused, match="déjà passée"):
        services.confirm_review(edition, actor=lead, review_on=today())


@pytest.mark.parametrize("maker", [written, proposed, in_force])
def test_a_text_is_withdrawn_with_a_reason(maker: Any) -> None:
    edition = maker()
    lead = factories.lead_of(edition.protocol.team)
    with pytest.raises(Refused):
        services.withdraw(edition, actor=lead, reason=" ")
    edition = services.withdraw(edition, actor=lead, reason="Fusionné avec un autre.")
    assert edition.state == "withdrawn"
    assert services.revise(edition.protocol, actor=lead).state == "draft"


@given(st.lists(st.sampled_from(sorted(EDITION.transitions)), max_size=12))
def test_no_series_of_moves_leaves_a_state_without_its_columns(moves: list[str]) -> None:
    """Walking the table: what a state asks was brought by the moves that led there."""
    state, filled = EDITION.initial, set[str]()
    for name in moves:
        move = EDITION.transitions[name]
        if state not in move.sources:
            continue
        filled = (filled - set(move.clears)) | set(move.sets) | set(move.inputs)
        state = move.target
        assert set(EDITION.states[state].required) <= filled, (name, state)
        # `told_at` is set to nothing by the types that tell nobody; all the rest is really emptied.
        assert not set(EDITION.states[state].empty) & filled, (name, state)
