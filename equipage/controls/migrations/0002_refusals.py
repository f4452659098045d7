"""A draw is written once, salt first; what a team answered never changes."""

from django.db import migrations

from equipage.foundation.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("controls", "0001_initial")]

    operations = [
        AppendOnly(
            "controls_draw",
            columns=(
                "organisation_id",
                "plan_id",
                "month",
                "salt",
                "opened_by_id",
                "opened_at",
                "rates",
                "population",
                "population_hash",
                "population_count",
                "drawn_count",
                "drawn_at",
            ),
            except_first=("rates", "population", "population_hash", "population_count", "drawn_count", "drawn_at"),
        ),
        AppendOnly("controls_controlanswer"),
    ]
