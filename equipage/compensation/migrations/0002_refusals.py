"""Books are only added to; one scale holds on a day; an amount once owed, paid or adopted never changes."""

from django.db import migrations

from equipage.compensation.triggers import FrozenWhen, RatesFollowScale
from equipage.foundation.db import AppendOnly, NoOverlap


class Migration(migrations.Migration):
    dependencies = [("compensation", "0001_initial")]

    operations = [
        AppendOnly("compensation_ledgerentry"),
        AppendOnly("compensation_posting"),
        NoOverlap("compensation_scale", same=("organisation_id",), unless="{row}.state <> 'in_force'"),
        RatesFollowScale(),
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
            ),
            sentence="compensation_claimline : une ligne validée est figée, seul son état change",
        ),
        AppendOnly(
            "compensation_payment",
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
            "compensation_paymentrun",
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
            sentence="compensation_paymentrun : une campagne approuvée ne change plus",
        ),
    ]
