"""Coming in and going out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from equipage.people.models import User
from tests import factories as make

pytestmark = pytest.mark.django_db
LOGIN = "/compte/connexion/"
SECRET = "un-long-mot-de-passe"


def sign_in(client: Client, email: str, password: str, **more: str) -> Any:
    return client.post(LOGIN, {"username": email, "password": password, **more})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_opens_and_capitals_of_the_address_do_not_matter(client: Client) -> None:
    make.user(email="claire@demo.equipage.invalid", password=SECRET)
    assert sign_in(client, "Claire@Demo.equipage.INVALID", SECRET).status_code == 302
    assert signed_in(client)
    assert client.session.get_expiry_age() == 30 * 24 * 3600


@pytest.mark.parametrize("case", ["wrong password", "unknown", "closed", "no password"])
def test_every_failure_says_the_same_thing(client: Client, case: str) -> None:
    fields: dict[str, Any] = {"password": SECRET}
    if case == "closed":
        fields["is_active"] = False
    if case == "no password":
        fields["password"] = None
    if case != "unknown":
        make.user(email="a@demo.equipage.invalid", **fields)
    answer = sign_in(client, "a@demo.equipage.invalid", "autre-chose" if case == "wrong password" else SECRET)
    assert answer.status_code == 422
    assert "Cette adresse et ce mot de passe ne vont pas ensemble" in answer.content.decode()
    assert "a@demo.equipage.invalid" in answer.content.decode(), "ce qui était tapé reste"
    assert not signed_in(client)


def test_five_wrong_passwords_close_the_door_even_to_the_right_one(client: Client) -> None:
    make.user(email="a@demo.equipage.invalid", password=SECRET)
    answers = [sign_in(client, email, "faux") for email in ["a@demo.equipage.invalid", "A@demo.equipage.invalid"] * 3]
    assert answers[0].status_code == 422
    assert answers[4].status_code == 429
    locked = sign_in(client, "a@demo.equipage.invalid", SECRET)
    assert locked.status_code == 429
    make.user(email="b@demo.equipage.invalid", password=SECRET)
    assert sign_in(Client(), "b@demo.equipage.invalid", SECRET).status_code == 302, "un autre compte reste ouvert"
    assert "15 minutes" in locked.content.decode()
    assert not signed_in(client)


def test_the_wanted_page_is_kept_and_other_sites_are_not(client: Client) -> None:
    make.user(email="a@demo.equipage.invalid", password=SECRET)
    wanted = client.get("/compte/")
    assert wanted.headers["Location"] == f"{LOGIN}?next=/compte/"
    assert sign_in(client, "a@demo.equipage.invalid", SECRET, next="/compte/").headers["Location"] == "/compte/"
    away = Client()
    for evil in ("https://exemple.invalid/", "//exemple.invalid", "javascript:alert(1)"):
        answer = sign_in(away, "a@demo.equipage.invalid", SECRET, next=evil)
        assert answer.headers["Location"] == "/"
        away.post("/compte/deconnexion/")


def test_signing_out_needs_a_post(client: Client) -> None:
    client.force_login(make.user())
    client.get("/compte/deconnexion/")
    assert signed_in(client)
    client.post("/compte/deconnexion/")
    assert not signed_in(client)


def mailed_link() -> str:
    """The link of the last letter that waits to leave."""
    task = DBTaskResult.objects.order_by("-enqueued_at")[0]
    return next(word for word in task.args_kwargs["args"] if str(word).startswith("/compte/mot-de-passe/"))


def test_a_first_password_is_chosen_by_a_mailed_link(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    user = make.user(email="b@demo.equipage.invalid")
    assert not user.has_usable_password()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/compte/mot-de-passe/oublie/", {"email": "B@demo.equipage.invalid"})
    assert answer.status_code == 200
    page = client.get(mailed_link(), follow=True)
    where = page.redirect_chain[-1][0]
    differ = client.post(where, {"new_password1": SECRET, "new_password2": "autre"})
    assert differ.status_code == 422 and "Les deux mots de passe diffèrent" in differ.content.decode()
    client.post(where, {"new_password1": SECRET, "new_password2": SECRET})
    assert signed_in(client)
    assert make.fresh(user).check_password(SECRET)
    again = Client().get(mailed_link(), follow=True)
    assert "Ce lien ne sert plus" in again.content.decode()


def test_the_answer_does_not_say_whether_an_address_is_known(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    make.user(email="known@demo.equipage.invalid")
    pages = []
    for email in ("known@demo.equipage.invalid", "never@demo.equipage.invalid"):
        with django_capture_on_commit_callbacks(execute=True):
            page = client.post("/compte/mot-de-passe/oublie/", {"email": email}).content.decode()
        pages.append(re.sub(r"(known|never)@", "x@", page))
    assert pages[0] == pages[1]
    assert DBTaskResult.objects.count() == 1


def test_a_second_link_within_two_minutes_is_not_sent(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    make.user(email="c@demo.equipage.invalid")
    for _ in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/compte/mot-de-passe/oublie/", {"email": "c@demo.equipage.invalid"})
    assert DBTaskResult.objects.count() == 1


def test_changing_the_password_asks_for_the_present_one(client: Client) -> None:
    user = make.user(password=SECRET)
    client.force_login(user)
    new = "un-autre-long-mot"
    wrong = client.post("/compte/mot-de-passe/", {"old_password": "x", "new_password1": new, "new_password2": new})
    assert wrong.status_code == 422 and "Ce n’est pas votre mot de passe actuel" in wrong.content.decode()
    done = client.post("/compte/mot-de-passe/", {"old_password": SECRET, "new_password1": new, "new_password2": new})
    assert done.status_code == 302 and signed_in(client)
    assert make.fresh(user).check_password(new)


def test_personas_exist_only_in_a_demonstration(client: Client, settings: Any) -> None:
    someone = make.nurse(last_name="Besnard").user
    User.objects.filter(pk=someone.pk).update(persona="Infirmière dans deux équipes.")
    stranger = make.user()
    settings.DEMO = False
    assert client.get("/compte/personnages/").status_code == 404
    assert client.post("/compte/personnages/", {"personnage": someone.pk}).status_code == 404
    settings.DEMO = True
    page = client.get("/compte/personnages/").content.decode()
    assert "Claire Besnard" in page and "Infirmière dans deux équipes." in page
    for wrong in (str(stranger.pk), "", "x", "9" * 40):
        assert client.post("/compte/personnages/", {"personnage": wrong}).status_code == 404
    assert not signed_in(client)
    assert client.post("/compte/personnages/", {"personnage": someone.pk}).status_code == 302
    assert client.session["_auth_user_id"] == str(someone.pk)


def test_entering_as_a_persona_needs_the_token_of_the_page(settings: Any) -> None:
    settings.DEMO = True
    someone = make.user(persona="Quelqu'un.")
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/compte/personnages/", {"personnage": someone.pk}).status_code == 403


def test_the_list_of_personas_asks_few_queries(client: Client, settings: Any, django_assert_num_queries: Any) -> None:
    settings.DEMO = True
    for _ in range(2):
        User.objects.filter(pk=make.nurse().user.pk).update(persona="Une.")
    make.officer(persona="Deux.")
    with django_assert_num_queries(2):
        client.get("/compte/personnages/")
    for _ in range(10):
        User.objects.filter(pk=make.nurse().user.pk).update(persona="Une.")
    with django_assert_num_queries(2):
        client.get("/compte/personnages/")
