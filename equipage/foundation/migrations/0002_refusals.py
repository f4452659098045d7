"""What the database refuses on the ground floor: the audit chain and issued documents never change."""

from django.db import migrations

from equipage.foundation.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]

    operations = [
        AppendOnly("foundation_auditentry"),
        AppendOnly(
            "foundation_document",
            columns=(
                "kind",
                "title",
                "reference",
                "region",
                "about",
                "template",
                "data",
                "data_sha256",
                "dated",
                "lang",
                "fictitious",
                "created_at",
                "created_by_id",
                "template_version",
                "pdf_sha256",
                "size",
            ),
            except_first=("template_version", "pdf_sha256", "size"),
        ),
        AppendOnly("foundation_attachment"),
    ]
