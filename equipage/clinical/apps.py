from importlib import import_module

from django.apps import AppConfig


class ClinicalConfig(AppConfig):
    name = "equipage.clinical"
    label = "clinical"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Dossiers partagés"

    def ready(self) -> None:
        for room in ("policies", "effects", "steps", "checks"):
            import_module(f"equipage.clinical.{room}")
