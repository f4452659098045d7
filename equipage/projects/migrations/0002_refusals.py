"""What was written and what was deposited never changes."""

from django.db import migrations

from equipage.foundation.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]

    operations = [
        AppendOnly("projects_sectionrevision"),
        AppendOnly(
            "projects_projectversion",
            columns=(
                "project_id",
                "number",
                "reason",
                "content",
                "content_hash",
                "frozen_by_id",
                "frozen_at",
                "document_id",
            ),
            except_first=("document_id",),
        ),
    ]
