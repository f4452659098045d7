"""The room where people find out which form of coordinated practice fits them."""

from django.apps import AppConfig


class OrientationConfig(AppConfig):
    """Orientation, comparison, rules in public, simulator, recognised teams. No table of its own."""

    name = "equipage.orientation"
    verbose_name = "Orientation"
