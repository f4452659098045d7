"""What was said in the thread of a request is written once, and only emptied when it is forgotten."""

from django.db import migrations

from equipage.support.triggers import WrittenOnce


class Migration(migrations.Migration):
    dependencies = [("support", "0001_initial")]

    operations = [
        WrittenOnce(
            "support_helpmessage",
            kept=("request_id", "kind", "at", "desk_id"),
            emptied=("text", "author_name"),
            forgotten=("author_id",),
        ),
    ]
