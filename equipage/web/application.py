"""Équipage on the first screen of a phone: the manifest, and the service worker with the list of its shell."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import conditional_page

from equipage.coordination.views import sync
from equipage.foundation.access import PUBLIC, access

_DIST = Path(__file__).parent / "static" / "dist"
# What the two pages without network need; each has a hash in its name once collected.
_SHELL_FILES = (
    "dist/app.css",
    "dist/app.js",
    "dist/declare.js",
    "dist/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "web/logo.svg",
)
_PAPER, _BRAND = "#fbfaf6", "#0b5d5e"


@access(PUBLIC)
@conditional_page
def manifest(request: HttpRequest) -> HttpResponse:
    """The web application manifest: its name in French, its icons, where it opens."""
    icons = [
        {"src": staticfiles_storage.url("web/logo.svg"), "sizes": "any", "type": "image/svg+xml"},
        _icon("icon-192", "192x192"),
        _icon("icon-512", "512x512"),
        _icon("maskable-512", "512x512", purpose="maskable"),
    ]
    declare = {"name": "Déclarer une action", "short_name": "Déclarer", "url": reverse("coordination:declare")}
    to_send = {"name": "À envoyer", "url": reverse("coordination:outbox")}
    content = {
        "id": "/",
        "name": "Équipage, pour soigner à plusieurs",
        "short_name": "Équipage",
        "description": "Déclarer ce que l’équipe fait ensemble, avec ou sans réseau.",
        "lang": "fr",
        "dir": "ltr",
        "start_url": reverse("web:home"),
        "scope": reverse("web:home"),
        "display": "standalone",
        "background_color": _PAPER,
        "theme_color": _BRAND,
        "icons": icons,
        "shortcuts": [declare, to_send],
    }
    response = JsonResponse(
        content, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )
    response["Cache-Control"] = "no-cache"
    return response


def _icon(name: str, sizes: str, **more: str) -> dict[str, str]:
    return {"src": staticfiles_storage.url(f"dist/icons/{name}.png"), "sizes": sizes, "type": "image/png", **more}


@access(PUBLIC)
@conditional_page
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker at the root, so that it serves the whole site; asked anew at each visit, renewed when it changed."""
    code = _DIST / "sw.js"
    if not code.is_file():
        raise Http404("Les scripts ne sont pas construits.")
    response = HttpResponse(
        f"self.SHELL={json.dumps(_shell(), separators=(',', ':'))};\n{code.read_text('utf-8')}",
        content_type="text/javascript; charset=utf-8",
    )
    response["Cache-Control"] = "no-cache"
    return response


@cache
def _shell() -> dict[str, object]:
    """What the worker keeps; its version moves with any file or page of it."""
    files = [staticfiles_storage.url(name) for name in _SHELL_FILES]
    offline, outbox = reverse("coordination:offline"), reverse("coordination:outbox")
    parts = [sync.drawn(sync.OFFLINE), sync.drawn(sync.OUTBOX), *files]
    digest = hashlib.sha256("\0".join(parts).encode())
    return {
        "version": digest.hexdigest()[:12],
        "offline": offline,
        "outbox": outbox,
        "declare": reverse("coordination:declare"),
        "files": files,
    }
