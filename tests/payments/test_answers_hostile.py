"""Bytes that no bank would write, and files that are not answers: one French sentence each, nothing believed."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.foundation.refusals import Refused
from equipage.payments.answers.model import AnswerRefused
from equipage.payments.answers.reading import read
from equipage.payments.answers.xml import LARGEST_BYTES, moment, plain_cents
from equipage.payments.sepa import VERSIONS, Version, write
from tests.payments.bank_samples import Said, document, entries_of, entry, statement, status_report
from tests.payments.test_sepa import ORDER

GOOD = statement(entries_of([Said("EQ-1", 3750)]))
LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>&c;</BkToCstmrStmt></Document>"""
OUTSIDE = b"""<?xml version="1.0"?>
<!DOCTYPE Document [<!ENTITY secret SYSTEM "file:///etc/hostname">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><x>&secret;</x></Document>"""


def refusal(content: bytes) -> str:
    with pytest.raises(AnswerRefused) as caught:
        read(content)
    sentence = caught.value.sentence
    assert sentence.endswith(".")
    return sentence


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vide"),
        (b" \n\t ", "vide"),
        (b"%PDF-1.7 ...", "pas du XML"),
        (b"date;montant\n", "pas du XML"),
        (GOOD.decode().encode("utf-16"), "pas du XML"),
        (LAUGHS, "DTD"),
        (OUTSIDE, "DTD"),
        (b"\xef\xbb\xbf" + LAUGHS, "DTD"),
        (GOOD[: len(GOOD) // 2], "incomplet"),
        (GOOD[:-3], "incomplet"),
        (GOOD.replace(b"</Ntry>", b"", 1), "bien formé"),
        (GOOD.replace(b"BANQUE-1", "BANQUE-é".encode("latin-1")), "mal encodé"),
        (GOOD.replace(b'encoding="UTF-8"', b'encoding="UTF-7"'), "UTF-7"),
        (b"<html><body>Session</body></html>", "pas un message bancaire"),
        (b"<Document><x/></Document>", "quel message"),
        (b'<Document xmlns="https://example.org/camt.053.001.08"><x/></Document>', "quel message"),
        (document("camt.029.001.09", "<x/>"), "camt.029"),
        (document("camt.052.001.08", "<x/>"), "journée en cours"),
        (document("camt.053.001.08", "<x/>"), "pas le contenu"),
        (document("pain.002.001.10", "<CstmrPmtStsRpt/>"), "à quel fichier"),
        (status_report("M", order="pain.008.001.08"), "pain.008"),
        (status_report("M", [Said("EQ-1", 1, "ZZZZ")]), "ZZZZ"),
        (status_report("M", [Said("EQ-1", 1, "")]), "statut manque"),
        (GOOD.replace(b"2026-11-04T06:30:00+01:00", b"hier"), "hier"),
        (GOOD.replace(b"2026-11-04T06:30:00+01:00", b"0001-01-01T00:00:00+10:00"), "0001"),
        (GOOD.replace(b"<Dt>2026-11-04", b"<Dt>2026-13-04"), "2026-13-04"),
        (GOOD.replace(b"<CdtDbtInd>DBIT", b"<CdtDbtInd>XXXX"), "sens"),
        (statement([entry(100, currency="USD")]), "USD"),
        (GOOD.replace(b' Ccy="EUR"', b""), "devise absente"),
        (GOOD.replace(b">37.50<", b">37.505<"), "deux décimales"),
        (GOOD.replace(b">37.50<", b">37.500<"), "deux décimales"),
        (GOOD.replace(b">37.50<", b">-37.50<"), "-37.50"),
        (GOOD.replace(b">37.50<", b">37,50<"), "37,50"),
        (GOOD.replace(b">37.50<", b">1e3<"), "1e3"),
        (GOOD.replace(b">37.50<", b"><"), "pas un montant"),
        (GOOD.replace(b">37.50<", ">٣٧<".encode()), "pas un montant"),
        (GOOD.replace(b">37.50<", b">" + b"9" * 60 + b"<"), "pas un montant"),
    ],
)
def test_what_is_not_an_answer_is_refused_with_its_reason(content: bytes, said: str) -> None:
    assert said in refusal(content).replace("’", "'")


