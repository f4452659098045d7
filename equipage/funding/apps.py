from importlib import import_module

from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "equipage.funding"
    label = "funding"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for room in ("policies", "effects", "tabs"):
            import_module(f"equipage.funding.{room}")
