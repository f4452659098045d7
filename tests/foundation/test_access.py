"""The door: nobody enters by accident, a page that reads cannot write, and one comes back to where one was."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from django.views import View

from equipage.foundation import audit
from equipage.foundation.access import (
    PUBLIC,
    SIGNED_IN,
    Access,
    WriteDuringRead,
    _refuse_writes,
    access,
    access_of,
)
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.numbering import Counter, next_number
from equipage.foundation.periods import today
from equipage.people.roles import Role
from tests import factories


def answer(request: HttpRequest) -> HttpResponse:
    """Says which method it received."""
    return HttpResponse(request.method)


def count(request: HttpRequest) -> HttpResponse:
    """Writes."""
    return HttpResponse(str(next_number("essai")))


def prove(request: HttpRequest, secret: str) -> HttpResponse:
    """Writes in the journal."""
    audit.record(action="essai", obj=factories.region(), actor=None)
    return HttpResponse(secret)


def touch_session(request: HttpRequest) -> HttpResponse:
    """Writes what is not business."""
    request.session["seen"] = True
    return HttpResponse("vu")


class Page(View):
    """A class with a declaration."""

    access = Access(PUBLIC, frozenset(), False)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answers."""
        return HttpResponse("page")


def door(view: Any, *who: str, writes: bool = False) -> Any:
    """A view of its own, with a declaration when `who` is given."""

    @wraps(view)
    def alone(request: HttpRequest) -> HttpResponse:
        return view(request)

    return access(*who, writes=writes)(alone) if who else alone


OFFICERS = (Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_ADMIN)
urlpatterns = [
    path("nue/", door(answer)),
    path("publique/", door(answer, PUBLIC)),
    path("compte/", door(answer, SIGNED_IN)),
    path("chargees/", door(answer, *OFFICERS)),
    path("ecrit/", door(answer, SIGNED_IN, writes=True)),
    path("compteur/", door(count, PUBLIC)),
    path("compteur-declare/", door(count, PUBLIC, writes=True)),
    path("session/", door(touch_session, PUBLIC)),
    path("preuve/<str:secret>/", access(PUBLIC, writes=True)(prove)),
    path("classe/", Page.as_view()),
    path("", include("equipage.urls")),
]


@pytest.fixture(autouse=True)
def these_pages(db: None) -> Any:
    """The doors above, before those of the house."""
    with override_settings(ROOT_URLCONF=__name__):
        yield


def signed_in(person: Any = None) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(person or factories.user(), "django.contrib.auth.backends.ModelBackend")
    return client


def back_to(response: Any) -> str:
    """Where the sign-in page will lead."""
    assert response.status_code == 302
    return parse_qs(urlsplit(response["Location"]).query)["next"][0]


