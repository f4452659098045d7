"""Opening a file, writing its cards, passing it on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from equipage.clinical.chain import note
from equipage.clinical.contents import IDENTITY, PATIENT_CARDS, count_of
from equipage.clinical.keys import new_secret, ring, wrap
from equipage.clinical.models import DataKey, Patient, Recognition
from equipage.clinical.router import VAULT
from equipage.clinical.rules import check_birth_date, check_ins, check_past, ins_system, same_name
from equipage.clinical.sealing import SEALED, canonical
from equipage.clinical.services.common import Changed, answers, day_or_none, intervened, locked
from equipage.clinical.states import RECOGNITION, professional_id
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.teams.models import Membership

_IDENTITY_PURPOSE = "clinical.patient.identity"


class SamePerson(Refused):
    """A file of the same name and birth date is already there: a question, not a wall."""

    def __init__(self, existing: Patient) -> None:
        super().__init__("Cette équipe a déjà un dossier au même nom, né le même jour.")
        self.existing = existing


def create_patient(
    *, actor: Any, team: Any, identity: Mapping[str, Any], informed_on: date, form: str, another: bool = False
) -> Patient:
    """Open the file of somebody who was informed and agrees; the author is its first recognised member.

    The question « the same person? » is asked only about files that the author sees: it must not betray another one.
    Raises Refused, SamePerson.
    """
    decision = can(actor, "clinical.create_patient", team)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    check_past(informed_on, today(), field="informed_on", what="Le jour de l'information")
    data = checked_identity(identity)
    person = professional_id(actor)
    assert person is not None  # the policy asked
    with transaction.atomic(using=VAULT):
        hashes = identity_hashes(team.pk, data)
        same = Patient.objects.visible_to(actor).filter(team_id=team.pk, identity_hash__in=hashes).first()
        if same is not None and not another:
            raise SamePerson(same)
        patient = Patient(
            team_id=team.pk,
            author_id=person,
            identity_hash=hashes[0],
            fictitious=settings.DEMO,
            created_by=actor.pk,
            created_at=timezone.now(),
            last_intervention_on=today(),
        )
        key = DataKey(patient=patient, wrapped=wrap(new_secret(), patient.pk), made_at=timezone.now())
        patient.seal({"cards": {IDENTITY.key: data}, "counts": {IDENTITY.key: 1}})
        patient.save(force_insert=True)
        key.save(force_insert=True)
        note("patient.create", patient, actor)
        own = Recognition.objects.create(
            patient=patient, professional_id=person, informed_on=informed_on, form=form, recorded_by=person
        )
        run(RECOGNITION, own, "recognise", actor=actor)
    return patient


def checked_identity(given: Mapping[str, Any]) -> dict[str, str]:
    """The identity as it is stored. Raises Refused: a birth to come, a wrong INS key, a real INS in a demonstration."""
    data = answers(IDENTITY, given)
    born = day_or_none(data["birth_date"])
    assert born is not None  # required
    check_birth_date(born, today())
    data["ins"] = check_ins(data["ins"])
    data["ins_system"] = ins_system(settings.DEMO) if data["ins"] else ""
    return data


def identity_hashes(team_id: int, identity: Mapping[str, str]) -> list[str]:
    """What finds the same person again in a team, with each key of the ring."""
    first = identity["first_names"].split()[0] if identity["first_names"].split() else ""
    text = f"{team_id}:{same_name(identity['birth_name'])}:{same_name(first)}:{identity['birth_date']}"
    return ring().hashes(text, _IDENTITY_PURPOSE)


@transaction.atomic(using=VAULT)
def edit_card(*, actor: Any, patient: Patient, card: str, given: Mapping[str, Any], based_on: int) -> Patient:
    """Write one card of a file. The same words again change nothing. Raises Refused, Changed."""
    data = checked_identity(given) if card == IDENTITY.key else answers(PATIENT_CARDS[card], given)
    row = locked(patient, actor)
    content = row.content
    before = content["cards"].get(card, {})
    if canonical(before) == canonical(data):
        return row
    if count_of(content, card) != based_on:
        raise Changed(before, count_of(content, card))
    content["cards"][card] = data
    content["counts"][card] = based_on + 1
    row.seal(content)
    columns = [*SEALED]
    if card == IDENTITY.key:
        row.identity_hash = identity_hashes(row.team_id, data)[0]
        columns.append("identity_hash")
    row.save(update_fields=columns)
    intervened(row)
    note("patient.edit", row, actor, facts={"card": card, "revision": row.revision})
    return row


@transaction.atomic(using=VAULT)
def hand_over(*, actor: Any, patient: Patient, professional_id: int) -> Patient:
    """Pass the file to a recognised member of the team, who keeps it from now on. Raises Refused."""
    row = locked(patient, actor, "clinical.keep_patient")
    if row.state != "open" or professional_id not in recognised_members(row):
        raise Refused("Le dossier se passe à un membre de l'équipe que la personne reconnaît.", field="professional")
    return _pass_to(row, professional_id, actor)


@transaction.atomic(using=VAULT)
def take_over(*, actor: Any, patient: Patient) -> Patient:
    """Take a file whose author has left the team. Raises Refused."""
    row = locked(patient, actor, "clinical.take_over_patient")
    person = professional_id(actor)
    assert person is not None  # the policy asked
    return _pass_to(row, person, actor)


def _pass_to(row: Patient, person: int, actor: Any) -> Patient:
    before, row.author_id = row.author_id, person
    row.save(update_fields=["author_id"])
    note("patient.hand_over", row, actor, facts={"before": before, "after": person})
    return row


def recognised_members(patient: Patient) -> set[int]:
    """The professionals recognised by the patient who are confirmed members of the team today."""
    recognised = patient.recognitions.filter(state="recognised").values_list("professional_id", flat=True)
    members = Membership.objects.in_force().filter(team_id=patient.team_id, state__in=("confirmed", "left"))
    return set(recognised) & set(members.values_list("professional_id", flat=True))
