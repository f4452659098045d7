"""Books are only added to, and a closed year takes no entry any more."""

from django.db import migrations

from equipage.foundation.db import AppendOnly, FrozenWhen, RefuseInsert

CLOSED = "SELECT 1 FROM books_fiscalyear y WHERE y.organisation_id = {entry}.organisation_id AND y.year >= {entry}.year"


class Migration(migrations.Migration):
    dependencies = [("books", "0001_initial")]

    operations = [
        AppendOnly("books_ledgerentry"),
        AppendOnly("books_posting"),
        FrozenWhen(
            "books_fiscalyear",
            when="{row}.state = 'closed'",
            columns=(
                *("id", "organisation_id", "year", "state"),
                *("begun_by_id", "begun_at", "closed_by_id", "closed_at"),
            ),
            sentence="books_fiscalyear : un exercice clos ne se rouvre pas",
        ),
        RefuseInsert(
            "books_ledgerentry",
            when=f"EXISTS ({CLOSED.format(entry='NEW')} AND y.state = 'closed')",
            sentence="books_ledgerentry : l'exercice est clos",
        ),
        RefuseInsert(
            "books_posting",
            when=(
                "EXISTS (SELECT 1 FROM books_ledgerentry e WHERE e.id = NEW.entry_id "
                f"AND EXISTS ({CLOSED.format(entry='e')} AND y.state = 'closed'))"
            ),
            sentence="books_posting : l'exercice est clos",
        ),
    ]
