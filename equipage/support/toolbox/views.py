"""The public pages of the toolbox: the list, and each file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response

from equipage.foundation.access import PUBLIC, access
from equipage.foundation.periods import today
from equipage.support.toolbox.catalogue import NotOffered, blank_of, check_choice, file_slug
from equipage.support.toolbox.files import EXTENSIONS, file_of
from equipage.support.toolbox.page import page_of

# An hour: a change of a rule is seen the same day, a thousand readers ask once.
_CACHED = "public, max-age=3600"


@access(PUBLIC)
def toolbox(request: HttpRequest) -> HttpResponse:
    """What there is, what each template is for, and when; narrowed by a form and a place."""
    try:
        choice = check_choice(request.GET.get("forme", ""), request.GET.get("territoire", ""), today())
    except NotOffered as missing:
        return _missing(request, missing)
    return render(request, "support/toolbox/toolbox.html", page_of(choice, today()))


@access(PUBLIC)
def toolbox_file(request: HttpRequest, template: str, ext: str) -> HttpResponse:
    """One template as DOCX or PDF. The address says everything: anyone may keep the answer."""
    form, territory, on = request.GET.get("forme", ""), request.GET.get("territoire", ""), today()
    try:
        if ext not in EXTENSIONS:
            raise NotOffered(f"Les modèles existent en DOCX et en PDF, pas en « {ext[:10]} ».")
        blank = blank_of(template, form, territory, on)
        slug = file_slug(template, form, territory, on)
    except NotOffered as missing:
        return _missing(request, missing)
    found = file_of(slug, blank, ext)
    response = HttpResponse(found.content, content_type=found.media_type)
    response.headers["Content-Disposition"] = found.disposition
    response.headers["Cache-Control"] = _CACHED
    response.headers["ETag"] = found.etag
    return get_conditional_response(request, etag=found.etag, response=response) or response


def _missing(request: HttpRequest, missing: NotOffered) -> HttpResponse:
    """404 with what there is instead."""
    return render(request, "support/toolbox/missing.html", {"sentence": missing.sentence}, status=404)
