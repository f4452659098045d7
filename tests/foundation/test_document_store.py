"""Documents issued and files kept: frozen rows, sealed once, and nothing altered passes unseen."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Q

from equipage.foundation.documents import kinds, services, storing
from equipage.foundation.documents.kinds import (
    KindMissing,
    about_any,
    register_attachment_kind,
    register_kind,
)
from equipage.foundation.documents.models import Attachment, Document
from equipage.foundation.documents.rendering import TemplateMissing, render_with_version
from equipage.foundation.documents.services import (
    DocumentAltered,
    Draft,
    content_of,
    issue_document,
    issue_many,
    keep_upload,
    pdf_of,
    seal,
    seal_pending,
)
from equipage.foundation.documents.uploads import check_upload
from equipage.foundation.policies import EVERYTHING
from tests.foundation.specimen import specimen
from tests.foundation.test_uploads import PNG

pytestmark = pytest.mark.django_db
SOMEBODY = SimpleNamespace(is_authenticated=True, is_active=True, pk=7)


@pytest.fixture(autouse=True)
def place(tmp_path, settings, monkeypatch):
    """An own storage, and a kind that these tests answer for."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    monkeypatch.setattr(kinds, "_documents", {})
    monkeypatch.setattr(kinds, "_attachments", {})
    register_kind("tests.specimen", visible=lambda user: Q(about=f"people.user:{user.pk}"))
    register_attachment_kind("tests.proof", visible=lambda user: EVERYTHING)
    return tmp_path


def issued(**changes) -> Document:
    facts = {
        "kind": "tests.specimen",
        "template": "foundation/specimen",
        "title": "Relevé d’octobre",
        "data": specimen(lines=2),
        "about": "people.user:7",
        "reference": "R-1",
        "actor": None,
        **changes,
    }
    return issue_document(**facts)


