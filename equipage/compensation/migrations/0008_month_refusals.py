"""A decision and a reminder are written once; a decision is only closed by the one that follows it."""

from django.db import migrations

from equipage.foundation.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("compensation", "0007_month")]

    operations = [
        AppendOnly(
            "compensation_monthdecision",
            columns=(
                "organisation_id",
                "month",
                "professional_id",
                "kind",
                "reason",
                "told",
                "seen_hash",
                "decided_by_id",
                "decided_at",
                "replaced_at",
            ),
            except_first=("replaced_at",),
        ),
        AppendOnly("compensation_hindrancenotice"),
    ]
