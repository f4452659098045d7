"""Files are put away, then erased, by the rule; what stays names nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from equipage.clinical import chain, jobs
from equipage.clinical.models import DataKey, JournalEntry, Patient, PlanVersion
from equipage.clinical.services import erasing, keeping, patients, recognition
from equipage.foundation.jobs.declare import schedules
from equipage.foundation.periods import add_months, today
from equipage.foundation.refusals import Refused
from tests.clinical.cast import MARKERS, VAULT_TEST, Circle, circle, validated_plan

pytestmark = VAULT_TEST


@pytest.fixture
def vault(db: None) -> Circle:
    return circle()


def untouched_for(vault: Circle, months: int, days: int = 0) -> None:
    Patient.objects.filter(pk=vault.patient.pk).update(
        last_intervention_on=add_months(today(), -months) - timedelta(days=days)
    )


@pytest.mark.parametrize(("days", "state"), [(-1, "open"), (0, "archived"), (400, "archived")])
def test_a_file_nobody_touched_for_five_years_is_put_away(vault: Circle, days: int, state: str) -> None:
    untouched_for(vault, 60, days)
    keeping.archive_and_erase()
    keeping.archive_and_erase()
    assert vault.fresh().state == state
    assert Patient.objects.visible_to(vault.member).exists() == (state == "open")
    assert Patient.objects.visible_to(vault.author).exists()


def test_a_file_is_erased_after_twenty_years_with_its_key(vault: Circle) -> None:
    validated_plan(vault)
    untouched_for(vault, 240, -1)
    keeping.archive_and_erase()
    assert vault.fresh().state == "archived"
    untouched_for(vault, 240)
    assert keeping.archive_and_erase() == {"archived": 0, "erased": 1}
    assert not Patient.objects.exists() and not DataKey.objects.exists() and not PlanVersion.objects.exists()
    line = JournalEntry.objects.get(what="patient.erase")
    assert (line.patient, line.user_id, line.facts["reason"]) == (vault.patient.pk, None, "retention")
    assert chain.verify() is None
    assert not [word for word in MARKERS if word in str(list(JournalEntry.objects.values()))]


def test_the_rule_is_a_setting(vault: Circle, settings: Any) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, clinical_active_years=1, clinical_archive_years=1)
    untouched_for(vault, 13)
    assert keeping.archive_and_erase() == {"archived": 1, "erased": 0}
    untouched_for(vault, 24)
    assert keeping.archive_and_erase() == {"archived": 0, "erased": 1}


def test_an_archive_is_opened_by_its_author_for_a_reason_and_goes_back_by_night(vault: Circle) -> None:
    untouched_for(vault, 61)
    keeping.archive_and_erase()
    for wrong in ("", "Marcellin le veut"):
        with pytest.raises(Refused, match="pourquoi"):
            recognition.reopen(actor=vault.author, patient=vault.fresh(), reason=wrong)
    with pytest.raises(Refused, match="tient le dossier"):
        recognition.reopen(actor=vault.member, patient=vault.fresh(), reason="person")
    recognition.reopen(actor=vault.author, patient=vault.fresh(), reason="person")
    assert vault.fresh().state == "open"
    assert JournalEntry.objects.get(what="clinical.patient.reason").facts == {"reason": "person"}
    keeping.archive_and_erase()
    assert vault.fresh().state == "archived"
    recognition.reopen(actor=vault.author, patient=vault.fresh(), reason="care")
    patients.edit_card(
        actor=vault.author, patient=vault.fresh(), card="entourage", given={"emergency": "x"}, based_on=0
    )
    keeping.archive_and_erase()
    assert vault.fresh().state == "open"


def test_an_archive_whose_person_had_withdrawn_never_opens_to_the_team(vault: Circle) -> None:
    recognition.withdraw_all(actor=vault.author, patient=vault.patient)
    untouched_for(vault, 61)
    keeping.archive_and_erase()
    recognition.reopen(actor=vault.author, patient=vault.fresh(), reason="law")
    assert vault.fresh().state == "withdrawn"
    assert not Patient.objects.visible_to(vault.member).exists()


def test_reading_a_file_does_not_keep_it_longer(vault: Circle) -> None:
    untouched_for(vault, 12)
    before = vault.fresh().last_intervention_on
    chain.note("read.patient", vault.patient, vault.author)
    assert vault.fresh().last_intervention_on == before


def test_what_is_erased_leaves_the_rest_of_the_vault_whole(vault: Circle) -> None:
    other = circle("Une autre")
    validated_plan(vault)
    erasing.erase(actor=vault.author, patient=vault.patient, typed=vault.patient.pk)
    assert other.fresh().content["cards"]["identite"]["birth_name"] == "Zéphirinde"
    call_command("clinical", "verify", stdout=StringIO())


def test_the_night_does_it() -> None:
    names = {schedule.name for schedule in schedules()}
    assert {jobs.archive_and_erase.module_path, jobs.remind_reviews.module_path} <= names
    assert jobs.archive_and_erase.func() == {"archived": 0, "erased": 0}
    assert jobs.remind_reviews.func() == 0


def test_without_a_region_there_is_nowhere_to_put_made_up_patients(settings: Any) -> None:
    settings.DEMO = True
    with pytest.raises(CommandError, match="deux équipes"):
        call_command("seed_clinical", stdout=StringIO())
    assert not Patient.objects.exists()
