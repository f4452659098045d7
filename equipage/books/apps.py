from importlib import import_module

from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "equipage.books"
    label = "books"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for room in ("policies", "closing", "checks", "tabs"):
            import_module(f"equipage.books.{room}")
