"""French as it is written on every screen. N is the narrow no-break space, B the plain no-break one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString, mark_safe
from hypothesis import given
from hypothesis import strategies as st

from equipage.foundation import french

N, B = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (123_450, f"1{N}234,50{B}€"),
        (0, f"0,00{B}€"),
        (-5, f"−0,05{B}€"),
        (100_000_000_000, f"1{N}000{N}000{N}000,00{B}€"),
        (None, "—"),
    ],
)
def test_euros(cents, text):
    assert french.euros(cents) == text


@given(st.integers(-(10**14), 10**14))
def test_euros_keep_every_digit(cents):
    digits = french.euros(cents).replace(N, "").replace(f"{B}€", "").replace("−", "-").replace(",", ".")
    assert Decimal(digits) * 100 == cents


def test_numbers_and_shares():
    assert french.number(1234.5) == f"1{N}234,5"
    assert french.number(Decimal("2.50")) == "2,5"
    assert french.number(Decimal("2.345"), 2) == "2,35"
    assert french.number(Decimal("1E+3")) == f"1{N}000"
    assert french.number(None) == "—"
    assert french.percent(Decimal("0.125")) == f"12,5{N}%"
    assert french.percent(1) == f"100{N}%"
    assert french.percent(Decimal("0.33333")) == f"33,3{N}%"
    assert french.percent(Decimal("0.5"), 2) == f"50,00{N}%"


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (1, f"1{B}octet"),
        (820, f"820{B}octets"),
        (12_400, f"12{B}ko"),
        (999_600, f"1{B}Mo"),
        (4_800_000, f"4,8{B}Mo"),
        (5_000_000, f"5{B}Mo"),
    ],
)
def test_sizes(octets, text):
    assert french.file_size(octets) == text


def test_days():
    day = date(2026, 10, 14)
    assert french.day_long(day) == "mercredi 14 octobre 2026"
    assert french.day(day) == "14 octobre 2026"
    assert french.day(date(2026, 1, 1)) == "1er janvier 2026"
    assert french.day_short(day) == f"14{B}oct."
    assert french.day_numeric(day) == "14/10/2026"
    assert french.day(None) == french.day_long(None) == french.day_short(None) == french.moment(None) == "—"


def test_a_moment_is_said_in_paris():
    late = datetime(2026, 12, 31, 23, 5, tzinfo=UTC)
    assert french.moment(late) == f"le 1er janvier 2027 à 0{B}h{B}05"
    assert french.day(late) == "1er janvier 2027"
    assert french.time_of_day(datetime(2026, 7, 1, 7, 0, tzinfo=UTC)) == f"9{B}h"
    assert french.time_of_day(time(9, 5)) == f"9{B}h{B}05"


def test_the_hour_that_comes_twice_is_said_as_the_clock_shows_it():
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert french.time_of_day(first) == french.time_of_day(second) == f"2{B}h{B}30"


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        french.moment(datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, f"0{B}min"), (45, f"45{B}min"), (60, f"1{B}h"), (90, f"1{B}h{B}30"), (65, f"1{B}h{B}05")]
)
def test_durations(minutes, text):
    assert french.duration(minutes) == text


def test_a_negative_duration_is_refused():
    with pytest.raises(ValueError, match="negative"):
        french.duration(-1)


def test_plurals():
    assert [french.plural(n, "équipe") for n in (0, 1, 1.5, 2)] == ["équipe", "équipe", "équipe", "équipes"]
    assert french.counted(1234, "travail", "travaux") == f"1{N}234{B}travaux"
    assert french.counted(0, "action") == f"0{B}action"
    assert french.counted(None, "action") == "—"


def test_enumerations():
    assert french.enumerate_words(["a", "b", "c"]) == "a, b et c"
    assert french.enumerate_words(["a", "b"], "ou") == "a ou b"
    assert french.enumerate_words(["a"]) == "a"
    assert french.enumerate_words([]) == "—"


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (date(2026, 10, 8), f"depuis 6{B}jours"),
        (date(2026, 10, 13), "depuis hier"),
        (date(2026, 10, 14), "depuis aujourd’hui"),
        (date(2026, 10, 15), "demain"),
        (date(2026, 10, 20), f"dans 6{B}jours"),
        (date(2026, 8, 14), f"depuis 2{B}mois"),
        (date(2026, 8, 15), f"depuis 60{B}jours"),
        (date(2024, 10, 14), f"depuis 2{B}ans"),
        (None, "—"),
    ],
)
def test_since_in_days(when, text):
    assert french.since(when, date(2026, 10, 14)) == text


@pytest.mark.parametrize(
    ("hour", "minute", "text"),
    [
        (12, 0, "à l’instant"),
        (11, 59, f"depuis 1{B}minute"),
        (9, 0, f"depuis 3{B}heures"),
        (13, 0, f"dans 1{B}heure"),
    ],
)
def test_since_within_a_day(hour, minute, text):
    now = datetime(2026, 10, 14, 12, 0, 30, tzinfo=UTC)
    assert french.since(datetime(2026, 10, 14, hour, minute, 30, tzinfo=UTC), now) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Èvre", "d’Èvre"),
        ("Nantes", "de Nantes"),
        ("Le Mans", "du Mans"),
        ("Les Sables-d’Olonne", "des Sables-d’Olonne"),
        ("La Roche-sur-Yon", "de La Roche-sur-Yon"),
        ("Héric", "d’Héric"),
        ("La Haye-Fouassière", "de La Haye-Fouassière"),
        ("Haute-Goulaine", "de Haute-Goulaine"),
        ("Yzernay", "d’Yzernay"),
        ("Yonne", "de Yonne"),
        ("Œuvre", "d’Œuvre"),
        ("", "de "),
    ],
)
def test_elision(name, text):
    assert french.de(name) == text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Combien ?", f"Combien{N}?"),
        ("Attention : lisez", f"Attention{N}: lisez"),
        ("Bravo!", f"Bravo{N}!"),
        ("« Oui »", f"«{N}Oui{N}»"),
        ("«Oui»", f"«{N}Oui{N}»"),
        ("12 000 € et 5 %", f"12{N}000{B}€ et 5{N}%"),
        ("à 9 h 05, salle n° 4", f"à 9{B}h{B}05, salle n°{B}4"),
        ("l'équipe d'ici", "l’équipe d’ici"),
        ("voir http://exemple.fr/?a=1;b à 12:30", "voir http://exemple.fr/?a=1;b à 12:30"),
        ("le 14 octobre 2026 150 équipes", "le 14 octobre 2026 150 équipes"),
        ("tél. 02 41 00 00 00", "tél. 02 41 00 00 00"),
        ("", ""),
        (None, ""),
    ],
)
def test_typographic(typed, text):
    assert french.typographic(typed) == text


@given(st.text("aé1 \u00a0\u202f«»:;?!%€'h°n()", max_size=60))
def test_typographic_twice_is_once_and_changes_spaces_and_apostrophes_only(typed):
    once = french.typographic(typed)
    assert french.typographic(once) == once
    strip = str.maketrans("", "", " \u00a0\u202f")
    assert once.translate(strip).replace("’", "'") == typed.translate(strip)


def written(source: str, **facts: object) -> str:
    return Template(source).render(Context(facts))


def test_filters_are_there_in_every_template():
    facts = {
        "cents": 18_750,
        "day": date(2026, 10, 14),
        "moment": datetime(2026, 10, 14, 7, 5, tzinfo=UTC),
        "minutes": 90,
        "many": 3,
        "names": ["Anne", "Paul"],
    }
    assert written("{{ cents|euros }}", **facts) == f"187,50{B}€"
    assert written("{{ many|number:2 }}", **facts) == "3,00"
    assert written("{{ day|day }} {{ day|day_short }}", **facts) == f"14 octobre 2026 14{B}oct."
    assert written("{{ day|day_long }}", **facts) == "mercredi 14 octobre 2026"
    assert written("{{ moment|moment }}", **facts) == f"le 14 octobre 2026 à 9{B}h{B}05"
    assert written("{{ minutes|duration }}", **facts) == f"1{B}h{B}30"
    assert written('{{ many|counted:"travail,travaux" }}', **facts) == f"3{B}travaux"
    assert written('{{ many|plural:"a signé,ont signé" }}', **facts) == "ont signé"
    assert written("{{ names|words }}", **facts) == "Anne et Paul"
    assert written("{{ day|since:moment }}", **facts) == "depuis aujourd’hui"
    assert written("{{ nothing|euros }}{{ nothing|day }}", nothing=None) == "——"


def test_typographic_filter_escapes_what_is_not_safe_and_leaves_markup_alone():
    assert written("{{ text|typographic }}", text="<b>Oui ?</b>") == f"&lt;b&gt;Oui{N}?&lt;/b&gt;"
    safe = mark_safe('<a href="/x?a=1;">R&amp;D ?</a>')
    assert written("{{ text|typographic }}", text=safe) == f'<a href="/x?a=1;">R&amp;D{N}?</a>'
    assert isinstance(safe, SafeString)
