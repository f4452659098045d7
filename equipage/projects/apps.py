from importlib import import_module

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "equipage.projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for room in ("policies", "steps"):
            import_module(f"equipage.projects.{room}")
