from importlib import import_module

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "equipage.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for room in ("policies", "effects", "steps", "jobs"):
            import_module(f"equipage.agreements.{room}")
