"""A team walked along the whole chain by the real verbs, for tests that need what comes before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from equipage.agreements.models import Convention, SignatureCode
from equipage.agreements.services import signing
from equipage.agreements.services.codes import code_of
from equipage.agreements.services.signing import Origin
from equipage.compensation.models import Scale, ScaleRate
from equipage.compensation.states import SCALE
from equipage.coordination.services import Facts
from equipage.foundation.periods import today
from equipage.foundation.workflow import run
from equipage.payments.selectors.bank import associations_of
from equipage.payments.services import bank
from equipage.projects.models import Project
from equipage.projects.services import FROM_TEAM, project_of, save_section, template_of
from equipage.recognition import services as recognition
from equipage.rules.catalogue import Field
from tests import factories

LONG_TEXT = "Mieux préparer ensemble le retour à domicile des personnes que nous suivons en commun, pas à pas."


def answer_to(field: Field, actions: list[str]) -> Any:
    """A right answer to a field of the project template, by its type."""
    match field.type:
        case "text":
            return LONG_TEXT
        case "integer":
            return max(field.min or 0, 40)
        case "boolean":
            return True
        case "choices":
            return [field.choices[0].key] if field.choices else ["autre"]
        case "communes":
            return ["49092"]
        case "indicators":
            return [{"label": "Réhospitalisations dans le mois", "kind": "quantitative", "target": "moins de 10 %"}]
        case "phases":
            return [{"label": "Construction", "starts": "2026-01-01", "ends": "2026-06-30"}]
        case "actions":
            return actions
    raise ValueError(f"No answer is known for a field of type {field.type}.")


def written_project(team: Any, *, actions: list[str] | None = None) -> Project:
    """The project of an accompanied team with every section complete, written by its lead."""
    lead = factories.lead_of(team)
    project = project_of(team, actor=lead)
    for section in template_of(team).sections:
        data = {
            field.key: answer_to(field, actions or ["RCP_SANS_PATIENT", "RCP_AVEC_PATIENT", "PPS"])
            for field in section.fields
            if field.type not in FROM_TEAM
        }
        if data:
            save_section(project, section.key, data, based_on=0, actor=lead)
    return project


def recognised(team: Any, *, actions: list[str] | None = None) -> Any:
    """An accompanied team taken to recognition by the lead and the officer of its department."""
    factories.organisation(region_code=team.region_id)  # the association that signs and pays
    project = written_project(team, actions=actions)
    file = recognition.submit(project, actor=factories.lead_of(team))
    officer = factories.ars_department(department_code=team.department_id)
    file = recognition.take(file, actor=officer)
    file = recognition.recognise(file, actor=officer)
    return factories.fresh(file.team)


def adopted_scale(*, valid_from: date | None = None, rates: dict[str, tuple[str, str]] | None = None) -> Scale:
    """A fictitious scale drafted by an officer and adopted by a treasurer; `rates`: code → (unit, amount)."""
    officer, treasurer = factories.officer(), factories.treasurer()
    scale = Scale.objects.create(
        organisation=factories.organisation(),
        code=f"essai-{Scale.objects.count() + 1}",
        label="Barème fictif d'essai",
        reference="Barème fictif",
        fictitious=True,
        valid_from=valid_from or date(2020, 1, 1),
        drafted_by=officer,
        drafted_at=timezone.now(),
    )
    wanted = rates or {
        "RCP_SANS_PATIENT": ("hour", "50.00"),
        "RCP_AVEC_PATIENT": ("hour", "50.00"),
        "PPS": ("document", "45.00"),
    }
    for code, (unit, amount) in wanted.items():
        ScaleRate.objects.create(scale=scale, action_code=code, unit=unit, amount=Decimal(amount))
    return run(SCALE, scale, "adopt", actor=treasurer)


def last_code(user: Any) -> str:
    """The last signature code sent to this person, derived as the letter derives it."""
    return code_of(SignatureCode.objects.filter(user=user).order_by("-sent_at", "-id")[0])


ORIGIN = Origin(address="192.0.2.7", agent="Navigateur d'essai", session="compte et mot de passe")


def sign_by(user: Any, conventions: list[Any], party: str = "member") -> int:
    """A person asks for a code and signs with it."""
    signing.send_code(conventions, party=party, actor=user)
    return signing.sign(conventions, party=party, actor=user, code=last_code(user), consent=True, origin=ORIGIN)


def signed(team: Any, *, admin: Any = None) -> list[Any]:
    """Every convention of a recognised team signed by its member, and countersigned all at once."""
    rows = list(Convention.objects.filter(team=team, state="to_sign").order_by("id"))
    for row in rows:
        sign_by(factories.fresh(row.professional.user), [row])
    countersigner = admin or factories.association_admin(region_code=team.region_id)
    sign_by(countersigner, [factories.fresh(row) for row in rows], "association")
    return [factories.fresh(row) for row in rows]


def iban(number: int) -> str:
    """A well-formed French IBAN of a fictitious account."""
    body = f"3000100794{number:011d}"
    digits = int(body[:5]) * 89 + int(body[5:10]) * 15 + int(body[10:]) * 3
    bban = f"{body}{97 - digits % 97:02d}"
    return f"FR{98 - int(bban + '152700') % 97:02d}{bban}"


def with_account(person: Any, *, number: int | None = None, admin: Any = None) -> Any:
    """The bank details of a member, given by themselves and confirmed by the administration."""
    organisation = associations_of(person)[0]
    details = bank.propose(
        actor=factories.fresh(person.user),
        professional=person,
        organisation=organisation,
        holder=person.full_name,
        iban=iban(number or person.pk),
    )
    return bank.confirm(details, actor=admin or factories.association_admin(region_code=organisation.region_id))


def today_facts(team: Any, people: list[Any], **more: Any) -> Any:
    """An action held today by `people`."""
    return Facts(
        **{
            "kind": "RCP_AVEC_PATIENT",
            "held_on": today(),
            "minutes": 45,
            "present": tuple(person.pk for person in people),
            "patients": 1,
            **more,
        }
    )
