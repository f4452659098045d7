"""The comparator: the right columns, every sentence with its source, a clear answer to a wrong wish, and the file."""

from __future__ import annotations

import csv
import gzip
import re
from datetime import date
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from equipage.orientation.comparing import CSV_COLUMNS, Comparison, choose, usual
from equipage.orientation.place import place_of
from equipage.orientation.rulebook import bare
from equipage.rules import library
from equipage.rules.orientation import in_doubt
from equipage.support.models import Desk
from equipage.support.services import load_contacts
from tests.factories import region
from tests.orientation.arrivals import SEVENTH, arrived, written
from tests.orientation.test_rulebook import plain, read

pytestmark = pytest.mark.django_db
HERE: dict[str, Any] = {"territoire": "fr-zz-est", "le": "2026-06-01"}
PAIR = ["esp", "ess"]


def page(client: Client, status: int = 200, **query: Any) -> str:
    return read(client, reverse("orientation:comparator"), status, **query)


def table(client: Client, **query: Any) -> list[dict[str, str]]:
    """The file as rows by column."""
    answer = client.get(reverse("orientation:comparator_csv"), query)
    assert answer.status_code == 200 and answer["Content-Type"] == "text/csv; charset=utf-8"
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert tuple(rows[0]) == CSV_COLUMNS
    return rows


# The table ----------------------------------------------------------------------------------------------------------


def test_each_cell_says_what_the_rules_say_with_a_numbered_source(client: Client) -> None:
    with arrived():
        text = page(client, forme=PAIR, **HERE)
        html = client.get(reverse("orientation:comparator"), {"forme": PAIR, **HERE}).content.decode()
    assert "ESP et ESS, côte à côte" in text
    assert re.search(r"Combien, pour l'essai \? .*ESS Au moins cinq spécialistes .*labell.* autre lecture \d+", text)
    assert re.search(r"Quel chemin d'essai \? .*ESS 1\. Se réunir (\d+) 2\. Signer l'essai \1", text)
    assert re.search(r"Quel argent d'essai \? ESP Rien de publié ESS Somme de l'essai : 1 234,50 € \d+", text)
    cells, sources = html.split('<ul class="notes">')
    asked = set(re.findall(r"<sup>(\d+)</sup>", cells))
    assert asked and asked == set(re.findall(r"<sup>(\d+)</sup>", sources)), "un appel, une source"
    assert re.search(r"Un texte d'essai .*\d+ chemin.* · Terre d'essai, depuis le 1er janvier 2020", text)
    assert re.search(r"\d+ argent · Terre d'essai, depuis le 1er janvier 2020, source secondaire, à confirmer", text)


def test_statements_share_a_source_and_it_is_numbered_once() -> None:
    with arrived():
        made = Comparison(["ess"], place_of(HERE))
        steps = next(line for line in made.rows if line.row.key == "essai-chemin").cells[0].said
        assert len(steps) == 2 and steps[0].note is steps[1].note
        numbers = sorted(note.number for source in made.sources for note in source.notes)
        assert numbers == list(range(1, len(numbers) + 1))
        titles = [source.title for source in made.sources]
        assert len(titles) == len(set(titles)), "un texte est nommé une fois"


def test_the_table_has_heads_for_rows_and_columns(client: Client) -> None:
    with arrived():
        html = client.get(reverse("orientation:comparator"), {"forme": PAIR, **HERE}).content.decode()
    assert html.count('<th scope="col">') == 3
    assert html.count('<th scope="row">') == len(library().pack.comparison) + 5
    assert 'tabindex="0"' in html and 'role="region"' in html


def test_the_columns_come_in_the_order_of_the_address() -> None:
    with arrived():
        assert choose(["ess", "esp"], place_of(HERE)).codes == ("ess", "esp")


