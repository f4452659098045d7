"""What the pages say of a scale: what an adoption does, the days that nothing covers."""

from __future__ import annotations

from collections.abc import Sequence

from equipage.compensation.scale_selectors import Overlay, Stretch
from equipage.foundation.french import counted, day, enumerate_words
from equipage.foundation.periods import Period


def days_of(one: Stretch) -> str:
    """« du 1er mars 2026 au 31 mai 2026 », « à partir du 1er mars 2026 »."""
    if one.last_day is None:
        return f"à partir du {day(one.start)}"
    return f"le {day(one.start)}" if one.last_day == one.start else f"du {day(one.start)} au {day(one.last_day)}"


def told_of_adoption(overlay: Overlay) -> list[str]:
    """The consequences of adopting a draft, one sentence each."""
    told = ["Ses tarifs et ses dates ne pourront plus changer : un autre barème prendra la suite."]
    told += [f"Il remplace « {one.scale.label} » {days_of(one)}." for one in overlay.replaced]
    told += [
        f"« {one.scale.label} », adopté aujourd'hui aussi, reste appliqué {days_of(one)} : il commence plus tard."
        for one in overlay.resisting
    ]
    if overlay.frozen:
        lines = counted(overlay.frozen, "ligne déjà validée garde", "lignes déjà validées gardent")
        told.append(f"{lines} le montant calculé avec l'ancien barème.")
    told.append("Les montants estimés de ces jours seront recalculés.")
    return told


def told_of_holes(holes: Sequence[Period], year: int) -> str:
    """« Aucun barème du 1er janvier 2026 au 28 février 2026 : … », "" when the year is covered."""
    if not holes:
        return ""
    parts = [
        f"le {day(hole.start)}" if hole.days == 1 else f"du {day(hole.start)} au {day(hole.last)}" for hole in holes
    ]
    return (
        f"Aucun barème n'est adopté en {year} {enumerate_words(parts)} : ces jours-là, rien n'est estimé et aucune "
        "action ne se valide."
    )
