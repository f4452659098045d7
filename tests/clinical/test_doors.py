"""Every address of the vault, as every kind of person: only the author and the recognised come in."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from equipage.clinical.models import JournalEntry, Patient
from equipage.clinical.services import notes, recognition
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.people.models import User
from equipage.people.roles import PROFESSIONAL, Role
from equipage.web.handbook.doors import Door, doors
from tests import factories
from tests.clinical.cast import MARKERS, VAULT_TEST, Circle, browser, circle, person, say, team_of_three, validated_plan
from tests.permissions.rows import all_models, make

pytestmark = VAULT_TEST
DOORS = [door for door in doors() if door.name.startswith("clinical:")]
# The pages that exist for who keeps the file, in the states in which a circle is not.
OTHER_STATES = {"clinical:share_again", "clinical:reopen", "clinical:take_over", "clinical:plan_card"}


@pytest.fixture(autouse=True)
def refusals_are_not_news(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "django.request")


@pytest.fixture
def vault(db: None) -> Circle:
    found = circle()
    plan = validated_plan(found)
    found.plan = plan  # type: ignore[attr-defined]
    found.note = notes.write_note(  # type: ignore[attr-defined]
        actor=found.member,
        patient=found.fresh(),
        held_on=today(),
        meeting_reference="RCP-1",
        given={"decisions": "Zéphirinde : rien"},
    )
    found.key = plan.content["problems"][0]["key"]  # type: ignore[attr-defined]
    return found


def address(door: Door, vault: Any) -> str:
    values = {
        "team_id": vault.team.pk,
        "patient_id": vault.patient.pk,
        "plan_id": vault.plan.pk,
        "note_id": vault.note.pk,
        "professional_id": person(vault.other),
        "card": "coordonnees" if door.name == "clinical:card" else "alertes",
        "problem": vault.key,
        "move": "close",
        "model": "pps",
        "number": 1,
        "other": 1,
    }
    return reverse(door.name, kwargs={name: values[name] for name in door.kwargs})


def people(vault: Circle) -> dict[str, User]:
    """Everybody who has no business in the file: each role alone, each role beside being a member, strangers."""
    _, stranger, *_ = team_of_three("Une autre équipe")
    gone, uncertain = factories.nurse(), factories.pharmacist()
    factories.join(vault.team, gone, state="left")
    factories.join(vault.team, uncertain, state="uncertain")
    say(vault.author, vault.patient, vault.other, "object")
    found = {
        "an account without role": factories.user(),
        "a professional without team": factories.nurse().user,
        "a member whom the person objects to": vault.other,
        "the lead of another team": stranger,
        "a former member": gone.user,
        "an uncertain member": uncertain.user,
    }
    for role in Role:
        found[f"{role}"] = factories.staff(role)
        both = factories.nurse()
        factories.join(vault.team, both)
        found[f"{role} who is a member"] = factories.staff(role, person=both.user)
    return found


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done inside is not."""
    with transaction.atomic(), transaction.atomic(using="clinical"):
        yield
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="clinical")


def ask(client: Any, method: str, url: str) -> Any:
    with undone():
        return getattr(client, method)(url)


def body(response: Any) -> str:
    return response.content.decode("utf-8", "replace")


def test_every_address_is_for_professionals_and_says_whether_it_writes() -> None:
    assert len(DOORS) >= 30
    for door in DOORS:
        assert door.access is not None and door.access.roles == {PROFESSIONAL}, door.name
        assert door.route.startswith("/dossiers-patients/")


def test_nobody_else_gets_anything_from_any_address(vault: Circle) -> None:
    wrong = []
    for name, user in people(vault).items():
        client = browser(user)
        inside = user.professional_or_none is not None
        for door in DOORS:
            for method in ("get", "post"):
                response = ask(client, method, address(door, vault))
                told = f"{name}, {method} {door.name} : {response.status_code}"
                allowed = {404, 405}
                if door.name == "clinical:confirm" and inside:
                    allowed = {200, 302, 422}
                elif (
                    door.name in ("clinical:of_team", "clinical:new_patient")
                    and "a member" in name
                    and "former" not in name
                ):
                    allowed = {200, 405, 422}
                if response.status_code not in allowed:
                    wrong.append(told)
                if any(word in body(response) for word in (*MARKERS, vault.patient.pk, "M. Z.")):
                    wrong.append(f"{told}, et montre quelque chose")
    assert not wrong, "\n".join(wrong)


def test_a_stranger_is_sent_to_the_sign_in_page(vault: Circle) -> None:
    client = browser(None)
    for door in DOORS:
        for method in ("get", "post"):
            response = ask(client, method, address(door, vault))
            assert response.status_code == 302 and response.headers["Location"].startswith("/compte/"), door.name


def test_the_author_and_the_recognised_member_come_in(vault: Circle) -> None:
    """The rule above would be empty if nobody came in."""
    keeper_only = {"clinical:hand_over", "clinical:withdraw_all", "clinical:export", "clinical:erase"}
    posted = {"clinical:new_plan", "clinical:remove_problem"}
    drafts = {"clinical:plan_card", "clinical:problem", "clinical:new_problem"}
    for user, shut in ((vault.author, set()), (vault.member, keeper_only)):
        client = browser(user)
        for door in DOORS:
            response = ask(client, "get", address(door, vault))
            expected = 404 if door.name in {*shut, *posted, *drafts, *OTHER_STATES} else 200
            assert response.status_code == expected, f"{door.name} : {response.status_code}"