@pytest.mark.parametrize("who", ["nobody", "anybody", "administrator"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_without_declaration_is_closed_to_all(who: str, method: str) -> None:
    browsers: dict[str, Callable[[], Client]] = {
        "nobody": Client,
        "anybody": signed_in,
        "administrator": lambda: signed_in(factories.platform_admin()),
    }
    client = browsers[who]()
    assert getattr(client, method)("/nue/").status_code == 404


def test_a_public_page_is_open_to_all() -> None:
    assert Client().get("/publique/").content == b"GET"
    assert Client().get("/classe/").content == b"page"


@pytest.mark.parametrize("place", ["/compte/?page=2&tri=nom", "/chargees/?q=%C3%A9t%C3%A9"])
def test_a_stranger_signs_in_and_comes_back_where_they_were(place: str) -> None:
    assert back_to(Client().get(place)) == place


@pytest.mark.parametrize(
    ("page", "path_back"),
    [
        ("http://testserver/equipes/3/?onglet=membres#bas", "/equipes/3/?onglet=membres"),
        ("http://testserver", "/"),
        ("https://ailleurs.example/equipes/", "/"),
        ("//ailleurs.example/equipes/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_what_was_posted_is_not_played_again(page: str, path_back: str) -> None:
    """The session ended while a form was open: one comes back to the form, on this site and nowhere else."""
    assert back_to(Client().post("/ecrit/", headers={"Referer": page})) == path_back


def test_a_fragment_sends_the_whole_window_to_the_sign_in_page() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/compte/?page=2"}
    response = Client().get("/compte/", headers=headers)
    assert response.status_code == 200 and not response.content
    assert parse_qs(urlsplit(response["HX-Redirect"]).query)["next"] == ["/compte/?page=2"]


def test_a_role_opens_its_doors_and_the_others_do_not_exist() -> None:
    assert signed_in(factories.officer()).get("/chargees/").status_code == 200
    assert signed_in(factories.association_admin()).get("/chargees/").status_code == 200
    for person in (factories.user(), factories.treasurer(), factories.ars_region(), factories.platform_admin()):
        assert signed_in(person).get("/chargees/").status_code == 404


def test_a_role_that_ended_opens_nothing() -> None:
    from_yesterday = factories.officer(until=today())
    assert signed_in(from_yesterday).get("/chargees/").status_code == 404
    assert signed_in(from_yesterday).get("/compte/").status_code == 200


def test_a_closed_account_is_a_stranger() -> None:
    person = factories.user()
    client = signed_in(person)
    get_user_model().objects.filter(pk=person.pk).update(is_active=False)
    assert back_to(client.get("/compte/")) == "/compte/"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_page_that_reads_takes_nothing(method: str) -> None:
    response = getattr(signed_in(), method)("/compte/")
    assert response.status_code == 405 and response["Allow"] == "GET, HEAD, OPTIONS"
    assert signed_in().post("/ecrit/").content == b"POST"


def test_who_may_not_enter_learns_nothing_from_the_method() -> None:
    """404 before 405: a closed door does not say what is behind it."""
    assert signed_in().post("/chargees/").status_code == 404
    assert Client().post("/compte/").status_code == 302


@pytest.mark.parametrize("place", ["/compteur/", "/compteur-declare/"])
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_reading_never_writes(place: str, method: str) -> None:
    with pytest.raises(WriteDuringRead):
        getattr(Client(), method)(place)
    assert not Counter.objects.exists()


def test_posting_writes_where_it_was_declared() -> None:
    assert Client().post("/compteur/").status_code == 405
    assert Client().post("/compteur-declare/").content == b"1"


def test_a_session_is_kept_while_reading() -> None:
    client = Client()
    assert client.get("/session/").status_code == 200
    assert Session.objects.count() == 1


def test_the_journal_says_by_which_page_and_keeps_no_secret_of_its_address() -> None:
    assert Client().post("/preuve/jeton-secret/").content == b"jeton-secret"
    context = AuditEntry.objects.get(action="essai").context
    assert context == {"via": "page", "path": "/preuve/<str:secret>/", "address": "127.0.0.1"}
    assert Client().post("/nulle-part/").status_code == 404


WRITES = [
    'INSERT INTO "teams_team" ("name") VALUES (%s)',
    "insert into teams_team values (1)",
    '  UPDATE "teams_team" SET "name" = %s WHERE "django_session"',
    'DELETE FROM "teams_team"',
    'INSERT OR IGNORE INTO "foundation_counter" VALUES (1)',
    "REPLACE INTO teams_team VALUES (1)",
    'UPDATE OR REPLACE "teams_team" SET x = 1',
    'WITH a AS (SELECT 1) UPDATE "teams_team" SET x = 1',
    "TRUNCATE teams_team",
    'DROP TABLE "teams_team"',
    'UPDATE "people_user" SET "first_name" = %s',
    "MERGE INTO teams_team USING x ON true WHEN MATCHED THEN DELETE",
]
READS = [
    'SELECT "teams_team"."name" FROM "teams_team" WHERE "updated" = %s',
    'SELECT 1 FROM "teams_team" FOR UPDATE',
    "WITH a AS (SELECT 1) SELECT * FROM a",
    'WITH a AS (SELECT 1) SELECT * FROM "teams_team" FOR UPDATE OF "teams_team"',
    "SAVEPOINT s1",
    "BEGIN IMMEDIATE",
    'INSERT INTO "django_session" VALUES (1)',
    'UPDATE "axes_accessattempt" SET x = 1',
]


@pytest.mark.parametrize("sql", WRITES)
def test_every_way_to_write_is_known(sql: str) -> None:
    with pytest.raises(WriteDuringRead):
        _refuse_writes(lambda *told: "done", sql, (), False, {})


@pytest.mark.parametrize("sql", READS)
def test_reading_and_keeping_a_session_pass(sql: str) -> None:
    assert _refuse_writes(lambda *told: "done", sql, (), False, {}) == "done"


def test_the_guard_is_gone_after_the_request() -> None:
    Client().get("/publique/")
    assert not connection.execute_wrappers
    assert next_number("essai") == 1


def test_a_declaration_says_something_that_can_hold() -> None:
    with pytest.raises(ValueError, match="Dites qui"):
        access()
    with pytest.raises(ValueError, match="seuls"):
        access(SIGNED_IN, Role.ASSOCIATION_OFFICER)


def test_a_declaration_is_read_through_decorators_and_classes() -> None:
    declared = access(*OFFICERS, writes=True)(answer)

    @wraps(declared)
    def wrapped(request: HttpRequest) -> HttpResponse:
        return declared(request)

    found = access_of(wrapped)
    assert found == Access("roles", frozenset(OFFICERS), True)
    assert access_of(Page.as_view()) == Access(PUBLIC, frozenset(), False)
    assert access_of(partial(len)) is None
    del answer.access  # type: ignore[attr-defined]
