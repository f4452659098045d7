"""The yearly statement (relevé annuel) of each payee: what a civil year paid, month by month and team by team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from equipage.compensation.models import ClaimLine, YearStatement
from equipage.foundation import audit
from equipage.foundation.documents.services import Draft, issue_many
from equipage.foundation.french import PARIS, euros
from equipage.foundation.periods import Month
from equipage.foundation.refusals import Refused
from equipage.payments.das2 import executed_in
from equipage.people.models import Professional

KIND = "compensation.year_statement"


@transaction.atomic
def issue_year(organisation: Any, year: int, *, actor: Any = None, at: datetime | None = None) -> list[YearStatement]:
    """Write one statement a payee for what the bank executed in `year`; their PDF is set by a job.

    Whoever has one with the right total is left; a total that changed, by a transfer recorded late or one that came
    back, gives a new edition: done twice, it writes once.
    `at` is when they were issued, where history is taken over. Raises Refused while the year runs.
    """
    moment = at or timezone.now()
    if year >= moment.astimezone(PARIS).year:
        raise Refused(f"L'année {year} n'est pas finie : ses relevés s'établissent à partir du 1er janvier {year + 1}.")
    # The organisation's row serialises two batches.
    type(organisation).objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    totals = paid_in(organisation, year)
    known = last_editions(organisation, year)
    for person in known.keys() - totals.keys():
        totals[person] = 0  # all that a first edition told came back since
    due = [person for person, cents in totals.items() if person not in known or known[person].total_cents != cents]
    rows = YearStatement.objects.bulk_create(
        (
            YearStatement(
                organisation=organisation,
                professional_id=person,
                year=year,
                edition=known[person].edition + 1 if person in known else 1,
                total_cents=totals[person],
                issued_at=moment,
            )
            for person in due
        ),
        batch_size=1000,
    )
    _write(organisation, year, rows, actor=actor, at=moment)
    if rows:
        after = {"year": year, "statements": len(rows), "total_cents": sum(row.total_cents for row in rows)}
        audit.record(action="compensation.year_statement.issue", obj=organisation, actor=actor, after=after)
    return rows


def paid_in(organisation: Any, year: int) -> dict[int, int]:
    """What the bank executed in a civil year, in cents by person."""
    rows = executed_in(organisation, year).order_by().values("professional_id").annotate(total=Sum("amount_cents"))
    return {row["professional_id"]: row["total"] for row in rows.order_by("professional_id")}


def last_editions(organisation: Any, year: int) -> dict[int, YearStatement]:
    """The statement that counts, by person."""
    rows = YearStatement.objects.filter(organisation=organisation, year=year).order_by("edition", "id")
    return {row.professional_id: row for row in rows}


def _write(organisation: Any, year: int, rows: list[YearStatement], *, actor: Any, at: datetime) -> None:
    people = Professional.objects.in_bulk([row.professional_id for row in rows])
    parts = _parts(organisation, year, set(people))
    drafts = [
        year_draft(organisation, row, people[row.professional_id], parts[row.professional_id], dated=at) for row in rows
    ]
    for row, document in zip(rows, issue_many(drafts, actor=actor, at=at), strict=True):
        row.document = document
    YearStatement.objects.bulk_update(rows, ["document"], batch_size=500)


def _parts(organisation: Any, year: int, people: set[int]) -> dict[int, list[dict[str, Any]]]:
    """What the transfers of the year paid: by person, month of execution and team, corrections apart. One query."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = (
        ClaimLine.objects.filter(settled_by__in=executed_in(organisation, year).order_by())
        .order_by()
        .values("professional_id", "team_id", "team__name", month=TruncMonth("settled_by__run__executed_on"))
        .annotate(
            actions=Sum("amount_cents", filter=Q(adjusts__isnull=True), default=0),
            corrections=Sum("amount_cents", filter=Q(adjusts__isnull=False), default=0),
            fictitious=Count("pk", filter=Q(rate__scale__fictitious=True)),
        )
        .order_by("professional_id", "month", "team__name", "team_id")
    )
    for row in rows:
        if row["professional_id"] in people:
            found[row["professional_id"]].append(dict(row))
    return found


def year_draft(
    organisation: Any, row: YearStatement, person: Professional, parts: list[dict[str, Any]], *, dated: datetime
) -> Draft:
    """The frozen data of one yearly statement."""
    reference = f"RA-{row.year}-{organisation.pk}-{person.pk:06d}-{row.edition}"
    corrections = sum(part["corrections"] for part in parts)
    data = {
        "association": organisation.name,
        "payee": person.formal_name,
        "profession": person.profession_label,
        "rpps": person.rpps,
        "siret": person.siret,
        "year": str(row.year),
        "edition": "" if row.edition == 1 else f"Édition {row.edition}, qui remplace la précédente",
        "total": euros(row.total_cents),
        "actions": euros(row.total_cents - corrections),
        "corrections": euros(corrections) if corrections else "",
        "months": _table(parts, lambda part: Month.of(part["month"]).label),
        "teams": _table(parts, lambda part: part["team__name"], key=lambda part: part["team_id"]),
    }
    return Draft(
        KIND,
        "compensation/yearly",
        f"Relevé annuel {row.year}",
        data,
        audit.about(row),
        reference,
        organisation.region_id,
        dated.astimezone(PARIS).date(),
        "fr",
        any(part["fictitious"] for part in parts),
    )


def _table(parts: Iterable[dict[str, Any]], label: Any, key: Any = None) -> list[dict[str, str]]:
    """The same cents by month, or by team: actions, corrections, total."""
    sums: dict[Any, list[Any]] = {}
    for part in parts:
        row = sums.setdefault((key or label)(part), [label(part), 0, 0])
        row[1] += part["actions"]
        row[2] += part["corrections"]
    return [
        {
            "label": name,
            "actions": euros(actions),
            "corrections": euros(corrections) if corrections else "",
            "total": euros(actions + corrections),
        }
        for name, actions, corrections in sums.values()
    ]


def statements_of(professional: Any) -> list[YearStatement]:
    """The yearly statements of one person that count, the last year first."""
    rows = YearStatement.objects.filter(professional=professional, document__isnull=False)
    newest: dict[tuple[int, int], YearStatement] = {}
    for row in rows.select_related("organisation").order_by(
        "-year", "organisation__name", "organisation_id", "edition"
    ):
        newest[row.year, row.organisation_id] = row
    return list(newest.values())