# All that the comparison table of the region says: the key words of each statement, by row and by form.
TABLE: dict[str, dict[str, list[str]]] = {
    "depuis-quand": {"esp-clap": ["Pays de la Loire depuis 2018"], "msp": ["2010 Pays de la Loire"], "cpts": ["2018"]},
    "pour-qui": {
        "esp-clap": ["professionnels de santé premier recours libéraux"],
        "msp": ["professionnels de santé premier second recours libéraux"],
        "cpts": [
            "professionnels de santé de ville premier second recours",
            "établissements services de santé",
            "établissements services médico-sociaux",
            "professionnels du social",
            "acteurs de la prévention",
            "associations d'usagers",
        ],
    },
    "composition": {
        "esp-clap": ["un médecin généraliste", "deux professionnels de santé"],
        "msp": ["trois médecins généralistes", "un auxiliaire médical"],
        "cpts": [
            "professionnels de santé de ville premier second recours",
            "établissements services de santé",
            "médico-sociaux",
            "professionnels du social",
            "acteurs de la prévention",
            "associations d'usagers",
        ],
    },
    "echelle": {
        "esp-clap": ["patientèle commune des professionnels de santé"],
        "msp": ["patientèle commune des professionnels de santé"],
        "cpts": ["population du territoire"],
    },
    "actions": {
        "esp-clap": [
            "réunions concertation pluriprofessionnelles avec sans patient",
            "plan personnalisé de santé",
            "protocoles organisationnels actes hors nomenclature",
            "actions de prévention",
            "éducation thérapeutique du patient ETP",
        ],
        "msp": [
            "accès aux soins",
            "continuité des soins",
            "coordination interne entre les professionnels",
            "réunions protocoles pluriprofessionnels",
            "système d'information partagé",
            "coopération externe avec les autres acteurs du territoire",
            "formation initiale",
            "formation pluriprofessionnelle continue",
            "santé publique prévention éducation thérapeutique",
            "implication des usagers",
        ],
        "cpts": [
            "articulation entre les acteurs du territoire",
            "ville hôpital",
            "soins non programmés",
            "situations sanitaires exceptionnelles",
            "problème de santé identifié sur un territoire prise en charge prévention",
            "échanges partage d'informations entre les acteurs",
        ],
    },
    "prerequis": {
        "esp-clap": [
            "définir les professionnels de santé patientèle commune",
            "projet de santé thématiques actions problématiques des patients communs",
            "reconnaissance du projet de santé ARS",
        ],
        "msp": [
            "définir les professionnels de l'équipe territoire patientèle commune",
            "projet de santé commun problématiques de santé du territoire",
            "diagnostic de territoire besoins des professionnels perspectives d'actions",
            "projet de santé présenté validé CATS",
            "comité d'accompagnement territorial des soins premier recours",
        ],
        "cpts": [
            "définir professionnels moteurs",
            "définir un territoire réunion plénière d'information",
            "projet de santé commun problématiques de santé du territoire",
            "diagnostic de territoire recensement des besoins perspectives d'actions",
            "présenté en CATS avant les débuts de la négociation ACI",
        ],
    },
    "structure": {
        "esp-clap": ["aucune requise", "association loi 1901 actions de prévention"],
        "msp": [
            "forme juridique libre association loi 1901",
            "GCS groupement de coopération sanitaire",
            "SCIC",
            "SISA obligatoire pour contractualiser l'ACI",
            "société interprofessionnelle de soins ambulatoires",
        ],
        "cpts": ["association loi 1901"],
    },
    "contrat": {
        "esp-clap": ["convention entre chaque professionnel de santé et l'association régionale ESP CLAP"],
        "msp": ["convention tripartite", "CPAM", "agence régionale de santé ARS"],
        "cpts": ["convention tripartite", "CPAM", "CPTS", "agence régionale de santé ARS"],
    },
    "moyens": {
        "esp-clap": [
            "budget de fonctionnement alloué ARS association régionale",
            "10 000 € par équipe et par an",
            "indemnisation individuelle assurée par l'association actions réalisées barème",
        ],
        "msp": [
            "enveloppe ACI CPAM",
            "montant actions patientèle",
            "autonomes équipes utilisation répartition enveloppe",
            "financement ARS aide à l'élaboration du projet de santé",
            "système d'information partagé prévention",
        ],
        "cpts": [
            "enveloppe globale gérée par les professionnels",
            "financement d'aide à l'élaboration du projet ARS",
            "financement pérenne CPAM ACI",
        ],
    },
    "accompagnement": {
        "esp-clap": ["association régionale ESP CLAP"],
        "msp": ["APMSL"],
        "cpts": ["inter URPS des Pays de la Loire"],
    },
}


