"""Encrypted columns: nothing readable in the database, nothing altered goes unseen, keys can be changed."""

from __future__ import annotations

import string
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection, models, transaction
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from equipage.foundation import crypto
from equipage.foundation.crypto import (
    EncryptedTextField,
    FieldKeyRefused,
    KeyRing,
    Unreadable,
    rotate_field,
    search_hash,
    search_hashes,
)

OLD, NEW = "a" * 40, "b" * 40
COLUMN = "people.bankaccount.iban"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_goes_in_comes_out_and_never_twice_alike(text):
    ring = KeyRing(OLD)
    first, second = ring.encrypt(text, COLUMN), ring.encrypt(text, COLUMN)
    assert first != second
    assert ring.decrypt(first, COLUMN) == ring.decrypt(second, COLUMN) == text


@pytest.mark.parametrize(
    "text", ["FR7630006000011234567890189", "FR763000600001123456789018", "FR76300060000112345678"]
)
def test_any_changed_character_is_seen(text):
    ring = KeyRing(f"one:{OLD},two:{NEW}")
    stored = ring.encrypt(text, COLUMN)
    start = stored.rindex(":") + 1
    # The last character may carry unused bits of the base 64: they count as well.
    for last in set(string.ascii_letters + string.digits + "-_") - {stored[-1]}:
        with pytest.raises(Unreadable):
            ring.decrypt(stored[:-1] + last, COLUMN)
    for place in range(len(stored)):
        changed = "B" if stored[place] == "A" else "A"
        with pytest.raises(Unreadable):
            ring.decrypt(stored[:place] + changed + stored[place + 1 :], COLUMN)
    for cut in (stored[:-4], stored[:start], "", "FR7630006000011234567890189"):
        with pytest.raises(Unreadable):
            ring.decrypt(cut, COLUMN)


def test_a_value_moved_to_another_column_or_key_name_does_not_open():
    ring = KeyRing(f"one:{OLD},two:{OLD}")
    stored = ring.encrypt("secret", COLUMN)
    with pytest.raises(Unreadable, match="autre colonne"):
        ring.decrypt(stored, "people.person.nir")
    with pytest.raises(Unreadable):
        ring.decrypt(stored.replace(":one:", ":two:"), COLUMN)


def test_a_wrong_or_missing_key_opens_nothing():
    stored = KeyRing(f"2024:{OLD}").encrypt("secret", COLUMN)
    with pytest.raises(Unreadable, match="altérée"):
        KeyRing(f"2024:{NEW}").decrypt(stored, COLUMN)
    with pytest.raises(Unreadable, match=r"clé « 2024 » manque"):
        KeyRing(f"2026:{NEW}").decrypt(stored, COLUMN)


def test_the_first_key_writes_and_all_read():
    before = KeyRing(f"2024:{OLD}")
    after = KeyRing(f"2026:{NEW}, 2024:{OLD}")
    stored = before.encrypt("secret", COLUMN)
    assert after.decrypt(stored, COLUMN) == "secret"
    assert not after.writes(stored) and after.writes(after.encrypt("secret", COLUMN))
    assert before.hashes("x", COLUMN)[0] in after.hashes("x", COLUMN)
    assert after.hashes("x", COLUMN)[0] != before.hashes("x", COLUMN)[0]


def test_search_hashes_differ_by_value_purpose_and_key():
    one = KeyRing(OLD).hashes("FR76", COLUMN)[0]
    assert len({one, KeyRing(OLD).hashes("FR77", COLUMN)[0], KeyRing(OLD).hashes("FR76", "b.c.d")[0]}) == 3
    assert one != KeyRing(NEW).hashes("FR76", COLUMN)[0]
    assert len(one) == 64 and one == KeyRing(OLD).hashes("FR76", COLUMN)[0]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("", "32 caractères"),
        ("short", "32 caractères"),
        (f"one:{OLD},two:short", "« two »"),
        (f"one:{OLD},one:{NEW}", "deux clés"),
        (f"a name:{OLD}", "son nom"),
        (f":{OLD}", "son nom"),
        (f"{OLD},{NEW}", "deux clés"),
        (f"one:{OLD},", "32 caractères"),
    ],
)
def test_a_wrong_ring_is_refused_and_shows_no_secret(raw, said, settings):
    with pytest.raises(FieldKeyRefused, match=said) as refusal:
        KeyRing(raw)
    assert OLD not in str(refusal.value) and "short" not in str(refusal.value)
    settings.ENVIRONMENT = SimpleNamespace(field_key=raw)
    assert [found.id for found in crypto.key_ring_is_sound()] == ["foundation.E002"]


def test_a_sound_ring_passes_the_check_and_shows_no_secret():
    assert crypto.key_ring_is_sound() == []
    shown = repr(KeyRing(OLD).current) + repr(KeyRing(OLD))
    assert OLD not in shown and "search=" not in shown


def test_the_key_does_not_come_from_the_secret_key(settings):
    stored = crypto.ring().encrypt("secret", COLUMN)
    settings.SECRET_KEY = "another " * 8
    assert crypto.ring().decrypt(stored, COLUMN) == "secret"


@pytest.fixture
def account(db, settings):
    """A table with an encrypted column, undone with the test's transaction."""
    settings.ENVIRONMENT = SimpleNamespace(field_key=f"2024:{OLD}")
    with isolate_apps("equipage.foundation"):

        class SecretAccount(models.Model):
            iban = EncryptedTextField(null=True)
            iban_hash = models.CharField(max_length=64, default="")

            class Meta:
                app_label = "foundation"

    # By hand: Django's schema editor does not work inside a transaction of SQLite.
    key = "bigserial" if connection.vendor == "postgresql" else "integer"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE foundation_secretaccount (id {key} PRIMARY KEY, iban text, iban_hash varchar(64) NOT NULL)"
        )
    return SecretAccount


