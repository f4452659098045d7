from importlib import import_module

from django.apps import AppConfig


class CompensationConfig(AppConfig):
    name = "equipage.compensation"
    label = "compensation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("equipage.compensation.policies")