@pytest.mark.parametrize("row", TABLE)
def test_the_comparator_says_at_least_all_of_the_regional_table(row: str) -> None:
    """« Spécificités de trois types d'exercices coordonnés en Pays de la Loire »: every statement of every cell."""
    made = Comparison(list(TABLE[row]), place_of({}), whole=False)
    line = next(line for line in made.rows if line.row.key == row)
    lost = []
    for cell in line.cells:
        said = set(bare(" ".join(one.text for one in cell.said)).split())
        for words in TABLE[row][cell.form.code]:
            missing = [word for word in bare(words).split() if word not in said]
            lost += [f"{cell.form.label}, {words} : il manque {missing}"] if missing else []
    assert not lost, "\n".join(lost)


def test_a_long_collection_is_cut_on_the_page_and_whole_in_the_file(client: Client) -> None:
    form = library().form("msp", "fr-pdl", place_of({}).on)
    assert len(form.missions) > 10
    html = client.get(reverse("orientation:comparator"), {"forme": ["msp", "cpts"]}).content.decode()
    assert f'<a href="/formes/msp/#missions">et {len(form.missions) - 5} autres</a>' in html
    assert plain(form.missions[0].label) in plain(unescape(html)) and 'id="missions"' in page_of_form(client, "msp")
    rows = [row for row in table(client, forme=["msp", "cpts"]) if row["forme"] == "MSP"]
    said = [
        row["énoncé"] for row in rows if row["adresse de la règle"].startswith("http://testserver/regles/msp.missions")
    ]
    assert len(said) == len(form.missions)


def page_of_form(client: Client, code: str) -> str:
    return client.get(reverse("orientation:form", args=[code])).content.decode()


def test_the_row_of_contacts_says_whom_to_call_and_when_it_was_checked(client: Client) -> None:
    assert "Où s'informer ? ESP CLAP À demander CPTS À demander" in page(client)
    region()
    load_contacts()
    text = page(client)
    for words in (
        "06 65 18 11 44, contact@esp-clap.org, https://www.esp-clap.org/",
        "02 28 21 97 35, contact@apmsl.fr, https://www.apmsl.fr",
        "07 66 86 90 52, cpts@interurps-pdl.org, https://cpts-pdl.org/",
        "pas encore vérifié",
    ):
        assert words in text, words
    Desk.objects.filter(key="apmsl").update(checked_on=date(2026, 11, 3))
    assert "vérifié le 3 novembre 2026" in page(client)
    rows = [row for row in table(client) if row["ligne"] == "Où s'informer" and row["forme"] == "MSP"]
    assert rows[0]["énoncé"].startswith("APMSL") and rows[0]["depuis"] == "vérifié le 3 novembre 2026"
    assert "À demander" in page(client, territoire="fr-bre", forme=["esp", "msp"])


# Wrong wishes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (["esp"], "Il faut au moins deux formes pour comparer"),
        (["esp", "girafe", "esp-clap"], "La forme « girafe » n'existe pas dans nos règles."),
        (["esp", "esp", "esp-clap"], "Vous avez choisi deux fois ESP : une seule colonne suffit."),
        (["<script>", "esp"], "La forme « <script> » n'existe pas"),
    ],
)
def test_a_wrong_wish_says_what_to_mend(client: Client, wish: list[str], said: str) -> None:
    text = page(client, 422, forme=wish)
    assert said in text
    assert "Les formes à comparer, de deux à six" in text


def test_a_form_of_elsewhere_says_where_it_lives(client: Client) -> None:
    text = page(client, 422, forme=["esp", "esp-clap"], territoire="fr-bre")
    assert "ESP CLAP n'existe pas en Bretagne" in text and "elle existe en Pays de la Loire" in text


