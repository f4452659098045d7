"""Writing the convention of each member with the association, and the proof of its signatures.

Recent ones were signed in the application, on a sealed PDF; older ones on paper, before the application existed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from equipage.agreements.models import Convention, Signature
from equipage.agreements.services.drawing import KIND, contents
from equipage.agreements.services.signing import consent_text, evidence_hash, mask
from equipage.agreements.states import CONVENTION
from equipage.foundation import audit
from equipage.foundation.documents.services import Draft, issue_many, seal
from equipage.teams.models import Membership
from equipage.teams.rules import form_of
from equipage.web.demo.stories import Story
from equipage.web.demo.world import World, moment

_RECENT_DAYS = 60
_NOT_SIGNED = "La personne a quitté l'équipe avant de signer."
_PAPER = "Signature recueillie sur papier avant l'ouverture de l'application."


def make_conventions(world: World) -> None:
    """Draw up, sign and end, team by team."""
    dice = world.dice("conventions")
    rows: list[Convention] = []
    stories = [story for story in world.stories if story.recognised]
    for story in stories:
        for member in story.members:
            if member.state in ("confirmed", "left"):
                rows.append(_convention(world, dice, story, member))
    rows.sort(key=lambda row: (row.created_at, row.team_id, row.professional_id))
    for row in rows:
        year = row.created_at.year
        rank = world.numbers.take(f"convention:{world.association.pk}:{year}")
        row.number = f"CONV-{year}-{rank:05d}"
    Convention.objects.bulk_create(rows, batch_size=1000)
    for row in rows:
        if row.valid_from is not None:
            world.covered[row.professional_id, row.team_id] = (row.valid_from, row.valid_to)
    _texts(world, rows)
    _signatures(world, rows)
    for row in rows:
        _note(world, row)


def _convention(world: World, dice: Random, story: Story, member: Membership) -> Convention:
    decided = story.file.decided_at
    created = max(decided, moment(member.valid_from, dice))
    template = form_of(story.team, created.date()).convention
    row = Convention(
        team=story.team,
        membership=member,
        professional=member.professional,
        organisation=world.association,
        template_version=f"{template.code}@{template.rule.valid_from.isoformat()}",
        state="to_sign",
        created_at=created,
    )
    signed = (created + timedelta(days=dice.randint(1, 25))).date()
    countersigned = signed + timedelta(days=dice.randint(1, 12))
    if story.scene == "new":
        # The persona has yet to sign, the others signed some days ago and wait for the association.
        user = member.professional.user
        signed = world.today if user and user.persona else world.ago(dice.randint(2, 6))
        countersigned = world.today
    never = dice.random()
    if (member.state == "left" and never < 0.2) or (not story.scene and never < 0.02):
        return _unsigned(row, member)
    if signed < world.today:
        row.state, row.signed_at = "signed", moment(signed, dice, after=created)
        if countersigned < world.today:
            row.state, row.valid_from = "active", countersigned
            row.countersigned_at = moment(countersigned, dice, after=row.signed_at)
            row.countersigned_by = world.staff["administrator"]
            _end(row, story, member)
    return row


def _unsigned(row: Convention, member: Membership) -> Convention:
    if member.state == "left":
        row.state, row.ending_reason = "cancelled", _NOT_SIGNED
    return row


def _end(row: Convention, story: Story, member: Membership) -> None:
    closed, begun = story.days.get("closed"), row.valid_from or row.created_at.date()
    if member.state == "left" and member.valid_to is not None:
        row.state, row.ending_reason = "ended", member.leaving_reason
        row.valid_to = max(member.valid_to, begun)
    elif closed is not None:
        row.state, row.ending_reason = "ended", f"Fermeture de l'équipe {story.name}."
        row.valid_to = max(closed, begun)


def _texts(world: World, rows: list[Convention]) -> None:
    """The frozen text of each convention."""
    by_moment: dict[datetime, list[Convention]] = {}
    for row in rows:
        by_moment.setdefault(row.created_at, []).append(row)
    for at, group in by_moment.items():
        drafts = []
        for row in group:
            template = form_of(row.team, at.date()).convention
            drafts.append(
                Draft(
                    KIND,
                    "agreements/convention",
                    template.title,
                    contents(template, row),
                    audit.about(row),
                    row.number,
                    row.team.region_id,
                    at.date(),
                    "fr",
                    template.fictitious,
                )
            )
        for row, document in zip(group, issue_many(drafts, actor=None, at=at), strict=True):
            row.document = document
    Convention.objects.bulk_update(rows, ["document"], batch_size=500)


def _signatures(world: World, rows: list[Convention]) -> None:
    made = []
    for row in rows:
        if row.signed_at is None:
            continue
        recent = row.signed_at.date() > world.ago(_RECENT_DAYS) and row.professional.user is not None
        sealed = (seal(row.document).pdf_sha256 or "") if recent and row.document else ""
        made.append(_signature(row, "member", row.professional.user or row.countersigned_by, row.signed_at, sealed))
        if row.countersigned_at is not None:
            made.append(_signature(row, "association", row.countersigned_by, row.countersigned_at, sealed))
    Signature.objects.bulk_create(made, batch_size=1000)


def _signature(row: Convention, party: str, signer: Any, at: datetime, sealed: str) -> Signature:
    consent = consent_text(party) if sealed else _PAPER
    person = row.professional
    name = person.full_name if party == "member" else signer.full_name
    evidence: dict[str, Any] = {
        "convention": row.number,
        "party": party,
        "signer": {"account": signer.pk, "name": name, "rpps": person.rpps if party == "member" else ""},
        "document_sha256": sealed,
        "signed_at": at.isoformat(),
        "consent": consent,
        "template": row.template_version,
    }
    if sealed:
        sent = at - timedelta(minutes=2)
        evidence["code"] = {"sent_to": mask(signer.email), "sent_at": sent.isoformat(), "attempts": 1}
        evidence["origin"] = {"address": "192.0.2.1", "agent": "Démonstration", "session": "démonstration"}
    return Signature(
        convention=row,
        party=party,
        method="email_code" if sealed else "paper",
        signer=signer,
        signer_name=name,
        signed_at=at,
        document_sha256=sealed,
        consent=consent,
        evidence=evidence,
        evidence_sha256=evidence_hash(evidence),
    )


def _note(world: World, row: Convention) -> None:
    journal, stream = world.journal, f"team:{row.team_id}"
    user = row.professional.user
    after = {"number": row.number, "professional": row.professional_id, "template": row.template_version}
    journal.note(row.created_at, "agreements.convention.draw_up", row, None, after=after, stream=stream)
    if row.signed_at:
        journal.move(row.signed_at, CONVENTION, row, "sign", user, stream=stream)
    if row.countersigned_at:
        journal.move(row.countersigned_at, CONVENTION, row, "countersign", row.countersigned_by, stream=stream)
    data: dict[str, Any] = {"ending_reason": row.ending_reason}
    if row.state == "ended" and row.valid_to is not None:
        at = max(row.countersigned_at or row.created_at, datetime.combine(row.valid_to, row.created_at.timetz()))
        journal.move(at, CONVENTION, row, "expire", user, stream=stream, valid_to=row.valid_to, **data)
    elif row.state == "cancelled":
        at = row.created_at + timedelta(days=40)
        journal.move(at, CONVENTION, row, "lapse", user, stream=stream, **data)
