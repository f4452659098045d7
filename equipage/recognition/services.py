"""Depositing a project, reading it, asking for complements, deciding. Each verb is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.documents.services import issue_document
from equipage.foundation.french import counted, day, moment
from equipage.foundation.numbering import next_number
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import Blocked, run
from equipage.people.selectors import agency_of
from equipage.projects.models import Project, ProjectVersion
from equipage.projects.printing import form_label
from equipage.projects.services import completeness_of, freeze_version, template_of
from equipage.projects.states import PROJECT
from equipage.recognition.models import OPEN_STATES, Complement, RecognitionFile
from equipage.recognition.states import FILE
from equipage.teams.states import TEAM


def submission_reasons(project: Project) -> tuple[str, ...]:
    """Everything that keeps a project from being deposited today, as sentences with the way out."""
    team = project.team
    reasons: list[str] = []
    if team.state not in ("accompanied", "recognised"):
        reasons.append("La rencontre avec l'association n'est pas encore enregistrée : elle précède le dépôt.")
    if project.state != "drafting":
        reasons.append("Le projet est déjà déposé.")
    reasons.extend(team.composition_reasons())
    done = completeness_of(project, team)
    titles = {section.key: section.title for section in template_of(team).sections}
    for key in done.remaining:
        for reason in done.sections[key].reasons:
            reasons.append(f"{titles[key]} : {reason.sentence}")
    return tuple(reasons)


@transaction.atomic
def submit(project: Project, *, actor: Any) -> RecognitionFile:
    """Deposit the project: freeze a version, open the file, give a receipt. A second click gives the same file.

    Raises Blocked with every reason.
    """
    _may(actor, "recognition.submit_project", project)
    _lock_team(project)
    project = Project.objects.select_for_update(of=("self",)).select_related("team").get(pk=project.pk)
    team = project.team
    opened = RecognitionFile.objects.filter(team=team, state__in=OPEN_STATES).first()
    if opened is not None:
        return opened
    reasons = submission_reasons(project)
    if reasons:
        raise Blocked(reasons)
    # A project that was refused and comes back is a deposit; only a recognised one evolves.
    reason = ProjectVersion.Reason.AMENDMENT if team.state == "recognised" else ProjectVersion.Reason.SUBMISSION
    version = freeze_version(project, reason=reason, actor=actor)
    now = timezone.now()
    file = RecognitionFile.objects.create(
        team=team,
        number=_file_number(team),
        version=version,
        submitted_by=actor,
        submitted_at=now,
        waiting_since=now,
    )
    run(PROJECT, project, "freeze", actor=actor)
    file.receipt = _document("recognition.receipt", "recognition/receipt", "Récépissé de dépôt", file, actor)
    file.save(update_fields=["receipt"])
    audit.record(
        action="recognition.file.submit",
        obj=file,
        actor=actor,
        after={"number": file.number, "version": version.number, "content_hash": version.content_hash},
    )
    for tell in after_submit:
        tell(file)
    return file


# Rooms that want to know of a deposit, inside its transaction.
after_submit: list[Any] = []


def _file_number(team: Any) -> str:
    year = today().year
    return f"{year}-{team.department_id}-{next_number(f'dossier:{year}:{team.department_id}'):03d}"


def _registration_number(team: Any) -> str:
    """The number in the register of the agency: form, region, year, rank. The real format is the agency's to choose."""
    year = today().year
    rank = next_number(f"enregistrement:{team.form}:{team.region_id}:{year}")
    return f"{team.form.upper().replace('-', '')}-{team.region_id}-{year}-{rank:04d}"


@transaction.atomic
def take(file: RecognitionFile, *, actor: Any) -> RecognitionFile:
    """An officer takes the file in charge."""
    _lock_team(file)
    return run(FILE, file, "take", actor=actor)


def reassign(file: RecognitionFile, *, actor: Any, to: Any) -> RecognitionFile:
    """Give the file to another officer of the agency, who must be able to decide on it."""
    decision = can(to, "recognition.instruct_file", file)
    if not decision.allowed:
        raise Refused("Cette personne n'instruit pas les dossiers de ce département.", field="assigned_to")
    return run(FILE, file, "reassign", actor=actor, data={"assigned_to": to})


@transaction.atomic
def ask_complements(file: RecognitionFile, *, actor: Any, asked: Sequence[tuple[str, str]]) -> RecognitionFile:
    """Ask for complements on one or more sections (key, message); those sections reopen, the others stay closed."""
    _may(actor, "recognition.instruct_file", file)
    titles = {section.key: section.title for section in template_of(file.team).sections}
    asked = [(key, message.strip()) for key, message in asked if key or message.strip()]
    if not asked:
        raise Refused("Choisissez au moins une rubrique et dites ce qui manque.")
    for key, message in asked:
        if key not in titles:
            raise Refused("Choisissez une rubrique du projet.", field="section")
        if len(message) < 10:
            raise Refused(f"« {titles[key]} » : écrivez en une phrase ce que l'équipe doit compléter.", field="message")
    _lock_team(file)
    file = RecognitionFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    now = timezone.now()
    # Before the move, whose notice names the sections; undone with it when it is blocked.
    for key, message in asked:
        Complement.objects.create(file=file, section_key=key, message=message, asked_by=actor, asked_at=now)
    file = run(FILE, file, "ask_complement", actor=actor)
    project = file.version.project
    project.reopened_sections = sorted({key for key, _ in asked})
    project.save(update_fields=["reopened_sections"])
    run(PROJECT, project, "ask_complement", actor=actor)
    return file