def test_nothing_is_ever_cached(vault: Circle) -> None:
    client = browser(vault.author)
    for door in DOORS:
        response = ask(client, "get", address(door, vault))
        if response.status_code == 200:
            assert "no-store" in response.headers["Cache-Control"], door.name
            assert "private" in response.headers["Cache-Control"], door.name


def test_the_tab_of_the_browser_names_nobody(vault: Circle) -> None:
    client = browser(vault.author)
    for door in DOORS:
        response = ask(client, "get", address(door, vault))
        if response.headers.get("Content-Type", "").startswith("text/html") and response.status_code == 200:
            title = body(response).split("<title>")[1].split("</title>")[0]
            assert not [word for word in MARKERS if word in title], door.name


def test_without_the_password_just_now_nothing_opens(vault: Circle) -> None:
    client = browser(vault.author, confirmed=False)
    for door in DOORS:
        if door.name == "clinical:confirm":
            continue
        for method in ("get", "post"):
            response = ask(client, method, address(door, vault))
            assert response.status_code in (302, 405), door.name
            if response.status_code == 302:
                assert response.headers["Location"].startswith(reverse("clinical:confirm")), door.name


def test_every_reading_is_written_and_only_that(vault: Circle) -> None:
    client = browser(vault.member)
    silent = {"clinical:confirm", "clinical:of_team", "clinical:new_patient", "clinical:new_note", "clinical:recognise"}
    silent |= {"clinical:review", "clinical:plan_move", "clinical:declare"}
    for door in DOORS:
        before = JournalEntry.objects.order_by("-id").values_list("id", flat=True).first()
        with transaction.atomic(), transaction.atomic(using="clinical"):
            response = client.get(address(door, vault))
            if response.status_code == 200 and door.name not in silent:
                lines = JournalEntry.objects.filter(id__gt=before)
                assert [line.what.split(".")[0] for line in lines] == ["read"], door.name
                assert (lines[0].patient, lines[0].user_id) == (vault.patient.pk, vault.member.pk)
            transaction.set_rollback(True)
            transaction.set_rollback(True, using="clinical")


def test_what_one_may_see_and_what_one_sees_are_the_same(vault: Circle) -> None:
    """The two forms of a right, on every model of the vault, for everybody."""
    models: list[Any] = [model for model in all_models() if model._meta.app_label == "clinical"]
    make_rows(vault)
    for name, user in {**people(vault), "author": vault.author, "member": vault.member}.items():
        who = User.objects.get(pk=user.pk)
        for model in models:
            assert model._default_manager.exists(), model
            visible = set(model._default_manager.visible_to(who).values_list("pk", flat=True))
            action = f"clinical.view_{model._meta.model_name}"
            for row in model._default_manager.order_by("pk"):
                assert can(who, action, row).allowed == (row.pk in visible), f"{name} {model}"
            if name not in ("author", "member"):
                assert not visible, f"{name} {model}"


def make_rows(vault: Any) -> None:
    """One row of the models that the fixture has not met."""
    from_clinical: dict[str, Any] = {
        model.__name__: model for model in all_models() if model._meta.app_label == "clinical"
    }
    make(from_clinical["ActionLink"], plan=vault.plan, action_id=1, linked_by=1)
    review = from_clinical["PlanReview"](plan=vault.plan, held_on=today(), held_by=1)
    review.seal({"found": "x"})
    review.save(force_insert=True)


@pytest.mark.parametrize("state", ["withdrawn", "archived"])
def test_a_file_that_is_closed_or_put_away_opens_to_its_author_alone(vault: Circle, state: str) -> None:
    if state == "withdrawn":
        recognition.withdraw_all(actor=vault.author, patient=vault.patient)
    else:
        Patient.objects.filter(pk=vault.patient.pk).update(state="archived", archived_at="2026-01-01T00:00:00Z")
    shut, open_ = browser(vault.member), browser(vault.author)
    for door in DOORS:
        if door.name in ("clinical:confirm", "clinical:of_team", "clinical:new_patient"):
            continue
        assert ask(shut, "get", address(door, vault)).status_code == 404, door.name
        answer = ask(open_, "get", address(door, vault))
        if state == "archived":
            assert not [word for word in MARKERS if word in body(answer)], door.name
        else:
            assert answer.status_code in (200, 404), door.name


def test_a_page_that_reads_cannot_write_in_the_vault(vault: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard of reading pages stands on every database; only the journal passes."""

    def write(*args: Any, **named: Any) -> None:
        Patient.objects.filter(pk=vault.patient.pk).update(last_intervention_on=today() - timedelta(days=1))

    monkeypatch.setattr("equipage.clinical.views.patients.names_of", write)
    with pytest.raises(RuntimeError, match="a voulu écrire"):
        browser(vault.author).get(reverse("clinical:patient", args=[vault.patient.pk]))
