"""Look-ups: the day, the place, and what was known."""

from datetime import date
from pathlib import Path

import pytest

from equipage.rules import NoRuleInForce, ValueUnknown, library
from tests.rules.packs import parameters, write

RULE = "essai.nombres.minimum"


def test_a_value_starts_on_its_first_day_and_ends_before_its_last(tmp_path: Path) -> None:
    texts = parameters("value: 2, valid_from: 2020-01-01, valid_to: 2022-01-01", "value: 3, valid_from: 2022-01-01")
    books = library(write(tmp_path, nombres=texts))
    days = {date(2020, 1, 1): 2, date(2021, 12, 31): 2, date(2022, 1, 1): 3, date(2030, 1, 1): 3}
    assert {day: books.value(RULE, territory="fr", on=day).value for day in days} == days
    with pytest.raises(NoRuleInForce, match=r"Nombre minimal.*31.décembre 2019"):
        books.value(RULE, territory="fr", on=date(2019, 12, 31))


def test_a_region_falls_back_to_the_nation_and_overrides_it(tmp_path: Path) -> None:
    national = parameters("value: 2, valid_from: 2020-01-01")
    regional = parameters("value: 5, valid_from: 2021-01-01, valid_to: 2022-01-01", territory="fr-xx")
    books = library(write(tmp_path, a=national, b=regional))
    read = [books.value(RULE, territory="fr-xx", on=date(year, 6, 1)) for year in (2020, 2021, 2022)]
    assert [(dated.value, dated.territory) for dated in read] == [(2, "fr"), (5, "fr-xx"), (2, "fr")]
    assert books.value(RULE, territory="fr", on=date(2021, 6, 1)).value == 2


def test_a_region_can_abolish_a_national_rule(tmp_path: Path) -> None:
    national = parameters("value: 2, valid_from: 2020-01-01")
    regional = parameters("abolished: true, valid_from: 2021-01-01", territory="fr-xx")
    books = library(write(tmp_path, a=national, b=regional))
    assert books.value(RULE, territory="fr-xx", on=date(2020, 6, 1)).value == 2
    with pytest.raises(NoRuleInForce):
        books.value(RULE, territory="fr-xx", on=date(2021, 6, 1))


def test_a_retroactive_text_changes_the_past_only_for_who_knows_it(tmp_path: Path) -> None:
    texts = parameters("value: 2, valid_from: 2020-01-01", "value: 3, valid_from: 2025-01-01, known_from: 2025-06-15")
    books = library(write(tmp_path, nombres=texts))
    march = date(2025, 3, 1)
    assert books.value(RULE, territory="fr", on=march, known_on=date(2025, 6, 14)).value == 2
    later = books.value(RULE, territory="fr", on=march, known_on=date(2025, 6, 15))
    assert (later.value, later.version) == (3, "2025-01-01+2025-06-15")
    assert books.value(RULE, territory="fr", on=march).value == 3
    assert books.value(RULE, territory="fr", on=date(2024, 12, 31)).value == 2


def test_a_correction_of_a_closed_period_keeps_both_sides(tmp_path: Path) -> None:
    texts = parameters(
        "value: 2, valid_from: 2020-01-01",
        "value: 9, valid_from: 2021-01-01, valid_to: 2022-01-01, known_from: 2023-01-01",
    )
    books = library(write(tmp_path, nombres=texts))
    values = [books.value(RULE, territory="fr", on=date(year, 6, 1)).value for year in (2020, 2021, 2022)]
    assert values == [2, 9, 2]
    assert [(s.start.year, s.end and s.end.year) for s in books.history(RULE, "fr")] == [
        (2020, 2021),
        (2021, 2022),
        (2022, None),
    ]


def test_a_text_is_not_known_before_it_is_published(tmp_path: Path) -> None:
    books = library(write(tmp_path, nombres=parameters("value: 2, valid_from: 2020-01-01, published_on: 2020-02-01")))
    with pytest.raises(NoRuleInForce, match=r"connu le 31.janvier 2020"):
        books.value(RULE, territory="fr", on=date(2020, 1, 10), known_on=date(2020, 1, 31))
    assert books.value(RULE, territory="fr", on=date(2020, 1, 10), known_on=date(2020, 2, 1)).value == 2


def test_an_unknown_value_is_said_to_be_so(tmp_path: Path) -> None:
    unknown = parameters("valid_from: 2020-01-01").replace("confidence: verified", "confidence: unknown")
    books = library(write(tmp_path / "a", nombres=unknown))
    with pytest.raises(ValueUnknown, match="n'est pas publique"):
        books.value(RULE, territory="fr", on=date(2021, 1, 1))
    guessed = unknown.replace("valid_from", "working_default: 4, valid_from")
    dated = library(write(tmp_path / "b", nombres=guessed)).value(RULE, territory="fr", on=date(2021, 1, 1))
    assert (dated.value, dated.effective, dated.is_assumption) == (None, 4, True)


@pytest.mark.parametrize("name", ["essai.nombres.maximum", "autre.nombres.minimum", ""])
def test_a_rule_that_does_not_exist_is_named(tmp_path: Path, name: str) -> None:
    books = library(write(tmp_path, nombres=parameters("value: 2, valid_from: 2020-01-01")))
    with pytest.raises(NoRuleInForce, match=name or "«"):
        books.value(name, territory="fr", on=date(2021, 1, 1))


