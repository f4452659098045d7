"""A signature, once given, never changes."""

from django.db import migrations

from equipage.foundation.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_initial")]

    operations = [
        AppendOnly("agreements_signature"),
    ]
