from importlib import import_module

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "equipage.teams"
    label = "teams"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for module in ("policies", "effects", "steps"):
            import_module(f"equipage.teams.{module}")
