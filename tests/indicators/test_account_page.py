"""« Les comptes » as a stranger reads them: the page, its files, its wrong addresses, and what is never said."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from equipage.compensation.models import Scale
from equipage.indicators.account_files import NAMES
from equipage.indicators.models import AccountFigure, YearAccount
from equipage.indicators.services import keep_accounts
from equipage.teams.models import Team
from tests import factories
from tests.compensation import factories as money
from tests.indicators.living import AFTER_THE_YEAR, NEXT_MONTH, WITH_PATIENT, YEAR, csv_of, lived_region

pytestmark = pytest.mark.django_db
PAGE = "/comptes/"
FILES = [f"/comptes/52-{YEAR}.csv", f"/comptes/52-{YEAR}.json", "/comptes/dictionnaire.json"]


@pytest.fixture(autouse=True)
def november() -> Any:
    """The facts are of November 2026, whenever the tests run."""
    with time_machine.travel(datetime(2026, 11, 20, 10, tzinfo=UTC)):
        yield


@pytest.fixture
def accounts() -> None:
    """A region of nine teams, its year being over."""
    lived_region()
    keep_accounts(at=AFTER_THE_YEAR)


def words(answer: Any) -> str:
    """The text of a page, every kind of space being one."""
    tree = html.fromstring(answer.content.decode())
    return re.sub(r"\s+", " ", tree.xpath("//main")[0].text_content())


def tables(answer: Any) -> dict[str, list[list[str]]]:
    """The full tables of the page by caption: rows of cells, the last row being the whole."""
    tree = html.fromstring(answer.content.decode())
    return {
        table.xpath("string(caption)").strip(): [
            [re.sub(r"\s+", " ", cell.text_content()).strip() for cell in row.xpath("./th|./td")]
            for row in table.xpath("./tbody/tr|./tfoot/tr")
        ]
        for table in tree.xpath("//table[caption]")
    }


def cents(shown: str) -> int:
    """The cents of « 1 234,50 € »."""
    return int(re.sub(r"[^\d]", "", shown))


def minutes(shown: str) -> int:
    """The minutes of « 12 h 05 », « 3 h », « 45 min »."""
    found = re.fullmatch(r"(?:([\d ]+) h)? ?(\d+)?(?: min)?", shown)
    assert found, shown
    return 60 * int((found[1] or "0").replace(" ", "")) + int(found[2] or 0)


@pytest.mark.usefixtures("accounts")
def test_a_stranger_reads_the_account(client: Client) -> None:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    text = words(answer)
    assert "En 2026," in text and "ont été versés à 9 équipes" in text
    assert "9 équipes reconnues" in text
    assert "Réunion de concertation pluriprofessionnelle sans le patient" in text
    assert "< 6, masqué" in text
    assert "Calculé le 1er février 2027 à 13 h, arrêté au 31 décembre 2026." in text
    for team in Team.objects.order_by("pk"):
        assert team.name not in text


@pytest.mark.usefixtures("accounts")
def test_the_totals_of_the_page_are_those_of_its_file(client: Client) -> None:
    """Added up again from the file, by hand, without the code of the page."""
    shown, lines = tables(client.get(PAGE)), csv_of(client)
    for title, name in (
        ("Ce qui a été payé pour quoi", "type_action"),
        ("Par département", "departement"),
        ("Par thème", "theme"),
        ("Par mois", "mois"),
    ):
        whole = shown[title][-1]
        paid = [row for row in lines if (row["nature"], row["ventilation"]) == ("paye", name)]
        done = [row for row in lines if (row["nature"], row["ventilation"]) == ("fait", name)]
        assert paid and done
        assert cents(whole[6]) == sum(int(row["montant_centimes"] or 0) for row in paid) > 0
        assert cents(whole[5]) == sum(int(row["lignes"] or 0) for row in paid)
        assert cents(whole[2]) == sum(int(row["actions"] or 0) for row in done)
        assert minutes(whole[3]) == sum(int(row["minutes"] or 0) for row in done)


@pytest.mark.usefixtures("accounts")
def test_what_is_masked_says_so_and_is_never_nothing(client: Client) -> None:
    rows = tables(client.get(PAGE))["Ce qui a été payé pour quoi"]
    small = next(row for row in rows if "en présence du patient" in row[0])
    assert small[1:] == ["< 6, masqué"] * 6
    for row in csv_of(client):
        numbers = [row[name] for name in ("equipes", "personnes", "actions", "minutes", "lignes", "montant_centimes")]
        assert "0" not in numbers
        assert not (row["masque"] and any(numbers))
        assert row["masque"] or any([*numbers, row["jours"]])


@pytest.mark.usefixtures("accounts")
def test_each_figure_opens_on_its_definition(client: Client) -> None:
    tree = html.fromstring(client.get(PAGE).content.decode())
    targets = [link[1:] for link in tree.xpath("//*[contains(@class, 'stat')]//a/@href")]
    assert len(targets) == 6
    for target in targets:
        assert tree.xpath(f"//*[@id='{target}']//dd"), target


@pytest.mark.usefixtures("accounts")
def test_the_page_takes_as_many_queries_whatever_it_says(client: Client) -> None:
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    account = YearAccount.objects.get()
    for number in range(40):
        values = {"teams": 7, "people": 7, "items": 7, "minutes": 8, "published_at": account.computed_at}
        AccountFigure.objects.create(account=account, flow="done", dimension="kind", key=f"k{number}", **values)
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)
    assert len(few) == len(many) <= 8
    assert not [query["sql"] for query in many if "claimline" in query["sql"] or "coordination_action" in query["sql"]]


WRONG = [
    ("annee=abc", "Aucun compte n’existe pour l’année"),
    ("annee=2999", "2999"),
    ("annee=-1", "choisissez-en une"),
    ("annee=²", "choisissez-en une"),
    ("region=99", "Aucun compte n’existe pour la région"),
    ("region=%27%3B--&annee=2026", "choisissez-en une"),
    ("region=%00", "choisissez-en une"),
    ("region=<script>alert(1)</script>", "choisissez-en une"),
]


@pytest.mark.usefixtures("accounts")
def test_a_wrong_address_is_said_above_a_right_page(client: Client) -> None:
    for asked, sentence in WRONG:
        answer = client.get(f"{PAGE}?{asked}")
        assert answer.status_code == 422, asked
        text = words(answer)
        assert sentence in text and "ont été versés" in text, asked
        assert b"<script>alert" not in answer.content


@pytest.mark.usefixtures("accounts")
def test_a_file_that_is_not_there_is_not_found(client: Client) -> None:
    for name in ("52-1999.csv", "99-2026.csv", "52-2026.xml", "52-2026.pdf", "52-99999999999.csv", "fr-pdl-2026.csv"):
        assert client.get(f"/comptes/{name}").status_code == 404, name


def test_without_any_account_the_page_says_what_will_be_there(client: Client) -> None:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    text = words(answer)
    assert "Aucun compte n’est encore tenu" in text and "Lire les règles" in text and "Méthode" in text
    assert client.get(f"{PAGE}?annee=2026").status_code == 422


def test_a_small_region_reads_why_nothing_is_said(client: Client) -> None:
    lived_region(5)
    keep_accounts(at=AFTER_THE_YEAR)
    text = words(client.get(PAGE))
    assert "rien ne peut encore être publié" in text
    assert all(not row["equipes"] for row in csv_of(client))


def test_a_year_that_runs_says_when_the_rest_comes(client: Client) -> None:
    lived_region()
    keep_accounts(at=NEXT_MONTH)
    answer = client.get(PAGE)
    text = words(answer)
    assert "De janvier à novembre 2026" in text
    assert "en janvier 2027" in text
    assert set(tables(answer)) == {"Par mois"}
    assert {row["ventilation"] for row in csv_of(client)} == {"annee", "mois"}


@pytest.mark.usefixtures("accounts")
def test_a_file_is_the_same_bytes_kept_for_some_minutes(client: Client) -> None:
    before = [client.get(address) for address in FILES]
    keep_accounts(at=AFTER_THE_YEAR + timedelta(days=3))
    for address, first in zip(FILES, before, strict=True):
        assert first.content == Client().get(address).content
        assert first["Cache-Control"] == "public, max-age=600"
        assert first["Access-Control-Allow-Origin"] == "*"
        assert first.has_header("ETag") and not first.cookies
        again = client.get(address, headers={"if-none-match": first["ETag"]})
        assert again.status_code == 304 and not again.content


@pytest.mark.usefixtures("accounts")
def test_json_and_csv_say_the_same_and_every_name_is_defined(client: Client) -> None:
    document = json.loads(client.get(FILES[1]).content)
    lines = csv_of(client)
    written = [{name: "" if value is None else str(value) for name, value in row.items()} for row in document["lignes"]]
    assert written == lines
    known = json.loads(client.get(FILES[2]).content)
    assert [field["nom"] for field in known["champs"]] == list(lines[0]) == list(NAMES)
    assert all(field["sens"] and field["type"] for field in known["champs"])
    assert document["champs"] == known["champs"]
    assert document["annee_complete"] is True and document["arrete_au"] == "2026-12-31"


@pytest.mark.usefixtures("accounts")
def test_the_licence_is_that_of_whoever_publishes(client: Client, settings: Any) -> None:
    assert "n’est pas encore fixée" in words(client.get(PAGE))
    assert json.loads(client.get(FILES[2]).content)["licence"] is None
    settings.DATA_LICENCE = "Licence imaginaire 1.0"
    assert "Licence de ces données : Licence imaginaire 1.0." in words(client.get(PAGE))
    assert json.loads(client.get(FILES[2]).content)["licence"] == "Licence imaginaire 1.0"


@pytest.mark.usefixtures("accounts")
def test_fictitious_amounts_are_called_so(client: Client) -> None:
    assert "Montants fictifs" in words(client.get(PAGE))
    # Adopted later, it applies to the days it covers.
    real = money.scale(valid_from=date(2026, 11, 1), state="draft")
    adopted = {"state": "in_force", "adopted_at": timezone.now(), "adopted_by": factories.user("Autre")}
    Scale.objects.filter(pk=real.pk).update(fictitious=False, **adopted)
    assert "Montants fictifs" not in words(client.get(PAGE))


@pytest.mark.usefixtures("accounts")
def test_rows_open_to_those_who_may_read_them(client: Client) -> None:
    for person, lines, region in (
        (None, False, False),
        (factories.ars_region(), False, True),
        (factories.officer(), True, True),
        (factories.nurse().user, False, False),
        (factories.officer(region_code="53"), False, False),
    ):
        reader = Client()
        if person is not None:
            reader.force_login(person)
        content = reader.get(PAGE).content.decode()
        assert (f"{reverse('compensation:lines')}?etat=paid" in content) is lines, person
        assert (">tableau de bord</a>" in content) is region, person


@pytest.mark.usefixtures("accounts")
def test_two_regions_are_offered_and_kept_apart(client: Client) -> None:
    YearAccount.objects.create(region=factories.region("53"), year=2025, computed_at=AFTER_THE_YEAR)
    text = words(client.get(f"{PAGE}?region=52"))
    assert "Bretagne" in text and "ont été versés" in text
    brittany = words(client.get(f"{PAGE}?region=53"))
    assert "ont été versés" not in brittany and "2026" not in brittany.split("Méthode")[0].split("Années")[0]
    assert client.get(f"{PAGE}?region=53&annee=2026").status_code == 422


def test_the_page_is_in_the_foot_of_every_page(client: Client) -> None:
    tree = html.fromstring(client.get("/").content.decode())
    assert tree.xpath("//footer//a[@href='/comptes/']")


@pytest.mark.usefixtures("accounts")
def test_the_file_opens_in_a_spreadsheet(client: Client) -> None:
    answer = client.get(FILES[0])
    assert answer["Content-Disposition"] == 'attachment; filename="comptes-52-2026.csv"'
    assert answer.content.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert {len(row) for row in rows} == {len(NAMES)}
    assert any(WITH_PATIENT in row for row in rows)
