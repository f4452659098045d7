"""One scale holds on a day; an amount once owed or adopted never changes."""

from django.db import migrations

from equipage.compensation.triggers import NeverBelowNothing, RatesFollowScale
from equipage.foundation.db import FrozenWhen, NoOverlap


class Migration(migrations.Migration):
    dependencies = [("compensation", "0001_initial")]

    operations = [
        NoOverlap("compensation_scale", same=("organisation_id",), unless="{row}.state <> 'in_force'"),
        RatesFollowScale(),
        NeverBelowNothing(),
        FrozenWhen(
            "compensation_scale",
            when="{row}.state = 'in_force'",
            columns=(
                "organisation_id",
                "code",
                "label",
                "reference",
                "fictitious",
                "valid_from",
                "cap_person_year_cents",
                "state",
            ),
            sentence="compensation_scale : un barème adopté ne change plus, sauf sa date de fin",
        ),
        FrozenWhen(
            "compensation_claimline",
            when="{row}.frozen_at IS NOT NULL",
            columns=(
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
                "adjusts_id",
                "due_on",
                "fund_id",
            ),
            sentence="compensation_claimline : une ligne validée est figée, seul son état change",
        ),
    ]
