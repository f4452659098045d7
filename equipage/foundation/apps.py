from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "equipage.foundation"
    label = "foundation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The worker looks for `jobs.py` beside each application; this one is a room below."""
        from equipage.foundation.documents import jobs  # noqa: F401
