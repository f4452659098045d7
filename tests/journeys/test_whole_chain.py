"""One team, from its first name to the money in the bank, by clicking only (issue 2, section 4).

Professionals hold a phone, staff sit at a desk. Each step leaves the site as the next one finds it: one long test,
because a chain is only proved whole.
"""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from equipage.foundation.french import euros
from tests.browser import Site
from tests.journeys import cast
from tests.journeys.cast import CLAIRE, DENIS, HUGO, MARINE, NADIA, ODILE, THIERRY
from tests.journeys.hands import TEXT, Person, code_for, fill_section, loosely
from tests.journeys.papers import paid_in, plain, text_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEAM = "Équipe de soins du Layon"
MINUTES = 50


@pytest.fixture(scope="module")
def stage() -> Iterator[Site]:
    with cast.stage() as site:
        yield site


class Troupe:
    """Everybody, each with a browser."""

    def __init__(self, new_context: Any, site: Site) -> None:
        self.site = site
        self.claire = Person(new_context, site, CLAIRE, phone=True)
        self.hugo = Person(new_context, site, HUGO, phone=True)
        self.marine, self.thierry, self.odile, self.nadia, self.denis = (
            Person(new_context, site, name) for name in (MARINE, THIERRY, ODILE, NADIA, DENIS)
        )
        self.reader = self.marine.page.context.new_page()  # reads the mailbox of the demonstration
        self.file_url = ""

    def code(self, name: str) -> str:
        return code_for(self.reader, name)


@pytest.fixture
def troupe(new_context: Any, stage: Site) -> Troupe:
    return Troupe(new_context, stage)


def test_from_an_empty_team_to_an_executed_payment(troupe: Troupe) -> None:
    create_the_team(troupe)
    meet_the_association(troupe)
    write_the_project(troupe)
    deposit_complete_and_recognise(troupe)
    sign_and_countersign(troupe)
    give_and_confirm_bank_details(troupe)
    declare_confirm_and_validate(troupe)
    prepare_approve_and_execute(troupe)
    count(troupe)


def create_the_team(troupe: Troupe) -> None:
    claire = troupe.claire
    claire.look("01-home-empty")
    claire.go("/compte/mot-de-passe/")
    claire.look("01-password", axe=True)
    claire.go("/equipes/")
    claire.follow("Créer mon équipe")
    claire.page.get_by_label(loosely("Nom de l'équipe")).fill(TEAM)
    claire.page.get_by_label("Commune").fill("Chemillé")
    expect(claire.page.locator("datalist option").first).to_be_attached()  # communes are proposed while typing
    claire.page.get_by_label("Commune").fill("Chemillé-en-Anjou")
    claire.look("01-create")
    claire.press("Créer l’équipe")
    claire.reads_title("Il manque un médecin généraliste")
    claire.reads("Invitez un médecin généraliste libéral")
    claire.look("01-members-alone")

    add(claire, "martin", "Ajouter, m’a donné son accord : Hugo Martin")
    claire.reads_title("La composition est complète")
    add(claire, "le goff", "Inviter Inès Le Goff")
    claire.reads("encore incertain")
    claire.reads_title("La composition est complète")
    claire.look("01-members-complete")
    claire.follow("L'équipe", exact=True)
    claire.reads_title(TEAM)
    claire.look("01-team")


def add(person: Person, name: str, button: str) -> None:
    person.page.get_by_label("Nom, prénom ou numéro RPPS").fill(name)
    person.page.get_by_role("button", name=button).click()
    person.page.wait_for_load_state()


def meet_the_association(troupe: Troupe) -> None:
    claire, marine = troupe.claire, troupe.marine
    claire.press("Demander à rencontrer l’association")
    claire.reads("La demande est partie")
    marine.go("/")
    marine.look("02-officer-home")
    marine.follow(f"Voir l'équipe : {TEAM} demande à vous rencontrer")
    marine.look("02-officer-team")
    marine.follow("Enregistrer la rencontre")
    marine.page.get_by_label("Lieu").fill("Maison de santé de Chemillé")
    marine.look("02-record-meeting")
    marine.press("Enregistrer la rencontre")
    marine.reads("La rencontre est enregistrée")
    claire.go("/")
    claire.follow(f"Choisir : Choisissez vos thèmes, {TEAM}")
    claire.page.get_by_role("checkbox").first.check()
    claire.page.get_by_label("Un autre thème, avec vos mots").fill("Retour à domicile après l'hôpital")
    claire.look("02-themes")
    claire.press("Enregistrer")
    claire.reads("Les thèmes sont enregistrés")


