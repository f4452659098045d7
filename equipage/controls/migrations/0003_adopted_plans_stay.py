"""An adopted plan never changes, nor do its rates: another plan is adopted after it."""

from django.db import migrations

from equipage.foundation.db import FrozenRows, FrozenWhen


class Migration(migrations.Migration):
    dependencies = [("controls", "0002_refusals")]

    operations = [
        FrozenWhen(
            "controls_controlplan",
            when="{row}.state = 'in_force'",
            columns=(
                "organisation_id",
                "label",
                "fictitious",
                "valid_from",
                "state",
                "new_below",
                "confirmed_after",
                "watched_months",
                "high_cents",
                "answer_days",
                "extension_days",
                "reply_days",
                "decide_days",
                "remind_days",
                "drafted_by_id",
                "drafted_at",
                "adopted_by_id",
                "adopted_at",
            ),
            sentence="controls_controlplan : un plan de contrôle adopté ne change plus",
        ),
        FrozenRows(
            "controls_controlrate",
            when="EXISTS (SELECT 1 FROM controls_controlplan p WHERE p.id = {row}.plan_id AND p.state = 'in_force')",
            sentence="controls_controlrate : les taux d'un plan de contrôle adopté ne changent plus",
        ),
    ]
