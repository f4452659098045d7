"""What a paid and a returned line must say; then the refusals lifted before are made again."""

from django.db import migrations, models

from equipage.compensation.triggers import NeverBelowNothing, lines_stay_frozen, year_statements_stay


class Migration(migrations.Migration):
    dependencies = [("compensation", "0010_settled_rows")]

    operations = [
        migrations.AddConstraint(
            model_name='claimline',
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ('state__in', ['cancelled', 'estimated', 'locked', 'paid', 'repaid', 'returned', 'validated'])
                ),
                name='line_state_known',
            ),
        ),
        migrations.AddConstraint(
            model_name='claimline',
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(('state__in', ['validated', 'locked', 'paid', 'returned', 'repaid']), _negated=True),
                    models.Q(('frozen_at__isnull', True), _negated=True),
                    _connector='OR',
                ),
                name='line_frozen_at_filled',
            ),
        ),
        migrations.AddConstraint(
            model_name='claimline',
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(('state__in', ['locked', 'paid', 'returned']), _negated=True),
                    models.Q(('payment__isnull', True), _negated=True),
                    _connector='OR',
                ),
                name='line_payment_filled',
            ),
        ),
        migrations.AddConstraint(
            model_name='claimline',
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(('state__in', ['paid']), _negated=True),
                    models.Q(('settled_by__isnull', True), _negated=True),
                    _connector='OR',
                ),
                name='line_settled_by_filled',
            ),
        ),
        migrations.AddConstraint(
            model_name='claimline',
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(('state__in', ['returned']), _negated=True), ('paid_at__isnull', True), _connector='OR'
                ),
                name='line_paid_at_empty',
            ),
        ),
        migrations.AddConstraint(
            model_name='claimline',
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(('state__in', ['returned']), _negated=True), ('settled_by__isnull', True), _connector='OR'
                ),
                name='line_settled_by_empty',
            ),
        ),
        migrations.AddConstraint(
            model_name='yearstatement',
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(('edition__gt', 0), ('total_cents__gt', 0)),
                    models.Q(('edition__gt', 1), ('total_cents', 0)),
                    _connector='OR',
                ),
                name='year_statement_positive',
            ),
        ),
        NeverBelowNothing(),
        lines_stay_frozen(),
        year_statements_stay(),
    ]
