"""What a public installation must have before it issues documents."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from equipage.foundation.documents.rendering import FONT_FAMILY, FONTS, own_fonts


@checks.register(checks.Tags.compatibility)
def fonts_are_there(**_: Any) -> list[checks.CheckMessage]:
    """Documents set with a replacement typeface would keep its hash for ever: refused on a public installation."""
    if own_fonts() or not settings.ENVIRONMENT.https:
        return []
    return [
        checks.Error(
            f"La police {FONT_FAMILY} manque dans {FONTS}.",
            hint="Construisez les fichiers de l’interface : python3 run.py, ou npm ci puis le script de construction.",
            id="foundation.E001",
        )
    ]