@pytest.mark.parametrize("version", VERSIONS)
def test_our_own_file_given_back_is_recognised(version: Version) -> None:
    assert "ordre de virement" in refusal(write(ORDER, version).content)


def test_thirty_megabytes_are_refused_at_once() -> None:
    before = time.monotonic()
    assert "trop volumineux" in refusal(GOOD + b" " * 30 * 1024 * 1024)
    assert time.monotonic() - before < 1


def test_the_largest_file_is_taken_and_one_byte_more_is_not() -> None:
    lines = statement([entry(100, text="x" * 5000) for _ in range(4000)])
    filled = lines.replace(b"</AddtlNtryInf>", b"y" * (LARGEST_BYTES - len(lines)) + b"</AddtlNtryInf>", 1)
    assert len(filled) == LARGEST_BYTES
    assert len(read(filled).batches) == 4000
    assert "trop volumineux" in refusal(filled + b"\n")


def test_millions_of_tags_are_refused_before_they_fill_the_memory() -> None:
    assert "trop volumineux" in refusal(b"<Document>" + b"<a/>" * 2_000_001 + b"</Document>")


def test_a_very_deep_file_is_refused() -> None:
    assert "bien formé" in refusal(b"<a>" * 5000 + b"</a>" * 5000).replace("’", "'")


def test_a_mark_at_the_beginning_and_other_latin_encodings_are_taken() -> None:
    assert read(b"\xef\xbb\xbf" + GOOD).items == read(GOOD).items
    old = statement([entry(100, text="Loyer d'été")]).decode().replace("UTF-8", "ISO-8859-15").encode("iso-8859-15")
    assert read(old).batches[0].text == "Loyer d'été"


def test_a_message_in_an_envelope_is_found() -> None:
    inside = GOOD.split(b"?>", 1)[1]
    assert read(b"<Envelope><AppHdr/>" + inside + b"</Envelope>").items == read(GOOD).items


def test_a_comment_or_an_instruction_hides_nothing() -> None:
    noisy = GOOD.replace(b"<EndToEndId>EQ-1", b"<EndToEndId><!-- x --><?y z?>EQ-1")
    assert [item.end_to_end_id for item in read(noisy).items] == ["EQ-1"]


@pytest.mark.parametrize(
    ("raw", "expected"), [("10", 1000), ("10.5", 1050), ("10.50", 1050), ("0.01", 1), ("+7.", 700)]
)
def test_an_amount_is_exact_cents(raw: str, expected: int) -> None:
    assert plain_cents(raw, "Ligne 1") == expected


@given(st.integers(0, 10**13))
def test_no_cent_is_lost_whatever_the_amount(cents: int) -> None:
    assert plain_cents(f"{cents // 100}.{cents % 100:02d}", "Ligne 1") == cents


def test_without_an_offset_the_bank_speaks_of_paris() -> None:
    assert moment("2026-07-01T08:00:00", "x").isoformat() == "2026-07-01T08:00:00+02:00"


def test_a_booking_told_as_a_moment_is_a_day_of_paris() -> None:
    late = GOOD.replace(b"<Dt>2026-11-04</Dt>", b"<DtTm>2026-11-03T23:30:00Z</DtTm>")
    assert str(read(late).items[0].booked_on) == "2026-11-04"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_damage_is_read_or_refused_never_a_crash(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(GOOD) - 1))
    kept = data.draw(st.integers(0, 40))
    damaged = GOOD[:at] + data.draw(st.binary(max_size=8)) + GOOD[at + kept :]
    try:
        amounts = [item.amount_cents for item in read(damaged).items]
    except Refused:
        amounts = []
    assert all(amount is None or amount >= 0 for amount in amounts)
