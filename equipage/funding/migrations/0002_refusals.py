"""Commitments are only added to."""

from django.db import migrations

from equipage.foundation.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("funding", "0001_initial")]

    operations = [AppendOnly("funding_commitment")]
