"""Fill what the rows already there did not say: the day of each presence, how it was confirmed, when it was verified."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce


def fill(apps, schema_editor):
    actions = apps.get_model("coordination", "Action")
    presences = apps.get_model("coordination", "Presence")
    presences.objects.update(held_on=Subquery(actions.objects.filter(pk=OuterRef("action_id")).values("held_on")[:1]))
    presences.objects.filter(state="confirmed").update(means="tap")
    of_declarer = presences.objects.filter(
        state="confirmed", professional__user_id=F("action__declared_by_id")
    ).values("pk")
    presences.objects.filter(pk__in=list(of_declarer.values_list("pk", flat=True))).update(means="declarer")
    last_voice = (
        presences.objects.filter(action_id=OuterRef("pk"), state="confirmed")
        .order_by("-answered_at")
        .values("answered_at")[:1]
    )
    actions.objects.filter(state="validated").update(verified_at=Coalesce(Subquery(last_voice), F("validated_at")))


class Migration(migrations.Migration):
    dependencies = [("coordination", "0002_together")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