@transaction.atomic
def answer_complement(complement: Complement, *, actor: Any, answer: str) -> Complement:
    """Answer one complement in a sentence; the section itself is changed in the project."""
    row = Complement.objects.select_for_update(of=("self",)).select_related("file__team").get(pk=complement.pk)
    _may(actor, "recognition.answer_complement", row.file)
    if row.file.state != "complement":
        raise Refused("Le dossier n'attend plus de complément.")
    if not answer.strip():
        raise Refused("Écrivez une phrase : ce que vous avez complété.", field="answer")
    row.answer, row.answered_by, row.answered_at = answer.strip(), actor, timezone.now()
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    audit.record(
        action="recognition.complement.answer",
        obj=row,
        actor=actor,
        after={"section": row.section_key},
        stream=row.file.audit_stream,
    )
    return row


@transaction.atomic
def send_back(file: RecognitionFile, *, actor: Any) -> RecognitionFile:
    """Give the completed file back to the agency, on a new frozen version. Raises Blocked, Refused."""
    _may(actor, "recognition.answer_complement", file)
    _lock_team(file)
    file = RecognitionFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if file.state != "complement":
        raise Refused("Le dossier n'attend plus de complément : l'ARS l'a repris, ou il a été retiré.")
    project = Project.objects.select_for_update(of=("self",)).get(pk=file.version.project_id)
    done = completeness_of(project, file.team)
    if not done.ok:
        titles = {section.key: section.title for section in template_of(file.team).sections}
        raise Blocked(
            tuple(f"{titles[key]} : {r.sentence}" for key in done.remaining for r in done.sections[key].reasons)
        )
    waiting = file.complements.filter(answered_at__isnull=True).count()
    if waiting:
        raise Blocked(
            (f"Il reste {counted(waiting, 'demande', 'demandes')} sans réponse : écrivez une phrase pour chacune.",)
        )
    version = freeze_version(project, reason=ProjectVersion.Reason.COMPLEMENT, actor=actor)
    file = run(FILE, file, "answer_complement", actor=actor, data={"version": version})
    project.reopened_sections = []
    project.save(update_fields=["reopened_sections"])
    run(PROJECT, project, "freeze", actor=actor)
    return file


@transaction.atomic
def recognise(file: RecognitionFile, *, actor: Any, reason: str = "") -> RecognitionFile:
    """Recognise the project: number in the register, letter, team recognised, project in force."""
    team = _lock_team(file)
    number = team.registration_number or _registration_number(team)
    file = run(
        FILE, file, "recognise", actor=actor, data={"registration_number": number, "decision_reason": reason.strip()}
    )
    if file.letter_id is not None:
        return file
    if team.state == "accompanied":
        # Before the letter and the conventions, which name the team's number.
        run(
            TEAM, team, "recognise", actor=actor, data={"registration_number": number, "recognised_on": file.decided_on}
        )
    run(PROJECT, file.version.project, "settle", actor=actor)
    return _letter(file, actor)


@transaction.atomic
def refuse(file: RecognitionFile, *, actor: Any, reason: str) -> RecognitionFile:
    """Refuse, with a reason that the team reads; the project is given back and may be deposited again."""
    _lock_team(file)
    reason = reason.strip()
    file = run(FILE, file, "refuse", actor=actor, comment=reason, data={"decision_reason": reason})
    if file.letter_id is not None:
        return file
    run(PROJECT, file.version.project, "give_back", actor=actor)
    return _letter(file, actor)


@transaction.atomic
def withdraw(file: RecognitionFile, *, actor: Any) -> RecognitionFile:
    """The team takes its file back; the project is open again."""
    _lock_team(file)
    file = run(FILE, file, "withdraw", actor=actor)
    project = file.version.project
    if project.state in ("frozen", "complement"):
        run(PROJECT, project, "give_back", actor=actor)
    return file


def _letter(file: RecognitionFile, actor: Any) -> RecognitionFile:
    title = "Décision de reconnaissance" if file.state == "recognised" else "Décision de refus"
    file.letter = _document("recognition.letter", "recognition/letter", title, file, actor)
    file.save(update_fields=["letter"])
    return file


def document_data(file: RecognitionFile) -> dict[str, Any]:
    """What the receipt and the letter say of a file, as it stands."""
    team = file.team
    body = agency_of(team.region_id)
    return {
        "number": file.number,
        "team": team.name,
        "commune": team.commune.label,
        "department": team.department.name,
        "region": team.region.name,
        "submitted": moment(file.submitted_at),
        "submitted_by": file.submitted_by.full_name,
        "version": file.version.number,
        "content_hash": file.version.content_hash,
        "form": form_label(team),
        "state": file.state,
        "agency": body.name if body else "Agence régionale de santé",
        "amendment": file.version.reason == ProjectVersion.Reason.AMENDMENT,
        "decided": day(file.decided_on) if file.decided_on else "",
        "decided_by": file.decided_by.full_name if file.decided_by else "",
        "registration_number": file.registration_number,
        "reason": file.decision_reason,
    }


def _document(kind: str, template: str, title: str, file: RecognitionFile, actor: Any) -> Any:
    return issue_document(
        kind=kind,
        template=template,
        data=document_data(file),
        title=title,
        about=audit.about(file),
        reference=file.number,
        region=file.team.region_id,
        fictitious=settings.DEMO,
        actor=actor,
    )


def _lock_team(row: Any) -> Any:
    """The team of a file or a project, locked before both by every verb: two verbs never wait for each other."""
    return type(row.team).objects.select_for_update(of=("self",)).get(pk=row.team_id)


def _may(actor: Any, action: str, obj: Any) -> None:
    decision = can(actor, action, obj)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
