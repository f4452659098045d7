"""An adopted scale never changes, its end included; the periods of adopted scales may overlap (ADR 15)."""

from django.db import migrations

from equipage.foundation.db import FrozenWhen, Lifted, NoOverlap

_CONTENT = (
    "organisation_id",
    "code",
    "label",
    "reference",
    "fictitious",
    "valid_from",
    "cap_person_year_cents",
    "state",
)


class Migration(migrations.Migration):
    dependencies = [("compensation", "0004_yearly_refusals")]

    operations = [
        Lifted(NoOverlap("compensation_scale", same=("organisation_id",), unless="{row}.state <> 'in_force'")),
        Lifted(
            FrozenWhen(
                "compensation_scale",
                when="{row}.state = 'in_force'",
                columns=_CONTENT,
                sentence="compensation_scale : un barème adopté ne change plus, sauf sa date de fin",
            )
        ),
        FrozenWhen(
            "compensation_scale",
            when="{row}.state = 'in_force'",
            columns=(*_CONTENT, "valid_to", "adopted_at", "adopted_by_id"),
            sentence="compensation_scale : un barème adopté ne change plus",
        ),
    ]
