from importlib import import_module

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "equipage.projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("equipage.projects.policies")
