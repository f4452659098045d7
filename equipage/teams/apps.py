from importlib import import_module

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "equipage.teams"
    label = "teams"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("equipage.teams.policies")
