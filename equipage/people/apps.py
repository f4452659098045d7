from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "equipage.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("equipage.people.policies")
        import_module("equipage.people.effects")
        import_module("equipage.people.silence")
