"""Files handed in go before a real antivirus command: it answers, it crashes, it hangs. Nobody opens them before."""

from __future__ import annotations

import io
import time
from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from equipage.foundation import audit
from equipage.foundation.documents import kinds, register_attachment_kind, scanning
from equipage.foundation.documents.attachments import content_of, take_upload
from equipage.foundation.documents.models import Attachment, Examination
from equipage.foundation.documents.storing import place_of
from equipage.foundation.jobs import declare
from equipage.foundation.jobs.worker import Worker
from equipage.foundation.policies import EVERYTHING
from equipage.foundation.refusals import Refused
from tests import factories
from tests.foundation import specimens

pytestmark = pytest.mark.django_db

SOMEBODY = SimpleNamespace(is_authenticated=True, is_active=True, pk=7)
# What an antivirus does: looks for the signature of the test file in the file whose path is the last word.
SCANNER = """#!/bin/sh
for path; do :; done
echo "examine $path"
if grep -q EICAR "$path"; then exit 1; fi
exit 0
"""


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch, settings):
    """A storage of its own, kinds of its own, and no schedule but those of the test."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
    }
    monkeypatch.setattr(kinds, "_attachments", {})
    monkeypatch.setattr(kinds, "_as_they_are", {})
    monkeypatch.setattr("equipage.foundation.jobs.declare._schedules", {})
    # Tried again at once: the test does not wait two hours.
    monkeypatch.setitem(declare._retries, scanning.examine.module_path, declare.Retry(2, (0,)))
    register_attachment_kind("tests.proof", visible=lambda user: EVERYTHING)
    register_attachment_kind("tests.signed", visible=lambda user: EVERYTHING, as_it_is="signature")
    return tmp_path


@pytest.fixture
def scanner(kept, settings):
    """A function that installs a script as the antivirus."""

    def install(script: str = SCANNER) -> None:
        path = kept / "antivirus"
        path.write_text(script)
        path.chmod(0o755)
        settings.SCAN_COMMAND = f"{path} --no-summary"

    return install


def hand_in(content: bytes, name: str = "feuille.pdf", kind: str = "tests.proof") -> Attachment:
    file = io.BytesIO(content)
    file.name = name
    return take_upload(file, kind=kind, about="tests.thing:1", actor=None)


def state(attachment: Attachment) -> str:
    return Attachment.objects.get(pk=attachment.pk).state


def test_a_file_waits_for_the_antivirus_then_opens(scanner):
    scanner()
    made = hand_in(specimens.photo(), "photo.jpg")
    assert state(made) == "waiting" and scanning.standing().waiting == 1
    with pytest.raises(Refused, match=r"passe l.antivirus.*quelques minutes"):
        content_of(made)
    assert Worker().run_all() == 1
    fresh = Attachment.objects.get(pk=made.pk)
    assert fresh.state == "clean" and content_of(fresh).startswith(b"\xff\xd8")
    assert scanning.standing().waiting == 0 and audit.verify() is None


def test_what_the_antivirus_finds_is_taken_away(scanner):
    scanner()
    signed = hand_in(b"%PDF-1.7 " + specimens.EICAR + b"\n%%EOF", kind="tests.signed")
    place = place_of(signed.sha256)
    assert default_storage.exists(place)
    Worker().run_all()
    fresh = Attachment.objects.get(pk=signed.pk)
    assert fresh.state == "refused" and not default_storage.exists(place)
    with pytest.raises(Refused, match=r"n.a pas été gardée"):
        content_of(fresh)


def test_the_same_bytes_handed_in_twice_go_with_the_last_one(scanner):
    scanner()
    content = b"%PDF-1.7 " + specimens.EICAR + b"\n%%EOF"
    first, second = hand_in(content, kind="tests.signed"), hand_in(content, kind="tests.signed")
    Worker().run_all()
    assert {state(first), state(second)} == {"refused"} and not default_storage.exists(place_of(first.sha256))


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("#!/bin/sh\necho panne du moteur >&2\nexit 2\n", "panne du moteur"),
        ("#!/bin/sh\nkill -SEGV $$\n", "n'a pas pu répondre"),
        ("#!/nowhere/interpreter\n", "ne démarre pas"),
    ],
)
def test_a_scanner_that_crashes_leaves_the_file_in_quarantine_and_says_why(scanner, script, words):
    scanner(script)
    made = hand_in(specimens.photo(), "photo.jpg")
    assert Worker().run_all() == 2
    failed = DBTaskResult.objects.get(status=TaskResultStatus.FAILED)
    assert words in failed.traceback and state(made) == "waiting"
    with pytest.raises(Refused):
        content_of(made)


def test_a_scanner_that_hangs_is_killed_with_all_it_started(scanner, settings, kept):
    settings.SCAN_SECONDS = 0.3
    scanner(f"#!/bin/sh\n(sleep 3; touch {kept}/survivor) &\nsleep 60\n")
    made = hand_in(specimens.photo(), "photo.jpg")
    begun = time.monotonic()
    Worker().run_all()
    failed = DBTaskResult.objects.get(status=TaskResultStatus.FAILED)
    assert "n'a pas répondu en 0.3 secondes" in failed.traceback and state(made) == "waiting"
    time.sleep(max(0, begun + 4 - time.monotonic()))
    assert not (kept / "survivor").exists()


def test_once_the_scanner_is_mended_the_file_goes_through(scanner, client):
    scanner("#!/bin/sh\nexit 2\n")
    made = hand_in(specimens.photo(), "photo.jpg")
    Worker().run_all()
    failed = DBTaskResult.objects.get(status=TaskResultStatus.FAILED)
    scanner()
    client.force_login(factories.platform_admin())
    client.post(reverse("foundation:try_again", args=[failed.pk]))
    Worker().run_all()
    assert state(made) == "clean"


def test_without_a_scanner_files_are_accepted_and_the_administrator_reads_it(client):
    made = hand_in(specimens.photo(), "photo.jpg")
    assert state(made) == "unscanned" and content_of(made)
    client.force_login(factories.platform_admin())
    shown = client.get(reverse("foundation:failed_jobs")).content.decode()
    assert "Aucun antivirus n’est réglé" in shown and "EQUIPAGE_SCAN_COMMAND" in shown


def test_with_a_scanner_the_administrator_reads_how_many_wait(client, scanner):
    scanner()
    client.force_login(factories.platform_admin())
    page = reverse("foundation:failed_jobs")
    assert "aucune pièce ne l’attend" in client.get(page).content.decode()
    hand_in(specimens.photo(), "photo.jpg")
    shown = client.get(page).content.decode()
    assert "Une pièce attend" in shown and "Aucun antivirus" not in shown


def test_a_scanner_taken_away_meanwhile_lets_the_file_through_and_says_so(scanner, settings):
    scanner()
    made = hand_in(specimens.photo(), "photo.jpg")
    settings.SCAN_COMMAND = ""
    Worker().run_all()
    assert state(made) == "unscanned"


def test_a_kind_whose_hash_matters_is_kept_byte_for_byte():
    content = specimens.photo()
    cleaned, kept_whole = hand_in(content, "a.jpg"), hand_in(content, "a.jpg", kind="tests.signed")
    assert content_of(kept_whole) == content and kept_whole.size == len(content)
    assert content_of(cleaned) != content and specimens.HIDDEN not in content_of(cleaned)
    assert cleaned.size == len(content_of(cleaned))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (specimens.bomb(), "Le fichier « feuille.png » est une image de trop grande dimension"),
        (specimens.locked_pdf(), "Le fichier « feuille.pdf » est protégé par un mot de passe"),
    ],
)
def test_a_file_that_cannot_be_cleaned_leaves_nothing(kept, content, words):
    with pytest.raises(Refused) as refused:
        hand_in(content)
    assert words in refused.value.sentence.replace("\u202f", " ").replace("\xa0", " ")
    assert not Attachment.objects.exists() and not Examination.objects.exists()
    assert not list((kept / "files").rglob("*.*")) if (kept / "files").exists() else True


def test_who_sees_a_file_sees_its_examination(monkeypatch):
    made = hand_in(specimens.photo(), "photo.jpg")
    assert Examination.objects.visible_to(SOMEBODY).get().attachment == made
    monkeypatch.setattr(kinds, "_attachments", {})
    assert not Examination.objects.visible_to(SOMEBODY).exists()


def test_a_file_of_before_the_examinations_stays_open():
    made = hand_in(specimens.photo(), "photo.jpg")
    Examination.objects.all().delete()
    old = Attachment.objects.get(pk=made.pk)
    assert old.openable and content_of(old)
