"""The parts of run.py and test.py that decide something, without installing anything."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import checking, installation, locks, processes
from tools.figures import Figure, timing
from tools.places import child_environment, fingerprint
from tools.steps import StepFailed, duration, run, step


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0,0 s"), (9.94, "9,9 s"), (9.96, "10 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s")]
)
def test_durations_are_french(seconds: float, text: str) -> None:
    assert duration(seconds).replace("\u202f", " ") == text


def test_a_failing_command_tells_the_end_of_its_output() -> None:
    with pytest.raises(StepFailed) as failed:
        run(
            [sys.executable, "-c", "print('avant'); print('la cause'); raise SystemExit(3)"],
            what="Raté",
            advice="Faites",
        )
    assert failed.value.lines == ["avant", "la cause", "(code de sortie 3)"]
    assert (failed.value.what, failed.value.advice) == ("Raté", "Faites")


def test_a_missing_command_is_named() -> None:
    with pytest.raises(StepFailed) as failed:
        run(["commande-qui-n-existe-pas"], what="Raté", advice="")
    assert "commande-qui-n-existe-pas" in failed.value.lines[0]


def test_a_step_says_failure_and_lets_the_problem_through(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="cassé"), step("Essai"):
        raise ValueError("cassé")
    assert capsys.readouterr().out.split()[:3] == ["Essai…", "échec", "après"]


def test_a_fingerprint_sees_names_and_contents(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    first = fingerprint([one])
    one.write_text("b")
    second = fingerprint([one])
    one.rename(two)
    assert len({first, second, fingerprint([two])}) == 3


def test_a_second_start_on_the_same_data_is_told_where_the_first_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EQUIPAGE_VAR", str(tmp_path))
    first, second = "http://127.0.0.1:8000", "http://127.0.0.1:8001"
    with locks.running(first), pytest.raises(StepFailed, match=r":8000 \(processus"), locks.running(second):
        pytest.fail("deux serveurs sur les mêmes données")
    with locks.running("http://127.0.0.1:8001"):
        assert "8001" in (tmp_path / "run.lock").read_text()


def test_a_taken_port_is_refused_with_another_one_to_try() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StepFailed) as failed:
            processes.check_port(port)
    assert str(port) in failed.value.what
    assert "--port" in failed.value.advice


def test_a_child_that_dies_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('la cause'); raise SystemExit(7)"]
    child = processes.Child("Le serveur web", command, child_environment(), tmp_path / "web.log")
    child.process.wait()
    failure = child.failure("Relancez.")
    assert "code 7" in failure.what
    assert failure.lines == ["la cause"]


def test_a_child_that_ignores_the_request_to_stop_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "GRACE", 0.2)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('sourd', flush=True); time.sleep(60)"
    child = processes.Child("Sourd", [sys.executable, "-c", deaf], child_environment(), tmp_path / "deaf.log")
    while "sourd" not in (tmp_path / "deaf.log").read_text():
        time.sleep(0.01)
    child.stop()
    assert child.process.returncode == -9


def test_a_child_does_not_outlive_its_parent(tmp_path: Path) -> None:
    parent = (
        "import sys, time; from pathlib import Path; from tools import processes; from tools.places import *\n"
        "child = processes.Child('x', ['sleep', '60'], child_environment(), Path(sys.argv[1]))\n"
        "print(child.process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent, str(tmp_path / "x.log")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parent.parent.parent,
    ) as process:
        assert process.stdout
        pid = int(process.stdout.readline())
        process.kill()
    state = Path(f"/proc/{pid}/stat")
    for _ in range(100):
        if not state.exists() or state.read_text().split()[2] == "Z":
            return
        time.sleep(0.05)
    pytest.fail("l’enfant tourne encore")


@pytest.mark.parametrize(
    ("has_people", "is_demo", "demo"), [(True, False, "0"), (True, True, "1"), (False, False, "1")]
)
def test_demo_mode_never_opens_a_database_of_real_people(has_people: bool, is_demo: bool, demo: str) -> None:
    settings = {"EQUIPAGE_DEMO": "0"}
    installation._demo(settings, {"has_people": has_people, "is_demo": is_demo, "commands": []})
    assert settings["EQUIPAGE_DEMO"] == demo


def test_an_empty_start_refuses_the_demo_s_database() -> None:
    with pytest.raises(StepFailed, match="démonstration"):
        installation._first_administrator({}, {"has_people": True, "is_demo": True, "commands": []})


def test_an_empty_start_without_a_terminal_asks_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EQUIPAGE_ADMIN_EMAIL", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(StepFailed) as failed:
        installation._first_administrator(
            {}, {"has_people": False, "is_demo": False, "commands": ["first_administrator"]}
        )
    assert "EQUIPAGE_ADMIN_PASSWORD" in failed.value.advice


def test_counts_add_up_and_any_failure_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    check = checking.Check("x", lambda _: checking.Outcome())
    code = checking._conclude([(check, checking.Outcome(10, 0, 2)), (check, checking.Outcome(1, 3))])
    assert capsys.readouterr().out.splitlines()[-1] == "11 passed, 3 failed"
    assert code == 1
    assert checking._conclude([(check, checking.Outcome(1))]) == 0
    assert checking._conclude([]) == 1


def test_a_figure_compares_itself_with_its_floor_and_its_target() -> None:
    figure = Figure("liste", 30.0, "ms", floor=10.0, target=60.0)
    assert (figure.ratio, figure.met) == (3.0, True)
    assert Figure("débit", 30.0, "1/s", target=60.0, more_is_better=True).met is False
    assert Figure("liste", 30.0, "ms").as_dict()["ratio"] is None


def test_timing_gives_milliseconds() -> None:
    series = timing([number / 1000 for number in range(1, 101)])
    assert (round(series.median, 1), round(series.p95), series.count) == (50.5, 95, 100)
