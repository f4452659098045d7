"""Protocols between teams, as pages: who sees what, the library, taking up, following; what waits for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from equipage.foundation.periods import today
from equipage.protocols import services
from equipage.protocols.models import Adoption, Edition, Protocol, Publication
from equipage.web.home import content
from tests import factories
from tests.listing_checks import (
    assert_constant_queries,
    assert_light,
    assert_partial_equals_full,
    queries_of,
    rows_shown,
)
from tests.protocols.factories import (
    agreed,
    begun,
    completed,
    in_force,
    next_version,
    proposed,
    published,
    taken_up,
    team_of_two,
)
from tests.protocols.hands import as_lead, flat, page, signed_in

pytestmark = pytest.mark.django_db


# --- who sees what ----------------------------------------------------------------------------------------------------

INSIDE = ("protocol", "text", "compare", "publish")


def test_strangers_find_nothing_and_former_members_no_more() -> None:
    edition = agreed()
    gone = factories.physiotherapist()
    factories.join(edition.protocol.team, gone, state="left")
    uncertain = factories.pharmacist()
    factories.join(edition.protocol.team, uncertain, state="uncertain")
    addresses = [page(name, edition) for name in INSIDE]
    addresses += [
        page("section", edition, "need"),
        page("history", edition, "need"),
        page("draft_file", edition, "pdf"),
    ]
    people = [gone.user, uncertain.user, factories.lead_of(team_of_two()), factories.officer(), factories.ars_region()]
    for person in (*people, factories.platform_admin()):
        client = signed_in(person)
        for address in addresses:
            assert client.get(address).status_code == 404, (person, address)
        for address in (page("answer", edition), page("revise", edition), f"{page('protocol', edition)}etapes/reopen/"):
            assert client.post(address, {"answer": "oui"}).status_code == 404, (person, address)
    assert factories.fresh(edition).state == "proposed"


def test_the_region_reads_what_is_published_and_nothing_else() -> None:
    publication = published()
    edition = publication.version.edition
    next_version(edition.protocol, need={"population": "Secret de travail", "aim": "a", "current": "c"})
    for person in (factories.lead_of(team_of_two()), factories.officer(), factories.ars_department()):
        client = signed_in(person)
        found = client.get(page("protocol", edition), follow=True)
        assert found.status_code == 200 and "Secret de travail" not in found.text
        assert client.get(page("version", edition, 2)).status_code == 404
        assert client.get(page("version_file", edition, 2, "pdf")).status_code == 404
        for ext in ("pdf", "docx"):
            assert client.get(page("version_file", edition, 1, ext)).status_code == 200
        assert "Secret de travail" not in client.get(page("compare", edition)).text
        for name in ("text", "publish", "original"):
            assert client.get(page(name, edition)).status_code == 404
    assert signed_in(factories.officer()).get(page("take_up", edition)).status_code == 404


def test_the_association_reads_what_it_was_told_and_gives_its_opinion() -> None:
    edition = proposed(kind="outside_fees")
    officer, agency = signed_in(factories.officer()), signed_in(factories.ars_region())
    shown = officer.get(page("protocol", edition))
    assert "Votre avis" in shown.text and "à vérifier avec l'association" in flat(shown.text)
    assert agency.get(page("protocol", edition)).status_code == 404
    assert signed_in(factories.treasurer()).get(page("protocol", edition)).status_code == 404
    assert officer.get(page("section", edition, "need")).status_code == 404
    wrong = officer.post(page("opinion", edition), {"favourable": "non", "text": ""})
    assert wrong.status_code == 422 and "ce qui vous retient" in flat(wrong.text)
    officer.post(page("opinion", edition), {"favourable": "oui", "text": "Bien."})
    assert "Bien." in as_lead(edition).get(page("protocol", edition)).text
    services.reopen(edition, actor=factories.lead_of(edition.protocol.team))
    assert officer.get(page("protocol", edition)).status_code == 404


# --- the library and other teams --------------------------------------------------------------------------------------


def test_the_library_is_searched_and_filtered() -> None:
    first = published(title="Plaies à domicile")
    lead = factories.lead_of(team_of_two())
    second = published(title="Sortie d'hôpital", kind="outside_fees")
    Edition.objects.filter(pk=second.version.edition_id).update(
        reviewed_on=today() - timedelta(days=400), validated_on=today() - timedelta(days=400)
    )
    client = signed_in(lead)
    library = reverse("protocols:library")

    def titles(**query: str) -> set[str]:
        return {flat(title) for title in rows_shown(client.get(library, query).text)}

    assert titles() == {"Plaies à domicile", "Sortie d'hôpital"}
    assert titles(q="plaies") == {"Plaies à domicile"}
    assert titles(q=second.version.team_name) == {"Sortie d'hôpital"}
    assert titles(type="outside_fees") == {"Sortie d'hôpital"}
    assert titles(theme="Retour à domicile") == titles()
    assert titles(profession="60") == titles()
    assert titles(profession="50") == set()
    assert titles(revision="recente") == {"Plaies à domicile"}
    assert titles(revision="retard") == set()
    services.withdraw_publication(first, actor=factories.lead_of(first.protocol.team))
    assert titles() == {"Sortie d'hôpital"}


def test_the_library_is_a_list_like_the_others() -> None:
    published()
    client = signed_in(factories.lead_of(team_of_two()))
    library = reverse("protocols:library")
    assert_partial_equals_full(client, library, f"{library}?q=sortie")
    assert_light(client, library)
    assert signed_in(factories.user()).get(library).status_code == 404
    assert Client().get(library).status_code == 302


def test_queries_do_not_grow_with_the_rows() -> None:
    team = team_of_two()
    in_force(team)
    published()
    client = signed_in(factories.lead_of(team))

    def more() -> None:
        for number in range(6):
            in_force(team, title=f"Protocole {number}")
            copy = taken_up(published(title=f"Publié {number}"), team_of_two())
            completed(copy)

    tab, library = reverse("protocols:of_team", args=[team.pk]), reverse("protocols:library")
    before = len(queries_of(client, tab))
    assert_constant_queries(client, library, more)
    assert len(queries_of(client, tab)) == before


def test_the_page_of_a_protocol_asks_as_much_with_many_answers_and_versions() -> None:
    team = team_of_two(members=[factories.nurse() for _ in range(2)])
    edition = in_force(team)
    client = as_lead(edition)
    home = page("protocol", edition)
    first = len(queries_of(client, home))
    for number in range(3):
        next_version(edition.protocol, need={"population": str(number), "aim": "a", "current": "c"})
    assert len(queries_of(client, home)) == first


def test_publishing_asks_for_consent_and_a_draft_is_not_offered() -> None:
    draft = begun()
    answer = as_lead(draft).get(page("publish", draft), follow=True)
    assert "Seul un protocole en vigueur se publie" in flat(answer.text)
    assert as_lead(draft).post(page("publish", draft), {"consent": "on"}).status_code == 302
    assert not Publication.objects.exists()
    edition = in_force()
    client = as_lead(edition)
    refused = client.post(page("publish", edition))
    assert refused.status_code == 422 and "Cochez l'accord" in flat(refused.text)
    client.post(page("publish", edition), {"consent": "on"})
    assert Publication.objects.get().state == "online"
    client.post(page("withdraw_publication", edition))
    assert Publication.objects.get().state == "withdrawn"


def test_another_team_takes_it_up_adapts_it_and_stays_cited() -> None:
    publication = published()
    edition = publication.version.edition
    team = team_of_two("Équipe du Layon")
    client = signed_in(factories.lead_of(team))
    assert "Reprendre ce protocole" in client.get(page("version", edition, 1)).text
    assert "restent cités" in flat(client.get(page("take_up", edition)).text)
    answer = client.post(page("take_up", edition), {"team": str(team.pk)}, follow=True)
    assert publication.protocol.team.name in answer.text
    again = client.post(page("take_up", edition), {"team": str(team.pk)}, follow=True)
    assert "déjà repris" in again.text
    assert Adoption.objects.count() == 1 and Protocol.objects.count() == 2
    other = client.post(page("take_up", edition), {"team": "999999"})
    assert other.status_code == 422


def test_the_original_changes_and_the_adopter_chooses() -> None:
    first = published()
    copy = taken_up(first, team_of_two())
    mine = completed(copy)
    new = {"population": "Une population élargie.", "aim": "a", "current": "c"}
    second = next_version(first.protocol, need=new)
    client = signed_in(factories.lead_of(copy.team))
    same = client.get(page("original", mine)).text
    assert "Votre texte est celui de l'original" in flat(same) and "checkbox" not in same
    services.publish(second, actor=factories.lead_of(first.protocol.team), consent=True)
    cards = content("professional", factories.lead_of(copy.team)).waiting
    assert any(card["tag"] == "L'original a changé" for card in cards)
    assert "L'original de ce protocole a changé" in flat(client.get(page("protocol", mine)).text)
    shown = client.get(page("original", mine)).text
    assert "<ins>" in shown and "élargie" in shown and 'value="need"' in shown
    stale = client.post(page("original", mine), {"number": "1", "section": ["need"]}, follow=True)
    assert "encore changé" in stale.text
    done = client.post(page("original", mine), {"number": "2", "section": ["need", "inconnue"]}, follow=True)
    assert "dans votre brouillon" in done.text
    draft = copy.editions.get(state="draft")
    assert draft.sections()["need"] == new
    assert not any(
        card["tag"] == "L'original a changé" for card in content("professional", factories.lead_of(copy.team)).waiting
    )


def test_two_versions_are_compared_word_by_word() -> None:
    edition = in_force()
    next_version(
        edition.protocol, need={"population": "Les patients suivis par trois membres.", "aim": "a", "current": "c"}
    )
    shown = as_lead(edition).get(page("compare", edition)).text
    assert "<ins>" in shown and "<del>" in shown and "ajouté" in shown and "retiré" in shown
    back = as_lead(edition).get(page("compare", edition), {"de": "2", "a": "1"}).text
    assert "trois" in back


# --- what waits -------------------------------------------------------------------------------------------------------


def test_the_home_says_who_waits_for_me() -> None:
    edition = proposed()
    doctor = factories.member_of(edition.protocol.team)

    def tags(user: Any) -> list[str]:
        return [str(card.get("tag", "")) for card in content("professional", factories.fresh(user)).waiting]

    assert "Votre accord" in tags(doctor)
    assert "Votre accord" not in tags(factories.lead_of(edition.protocol.team))
    services.answer(edition, actor=doctor, agrees=True)
    assert "Votre accord" not in tags(doctor)


def test_the_officer_s_home_says_that_an_opinion_is_awaited() -> None:
    proposed(kind="outside_fees")
    officer = factories.officer()
    assert any(card.get("tag") == "Protocoles" for card in content("association", officer).waiting)
    services.give_opinion(Edition.objects.get(), actor=officer, favourable=True, text="")
    assert not any(card.get("tag") == "Protocoles" for card in content("association", factories.fresh(officer)).waiting)
