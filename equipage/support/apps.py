from importlib import import_module

from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "equipage.support"
    label = "support"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for room in ("policies", "account"):
            import_module(f"equipage.support.{room}")
