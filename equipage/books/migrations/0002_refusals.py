"""Books are only added to."""

from django.db import migrations

from equipage.foundation.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("books", "0001_initial")]

    operations = [
        AppendOnly("books_ledgerentry"),
        AppendOnly("books_posting"),
    ]
