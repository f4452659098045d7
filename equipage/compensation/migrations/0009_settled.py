"""A line says which transfer really paid it: another one than its own, when that one came back."""

import django.db.models.deletion
from django.db import migrations, models

from equipage.compensation.triggers import NeverBelowNothing, lines_stay_frozen, year_statements_stay
from equipage.foundation.db import Lifted


class Migration(migrations.Migration):
    dependencies = [
        ('compensation', '0008_month_refusals'),
        ('coordination', '0005_guest_addresses'),
        ('foundation', '0003_examinations'),
        ('funding', '0002_refusals'),
        ('payments', '0004_answers_refusals'),
        ('people', '0001_initial'),
        ('teams', '0004_association_siret'),
        ('territory', '0001_initial'),
    ]

    operations = [
        Lifted(NeverBelowNothing()),
        Lifted(lines_stay_frozen()),
        Lifted(year_statements_stay()),
        migrations.RemoveConstraint(
            model_name='claimline',
            name='line_state_known',
        ),
        migrations.RemoveConstraint(
            model_name='claimline',
            name='line_frozen_at_filled',
        ),
        migrations.RemoveConstraint(
            model_name='claimline',
            name='line_payment_filled',
        ),
        migrations.RemoveConstraint(
            model_name='yearstatement',
            name='year_statement_positive',
        ),
        migrations.AddField(
            model_name='claimline',
            name='settled_by',
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name='settled_lines',
                to='payments.payment',
                verbose_name='virement reçu',
            ),
        ),
        migrations.AlterField(
            model_name='claimline',
            name='state',
            field=models.CharField(
                choices=[
                    ('estimated', 'Estimée'),
                    ('validated', 'À payer'),
                    ('locked', 'En paiement'),
                    ('paid', 'Versée'),
                    ('returned', 'Virement revenu'),
                    ('repaid', 'Remboursée'),
                    ('cancelled', 'Annulée'),
                ],
                db_index=True,
                default='estimated',
                editable=False,
                max_length=30,
                verbose_name='état',
            ),
        ),
    ]
