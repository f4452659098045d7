from importlib import import_module

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "equipage.meetings"
    label = "meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for room in ("policies", "effects", "steps", "room_panels", "jobs_room"):
            import_module(f"equipage.meetings.{room}")
