"""The demo's contacts, kept by its bodies, and its requests for help: one in each state. Nothing is mailed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from equipage.people.models import Organisation
from equipage.people.rules import check_phone
from equipage.support.models import Desk, DeskReport, HelpMessage, HelpRequest
from equipage.support.selectors import desk_of_request
from equipage.support.services import load_contacts
from equipage.support.states import DESK_REPORT, HELP_REQUEST
from equipage.territory.models import Commune
from equipage.web.demo.numbers import fictitious_phone
from equipage.web.demo.people import DOMAIN
from equipage.web.demo.world import REGION, World, moment

_ASSOCIATION, _DELEGATION_49 = "association-esp-clap", "ars-delegation-49"


@dataclass(frozen=True)
class Story:
    """A request: who, where, what, how long ago, how far it went; `desk` where it was not the usual one."""

    name: str
    profession: str
    department: str
    form: str
    topic: str
    words: str
    days: int
    state: str
    by: str = ""
    answer: str = ""
    desk: str = ""
    persona: str = ""
    late: int = 0


STORIES = (
    Story(
        "Nolwenn Guéguin",
        "60",
        "49",
        "esp-clap",
        "rappel",
        "Nous sommes deux infirmières et un médecin généraliste à nous croiser chez les mêmes patients. "
        "Pouvez-vous m'expliquer par où commencer ?",
        1,
        "waiting",
    ),
    Story(
        "Baptiste Rivière-Colin",
        "10",
        "49",
        "",
        "formes",
        "Je m'installe dans six mois. Quelle forme nous demanderait le moins de réunions ?",
        2,
        "waiting",
        desk=_DELEGATION_49,
    ),
    Story(
        "Solène Tanguy",
        "70",
        "44",
        "msp",
        "equipe",
        "Nous avons un local et trois kinésithérapeutes. À qui présenter l'idée d'une maison de santé ?",
        10,
        "waiting",
        late=2,
    ),
    Story(
        "Élodie Kervella",
        "10",
        "49",
        "esp-clap",
        "equipe",
        "J'arrive dans la commune et je cherche des collègues avec qui former une équipe.",
        4,
        "taken",
        by="officer",
        persona="newcomer",
    ),
    Story(
        "Farid Amrouche",
        "21",
        "53",
        "esp-clap",
        "projet",
        "Notre projet de santé bute sur le nombre de patients communs. Comment le compter simplement ?",
        8,
        "answered",
        by="officer-3",
        answer="Comptez ceux que vous avez suivis à deux ou plus dans l'année : un ordre de grandeur suffit. "
        "Je vous appelle jeudi pour le faire ensemble.",
    ),
    Story(
        "Gwenaëlle Pineau",
        "50",
        "49",
        "esp-clap",
        "paiement",
        "Une réunion d'octobre n'apparaît pas dans mon relevé. Est-ce normal ?",
        24,
        "closed",
        by="officer",
        answer="Nous nous sommes parlé ce matin : la réunion était à confirmer, elle sera payée le mois prochain.",
    ),
    Story(
        "Offre spéciale", "", "72", "", "autre", "Multipliez vos rendez-vous dès demain.", 6, "discarded", "officer-2"
    ),
)


def make_support(world: World) -> None:
    """The published contacts, those that the demo's bodies keep, requests in every state and two reports."""
    load_contacts()
    _keep_inside(world)
    for rank, story in enumerate(STORIES, start=1):
        _request(world, story, rank)
    _reports(world)


def _keep_inside(world: World) -> None:
    """The association and the agency of the demo answer for their contacts: requests to them stay inside."""
    bodies = Organisation.objects.filter(region_id=REGION).exclude(kind="platform")
    for body in bodies.order_by("id"):
        keys = {
            "association": _ASSOCIATION,
            "agency": "ars-pays-de-la-loire",
            "delegation": f"ars-delegation-{body.department_id}",
        }
        Desk.objects.filter(key=keys[body.kind]).update(organisation=body)
    for key, days, person in ((_ASSOCIATION, 20, "officer"), (_DELEGATION_49, 240, "platform")):
        Desk.objects.filter(key=key).update(checked_on=world.ago(days), checked_by=world.staff[person])


