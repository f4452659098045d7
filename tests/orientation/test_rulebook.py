"""Every rule in public: what applies, its history, who says otherwise, the search, and the open data."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from jsonschema import Draft202012Validator

from equipage.orientation import rulebook
from equipage.orientation.place import Place, place_of
from equipage.orientation.rulebook import Cited, applying, bare, cite, history, search
from equipage.orientation.wording import told
from equipage.rules import library
from tests.orientation.arrivals import arrived
from tests.web.test_pages import INLINE, WRONG_SPACE, text_of

pytestmark = pytest.mark.django_db
TEAM = "esp-clap.composition.min_professionals"
SPECIALISTS = "ess.composition.min_specialists"


def read(client: Client, address: str, status: int = 200, **query: Any) -> str:
    """The page as text with plain spaces, after what every page owes its reader."""
    answer = client.get(address, query)
    html = answer.content.decode()
    assert answer.status_code == status, html[:400]
    assert html.count("<h1") == 1
    assert not INLINE.search(html)
    main = text_of(html[html.index("<main") :])
    assert not WRONG_SPACE.search(main), WRONG_SPACE.search(main)
    return plain(unescape(main))


def plain(text: str) -> str:
    """One kind of space, one kind of apostrophe."""
    return re.sub(r"\s+", " ", text).replace("’", "'")


def page(client: Client, rule_id: str, status: int = 200, **query: Any) -> str:
    return read(client, reverse("orientation:rule", args=[rule_id]), status, **query)


def place(code: str, on: date) -> Place:
    return place_of({"territoire": code, "le": on.isoformat()})


# A rule -------------------------------------------------------------------------------------------------------------


def test_a_rule_says_its_value_its_date_its_source_and_how_sure(client: Client) -> None:
    text = page(client, TEAM)
    assert "Au moins deux professionnels de santé de premier recours" in text
    assert "Pays de la Loire · depuis le 1er janvier 2018 ; source : Plaquette" in text
    assert "vérifié dans la source" in text
    assert TEAM in text and "Citer cette règle" in text


def test_the_value_is_that_of_the_place_and_of_the_day(client: Client) -> None:
    with arrived():
        assert "Au moins trois spécialistes" in page(client, SPECIALISTS, territoire="fr-zz")
        assert "Au moins cinq spécialistes" in page(client, SPECIALISTS, territoire="fr-zz-est")
        before = page(client, SPECIALISTS, territoire="fr-zz", le="2024-12-31")
        assert "Au moins deux spécialistes" in before and "Vous lisez les règles du 31 décembre 2024" in before
        assert "Au moins trois spécialistes" in page(client, SPECIALISTS, territoire="fr-zz", le="2025-01-01")


def test_those_who_say_otherwise_stand_beside_with_the_reason(client: Client) -> None:
    with arrived():
        whole = page(client, SPECIALISTS, territoire="fr-zz")
        assert "Autre lecture Au moins quatre spécialistes L'autre texte en demande un de plus." in whole
        part = page(client, SPECIALISTS, territoire="fr-zz-est")
        assert "Terre d'essai Au moins trois spécialistes Est d'essai a sa propre valeur, qui s'applique." in part
        assert "Autre lecture" not in part, "la lecture d'une valeur qui ne s'applique pas ici n'y est pas montrée"


def test_the_history_tells_both_dates_in_every_territory(client: Client) -> None:
    with arrived():
        text = page(client, SPECIALISTS, territoire="fr-zz-est")
        assert "Au moins deux spécialistes 1er janvier 2020 31 décembre 2024 non relevé Un texte d'essai" in text
        assert "Au moins trois spécialistes 1er janvier 2025 sans fin connue 20 décembre 2024" in text
        assert "Au moins cinq spécialistes En vigueur ici 1er janvier 2026 sans fin connue 1er mars 2026" in text
        assert text.index("Au moins cinq spécialistes En vigueur") < text.index("Au moins deux spécialistes 1er")


def test_a_value_corrected_by_a_later_text_stays_and_says_so(client: Client) -> None:
    with arrived() as packs:
        text = page(client, "ess.organisation.essai_corrected", territoire="fr-zz")
        assert "Ce que l'on croyait Corrigée depuis 1er janvier 2020 sans fin connue non relevé" in text
        assert "Ce que l'on sait En vigueur ici" in text
        assert "1er février 2023, par un texte qui corrige le passé" in text
        lines = history(packs.rule(SPECIALISTS), place("fr-zz", date(2026, 6, 1)))[0][1]
        assert [(line.applies, line.corrected) for line in lines] == [(False, False), (True, False)]


def test_an_attested_day_is_not_said_to_be_the_first(client: Client) -> None:
    with arrived():
        text = page(client, "ess.organisation.situation", territoire="fr-zz")
        assert "Terre d'essai · attesté au 1er janvier 2020" in text
        assert "En vigueur ici attesté au 1er janvier 2020 sans fin connue" in text


def test_what_is_not_published_is_said_to_be_so_and_never_invented(client: Client) -> None:
    with arrived():
        text = page(client, "ess.composition.min_secretaries", territoire="fr-zz")
        assert "Nombre minimal de secrétaires : non publié ; valeur de travail : 1 secrétaires" in text
        assert "valeur non publique" in text


def test_a_rule_of_elsewhere_says_that_nothing_applies_here_and_where_it_does(client: Client) -> None:
    text = page(client, TEAM, territoire="fr-bre")
    assert "Rien ne s'applique en Bretagne aujourd'hui" in text
    assert "Pays de la Loire Ce qu'elle dit" in text


def test_a_wrong_place_or_day_says_so_and_shows_the_usual_one(client: Client) -> None:
    text = page(client, TEAM, 422, territoire="fr-atlantide")
    assert "Le territoire « fr-atlantide » n'existe pas" in text and "Au moins deux professionnels" in text
    assert "n'est pas un jour" in page(client, TEAM, 422, le="2026-02-30")
    assert "entre 2000 et dans cinq ans" in page(client, TEAM, 422, le="1789-07-14")


def test_an_unknown_rule_offers_those_that_look_like_it(client: Client) -> None:
    text = page(client, "esp-clap.composition.professionals", 404)
    assert "Cette règle n'existe pas, ou pas sous ce nom" in text
    assert "esp-clap.composition.min_professionals" in text
    assert "Chercher une règle" in page(client, "rien", 404)


def test_the_words_of_a_rule_are_escaped(client: Client) -> None:
    with arrived():
        html = client.get(reverse("orientation:rule", args=["ess.essai_money.danger"])).content.decode()
        assert "&lt;b&gt;danger" in html and "<b>danger" not in html


def test_every_value_of_every_kind_has_words() -> None:
    with arrived() as packs:
        kinds = set()
        for rule in packs.rules():
            for code, timeline in rule.timelines.items():
                for entry in timeline.entries:
                    cited = Cited(rule, entry, place(code, max(entry.valid_from, date(2000, 1, 1))))
                    assert cited.text and "{" not in cited.text, rule.id
                    assert all(term and text for term, text in cited.told.facts), rule.id
                    assert all(other.text and other.source for other in cited.others), rule.id
                    kinds.add(rule.kind)
        assert kinds >= {"parameters", "professions", "steps", "actions", "missions", "stages", "answers", "scale"}


@pytest.mark.parametrize(
    ("rule_id", "words"),
    [
        ("esp-clap.practice.modes", "Libéral"),
        ("esp.campaigns.closing_days", "30 avril, 31 août et 31 décembre"),
        ("esp-clap.money.team_year_cents", "10 000,00 €"),
        ("esp-clap.professions.pharmacien", "sections A, D, E et G"),
        ("esp-clap.scale", "Contenu fictif, pour la démonstration"),
        ("esp-clap.steps.association", "l'association régionale"),
        ("esp-clap.evidence.RCP_SANS_PATIENT", "liste des présents et compte rendu"),
    ],
)
def test_codes_are_put_into_words(client: Client, rule_id: str, words: str) -> None:
    assert words.lower() in page(client, rule_id).lower()


def test_the_address_of_a_rule_keeps_the_place(client: Client) -> None:
    with arrived() as packs:
        there = place("fr-zz-est", date(2026, 6, 1))
        cited = applying(packs.rule(SPECIALISTS), there)
        assert cited is not None
        assert cited.url == f"/regles/{SPECIALISTS}/?territoire=fr-zz-est&le=2026-06-01"
        assert "Au moins cinq" in read(client, cited.url.partition("?")[0], territoire="fr-zz-est", le="2026-06-01")
        assert cite(cited.dated, there) == cited


# The search ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["généralistes", "GENERALISTES", "generaliste minimal", "esp-clap.composition.min_gen"]
)
def test_a_rule_is_found_without_its_accents(client: Client, words: str) -> None:
    assert "esp-clap.composition.min_general_practitioners" in read(client, reverse("orientation:rules"), q=words)


def test_every_word_must_be_there_and_nothing_found_says_what_to_try(client: Client) -> None:
    text = read(client, reverse("orientation:rules"), q="généraliste girafe")
    assert "Aucune règle ne contient « généraliste girafe »" in text and "Essayez un mot plus court" in text
    assert bare("Ça, l'ÉTÉ !").split() == ["ca", "l", "ete"]


def test_a_search_stays_in_its_form_and_a_wide_one_says_how_many(client: Client) -> None:
    assert {rule.form for rule in search("professionnels", form="esp")} == {"esp"}
    text = read(client, reverse("orientation:rules"), q="e")
    assert f"Les {rulebook.MOST_FOUND} premières sont montrées" in text


def test_the_first_page_counts_what_is_sure_and_what_is_not(client: Client) -> None:
    text = read(client, reverse("orientation:rules"))
    assert "chacune avec sa date et sa source" in text
    for count in rulebook.counts(place_of({})):
        standing = [one for rule in library().rules(f"{count.code}.") if (one := applying(rule, place_of({})))]
        assert count.total == len(standing) > 0
        assert count.unknown == sum(not one.known for one in standing)
        assert f"{count.label} {count.full_name} {count.verified} {count.secondary} {count.unknown}" in text
    assert "La valeur existe sans être publiée" in text and "EUPL-1.2" in text


def test_the_rules_of_a_form_come_in_chapters(client: Client) -> None:
    text = read(client, reverse("orientation:rules"), forme="esp-clap")
    assert text.index("ESP CLAP · Actions") < text.index("ESP CLAP · Composition")
    assert "n'existe pas dans nos règles" in read(client, reverse("orientation:rules"), forme="girafe")


# Open data ----------------------------------------------------------------------------------------------------------


def valid(document: Any, schema: Any) -> bool:
    Draft202012Validator.check_schema(schema)
    errors = list(Draft202012Validator(schema).iter_errors(document))
    assert not errors, errors[0]
    return True


def test_the_open_data_follow_the_schema_that_is_served(client: Client) -> None:
    schema = client.get(reverse("orientation:rules_schema")).json()
    with arrived():
        answer = client.get(reverse("orientation:rules_json"))
        assert answer["Access-Control-Allow-Origin"] == "*"
        document = answer.json()
        assert valid(document, schema)
        by_id = {rule["id"]: rule for rule in document["rules"]}
        assert [value["value"] for value in by_id[SPECIALISTS]["values"]] == [2, 3, 5]
        assert {"fr-zz-est", "fr-pdl"} <= {one["code"] for one in document["territories"]}
        assert by_id.keys() == library().pack.rules.keys()


def test_the_open_data_can_be_narrowed(client: Client) -> None:
    schema = client.get(reverse("orientation:rules_schema")).json()
    with arrived():
        document = client.get(reverse("orientation:rules_json"), {"forme": "ess", "territoire": "fr-zz"}).json()
        assert valid(document, schema)
        assert {rule["form"] for rule in document["rules"]} == {"ess"}
        assert {value["territory"] for rule in document["rules"] for value in rule["values"]} == {"fr-zz"}
        one = client.get(reverse("orientation:rule_json", args=[SPECIALISTS])).json()
        assert valid(one, schema) and [rule["id"] for rule in one["rules"]] == [SPECIALISTS]


@pytest.mark.parametrize("query", [{"forme": "girafe"}, {"territoire": "fr-atlantide"}])
def test_a_wrong_question_to_the_open_data_is_refused_in_french(client: Client, query: dict[str, str]) -> None:
    answer = client.get(reverse("orientation:rules_json"), query)
    assert answer.status_code == 422 and "n'" in answer.json()["erreur"]
    assert client.get(reverse("orientation:rule_json", args=["rien"])).status_code == 404


@pytest.mark.parametrize("name", ["rules", "rules_json", "rules_schema"])
def test_the_rules_ask_nothing_of_the_database(client: Client, name: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get(reverse(f"orientation:{name}")).status_code == 200
        assert client.get(reverse("orientation:rule", args=[TEAM])).status_code == 200


def test_the_words_of_a_list_alone_and_with_its_label() -> None:
    rule = library().rule("esp-clap.practice.modes")
    assert plain(told(rule, ["L", "S"]).sentence).lower() == (
        "modes d'exercice admis (tre_r23) : exercice libéral et exercice salarié"
    )
