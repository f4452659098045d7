"""Loads the French territory (découpage administratif) from the committed tables; twice is the same as once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from equipage.territory.models import Commune, Department, Epci, PostalCode, Region
from equipage.territory.names import normalise
from equipage.territory.source import Source, read_source

_BATCH = 2_000
Progress = Callable[[str, int], None]


@dataclass
class Loaded:
    """What a load did, by table (French name): rows of the source, created, changed."""

    vintage: int
    rows: dict[str, int] = field(default_factory=dict)
    created: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)

    @property
    def untouched(self) -> bool:
        """True where the database already held exactly this edition."""
        return not any(self.created.values()) and not any(self.changed.values())


def load_territory(
    *, region: str | None = None, source: Source | None = None, progress: Progress | None = None
) -> Loaded:
    """Write regions, departments, EPCI, communes, former codes and postal codes; one transaction, idempotent.

    `region` (INSEE code, « 52 ») limits the load to one region; `progress(table, rows)` is told after each table.
    A commune that merged since the last edition becomes a former code and keeps its row: nothing that points at it
    is lost. Raises SourceBroken on a table that cannot be read.
    """
    edition = source or read_source()
    if region is not None:
        edition = edition.only(region)
    loaded = Loaded(edition.vintage)
    with transaction.atomic():
        for title, rows in _tables(edition):
            _store(title, rows, loaded)
            if progress:
                progress(title, loaded.rows[title])
        _store_postal_codes(edition, loaded)
        if progress:
            progress("codes postaux", loaded.rows["codes postaux"])
    return loaded


def _tables(edition: Source) -> Iterable[tuple[str, list[models.Model]]]:
    """The rows of each table in the order that foreign keys ask for."""
    yield "régions", [Region(code=code, name=name, search_name=normalise(name)) for code, name in edition.regions]
    yield (
        "départements",
        [Department(code=code, name=name, region_id=region) for code, name, region in edition.departments],
    )
    yield (
        "intercommunalités",
        [
            Epci(siren=siren, name=name, search_name=normalise(name), kind=kind, vintage=edition.vintage)
            for siren, name, kind in edition.epci
        ],
    )
    yield "communes", [_commune(row, edition.vintage) for row in edition.communes]
    department = {row[0]: row[2] for row in edition.communes}
    yield "anciens codes", [_former(row, department[row[2]], edition.vintage) for row in edition.former]


def _commune(row: list[str], vintage: int) -> Commune:
    code, name, department, epci, population, _, seat_name = row
    return Commune(
        code=code,
        name=name,
        search_name=normalise(name),
        seat_name=seat_name,
        seat_search_name=normalise(seat_name),
        department_id=department,
        epci_id=epci or None,
        population=int(population) if population else None,
        kind=Commune.Kind.CURRENT,
        vintage=vintage,
    )


def _former(row: list[str], department: str, vintage: int) -> Commune:
    code, name, successor, kind, population = row
    return Commune(
        code=code,
        name=name,
        search_name=normalise(name),
        department_id=department,
        population=int(population) if population else None,
        kind=Commune.Kind.DISTRICT if kind == "arrondissement" else Commune.Kind.FORMER,
        successor_id=successor,
        vintage=vintage,
    )


def _store(title: str, rows: list[Any], loaded: Loaded) -> None:
    """Insert what is new, rewrite what differs, leave the rest alone."""
    loaded.rows[title] = len(rows)
    if not rows:
        loaded.created[title] = loaded.changed[title] = 0
        return
    model: type[models.Model] = type(rows[0])
    names = [column.attname for column in model._meta.concrete_fields]
    known = {values[0]: values for values in model._default_manager.order_by().values_list("pk", *names)}
    new, different = [], []
    for row in rows:
        before = known.get(row.pk)
        if before is None:
            new.append(row)
        elif before[1:] != tuple(getattr(row, name) for name in names):
            different.append(row)
    model._default_manager.bulk_create(new, batch_size=_BATCH)
    fields = [column.name for column in model._meta.concrete_fields if not column.primary_key]
    model._default_manager.bulk_create(
        different,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=[model._meta.pk.name],
        update_fields=fields,
    )
    loaded.created[title], loaded.changed[title] = len(new), len(different)


def _store_postal_codes(edition: Source, loaded: Loaded) -> None:
    """Make the pairs (postal code, commune) those of the source, for the communes it covers."""
    wanted = {(code, row[0]) for row in edition.communes for code in row[5].split()}
    covered = {row[2] for row in edition.communes}
    known = {
        (code, commune): pk
        for pk, code, commune in PostalCode.objects.filter(commune__department__in=covered)
        .order_by()
        .values_list("pk", "code", "commune_id")
    }
    gone = [pk for pair, pk in known.items() if pair not in wanted]
    for start in range(0, len(gone), _BATCH):
        PostalCode.objects.filter(pk__in=gone[start : start + _BATCH]).delete()
    new = [PostalCode(code=code, commune_id=commune) for code, commune in sorted(wanted - known.keys())]
    PostalCode.objects.bulk_create(new, batch_size=_BATCH)
    loaded.rows["codes postaux"] = len(wanted)
    loaded.created["codes postaux"], loaded.changed["codes postaux"] = len(new), len(gone)