def write_the_project(troupe: Troupe) -> None:
    claire = troupe.claire
    claire.go("/")
    claire.follow(f"Écrire : Projet de santé, {TEAM}")
    project_url = claire.page.url
    claire.look("03-project-empty")
    sections = [link.get_attribute("href") or "" for link in claire.page.locator(".project-cards h2 a").all()]
    assert len(sections) >= 10
    for rank, address in enumerate(sections):
        claire.go(address)
        if not claire.page.locator("form[data-autosave]").count():
            continue  # read from the team: nothing to type
        fill_section(claire.page)
        if rank == 1:
            expect(claire.page.locator(".saved")).to_contain_text("Enregistré à")  # nobody pressed a button
        claire.look(f"03-section-{rank:02d}")
        claire.press("Enregistrer", exact=True)
        expect(claire.page).to_have_url(project_url)
    claire.reads_title("Toutes les rubriques sont complètes")
    claire.look("03-project-complete")
    both_write(troupe, next(address for address in sections if address.endswith("/purpose/")))
    pdf = claire.fetch(claire.page.get_by_role("link", name="Le projet aujourd’hui"))
    assert pdf.startswith(b"%PDF")


def both_write(troupe: Troupe, address: str) -> None:
    """Two people open the same section; the second to save sees both texts and loses none."""
    claire, hugo = troupe.claire, troupe.hugo
    for person in (claire, hugo):
        person.go(address)
    first, second = "Texte de Claire, saisi avant.", "Texte de Hugo, saisi au même moment."
    claire.page.locator("form[data-autosave] textarea").first.fill(f"{TEXT} {first}")
    claire.press("Enregistrer", exact=True)
    hugo.page.evaluate("document.querySelector('form[data-autosave]').removeAttribute('hx-post')")
    hugo.page.locator("form[data-autosave] textarea").first.fill(f"{TEXT} {second}")
    hugo.press("Enregistrer", exact=True)
    hugo.reads_title("Deux textes")
    hugo.reads(first)
    hugo.reads(second)
    hugo.look("03-conflict", axe=True)
    box = hugo.page.locator("form textarea").first
    box.fill(f"{TEXT} {first} {second}")
    hugo.press("Enregistrer ce texte")
    hugo.reads_title("Toutes les rubriques sont complètes")
    claire.go(address)
    expect(claire.page.locator("textarea").first).to_have_value(f"{TEXT} {first} {second}")
    claire.follow("Toutes les rubriques")


def deposit_complete_and_recognise(troupe: Troupe) -> None:
    claire, nadia = troupe.claire, troupe.nadia
    claire.go("/")
    claire.page.get_by_role("link", name=re.compile("Déposer")).first.click()
    claire.look("04-submit", axe=True)
    claire.press("Déposer le projet")
    claire.reads("Le projet est déposé")
    troupe.file_url = re.sub(r"https?://[^/]+", "", claire.page.url)
    claire.look("04-file-team")
    receipt = claire.fetch(claire.page.get_by_role("link", name=re.compile("Récépissé")))
    assert receipt.startswith(b"%PDF")

    nadia.go("/")
    nadia.look("04-agency-home")
    nadia.go("/dossiers/")
    nadia.look("04-queue")
    nadia.follow(TEAM)
    nadia.look("04-brief")
    nadia.press("Prendre le dossier")
    nadia.reads("Le dossier est à vous")
    nadia.follow("Demander un complément")
    nadia.page.locator("select").first.select_option(index=2)
    nadia.page.locator("textarea").first.fill("Précisez comment l'équipe se partage les visites à domicile.")
    nadia.look("04-ask")
    nadia.press("Envoyer la demande")
    nadia.reads("La demande est partie")

    claire.go("/")
    claire.look("04-home-complement")
    claire.go(troupe.file_url)
    claire.reads("Précisez comment l'équipe se partage les visites à domicile.")
    claire.look("04-file-complement")
    claire.follow("Modifier la rubrique")
    box = claire.page.locator("form[data-autosave] textarea").first
    box.fill(f"{TEXT} Les visites sont partagées chaque lundi.")
    claire.press("Enregistrer", exact=True)
    claire.go(troupe.file_url)
    claire.page.get_by_label("Votre réponse, en une phrase").fill("Le partage du lundi est décrit dans la rubrique.")
    claire.press("Enregistrer la réponse")
    claire.press("Renvoyer le dossier complété")
    claire.reads("Le dossier est renvoyé à l'ARS")

    nadia.go(troupe.file_url)
    nadia.reads("Le partage du lundi est décrit dans la rubrique.")
    nadia.look("04-brief-completed")
    nadia.follow("Reconnaître")
    nadia.look("04-recognise", axe=True)
    nadia.press("Reconnaître")
    nadia.reads_title("Projet reconnu le")
    nadia.look("04-recognised")
    letter = nadia.fetch(nadia.page.locator(".files a").filter(has_text=re.compile("décision|Lettre", re.I)).first)
    assert letter.startswith(b"%PDF")
    claire.go(troupe.file_url)
    claire.reads("Numéro d’enregistrement")
    claire.look("04-file-recognised")


