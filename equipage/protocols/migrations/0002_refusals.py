"""What the database itself refuses about protocols: texts, answers and versions are written once."""

from django.db import migrations

from equipage.foundation.db import AppendOnly

_VERSION = (
    "protocol_id",
    "edition_id",
    "number",
    "title",
    "theme",
    "kind",
    "professions",
    "search",
    "content",
    "content_hash",
    "validated_on",
    "frozen_by_id",
    "frozen_at",
    "document_id",
)


class Migration(migrations.Migration):
    dependencies = [("protocols", "0001_initial")]

    operations = [
        AppendOnly("protocols_partrevision"),
        AppendOnly("protocols_agreement"),
        AppendOnly("protocols_opinion"),
        # Its document is named once, when the row is written.
        AppendOnly("protocols_protocolversion", except_first=("document_id",), columns=_VERSION),
    ]
