"""Identifiers: what is forgiven, what is doubted, what is refused, and what the refusal says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from equipage.foundation import identifiers as ids
from equipage.foundation.fields import IbanField, RnaField, RppsField, SirenField, SiretField, warnings_of
from equipage.foundation.identifiers import Checked
from equipage.foundation.refusals import Refused

Check = Callable[[str], Checked]


@pytest.mark.parametrize(
    ("check", "typed", "kept"),
    [
        (ids.check_rpps, "10002909371", "10002909371"),
        (ids.check_rpps, " 10 002 909 371", "10002909371"),
        (ids.check_rpps, "10\u202f002\u00a0909.371", "10002909371"),
        (ids.check_rpps, "99700237045", "99700237045"),
        (ids.check_rpps, "10000000009", "10000000009"),
        (ids.check_adeli, "449312345", "449312345"),
        (ids.check_finess, "010000024", "010000024"),
        (ids.check_finess, "010780054", "010780054"),
        (ids.check_finess, "2a0000012", "2A0000012"),
        (ids.check_siren, "732 829 320", "732829320"),
        (ids.check_siret, "732 829 320 00074", "73282932000074"),
        (ids.check_siret, "35600000009075", "35600000009075"),
        (ids.check_siret, "35600000000048", "35600000000048"),
        (ids.check_rna, "w442001234", "W442001234"),
        (ids.check_rna, "RNA W 442 001 234", "W442001234"),
        (ids.check_iban, "FR1420041010050500013M02606", "FR1420041010050500013M02606"),
        (ids.check_iban, "IBAN : FR76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189"),
        (ids.check_iban, "fr76-3000-4000-0312-3456-7890-143", "FR7630004000031234567890143"),
        (ids.check_bic, "bnpafrppxxx", "BNPAFRPPXXX"),
        (ids.check_bic, "BNPA FR PP", "BNPAFRPP"),
    ],
)
def test_good_numbers_are_kept_in_one_spelling(check: Check, typed: str, kept: str) -> None:
    assert check(typed) == Checked(kept)


@pytest.mark.parametrize(
    ("check", "typed", "kept", "says"),
    [
        # The agency's own example breaks the key: such a number must pass.
        (ids.check_rpps, "10003461033", "10003461033", "Annuaire Santé"),
        (ids.check_finess, "010000025", "010000025", "répertoire FINESS"),
        (ids.check_rna, "W2A1000123", "W2A1000123", "récépissé"),
        (ids.check_iban, "DE89370400440532013000", "DE89370400440532013000", "en France (DE)"),
    ],
)
def test_doubtful_numbers_pass_with_a_warning(check: Check, typed: str, kept: str, says: str) -> None:
    checked = check(typed)
    assert checked.value == kept
    assert checked.warning is not None
    assert says in checked.warning


@pytest.mark.parametrize(
    ("check", "typed", "says"),
    [
        (ids.check_rpps, "1000290937", "nous en lisons 10\u202f: il en manque 1"),
        (ids.check_rpps, "1000290937111", "nous en lisons 13\u202f: il y en a 2 de trop"),
        (ids.check_rpps, "810002909371", "le 8 du début"),
        (ids.check_rpps, "449312345", "ADELI"),
        (ids.check_rpps, "1000290937O", "zéro plutôt que la lettre O"),
        (ids.check_rpps, "1000290937é", "«\u202fÉ\u202f»"),
        (ids.check_adeli, "44931234", "8\u00a0caractères"),
        (ids.check_finess, "01000002", "nous en lisons 8"),
        (ids.check_finess, "0100000é4", "9 caractères"),
        (ids.check_siren, "732829321", "mal recopié"),
        (ids.check_siren, "73282932000074", "732\u00a0829\u00a0320"),
        (ids.check_siret, "732829320", "c’est un SIREN"),
        (ids.check_siret, "73282932000075", "des 14 chiffres"),
        (ids.check_siret, "73282932100074", "(le SIREN)"),
        (ids.check_siret, "7328293200007", "il en manque 1"),
        (ids.check_siret, "35600000048000", "mal recopié"),
        (ids.check_rna, "442001234", "W442001234"),
        (ids.check_rna, "W44200123", "8\u00a0caractères après le W"),
        (ids.check_iban, "", "27 caractères"),
        (ids.check_iban, "FR763000600001123456789018", "nous en lisons 26\u202f: il en manque 1"),
        (ids.check_iban, "FR76300060000112345678901890", "il y en a 1 de trop"),
        (ids.check_iban, "FR7630006000011234567890188", "mal recopié"),
        # Right mod 97, wrong RIB key: only the national key sees it.
        (ids.check_iban, "FR0630006000011234567890188", "clé RIB"),
        (ids.check_iban, "FR76300O6000011234567890189", "«\u202fO\u202f»"),
        (ids.check_iban, "30006000011234567890189", "ressemble à un RIB"),
        (ids.check_iban, "XX7630006000011234567890189", "code de pays"),
        (ids.check_iban, "BR1800360305000010009795493C1", "zone SEPA"),
        (ids.check_iban, "FR76 3000 é", "«\u202fÉ\u202f»"),
        (ids.check_iban, "DE8937040044053201300", "longueur de son pays"),
        (ids.check_bic, "BNPAFR", "nous en lisons 6"),
        (ids.check_bic, "BNPAZZPP", "pas bien formé"),
    ],
)
def test_wrong_numbers_are_refused_with_the_way_to_mend(check: Check, typed: str, says: str) -> None:
    with pytest.raises(Refused) as refusal:
        check(typed)
    assert says in refusal.value.sentence


ALL = [
    ids.check_rpps,
    ids.check_adeli,
    ids.check_finess,
    ids.check_siren,
    ids.check_siret,
    ids.check_rna,
    ids.check_iban,
    ids.check_bic,
]


@given(st.sampled_from(ALL), st.text(max_size=40) | st.text("0123456789FRWAO ", max_size=32))
def test_any_text_is_kept_or_refused_in_french(check: Check, typed: str) -> None:
    kept, sentence = _outcome(check, typed)
    if kept is not None:
        assert check(kept.value) == kept
    else:
        assert sentence.endswith((".", "?"))
        # A plain space before a double sign would let a line break there.
        assert not any(f" {sign}" in sentence for sign in ";:?!»")


def _outcome(check: Check, typed: str) -> tuple[Checked | None, str]:
    try:
        return check(typed), ""
    except Refused as refusal:
        return None, refusal.sentence


@given(st.text("0123456789", min_size=10, max_size=10))
def test_one_wrong_digit_of_an_rpps_is_doubted(digits: str) -> None:
    good = digits + luhn.calc_check_digit(digits)
    assert ids.check_rpps(good).warning is None
    wrong = good[:-1] + str((int(good[-1]) + 1) % 10)
    assert ids.check_rpps(wrong).warning is not None


def test_how_they_are_shown() -> None:
    iban = "FR7630006000011234567890189"
    assert ids.mask_iban(iban) == "FR76\u00a0••••\u00a0…\u00a0189"
    assert "3000" not in ids.mask_iban(iban)
    assert ids.format_iban(iban).replace("\u00a0", " ") == "FR76 3000 6000 0112 3456 7890 189"
    assert ids.check_iban(ids.format_iban(iban)).value == iban
    assert ids.format_siret("73282932000074").replace("\u00a0", " ") == "732 829 320 00074"
    assert ids.bank_of(iban) == "CREDIT AGRICOLE SA"
    assert ids.bank_of("FR0000000000000000000000000") == ""


class AccountForm(forms.Form):
    rpps = RppsField(label="RPPS")
    iban = IbanField(label="IBAN", required=False)
    siret = SiretField(label="SIRET", required=False)
    siren = SirenField(label="SIREN", required=False)
    rna = RnaField(label="RNA", required=False)


def test_a_form_keeps_what_was_typed_and_says_what_to_mend() -> None:
    form = AccountForm({"rpps": "10 002 909", "iban": "FR76 3000"})
    assert not form.is_valid()
    assert "il en manque 3" in form.errors["rpps"][0]
    assert form["rpps"].value() == "10 002 909"
    assert form["iban"].value() == "FR76 3000"
    assert set(form.errors) == {"rpps", "iban"}


def test_a_form_gives_one_spelling_and_its_warnings() -> None:
    form = AccountForm({"rpps": "10 003 461 033", "iban": "FR76 3000 6000 0112 3456 7890 189"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["rpps"] == "10003461033"
    assert form.cleaned_data["iban"] == "FR7630006000011234567890189"
    assert form.cleaned_data["siret"] == ""
    assert list(warnings_of(form)) == ["rpps"]
    field = RppsField(required=False)
    assert field.clean("10003461033") == "10003461033"
    assert field.warning
    # A doubt about one answer must not stay on the next.
    assert field.clean("") == ""
    assert field.warning == ""


def test_spaces_are_no_change_and_nothing_is_cut_by_the_browser() -> None:
    form = AccountForm({"rpps": "10 002 909 371"}, initial={"rpps": "10002909371"})
    assert form.changed_data == []
    html = str(AccountForm()["rpps"])
    assert 'inputmode="numeric"' in html
    assert "maxlength" not in html