def test_seven_forms_are_too_many_and_six_are_shown(client: Client, tmp_path: Path) -> None:
    card = (SEVENTH / "fr-zz/ess/form.yaml").read_text(encoding="utf-8")
    for code in ("esu", "esv"):
        path = tmp_path / f"fr-zz/{code}/form.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(card.replace("code: ess", f"code: {code}"), encoding="utf-8")
    with arrived(written(tmp_path)):
        codes = [card.code for card in place_of(HERE).cards][:7]
        choice = choose(codes, place_of(HERE))
        assert choice.codes == tuple(codes[:6])
        assert "Vous avez choisi sept formes" in plain(choice.problems[0])
        assert "Voici les six premières" in page(client, 422, forme=codes, **HERE)


def test_an_empty_wish_is_no_wish(client: Client) -> None:
    assert choose(["", " "], place_of({})).codes == tuple(usual(place_of({})))


def test_a_wrong_place_says_so(client: Client) -> None:
    assert "n'existe pas dans nos règles" in page(client, 422, territoire="xx")


# The usual choice ---------------------------------------------------------------------------------------------------


def test_nobody_chose_so_the_forms_of_which_most_is_said_are_shown() -> None:
    place = place_of({})
    found = usual(place)
    cards = {card.code: card for card in place.cards}
    assert len(found) == min(3, len(cards) - 1)
    assert not {cards[code].parent for code in found} & set(found), "une forme régionale vaut la nationale"
    assert found[0] == place.cards[0].code == "esp-clap", "la forme de la région d'abord"
    assert not [code for code in found if in_doubt(library().form(code, place.code, place.on))]


def test_a_form_of_the_region_is_there_however_little_is_said_of_it() -> None:
    with arrived():
        assert "ess" in usual(place_of(HERE))


# The file -----------------------------------------------------------------------------------------------------------


def test_the_file_says_the_same_one_statement_a_line(client: Client) -> None:
    with arrived():
        rows = table(client, forme=PAIR, **HERE)
        made = Comparison(PAIR, place_of(HERE), whole=True)
        statements = sum(max(1, len(cell.said)) for line in made.rows for cell in line.cells)
    assert len(rows) == statements
    money = next(row for row in rows if row["énoncé"].startswith("Somme de l"))
    assert money == {
        "ligne": "Essai, argent",
        "forme": "ESS",
        "énoncé": "Somme de l’essai\u202f: 1\u202f234,50\u00a0€",
        "depuis": "depuis le 1er\u00a0janvier 2020",
        "source": "Un texte d'essai",
        "article": "argent",
        "confiance": "source secondaire, à confirmer",
        "adresse de la règle": "http://testserver/regles/ess.essai_money.amount/?territoire=fr-zz-est&le=2026-06-01",
    }


def test_nothing_in_the_file_is_a_formula(client: Client) -> None:
    with arrived():
        rows = table(client, forme=PAIR, **HERE)
    danger = next(row["énoncé"] for row in rows if "danger" in row["énoncé"])
    assert danger.startswith("'=1+1")
    assert not [text for row in rows for text in row.values() if text[:1] in "=+-@\t\r" and text]


def test_an_empty_cell_is_said_to_be_empty_in_the_file_too(client: Client) -> None:
    with arrived():
        rows = table(client, forme=PAIR, **HERE)
    empty = next(row for row in rows if row["ligne"] == "Essai, argent" and row["forme"] == "ESP")
    assert empty["énoncé"] == "Rien de publié" and not empty["source"]


def test_a_wrong_file_is_a_page_that_says_what_to_mend(client: Client) -> None:
    text = read(client, reverse("orientation:comparator_csv"), 422, forme="esp")
    assert "Il faut au moins deux formes" in text


# Weight -------------------------------------------------------------------------------------------------------------


def weight(client: Client, **query: Any) -> int:
    """What travels, compressed as the server does."""
    answer = client.get(reverse("orientation:comparator"), query, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200 and answer["Content-Encoding"] == "gzip"
    assert b"<table" in gzip.decompress(answer.content)
    return len(answer.content)


def test_the_page_is_light_even_with_its_contacts(client: Client) -> None:
    """The font, the styles and the script take fifty of the sixty kilobytes of a first visit."""
    region()
    load_contacts()
    assert weight(client) <= 11_500
    assert weight(client, forme=[card.code for card in place_of({}).cards][:6]) <= 18_000


def test_the_comparator_asks_the_database_for_contacts_only(client: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(8):
        client.get(reverse("orientation:comparator"))
