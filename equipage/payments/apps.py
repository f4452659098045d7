from importlib import import_module

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "equipage.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for room in ("policies", "effects", "jobs", "tabs", "year_checks"):
            import_module(f"equipage.payments.{room}")
