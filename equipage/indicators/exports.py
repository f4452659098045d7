"""A count as a file: the same text from the page and from the command, byte for byte."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from equipage.indicators.rules import National

FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}
_HEAD = (
    "annee",
    "campagne",
    "jour_de_reference",
    "provisoire",
    "territoire",
    "ventilation",
    "code",
    "libelle",
    "projets",
    "definition",
)


def as_text(found: National, kind: str) -> str:
    """The count in « csv » (semicolons, with the mark of UTF-8) or « json »."""
    return _csv(found) if kind == "csv" else _json(found)


def file_name(found: National, kind: str) -> str:
    """« indicateurs-nationaux-2026-2-fr.csv »."""
    campaign = found.campaign
    return f"indicateurs-nationaux-{campaign.year}-{campaign.number}-{found.territory}.{kind}"


def _csv(found: National) -> str:
    campaign = found.campaign
    begin = (
        campaign.year,
        campaign.number,
        campaign.reference_day.isoformat(),
        "oui" if campaign.provisional else "non",
        found.territory,
    )
    target = io.StringIO()
    target.write("\ufeff")
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEAD)
    writer.writerow((*begin, "total", "", found.indicator.title, found.total, found.indicator.definition))
    for breakdown in found.breakdowns:
        for pile in breakdown.piles:
            writer.writerow((*begin, breakdown.key, pile.code, pile.label, pile.count, breakdown.definition))
    return target.getvalue()


def _json(found: National) -> str:
    campaign = found.campaign
    content: dict[str, Any] = {
        "indicator": {
            "title": found.indicator.title,
            "definition": found.indicator.definition,
            "source": found.indicator.rule.reference.sentence(),
        },
        "campaign": {
            "year": campaign.year,
            "number": campaign.number,
            "closing_day": campaign.closing_day.isoformat(),
            "reference_day": campaign.reference_day.isoformat(),
            "provisional": campaign.provisional,
            "calendar_is_a_working_value": campaign.rule.is_assumption,
        },
        "territory": found.territory,
        "total": found.total,
        "breakdowns": [
            {
                "key": breakdown.key,
                "label": breakdown.label,
                "definition": breakdown.definition,
                "exclusive": breakdown.exclusive,
                "piles": [{"code": pile.code, "label": pile.label, "projects": pile.count} for pile in breakdown.piles],
            }
            for breakdown in found.breakdowns
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