def sign_and_countersign(troupe: Troupe) -> None:
    odile = troupe.odile
    for person in (troupe.claire, troupe.hugo):
        person.go("/conventions/")
        person.look(f"05-conventions-{person.name}")
        person.follow("Lire et signer")
        assert person.fetch(person.page.get_by_role("link", name="Lire le PDF")).startswith(b"%PDF")
        person.look(f"05-convention-{person.name}")
        person.press("Signer : recevoir mon code")
        person.page.get_by_role("checkbox").check()
        person.page.get_by_label("Code reçu par e-mail").fill(troupe.code(person.name))
        person.look(f"05-sign-{person.name}", axe=True)
        person.press("Signer", exact=True)
        person.reads("C'est signé.")
    odile.go("/")
    odile.look("05-admin-home")
    odile.go("/conventions/a-contresigner/")
    odile.look("05-to-countersign", axe=True)
    odile.press("Recevoir un code")
    odile.page.get_by_role("checkbox").check()
    odile.page.get_by_label("Code reçu par e-mail").fill(troupe.code(ODILE))
    odile.look("05-countersign", axe=True)
    odile.press("Contresigner")
    odile.reads("2 conventions contresignées")
    troupe.claire.go("/conventions/")
    troupe.claire.follow(TEAM)
    troupe.claire.reads_title("Convention en vigueur")
    troupe.claire.look("05-convention-active")
    troupe.claire.follow("Vérifier la preuve")
    troupe.claire.reads_title("La preuve est intègre")
    troupe.claire.look("05-proof")


def give_and_confirm_bank_details(troupe: Troupe) -> None:
    odile = troupe.odile
    for rank, person in enumerate((troupe.claire, troupe.hugo), start=1):
        person.go("/paiements/coordonnees/")
        person.follow("Donner mon IBAN")
        person.page.get_by_label("IBAN").fill(cast.spaced(cast.french_iban(rank)))
        person.look(f"05-bank-{person.name}")
        person.press("Envoyer à l’association")
        person.reads("C'est noté.")
        odile.go("/paiements/coordonnees/a-confirmer/")
        odile.look("05-bank-list")
        odile.follow(person.name)
        odile.look(f"05-bank-details-{person.name}")
        odile.press("Confirmer")
        odile.reads("Confirmé")
    odile.go("/paiements/compte/")
    odile.page.get_by_label(loosely("IBAN du compte de l'association")).fill(cast.spaced(cast.french_iban(900)))
    odile.press("Enregistrer le compte")
    odile.reads_title("L'association paie depuis")
    odile.look("05-association-account")