def test_the_row_is_written_first_and_the_pdf_after_the_commit(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as waiting:
        document = issued()
    document.refresh_from_db()
    assert document.pdf_sha256 is None and len(waiting) == 1
    waiting[0]()
    document = Document.objects.get()
    assert document.pdf_sha256 and document.size == len(pdf_of(document)) and len(document.template_version or "") == 64
    assert default_storage.exists(f"documents/{document.pdf_sha256[:2]}/{document.pdf_sha256}.pdf")


def test_the_same_bytes_come_back_before_and_after_sealing_and_when_the_file_is_lost(place):
    document = issued()
    before = pdf_of(document)
    assert not list(place.rglob("*.pdf"))
    seal(document)
    assert pdf_of(document) == before
    (kept,) = place.rglob("*.pdf")
    kept.unlink()
    assert pdf_of(document) == before
    assert kept.exists()


def test_sealing_twice_sets_once(place, monkeypatch):
    document = issued()
    stale = Document.objects.get(pk=document.pk)
    seal(document)

    def again(*args, **kwargs):
        raise AssertionError("It was set a second time.")

    monkeypatch.setattr(services, "render_with_version", again)
    assert seal(stale).pdf_sha256 == document.pdf_sha256
    assert len(list(place.rglob("*.pdf"))) == 1


def test_a_failure_to_set_does_not_undo_the_decision(django_capture_on_commit_callbacks, monkeypatch, caplog):
    def no_ink(*args, **kwargs):
        raise RuntimeError("no ink")

    monkeypatch.setattr(services, "render_with_version", no_ink)
    with django_capture_on_commit_callbacks(execute=True):
        document = issued()
    monkeypatch.undo()
    assert "no ink" in caplog.text
    assert Document.objects.get(pk=document.pk).pdf_sha256 is None


def test_an_altered_file_is_never_given(place):
    document = seal(issued())
    (kept,) = place.rglob("*.pdf")
    kept.write_bytes(kept.read_bytes().replace(b"%PDF-1.7", b"%PDF-1.6"))
    with pytest.raises(DocumentAltered, match="n’est plus celui qui a été scellé"):
        pdf_of(document)


@pytest.mark.parametrize("torn", [b"", b"%PDF-1.7 half"])
def test_a_file_that_a_dying_process_left_torn_is_written_again(place, torn):
    document = issued()
    whole = pdf_of(document)
    default_storage.save(storing.place_of(hashlib.sha256(whole).hexdigest()), io.BytesIO(torn))
    assert pdf_of(seal(document)) == whole


def test_a_lost_file_whose_template_changed_is_not_replaced_by_another(place, monkeypatch):
    document = seal(issued())
    (kept,) = place.rglob("*.pdf")
    kept.unlink()
    made = render_with_version

    def later(*args, **kwargs):
        rendered = made(*args, **{**kwargs, "title": "Autre"})
        return type(rendered)(rendered.pdf, "another version")

    monkeypatch.setattr(services, "render_with_version", later)
    with pytest.raises(DocumentAltered, match="modèle a changé"):
        pdf_of(document)
    assert not kept.exists()


def test_data_changed_behind_our_back_are_seen():
    document = issued()
    document.data["total"] = "999 999,00 €"
    with pytest.raises(DocumentAltered, match="empreinte"):
        pdf_of(document)


FROZEN = {
    "kind": "x",
    "title": "Autre",
    "reference": "R-2",
    "region": "52",
    "about": "people.user:8",
    "template": "foundation/other",
    "data": {},
    "data_sha256": "0" * 64,
    "dated": date(2020, 1, 1),
    "lang": "en",
    "fictitious": True,
    "created_at": datetime(2020, 1, 1, tzinfo=UTC),
}


@pytest.mark.parametrize("change", [{name: value} for name, value in FROZEN.items()], ids=list(FROZEN))
def test_the_database_refuses_to_change_a_row(change):
    document = issued()
    with pytest.raises(DatabaseError, match="ne se change pas"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**change)


def test_the_database_refuses_another_hash_and_to_delete():
    document = seal(issued())
    with pytest.raises(DatabaseError, match="ne se change pas"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(pdf_sha256="0" * 64)
    with pytest.raises(DatabaseError, match="ne s'efface pas"), transaction.atomic():
        Document.objects.filter(pk=document.pk).delete()


def test_the_three_facts_of_a_seal_come_together():
    document = issued()
    with pytest.raises(IntegrityError, match="document_sealed_whole"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(pdf_sha256="0" * 64)


def test_a_refused_transaction_leaves_no_document(django_capture_on_commit_callbacks):
    def decide() -> None:
        with transaction.atomic():
            issued()
            raise RuntimeError("the decision failed")

    with django_capture_on_commit_callbacks() as waiting, pytest.raises(RuntimeError):
        decide()
    assert not Document.objects.exists() and not waiting


def test_what_nobody_answers_for_or_no_template_shows_is_refused():
    with pytest.raises(KindMissing):
        issued(kind="tests.unknown")
    with pytest.raises(TemplateMissing):
        issued(template="foundation/absent")
    with pytest.raises(TypeError):
        issued(data={"amount": 1.5})
    assert not Document.objects.exists()


def test_hostile_data_are_stored_and_read_back():
    typed = "nul \x00 half \ud800 # $ 👍 שלום"
    document = issued(title=typed, data=specimen(typed, lines=1))
    document.refresh_from_db()
    assert document.data["introduction"] == "nul  half  # $ 👍 שלום"
    assert pdf_of(document).startswith(b"%PDF")


def test_a_run_issues_many_with_one_insert_and_seals_them_later(django_assert_num_queries, place):
    drafts = [
        Draft("tests.specimen", "foundation/specimen", f"Relevé {n}", specimen(lines=1), f"people.user:{n}")
        for n in range(20)
    ]
    with django_assert_num_queries(1):
        documents = issue_many(drafts, actor=None)
    assert all(document.pk for document in documents)
    assert seal_pending(limit=15) == 15 and seal_pending() == 5 and seal_pending() == 0
    assert len(list(place.rglob("*.pdf"))) == 20


def test_one_that_cannot_be_set_does_not_hold_up_the_others(monkeypatch, caplog):
    wrong, right = issued(), issued()
    made = render_with_version

    def sometimes(template, data, **kwargs):
        if kwargs["title"] == wrong.title and not caplog.records:
            raise RuntimeError("no ink")
        return made(template, data, **kwargs)

    monkeypatch.setattr(services, "render_with_version", sometimes)
    assert seal_pending() == 1
    right.refresh_from_db()
    wrong.refresh_from_db()
    assert right.sealed and not wrong.sealed
    assert "no ink" in caplog.text


def test_only_the_owner_of_a_kind_says_who_sees():
    mine, other = issued(), issued(about="people.user:8")
    assert list(Document.objects.visible_to(SOMEBODY)) == [mine]
    assert other not in Document.objects.visible_to(SOMEBODY)
    kinds._documents.clear()
    assert not Document.objects.visible_to(SOMEBODY).exists()
    assert not Document.objects.visible_to(SimpleNamespace(is_authenticated=True, is_active=False, pk=7)).exists()


def test_what_is_about_rows_is_found_by_their_names():
    first, second = issued(about="foundation.document:1"), issued(about="foundation.document:12")
    found = Document.objects.filter(about_any(Document.objects.filter(pk=0)))
    assert not found
    target = issued(about=f"foundation.document:{first.pk}")
    assert target in Document.objects.filter(about_any(Document.objects.filter(pk=first.pk)))
    assert second not in Document.objects.filter(about_any(Document.objects.filter(pk=first.pk)))


def test_a_kind_is_answered_for_once():
    with pytest.raises(ValueError, match="deux fois"):
        register_kind("tests.specimen", visible=lambda user: EVERYTHING)


def test_the_name_of_the_file_is_safe_everywhere():
    document = issued(title="Relevé : « Èvre/Mauges » …", reference="R/1\r\nX: y")
    assert document.file_name == "R 1 X y Relevé Èvre Mauges.pdf"


def test_a_file_handed_in_is_kept_and_given_back(place):
    file = io.BytesIO(PNG)
    file.name = "C:\\fakepath\\preuve.exe"
    attachment = keep_upload(check_upload(file), file, kind="tests.proof", about="people.user:7", actor=None)
    assert (attachment.name, attachment.media_type, attachment.size) == ("preuve.png", "image/png", len(PNG))
    assert content_of(attachment) == PNG
    assert attachment in Attachment.objects.visible_to(SOMEBODY)
    again = keep_upload(check_upload(file), file, kind="tests.proof", about="people.user:7", actor=None)
    assert again.sha256 == attachment.sha256 and len(list(place.rglob("*.png"))) == 1


def test_an_altered_or_lost_file_handed_in_is_never_given(place):
    file = io.BytesIO(PNG)
    attachment = keep_upload(check_upload(file), file, kind="tests.proof", about="people.user:7", actor=None)
    (kept,) = place.rglob("*.png")
    kept.write_bytes(PNG + b"x")
    with pytest.raises(DocumentAltered):
        content_of(attachment)
    kept.unlink()
    with pytest.raises(DocumentAltered):
        content_of(attachment)


def test_a_file_that_changes_after_its_check_is_refused():
    file = io.BytesIO(PNG)
    upload = check_upload(file)
    with pytest.raises(DocumentAltered, match="entre son contrôle et sa garde"):
        keep_upload(upload, io.BytesIO(PNG + b"x"), kind="tests.proof", about="people.user:7", actor=None)
    with pytest.raises(KindMissing):
        keep_upload(upload, file, kind="tests.other", about="people.user:7", actor=None)
