"""A fresh database: all migrations, then the communes of France. The floor is Django's own tables alone."""

from __future__ import annotations

from tools.figures import SQLITE, Context, Figure

NAME = "fresh_database"


def run(context: Context) -> list[Figure]:
    """Seconds, start of Python included."""
    bare = context.database(SQLITE, migrated=False)
    floor = context.manage(bare, "migrate", "auth", "--no-input", "--verbosity=0")
    url = context.database(SQLITE, migrated=False)
    migrated = context.manage(url, "migrate", "--no-input", "--verbosity=0")
    loaded = context.manage(url, "load_territory", "--verbosity=0")
    return [
        Figure("base neuve, communes comprises", migrated + loaded, "s", floor, "tables de Django", 10),
        Figure("dont migrations", migrated, "s", floor, "tables de Django"),
        Figure("dont communes de France", loaded, "s"),
    ]
