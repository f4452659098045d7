"""Books are only added to; one scale holds on a day."""

from django.db import migrations

from equipage.foundation.db import AppendOnly, NoOverlap


class Migration(migrations.Migration):
    dependencies = [("compensation", "0001_initial")]

    operations = [
        AppendOnly("compensation_ledgerentry"),
        AppendOnly("compensation_posting"),
        NoOverlap("compensation_scale", same=("organisation_id",), unless="{row}.state <> 'in_force'"),
    ]
