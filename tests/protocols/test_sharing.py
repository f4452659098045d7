"""Protocols as commons: published with consent, taken up with attribution, followed when the original changes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic

from equipage.foundation.refusals import Refused
from equipage.messaging.models import Notice
from equipage.protocols import rules, selectors, services
from equipage.protocols.models import Adoption, Protocol, ProtocolVersion, Publication
from equipage.protocols.services.sharing import AlreadyTakenUp, latest_of
from tests import factories
from tests.protocols.factories import (
    TITLE,
    agree,
    completed,
    in_force,
    next_version,
    proposed,
    published,
    review_day,
    taken_up,
    team_of_two,
    written,
)
from tests.together import together

pytestmark = pytest.mark.django_db
NEED = {"population": "Tous les patients communs.", "aim": "Une nouvelle phrase.", "current": "Chacun appelle."}


def lead_of(protocol: Protocol) -> Any:
    return factories.lead_of(protocol.team)


# --- publishing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("maker", [written, proposed])
def test_only_what_is_in_force_is_published(maker: Any) -> None:
    edition = maker()
    with pytest.raises(Refused, match="en vigueur"):
        services.publish(edition, actor=lead_of(edition.protocol), consent=True)
    assert not Publication.objects.exists()


def test_nothing_is_shown_without_the_consent_of_the_team() -> None:
    edition = in_force()
    with pytest.raises(Refused, match="accord de l'équipe") as refused:
        services.publish(edition, actor=lead_of(edition.protocol), consent=False)
    assert refused.value.field == "consent"


def test_the_lead_or_an_author_publishes_and_nobody_else() -> None:
    edition = in_force()
    for person in (factories.member_of(edition.protocol.team), factories.officer(), factories.nurse().user):
        with pytest.raises(Refused, match="référente ou à un auteur"):
            services.publish(edition, actor=factories.fresh(person), consent=True)
    shown = services.publish(edition, actor=lead_of(edition.protocol), consent=True)
    assert services.publish(edition, actor=lead_of(edition.protocol), consent=True) == shown


def test_the_region_sees_what_is_published_and_stops_seeing_what_is_withdrawn() -> None:
    reader = factories.lead_of(team_of_two())
    elsewhere = factories.lead_of(team_of_two(place=factories.commune("35238")))
    alone = factories.nurse().user
    people = [reader, factories.officer(), factories.treasurer(), factories.ars_department(), factories.ars_region()]
    edition = in_force()
    protocol, version = edition.protocol, ProtocolVersion.objects.get(edition=edition)

    def seen(user: Any) -> tuple[bool, bool, bool]:
        user = factories.fresh(user)
        return (
            Protocol.objects.visible_to(user).filter(pk=protocol.pk).exists(),
            ProtocolVersion.objects.visible_to(user).filter(pk=version.pk).exists(),
            type(edition).objects.visible_to(user).filter(pk=edition.pk).exists(),
        )

    everybody = [*people, elsewhere, alone, factories.platform_admin()]
    assert {seen(user) for user in everybody} == {(False, False, False)}
    publication = services.publish(edition, actor=lead_of(protocol), consent=True)
    assert {seen(user) for user in people} == {(True, True, False)}
    assert {seen(user) for user in everybody[len(people) :]} == {(False, False, False)}
    services.withdraw_publication(publication, actor=lead_of(protocol))
    assert {seen(user) for user in everybody} == {(False, False, False)}


def test_withdrawing_the_protocol_ends_its_publication() -> None:
    publication = published()
    edition = publication.version.edition
    services.withdraw(edition, actor=lead_of(edition.protocol), reason="Plus utile.")
    assert factories.fresh(publication).state == "withdrawn"


def test_a_new_version_is_shown_only_when_it_is_published_too() -> None:
    publication = published()
    protocol = publication.protocol
    edition = next_version(protocol, need=NEED)
    assert Publication.objects.get(state="online").version.number == 1
    services.publish(edition, actor=lead_of(protocol), consent=True)
    assert Publication.objects.get(state="online").version.number == 2
    assert factories.fresh(publication).state == "replaced"


# --- taking up --------------------------------------------------------------------------------------------------------


def test_a_copy_has_the_text_and_not_what_belongs_to_the_first_team() -> None:
    publication = published()
    copy = taken_up(publication)
    sections = copy.editions.get().sections()
    first = publication.version.content["sections"]
    assert sections["need"] == first["need"]
    assert sections["conduct"] == first["conduct"]
    assert sections["group"] == {"professions": first["group"]["professions"]}
    assert sections["follow_up"] == {"indicators": first["follow_up"]["indicators"]}
    adoption = copy.adoption
    (link,) = adoption.attribution
    assert (link["team"], link["title"], link["number"]) == (publication.protocol.team.name, TITLE, 1)
    assert link["authors"] == [factories.lead_of(publication.protocol.team).full_name]
    assert Notice.objects.filter(recipient=lead_of(publication.protocol), kind="protocols.taken_up").count() == 1


def test_a_local_legal_act_is_never_copied() -> None:
    identity = {"title": "Essai", "theme": "E", "kind": "cooperation", "scope": "local", "reference": "n° 9"}
    kept = rules.copied({"identity": {**identity, "reference_on": "2024-01-01"}})
    assert kept == {"identity": {"title": "Essai", "theme": "E", "kind": "cooperation", "scope": "local"}}


def test_taking_up_twice_leads_to_the_first_copy() -> None:
    publication = published()
    team = team_of_two()
    copy = taken_up(publication, team)
    with pytest.raises(AlreadyTakenUp) as known:
        taken_up(publication, team)
    assert known.value.existing.protocol == copy
    with pytest.raises(IntegrityError), atomic():
        row = copy.adoption
        row.pk, row.protocol = None, publication.protocol
        row.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_two_members_who_take_up_at_the_same_moment_make_one_copy() -> None:
    publication = published()
    team = team_of_two()
    people = [factories.lead_of(team), factories.member_of(team)]

    def take(person: Any) -> str:
        try:
            services.take_up(publication, actor=person, team=team)
        except AlreadyTakenUp:
            return "known"
        return "made"

    assert sorted(together([lambda: take(people[0]), lambda: take(people[1])])) == ["known", "made"]
    assert Adoption.objects.count() == 1


def test_what_may_not_be_taken_up_is_refused_with_its_reason() -> None:
    publication = published()
    own = publication.protocol.team
    with pytest.raises(Refused, match="déjà de votre équipe"):
        taken_up(publication, own)
    with pytest.raises(Refused, match="même région"):
        taken_up(publication, team_of_two(place=factories.commune("35238")))
    with pytest.raises(Refused, match="membre confirmé"):
        services.take_up(publication, actor=factories.officer(), team=team_of_two())
    services.withdraw_publication(publication, actor=lead_of(publication.protocol))
    with pytest.raises(Refused, match="plus dans la bibliothèque"):
        taken_up(publication)
    assert Protocol.objects.count() == 1


def test_attribution_survives_a_copy_of_a_copy() -> None:
    first = published()
    second_team, third_team = team_of_two("Deuxième"), team_of_two("Troisième")
    copy = taken_up(first, second_team)
    edition = completed(copy)
    second = services.publish(edition, actor=factories.lead_of(second_team), consent=True)
    further = taken_up(second, third_team)
    names = [link["team"] for link in further.adoption.attribution]
    assert names == [first.protocol.team.name, "Deuxième"]
    assert further.adoption.root == first.protocol
    version = ProtocolVersion.objects.get(edition=completed(further))
    assert [link["team"] for link in version.content["attribution"]] == names
    # The first original does not come back to its own team under another name.
    services.publish(version.edition, actor=factories.lead_of(third_team), consent=True)
    with pytest.raises(Refused, match="vient déjà de votre équipe"):
        taken_up(Publication.objects.get(protocol=further, state="online"), first.protocol.team)


def test_uses_count_the_teams_whose_copy_is_in_force() -> None:
    first = published()
    copy = taken_up(first, team_of_two())
    assert uses(first) == 0
    edition = completed(copy)
    assert uses(first) == 1
    second = services.publish(edition, actor=lead_of(copy), consent=True)
    completed(taken_up(second, team_of_two()))
    assert (uses(first), uses(second)) == (2, 1)
    assert selectors.using(first.protocol).count() == 2


def uses(publication: Publication) -> int:
    row: Any = selectors.with_uses(Publication.objects.filter(pk=publication.pk)).get()
    return int(row.uses)


# --- following the original -------------------------------------------------------------------------------------------


def changed_original() -> tuple[Publication, Protocol, Publication]:
    """An original, the copy of another team in force, and the publication of the original's second version."""
    first = published()
    copy = taken_up(first, team_of_two())
    completed(copy)
    alerts = {"alerts": "Une alerte nouvelle.", "referral": "La ligne réservée du cabinet."}
    edition = next_version(first.protocol, need=NEED, alerts=alerts)
    return first, copy, services.publish(edition, actor=lead_of(first.protocol), consent=True)


