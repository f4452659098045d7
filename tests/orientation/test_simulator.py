"""The simulator as a stranger uses it: an example at once, numbers in the address, and everything typed wrong."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.compensation.models import Scale
from equipage.compensation.selectors import public_scale
from equipage.compensation.services.claims import tariff_on
from equipage.orientation.simulating import Subject
from equipage.orientation.simulator_form import SimulatorForm
from equipage.rules import library
from equipage.rules.headcount import Headcount, check_headcount
from tests import factories as make
from tests.compensation import factories as money

pytestmark = pytest.mark.django_db

ADDRESS = "/simulateur/"
ON = date(2026, 11, 25)
FORM = library().form("esp-clap", "fr-pdl", ON)


@pytest.fixture(autouse=True)
def a_day_of_november() -> Iterator[None]:
    with time_machine.travel("2026-11-25T09:00:00+01:00", tick=True):
        yield


def plain(text: str) -> str:
    """One kind of space and of apostrophe."""
    return re.sub(r"\s+", " ", text).replace("’", "'")


def example() -> SimulatorForm:
    """The form of an address that says nothing."""
    form = SimulatorForm(Subject(FORM, None), ON, QueryDict(""))
    assert form.is_valid()
    return form


def kind_of(code: str, **rest: str) -> str:
    """The word of the address for a profession, whatever the packs call it."""
    return next(kind.key for kind in library().pack.people.values() if kind.code == code and kind.system == "TRE_G15")


def people() -> dict[str, str]:
    """A general practitioner and two nurses."""
    return {f"n-{kind_of('10')}": "1", f"n-{kind_of('60')}": "2"}


def text(response: Any) -> str:
    bare = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return plain(unescape(bare))


def heading(response: Any) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode(), re.DOTALL)
    assert found
    return plain(unescape(found[1])).strip()


def test_the_page_answers_at_once_with_an_example_said_to_be_one(client: Client) -> None:
    page = client.get(ADDRESS)
    assert page.status_code == 200
    assert heading(page) == "Votre équipe serait indemnisée d'environ 1 685 € pour 34 h 30 par an"
    said = text(page)
    assert "Voici un exemple" in said
    assert "1 125,00 €" in said
    assert "45 min à 50,00 € l'heure = 37,50 € ; 30 présences = 1 125,00 €" in said
    assert "10 000,00 €" in said and "Spécificités de trois types" in said
    assert said.count("FICTIF") >= 5


def test_the_example_is_a_team_that_could_exist() -> None:
    form = example()
    assert form.example
    kinds = {profile.kind: number for profile, number in form.plan().people if profile.kind}
    assert sum(kinds.values()) == 3
    assert check_headcount(FORM, Headcount(kinds), ON).ok


def test_what_is_typed_is_counted_and_shared_without_a_name(client: Client) -> None:
    asked = {**people(), "fois-PPS": "4", "minutes-PPS": "60", "presents-PPS": "2"}
    page = client.get(ADDRESS, asked)
    assert "Voici un exemple" not in text(page)
    # Eight presences: three of the doctor, five of the two nurses.
    assert heading(page) == "Votre équipe serait indemnisée d'environ 375 € pour 8 heures par an"
    found = re.search(r'id="partage"[^>]*value="([^"]*)"', page.content.decode())
    assert found
    link = urlsplit(unescape(found[1]))
    assert parse_qs(link.query) == {"forme": ["esp-clap"], **{key: [value] for key, value in asked.items()}}
    assert heading(client.get(f"{link.path}?{link.query}")) == heading(page)


def test_a_shared_year_without_action_stays_without_action(client: Client) -> None:
    page = client.get(ADDRESS, {**people(), "fois-PPS": "0"})
    assert page.status_code == 200
    assert heading(page) == "0 € pour l'instant : comptez une première action"
    found = re.search(r'id="partage"[^>]*value="([^"]*)"', page.content.decode())
    assert found
    assert heading(client.get(unescape(found[1]))) == heading(page)


def test_the_association_opens_its_actions(client: Client) -> None:
    asked = {**people(), "fois-ETP": "2"}
    closed = client.get(ADDRESS, asked)
    assert heading(closed).startswith("0 € pour l'instant : aucune des actions choisies n'est ouverte")
    assert "Demandé, mais pas compté" in text(closed)
    assert "association loi 1901" in text(closed)
    opened = client.get(ADDRESS, {**asked, "condition-association_1901": "on"})
    assert heading(opened).startswith("Votre équipe serait indemnisée d'environ 420 €")
    assert "Fermée" not in text(opened)


def test_above_the_ceiling_the_page_says_what_is_cut(client: Client) -> None:
    page = client.get(ADDRESS, {**people(), "fois-RCP_SANS_PATIENT": "200", "minutes-RCP_SANS_PATIENT": "60"})
    assert heading(page) == "Votre équipe serait indemnisée d'environ 10 000 €, le plafond, pour 600 heures par an"
    assert "20 000,00 € ne seraient pas versés" in text(page)
    assert "− 20 000,00 €" in text(page)


def test_a_team_that_could_not_exist_is_told_what_it_lacks(client: Client) -> None:
    page = client.get(ADDRESS, {f"n-{kind_of('60')}": "2", "fois-PPS": "1"})
    assert page.status_code == 200
    assert "Il manque un médecin généraliste" in text(page)


def test_the_scale_that_the_association_adopted_goes_first(client: Client) -> None:
    adopted = money.scale(label="Barème 2027 de l'association", valid_from=date(2026, 11, 1))
    page = client.get(ADDRESS, {**people(), "fois-RCP_SANS_PATIENT": "1"})
    assert "Barème 2027 de l'association" in text(page)
    assert "Ce barème est FICTIF." in text(page), "son nom ne le dit pas : la page le dit"
    found = public_scale("52", ON)
    assert found is not None
    assert list(found.rates) == list(tariff_on(adopted.organisation, ON).rates)
    assert public_scale("53", ON) is None


def test_a_real_scale_is_not_called_fictitious_and_a_draft_is_not_public(client: Client) -> None:
    drafted = money.scale(state="draft", label="Barème voté")
    assert "Barème voté" not in text(client.get(ADDRESS))
    adopted = {"state": "in_force", "adopted_at": timezone.now(), "adopted_by": make.user("Autre")}
    Scale.objects.filter(pk=drafted.pk).update(fictitious=False, **adopted)
    page = client.get(ADDRESS)
    assert "Barème voté" in text(page)
    assert "fictif" not in text(page).lower()
    # Only meetings have a rate in it: the plan of the example is said not to be paid, never paid zero.
    assert "Ce barème n'a pas de tarif pour cette action" in text(page)


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"territoire": "fr-bre"}, 200, "Aucun barème publié en Bretagne : demandez à l'association"),
        ({"territoire": "fr"}, 200, "Aucun barème publié en France"),
        ({"le": "2020-01-01"}, 200, "Aucun barème publié en Pays de la Loire le 1er janvier 2020"),
        ({"forme": "esp-clap", "le": "2020-01-01"}, 200, "Aucun barème publié (ESP CLAP) le 1er janvier 2020"),
        ({"forme": "esp"}, 200, "ESP : aucune indemnisation par action à simuler"),
        ({"territoire": "fr-xxx"}, 422, "Le territoire « fr-xxx » n'existe pas"),
        ({"forme": "licorne"}, 422, "La forme « licorne » n'existe pas"),
        ({"le": "demain"}, 422, "n'est pas un jour"),
    ],
)
def test_where_nothing_can_be_counted_it_is_said(client: Client, query: Any, status: int, said: str) -> None:
    page = client.get(ADDRESS, query)
    assert page.status_code == status
    assert said in text(page)
    assert "contact" in text(page).lower()
    assert "Votre équipe serait indemnisée" not in text(page)


def test_another_day_is_counted_with_the_scale_of_that_day(client: Client) -> None:
    asked = {**people(), "fois-ETP": "3", "patients-ETP": "8", "condition-association_1901": "on", "le": "2025-06-01"}
    page = client.get(ADDRESS, asked)
    # 11,50 € a patient in 2025.
    assert heading(page).startswith("Votre équipe serait indemnisée d'environ 828 €")
    assert 'name="le" value="2025-06-01"' in page.content.decode()


WRONG = [
    ("fois-PPS", "-1", "Écrivez un nombre entier de 0 à 999."),
    ("fois-PPS", "1000000000", "Écrivez un nombre entier de 0 à 999."),
    ("fois-PPS", "beaucoup", "Écrivez un nombre entier de 0 à 999."),
    ("fois-PPS", "1e3", "Écrivez un nombre entier de 0 à 999."),
    ("minutes-PPS", "0", "Écrivez un nombre entier de 1 à 1 440."),
    ("minutes-PPS", "5000", "Écrivez un nombre entier de 1 à 1 440."),
    ("minutes-PPS", "", "Dites combien de temps dure une de ces actions."),
    ("presents-PPS", "4", "L'équipe compte 3 personnes : il ne peut pas en venir davantage."),
    ("presents-PPS", "0", "Écrivez un nombre entier de 1 à 99."),
    ("n-infirmier", "trois", "Écrivez un nombre entier de 0 à 99."),
    ("n-infirmier", "100", "Écrivez un nombre entier de 0 à 99."),
    ("n-infirmier", "99", "L'équipe compte 100 personnes : le simulateur va jusqu'à 99."),
    ("n-licorne", "1", "une profession ou d'une action que nous ne connaissons pas"),
    ("fois-LICORNE", "1", "une profession ou d'une action que nous ne connaissons pas"),
    ("condition-licorne", "on", "une profession ou d'une action que nous ne connaissons pas"),
]


@pytest.mark.parametrize(("name", "typed", "said"), WRONG)
def test_what_is_typed_wrong_is_said_and_kept(client: Client, name: str, typed: str, said: str) -> None:
    name = name.replace("infirmier", kind_of("60"))
    asked = {**people(), "fois-PPS": "4", "minutes-PPS": "60", name: typed}
    page = client.get(ADDRESS, asked)
    assert page.status_code == 422
    assert said in text(page)
    assert heading(page) == "Quelques nombres restent à corriger"
    html = page.content.decode()
    for key, value in asked.items():
        if value != "" and "licorne" not in key.lower():
            kept = re.search(rf'name="{key}"[^>]*', html)
            assert kept and f'value="{value}"' in kept[0], key


def test_nobody_and_nobody_paid_are_two_sentences(client: Client) -> None:
    empty = client.get(ADDRESS, {f"n-{kind_of('10')}": "0", "fois-PPS": "1"})
    assert empty.status_code == 422
    assert "Il n'y a encore personne : comptez au moins une personne" in text(empty)
    unpaid = next(profile for profile in example().profiles if not profile.paid)
    page = client.get(ADDRESS, {f"n-{unpaid.key}": "2", "fois-PPS": "1"})
    assert page.status_code == 422
    assert "Personne ici n'est indemnisé" in text(page)
    both = client.get(ADDRESS, {**people(), f"n-{unpaid.key}": "2", "fois-PPS": "1"})
    assert both.status_code == 200
    assert "ce barème ne paie pas cette profession" in text(both)


def test_forty_people_are_counted(client: Client) -> None:
    page = client.get(ADDRESS, {f"n-{kind_of('10')}": "20", f"n-{kind_of('60')}": "20", "fois-PPS": "1"})
    assert page.status_code == 200
    assert heading(page) == "Votre équipe serait indemnisée d'environ 1 900 € pour 40 heures par an"


def test_an_answer_given_twice_is_asked_again(client: Client) -> None:
    page = client.get(f"{ADDRESS}?fois-PPS=1&fois-PPS=2")
    assert page.status_code == 422
    assert "deux réponses différentes" in text(page)


_NUMBERS = ("fois-PPS", "minutes-PPS", "presents-PPS", "patients-ETP", "n-infirmier", "n-x", "fois-", "n-")
_NAMES = st.sampled_from((*_NUMBERS, "condition-association_1901", "forme", "territoire", "le", "zzz"))
_TYPED = st.one_of(
    st.integers(-(10**12), 10**12).map(str), st.text(max_size=20), st.sampled_from(["", "1", "esp-clap"])
)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(_NAMES, _TYPED), max_size=6))
def test_no_address_breaks_it(client: Client, pairs: list[tuple[str, str]]) -> None:
    query = QueryDict(mutable=True)
    for name, value in pairs:
        query.appendlist(name, value)
    page = client.get(f"{ADDRESS}?{query.urlencode()}")
    assert page.status_code in (200, 422)
    assert page.content.count(b"<h1") == 1


def test_a_large_year_costs_no_more_queries_and_stays_light(client: Client) -> None:
    money.scale(
        label="Barème d'essai",
        rates=[{"action_code": code, "unit": "hour", "amount": "50.00"} for code in FORM.actions],
    )
    sizes = []
    for asked in ({}, {**people(), **{f"fois-{code}": "999" for code in FORM.actions}}):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = client.get(ADDRESS, asked)
        sizes.append(len(queries))
        assert len(gzip.compress(page.content, 6)) <= 8000
    assert sizes == [2, 2]
