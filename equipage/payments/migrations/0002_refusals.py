"""A transfer never changes; a payment run whose bank file is written never changes."""

from django.db import migrations

from equipage.foundation.db import AppendOnly, FrozenWhen


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [
        AppendOnly(
            "payments_payment",
            columns=(
                "run_id",
                "professional_id",
                "bank_details_id",
                "amount_cents",
                "end_to_end_id",
                "label",
                "statement_id",
            ),
            except_first=("statement_id",),
        ),
        FrozenWhen(
            "payments_paymentrun",
            when="{row}.bank_file_sha256 <> ''",
            columns=(
                "organisation_id",
                "number",
                "month",
                "prepared_by_id",
                "approved_by_id",
                "payments_count",
                "lines_count",
                "total_cents",
                "content_hash",
                "requested_on",
                "message_id",
                "bank_file",
                "bank_file_sha256",
            ),
            sentence="payments_paymentrun : une campagne approuvée ne change plus",
        ),
    ]