def test_adopters_are_told_once_that_the_original_changed() -> None:
    _, copy, second = changed_original()
    told = Notice.objects.filter(recipient=lead_of(copy), kind="protocols.original")
    assert told.count() == 1
    services.publish(second.version.edition, actor=lead_of(second.protocol), consent=True)
    assert told.count() == 1


def test_what_is_ticked_is_taken_over_and_the_rest_is_kept() -> None:
    _, copy, second = changed_original()
    before = copy.editions.get(state="in_force").sections()
    draft = services.follow(copy.adoption, actor=lead_of(copy), keys=["need"], number=2)
    assert draft is not None and draft.state == "draft"
    after = draft.sections()
    assert after["need"] == NEED
    assert after["alerts"] == before["alerts"]
    assert copy.editions.get(state="in_force").sections() == before
    adoption = Adoption.objects.get(protocol=copy)
    assert (adoption.followed, adoption.copied) == (second.version, second.version)
    assert adoption.attribution[-1]["number"] == 2


def test_people_stay_the_team_s_own_when_a_section_is_taken_over() -> None:
    _, copy, _ = changed_original()
    own = copy.editions.get(state="in_force").sections()["group"]["authors"]
    draft = services.follow(copy.adoption, actor=lead_of(copy), keys=["group", "follow_up"], number=2)
    assert draft is not None
    assert draft.sections()["group"]["authors"] == own


