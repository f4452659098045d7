"""The chain of proof: what is written, and that anything touched afterwards is found and named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from equipage.foundation import audit
from equipage.foundation.audit.models import AuditEntry, AuditHead
from equipage.people.roles import Role
from tests import factories
from tests.together import together

TABLE = AuditEntry._meta.db_table
COLUMNS = [field.column for field in AuditEntry._meta.concrete_fields if not field.primary_key]


@pytest.fixture
def chain(db: None) -> list[AuditEntry]:
    """Five links about one team, between two of the platform."""
    team, person = factories.team(), factories.user("Ariane")
    audit.record(action="platform.first", obj=person, actor=None)
    written = [
        audit.record(
            action=f"teams.step{number}",
            obj=team,
            actor=person,
            comment="Motif",
            before={"n": number - 1},
            after={"n": number},
        )
        for number in range(1, 6)
    ]
    audit.record(action="platform.second", obj=person, actor=person)
    return written


@pytest.fixture
def burglar(db: None) -> Any:
    """Writes to the chain behind the house's back: the triggers are taken away first."""
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for moment in ("update", "delete", *(["truncate"] if postgresql else [])):
            cursor.execute(f"DROP TRIGGER {TABLE}_no_{moment}" + (f" ON {TABLE}" if postgresql else ""))

    def write(sql: str, *values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    return write


def test_a_link_says_who_what_when_and_why(chain: list[AuditEntry]) -> None:
    link = AuditEntry.objects.get(pk=chain[2].pk)
    assert (link.number, link.action, link.comment) == (3, "teams.step3", "Motif")
    assert (link.before, link.after) == ({"n": 2}, {"n": 3})
    assert link.actor and link.actor_label == link.actor.full_name
    assert link.previous_hash == chain[1].hash and link.hash == audit.link_hash(link)
    assert AuditHead.objects.get(pk=link.stream).hash == chain[4].hash


def test_each_team_has_its_chain_and_the_rest_goes_to_the_platform(chain: list[AuditEntry]) -> None:
    assert {entry.stream for entry in chain} == {f"team:{chain[0].about.partition(':')[2]}"}
    assert list(AuditEntry.objects.filter(stream=audit.PLATFORM).values_list("number", flat=True)) == [1, 2]


def test_the_house_signs_what_nobody_did(chain: list[AuditEntry]) -> None:
    first = AuditEntry.objects.get(action="platform.first")
    assert first.actor is None and first.actor_label == "Équipage"


def test_facts_of_the_surroundings_are_added_and_forgotten(db: None) -> None:
    person = factories.user()
    with audit.context(command="essai", since=date(2026, 1, 2)), audit.context(address="127.0.0.1"):
        inside = audit.record(action="a", obj=person, actor=None, extra={"address": "10.0.0.1"})
    outside = audit.record(action="b", obj=person, actor=None)
    assert inside.context == {"command": "essai", "since": "2026-01-02", "address": "10.0.0.1"}
    assert outside.context == {}
    assert audit.verify() is None


def test_values_become_what_json_keeps_for_ever(db: None) -> None:
    person = factories.user()
    paris = timezone(timedelta(hours=2))
    assert audit.plain(
        {
            "day": date(2026, 1, 2),
            "at": datetime(2026, 7, 1, 12, tzinfo=paris),
            "rate": Decimal("50.00"),
            "who": person,
            "role": Role.ASSOCIATION_OFFICER,
            "many": ({"x"}, (1, True, None)),
            3: 1.5,
        }
    ) == {
        "day": "2026-01-02",
        "at": "2026-07-01T10:00:00+00:00",
        "rate": "50.00",
        "who": person.pk,
        "role": "association_officer",
        "many": [["x"], [1, True, None]],
        "3": "1.5",
    }


def test_hostile_text_is_kept_and_verified(db: None) -> None:
    person = factories.user()
    text = "« L'été »\u202f; \u2028 \U0001f600 ' \" \\ </script> عربي"
    audit.record(action="a", obj=person, actor=None, comment=text, after={text: {"z": 1, "a": [text, "e\u0301"]}})
    assert audit.verify() is None
    assert AuditEntry.objects.get().comment == text


def test_an_untouched_chain_is_proved(chain: list[AuditEntry]) -> None:
    assert audit.verify() is None


def other(column: str) -> Any:
    """A plausible value that differs from the one written."""
    return {
        "number": 77,
        "at": datetime(2020, 1, 1, tzinfo=UTC),
        "actor_id": None,
        "before": '{"n": 99}',
        "after": '{"n": 99}',
        "context": '{"address": "ailleurs"}',
        "hash": "0" * 64,
        "previous_hash": "f" * 64,
    }.get(column, "autre chose")


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("place", [0, 2, 4], ids=["first", "middle", "last"])
def test_any_column_altered_is_found_and_named(chain: list[AuditEntry], burglar: Any, column: str, place: int) -> None:
    link = chain[place]
    burglar(f"UPDATE {TABLE} SET {column} = %s WHERE id = %s", other(column), link.pk)  # noqa: S608
    found = audit.verify()
    assert found is not None
    if column != "stream":  # a row moved elsewhere is missing here and one too many there: both are named
        assert (found.stream, found.number) == (link.stream, link.number)
    assert found.reason


UNREADABLE = [("before", "pas du JSON"), ("after", "{"), ("at", "hier"), ("at", "2026-13-45 00:00:00")]


@pytest.mark.parametrize(("column", "value"), UNREADABLE)
def test_a_value_that_cannot_even_be_read_is_named(
    chain: list[AuditEntry], burglar: Any, column: str, value: str
) -> None:
    alter = f"UPDATE {TABLE} SET {column} = %s WHERE id = %s"  # noqa: S608
    if connection.vendor == "postgresql":  # knows the type of its columns
        with pytest.raises(DatabaseError), transaction.atomic():
            burglar(alter, value, chain[2].pk)
        return
    burglar("PRAGMA ignore_check_constraints = ON")
    burglar(alter, value, chain[2].pk)
    burglar("PRAGMA ignore_check_constraints = OFF")
    found = audit.verify()
    assert found and (found.stream, found.number) == (chain[2].stream, 3)


@pytest.mark.parametrize(("place", "named"), [(0, 2), (2, 4), (4, 5)])
def test_who_also_computes_the_hash_again_is_betrayed_by_the_next_row(
    chain: list[AuditEntry], burglar: Any, place: int, named: int
) -> None:
    link = chain[place]
    link.comment = "réécrit"
    burglar(
        f"UPDATE {TABLE} SET comment = %s, hash = %s WHERE id = %s",  # noqa: S608
        link.comment,
        audit.link_hash(link),
        link.pk,
    )
    found = audit.verify()
    assert found and (found.stream, found.number) == (link.stream, named)


@pytest.mark.parametrize("place", [0, 2, 4], ids=["first", "middle", "last"])
def test_a_row_taken_away_is_named(chain: list[AuditEntry], burglar: Any, place: int) -> None:
    burglar(f"DELETE FROM {TABLE} WHERE id = %s", chain[place].pk)  # noqa: S608
    found = audit.verify()
    assert found and (found.stream, found.number) == (chain[place].stream, place + 1)


def test_two_rows_exchanged_are_found(chain: list[AuditEntry], burglar: Any) -> None:
    for number, key in ((0, chain[1].pk), (2, chain[2].pk), (3, chain[1].pk)):
        burglar(f"UPDATE {TABLE} SET number = %s WHERE id = %s", number, key)  # noqa: S608
    found = audit.verify()
    assert found and found.number == 2


def test_a_chain_taken_away_whole_is_found(chain: list[AuditEntry], burglar: Any) -> None:
    burglar(f"DELETE FROM {TABLE} WHERE stream = %s", chain[0].stream)  # noqa: S608
    found = audit.verify()
    assert found and found.stream == chain[0].stream and found.reason == "toute la chaîne manque"


def test_a_row_slipped_in_is_found(chain: list[AuditEntry], burglar: Any) -> None:
    false = AuditEntry.objects.get(pk=chain[4].pk)
    false.pk, false.number, false.previous_hash = None, 6, chain[4].hash
    false.hash = audit.link_hash(false)
    false.save(force_insert=True)
    found = audit.verify()
    assert found and (found.stream, found.number) == (chain[0].stream, 6)


@pytest.mark.parametrize(
    ("column", "value", "named"), [("hash", "0" * 64, 5), ("number", 4, 5), ("number", 9, 6), ("number", 0, 1)]
)
def test_an_altered_head_is_found(chain: list[AuditEntry], column: str, value: Any, named: int) -> None:
    AuditHead.objects.filter(pk=chain[0].stream).update(**{column: value})
    found = audit.verify()
    assert found and (found.stream, found.number) == (chain[0].stream, named)


def test_a_missing_head_is_found(chain: list[AuditEntry]) -> None:
    AuditHead.objects.filter(pk=chain[0].stream).delete()
    found = audit.verify()
    assert found and found.stream == chain[0].stream


def test_who_rewrites_a_whole_chain_changes_the_digest(chain: list[AuditEntry], burglar: Any) -> None:
    """Somebody with the database in hand can compute every hash again: only a digest kept elsewhere tells."""
    before = audit.heads_digest()
    assert audit.heads_digest() == before
    previous = ""
    for link in chain:
        link.comment, link.previous_hash = "réécrit", previous
        previous = audit.link_hash(link)
        burglar(
            f"UPDATE {TABLE} SET comment = %s, previous_hash = %s, hash = %s WHERE id = %s",  # noqa: S608
            link.comment,
            link.previous_hash,
            previous,
            link.pk,
        )
    AuditHead.objects.filter(pk=chain[0].stream).update(hash=previous)
    assert audit.verify() is None
    assert audit.heads_digest() != before


def test_links_added_during_the_walk_raise_no_alarm(chain: list[AuditEntry]) -> None:
    """The heads are read, then the rows, and people go on working before, between and after."""
    newcomer, witness = factories.team(), factories.user()
    known = {head.stream: head for head in AuditHead.objects.all()}
    audit.record(action="platform.third", obj=witness, actor=None)
    audit.record(action="teams.born", obj=newcomer, actor=None)
    entries = list(AuditEntry.objects.order_by("stream", "number"))
    audit.record(action="platform.fourth", obj=witness, actor=None)
    audit.record(action="teams.grown", obj=newcomer, actor=None)
    assert audit.chain._walk(known, entries) is None
    assert audit.verify() is None


def test_many_at_once_give_the_same_chain_as_one_by_one(db: None) -> None:
    teams = [factories.team(), factories.team()]
    at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)

    def links() -> list[AuditEntry]:
        return [
            AuditEntry(
                stream=audit.stream_of(team),
                at=at,
                actor_label="Essai",
                action=f"a{number}",
                about=audit.about(team),
                after={"day": date(2026, 1, number)},
            )
            for number in (1, 2, 3)
            for team in teams
        ]

    audit.record(action="before", obj=teams[0], actor=None)
    audit.chain_in_bulk(links())
    assert audit.verify() is None
    audit.record(action="after", obj=teams[1], actor=None)
    assert audit.verify() is None
    numbers = list(AuditEntry.objects.order_by("stream", "number").values_list("stream", "number"))
    assert numbers == [(audit.stream_of(team), number) for team in teams for number in (1, 2, 3, 4)]
    one_by_one = AuditEntry(**{**_facts(links()[1]), "number": 1, "previous_hash": ""})
    in_bulk = AuditEntry.objects.get(stream=audit.stream_of(teams[1]), number=1)
    assert audit.link_hash(one_by_one) == in_bulk.hash


