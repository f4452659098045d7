"""Every line already paid was paid by its own transfer."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    apps.get_model("compensation", "ClaimLine").objects.filter(state="paid").update(settled_by_id=F("payment_id"))


class Migration(migrations.Migration):
    dependencies = [("compensation", "0009_settled")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