def test_keeping_one_s_own_text_answers_too_and_begins_nothing() -> None:
    _, copy, second = changed_original()
    assert services.follow(copy.adoption, actor=lead_of(copy), keys=[], number=2) is None
    adoption = Adoption.objects.get(protocol=copy)
    assert adoption.followed == second.version and adoption.copied.number == 1
    assert not copy.editions.filter(state="draft").exists()
    assert latest_of(adoption) == second.version


def test_an_original_that_changed_again_is_compared_again() -> None:
    _, copy, second = changed_original()
    third = next_version(second.protocol, need={**NEED, "aim": "Encore autre chose."})
    services.publish(third, actor=lead_of(second.protocol), consent=True)
    with pytest.raises(Refused, match="encore changé"):
        services.follow(copy.adoption, actor=lead_of(copy), keys=["need"], number=2)


def test_a_proposed_copy_takes_nothing_over_until_it_is_taken_back() -> None:
    _, copy, _ = changed_original()
    lead = lead_of(copy)
    draft = services.revise(copy, actor=lead)
    data = {"indicators": "Un", "review_on": review_day().isoformat()}
    services.save_part(draft, "follow_up", data, based_on=1, actor=lead)
    draft = services.propose(draft, actor=lead)
    agree(draft)
    with pytest.raises(Refused, match="reprenez-le"):
        services.follow(copy.adoption, actor=lead, keys=["need"], number=2)
    assert Adoption.objects.get(protocol=copy).followed.number == 1


def test_an_adopter_keeps_reading_the_original_that_was_withdrawn() -> None:
    first, copy, second = changed_original()
    services.withdraw_publication(second, actor=lead_of(first.protocol))
    reader = lead_of(copy)
    assert ProtocolVersion.objects.visible_to(reader).filter(pk=first.version_id).exists()
    assert not ProtocolVersion.objects.visible_to(reader).filter(pk=second.version_id).exists()
