"""What the database of the vault refuses by itself."""

from django.db import migrations

from equipage.clinical.triggers import FrozenVersions
from equipage.foundation.db import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("clinical", "0001_initial")]
    operations = [AppendOnly("clinical_journalentry"), FrozenVersions()]
