"""Issuing a document, sealing its PDF, giving it back. Files that are handed in: `attachments.py`.

The row is written in the caller's transaction; the PDF is set after it, because nothing slow runs inside one.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation.documents.attachments import content_of, keep_upload
from equipage.foundation.documents.kinds import require_kind
from equipage.foundation.documents.models import Document
from equipage.foundation.documents.rendering import Rendered, data_hash, render_with_version, template_version
from equipage.foundation.documents.storing import DocumentAltered, keep, place_of, read
from equipage.foundation.periods import today

__all__ = [
    "DocumentAltered",
    "Draft",
    "content_of",
    "issue_document",
    "issue_many",
    "keep",
    "keep_upload",
    "pdf_of",
    "seal",
    "seal_pending",
]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Draft:
    """What a document is issued from. `about` is `equipage.foundation.audit.about(row)`; `dated` is today when None."""

    kind: str
    template: str
    title: str
    data: dict[str, Any]
    about: str
    reference: str = ""
    region: str = ""
    dated: date | None = None
    lang: str = "fr"
    fictitious: bool = False


def issue_document(
    *,
    kind: str,
    template: str,
    title: str,
    data: dict[str, Any],
    about: str,
    actor: Any,
    reference: str = "",
    region: str = "",
    dated: date | None = None,
    lang: str = "fr",
    fictitious: bool = False,
) -> Document:
    """Write the row of a document with its frozen data; its PDF is set and sealed once the transaction is committed.

    Raises KindMissing, TemplateMissing, and TypeError when the data hold more than texts, whole numbers and booleans.
    """
    draft = Draft(kind, template, title, data, about, reference, region, dated, lang, fictitious)
    document = _row(draft, actor)
    document.save(force_insert=True)
    # `robust`: the decision stands even if setting fails; `seal_pending` comes back to it.
    transaction.on_commit(lambda: seal(document), robust=True)
    return document


def issue_many(drafts: Iterable[Draft], *, actor: Any, at: datetime | None = None) -> list[Document]:
    """Write many rows at once (a monthly run). They are sealed by `seal_pending`, in a job.

    `at` is when they were issued, where history is taken over; now when None.
    """
    return Document.objects.bulk_create([_row(draft, actor, at) for draft in drafts], batch_size=500)


def pdf_of(document: Document) -> bytes:
    """The PDF. Sealed: the kept file, checked against its hash, made again from the data when the file is lost.

    Reads the database only, so that a page may call it. Raises DocumentAltered when the bytes are not those sealed.
    """
    if document.pdf_sha256 is None:
        return _set(document).pdf
    kept = read(place_of(document.pdf_sha256))
    if kept is None:
        rendered = _set(document)
        if hashlib.sha256(rendered.pdf).hexdigest() != document.pdf_sha256:
            changed = rendered.template_version != document.template_version
            raise DocumentAltered(
                f"Document {document.pk} : le fichier manque et ne peut pas être refait à l’identique "
                f"({'son modèle a changé depuis' if changed else 'la date ou le titre ont changé'}). "
                "Reprenez-le d’une sauvegarde."
            )
        kept = rendered.pdf
        keep(place_of(document.pdf_sha256), kept)
    elif hashlib.sha256(kept).hexdigest() != document.pdf_sha256:
        raise DocumentAltered(
            f"Document {document.pk} : le fichier gardé n’est plus celui qui a été scellé. "
            "Reprenez-le d’une sauvegarde."
        )
    return kept


def seal(document: Document) -> Document:
    """Set the PDF, keep it, and write its hash in the row, once. Sealed already: nothing is done.

    Not inside a transaction that lasts: setting takes some 20 ms.
    """
    document.refresh_from_db(fields=("pdf_sha256", "size", "template_version"))
    if document.sealed:
        return document
    rendered = _set(document)
    sha256 = hashlib.sha256(rendered.pdf).hexdigest()
    keep(place_of(sha256), rendered.pdf)
    # Two nodes may set it at the same time: the first one wins, and both have the same bytes.
    Document.objects.filter(pk=document.pk, pdf_sha256__isnull=True).update(
        pdf_sha256=sha256, size=len(rendered.pdf), template_version=rendered.template_version
    )
    document.refresh_from_db(fields=("pdf_sha256", "size", "template_version"))
    return document


def seal_pending(limit: int = 500) -> int:
    """Seal the documents that wait for it, the oldest first; how many were. One that fails is logged and left."""
    sealed = 0
    for document in Document.objects.filter(pdf_sha256__isnull=True).order_by("pk")[:limit]:
        try:
            seal(document)
        except Exception:
            logger.exception("Document %s (%s) could not be sealed", document.pk, document.template)
        else:
            sealed += 1
    return sealed


def _row(draft: Draft, actor: Any, at: datetime | None = None) -> Document:
    require_kind(draft.kind)
    template_version(draft.template)
    data = _storable(draft.data)
    return Document(
        kind=draft.kind,
        title=_storable(draft.title),
        reference=draft.reference,
        region=draft.region,
        about=draft.about,
        template=draft.template,
        data=data,
        data_sha256=data_hash(data),
        dated=draft.dated or today(),
        lang=draft.lang,
        fictitious=draft.fictitious,
        created_at=at or timezone.now(),
        created_by=_person(actor),
    )


def _set(document: Document) -> Rendered:
    if data_hash(document.data) != document.data_sha256:
        raise DocumentAltered(f"Document {document.pk} : ses données ne correspondent plus à leur empreinte.")
    return render_with_version(
        document.template,
        document.data,
        title=document.title,
        date=document.dated,
        lang=document.lang,
        reference=document.reference,
        fictitious=document.fictitious,
    )


def _storable(value: Any) -> Any:
    """Without NUL and half characters, which PostgreSQL refuses in JSON; tuples become lists, as JSON reads them."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_storable(item) for item in value]
    return value


def _person(actor: Any) -> Any:
    return actor if getattr(actor, "pk", None) else None
