"""The officer's list of teams, 50 rows of 10 000 and of 100 000, through gunicorn, on SQLite and PostgreSQL.

The floor is a bare answer of the same server after one trivial query (/sante/).
"""

from __future__ import annotations

import gzip
import json
import subprocess
from typing import Any

from tools.figures import POSTGRESQL, SQLITE, Context, Figure, Served, repeat
from tools.places import PYTHON, ROOT

NAME = "teams_list"
SIZES = (10_000, 100_000)
TARGETS_MS = {10_000: 60, 100_000: 100}
PATH, FLOOR = "/equipes/toutes/", "/sante/"


def run(context: Context) -> list[Figure]:
    """Every size on every engine."""
    return [figure for engine in (SQLITE, POSTGRESQL) for size in SIZES for figure in _measure(context, engine, size)]


def _measure(context: Context, engine: str, size: int) -> list[Figure]:
    url = context.database(engine)
    context.manage(url, "load_territory", "--verbosity=0")
    context.manage(url, "seed_demo", f"--teams={size}", "--no-history", "--verbosity=0")
    if engine == POSTGRESQL:
        context.manage(url, "shell", "--no-imports", "-c", _ANALYSE)
    cookie, queries = _enter(context, url)
    with context.serve(url) as served:
        served.headers = {"Cookie": cookie, "Accept-Encoding": "gzip"}
        body = _page(served)
        floor = repeat(lambda: served.get(FLOOR), 60, warm_up=10)
        listed = repeat(lambda: served.get(PATH), 100, warm_up=10)
        last = repeat(lambda: served.get(f"{PATH}?q=saint"), 40, warm_up=4)
    if body.count("<tr") < 50:
        raise RuntimeError(f"{PATH} did not show 50 teams")
    where = f"{size:,} équipes, {engine}".replace(",", " ")
    return [
        Figure(f"{where} : requêtes", queries, "", target=12),
        Figure(f"{where} : page", len(body.encode()) / 1000, "ko", target=80),
        Figure(f"{where} : médiane", listed.median, "ms", floor.median, "page nue", TARGETS_MS[size]),
        Figure(f"{where} : p95", listed.p95, "ms", floor.p95, "page nue"),
        Figure(f"{where} : recherche, médiane", last.median, "ms", floor.median, "page nue"),
    ]


def _page(served: Served) -> str:
    status, raw, headers = served.get(PATH)
    if status != 200:
        raise RuntimeError(f"{PATH} answered {status}")
    return (gzip.decompress(raw) if headers.get("content-encoding") == "gzip" else raw).decode()


_ANALYSE = "from django.db import connection; connection.cursor().execute('ANALYZE')"
_ENTER = """
import json
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from equipage.people.models import User
settings.ALLOWED_HOSTS = ["testserver"]
client = Client()
officer = User.objects.get(email__startswith="marine.auvray@")
client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
client.get("/equipes/toutes/")
with CaptureQueriesContext(connection) as seen:
    answer = client.get("/equipes/toutes/")
assert answer.status_code == 200, answer.status_code
print(json.dumps({"cookie": client.cookies[settings.SESSION_COOKIE_NAME].value, "name": settings.SESSION_COOKIE_NAME,
                  "queries": len(seen)}))
"""


def _enter(context: Context, url: str) -> tuple[str, int]:
    """Sign the officer in without the form; the cookie, and the queries that the page makes."""
    found: dict[str, Any] = _asked(context, url)
    return f"{found['name']}={found['cookie']}", int(found["queries"])


def _asked(context: Context, url: str) -> dict[str, Any]:
    context.manage(url, "collectstatic", "--no-input", "--verbosity=0")
    done = subprocess.run(
        [str(PYTHON), "manage.py", "shell", "--no-imports", "-c", _ENTER],
        check=False,
        cwd=ROOT,
        env=context.environment(url),
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer
