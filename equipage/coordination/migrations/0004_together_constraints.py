from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('coordination', '0003_together_rows')]

    operations = [
        migrations.AlterField(
            model_name='presence',
            name='held_on',
            field=models.DateField(verbose_name='date'),
        ),
        migrations.AddIndex(
            model_name='presence',
            index=models.Index(fields=['professional', 'held_on', 'id'], name='presence_person_day'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['cancelled', 'declared', 'returned', 'reversed', 'validated', 'verified'])), name='action_state_known'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['verified', 'validated', 'reversed']), _negated=True), models.Q(('verified_at__isnull', True), _negated=True), _connector='OR'), name='action_verified_at_filled'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['validated', 'reversed']), _negated=True), models.Q(('validated_at__isnull', True), _negated=True), _connector='OR'), name='action_validated_at_filled'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['validated', 'reversed']), _negated=True), models.Q(('validated_by__isnull', True), _negated=True), _connector='OR'), name='action_validated_by_filled'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['reversed']), _negated=True), models.Q(('reverse_reason', ''), _negated=True), _connector='OR'), name='action_reverse_reason_filled'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['declared', 'returned']), _negated=True), ('verified_at__isnull', True), _connector='OR'), name='action_verified_at_empty'),
        ),
        migrations.AddConstraint(
            model_name='presence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['confirmed']), _negated=True), models.Q(('means', ''), _negated=True), _connector='OR'), name='presence_means_filled'),
        ),
        migrations.AddConstraint(
            model_name='presence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['expected', 'denied']), _negated=True), ('means', ''), _connector='OR'), name='presence_means_empty'),
        ),
        migrations.AddConstraint(
            model_name='presence',
            constraint=models.CheckConstraint(condition=models.Q(('means__in', ('', 'declarer', 'tap', 'code', 'link'))), name='presence_means'),
        ),
        migrations.AddConstraint(
            model_name='presence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('arrived_at__isnull', True), ('left_at__isnull', True)), models.Q(('arrived_at__isnull', False), ('left_at__isnull', False)), _connector='OR'), name='presence_hours'),
        ),
        migrations.AddConstraint(
            model_name='counterentry',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['accepted', 'asked', 'refused', 'withdrawn'])), name='counter_state_known'),
        ),
        migrations.AddConstraint(
            model_name='counterentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['accepted', 'refused']), _negated=True), models.Q(('decided_at__isnull', True), _negated=True), _connector='OR'), name='counter_decided_at_filled'),
        ),
        migrations.AddConstraint(
            model_name='counterentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['accepted', 'refused']), _negated=True), models.Q(('decided_by__isnull', True), _negated=True), _connector='OR'), name='counter_decided_by_filled'),
        ),
        migrations.AddConstraint(
            model_name='counterentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['refused']), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='counter_answer_filled'),
        ),
        migrations.AddConstraint(
            model_name='counterentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['asked']), _negated=True), ('decided_at__isnull', True), _connector='OR'), name='counter_decided_at_empty'),
        ),
        migrations.AddConstraint(
            model_name='counterentry',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('action',), name='counter_one_open'),
        ),
        migrations.AddConstraint(
            model_name='counterentry',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'accepted')), fields=('action',), name='counter_one_accepted'),
        ),
        migrations.AddConstraint(
            model_name='guest',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['confirmed', 'denied', 'expected'])), name='guest_state_known'),
        ),
        migrations.AddConstraint(
            model_name='guest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['confirmed', 'denied']), _negated=True), models.Q(('answered_at__isnull', True), _negated=True), _connector='OR'), name='guest_answered_at_filled'),
        ),
        migrations.AddConstraint(
            model_name='guest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['expected']), _negated=True), ('answered_at__isnull', True), _connector='OR'), name='guest_answered_at_empty'),
        ),
        migrations.AddIndex(
            model_name='overlap',
            index=models.Index(fields=['state', '-held_on', '-id'], name='overlap_state_day'),
        ),
        migrations.AddConstraint(
            model_name='overlap',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['explained', 'open', 'settled'])), name='overlap_state_known'),
        ),
        migrations.AddConstraint(
            model_name='overlap',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['explained']), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='overlap_answer_filled'),
        ),
        migrations.AddConstraint(
            model_name='overlap',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['explained']), _negated=True), models.Q(('answered_at__isnull', True), _negated=True), _connector='OR'), name='overlap_answered_at_filled'),
        ),
        migrations.AddConstraint(
            model_name='overlap',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['settled']), _negated=True), models.Q(('settled_at__isnull', True), _negated=True), _connector='OR'), name='overlap_settled_at_filled'),
        ),
        migrations.AddConstraint(
            model_name='overlap',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['settled']), _negated=True), models.Q(('settled_by__isnull', True), _negated=True), _connector='OR'), name='overlap_settled_by_filled'),
        ),
        migrations.AddConstraint(
            model_name='overlap',
            constraint=models.UniqueConstraint(fields=('first', 'second'), name='overlap_once'),
        ),
        migrations.AddConstraint(
            model_name='overlap',
            constraint=models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='overlap_ordered'),
        ),
        migrations.AddConstraint(
            model_name='overlap',
            constraint=models.CheckConstraint(condition=models.Q(('certainty__in', ('hours', 'maybe'))), name='overlap_certainty'),
        ),
    ]
