"""The monthly run of a large association: 6 000 lines for 2 000 people computed, filed and written in the books."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tools.figures import POSTGRESQL, SQLITE, Context, Figure

NAME = "Campagne mensuelle de 6 000 lignes pour 2 000 personnes"
PEOPLE, LINES_EACH = 2000, 3
TARGET_SECONDS = 10.0


def run(context: Context) -> list[Figure]:
    """Preview, preparation and approval on both engines; the floor writes and reads as many bare rows."""
    figures = []
    for engine in (SQLITE, POSTGRESQL):
        context.use(context.database(engine))
        figures += _measured(engine)
    return figures


def _measured(engine: str) -> list[Figure]:
    from benchmarks.monthly_world import MONTH, build
    from equipage.compensation.run_page import checks_of
    from equipage.compensation.selectors import preview
    from equipage.compensation.services import runs

    world = build(PEOPLE, LINES_EACH)
    floor = _seconds(lambda: _bare_rows(PEOPLE * LINES_EACH))[0]
    seen, piles = _seconds(lambda: preview(world.association, MONTH))
    assert piles.payable_cents == world.total_cents
    prepared, row = _seconds(
        lambda: runs.prepare(organisation=world.association, month=MONTH, actor=world.officer)
    )
    approved, row = _seconds(lambda: runs.approve(row, actor=world.treasurer))
    assert {check["tone"] for check in checks_of(row)} == {"ok"}
    assert (row.payments_count, row.lines_count, row.total_cents) == (PEOPLE, PEOPLE * LINES_EACH, world.total_cents)
    whole = prepared + approved
    return [
        Figure(f"{engine}, aperçu en trois piles", seen, "s"),
        Figure(f"{engine}, préparation (lignes réservées)", prepared, "s"),
        Figure(f"{engine}, approbation (fichier, relevés, écritures)", approved, "s"),
        Figure(
            f"{engine}, de la préparation au fichier et aux écritures",
            whole,
            "s",
            floor=floor,
            floor_name="écrire et relire autant de lignes nues",
            target=TARGET_SECONDS,
            note="les PDF des relevés sont composés ensuite, par un travail de fond",
        ),
    ]


def _seconds(action: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = action()
    return time.perf_counter() - began, result


def _bare_rows(count: int) -> None:
    """As many rows of two numbers, inserted in one transaction and summed."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_floor (id integer, cents bigint)")
        cursor.executemany("INSERT INTO bench_floor VALUES (%s, %s)", [(number, 3750) for number in range(count)])
        cursor.execute("SELECT sum(cents) FROM bench_floor")
        assert cursor.fetchone()[0] == 3750 * count
        cursor.execute("DROP TABLE bench_floor")
