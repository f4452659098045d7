"""Two hundred members declare at the same moment, each twice as an impatient thumb does: none lost, none doubled."""

from __future__ import annotations

import json
import subprocess
import threading
import time
import urllib.parse
from http.client import HTTPConnection
from typing import Any

from tools.figures import POSTGRESQL, SQLITE, Context, Figure, Served, timing
from tools.places import PYTHON, ROOT

NAME = "crowd"
FLOOR = "/sante/"
SENDINGS = 2


def run(context: Context) -> list[Figure]:
    """Both engines, gunicorn with two processes; the floor is a bare page asked by as many people at once."""
    figures: list[Figure] = []
    for engine in (SQLITE, POSTGRESQL):
        url = context.database(engine)
        context.manage(url, "load_territory", "--verbosity=0")
        people = _world(context, url)
        with context.serve(url) as served:
            bare = _at_once([lambda served=served: _get(served) for _ in people * SENDINGS])
            sent = _at_once([lambda one=one, served=served: _post(served, one) for one in people * SENDINGS])
        counted = _world(context, url, "count")
        wrong = [status for status, _ in sent.answers if status != 302]
        if wrong or counted != {"actions": len(people), "confirmed": len(people), "declarers": len(people)}:
            raise RuntimeError(f"{engine} : {counted}, réponses {sorted(set(wrong))}")
        label = f"{engine} : {len(people)} membres déclarent en même temps, deux fois chacun"
        figures += [
            Figure(f"{label}, débit", sent.rate, "par s", bare.rate, "page nue", more_is_better=True),
            Figure(f"{label}, p95", sent.p95, "ms", bare.p95, "page nue", note="aucune perdue, aucune doublée"),
        ]
    return figures


class Crowd:
    """What came back: answers, the wall time of all, the time of each."""

    def __init__(self, answers: list[tuple[int, float]], seconds: float) -> None:
        self.answers = answers
        self.rate = len(answers) / seconds
        self.p95 = timing([taken for _, taken in answers]).p95


def _at_once(calls: list[Any]) -> Crowd:
    """Every call in a thread of its own, released together; bounded by their number."""
    start = threading.Barrier(len(calls) + 1)
    answers: list[tuple[int, float]] = []

    def play(call: Any) -> None:
        start.wait()
        began = time.perf_counter()
        answers.append((call(), time.perf_counter() - began))

    threads = [threading.Thread(target=play, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return Crowd(answers, time.perf_counter() - began)


def _get(served: Served) -> int:
    return served.get(FLOOR)[0]


def _post(served: Served, person: dict[str, Any]) -> int:
    connection = HTTPConnection("127.0.0.1", served.port, timeout=120)
    try:
        body = urllib.parse.urlencode(person["form"], doseq=True)
        headers = {"Cookie": person["cookie"], "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", person["path"], body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _world(context: Context, url: str, *words: str) -> Any:
    done = subprocess.run(
        [str(PYTHON), "-m", "benchmarks.crowd_world", *words],
        check=False,
        cwd=ROOT,
        env=context.environment(url, DJANGO_SETTINGS_MODULE="equipage.settings"),
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    return json.loads(done.stdout)
