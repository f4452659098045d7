"""Write every encrypted column again with the first key of EQUIPAGE_FIELD_KEY."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from equipage.foundation.crypto import encrypted_fields, ring, rotate_field


class Command(BaseCommand):
    help = "Chiffre de nouveau toutes les colonnes avec la première clé de EQUIPAGE_FIELD_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints one line per column; the old key can be removed once every line is at its end."""
        for model, field in encrypted_fields():
            count = rotate_field(model, field)
            self.stdout.write(f"{model._meta.label}.{field.name}\u202f: {count} valeurs chiffrées de nouveau")
        self.stdout.write(f"Tout est sous la clé « {ring().current.name} ».")
