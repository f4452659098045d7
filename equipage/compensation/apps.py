from importlib import import_module

from django.apps import AppConfig


class CompensationConfig(AppConfig):
    name = "equipage.compensation"
    label = "compensation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for room in (
            "policies",
            "effects",
            "run_effects",
            "hooks",
            "offsets",
            "run_panels",
            "run_checks",
            "jobs",
            "tabs",
            "year_checks",
        ):
            import_module(f"equipage.compensation.{room}")
