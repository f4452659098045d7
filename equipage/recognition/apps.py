from importlib import import_module

from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    name = "equipage.recognition"
    label = "recognition"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("equipage.recognition.policies")