def stored_in(model, pk):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT iban FROM {model._meta.db_table} WHERE id = %s", [pk])  # noqa: S608
        return cursor.fetchone()[0]


def test_the_database_never_sees_the_text(account):
    row = account.objects.create(iban="FR76 3000")
    assert stored_in(account, row.pk).startswith("e1:2024:") and "FR76" not in stored_in(account, row.pk)
    assert account.objects.get().iban == "FR76 3000"
    assert list(account.objects.values_list("iban", flat=True)) == ["FR76 3000"]
    account.objects.filter(pk=row.pk).update(iban="FR77")
    assert "FR77" not in stored_in(account, row.pk) and account.objects.get().iban == "FR77"
    row.iban = "FR78"
    account.objects.bulk_update([row], ["iban"])
    assert "FR78" not in stored_in(account, row.pk) and account.objects.get().iban == "FR78"


def test_the_database_is_not_asked_to_compute_on_it(account):
    row = account.objects.create(iban="FR76", iban_hash="clear")
    leaks = models.Case(models.When(pk=row.pk, then=models.Value("FR77")), default=models.Value(None))
    for expression in (models.F("iban_hash"), models.functions.Upper("iban_hash"), models.Value("FR77"), leaks):
        with pytest.raises(FieldError, match="not an expression"), transaction.atomic():
            account.objects.filter(pk=row.pk).update(iban=expression)
    assert account.objects.get().iban == "FR76"


def test_nothing_stays_nothing(account):
    row = account.objects.create(iban=None)
    assert stored_in(account, row.pk) is None
    assert account.objects.get(iban__isnull=True).iban is None
    account.objects.create(iban="")
    assert account.objects.get(iban__isnull=False).iban == ""


def test_it_cannot_be_looked_up_and_its_hash_can(account):
    account.objects.create(iban="FR76", iban_hash=search_hash("FR76", COLUMN))
    for lookup in ("iban", "iban__contains", "iban__in"):
        with pytest.raises(FieldError, match="search_hash"):
            list(account.objects.filter(**{lookup: ["FR76"] if lookup == "iban__in" else "FR76"}))
    assert account.objects.get(iban_hash__in=search_hashes("FR76", COLUMN)).iban == "FR76"
    assert not account.objects.filter(iban_hash__in=search_hashes("FR77", COLUMN)).exists()


def test_a_value_swapped_in_the_database_is_refused(account):
    row = account.objects.create(iban="FR76")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {account._meta.db_table} SET iban = 'FR99 clear'")  # noqa: S608
    with pytest.raises(Unreadable):
        account.objects.get(pk=row.pk)


def test_the_key_is_changed_without_losing_a_row(account, settings):
    rows = [account.objects.create(iban=f"FR{n}", iban_hash=search_hash(f"FR{n}", COLUMN)) for n in range(7)]
    account.objects.create(iban=None)
    settings.ENVIRONMENT = SimpleNamespace(field_key=f"2026:{NEW},2024:{OLD}")
    assert account.objects.get(iban_hash__in=search_hashes("FR3", COLUMN)).pk == rows[3].pk
    field = account._meta.get_field("iban")
    assert rotate_field(account, field, batch=3) == 7
    assert rotate_field(account, field, batch=3) == 0
    settings.ENVIRONMENT = SimpleNamespace(field_key=f"2026:{NEW}")
    assert [row.iban for row in account.objects.order_by("pk")] == [f"FR{n}" for n in range(7)] + [None]


def test_a_row_changed_during_the_rotation_keeps_its_new_value(account, settings):
    row = account.objects.create(iban="FR1")
    seen = stored_in(account, row.pk)
    account.objects.filter(pk=row.pk).update(iban="FR2")
    settings.ENVIRONMENT = SimpleNamespace(field_key=f"2026:{NEW},2024:{OLD}")
    assert crypto._rewrite(account, account._meta.get_field("iban"), row.pk, seen, crypto.ring()) == 0
    assert account.objects.get().iban == "FR2"


def test_the_command_says_what_it_did(account, settings, monkeypatch, capsys):
    account.objects.create(iban="FR76")
    settings.ENVIRONMENT = SimpleNamespace(field_key=f"2026:{NEW},2024:{OLD}")
    from equipage.foundation.management.commands import rotate_field_keys

    monkeypatch.setattr(rotate_field_keys, "encrypted_fields", lambda: [(account, account._meta.get_field("iban"))])
    call_command("rotate_field_keys")
    said = capsys.readouterr().out
    assert "SecretAccount.iban" in said and "1 valeur" in said and "2026" in said


def test_the_old_name_of_a_renamed_column_can_be_kept():
    field = EncryptedTextField(column="people.old.iban")
    _, path, args, kwargs = field.deconstruct()
    assert kwargs == {"column": "people.old.iban"} and path.endswith("EncryptedTextField")
    assert EncryptedTextField(*args, **kwargs).bound_to == "people.old.iban"
    assert "column" not in EncryptedTextField().deconstruct()[3]


@pytest.mark.parametrize("option", ["unique", "db_index", "primary_key"])
def test_options_that_compare_values_are_refused(option):
    with pytest.raises(FieldError, match=option):
        EncryptedTextField(**dict[str, Any]({option: True}))
