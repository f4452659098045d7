"""A yearly statement never changes."""

from django.db import migrations

from equipage.foundation.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("compensation", "0003_yearstatement")]

    operations = [
        AppendOnly(
            "compensation_yearstatement",
            columns=("organisation_id", "professional_id", "year", "edition", "total_cents", "issued_at", "document_id"),
            except_first=("document_id",),
        ),
    ]