def test_an_unknown_territory_is_named(tmp_path: Path) -> None:
    books = library(write(tmp_path, nombres=parameters("value: 2, valid_from: 2020-01-01")))
    with pytest.raises(NoRuleInForce, match="fr-zz"):
        books.value(RULE, territory="fr-zz", on=date(2021, 1, 1))


def test_the_view_of_a_form_is_shared_between_two_changes_and_renewed_at_each(tmp_path: Path) -> None:
    texts = parameters("value: 2, valid_from: 2020-01-01, valid_to: 2022-01-01", "value: 3, valid_from: 2022-01-01")
    books = library(write(tmp_path, nombres=texts))
    before, same = (books.form("essai", "fr", day) for day in (date(2021, 1, 1), date(2021, 12, 31)))
    after = books.form("essai", "fr", date(2022, 1, 1))
    assert before is same
    assert (before.value("nombres.minimum").value, after.value("nombres.minimum").value) == (2, 3)


def test_the_view_follows_what_was_known(tmp_path: Path) -> None:
    texts = parameters("value: 2, valid_from: 2020-01-01", "value: 3, valid_from: 2020-01-01, known_from: 2025-06-15")
    books = library(write(tmp_path, nombres=texts))
    day = date(2025, 1, 1)
    views = [books.form("essai", "fr", day, known) for known in (date(2025, 6, 14), date(2025, 6, 15), None)]
    assert [view.value("nombres.minimum").value for view in views] == [2, 3, 3]


def test_the_project_packs() -> None:
    books, on = library(), date(2026, 11, 22)
    assert books is library()
    assert books.territory_of_region("52") == "fr-pdl"
    assert [card.code for card in books.forms("fr-pdl", on)] == [
        "asalee", "cds", "cpts", "esp", "esp-clap", "msp",
    ]  # fmt: skip
    assert [card.code for card in books.forms("fr-nor", on)] == ["asalee", "cds", "cpts", "esp", "msp"]
    minimum = books.value("esp-clap.composition.min_professionals", territory="fr-pdl", on=on)
    assert (minimum.value, minimum.territory, minimum.confidence) == (2, "fr-pdl", "verified")
    assert minimum.reference.title.startswith("Plaquette")
    form = books.form("esp-clap", "fr-pdl", on)
    assert len(form.composition.professions) == 12
    assert form.envelope_cents == 1_000_000
    assert list(form.actions) == [
        "RCP_SANS_PATIENT", "RCP_AVEC_PATIENT", "PPS", "PROTOCOLE", "PREVENTION", "ETP", "COECRITURE",
    ]  # fmt: skip
    assert [code for code, action in form.actions.items() if action.gates] == ["PREVENTION", "ETP"]
    assert [need.fact for need in form.payment_conditions] == ["project_written", "ars_registered", "convention_signed"]
    participants = form.actions["PPS"].min_participants
    assert participants is not None and participants.is_assumption
    assert form.scale.fictitious and "fictif" in form.scale.label
    assert form.convention.fictitious and "fictif" in form.convention.label
    assert form.indicators[0].campaigns_per_year == 3
    assert len(form.value("campaigns.closing_days").effective) == 3
    assert form.group_of("TRE_G15", "10", ("SM63",)) == "pharmacy"


def test_the_project_template_holds_the_nine_items_in_order() -> None:
    template = library().form("esp-clap", "fr-pdl", date(2026, 11, 22)).project_template
    numbers = [section.number for section in template.sections]
    assert [number for number in numbers if number.isdigit()] == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]
    assert {"A", "B", "C", "D", "E"} <= set(numbers)
    national = library().form("esp", "fr", date(2026, 11, 22)).project_template
    assert national.section("themes") is None and national.section("people") is not None
    assert all(section.help and section.rule.reference.title for section in template.sections)


def test_a_region_is_added_with_files_only(tmp_path: Path) -> None:
    """A region that asks for an association keeps all the rest of the nation."""
    from equipage.rules.library import RULEPACKS

    (tmp_path / "organisation.yaml").write_text(
        """\
kind: parameters
form: esp
territory: fr-cor
group: organisation
entries:
  legal_structure_required:
    label: Structure juridique exigée
    type: boolean
    values:
      - {value: true, valid_from: 2024-10-02, reference: {source: fiche-esp-occitanie}, confidence: verified}
""",
        encoding="utf-8",
    )
    books, on = library(RULEPACKS, tmp_path), date(2026, 1, 1)
    assert books.form("esp", "fr-cor", on).value("organisation.legal_structure_required").value is True
    assert books.form("esp", "fr-cor", date(2024, 10, 1)).value("organisation.legal_structure_required").value is False
    assert books.form("esp", "fr-nor", on).value("organisation.legal_structure_required").value is False
    assert len(books.form("esp", "fr-cor", on).composition.requirements) == 2


def test_two_sources_that_contradict_both_stand_and_one_applies() -> None:
    signed = library().value("esp-clap.organisation.convention_signed_by", territory="fr-pdl", on=date(2026, 1, 1))
    assert signed.value.startswith("Chaque professionnel")
    assert len({reading.reference.source for reading in signed.other_readings} | {signed.reference.source}) == 3


def test_a_rule_that_ended_without_successor_no_longer_answers_on_its_last_day(tmp_path: Path) -> None:
    books = library(write(tmp_path, nombres=parameters("value: 2, valid_from: 2020-01-01, valid_to: 2022-01-01")))
    assert books.value(RULE, territory="fr", on=date(2021, 12, 31)).value == 2
    with pytest.raises(NoRuleInForce):
        books.value(RULE, territory="fr", on=date(2022, 1, 1))
