"""The data of the specimen document, shared by the tests that set it."""

from __future__ import annotations

from datetime import date
from typing import Any

ABOUT_SHEET: dict[str, Any] = {
    "title": "187,50\u00a0€ versés à Anne Lemaître",
    "date": date(2026, 10, 14),
    "reference": "ESP-2026-0042",
}


def specimen(introduction: str = "Bonjour.", lines: int = 25) -> dict[str, Any]:
    """Everything `foundation/specimen` shows."""
    return {
        "introduction": introduction,
        "explanation": "2\u00a0h\u00a030 à 75,00\u00a0€ l’heure\u202f: 187,50\u00a0€.",
        "facts": [{"label": "Équipe", "value": "Èvre et Mauges"}, {"label": "Depuis", "value": "1er janvier 2026"}],
        "lines": [
            {"day": "14 oct.", "action": f"Réunion n° {n}", "duration": "1\u00a0h\u00a030", "amount": "112,50\u00a0€"}
            for n in range(lines)
        ],
        "total": "2\u202f812,50\u00a0€",
        "caption": "Actions coordonnées",
        "source": "Barème fictif de démonstration.",
        "signatures": [
            {"name": "Anne Lemaître", "role": "Infirmière", "at": "le 14 octobre 2026 à 9 h 05", "proof": "ab12"},
            {"name": "Paul Nguyễn", "role": "Président de l’association"},
        ],
    }
