"""The pages of the vault: what they show, what they ask, and that nothing typed is lost."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from equipage.clinical.models import JournalEntry, Note, Patient, Plan, Recognition
from equipage.clinical.services import plans
from equipage.foundation.periods import today
from equipage.people.models import User
from tests import factories
from tests.clinical.cast import (
    IDENTITY,
    MARKERS,
    VAULT_TEST,
    Circle,
    browser,
    circle,
    open_file,
    person,
    say,
    validated_plan,
    written_plan,
)

pytestmark = VAULT_TEST


@pytest.fixture
def vault(db: None) -> Circle:
    return circle()


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def page(name: str, *args: Any) -> str:
    return reverse(f"clinical:{name}", args=args)


def new_file(**more: Any) -> dict[str, Any]:
    return {
        **IDENTITY,
        "birth_date": "1941-05-03",
        "informed_on": str(today()),
        "form": "oral",
        "based_on": "0",
        **more,
    }


def test_the_list_shows_initials_then_names_at_one_tap_and_it_is_written(vault: Circle) -> None:
    client = browser(vault.member)
    shown = text(client.get(page("of_team", vault.team.pk)))
    assert "M. Z." in shown and "Zéphirinde" not in shown
    assert not JournalEntry.objects.filter(what="read.names").exists()
    named = text(client.get(page("of_team", vault.team.pk) + "?noms=oui"))
    assert "Marcellin Zéphirinde" in named
    assert JournalEntry.objects.filter(what="read.names", patient=vault.patient.pk, user_id=vault.member.pk).exists()


def test_a_name_is_found_by_its_beginning_whatever_its_accents(vault: Circle) -> None:
    client = browser(vault.member)
    assert "M. Z." in text(client.get(page("of_team", vault.team.pk) + "?q=zephir"))
    assert "ne commence par" in text(client.get(page("of_team", vault.team.pk) + "?q=dupont"))


def test_a_list_of_many_costs_what_a_list_of_few_does(vault: Circle) -> None:
    client = browser(vault.author)

    def cost() -> tuple[int, int]:
        with (
            CaptureQueriesContext(connections["default"]) as common,
            CaptureQueriesContext(connections["clinical"]) as own,
        ):
            assert client.get(page("of_team", vault.team.pk)).status_code == 200
        return len(common), len(own)

    client.get(page("of_team", vault.team.pk))
    before = cost()
    for number in range(20):
        open_file(vault.team, vault.author, birth_name=f"Nom{number}")
    assert cost() == before


def test_the_tab_is_for_the_members_of_the_team(vault: Circle) -> None:
    url = reverse("teams:team", args=[vault.team.pk])
    assert "Dossiers partagés" in text(browser(vault.other).get(url))
    assert "Dossiers partagés" not in text(browser(factories.officer()).get(url))
    assert "Dossiers partagés" not in text(browser(factories.platform_admin()).get(url))


def test_a_file_is_opened_and_leads_to_the_agreements(vault: Circle) -> None:
    client = browser(vault.other)
    response = client.post(
        page("new_patient", vault.team.pk), new_file(birth_name="Autre", ins="2 55 08 14 168 025 38")
    )
    made = Patient.objects.exclude(pk=vault.patient.pk).select_related("key").get()
    assert response.headers["Location"] == page("people", made.pk)
    card = made.content["cards"]["identite"]
    assert (card["ins"], card["ins_system"]) == ("255081416802538", "1.2.250.1.213.1.4.8")
    own = Recognition.objects.get(patient=made)
    assert (own.state, own.professional_id, own.informed_on) == ("recognised", person(vault.other), today())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"birth_date": str(today() + timedelta(days=2))}, "dans l’avenir"),
        ({"birth_date": "1801-01-01"}, "plus de 130 ans"),
        ({"birth_date": "hier"}, "Écrivez une date"),
        ({"ins": "255081416802539"}, "ne tombe pas juste"),
        ({"birth_name": ""}, "Remplissez « Nom de naissance »"),
        ({"first_names": "Z" * 400}, "300 signes au plus"),
        ({"sex": "X"}, "Sélectionnez un choix valide"),
        ({"form": ""}, "sous quelle forme"),
        ({"informed_on": str(today() + timedelta(days=2))}, "information est dans l’avenir"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(vault: Circle, change: dict[str, str], said: str) -> None:
    before = Patient.objects.count()
    response = browser(vault.other).post(page("new_patient", vault.team.pk), new_file(birth_place="Ici-même", **change))
    assert response.status_code == 422
    plain = text(response).replace("\u202f", " ").replace("\xa0", " ")
    assert said in plain
    assert 'value="Ici-même"' in plain
    assert Patient.objects.count() == before


def test_the_same_person_is_a_question_that_can_be_answered(vault: Circle) -> None:
    client = browser(vault.member)
    asked = client.post(page("new_patient", vault.team.pk), new_file(first_names="MARCELLIN", birth_name="zephirinde"))
    assert asked.status_code == 422
    assert "Est-ce la même personne" in text(asked) and vault.patient.pk in text(asked)
    answered = client.post(page("new_patient", vault.team.pk), new_file(another="oui"))
    assert answered.status_code == 302
    assert Patient.objects.count() == 2


def test_hostile_words_are_words(vault: Circle) -> None:
    hostile = "<script>alert(1)</script>{{ 7|add:7 }}"
    client = browser(vault.author)
    done = client.post(page("card", vault.patient.pk, "coordonnees"), {"address": hostile, "based_on": "1"})
    assert done.status_code == 302
    shown = client.get(page("patient", vault.patient.pk)).content.decode()
    assert "<script>alert(1)" not in shown and "&lt;script&gt;alert(1)" in shown and "7|add:7" in shown


def test_a_note_of_300_kilobytes_is_refused_and_kept_on_the_page(vault: Circle) -> None:
    words = "Zéphirinde marche. " * 17_000
    given = {"held_on": str(today()), "decisions": words, "based_on": "0"}
    response = browser(vault.author).post(page("new_note", vault.patient.pk), given)
    assert response.status_code == 422
    assert "la limite est de" in text(response) and words.strip()[:500] in text(response)
    assert not Note.objects.exists()


def test_a_clash_shows_the_text_of_the_other_and_keeps_mine(vault: Circle) -> None:
    plan = written_plan(vault)
    url = page("plan_card", plan.pk, "alertes")
    client = browser(vault.member)
    assert client.get(url).status_code == 200
    plans.save_card(actor=vault.author, plan=plan, card="alertes", given={"alert": "Le texte d’Anne"}, based_on=0)
    clash = client.post(url, {"alert": "Le texte de Hugo", "based_on": "0"})
    assert clash.status_code == 422
    assert "Le texte d’Anne" in text(clash) and "Le texte de Hugo" in text(clash)
    assert 'name="based_on" value="1"' in text(clash)
    assert client.post(url, {"alert": "Les deux", "based_on": "1"}).status_code == 302


def test_an_objection_during_an_open_edit_answers_404(vault: Circle) -> None:
    plan = written_plan(vault)
    url = page("plan_card", plan.pk, "alertes")
    client = browser(vault.member)
    assert client.get(url).status_code == 200
    say(vault.author, vault.patient, vault.member, "object")
    assert client.post(url, {"alert": "trop tard", "based_on": "0"}).status_code == 404
    assert client.get(page("patient", vault.patient.pk)).status_code == 404
    assert "trop tard" not in str(Plan.objects.select_related("patient__key").get(pk=plan.pk).content)


def test_a_problem_is_written_with_its_actions(vault: Circle) -> None:
    plan = written_plan(vault)
    client = browser(vault.member)
    given = {
        "care": "social",
        "problem": "isolation",
        "aims": "Voir du monde",
        "based_on": "0",
        "actions-TOTAL_FORMS": "2",
        "actions-INITIAL_FORMS": "0",
        "actions-0-what": "Visites",
        "actions-0-who": "Association",
        "actions-0-prevention": "on",
    }
    assert client.post(page("new_problem", plan.pk), given).status_code == 302
    made = Plan.objects.select_related("patient__key").get(pk=plan.pk).content["problems"][-1]
    assert made["actions"] == [{"what": "Visites", "who": "Association", "prevention": True, "etp": False}]
    assert "Isolement" in text(client.get(page("plan", plan.pk)))
    wrong = client.post(page("new_problem", plan.pk), {**given, "problem": "", "aims": "Gardé"})
    assert wrong.status_code == 422 and "Gardé" in text(wrong) and 'value="Visites"' in text(wrong)
    assert client.post(page("remove_problem", plan.pk, made["key"])).status_code == 302
    assert client.get(page("problem", plan.pk, made["key"])).status_code == 404


def test_a_plan_lives_through_its_pages(vault: Circle) -> None:
    client = browser(vault.author)
    begun = client.post(page("new_plan", vault.patient.pk))
    plan = Plan.objects.get()
    assert begun.headers["Location"] == page("plan", plan.pk)
    blocked = client.post(page("plan_move", plan.pk, "validate"), {"review_on": str(today() + timedelta(days=9))})
    assert blocked.status_code == 422 and "plan d’actions est vide" in text(blocked)
    Plan.objects.filter(pk=plan.pk).delete()
    plan = written_plan(vault)
    done = client.post(page("plan_move", plan.pk, "validate"), {"review_on": str(today() + timedelta(days=9))})
    assert done.headers["Location"] == page("plan", plan.pk)
    assert "Version 1" in text(client.get(page("plan", plan.pk)))
    assert client.post(page("plan_move", plan.pk, "revise")).status_code == 302
    client.post(page("plan_card", plan.pk, "alertes"), {"alert": "Chute", "based_on": "0"})
    client.post(page("plan_move", plan.pk, "validate"), {"review_on": str(today() + timedelta(days=9))})
    compared = text(client.get(page("compare", plan.pk, 2, 1)))
    assert "1 différence" in compared.replace("\xa0", " ").replace("\u202f", " ") and "Chute" in compared
    held = {"held_on": str(today()), "found": "Tout va", "next_on": str(today() + timedelta(days=30))}
    assert client.post(page("review", plan.pk), held).status_code == 302
    assert "Tout va" in text(client.get(page("plan", plan.pk)))
    assert client.post(page("plan_move", plan.pk, "close"), {"reason": ""}).status_code == 422
    assert client.post(page("plan_move", plan.pk, "close"), {"reason": "reached"}).status_code == 302
    assert "objectifs atteints" in text(client.get(page("plan", plan.pk)))


def test_pdf_are_made_at_the_moment_and_named_by_the_reference(vault: Circle, settings: Any) -> None:
    plan = validated_plan(vault)
    client = browser(vault.member)
    before = sorted(settings.ENVIRONMENT.var.rglob("*.pdf"))
    for url in (page("print", plan.pk, "ppcs"), page("print_version", plan.pk, 1, "pps")):
        response = client.get(url)
        assert response.content.startswith(b"%PDF-") and "no-store" in response.headers["Cache-Control"]
        assert plan.pk in response.headers["Content-Disposition"]
    assert client.get(page("print", plan.pk, "docx")).status_code == 404
    assert sorted(settings.ENVIRONMENT.var.rglob("*.pdf")) == before


def test_agreements_are_recorded_one_by_one(vault: Circle) -> None:
    client = browser(vault.author)
    url = page("recognise", vault.patient.pk, person(vault.other))
    assert client.post(url, {"choice": "recognise", "informed_on": str(today()), "form": "written"}).status_code == 302
    shown = text(client.get(page("people", vault.patient.pk)))
    assert "feuille remise" in shown and vault.author.full_name.split()[-1] in shown
    assert browser(vault.other).get(page("patient", vault.patient.pk)).status_code == 200
    out = browser(vault.other).post(url, {"choice": "object", "informed_on": str(today()), "form": "oral"})
    assert out.headers["Location"] == page("of_team", vault.team.pk)
    wrong = client.post(url, {"choice": "", "informed_on": "", "form": ""})
    assert wrong.status_code == 422


def test_who_read_is_shown_on_the_page_of_the_file(vault: Circle) -> None:
    browser(vault.member).get(page("patient", vault.patient.pk))
    shown = text(browser(vault.author).get(page("patient", vault.patient.pk)))
    assert "Qui a lu ce dossier" in shown
    assert re.search(rf"Dossier ouvert</strong></p> <p class=\"src\">[^<]*{vault.member.full_name}", shown)
    assert vault.member.full_name in text(browser(vault.author).get(page("journal", vault.patient.pk)))


def test_the_whole_file_is_given_to_the_person(vault: Circle) -> None:
    plan = validated_plan(vault)
    response = browser(vault.author).post(page("export", vault.patient.pk))
    assert "no-store" in response.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert sorted(archive.namelist()) == sorted(["dossier.json", f"plan-{plan.pk}.pdf"])
        whole = json.loads(archive.read("dossier.json"))
        assert archive.read(f"plan-{plan.pk}.pdf").startswith(b"%PDF-")
    assert [word for word in MARKERS if word in json.dumps(whole, ensure_ascii=False)] == list(MARKERS)
    assert {"contenu", "accords", "plans", "comptes_rendus", "journal"} <= set(whole)
    assert whole["plans"][0]["versions"][0]["contenu"]["patient"]["cards"]["identite"]["birth_name"] == "Zéphirinde"
    assert JournalEntry.objects.filter(what="patient.export", patient=vault.patient.pk).count() == 1


def test_a_file_is_erased_once_its_reference_is_copied(vault: Circle) -> None:
    validated_plan(vault)
    client = browser(vault.author)
    url = page("erase", vault.patient.pk)
    assert client.post(url, {"typed": "oui"}).status_code == 422
    assert client.post(url, {"typed": vault.patient.pk.lower()}).status_code == 302
    assert not Patient.objects.exists() and client.get(page("patient", vault.patient.pk)).status_code == 404
    line = JournalEntry.objects.get(what="patient.erase")
    assert line.facts["versions"] == 1 and line.facts["reason"] == "person"
    assert not [word for word in MARKERS if word in str(list(JournalEntry.objects.values()))]


def test_a_key_that_does_not_open_is_said_and_nothing_is_shown(vault: Circle, caplog: Any) -> None:
    Patient.objects.filter(pk=vault.patient.pk).update(sealed="x")
    client = browser(vault.author)
    client.raise_request_exception = False
    response = client.get(page("patient", vault.patient.pk))
    assert response.status_code == 500 and "ne s’ouvre pas" in text(response)
    assert not [word for word in MARKERS if word in caplog.text]


def test_a_file_that_does_not_open_hides_no_other(vault: Circle) -> None:
    other = open_file(vault.team, vault.author, birth_name="Autre")
    Patient.objects.filter(pk=vault.patient.pk).update(sealed="x")
    shown = text(browser(vault.author).get(page("of_team", vault.team.pk) + "?noms=oui"))
    assert "Dossier illisible" in shown and "Marcellin Autre" in shown
    assert JournalEntry.objects.filter(what="read.names").values_list("patient", flat=True).get() == other.pk


def test_messages_and_sessions_hold_no_word_of_a_file(vault: Circle) -> None:
    """Messages travel in cookies and in sessions, which are outside the vault."""
    client = browser(vault.author)
    client.post(page("card", vault.patient.pk, "entourage"), {"emergency": "Escarrebleue", "based_on": "0"})
    client.post(
        page("new_note", vault.patient.pk), {"held_on": str(today()), "decisions": "Escarrebleue", "based_on": "0"}
    )
    client.post(page("withdraw_all", vault.patient.pk))
    cookies = " ".join(morsel.value for morsel in client.cookies.values())
    kept = f"{cookies} {dict(client.session.items())}"
    assert not [word for word in MARKERS if word in kept]


# The door -----------------------------------------------------------------------------------------


def test_the_password_opens_the_door_and_leads_back(vault: Circle) -> None:
    User.objects.filter(pk=vault.author.pk).update(password="")
    user = User.objects.get(pk=vault.author.pk)
    user.set_password("un bon mot de passe")
    user.save()
    client = browser(user, confirmed=False)
    going = page("patient", vault.patient.pk)
    asked = client.get(going)
    assert asked.headers["Location"] == f"{page('confirm')}?next={going.replace('/', '%2F')}"
    wrong = client.post(page("confirm"), {"password": "raté", "next": going})
    assert wrong.status_code == 422 and "pas votre mot de passe" in text(wrong)
    assert client.get(going).status_code == 302
    right = client.post(page("confirm"), {"password": "un bon mot de passe", "next": going})
    assert right.headers["Location"] == going
    assert client.get(going).status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://ailleurs.invalid/", "//ailleurs.invalid", "/messages/", ""])
def test_the_door_leads_nowhere_else(vault: Circle, elsewhere: str, settings: Any) -> None:
    settings.DEMO = True
    User.objects.filter(pk=vault.author.pk).update(password="!")
    client = browser(User.objects.get(pk=vault.author.pk), confirmed=False)
    assert client.post(page("confirm"), {"next": elsewhere}).headers["Location"] == reverse("teams:mine")


def test_an_account_without_password_is_not_let_in_outside_a_demonstration(vault: Circle) -> None:
    User.objects.filter(pk=vault.author.pk).update(password="!")
    client = browser(User.objects.get(pk=vault.author.pk), confirmed=False)
    assert client.post(page("confirm"), {"password": ""}).status_code == 422
    assert client.get(page("patient", vault.patient.pk)).status_code == 302


def test_the_door_closes_after_a_quarter_of_an_hour_and_a_form_may_still_be_sent(vault: Circle) -> None:
    client = browser(vault.author)
    going = page("card", vault.patient.pk, "entourage")

    def ago(seconds: int) -> None:
        session = client.session
        session["vault_confirmed_at"] = int(time.time()) - seconds
        session.save()

    ago(14 * 60)
    assert client.get(going).status_code == 200
    assert time.time() - client.session["vault_confirmed_at"] < 60  # each page renews it
    ago(16 * 60)
    assert client.get(going).status_code == 302
    ago(3 * 3600)
    sent = client.post(going, {"emergency": "Sa voisine", "based_on": "0"})
    assert sent.status_code == 302 and vault.fresh().content["cards"]["entourage"]["emergency"] == "Sa voisine"
    ago(5 * 3600)
    assert "confirmer" in client.post(going, {"emergency": "x", "based_on": "1"}).headers["Location"]
