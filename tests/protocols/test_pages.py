"""The pages of protocols as people meet them: members, the region, the association, strangers; wrong input."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from equipage.foundation.periods import today
from equipage.protocols import services
from equipage.protocols.method import SECTIONS
from equipage.protocols.models import Edition, Part
from tests import factories
from tests.protocols.factories import (
    TITLE,
    begun,
    in_force,
    person_of,
    proposed,
    published,
    review_day,
    team_of_two,
    written,
)
from tests.protocols.hands import as_lead, flat, page, signed_in

pytestmark = pytest.mark.django_db


# --- writing without a script -----------------------------------------------------------------------------------------


def test_a_protocol_is_begun_from_the_tab_of_the_team() -> None:
    team = team_of_two()
    client = signed_in(factories.lead_of(team))
    tab = reverse("protocols:of_team", args=[team.pk])
    assert tab in client.get(reverse("teams:team", args=[team.pk])).text
    assert "Commencer un protocole" in client.get(tab).text
    new = reverse("protocols:create", args=[team.pk])
    assert "L. 4011-1" in flat(client.get(new).text)
    wrong = client.post(new, {"title": " ", "kind": "organisational"})
    assert wrong.status_code == 422 and "Donnez un titre" in flat(wrong.text)
    answer = client.post(new, {"title": TITLE, "theme": "Retour à domicile", "kind": "organisational"}, follow=True)
    assert "Il reste 7 rubriques" in flat(answer.text)
    assert flat(TITLE) in flat(client.get(tab).text)


def test_every_section_opens_with_its_method_and_an_example() -> None:
    edition = begun()
    client = as_lead(edition)
    for section in SECTIONS:
        text = flat(client.get(page("section", edition, section.key)).text)
        assert "Méthode :" in text and "Fiche méthode de la Haute Autorité de santé" in text
        assert "N'écrivez le nom d'aucun patient" in text
        for field in section.fields:
            assert flat(field.example) in text, field.key
    assert not Part.objects.exclude(key="identity").exists()


def test_every_answer_comes_back_as_it_was_typed() -> None:
    edition = begun()
    team = edition.protocol.team
    lead = person_of(factories.lead_of(team))
    client = as_lead(edition)
    posts: dict[str, dict[str, Any]] = {
        "identity": {"title": TITLE, "theme": "", "theme_other": "Le nôtre", "kind": "cooperation", "scope": "local"},
        "need": {"population": "Qui\r\nvient", "aim": "But", "current": "Hier"},
        "group": {"professions": ["10", "60"], "authors": [str(lead.pk)], "referent": str(lead.pk)},
        "conduct": {
            "spot-0-who": "Infirmière",
            "spot-0-how": "Voit",
            "alert-0-who": "Médecin",
            "alert-0-how": "Appelle",
        },
        "follow_up": {"indicators": "Un", "review_on": review_day().isoformat()},
    }
    bases = {"identity": "1"}
    for key, typed in posts.items():
        answer = client.post(page("section", edition, key), {"base": bases.get(key, "0"), **typed})
        assert answer.status_code == 302, key
    kept = factories.fresh(edition).sections()
    assert kept["identity"]["theme"] == "Le nôtre" and kept["identity"]["scope"] == "local"
    assert kept["need"]["population"] == "Qui\nvient"
    assert kept["group"] == {"professions": ["10", "60"], "authors": [lead.pk], "referent": lead.pk}
    assert kept["conduct"]["phases"] == [
        {"phase": "spot", "who": "Infirmière", "when": "", "how": "Voit"},
        {"phase": "alert", "who": "Médecin", "when": "", "how": "Appelle"},
    ]
    assert kept["follow_up"]["review_on"] == review_day().isoformat()
    for key, words in (("identity", "Le nôtre"), ("conduct", "Appelle"), ("need", "vient")):
        assert words in client.get(page("section", edition, key)).text
    assert Edition.objects.get().kind == "cooperation"


def test_autosave_answers_with_the_new_version_and_what_remains() -> None:
    edition = begun()
    client = as_lead(edition)
    answer = client.post(page("section", edition, "need"), {"base": "0", "aim": "But"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert 'id="base" value="1"' in answer.text and "Il reste 8 rubriques" in flat(answer.text)


def test_two_people_see_both_texts_and_merge() -> None:
    edition = begun()
    other = factories.member_of(edition.protocol.team)
    client = as_lead(edition)
    services.save_part(edition, "need", {"aim": "Le texte de la collègue."}, based_on=0, actor=other)
    answer = client.post(page("section", edition, "need"), {"base": "0", "aim": "Mon texte à moi."})
    assert answer.status_code == 409
    assert "Le texte de la collègue." in answer.text and "Mon texte à moi." in answer.text
    assert other.full_name in answer.text and 'id="base" value="1"' in answer.text
    assert client.post(page("section", edition, "need"), {"base": "1", "aim": "Les deux."}).status_code == 302
    history = client.get(page("history", edition, "need")).text
    assert "2 enregistrements" in flat(history) and "<ins>" in history and "<del>" in history


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("need", {"aim": "mot " * 50_000}, "dépasse 20 000 caractères"),
        ("conduct", {"act-0-how": "x" * 601}, "dépasse 600 caractères"),
        ("identity", {"title": "x" * 151}, "dépasse 150 caractères"),
        ("follow_up", {"review_on": "2020-01-01"}, "déjà passée"),
        ("follow_up", {"review_on": "31/02/2030"}, "date"),
        ("need", {"aim": "Mme X, 2 84 05 49 007 123 45"}, "Retirez-le"),
    ],
)
def test_wrong_input_is_refused_with_a_sentence_and_kept(key: str, typed: dict[str, str], sentence: str) -> None:
    edition = begun()
    before = Part.objects.count()
    answer = as_lead(edition).post(page("section", edition, key), {"base": "0", **typed})
    assert answer.status_code == 422
    assert sentence in flat(answer.text)
    for value in typed.values():
        assert value.strip() in answer.text
    assert Part.objects.count() == before


def test_html_in_a_title_is_only_a_title() -> None:
    title = "<img src=x onerror=alert(1)> \"'&"
    publication = published(title=title)
    edition = publication.version.edition
    lead, reader = as_lead(edition), signed_in(factories.lead_of(team_of_two()))
    addresses = [
        (lead, page("protocol", edition)),
        (lead, page("section", edition, "identity")),
        (lead, reverse("protocols:of_team", args=[edition.protocol.team_id])),
        (reader, page("version", edition, 1)),
        (reader, page("take_up", edition)),
        (reader, reverse("protocols:library")),
    ]
    for client, address in addresses:
        text = client.get(address).text
        assert "<img" not in text, address
        assert "&lt;img" in text, address


# --- deciding ---------------------------------------------------------------------------------------------------------


def test_from_draft_to_force_by_the_buttons_of_the_page() -> None:
    edition = written()
    lead, doctor = as_lead(edition), signed_in(factories.member_of(edition.protocol.team))
    home = page("protocol", edition)
    assert "prêt à être proposé" in flat(lead.get(home).text)
    assert lead.post(f"{home}etapes/propose/", follow=True).status_code == 200
    shown = doctor.get(home).text
    assert "Êtes-vous d'accord" in flat(shown) and "accord d'un membre de cette profession manque" in flat(shown)
    silent = doctor.post(page("answer", edition), {"answer": "non", "comment": ""})
    assert silent.status_code == 422 and "ce qu'il faut changer" in flat(silent.text)
    digest = factories.fresh(edition).text_hash
    assert (
        "accord est noté"
        in doctor.post(page("answer", edition), {"answer": "oui", "text_hash": digest}, follow=True).text
    )
    asked = lead.get(f"{home}etapes/put_in_force/")
    assert "Ce qui va se passer" in asked.text
    wrong = {"validated_on": today().isoformat(), "review_on": (today() - timedelta(days=1)).isoformat()}
    refused = lead.post(f"{home}etapes/put_in_force/", wrong)
    assert refused.status_code == 422 and "après la validation" in flat(refused.text)
    right = {**wrong, "review_on": review_day().isoformat()}
    done = lead.post(f"{home}etapes/put_in_force/", right, follow=True)
    assert "En vigueur" in done.text and "version 1" in done.text


def test_a_change_typed_is_kept_when_it_is_refused() -> None:
    edition = proposed()
    text = "Mme X, 2 84 05 49 007 123 45"
    answer = signed_in(factories.member_of(edition.protocol.team)).post(
        page("answer", edition), {"answer": "non", "comment": text}
    )
    assert answer.status_code == 422 and text in answer.text


def test_a_blocked_move_says_why() -> None:
    edition = begun()
    text = flat(as_lead(edition).get(page("protocol", edition)).text)
    assert "Il reste 8 rubriques" in text and "Proposer à l'équipe" in text
    answer = as_lead(edition).post(f"{page('protocol', edition)}etapes/propose/", follow=True)
    assert "Il reste 8 rubriques à compléter" in flat(answer.text)
    assert factories.fresh(edition).state == "draft"


def test_unknown_moves_and_numbers_are_not_found() -> None:
    edition = in_force()
    client = as_lead(edition)
    for address in (
        f"{page('protocol', edition)}etapes/supersede/",
        f"{page('protocol', edition)}etapes/inconnu/",
        page("version", edition, 9),
        page("version_file", edition, 1, "exe"),
        page("draft_file", edition, "odt"),
        page("section", edition, "inconnue"),
        page("original", edition),
    ):
        assert client.get(address).status_code == 404, address
        assert client.post(address).status_code in (404, 405), address


def test_read_again_withdrawn_and_begun_again_by_the_pages() -> None:
    edition = in_force()
    client = as_lead(edition)
    home = page("protocol", edition)
    later = (today() + timedelta(days=500)).isoformat()
    assert client.post(f"{home}etapes/confirm_review/", {"review_on": later}).status_code == 302
    assert factories.fresh(edition).review_on.isoformat() == later
    assert client.post(f"{home}etapes/withdraw/", {"comment": ""}).status_code == 422
    assert client.post(f"{home}etapes/withdraw/", {"comment": "Fusionné."}).status_code == 302
    assert "Fusionné." in client.get(home).text
    client.post(page("revise", edition))
    assert Edition.objects.filter(state="draft").count() == 1