def declare_confirm_and_validate(troupe: Troupe) -> None:
    claire, hugo, marine = troupe.claire, troupe.hugo, troupe.marine
    claire.go("/")
    claire.look("06-home")
    taps, began = 0, time.monotonic()
    claire.follow("Déclarer une action")
    taps += 1
    claire.page.get_by_label("Durée, en minutes").fill(str(MINUTES))
    taps += 1
    claire.page.get_by_label("Hugo Martin").check()
    taps += 1
    claire.look("06-declare")
    claire.press("Confirmer")
    taps += 1
    claire.reads("C'est déclaré.")
    assert taps <= 6
    assert time.monotonic() - began < 30, "declaring takes seconds, not minutes"
    claire.reads(euros(cast.meeting_cents(MINUTES)))
    claire.look("06-action-declared")

    marine.go("/actions/a-valider/")
    marine.look("06-to-validate")
    marine.follow("RCP sans patient", exact=True)
    marine.reads("il manque une voix")
    expect(marine.page.get_by_role("button", name="Valider", exact=True)).to_have_count(0)  # one voice is missing
    hugo.go("/")
    hugo.look("06-home-to-confirm")
    hugo.press("J'y étais")  # one tap
    hugo.reads("Merci, votre présence est confirmée.")
    hugo.look("06-confirmed")
    marine.page.reload()
    marine.look("06-action-officer")
    marine.press("Valider", exact=True)
    marine.reads_title("validée")
    marine.look("06-action-validated")


def prepare_approve_and_execute(troupe: Troupe) -> None:
    marine, thierry = troupe.marine, troupe.thierry
    each = cast.meeting_cents(MINUTES)
    assert each == 3946  # 47,35 € × 50 / 60 = 39,4583 €
    marine.go("/indemnisation/mois/")
    marine.reads_title(euros(2 * each))
    marine.look("07-prepare", axe=True)
    marine.press("Payer les 2")
    marine.reads("2 personnes seront payées.")
    marine.press("Préparer")
    marine.reads("est prête")
    run_url = re.sub(r"https?://[^/]+", "", marine.page.url)
    marine.reads_title(f"{euros(2 * each)} en 2 virements")
    marine.look("07-run-prepared")
    marine.reads("Cette campagne attend l'accord d'une deuxième personne")
    expect(marine.page.locator(".buttons").get_by_text("Approuver")).to_have_count(0)

    thierry.go("/")
    thierry.look("07-treasurer-home")
    thierry.go(run_url)
    thierry.follow("Approuver")
    thierry.reads_title(euros(2 * each))
    thierry.look("07-approve", axe=True)
    thierry.press("Approuver")
    thierry.reads("La campagne est approuvée.")
    thierry.look("07-run-approved")
    file = thierry.take(thierry.page.get_by_role("button", name="Retirer le fichier"))
    assert paid_in(file) == {CLAIRE: each, HUGO: each}

    thierry.page.get_by_role("link", name="La banque a exécuté les virements").click()
    thierry.look("07-execute", axe=True)
    thierry.press("Enregistrer l'exécution")
    thierry.reads("Les virements sont faits.")
    thierry.look("07-run-executed")
    for person in (troupe.claire, troupe.hugo):
        person.go("/indemnisation/")
        person.reads_title(f"{euros(each)} versés")
        person.look(f"07-mine-{person.name}")
        statement = person.fetch(person.page.get_by_role("link", name="Relevé PDF"))
        assert text_of(statement).count(plain(euros(each))) >= 1
        person.page.get_by_role("link", name=loosely("versés le")).first.click()
        person.reads(euros(each))
        person.look(f"07-payment-{person.name}")
        person.page.locator(".money-list a").first.click()
        person.reads("47,35")  # the rate, in the sentence that explains the amount
        person.look(f"07-line-{person.name}")


def count(troupe: Troupe) -> None:
    denis = troupe.denis
    denis.go("/indicateurs/nationaux/")
    denis.follow("(en cours)")
    denis.reads_title("1 projet")
    denis.look("08-national")
    year, campaign = re.findall(r"annee=(\d+)&campagne=(\d+)", denis.page.url)[0]
    words = ("indicators", "national", "--year", year, "--campaign", campaign, "--territory", "52", "--format")
    counted = json.loads(troupe.site.manage(*words, "json"))
    assert counted["total"] == 1, counted
    rows = list(csv.reader(io.StringIO(troupe.site.manage(*words, "csv")), delimiter=";"))
    assert any("Pays de la Loire" in row and "1" in row for row in rows), rows
