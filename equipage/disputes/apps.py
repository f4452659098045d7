from importlib import import_module

from django.apps import AppConfig


class DisputesConfig(AppConfig):
    name = "equipage.disputes"
    label = "disputes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for room in ("policies", "effects", "hooks", "tabs"):
            import_module(f"equipage.disputes.{room}")
