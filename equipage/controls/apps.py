from importlib import import_module

from django.apps import AppConfig


class ControlsConfig(AppConfig):
    name = "equipage.controls"
    label = "controls"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for room in ("policies", "effects", "hooks", "tabs"):
            import_module(f"equipage.controls.{room}")
