"""The home of each place, the pages of the house itself, and what is said when something is wrong."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from equipage.foundation.access import PUBLIC, SIGNED_IN, access
from equipage.foundation.french import plural
from equipage.web import home as homes
from equipage.web import navigation
from equipage.web.gallery import specimens


@access(PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    """The front door for a stranger; for the others, what waits for them in the place where they are."""
    if not request.user.is_authenticated:
        return render(request, "web/landing.html", {"doors": _doors()})
    place = navigation.current_place(request)
    content = homes.content(place.name, request.user)
    count = len(content.waiting)
    heading = (
        f"{count} {plural(count, 'chose vous attend', 'choses vous attendent')}" if count else "Rien ne vous attend"
    )
    return render(request, "web/home.html", {"place": place, "content": content, "heading": heading})


def _doors() -> dict[str, str]:
    """Where a stranger may go from the front door: the addresses of the packages that this installation has."""
    wanted = {
        "sign_in": settings.LOGIN_URL,
        "ask_account": "people:ask_account",
        "personas": "people:personas" if settings.DEMO else "",
    }
    return {name: reverse(url) if navigation.has_package(url.partition(":")[0]) else "" for name, url in wanted.items()}


@access(SIGNED_IN, writes=True)
def place(request: HttpRequest) -> HttpResponse:
    """Go from one place to another. The answer is always the home of the place."""
    if request.method == "POST" and not navigation.choose_place(request, request.POST.get("place", "")):
        messages.error(request, "Cet espace n'est pas ouvert à votre compte. Vous êtes resté dans le vôtre.")
    return redirect("web:home")


@access(PUBLIC)
def gallery(request: HttpRequest) -> HttpResponse:
    """All components with all their states."""
    return render(request, "web/gallery.html", specimens(request.GET))


@access(PUBLIC)
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement (déclaration d'accessibilité)."""
    return render(request, "web/accessibility.html")


@access(PUBLIC)
def legal(request: HttpRequest) -> HttpResponse:
    """The legal notice (mentions légales)."""
    return render(request, "web/legal.html")


@access(PUBLIC)
def health(request: HttpRequest) -> JsonResponse:
    """For the machine that watches: 200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"etat": "bon"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what was sent cannot be read, or is far too heavy to be."""
    heavy = isinstance(exception, RequestDataTooBig)
    return render(request, "web/errors/400.html", {"too_heavy": heavy}, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the person is known, the act is not theirs."""
    return render(request, "web/errors/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form that stayed open too long: what to do, instead of an acronym."""
    return render(request, "web/errors/csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: also the answer about what one may not see."""
    return render(request, "web/errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500, drawn without the frame: the database may be what is broken."""
    nothing: dict[str, Any] = {}
    return HttpResponse(render_to_string("web/errors/500.html", nothing), status=500)
