"""Six patients who do not exist, in two teams of the demo region: a plan in each state, an objection, a withdrawal.

Names say that they are invented, INS numbers are test numbers. The same region gives the same files; references and
encrypted texts are drawn by lot each time, as they must be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from equipage.clinical import chain
from equipage.clinical.models import Patient, Plan
from equipage.clinical.nomenclatures import Closing, Form
from equipage.clinical.services import notes, patients, plans, recognition
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.people.models import User
from equipage.teams.models import Membership, Team


@dataclass(frozen=True)
class Person:
    """A patient to make."""

    last: str
    first: str
    sex: str
    born: date
    number: int
    address: str
    title: str
    problem: str
    aim: str
    action: str


MARCEL = Person(
    *("Imaginaire", "Marcel", "M", date(1941, 5, 3), 101, "3 rue du Conte", "Rester chez soi", "mobility"),
    *("Marcher jusqu’au jardin sans aide", "Rééducation à domicile, deux fois par semaine"),
)
YVONNE = Person(
    *("Exemple", "Yvonne", "F", date(1938, 11, 20), 102, "12 place de la Fable", "Mieux dormir", "medicines"),
    *("Moins de somnifères, sans mauvaise nuit", "Revue de l’ordonnance avec la pharmacie"),
)
PAULETTE = Person(
    *("Modèle", "Paulette", "F", date(1950, 2, 14), 103, "5 chemin du Roman", "Après l’hôpital", "self_care"),
    *("Refaire seule son pansement", "Apprentissage du pansement, trois séances"),
)
AHMED = Person(
    *("Fictif", "Ahmed", "M", date(1956, 7, 9), 104, "8 impasse du Récit", "Équilibrer le diabète", "nutrition"),
    *("Manger à heures fixes", "Atelier de cuisine inventé"),
)
JEANNE = Person(
    *("Essai", "Jeanne", "F", date(1933, 1, 30), 105, "1 allée de la Nouvelle", "Moins seule", "isolation"),
    *("Une visite par semaine, au moins", "Visites de bénévoles inventés"),
)
LOUIS = Person(
    *("Inventé", "Louis", "M", date(1947, 9, 12), 106, "20 quai du Songe", "Reprendre le vélo", "mood"),
    *("Sortir chaque jour, même peu", "Appel hebdomadaire inventé"),
)


def is_empty() -> bool:
    """Has the vault no file yet?"""
    return not Patient.objects.exists()


def load() -> int:
    """Make the six files. How many. Raises Refused where the demo region has no team that fits."""
    if not is_empty():
        return 0
    teams = _teams()
    if len(teams) < 2:
        raise Refused(
            "La région de démonstration n'a pas deux équipes reconnues de trois membres : chargez-la d'abord."
        )
    first, second = teams
    _validated_twice(_open(first, MARCEL), first)
    _in_progress(_open(first, YVONNE), first)
    _closed(_open(first, PAULETTE), first)
    _with_objection(_open(first, AHMED), first)
    _validated_twice(_open(second, JEANNE), second, times=1)
    _withdrawn(_open(second, LOUIS), second)
    return 6


@dataclass(frozen=True)
class Circle:
    """A team with the accounts of its members, the author of the files first."""

    team: Team
    people: list[User]


def _teams() -> list[Circle]:
    """Two recognised teams where a persona is a confirmed member, with at least three accounts."""
    found: list[Circle] = []
    members = Membership.objects.in_force().filter(state="confirmed", team__state="recognised")
    personas = members.exclude(professional__user__persona="").filter(professional__user__isnull=False)
    for team in Team.objects.filter(pk__in=personas.order_by().values("team_id")).order_by("pk"):
        accounts = [
            row.professional.user
            for row in members.filter(team=team, professional__user__isnull=False)
            .select_related("professional__user")
            .order_by("pk")
        ]
        accounts.sort(key=lambda user: (not user.persona, user.pk))
        if len(accounts) >= 3:
            found.append(Circle(team, accounts))
        if len(found) == 2:
            break
    return found


def made_up_ins(person: Person) -> str:
    """A test number with a right key: sex, year, month, then an invented place."""
    start = f"{1 if person.sex == 'M' else 2}{person.born:%y%m}99990{person.number}"
    return f"{start}{97 - int(start) % 97:02d}"


def _open(circle: Circle, person: Person) -> Patient:
    """The file, with its address, and every member recognised."""
    author = circle.people[0]
    identity = {
        "birth_name": person.last,
        "first_names": person.first,
        "birth_date": person.born,
        "birth_place": "Ville inventée",
        "sex": person.sex,
        "ins": made_up_ins(person),
    }
    informed_on = today() - timedelta(days=30)
    row = patients.create_patient(
        actor=author, team=circle.team, identity=identity, informed_on=informed_on, form=Form.WRITTEN
    )
    patients.edit_card(
        actor=author,
        patient=row,
        card="coordonnees",
        given={"address": f"{person.address}, 49000 Ville inventée", "phone": "01 99 00 00 00"},
        based_on=0,
    )
    patients.edit_card(
        actor=author,
        patient=row,
        card="entourage",
        given={"emergency": "Sa voisine, personnage inventé", "trusted_written": "no"},
        based_on=0,
    )
    for member in circle.people[1:]:
        recognition.record_choice(
            actor=author,
            patient=row,
            professional=member.professional_or_none.pk,  # type: ignore[union-attr]
            choice="recognise",
            informed_on=informed_on,
            form=Form.WRITTEN,
        )
    row = Patient.objects.get(pk=row.pk)
    _write_plan(circle, row, person)
    return row


def _write_plan(circle: Circle, row: Patient, person: Person) -> Plan:
    """A plan whose every asked answer is written."""
    author, other = circle.people[0], circle.people[1]
    plan = plans.start_plan(actor=author, patient=row)
    written: dict[str, dict[str, Any]] = {
        "contexte": {"title": person.title, "meeting_on": today() - timedelta(days=20), "encounter": "with_patient"},
        "professionnels": {"gp": "Médecin traitant inventé", "contacts": "Pharmacie inventée\nService d’aide inventé"},
        "accord": {"consent": "given", "consent_on": today() - timedelta(days=30), "directives": "no"},
        "situation": {"priorities": f"« {person.title} », dit la personne.", "medical": "Bilan fictif."},
        "alertes": {"alert": "Chute : appeler l’infirmière dans la journée"},
    }
    for card, given in written.items():
        plans.save_card(actor=author, plan=plan, card=card, given=given, based_on=0)
    plans.save_problem(
        actor=other,
        plan=plan,
        key="",
        given={
            "care": "medical",
            "problem": person.problem,
            "aims": person.aim,
            "criteria": "La personne le dit, et l’équipe le voit.",
            "interim_on": today() + timedelta(days=45),
            "outcome": "under_way",
        },
        actions=[
            {"what": person.action, "who": other.full_name, "prevention": False, "etp": person is PAULETTE},
            {"what": "Repérage du risque de chute", "who": author.full_name, "prevention": True, "etp": False},
        ],
        based_on=0,
    )
    return Plan.objects.get(pk=plan.pk)


def _plan(row: Patient) -> Plan:
    return Plan.objects.get(patient=row)


def _validated_twice(row: Patient, circle: Circle, times: int = 2) -> None:
    """Validated, taken up again, validated anew; its review comes in five days. With minutes."""
    author, other = circle.people[0], circle.people[1]
    plans.validate(actor=author, plan=_plan(row), review_on=today() + timedelta(days=5))
    if times > 1:
        plans.revise(actor=other, plan=_plan(row))
        plans.save_card(
            actor=other,
            plan=_plan(row),
            card="situation",
            given={"priorities": "Sortir voir ses petits-enfants.", "medical": "Bilan fictif."},
            based_on=1,
        )
        plans.validate(actor=author, plan=_plan(row), review_on=today() + timedelta(days=5))
    notes.write_note(
        actor=other,
        patient=row,
        held_on=today() - timedelta(days=10),
        meeting_reference="RCP-2026-014",
        given={"reason": "Point d’étape (fictif)", "decisions": "Continuer la rééducation.", "informed": "yes"},
    )
    _read(row, circle)


def _in_progress(row: Patient, circle: Circle) -> None:
    """A plan that is being written: the agreement is not there yet."""
    plans.save_card(actor=circle.people[1], plan=_plan(row), card="accord", given={"consent": "asked"}, based_on=1)
    _read(row, circle)


def _closed(row: Patient, circle: Circle) -> None:
    """A plan that reached its aims."""
    plans.validate(actor=circle.people[0], plan=_plan(row), review_on=today() + timedelta(days=90))
    plans.close(actor=circle.people[0], plan=_plan(row), reason=Closing.REACHED)


def _with_objection(row: Patient, circle: Circle) -> None:
    """The person objects to the last member."""
    recognition.record_choice(
        actor=circle.people[0],
        patient=row,
        professional=circle.people[-1].professional_or_none.pk,  # type: ignore[union-attr]
        choice="object",
        informed_on=today() - timedelta(days=3),
        form=Form.ORAL,
    )


def _withdrawn(row: Patient, circle: Circle) -> None:
    """The person took everything back."""
    recognition.withdraw_all(actor=circle.people[0], patient=row)


def _read(row: Patient, circle: Circle) -> None:
    """Everybody opened the file once."""
    for user in circle.people:
        chain.note("read.patient", row, user)
