"""What is stored: encrypted, bound to its row and its revision, under keys that can be changed and erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, transaction

from equipage.clinical import chain
from equipage.clinical.keys import KeyErased, ring, unwrap
from equipage.clinical.models import DataKey, JournalEntry, Note, Patient, Plan, PlanVersion
from equipage.clinical.services import notes, patients, plans
from equipage.clinical.services.rotating import rotate
from equipage.foundation.crypto import Unreadable
from equipage.foundation.periods import today
from tests.clinical.cast import IDENTITY, MARKERS, VAULT_TEST, Circle, circle, open_file, validated_plan
from tests.clinical.reading import cells_of
from tests.strict.flushing import around

pytestmark = VAULT_TEST


@pytest.fixture
def vault(db: None) -> Circle:
    return circle()


def other_key(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, clinical_keys=raw))


OLD = "essai:" + "clef-du-coffre-pour-les-tests-".ljust(40, "x")
NEW = "neuve:" + "une-autre-clef-pour-les-tests-".ljust(40, "y")


def test_no_word_of_a_file_is_stored_in_clear(vault: Circle) -> None:
    plan = validated_plan(vault)
    notes.write_note(
        actor=vault.member,
        patient=vault.fresh(),
        held_on=today(),
        meeting_reference="RCP-1",
        given={"decisions": "Zéphirinde ira mieux"},
    )
    plans.record_review(
        actor=vault.author, plan=plan, held_on=today(), found="Zéphirinde marche", next_on=today() + timedelta(days=30)
    )
    stored = cells_of("clinical")
    assert vault.patient.pk in stored
    assert not [word for word in MARKERS if word in stored]
    assert IDENTITY["birth_date"].isoformat() not in stored


def test_two_files_of_one_person_look_different(vault: Circle) -> None:
    again = patients.create_patient(
        actor=vault.author, team=vault.team, identity=IDENTITY, informed_on=today(), form="oral", another=True
    )
    rows = list(Patient.objects.filter(pk__in=(again.pk, vault.patient.pk)).order_by("pk"))
    assert rows[0].sealed != rows[1].sealed
    assert rows[0].identity_hash == rows[1].identity_hash


def test_a_text_moved_to_another_row_does_not_open(vault: Circle) -> None:
    other = open_file(vault.team, vault.author, birth_name="Autre")
    Patient.objects.filter(pk=other.pk).update(sealed=vault.fresh().sealed, revision=vault.fresh().revision)
    with pytest.raises(Unreadable):
        Patient.objects.select_related("key").get(pk=other.pk).content  # noqa: B018


def test_a_text_moved_to_another_row_of_the_same_patient_does_not_open(vault: Circle) -> None:
    first, second = (
        notes.write_note(
            actor=vault.author, patient=vault.fresh(), held_on=today(), meeting_reference="", given={"decisions": words}
        )
        for words in ("Une", "Autre")
    )
    Note.objects.filter(pk=second.pk).update(sealed=first.sealed, revision=first.revision)
    with pytest.raises(Unreadable):
        Note.objects.select_related("patient__key").get(pk=second.pk).content  # noqa: B018


def test_the_key_of_one_patient_does_not_open_for_another(vault: Circle) -> None:
    other = open_file(vault.team, vault.author, birth_name="Autre")
    with pytest.raises(Unreadable):
        unwrap(vault.fresh().key.wrapped, other.pk)
    DataKey.objects.filter(patient=other).update(wrapped=vault.fresh().key.wrapped)
    with pytest.raises(Unreadable):
        Patient.objects.select_related("key").get(pk=other.pk).content  # noqa: B018


def test_a_text_of_another_table_of_the_same_patient_does_not_open(vault: Circle) -> None:
    plan = validated_plan(vault)
    made = notes.write_note(
        actor=vault.author, patient=vault.fresh(), held_on=today(), meeting_reference="", given={"decisions": "Rien"}
    )
    # Even under the same reference and the same revision.
    Note.objects.filter(pk=made.pk).update(reference=plan.pk, sealed=plan.sealed, revision=plan.revision)
    with pytest.raises(Unreadable):
        Note.objects.select_related("patient__key").get(pk=plan.pk).content  # noqa: B018


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-8],
        lambda text: text[:40],
        lambda text: "",
        lambda text: text[:-1] + ("_" if text[-1] != "_" else "A"),
        lambda text: "x" * 90,
    ],
    ids=["cut", "cut short", "emptied", "one sign", "noise"],
)
def test_a_text_that_was_spoiled_is_refused(vault: Circle, spoil: Any) -> None:
    before = vault.fresh().sealed
    assert spoil(before) != before
    Patient.objects.filter(pk=vault.patient.pk).update(sealed=spoil(before))
    with pytest.raises(Unreadable):
        vault.fresh().content  # noqa: B018


def test_an_older_text_put_back_is_refused(vault: Circle) -> None:
    before = vault.fresh()
    patients.edit_card(
        actor=vault.author, patient=before, card="coordonnees", given={"address": "Ailleurs"}, based_on=1
    )
    Patient.objects.filter(pk=before.pk).update(sealed=before.sealed)
    with pytest.raises(Unreadable):
        vault.fresh().content  # noqa: B018


def test_a_wrong_ring_is_said_and_reads_nothing(vault: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    other_key(monkeypatch, NEW)
    with pytest.raises(Unreadable, match="« essai » manque dans EQUIPAGE_CLINICAL_KEYS"):
        vault.fresh().content  # noqa: B018
    other_key(monkeypatch, NEW.replace("neuve", "essai"))
    with pytest.raises(Unreadable, match="altérée"):
        vault.fresh().content  # noqa: B018


def test_keys_are_changed_and_the_old_one_thrown_away(vault: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    validated_plan(vault)
    before = vault.fresh()
    content = before.content
    other_key(monkeypatch, f"{NEW},{OLD}")
    assert rotate(deep=False) == {"patients": 1, "texts": 0}
    assert rotate(deep=False) == {"patients": 0, "texts": 0}
    other_key(monkeypatch, NEW)
    after = vault.fresh()
    assert after.content == content and after.sealed == before.sealed
    assert after.key.wrapped != before.key.wrapped
    assert after.identity_hash != before.identity_hash
    with pytest.raises(patients.SamePerson):
        open_file(vault.team, vault.author)


def test_in_depth_every_text_is_encrypted_anew_and_versions_stay_what_they_were(vault: Circle) -> None:
    plan = validated_plan(vault)
    old = PlanVersion.objects.get(plan=plan)
    content = vault.fresh().content
    done = rotate(deep=True)
    assert done == {"patients": 1, "texts": 3}
    new = PlanVersion.objects.select_related("plan__patient__key").get(plan=plan)
    assert new.sealed != old.sealed and new.digest == old.digest
    assert plans.digest_of(new.content) == new.digest
    assert vault.fresh().content == content
    call_command("clinical", "verify", stdout=StringIO())


def test_a_rotation_without_the_old_key_stops_and_says_so(vault: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    other_key(monkeypatch, NEW)
    with pytest.raises(CommandError, match="« essai » manque"):
        call_command("rotate_clinical_keys", stdout=StringIO())


def test_without_its_key_a_file_is_gone_with_its_versions(vault: Circle) -> None:
    plan = validated_plan(vault)
    version = PlanVersion.objects.get(plan=plan)
    DataKey.objects.filter(patient=vault.patient).delete()
    for row in (Patient.objects.get(pk=vault.patient.pk), Plan.objects.get(pk=plan.pk), version):
        with pytest.raises(KeyErased):
            type(row).objects.get(pk=row.pk).content  # noqa: B018


def refused(*statements: str) -> None:
    """The database refuses, and the transaction goes on."""
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(using="clinical"),
        connections["clinical"].cursor() as cursor,
    ):
        for statement in statements:
            cursor.execute(statement)


def test_the_database_refuses_to_touch_the_journal_and_the_versions(vault: Circle) -> None:
    validated_plan(vault)
    assert JournalEntry.objects.count() > 5
    refused("UPDATE clinical_journalentry SET who = 'personne'")
    refused("DELETE FROM clinical_journalentry")
    refused("UPDATE clinical_planversion SET digest = ''")
    refused("UPDATE clinical_planversion SET number = 7")
    refused("DELETE FROM clinical_planversion")
    if connections["clinical"].vendor == "postgresql":
        refused("TRUNCATE clinical_journalentry")
        refused("TRUNCATE clinical_planversion CASCADE")


def test_a_version_whose_text_was_replaced_is_found(vault: Circle) -> None:
    """Whoever holds the keys may write another text: the digest of the frozen version says so."""
    validated_plan(vault)
    version = PlanVersion.objects.select_related("plan__patient__key").get()
    content = version.content
    content["plan"]["cards"]["contexte"]["title"] = "Un autre titre"
    version.revision -= 1
    version.seal(content)
    PlanVersion.objects.filter(pk=version.pk).update(sealed=version.sealed)
    with pytest.raises(CommandError, match="n’est plus celle qui a été figée"):
        call_command("clinical", "verify", stdout=StringIO())


@pytest.mark.parametrize("change", ["altered", "taken away", "added", "cut"])
def test_the_chain_names_the_line_that_was_touched(vault: Circle, change: str) -> None:
    assert chain.verify() is None
    lines = list(JournalEntry.objects.filter(stream=f"team:{vault.team.pk}").order_by("number"))
    before, after = around(connections["clinical"])
    with connections["clinical"].cursor() as cursor:
        for statement in before:
            cursor.execute(statement)
    match change:
        case "altered":
            JournalEntry.objects.filter(pk=lines[1].pk).update(who="personne")
            number = 2
        case "taken away":
            JournalEntry.objects.filter(pk=lines[1].pk).delete()
            number = 2
        case "added":
            extra = JournalEntry.objects.get(pk=lines[-1].pk)
            extra.pk, extra.number, extra.previous_hash = None, extra.number + 1, extra.hash
            extra.hash = chain.link_hash(extra)
            extra.save(force_insert=True)
            number = len(lines) + 2
        case _:
            JournalEntry.objects.filter(pk=lines[-1].pk).delete()
            number = len(lines)
    found = chain.verify()
    with connections["clinical"].cursor() as cursor:
        for statement in after:
            cursor.execute(statement)
    assert found is not None and found.number == number


def test_the_journal_of_a_move_keeps_no_comment(vault: Circle) -> None:
    line = chain.JOURNAL.record(action="essai", obj=vault.patient, actor=vault.author, comment="Zéphirinde dit")
    assert "Zéphirinde" not in str(vars(line))


def test_the_ring_of_the_vault_is_not_that_of_bank_accounts() -> None:
    assert ring().current.name == "essai"
    assert settings.ENVIRONMENT.field_key not in settings.ENVIRONMENT.clinical_keys
