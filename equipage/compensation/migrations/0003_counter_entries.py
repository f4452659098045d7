"""A line may take back another: one line a presence, and its counter-entry."""

import django.db.models.deletion
from django.db import migrations, models

from equipage.compensation.triggers import FrozenWhen
from equipage.foundation.db import Lifted

SENTENCE = "compensation_claimline : une ligne validée est figée, seul son état change"
COLUMNS = (
    "presence_id",
    "action_id",
    "professional_id",
    "team_id",
    "organisation_id",
    "held_on",
    "year",
    "rate_id",
    "unit",
    "rate_amount",
    "quantity",
    "amount_cents",
    "cut_cents",
    "sentence",
    "frozen_at",
)


def frozen(*more):
    return FrozenWhen(
        "compensation_claimline", when="{row}.frozen_at IS NOT NULL", columns=(*COLUMNS, *more), sentence=SENTENCE
    )


class Migration(migrations.Migration):
    dependencies = [("compensation", "0002_refusals"), ("coordination", "0004_together_constraints")]

    operations = [
        Lifted(frozen()),
        migrations.RemoveConstraint(model_name="claimline", name="line_amounts"),
        migrations.AddField(
            model_name="claimline",
            name="reverses",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversed_by",
                to="compensation.claimline",
            ),
        ),
        migrations.AlterField(
            model_name="claimline",
            name="presence",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="claim_lines", to="coordination.presence"
            ),
        ),
        migrations.AddConstraint(
            model_name="claimline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reverses__isnull", True)), fields=("presence",), name="line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="claimline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount_cents__gte", 0), ("cut_cents__gte", 0), ("reverses__isnull", True)),
                    models.Q(("amount_cents__lt", 0), ("cut_cents", 0), ("reverses__isnull", False)),
                    _connector="OR",
                ),
                name="line_amounts",
            ),
        ),
        frozen("reverses_id"),
    ]