def _facts(link: AuditEntry) -> dict[str, Any]:
    names = ("stream", "at", "actor_label", "action", "about", "comment", "before", "after", "context")
    return {name: audit.plain(getattr(link, name)) if name != "at" else link.at for name in names}


@pytest.mark.parametrize("sql", [f"UPDATE {TABLE} SET comment = 'x'", f"DELETE FROM {TABLE}"])  # noqa: S608
def test_the_database_itself_refuses_to_change_the_chain(chain: list[AuditEntry], sql: str) -> None:
    with pytest.raises(DatabaseError, match="ne se change pas"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert AuditEntry.objects.count() == 7


def test_the_fact_and_its_proof_are_undone_together(chain: list[AuditEntry]) -> None:
    with transaction.atomic():
        audit.record(action="undone", obj=factories.user(), actor=None)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.filter(action="undone").exists()
    assert audit.verify() is None


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_chain_written_by_many_at_once_never_forks() -> None:
    team = factories.team()
    together([lambda: [audit.record(action="a", obj=team, actor=None) for _ in range(4)] for _ in range(6)])
    assert AuditEntry.objects.filter(stream=audit.stream_of(team)).count() == 24
    assert audit.verify() is None


def told(*words: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("audit", *words, stdout=out)
    return out.getvalue()


def test_the_command_proves_a_chain(chain: list[AuditEntry]) -> None:
    said = told("verify")
    assert "7\u00a0lignes" in said and "2\u00a0chaînes" in said and audit.heads_digest() in said


def test_the_command_names_the_first_altered_row_and_fails(chain: list[AuditEntry], burglar: Any) -> None:
    burglar(f"UPDATE {TABLE} SET comment = 'autre' WHERE id = %s", chain[2].pk)  # noqa: S608
    with pytest.raises(CommandError) as failed:
        told("verify")
    assert failed.value.returncode == 1
    assert chain[2].stream in str(failed.value) and "n°\u00a03" in str(failed.value)


def test_the_command_shows_a_chain(chain: list[AuditEntry]) -> None:
    said = told("show", "--stream", chain[0].stream, "--last", "2")
    assert "teams.step4" in said and "teams.step5" in said and "teams.step3" not in said
    assert "Motif" in said and "Ariane" in said


def test_the_command_says_which_chains_there_are(chain: list[AuditEntry]) -> None:
    with pytest.raises(CommandError, match="Aucune chaîne"):
        told("show", "--stream", "team:0")
