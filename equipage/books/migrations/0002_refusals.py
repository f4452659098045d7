"""Books are only added to, and a closed year takes no entry any more."""

from django.db import migrations

from equipage.foundation.db import AppendOnly, FrozenWhen, RefuseInsert

CLOSED = (
    "EXISTS (SELECT 1 FROM books_fiscalyear y JOIN books_ledgerentry e ON e.organisation_id = y.organisation_id "
    "WHERE e.id = NEW.entry_id AND y.year >= e.year AND y.state = 'closed')"
)


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
            when=(
                "EXISTS (SELECT 1 FROM books_fiscalyear y WHERE y.organisation_id = NEW.organisation_id "
                "AND y.year >= NEW.year AND y.state = 'closed')"
            ),
            sentence="books_ledgerentry : l'exercice est clos",
        ),
        RefuseInsert("books_posting", when=CLOSED, sentence="books_posting : l'exercice est clos"),
    ]
