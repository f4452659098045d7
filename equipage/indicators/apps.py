from importlib import import_module

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "equipage.indicators"
    label = "indicators"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for room in ("policies", "effects", "steps"):
            import_module(f"equipage.indicators.{room}")
