"""An answer of the bank, what it said and what came back never change; a return is paid again once at a time."""

from django.db import migrations

from equipage.foundation.db import AppendOnly, FrozenWhen
from equipage.payments.triggers import PaidAgainOnce


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_answers")]

    operations = [
        FrozenWhen(
            "payments_bankanswer",
            when="{row}.id IS NOT NULL",
            columns=(
                "organisation_id",
                "kind",
                "sha256",
                "file_name",
                "message_id",
                "bank_created_at",
                "received_by_id",
                "received_at",
                "others",
                "doubts",
            ),
            sentence="payments_bankanswer : une réponse lue ne se change pas, seul son état avance",
        ),
        AppendOnly("payments_answerline"),
        FrozenWhen(
            "payments_paymentreturn",
            when="{row}.id IS NOT NULL",
            columns=(
                "payment_id",
                "kind",
                "happened_on",
                "reason_code",
                "reason_text",
                "answer_id",
                "recorded_by_id",
                "recorded_at",
            ),
            sentence="payments_paymentreturn : un virement revenu ne se change pas et ne s'efface pas",
        ),
        PaidAgainOnce(),
    ]
