"""Files handed in are shown to an antivirus before anybody opens them (examen, quarantaine).

`EQUIPAGE_SCAN_COMMAND` is a command that gets the path of a file as its last word and answers by its exit code: 0
nothing found, 1 something found, anything else it could not tell (`clamdscan --fdpass --no-summary`). It runs in the
background, outside any transaction. Until it has answered, nobody opens the file; while it cannot answer, the job is
tried again, then stays among the failed jobs, where the administrator reads why.

Without a command, files are accepted as they are (cleaned, but not examined), and the page « Travaux » says so.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.conf import settings
from django.db.models import Min

from equipage.foundation.documents.models import Attachment, Examination
from equipage.foundation.documents.states import EXAMINATION
from equipage.foundation.documents.storing import drop, place_of, read
from equipage.foundation.jobs import GiveUp, job
from equipage.foundation.workflow import run

_CLEAN, _FOUND = 0, 1
_LONGEST_WORDS = 500


class ScannerFailed(RuntimeError):
    """The antivirus did not answer; the message says what it said, or that it was too slow."""


@dataclass(frozen=True)
class Standing:
    """What an administrator must know: is there a scanner, how many files wait for it, since when."""

    configured: bool
    waiting: int
    since: datetime | None


def standing() -> Standing:
    """The present state of examinations."""
    rows = Examination.objects.filter(state="waiting")
    return Standing(bool(settings.SCAN_COMMAND), rows.count(), rows.aggregate(first=Min("asked_at"))["first"])


def begin(attachment: Attachment) -> Examination:
    """Put a file that was just kept in quarantine and have it examined after the commit; or accept it, said as such."""
    row = Examination.objects.create(attachment=attachment, asked_at=attachment.uploaded_at)
    if settings.SCAN_COMMAND:
        examine.enqueue(row.pk)
        return row
    accepted: Examination = run(EXAMINATION, row, "accept_unscanned", actor=None)
    return accepted


@job(max_attempts=6, backoff=(20, 60, 300, 1800, 7200))
def examine(examination_id: int) -> str:
    """Show one file to the antivirus and write what it found; a file refused is taken away. Twice is once."""
    row = Examination.objects.select_related("attachment").get(pk=examination_id)
    if row.state != "waiting":
        return "déjà examinée"
    if not settings.SCAN_COMMAND:
        # The scanner was taken away while the file waited.
        run(EXAMINATION, row, "accept_unscanned", actor=None)
        return "acceptée sans antivirus"
    place = place_of(row.attachment.sha256, row.attachment.extension)
    content = read(place)
    if content is None:
        raise GiveUp(f"Pièce jointe {row.attachment_id} : le fichier gardé manque.")
    if _found_something(content, row.attachment.extension):
        run(EXAMINATION, row, "refuse", actor=None)
        # The same bytes may have been handed in twice: the last one refused takes them away.
        same = Attachment.objects.filter(sha256=row.attachment.sha256)
        if not same.exclude(examination__state="refused").exists():
            drop(place)
        return "refusée"
    run(EXAMINATION, row, "accept", actor=None)
    return "saine"


def _found_something(content: bytes, extension: str) -> bool:
    """What the antivirus answers. Raises ScannerFailed when it crashes, is too slow, or cannot be started."""
    with tempfile.TemporaryDirectory(prefix="equipage-examen-") as folder:
        path = os.path.join(folder, f"piece.{extension}")
        with open(path, "wb") as file:
            file.write(content)
        with open(os.path.join(folder, "said"), "w+b") as said:
            code = _code_of([*shlex.split(settings.SCAN_COMMAND), path], said)
            said.seek(0)
            words = said.read(_LONGEST_WORDS).decode(errors="replace").strip()
    if code in (_CLEAN, _FOUND):
        return code == _FOUND
    raise ScannerFailed(f"L'antivirus n'a pas pu répondre (code {code}). {words}")


def _code_of(command: list[str], said: IO[bytes]) -> int:
    """The exit code of a command, killed with all that it started when it is too slow."""
    try:
        process = subprocess.Popen(  # set by the administrator of the machine, never by a page
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        )
    except OSError as missing:
        raise ScannerFailed(
            f"L'antivirus ne démarre pas : {missing.strerror}. Vérifiez EQUIPAGE_SCAN_COMMAND."
        ) from None
    try:
        return process.wait(settings.SCAN_SECONDS)
    except subprocess.TimeoutExpired:
        raise ScannerFailed(f"L'antivirus n'a pas répondu en {settings.SCAN_SECONDS} secondes.") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