def _request(world: World, story: Story, rank: int) -> None:
    dice = world.dice(f"help:{rank}")
    commune = _commune(story.department)
    if commune is None:
        return
    at = moment(world.ago(story.days), dice)
    wanted = Desk.objects.filter(key=story.desk).first() if story.desk else None
    person = world.personas[story.persona] if story.persona else None
    row = HelpRequest(
        name=story.name,
        email=person.email if person else f"demande{rank}@{DOMAIN}",
        phone=check_phone(fictitious_phone(9_980 + rank)) if story.topic == "rappel" else "",
        profession_code=story.profession,
        commune=commune,
        department_id=commune.department_id,
        region_id=commune.department.region_id,
        form=story.form,
        topic=story.topic,
        asked_by=person.user if person else None,
        desk=desk_of_request(commune, story.form, wanted),
        nonce=hashlib.sha256(f"demo:{world.seed}:{rank}".encode()).hexdigest()[:24],
        digest=hashlib.sha256(story.words.encode()).hexdigest(),
        waiting_since=at,
        reminded=story.late,
    )
    row.save()
    row.created_at = at
    row.save(update_fields=["created_at"])
    HelpMessage.objects.create(request=row, kind="word", at=at, author=row.asked_by, text=story.words)
    world.journal.note(at, "support.help_request.ask", row, None, after={"topic": row.topic, "desk": row.desk_id})
    if story.state != "waiting":
        _handled(world, story, row, at)


def _handled(world: World, story: Story, row: HelpRequest, at: datetime) -> None:
    """What the staff did with it, a day later."""
    by, later = world.staff[story.by], at + timedelta(hours=20)
    if story.state == "discarded":
        row.state, row.closed_at = "discarded", later
        row.save()
        world.journal.move(later, HELP_REQUEST, row, "discard", by)
        return
    row.state, row.holder, row.holder_name = "taken", by, by.full_name
    row.taken_at = row.waiting_since = later
    moves: list[tuple[str, datetime]] = [("take", later)]
    if story.state == "answered":
        row.state, row.answered_at = "answered", later + timedelta(hours=3)
        moves.append(("answer", row.answered_at))
    if story.state == "closed":
        row.state, row.closed_at = "closed", later + timedelta(hours=3)
        moves.append(("close", row.closed_at))
    row.save()
    if story.answer:
        kind = "answer" if story.state == "answered" else "closed"
        _say(row, kind, moves[-1][1], by, story.answer)
    for name, when in moves:
        world.journal.move(when, HELP_REQUEST, row, name, by)


def _say(row: HelpRequest, kind: str, at: datetime, by: Any, text: str) -> None:
    HelpMessage.objects.create(request=row, kind=kind, at=at, author=by, author_name=by.full_name, text=text)


def _commune(department: str) -> Commune | None:
    """The second largest commune of a department; None where the department is not loaded."""
    rows = Commune.objects.filter(department_id=department, kind=Commune.Kind.CURRENT).select_related("department")
    found = list(rows.order_by("-population", "code")[:2])
    return found[-1] if found else None


def _reports(world: World) -> None:
    """A contact said to be wrong, which waits; another that was mended."""
    for key, days, mended in (("ars-delegation-72", 3, False), (_DELEGATION_49, 30, True)):
        desk = Desk.objects.filter(key=key).first()
        if desk is None:
            continue
        at = moment(world.ago(days), world.dice(f"report:{key}"))
        report = DeskReport(
            desk=desk,
            reason="phone",
            text="Le numéro sonne dans le vide depuis une semaine.",
            digest=hashlib.sha256(key.encode()).hexdigest(),
        )
        by = world.staff["officer"]
        if mended:
            report.state, report.decided_at, report.decided_by = "mended", at + timedelta(hours=20), by
        report.save()
        DeskReport.objects.filter(pk=report.pk).update(created_at=at)
        world.journal.note(at, "support.desk_report.make", report, None, after={"desk": desk.pk})
        if mended:
            world.journal.move(at + timedelta(hours=20), DESK_REPORT, report, "mend", by)
