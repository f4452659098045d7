"""Who plays in the tests of the vault: a team, its author, a recognised member, another who is not; and a browser."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from equipage.clinical.models import Patient, Plan
from equipage.clinical.services import patients, plans, recognition
from equipage.foundation.periods import today
from equipage.people.models import User
from tests import factories

VAULT_TEST = pytest.mark.django_db(databases=["default", "clinical"])
IDENTITY: dict[str, Any] = {
    "birth_name": "Zéphirinde",
    "first_names": "Marcellin Théodule",
    "birth_date": date(1941, 5, 3),
    "birth_place": "Trifouillis",
    "sex": "M",
    "ins": "",
}
# Words that only the vault holds in these tests.
MARKERS = ("Zéphirinde", "Marcellin", "Trifouillis", "Escarrebleue", "Objectif-Marmotte")


@dataclass
class Circle:
    """A recognised team of three; `patient` is kept by `author`, recognises `member`, knows nothing of `other`."""

    team: Any
    author: User
    member: User
    other: User
    patient: Patient

    def fresh(self) -> Patient:
        """The file read again, with its key."""
        return Patient.objects.select_related("key").get(pk=self.patient.pk)


def team_of_three(name: str = "Équipe du Coffre") -> tuple[Any, User, User, User]:
    """A recognised team, and the accounts of its three members."""
    lead, gp, physio = factories.nurse(), factories.gp(), factories.physiotherapist()
    team = factories.team(name, state="recognised", lead=lead, members=[gp, physio], themes=("Plaies",))
    return team, *(User.objects.get(pk=one.user_id) for one in (lead, gp, physio))


def person(user: User) -> int:
    """The professional behind an account."""
    found = user.professional_or_none
    assert found is not None
    return found.pk


def open_file(team: Any, author: User, **identity: Any) -> Patient:
    """A file, informed and recorded."""
    return patients.create_patient(
        actor=author, team=team, identity={**IDENTITY, **identity}, informed_on=today(), form="oral"
    )


def say(actor: User, patient: Patient, of: User, choice: str) -> None:
    """The patient says something of a member."""
    recognition.record_choice(
        actor=actor, patient=patient, professional=person(of), choice=choice, informed_on=today(), form="oral"
    )


def circle(name: str = "Équipe du Coffre") -> Circle:
    """A team with one file."""
    team, author, member, other = team_of_three(name)
    patient = open_file(team, author)
    say(author, patient, member, "recognise")
    patients.edit_card(
        actor=author, patient=patient, card="coordonnees", given={"address": "3 rue Escarrebleue"}, based_on=0
    )
    found = Circle(team, author, member, other, patient)
    found.patient = found.fresh()
    return found


PROBLEM: dict[str, Any] = {
    "care": "medical",
    "problem": "mobility",
    "aims": "Objectif-Marmotte",
    "criteria": "Elle le dit.",
    "interim_on": date(2027, 3, 1),
}
ACTIONS = [{"what": "Rééducation", "who": "Paul", "prevention": False, "etp": False}]


def written_plan(of: Circle) -> Plan:
    """A plan that may be validated."""
    plan = plans.start_plan(actor=of.author, patient=of.fresh())
    written: dict[str, dict[str, Any]] = {
        "accord": {"consent": "given"},
        "contexte": {"meeting_on": today(), "title": "Rester chez soi"},
    }
    for card, given in written.items():
        plans.save_card(actor=of.author, plan=plan, card=card, given=given, based_on=0)
    plans.save_problem(actor=of.member, plan=plan, key="", given=PROBLEM, actions=ACTIONS, based_on=0)
    return Plan.objects.select_related("patient__key").get(pk=plan.pk)


def validated_plan(of: Circle) -> Plan:
    """A plan with its first version."""
    plan = written_plan(of)
    plans.validate(actor=of.author, plan=plan, review_on=today() + timedelta(days=90))
    return Plan.objects.select_related("patient__key").get(pk=plan.pk)


def browser(user: User | None, *, confirmed: bool = True) -> Client:
    """A browser signed in, whose password was confirmed just now."""
    client = Client()
    if user is not None:
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        if confirmed:
            session = client.session
            session["vault_confirmed_at"] = int(time.time())
            session.save()
    return client
