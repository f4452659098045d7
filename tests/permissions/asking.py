"""Knocking at every address as every person, and saying what the answer should have been."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from equipage.foundation import access
from equipage.foundation.access import PUBLIC, holds_any
from equipage.web.handbook.doors import Door
from tests.permissions.rows import World, seen

# The name of a row in an address, and its model.
OBJECTS = {
    "account_id": "books.Account",
    "action_id": "coordination.Action",
    "answer_id": "payments.BankAnswer",
    "assignment_id": "people.RoleAssignment",
    "attachment_id": "foundation.Attachment",
    "bank_details_id": "payments.BankDetails",
    "complement_id": "recognition.Complement",
    "control_id": "controls.Control",
    "convention_id": "agreements.Convention",
    "counter_id": "coordination.CounterEntry",
    "desk_id": "support.Desk",
    "details_id": "payments.BankDetails",
    "dispute_id": "disputes.Dispute",
    "document_id": "foundation.Document",
    "draw_id": "controls.Draw",
    "entry_id": "books.LedgerEntry",
    "evaluation_id": "prevention.Evaluation",
    "file_id": "recognition.RecognitionFile",
    "fund_id": "funding.Fund",
    "guest_id": "coordination.Guest",
    "help_id": "support.HelpRequest",
    "item_id": "meetings.Item",
    "line_id": "compensation.ClaimLine",
    "meeting_id": "meetings.Meeting",
    "membership_id": "teams.Membership",
    "message_id": "messaging.MailboxMessage",
    "minutes_version_id": "meetings.MinutesVersion",
    "notice_id": "messaging.Notice",
    "organisation_id": "people.Organisation",
    "overlap_id": "coordination.Overlap",
    "participant_id": "meetings.Participant",
    "payment_id": "payments.Payment",
    "presence_id": "coordination.Presence",
    "plan_id": "controls.ControlPlan",
    "prevention_id": "prevention.PreventionAction",
    "professional_id": "people.Professional",
    "programme_change_id": "prevention.ProgrammeChange",
    "programme_id": "prevention.Programme",
    "project_id": "projects.Project",
    "protocol_id": "protocols.Protocol",
    "rate_id": "compensation.ScaleRate",
    "reallotment_id": "funding.Reallotment",
    "report_id": "support.DeskReport",
    "request_id": "people.AccountRequest",
    "run_id": "payments.PaymentRun",
    "scale_id": "compensation.Scale",
    "section_id": "projects.Section",
    "series_id": "meetings.Series",
    "task_id": "meetings.Task",
    "team_id": "teams.Team",
    "theme_id": "teams.TeamTheme",
    "user_id": "people.User",
    "version_id": "projects.ProjectVersion",
    "year_statement_id": "compensation.YearStatement",
}
# The other names in addresses, and a value that means something.
VALUES: dict[str, Any] = {
    "answer": "confirm",
    "campaign": 1,
    "code": "RCP_SANS_PATIENT",
    "desk_key": "association-esp-clap",
    "form": "esp",
    "ext": "pdf",
    "format": "csv",
    "job_id": "00000000-0000-4000-8000-000000000000",
    "key": "equipe",
    "kind": "RCP_SANS_PATIENT",
    "month": "2026-10",
    "move": "close",
    "name": "essai",
    "number": 1,
    "region_code": "52",
    "rule_id": "esp.composition.min_professionals",
    "section_key": "equipe",
    "template": "feuille-emargement",
    "token": "jeton-inconnu",
    "transition": "close",
    "uidb64": "MQ",
    "version": 1,
    "year": 2026,
}


class UnknownName(LookupError):
    """An address holds a name that these tables do not know."""

    def __init__(self, door: Door, name: str) -> None:
        super().__init__(
            f"L'adresse {door.route} ({door.name}) contient « {name} » : ajoutez ce nom à OBJECTS (avec son modèle) ou "
            "à VALUES (avec une valeur) dans tests/permissions/asking.py, pour que la matrice sache qui doit la voir."
        )


@dataclass
class Answer:
    """What came back, and the tables that were written on the way."""

    status: int
    location: str
    written: tuple[str, ...]
    error: str = ""


def model_named(label: str) -> Any:
    """A model by its label."""
    return apps.get_model(label)


def address(door: Door, world: World) -> str:
    """The address of a door for the first team of the world."""
    return reverse(door.name, kwargs={name: _value(door, name, world) for name in door.kwargs})


def _value(door: Door, name: str, world: World) -> Any:
    if name in OBJECTS:
        return world.of(model_named(OBJECTS[name]))[0].pk
    if name in VALUES:
        return VALUES[name]
    raise UnknownName(door, name)


def sees_all(door: Door, world: World, user: Any) -> bool:
    """Does this person see every row that the address names?"""
    for name in door.kwargs:
        if name in OBJECTS:
            row = world.of(model_named(OBJECTS[name]))[0]
            if not seen(type(row), user).filter(pk=row.pk).exists():
                return False
    return True


class Visitor:
    """One person of the world, with a browser."""

    def __init__(self, world: World, name: str) -> None:
        self.name = name
        self.world = world
        self.user = world.user(name)
        self.client = Client()
        if self.user.is_authenticated:
            self.client.force_login(self.user, "django.contrib.auth.backends.ModelBackend")

    def ask(self, door: Door, method: str) -> Answer:
        """Knock once; whatever it did is undone."""
        cookies = copy(self.client.cookies)
        written: list[str] = []
        try:
            with transaction.atomic(), noting_writes(written):
                response = getattr(self.client, method)(address(door, self.world))
                for _ in getattr(response, "streaming_content", ()):
                    pass
                transaction.set_rollback(True)
            return Answer(response.status_code, response.headers.get("Location", ""), tuple(written))
        except UnknownName:
            raise
        except Exception as error:  # noqa: BLE001  # an error is one more answer of the matrix
            return Answer(500, "", tuple(written), f"{type(error).__name__} : {error}")
        finally:
            self.client.cookies = cookies

    def expected(self, door: Door, method: str) -> tuple[set[int], bool]:
        """The answers that the declaration and the visibility of the rows allow, and whether it may write."""
        declared = door.access
        if declared is None:
            return {404}, False
        if declared.audience != PUBLIC and not self.user.is_authenticated:
            return {302}, False
        if declared.audience == "roles" and not holds_any(self.user, declared.roles):
            return {404}, False
        if method == "post" and not declared.writes:
            return {405}, False
        if not sees_all(door, self.world, self.user):
            return {404, 405}, False
        # What stands behind an open door also depends on its state: a page may not exist, a form may be wrong.
        return {200, 302, 404, 405, 409, 410, 422}, method == "post"

    def wrong(self, door: Door, method: str) -> str:
        """Empty when the answer is right, else what is wrong with it, in a sentence."""
        try:
            answer = self.ask(door, method)
        except UnknownName:
            return ""  # said once, by the test of the names
        allowed, may_write = self.expected(door, method)
        told = f"{self.name}, {method.upper()} {door.route} ({door.name})"
        if answer.error:
            return f"{told} : {answer.error}"
        if answer.status not in allowed:
            return f"{told} : {answer.status}, attendu {sorted(allowed)}"
        if answer.written and not may_write:
            return f"{told} : a écrit dans {answer.written}"
        if allowed == {302} and not answer.location.startswith(f"{reverse(settings.LOGIN_URL)}?next="):
            return f"{told} : mène à {answer.location} au lieu de la connexion"
        return ""


@contextmanager
def noting_writes(tables: list[str]) -> Iterator[None]:
    """Note the tables written inside, but for sessions and counted passwords."""

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = access._TABLE_WRITTEN.match(sql)
        if found and not found[1].lower().startswith(access._TECHNICAL_TABLES):
            tables.append(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield
