"""What the pages of protocols share: a refused form, a page that asks once more, a file to take away."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from equipage.foundation.documents.services import pdf_of as sealed_pdf_of
from equipage.protocols import printing, word
from equipage.protocols.models import ProtocolVersion

_TYPES = {"pdf": "application/pdf", "docx": word.MEDIA_TYPE}


def confirm(request: HttpRequest, form: Any, cancel_url: str, **said: Any) -> HttpResponse:
    """The page that asks once more. `said`: heading, sentence, consequences, button, tone."""
    context = {"consequences": [], "tone": "main", **said, "form": form, "cancel_url": cancel_url}
    return render(request, "web/confirm.html", context, status=422 if request.method == "POST" else 200)


def paper_file(paper: printing.Paper, ext: str, version: ProtocolVersion | None = None) -> HttpResponse:
    """A protocol as PDF or DOCX; the PDF of a version is the sealed one."""
    if ext not in _TYPES:
        raise Http404
    if ext == "docx":
        content = word.docx_of(paper)
    elif version is not None and version.document is not None:
        content = sealed_pdf_of(version.document)
    else:
        content = printing.pdf_of(paper)
    number = f" version {version.number}" if version else " brouillon"
    safe = "".join(letter if letter.isalnum() or letter in " -_.," else " " for letter in f"{paper.title[:80]}{number}")
    name = " ".join(safe.encode("ascii", "ignore").decode().split())
    response = HttpResponse(content, content_type=_TYPES[ext])
    response["Content-Disposition"] = f'{"inline" if ext == "pdf" else "attachment"}; filename="Protocole {name}.{ext}"'
    return response
