"""What the bank answers is read to the cent and to the reference, whatever the message and its version."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipage.payments.answers.matching import Matched, Sent, match
from equipage.payments.answers.reading import read
from equipage.payments.answers.reasons import TACTFUL, explain
from equipage.payments.sepa import VERSIONS, Order, Transfer, Version, write
from tests.compensation.factories import iban
from tests.payments.bank_samples import (
    BOOKED,
    OUR_ACCOUNT,
    Said,
    batch_details,
    entries_of,
    entry,
    statement,
    status_report,
)

MESSAGE = "EQ-2026-10-1-abcdef0123456789"
SENT = (Sent(MESSAGE, "EQ-1", 3750), Sent(MESSAGE, "EQ-2", 1001))
CAMT = [f"camt.05{kind}.001.{minor:02d}" for kind in (3, 4) for minor in (2, 3, 4, 6, 7, 8, 10, 13)]
REPORTS = [f"pain.002.001.{minor:02d}" for minor in (3, 5, 9, 10, 14)]

lines = st.lists(
    st.tuples(st.integers(1, 10**9), st.sampled_from(["executed", "rejected", "returned"])), min_size=1, max_size=12
)


def outcomes(found: Matched) -> list[tuple[str, str]]:
    return [(item.end_to_end_id, item.outcome) for item in found.items]


def sent_by(order: Order, version: Version) -> list[Sent]:
    message_id = write(order, version).message_id
    return [Sent(message_id, transfer.end_to_end_id, transfer.amount_cents) for transfer in order.transfers]


def order_of(amounts: list[int]) -> Order:
    transfers = [
        Transfer(f"EQ-2026-10-1-{rank:05d}", f"Personne {rank}", iban(rank), cents, f"réf. {rank}")
        for rank, cents in enumerate(amounts, start=1)
    ]
    moment = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
    return Order("2026-10-1", "Association", iban(99), moment, date(2026, 11, 3), transfers)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines, st.sampled_from(CAMT), st.sampled_from(REPORTS), st.sampled_from(VERSIONS))
def test_what_was_written_and_answered_is_read_back_to_the_cent(
    rows: list[tuple[int, str]], camt: str, report: str, version: Version
) -> None:
    order = order_of([cents for cents, _ in rows])
    sent = sent_by(order, version)
    message_id = sent[0].message_id
    fate = {transfer.end_to_end_id: outcome for transfer, (_, outcome) in zip(sent, rows, strict=True)}
    told = [
        Said(one.end_to_end_id, one.amount_cents, "RJCT" if fate[one.end_to_end_id] == "rejected" else "ACSP", "AC04")
        for one in sent
    ]
    first = match(read(status_report(message_id, told, version=report, group="PART", block="PART")), sent)
    assert first.problems == ()
    assert [(i.end_to_end_id, i.amount_cents, i.outcome) for i in first.items] == [
        (t.end_to_end_id, t.amount_cents, "rejected" if fate[t.end_to_end_id] == "rejected" else "accepted")
        for t in sent
    ]
    kept = [t for t in sent if fate[t.end_to_end_id] != "rejected"]
    booked = [
        Said(t.end_to_end_id, t.amount_cents, reason="AC04", returned=fate[t.end_to_end_id] == "returned") for t in kept
    ]
    second = match(read(statement(entries_of(booked, camt), version=camt)), sent)
    assert second.problems == ()
    executed = [(t.end_to_end_id, t.amount_cents, "executed", "") for t in kept]
    returned = [
        (t.end_to_end_id, t.amount_cents, "returned", "AC04") for t in kept if fate[t.end_to_end_id] == "returned"
    ]
    assert [(i.end_to_end_id, i.amount_cents, i.outcome, i.reason_code) for i in second.items] == executed + returned
    assert {i.booked_on for i in second.items} <= {BOOKED}


def test_the_answer_says_who_wrote_it_when_and_for_which_account() -> None:
    content = statement(entries_of([Said("EQ-1", 3750)]))
    answer = read(content)
    assert (answer.kind, answer.version, answer.message_id) == ("camt.053", "camt.053.001.08", "BANQUE-1")
    assert answer.created_at == datetime(2026, 11, 4, 5, 30, tzinfo=UTC)
    assert answer.accounts == (OUR_ACCOUNT,)
    assert answer.sha256 == hashlib.sha256(content).hexdigest()
    assert answer.items[0].bank_reference == "B-EQ-1"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("ACCP", "accepted"),
        ("ACSP", "accepted"),
        ("ACTC", "accepted"),
        ("ACSC", "executed"),
        ("PDNG", "pending"),
        ("RJCT", "rejected"),
    ],
)
def test_each_status_has_its_outcome(status: str, outcome: str) -> None:
    answer = read(status_report(MESSAGE, [Said("EQ-1", 3750, status)]))
    assert [item.outcome for item in answer.items] == [outcome]


def test_a_message_rejected_as_a_whole_rejects_every_transfer_with_its_reason() -> None:
    answer = read(status_report(MESSAGE, group="RJCT", group_reason="AM04", totals=(2, 4751)))
    found = match(answer, SENT)
    assert outcomes(found) == [("EQ-1", "rejected"), ("EQ-2", "rejected")]
    assert {item.reason_code for item in found.items} == {"AM04"}
    assert [item.amount_cents for item in found.items] == [3750, 1001]


def test_a_transfer_without_a_status_takes_that_of_its_block_and_its_reason() -> None:
    lines = [Said("EQ-1", 3750, "", "", "")]
    (item,) = read(status_report(MESSAGE, lines, group="RJCT", group_reason="DT01")).items
    assert (item.outcome, item.reason_code) == ("rejected", "DT01")


def test_the_status_of_a_transfer_wins_over_that_of_its_block_and_the_block_over_the_message() -> None:
    report = status_report(MESSAGE, [Said("EQ-1", 3750, "RJCT", "AC06")], group="PDNG", block="ACCP")
    assert outcomes(match(read(report), SENT)) == [("EQ-1", "rejected"), ("EQ-2", "accepted")]


def test_a_partial_status_decides_nothing_of_the_transfers_it_does_not_name() -> None:
    report = status_report(MESSAGE, [Said("EQ-1", 3750, "RJCT", "AC06")], group="ACCP", block="PART")
    assert outcomes(match(read(report), SENT)) == [("EQ-1", "rejected")]


def test_the_report_of_another_message_decides_nothing() -> None:
    found = match(read(status_report("EQ-2026-09-1-old", [Said("EQ-1", 3750, "RJCT")])), SENT)
    assert found.items == ()
    assert "EQ-2026-09-1-old" in found.problems[0]


@pytest.mark.parametrize("version", ["camt.053.001.02", "camt.054.001.08"])
@pytest.mark.parametrize("count", [None, 2])
def test_a_batch_booked_as_one_line_executes_the_whole_message(version: str, count: int | None) -> None:
    line = entry(4751, batch_details(MESSAGE, count=count), version=version)
    found = match(read(statement([line], version=version)), SENT)
    assert outcomes(found) == [("EQ-1", "executed"), ("EQ-2", "executed")]
    assert {(item.booked_on, item.bank_reference) for item in found.items} == {(BOOKED, "OP-7")}


def test_a_batch_known_only_by_the_text_of_its_line_is_found() -> None:
    found = match(read(statement([entry(4751, text=f"VIR SEPA EMIS {MESSAGE} 2 OPERATIONS")])), SENT)
    assert outcomes(found) == [("EQ-1", "executed"), ("EQ-2", "executed")]


@pytest.mark.parametrize(("cents", "count"), [(4750, None), (4752, 2), (4751, 3)])
def test_a_batch_with_another_total_or_count_decides_nothing(cents: int, count: int | None) -> None:
    found = match(read(statement([entry(cents, batch_details(MESSAGE, count=count))])), SENT)
    assert found.items == ()
    assert len(found.problems) == 1
    assert MESSAGE in found.problems[0]


def test_what_was_rejected_before_is_neither_in_the_total_nor_executed() -> None:
    sent = (SENT[0], replace(SENT[1], rejected=True))
    found = match(read(statement([entry(3750, batch_details(MESSAGE))])), sent)
    assert outcomes(found) == [("EQ-1", "executed")]


def test_an_amount_that_is_not_ours_decides_nothing() -> None:
    found = match(read(statement(entries_of([Said("EQ-1", 3751)]))), SENT)
    assert found.items == ()
    assert "37,51" in found.problems[0]
    assert "37,50" in found.problems[0]


def test_a_credit_with_our_reference_and_no_reason_is_a_return() -> None:
    line = entry(3750, "<TxDtls><Refs><EndToEndId>EQ-1</EndToEndId></Refs></TxDtls>", direction="CRDT")
    answer = read(statement([line]))
    assert [item.outcome for item in answer.items] == ["received"]
    assert outcomes(match(answer, SENT)) == [("EQ-1", "returned")]


def test_a_reversal_is_a_return_whatever_its_details_say() -> None:
    line = entry(3750, "<TxDtls><Refs><EndToEndId>EQ-1</EndToEndId></Refs></TxDtls>", direction="CRDT", reversal=True)
    assert [item.outcome for item in read(statement([line])).items] == ["returned"]


def test_the_rest_of_the_account_is_left_out() -> None:
    rent = entry(90000, "<TxDtls><Refs><EndToEndId>LOYER</EndToEndId></Refs></TxDtls>")
    fees = entry(250, "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs></TxDtls>", text="FRAIS")
    grant = entry(4751, direction="CRDT", text="DOTATION ARS")
    assert match(read(statement([rent, fees, grant])), SENT) == Matched((), ())


@pytest.mark.parametrize(("status", "expected"), [("PDNG", ["pending"]), ("INFO", []), ("BOOK", ["executed"])])
@pytest.mark.parametrize("version", ["camt.053.001.02", "camt.053.001.08"])
def test_only_a_booked_line_executes(status: str, expected: list[str], version: str) -> None:
    detail = "<TxDtls><Refs><EndToEndId>EQ-1</EndToEndId></Refs></TxDtls>"
    answer = read(statement([entry(3750, detail, version=version, status=status)], version=version))
    assert [item.outcome for item in answer.items] == expected


def test_a_returned_transfer_says_why_and_what_to_do() -> None:
    back = Said("EQ-1", 3750, reason="AC04", text="COMPTE CLOTURE", returned=True)
    item = match(read(statement(entries_of([back]))), SENT).items[-1]
    assert (item.outcome, item.reason_code, item.reason_text) == ("returned", "AC04", "COMPTE CLOTURE")
    reason = explain(item.reason_code, item.reason_text)
    assert (reason.known, reason.who) == (True, "person")
    assert "clos" in reason.sentence
    assert "COMPTE CLOTURE" in reason.sentence


def test_a_reason_that_nobody_knows_is_shown_as_it_is() -> None:
    reason = explain("XZ99", "voir agence")
    assert not reason.known
    assert "XZ99" in reason.sentence
    assert "voir agence" in reason.sentence
    assert explain("").sentence == "La banque n’a pas donné de motif."


CODES = [
    "AC01",
    "AC03",
    "AC04",
    "AC06",
    "AG01",
    "AG02",
    "AM04",
    "AM05",
    "BE05",
    "BE06",
    "DT01",
    "FF01",
    "MD07",
    "MS02",
    "MS03",
    "NARR",
    "RC01",
    "RR01",
    "RR02",
    "RR03",
    "RR04",
    "TM01",
    "FOCR",
    "CUST",
    "DUPL",
    "TECH",
    "NOAS",
    "ARDT",
]


def test_each_reason_has_its_own_sentence_and_something_to_do() -> None:
    reasons = [explain(code) for code in CODES]
    assert all(reason.known and reason.to_do.endswith(".") for reason in reasons)
    assert len({reason.sentence for reason in reasons}) == len(CODES)


def test_a_death_is_nobodys_fault_and_sends_nothing() -> None:
    reason = explain("MD07")
    assert "MD07" in TACTFUL
    assert reason.who == "administration"
    assert "aucun message automatique" in reason.to_do


@pytest.mark.parametrize("version", CAMT)
def test_each_detail_of_a_batch_carries_its_own_amount(version: str) -> None:
    told = [Said("EQ-1", 3750), Said("EQ-2", 1001)]
    answer = read(statement(entries_of(told, version), version=version))
    assert [item.amount_cents for item in answer.items] == [3750, 1001]
    assert answer.kind == version[:8]
    assert answer.batches == ()


def test_a_reference_that_was_not_given_is_no_reference() -> None:
    line = entry(250, "<TxDtls><Refs><MsgId>M-1</MsgId><EndToEndId>NOTPROVIDED</EndToEndId></Refs></TxDtls>")
    answer = read(statement([line]))
    assert answer.items == ()
    assert [(batch.message_id, batch.amount_cents) for batch in answer.batches] == [("M-1", 250)]


def test_two_batches_in_one_line_keep_their_own_totals() -> None:
    first = "<Btch><MsgId>M-1</MsgId><TtlAmt Ccy='EUR'>10.00</TtlAmt></Btch></NtryDtls><NtryDtls>"
    second = "<Btch><MsgId>M-2</MsgId><TtlAmt Ccy='EUR'>5.5</TtlAmt></Btch>"
    answer = read(statement([entry(1550, first + second)]))
    assert [(batch.message_id, batch.amount_cents) for batch in answer.batches] == [("M-1", 1000), ("M-2", 550)]


def test_a_whole_batch_that_came_back_says_why() -> None:
    back = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    details = f"{batch_details(MESSAGE)}<TxDtls><Refs><MsgId>{MESSAGE}</MsgId></Refs>{back}</TxDtls>"
    found = match(read(statement([entry(4751, details, direction="CRDT")])), SENT)
    assert [(item.outcome, item.reason_code) for item in found.items] == [("returned", "AC04")] * 2


def test_the_bank_code_of_a_return_is_a_return() -> None:
    code = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn></BkTxCd>"
    detail = f"<TxDtls><Refs><EndToEndId>EQ-1</EndToEndId></Refs>{code}</TxDtls>"
    (item,) = read(statement([entry(3750, detail, direction="CRDT")])).items
    assert item.outcome == "returned"


def test_a_detail_may_go_the_other_way_than_its_line() -> None:
    back = "<TxDtls><Refs><EndToEndId>EQ-1</EndToEndId></Refs><CdtDbtInd>CRDT</CdtDbtInd><RtrInf/></TxDtls>"
    gone = "<TxDtls><Refs><EndToEndId>EQ-2</EndToEndId></Refs></TxDtls>"
    assert [item.outcome for item in read(statement([entry(100, back + gone)])).items] == ["returned", "executed"]


def test_a_transfer_takes_the_status_of_its_block_before_that_of_the_message() -> None:
    report = status_report(MESSAGE, [Said("EQ-1", 3750, "")], group="PART", block="RJCT")
    assert [item.outcome for item in read(report).items] == ["rejected"]


def test_the_oldest_reports_put_the_details_beside_the_blocks_and_banks_have_their_own_codes() -> None:
    report = status_report(MESSAGE, [Said("EQ-1", 3750, "RJCT", "X1")], version="pain.002.001.02").decode()
    report = report.replace(f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{MESSAGE}</OrgnlPmtInfId>", "")
    report = report.replace("</OrgnlPmtInfAndSts>", "").replace("<Cd>X1</Cd>", "<Prtry>X1</Prtry>")
    (item,) = read(report.encode()).items
    assert (item.end_to_end_id, item.outcome, item.reason_code) == ("EQ-1", "rejected", "X1")


def test_a_report_counts_the_whole_message_even_where_a_transfer_was_rejected_before() -> None:
    sent = (SENT[0], replace(SENT[1], rejected=True))
    answer = read(status_report(MESSAGE, group="ACSP", totals=(2, 4751)))
    assert outcomes(match(answer, sent)) == [("EQ-1", "accepted")]
