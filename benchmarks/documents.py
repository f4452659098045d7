"""Setting a PDF/A-2a document: a statement of one page. The floor is the same template with nothing to say."""

from __future__ import annotations

from datetime import date
from typing import Any

from tools.figures import SQLITE, Context, Figure, repeat

NAME = "documents"
_EMPTY: dict[str, Any] = {
    "association": "",
    "payee": "",
    "profession": "",
    "rpps": "",
    "month": "",
    "reference": "",
    "account": "",
    "total": "",
    "lines": [],
}


def run(context: Context) -> list[Figure]:
    """Milliseconds a document, the typesetter warm, each with data of its own."""
    context.use(context.database(SQLITE, migrated=False))
    import django

    django.setup()
    from equipage.foundation.documents import render

    rank = iter(range(1_000_000))

    def one(lines: int) -> bytes:
        data = {**_EMPTY, "lines": [_line(number) for number in range(lines)], "reference": f"EQ-{next(rank):05d}"}
        if lines:
            data |= {"payee": "Claire Besnard", "association": "Association (fictive)", "total": "480,00 €"}
        return render("compensation/statement", data, title="Relevé", date=date(2026, 11, 22), fictitious=True)

    floor = repeat(lambda: one(0), 60, warm_up=5)
    statement = repeat(lambda: one(8), 60, warm_up=5)
    long = repeat(lambda: one(60), 20, warm_up=2)
    return [
        Figure("relevé de huit lignes, médiane", statement.median, "ms", floor.median, "modèle vide", 40),
        Figure("relevé de huit lignes, p95", statement.p95, "ms", floor.p95, "modèle vide"),
        Figure("relevé de soixante lignes, médiane", long.median, "ms", floor.median, "modèle vide"),
        Figure("taille d'un relevé", len(one(8)) / 1000, "ko"),
    ]


def _line(number: int) -> dict[str, str]:
    return {
        "day": f"{number % 28 + 1} octobre 2026",
        "label": "RCP sans patient",
        "team": "Retour à domicile des Mauges",
        "amount": "60,00 €",
        "sentence": f"60,00 € d'après le barème fictif de démonstration : 1 h {number % 60:02d} à 50,00 € l'heure.",
    }
