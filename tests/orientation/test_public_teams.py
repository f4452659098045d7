"""The map and the list of recognised teams: only those that agreed, the same figures everywhere, any address."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from lxml import html

from equipage.foundation.french import typographic
from equipage.orientation.public_teams import PublicTeam, counts_by_department, neighbours_of, public_teams
from equipage.teams import services
from equipage.teams.models import Membership, Team, TeamTheme
from equipage.teams.states import TEAM
from equipage.territory.models import Commune, Epci
from tests import factories as make
from tests.listing_checks import assert_constant_queries

pytestmark = pytest.mark.django_db
PAGE, FILE = "/equipes-reconnues/", "/equipes-reconnues.csv"


def shown(name: str, code: str = "49092", **options: Any) -> Team:
    """A recognised team of that commune, which agreed to be shown."""
    team: Team = make.recognised_team(name, place=make.commune(code), **{"shown_publicly": True, **options})
    return team


def names(rows: list[PublicTeam]) -> list[str]:
    return [row.name for row in rows]


def page_of(client: Client, query: str = "") -> Any:
    answer = client.get(PAGE + query)
    assert answer.status_code == 200
    return html.document_fromstring(answer.content.decode())


def listed(document: Any) -> list[str]:
    """The names of the teams of the list."""
    return [cell.text_content() for cell in document.xpath("//table[contains(@class, 'team-list')]/tbody//th")]


def heading(document: Any) -> str:
    return str(document.xpath("//h1")[0].text_content())


def rows_of(answer: Any) -> list[dict[str, str]]:
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


# --- consent ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", sorted(TEAM.states))
@pytest.mark.parametrize("agreed", [True, False])
def test_a_team_is_shown_when_it_is_recognised_and_agreed(client: Client, state: str, agreed: bool) -> None:
    make.team("Équipe des Mauges", state=state, shown_publicly=agreed)
    expected = ["Équipe des Mauges"] if agreed and state == "recognised" else []
    assert names(public_teams()) == expected
    assert names(neighbours_of(make.commune())) == expected
    assert sum(counts_by_department().values()) == len(expected)
    assert listed(page_of(client)) == expected
    assert [row["equipe"] for row in rows_of(client.get(FILE))] == expected


def test_a_withdrawal_takes_effect_at_once(client: Client) -> None:
    team = shown("Équipe des Mauges")
    lead = make.lead_of(team)
    assert "Équipe des Mauges" in client.get(PAGE).content.decode()
    services.show_publicly(actor=lead, team=team, shown=False)
    for address in (PAGE, f"{PAGE}?departement=49", f"{PAGE}?theme=libre", FILE):
        assert "Équipe des Mauges" not in client.get(address).content.decode(), address
    assert not neighbours_of(team.commune)
    services.show_publicly(actor=lead, team=team, shown=True)
    assert "Équipe des Mauges" in client.get(PAGE).content.decode()


def test_a_closed_team_is_no_longer_shown(client: Client) -> None:
    team = shown("Équipe des Mauges")
    services.close_team(actor=make.officer(), team=team, reason="Départs à la retraite.")
    assert listed(page_of(client)) == []


def test_nothing_of_a_person_leaves_with_a_team(client: Client) -> None:
    team = shown(
        "Équipe des Mauges",
        lead=make.nurse(last_name="Beauchesne-Rare"),
        meeting_place="12 rue du Presbytère",
        meeting_notes="Le docteur Lheureux-Rare viendra.",
        association_name="Association Rare",
    )
    people = [row.professional for row in Membership.objects.filter(team=team).order_by("id")]
    secrets = {"Rare", "Presbytère", team.registration_number, *(person.rpps for person in people)}
    secrets |= {person.last_name for person in people} | {f"/equipes/{team.pk}/"}
    for text in (client.get(PAGE).content.decode(), client.get(FILE).content.decode()):
        assert not [secret for secret in secrets if secret in text]
    fields = "name form form_label commune department themes recognised_in nearness"
    assert set(PublicTeam.__dataclass_fields__) == set(fields.split())


def test_somebody_who_is_signed_in_reads_the_same_list(client: Client) -> None:
    shown("Équipe des Mauges")
    make.recognised_team("Équipe discrète")
    client.force_login(make.officer())
    assert listed(page_of(client)) == ["Équipe des Mauges"]


# --- filters ---------------------------------------------------------------------------------------------------------


def some_teams() -> None:
    angers = shown("Angers", "49007", themes=())
    TeamTheme.objects.create(team=angers, code="asthme", label="Asthme", chosen_at=angers.created_at)
    shown("Mauges", "49092")
    shown("Nantes", "44109", form="msp", themes=())
    shown("Rennes", "35238", form="esp")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Angers", "Mauges", "Nantes", "Rennes"]),
        ({"region": "52"}, ["Angers", "Mauges", "Nantes"]),
        ({"department": "49"}, ["Angers", "Mauges"]),
        ({"form": "esp-clap"}, ["Angers", "Mauges"]),
        ({"form": "esp"}, ["Angers", "Mauges", "Rennes"]),  # an ESP CLAP is an ESP
        ({"theme": "asthme"}, ["Angers"]),
        ({"theme": "libre"}, ["Mauges", "Rennes"]),
        ({"region": "52", "form": "msp"}, ["Nantes"]),
        ({"department": "44", "theme": "asthme"}, []),
    ],
)
def test_each_filter_narrows(client: Client, asked: dict[str, Any], found: list[str]) -> None:
    some_teams()
    assert names(public_teams(**asked)) == found
    words = {"region": "region", "department": "departement", "form": "forme", "theme": "theme"}
    query = "?" + "&".join(f"{words[name]}={value}" for name, value in asked.items())
    assert listed(page_of(client, query)) == found
    assert [row["equipe"] for row in rows_of(client.get(FILE + query))] == found


def test_the_teams_of_a_commune() -> None:
    some_teams()
    assert names(public_teams(commune=make.commune("49007"))) == ["Angers"]


def test_a_theme_is_offered_once_and_those_of_the_teams_themselves_together(client: Client) -> None:
    some_teams()
    shown("Le Mans", "72181", themes=("Un sujet à nous",))
    options = page_of(client).xpath("//select[@name='theme']/option/text()")
    assert options == ["Tous", "Asthme", "Un thème propre à l’équipe"]


def test_the_department_says_its_region_and_another_region_forgets_it(client: Client) -> None:
    some_teams()
    here = page_of(client, "?departement=49")
    assert heading(here) == "Maine-et-Loire\u202f: 2\u00a0équipes reconnues se présentent"
    assert here.xpath("//select[@name='region']/option[@selected]/@value") == ["52"]
    assert here.xpath("//select[@name='departement']/option/@value") == ["", "44", "49"]
    there = page_of(client, "?region=53&departement=49")
    assert heading(there) == "Bretagne\u202f: 1\u00a0équipe reconnue se présente"
    assert listed(there) == ["Rennes"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("region=99", "Cette région n'existe pas"),
        ("departement=zz", "Ce département n'existe pas"),
        ("departement=%3Cscript%3Ealert(1)%3C/script%3E", "Ce département n'existe pas"),
        ("forme=%00", "Cette forme n'existe pas"),
        ("forme=%22%3E%3Cb%3E", "Cette forme n'existe pas"),
        ("theme=%27%20OR%201=1", "Aucune équipe montrée ne travaille sur ce thème"),
        ("theme=asthme&theme=inconnu", "Aucune équipe montrée ne travaille sur ce thème"),
        ("region=52&departement=2A", "Ce département n'existe pas"),
    ],
)
def test_a_wrong_value_filters_nothing_and_is_explained(client: Client, query: str, sentence: str) -> None:
    some_teams()
    document = page_of(client, f"?{query}")
    errors = [error.text_content().strip() for error in document.xpath("//ul[contains(@class, 'errorlist')]/li")]
    assert errors == [typographic(f"{sentence} : nous montrons tout.")]
    assert "Angers" in listed(document)
    answer = client.get(PAGE + f"?{query}").content.decode()
    assert "<script>alert" not in answer and '"><b>' not in answer
    # The file never gives more than was asked for: the page explains.
    assert client.get(f"{FILE}?{query}").headers["Location"].startswith(f"{PAGE}?")


@pytest.mark.parametrize(
    ("number", "shown_number"), [("2", 2), ("999", 2), ("-1", 2), ("0", 2), ("", 1), ("%3Cb%3E", 1), ("9" * 5000, 1)]
)
def test_any_page_number_gives_a_page(client: Client, number: str, shown_number: int) -> None:
    _many(51)
    document = page_of(client, f"?departement=49&page={number}")
    assert f"page {shown_number} sur 2" in document.xpath("//nav[@class='pages']")[0].text_content()
    assert len(listed(document)) == (50 if shown_number == 1 else 1)


def _many(count: int, *, start: int = 0) -> None:
    """Teams without members: quick to make, and as good for a list."""
    first = shown(f"Équipe {start:03d}")
    copies = []
    for number in range(start + 1, start + count):
        copy = make.fresh(first)
        copy.pk, copy.name, copy.registration_number = None, f"Équipe {number:03d}", f"ESSAI-{number}"
        copies.append(copy)
    made = Team.objects.bulk_create(copies)
    themes = [TeamTheme(team=team, code="asthme", label="Asthme", chosen_at=team.created_at) for team in made]
    TeamTheme.objects.bulk_create(themes)


def test_the_pages_follow_each_other_in_one_order(client: Client) -> None:
    _many(51)
    both = listed(page_of(client, "?page=1")) + listed(page_of(client, "?page=2"))
    assert both == [f"Équipe {number:03d}" for number in range(51)]
    following = page_of(client, "?theme=asthme&departement=49").xpath("//a[@rel='next']/@href")
    assert not following, "50 équipes de ce thème tiennent sur une page"
    following = page_of(client, "?departement=49").xpath("//a[@rel='next']/@href")
    assert following == ["?departement=49&page=2"]


def test_the_number_of_queries_does_not_grow(client: Client) -> None:
    _many(2)
    asked = assert_constant_queries(client, PAGE, lambda: _many(48, start=100))
    assert asked <= 7
    assert len(listed(page_of(client))) == 50


# --- the map and its table -------------------------------------------------------------------------------------------


def figures_of_the_map(document: Any) -> dict[str, int]:
    """What the shapes say, by name: their accessible names."""
    found = {}
    for title in document.xpath("//figure//a/title/text()"):
        name, said = re.fullmatch(r"(.*)\u202f: (.*) équipes?", title.replace("\u00a0", " ")).groups()  # type: ignore[union-attr]
        found[name] = 0 if said == "aucune" else int(said)
    return found


def figures_of_the_table(document: Any) -> tuple[dict[str, int], int]:
    """What the table beside the map says, the places named under it without a team, and its total."""
    table = document.xpath("//div[@class='map-table']/table")[0]
    cells = [(row.xpath("th")[0].text_content(), row.xpath("td")[0].text_content()) for row in table.xpath("tbody/tr")]
    rows = {name: int(count) for name, count in cells}
    without = document.xpath("//p[@class='others']/a/text()")
    assert not set(without) & set(rows)
    return rows | dict.fromkeys(without, 0), int(table.xpath("tfoot//td")[0].text_content())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?region=52", {"Maine-et-Loire": 2, "Loire-Atlantique": 1, "Sarthe": 0}),
        ("?departement=44", {"Maine-et-Loire": 2, "Loire-Atlantique": 1, "Sarthe": 0}),
        ("?region=52&forme=esp-clap", {"Maine-et-Loire": 2, "Loire-Atlantique": 0, "Sarthe": 0}),
        ("", {"Pays de la Loire": 3, "Bretagne": 1}),
        ("?theme=asthme", {"Pays de la Loire": 1, "Bretagne": 0}),
    ],
)
def test_the_map_and_its_table_say_the_same(client: Client, query: str, expected: dict[str, int]) -> None:
    some_teams()
    make.commune("72181")
    document = page_of(client, query)
    rows, total = figures_of_the_table(document)
    assert figures_of_the_map(document) == rows == expected
    assert total == sum(expected.values())


def test_every_shape_leads_to_its_department_and_keeps_the_other_filters(client: Client) -> None:
    some_teams()
    links = page_of(client, "?region=52&forme=esp-clap&theme=asthme").xpath("//figure//svg/a")
    assert [link.get("href") for link in links] == [
        "/equipes-reconnues/?departement=44&forme=esp-clap&theme=asthme",
        "/equipes-reconnues/?departement=49&forme=esp-clap&theme=asthme",
    ]
    country = page_of(client, "?theme=asthme").xpath("//figure//svg/a/@href")
    assert country == ["/equipes-reconnues/?region=52&theme=asthme", "/equipes-reconnues/?region=53&theme=asthme"]
    here = page_of(client, "?departement=44").xpath("//figure//svg/a[@aria-current]")
    assert [link.get("href") for link in here] == ["/equipes-reconnues/?departement=44"]
    assert listed(page_of(client, links[1].get("href").removeprefix(PAGE))) == ["Angers"]


@pytest.mark.slow
def test_every_place_of_the_reference_is_on_a_page(client: Client) -> None:
    call_command("load_territory", "--region", "04", verbosity=0)
    call_command("load_territory", "--region", "94", verbosity=0)
    shown("Équipe des Mauges")
    document = page_of(client)
    assert figures_of_the_table(document) == ({"Pays de la Loire": 1, "Corse": 0, "La Réunion": 0}, 1)
    assert figures_of_the_map(document) == {"Pays de la Loire": 1, "Corse": 0}
    corsica = page_of(client, "?region=94")
    assert figures_of_the_map(corsica) == figures_of_the_table(corsica)[0] == {"Corse-du-Sud": 0, "Haute-Corse": 0}
    # A region without outline has its table all the same.
    island = page_of(client, "?region=04")
    assert figures_of_the_table(island)[0] == {"La Réunion": 0} and not island.xpath("//figure")


def test_the_licence_of_the_outlines_is_named_under_the_map(client: Client) -> None:
    shown("Équipe des Mauges")
    credit = page_of(client).xpath("//figcaption//p")[0]
    assert "MapSVG et Victor Cazanave" in credit.text_content() and "simplifiés" in credit.text_content()
    assert credit.xpath(".//a[@rel='license']/@href") == ["https://creativecommons.org/licenses/by/4.0/deed.fr"]


# --- nobody ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?departement=85", "Aucune équipe de ce département n’a encore choisi d’être montrée"),
        ("?region=52&forme=esp-clap", "Aucune équipe montrée ne correspond à ces filtres"),
        ("?region=53", "Aucune équipe n’a encore choisi d’être montrée ici"),
        ("", "Aucune équipe n’a encore choisi d’être montrée ici"),
    ],
)
def test_an_empty_list_helps(client: Client, query: str, sentence: str) -> None:
    make.commune("85191"), make.commune("35238")
    document = page_of(client, query)
    text = document.text_content()
    assert sentence in text
    for address in ("/aide/", "/orientation/"):
        assert document.xpath(f"//main//a[starts-with(@href, '{address}')]"), address
    assert "aucune équipe" in heading(document).lower()
    assert not document.xpath("//a[starts-with(@href, '/equipes-reconnues.csv')]")


def test_a_search_that_is_too_narrow_opens_again(client: Client) -> None:
    some_teams()
    narrow = page_of(client, "?departement=44&theme=asthme")
    wider = narrow.xpath("//main//a[.='Enlever la forme et le thème']/@href")
    assert wider == ["/equipes-reconnues/?departement=44"]
    assert listed(page_of(client, wider[0].removeprefix(PAGE))) == ["Nantes"]


# --- the file --------------------------------------------------------------------------------------------------------


def test_the_file_holds_every_page_and_no_formula(client: Client) -> None:
    _many(51)
    shown('=HYPERLINK("http://exemple.invalid")', "44109", themes=("@SOMME(1+1)", "Asthme; prévention"))
    rows = rows_of(client.get(FILE))
    assert len(rows) == 52
    hostile = next(row for row in rows if "HYPERLINK" in row["equipe"])
    assert hostile == {
        "equipe": '\'=HYPERLINK("http://exemple.invalid")',
        "forme": "ESP CLAP",
        "commune": "Nantes (44)",
        "departement": "44",
        "themes": "'@SOMME(1+1), Asthme; prévention",
        "reconnue_en": str(Team.objects.get(name__startswith="=").recognised_on.year),  # type: ignore[union-attr]
    }
    answer = client.get(f"{FILE}?departement=44")
    assert re.fullmatch(r'attachment; filename="equipes-reconnues-\d{4}-\d\d-\d\d\.csv"', answer["Content-Disposition"])
    assert len(rows_of(answer)) == 1


# --- neighbours ------------------------------------------------------------------------------------------------------


def test_neighbours_are_of_the_commune_then_of_its_body_then_of_its_department() -> None:
    body = Epci.objects.create(
        siren="200060010", name="Mauges Communauté", search_name="mauges", kind="CA", vintage=2026
    )
    for code in ("49092", "44109"):  # an inter-communal body may reach into another department
        Commune.objects.filter(pk=make.commune(code).pk).update(epci=body)
    shown("D’un autre département", "72181")
    shown("Du département", "49007")
    shown("De l’intercommunalité", "44109")
    shown("Zèle de la commune")
    shown("Aide de la commune")
    here = make.fresh(make.commune("49092"))
    found = neighbours_of(here, limit=9)
    assert [(team.name, team.nearness) for team in found] == [
        ("Aide de la commune", "dans la même commune"),
        ("Zèle de la commune", "dans la même commune"),
        ("De l’intercommunalité", "dans la même intercommunalité"),
        ("Du département", "dans le même département"),
    ]
    assert names(neighbours_of(here)) == names(found)[:3]
    assert names(neighbours_of(here, form="msp")) == []


def test_a_commune_without_body_has_the_neighbours_of_its_department(django_assert_num_queries: Any) -> None:
    shown("Du département", "49007")
    shown("Sans intercommunalité non plus", "44109")
    here = make.commune("49092")
    with django_assert_num_queries(2):
        assert names(neighbours_of(here)) == ["Du département"]
