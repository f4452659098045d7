from importlib import import_module

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "equipage.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("equipage.web.between")
