"""Writing the health projects, their frozen versions, and the files that the agency reads."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from equipage.foundation import audit
from equipage.foundation.documents.services import Draft, issue_many
from equipage.projects.models import Project, ProjectVersion, Section, SectionRevision
from equipage.projects.printing import DOCUMENT_KIND, TEMPLATE, project_data
from equipage.projects.services import content_hash, sections_data, template_of
from equipage.projects.states import PROJECT
from equipage.recognition.models import Complement, RecognitionFile
from equipage.recognition.services import document_data
from equipage.recognition.states import FILE
from equipage.teams.states import TEAM
from equipage.web.demo.stories import Story
from equipage.web.demo.texts import section_texts
from equipage.web.demo.world import World, moment

_PROJECT_STATE = {
    **dict.fromkeys(("accompanied", "refused", "withdrawn", "amending"), "drafting"),
    **dict.fromkeys(("submitted", "in_review", "amended"), "frozen"),
    **dict.fromkeys(("recognised", "closed"), "settled"),
    "complement": "complement",
}
_ASKED = {
    "timetable": "La phase de construction n'a pas de date de fin : précisez-la, même à titre indicatif.",
    "aims": "L'indicateur pour les professionnels n'est pas chiffré : dites comment vous le suivrez.",
    "common_patients": "Précisez comment le nombre de patients communs a été estimé.",
    "evaluation": "Dites qui relève les indicateurs et à quel rythme.",
}
_ANSWERS = ("Nous avons précisé ce point en réunion.", "C'est complété : le détail est dans la rubrique.")
_REFUSAL = (
    "Le projet recouvre celui d'une équipe voisine déjà reconnue : rapprochez-vous d'elle, puis déposez à nouveau."
)
_FINE = "Projet clair, indicateurs simples à suivre."


def make_projects(world: World) -> None:
    """Projects with their sections, versions, files and complements."""
    dice = world.dice("projects")
    written = [story for story in world.stories if "met" in story.days]
    for story in written:
        story.codes = _codes(dice, story)
        story.project = Project(
            team=story.team,
            state=_PROJECT_STATE[story.stage],
            created_by=story.head,
            created_at=moment(_begun(world, story), dice),
        )
    Project.objects.bulk_create([story.project for story in written], batch_size=1000)
    for story in written:
        project = story.project
        world.journal.note(project.created_at, "projects.project.begin", project, project.created_by)
    _write_sections(world, dice, written)
    filed = [story for story in written if "submitted" in story.days]
    for story in filed:
        _deposit(world, dice, story)
    _second_deposits(world, dice, [story for story in filed if story.stage in ("amending", "amended")])


def _begun(world: World, story: Story) -> date:
    return min(story.days["met"] + timedelta(days=4), world.yesterday)


def _codes(dice: Random, story: Story) -> list[str]:
    chosen = ["RCP_SANS_PATIENT"]
    for code, share in (("RCP_AVEC_PATIENT", 0.8), ("PPS", 0.65), ("PROTOCOLE", 0.5), ("COECRITURE", 0.6)):
        if dice.random() < share or story.scene == "home":
            chosen.append(code)
    # A prevention action in a file without an association: the agency sees why it cannot say yes yet.
    blocked = story.stage == "in_review" and not story.scene
    if story.team.association_since or blocked:
        chosen += ["PREVENTION", *(["ETP"] if dice.random() < 0.5 else [])]
    return chosen


def _write_sections(world: World, dice: Random, stories: list[Story]) -> None:
    rows: list[Section] = []
    for story in stories:
        begins = story.days.get("submitted", story.days["met"]) + timedelta(days=60)
        theme = story.themes[0][0] if story.themes else ""
        texts = section_texts(dice, theme, story.commune.pk, begins.isoformat(), story.codes)
        keys = list(texts)
        # A project being written is two thirds done.
        kept = keys if "submitted" in story.days else keys[: dice.randint(3, len(keys) - 3)]
        last = story.days.get("submitted", world.today) - timedelta(days=1)
        people = [m.professional.user for m in story.members if m.state == "confirmed" and m.professional.user]
        for key in kept:
            if texts[key]:
                day = min(_begun(world, story) + timedelta(days=dice.randint(0, 30)), last)
                at = moment(day, dice, after=story.project.created_at)
                rows.append(
                    Section(
                        project=story.project, key=key, data=texts[key], updated_by=dice.choice(people), updated_at=at
                    )
                )
    Section.objects.bulk_create(rows, batch_size=1000)
    SectionRevision.objects.bulk_create(
        (
            SectionRevision(section=row, version=1, data=row.data, saved_by=row.updated_by, saved_at=row.updated_at)
            for row in rows
        ),
        batch_size=1000,
    )


def _freeze(world: World, story: Story, reason: str, at: datetime) -> ProjectVersion:
    """One frozen version, as the verb makes it."""
    project, team, template = story.project, story.team, template_of(story.team)
    actor = story.head
    content = {
        "team": {"name": team.name, "form": team.form, "commune": team.commune.label},
        "template": template.version,
        "sections": sections_data(project, team),
    }
    number, digest = len(story.versions) + 1, content_hash(content)
    data = project_data(team, template, content, number=number, digest=digest, at=at, by=actor.full_name)
    draft = Draft(
        DOCUMENT_KIND, TEMPLATE, "Projet de santé", data, audit.about(project), f"Version {number}", team.region_id,
        at.date(), "fr", True,
    )  # fmt: skip
    version = ProjectVersion.objects.create(
        project=project,
        number=number,
        reason=reason,
        content=content,
        content_hash=digest,
        frozen_by=actor,
        frozen_at=at,
        document=issue_many([draft], actor=actor, at=at)[0],
    )
    story.versions.append(version)
    after = {"number": number, "reason": reason, "content_hash": digest}
    world.journal.note(at, "projects.version.freeze", version, actor, after=after, stream=project.audit_stream)
    return version


def _open_file(world: World, story: Story, version: ProjectVersion, at: datetime) -> RecognitionFile:
    """A deposit: the file, its receipt, the frozen project."""
    team, actor = story.team, story.head
    rank = world.numbers.take(f"dossier:{at.year}:{team.department_id}")
    file = RecognitionFile.objects.create(
        team=team,
        number=f"{at.year}-{team.department_id}-{rank:03d}",
        version=version,
        submitted_by=actor,
        submitted_at=at,
        waiting_since=at,
    )
    world.journal.move(at, PROJECT, story.project, "freeze", actor)
    after = {"number": file.number, "version": version.number, "content_hash": version.content_hash}
    world.journal.note(at, "recognition.file.submit", file, actor, after=after)
    file.receipt = _paper(file, "recognition.receipt", "recognition/receipt", "Récépissé de dépôt", at, actor)
    return file


def _deposit(world: World, dice: Random, story: Story) -> None:
    """The first file of a team, as far as it has come."""
    days, journal = story.days, world.journal
    at = moment(days["submitted"], dice)
    file = story.file = _open_file(world, story, _freeze(world, story, "submission", at), at)
    agent = world.agency[story.commune.department_id]
    if story.stage == "withdrawn":
        _withdraw(world, dice, story)
    elif "taken" in days:
        file.assigned_to, file.state = agent, "in_review"
        at = file.waiting_since = moment(days["taken"], dice, after=at)
        journal.move(at, FILE, file, "take", agent)
        if "asked" in days:
            at = _ask(world, dice, story, agent, at)
        if "decided" in days:
            _decide(world, dice, story, agent, at)
    file.save()
    story.project.save()


def _withdraw(world: World, dice: Random, story: Story) -> None:
    file, actor = story.file, story.head
    file.decided_on = story.days["decided"]
    file.state, file.decided_at = "withdrawn", moment(file.decided_on, dice, after=file.submitted_at)
    world.journal.move(file.decided_at, FILE, file, "withdraw", actor)
    world.journal.move(file.decided_at, PROJECT, story.project, "give_back", actor)


def _ask(world: World, dice: Random, story: Story, agent: Any, at: datetime) -> datetime:
    """A complement asked on two sections; answered and sent back where the story goes on."""
    file, project, journal = story.file, story.project, world.journal
    keys = dice.sample(sorted(_ASKED), 2)
    asked = moment(story.days["asked"], dice, after=at)
    journal.move(asked, FILE, file, "ask_complement", agent)
    journal.move(asked, PROJECT, project, "ask_complement", agent)
    rows = [
        Complement(file=file, section_key=key, message=_ASKED[key], asked_by=agent, asked_at=asked)
        for key in sorted(keys)
    ]
    goes_on = "answered" in story.days
    answered = moment(story.days["answered"], dice, after=asked) if goes_on else asked
    for row in rows if goes_on else []:
        row.answer, row.answered_by, row.answered_at = dice.choice(_ANSWERS), story.head, answered
    Complement.objects.bulk_create(rows)
    if not goes_on:
        file.state, file.waiting_since = "complement", asked
        project.reopened_sections = sorted(keys)
        return asked
    for row in rows:
        after = {"section": row.section_key}
        stream = story.team.audit_stream
        journal.note(answered, "recognition.complement.answer", row, row.answered_by, after=after, stream=stream)
    file.version = _freeze(world, story, "complement", answered)
    file.waiting_since = answered
    journal.move(answered, FILE, file, "answer_complement", story.head)
    journal.move(answered, PROJECT, project, "freeze", story.head, source="complement")
    return answered


def _decide(world: World, dice: Random, story: Story, agent: Any, at: datetime) -> None:
    file, journal, project = story.file, world.journal, story.project
    file.decided_on = story.days["decided"]
    file.decided_at, file.decided_by = moment(file.decided_on, dice, after=at), agent
    file.waiting_since = file.decided_at if story.stage == "refused" else file.waiting_since
    if story.stage == "refused":
        file.state, file.decision_reason = "refused", _REFUSAL
        journal.move(file.decided_at, FILE, file, "refuse", agent, comment=_REFUSAL, decision_reason=_REFUSAL)
        journal.move(file.decided_at, PROJECT, project, "give_back", agent)
        title = "Décision de refus"
    else:
        number = story.team.registration_number
        file.state, file.registration_number, file.decision_reason = "recognised", number, _FINE
        journal.move(file.decided_at, FILE, file, "recognise", agent, registration_number=number)
        named = {"registration_number": number, "recognised_on": file.decided_on}
        journal.move(file.decided_at, TEAM, story.team, "recognise", agent, **named)
        journal.move(file.decided_at, PROJECT, project, "settle", agent)
        title = "Décision de reconnaissance"
    file.letter = _paper(file, "recognition.letter", "recognition/letter", title, file.decided_at, agent)


def _second_deposits(world: World, dice: Random, stories: list[Story]) -> None:
    """Teams whose recognised project is open again, or deposited again."""
    for story in stories:
        actor = story.head
        world.journal.move(moment(story.days["reopened"], dice), PROJECT, story.project, "amend", actor)
        if story.stage == "amended":
            at = moment(story.days["submitted_again"], dice)
            _open_file(world, story, _freeze(world, story, "amendment", at), at).save()


def _paper(file: RecognitionFile, kind: str, template: str, title: str, at: datetime, actor: Any) -> Any:
    region = file.team.region_id
    draft = Draft(
        kind, template, title, document_data(file), audit.about(file), file.number, region, at.date(), "fr", True
    )
    return issue_many([draft], actor=actor, at=at)[0]
