"""The demo's protocols: one in each state, two taken up by another team, one whose original has changed, one late."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from equipage.foundation import audit
from equipage.foundation.documents.services import Draft, issue_many
from equipage.protocols import rules
from equipage.protocols.models import (
    Adoption,
    Agreement,
    Edition,
    Part,
    PartRevision,
    Protocol,
    ProtocolVersion,
    Publication,
)
from equipage.protocols.printing import DOCUMENT_KIND, TEMPLATE, paper_of, printed_data
from equipage.protocols.services import attribution_link, frozen_content
from equipage.protocols.services.freezing import version_columns
from equipage.protocols.services.sharing import CONSENT
from equipage.protocols.services.writing import columns_of
from equipage.protocols.states import EDITION, PUBLICATION
from equipage.web.demo.protocol_texts import TALES, Tale, sections_of
from equipage.web.demo.stories import Story
from equipage.web.demo.world import World, moment

_WITHDRAWN = "Réuni avec le protocole de sortie d'hospitalisation."


def make_protocols(world: World) -> None:
    """Write the tales, each in a team that may tell it, then what other teams took up."""
    made: dict[str, Protocol] = {}
    for tale, story in _cast(world):
        made[tale.key] = _Writer(world, tale, story).write()
    homes = {story.scene: story for story in world.stories if story.scene and story.stage == "recognised"}
    if "discharge" in made and "doctor-2" in homes:
        _take_up(world, made["discharge"], homes["doctor-2"], number=1, ago=250, in_force=True)
    if "anticoagulants" in made and "home" in homes:
        _take_up(world, made["anticoagulants"], homes["home"], number=1, ago=12, in_force=False)


def _cast(world: World) -> list[tuple[Tale, Story]]:
    """Each tale with its team; a small demo leaves out those for which no team is left."""
    homes = {story.scene: story for story in world.stories if story.scene and story.stage == "recognised"}
    others = [story for story in world.stories if not story.scene and story.stage == "recognised"]
    # The oldest teams first: a protocol of last year needs a team of last year.
    others.sort(key=lambda story: (story.days["decided"], story.name))
    found = []
    for tale in TALES:
        story = homes.get(tale.team) if tale.team else (others.pop(0) if others else None)
        if story is not None and len(_members(world, story)) > 1:
            found.append((tale, story))
    return found


def _members(world: World, story: Story) -> list[Any]:
    """The members of today who have an account, those who were there first in front."""
    present = [member for member in story.present_on(world.today) if member.professional.user is not None]
    return sorted(present, key=lambda member: (member.role != "lead", member.valid_from, member.professional.rpps))


class _Writer:
    """Writes one protocol of one team as its members would have, day after day."""

    def __init__(self, world: World, tale: Tale, story: Story) -> None:
        self.world, self.tale, self.story = world, tale, story
        self.dice: Random = world.dice(f"protocol:{tale.key}:{story.name}")
        self.members = _members(world, story)
        self.authors = [member.professional for member in self.members[:2]]
        self.codes = sorted({member.professional.profession_code for member in self.members[:4]})

    def write(self) -> Protocol:
        """The protocol with its editions, its versions and its publication."""
        tale, world = self.tale, self.world
        begun = self._day(tale.ago + 30)
        at = moment(begun, self.dice)
        protocol = self._protocol(at)
        first = self.edition(protocol, at, second=False)
        if tale.state == "draft":
            return protocol
        decided = self._day(tale.ago)
        self.propose(first, decided, others=tale.state != "proposed")
        if tale.state == "proposed":
            return protocol
        if tale.state == "withdrawn":
            self._withdraw(first, self._day(tale.ago - 20))
            return protocol
        version = self.put_in_force(first, decided, world.today + timedelta(days=tale.review))
        online = self._publish(version, self._day(tale.ago - 5)) if tale.published else None
        if tale.again:
            self._second(protocol, first, online)
        return protocol

    def _day(self, ago: int) -> date:
        """So many days ago, and not before the team was recognised."""
        return min(max(self.world.ago(ago), self.story.days["decided"] + timedelta(days=2)), self.world.ago(2))

    def _protocol(self, at: datetime) -> Protocol:
        team = self.story.team
        protocol = Protocol.objects.create(
            team=team, region_id=team.region_id, created_by=self.authors[0].user, created_at=at
        )
        self.world.journal.note(at, "protocols.protocol.begin", protocol, self.authors[0].user)
        return protocol

    def edition(self, protocol: Protocol, at: datetime, *, second: bool, sections: Any = None) -> Edition:
        """A draft with its text; the sections of `holes` are not written yet."""
        review = (self.world.today + timedelta(days=max(self.tale.review, 200))).isoformat()
        keys = [author.pk for author in self.authors]
        text = sections or sections_of(self.tale, self.codes, keys, review, second=second)
        text = {key: data for key, data in text.items() if key not in self.tale.holes}
        author = self.authors[0].user
        made = Edition.objects.create(protocol=protocol, created_by=author, created_at=at, **columns_of(text))
        for place, (key, data) in enumerate(text.items()):
            by = self.authors[place % len(self.authors)].user
            part = Part.objects.create(edition=made, key=key, data=data, updated_by=by, updated_at=at)
            PartRevision.objects.create(part=part, version=1, data=data, saved_by=by, saved_at=at)
        return made

    def propose(self, edition: Edition, day: date, *, others: bool) -> None:
        """Proposed a few days before `day`; its author agrees, and one member of each profession when `others`."""
        at = moment(max(day - timedelta(days=4), self.world.ago(400)), self.dice)
        author = self.authors[0]
        edition.state, edition.proposed_at, edition.proposed_by = "proposed", at, author.user
        edition.text_hash = edition.present_hash()
        edition.told_at = at if edition.tells_association else None
        edition.save()
        self.world.journal.move(at, EDITION, edition, "propose", author.user)
        self._agree(edition, author, at)
        if others:
            asked = {m.professional.profession_code: m.professional for m in reversed(self.members[:4])}
            for code in sorted(set(self.codes) - {author.profession_code}):
                self._agree(edition, asked[code], at + timedelta(hours=20))

    def _agree(self, edition: Edition, person: Any, at: datetime) -> None:
        row = Agreement.objects.create(
            edition=edition, professional=person, text_hash=edition.text_hash, agrees=True, answered_at=at
        )
        stream = edition.audit_stream
        self.world.journal.note(at, "protocols.agreement.give", row, person.user, stream=stream)

    def put_in_force(self, edition: Edition, day: date, review_on: date) -> ProtocolVersion:
        """In force and frozen, with its document."""
        at = moment(day, self.dice, after=edition.proposed_at)
        author = self.authors[0].user
        edition.state, edition.in_force_at, edition.in_force_by = "in_force", at, author
        edition.validated_on = edition.reviewed_on = day
        edition.review_on = review_on if review_on > day else day + timedelta(days=1)
        edition.save()
        self.world.journal.move(at, EDITION, edition, "put_in_force", author, source="proposed")
        content = frozen_content(edition)
        number = edition.protocol.versions.count() + 1
        version = ProtocolVersion.objects.create(
            protocol=edition.protocol,
            edition=edition,
            number=number,
            frozen_by=author,
            frozen_at=at,
            **version_columns(edition, content),
        )
        self._paper(version, at, author)
        self.world.journal.note(at, "protocols.version.freeze", version, author, after={"number": number})
        return version

    def _paper(self, version: ProtocolVersion, at: datetime, author: Any) -> None:
        paper, region = paper_of(version), version.protocol.region_id
        about = audit.about(version)
        reference = f"Version {version.number}"
        data = printed_data(paper)
        draft = Draft(
            DOCUMENT_KIND, TEMPLATE, paper.title, data, about, reference, region, version.validated_on, "fr", True
        )
        version.document = issue_many([draft], actor=author, at=at)[0]
        version.save(update_fields=["document"])

    def _publish(self, version: ProtocolVersion, day: date) -> Publication:
        at = moment(day, self.dice, after=version.frozen_at)
        author = self.authors[0].user
        made = Publication.objects.create(
            protocol=version.protocol,
            version=version,
            region_id=version.protocol.region_id,
            consent=CONSENT,
            published_by=author,
            published_at=at,
        )
        self.world.journal.note(at, "protocols.publication.publish", made, author, comment=CONSENT)
        return made

    def _second(self, protocol: Protocol, first: Edition, online: Publication | None) -> None:
        """A second version, which replaces the first one here and in the library."""
        day = self._day(self.tale.again)
        second = self.edition(protocol, moment(day - timedelta(days=10), self.dice), second=True)
        self.propose(second, day, others=True)
        at = moment(day, self.dice, after=second.proposed_at)
        author = self.authors[0].user
        first.state, first.ended_at = "superseded", at
        first.save()
        self.world.journal.move(at, EDITION, first, "supersede", author)
        version = self.put_in_force(second, day, self.world.today + timedelta(days=self.tale.review))
        if online is not None:
            shown = moment(self._day(self.tale.again - 4), self.dice, after=version.frozen_at)
            online.state, online.ended_at = "replaced", shown
            online.save()
            self.world.journal.move(shown, PUBLICATION, online, "replace", author)
            self._publish(version, self._day(self.tale.again - 4))

    def _withdraw(self, edition: Edition, day: date) -> None:
        at = moment(day, self.dice, after=edition.proposed_at)
        author = self.authors[0].user
        edition.state, edition.ended_at, edition.end_reason = "withdrawn", at, _WITHDRAWN
        edition.save()
        self.world.journal.move(
            at, EDITION, edition, "withdraw", author, comment=_WITHDRAWN, source="proposed", end_reason=_WITHDRAWN
        )

    def copy(self, source: ProtocolVersion, ago: int, *, in_force: bool) -> None:
        """The same text in this team, with its own people; in force, or still in writing."""
        at = moment(self._day(ago), self.dice)
        protocol = self._protocol(at)
        adoption = Adoption.objects.create(
            protocol=protocol,
            team=self.story.team,
            source=source.protocol,
            root=source.protocol,
            copied=source,
            followed=source,
            attribution=attribution_link(source),
            adopted_by=self.authors[0].user,
            adopted_at=at,
        )
        self.world.journal.note(at, "protocols.adoption.take_up", adoption, self.authors[0].user)
        sections = rules.copied(source.content["sections"])
        if in_force:
            keys = [author.pk for author in self.authors]
            sections["group"] = {"professions": self.codes, "authors": keys, "referent": keys[0]}
            sections["need"]["current"] = "Nous nous écrivons le lundi ; le week-end, personne ne sait qui passe."
            review = self.world.today + timedelta(days=150)
            sections["follow_up"] = {**sections["follow_up"], "review_on": review.isoformat()}
        made = self.edition(protocol, at, second=False, sections=sections)
        if in_force:
            day = self._day(ago - 20)
            self.propose(made, day, others=True)
            self.put_in_force(made, day, self.world.today + timedelta(days=150))


def _take_up(world: World, source: Protocol, story: Story, *, number: int, ago: int, in_force: bool) -> None:
    """Another team takes up that version of a protocol."""
    version = source.versions.filter(number=number).select_related("protocol__team").first()
    if version is None or source.team_id == story.team.pk or len(_members(world, story)) < 2:
        return
    tale = Tale(f"copy-{source.pk}", version.title, version.theme, "in_force", ago)
    _Writer(world, tale, story).copy(version, ago, in_force=in_force)
