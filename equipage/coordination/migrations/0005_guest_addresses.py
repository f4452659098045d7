"""The address of a guest served to ask: those who answered, or whose action is closed, have none any more."""

from django.db import migrations, models


def forget(apps, schema_editor):
    guests = apps.get_model('coordination', 'Guest').objects.exclude(email='')
    guests.filter(models.Q(state__in=('confirmed', 'denied')) | models.Q(action__state__in=('validated', 'reversed', 'cancelled'))).update(email='')


class Migration(migrations.Migration):
    dependencies = [('coordination', '0004_together_constraints')]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='guest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['confirmed', 'denied']), _negated=True), ('email', ''), _connector='OR'), name='guest_email_empty'),
        ),
    ]
