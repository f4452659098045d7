"""Nobody is twice in the same team on the same day."""

from django.db import migrations

from equipage.foundation.db import NoOverlap


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_initial")]

    operations = [
        NoOverlap(
            "teams_membership",
            same=("team_id", "professional_id"),
            unless="{row}.state = 'declined'",
        ),
    ]
