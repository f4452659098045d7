"""A protocol and its editions: sections that members write, agreements, and the version frozen once it is in force."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from equipage.foundation.listing import normalised, search_field
from equipage.foundation.periods import today
from equipage.foundation.policies import VisibleQuerySet
from equipage.people import nomenclatures
from equipage.protocols import kinds, rules
from equipage.protocols.method import Section
from equipage.protocols.states import EDITION


class Protocol(models.Model):
    """A protocol of one team (protocole pluriprofessionnel). Its text lives in its editions, one open at most."""

    team = models.ForeignKey("teams.Team", models.PROTECT, related_name="protocols", verbose_name="équipe")
    region = models.ForeignKey("territory.Region", models.PROTECT, related_name="+", verbose_name="région")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("créé le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "protocole pluriprofessionnel"
        verbose_name_plural = "protocoles pluriprofessionnels"
        ordering = ("team", "-id")
        indexes = [models.Index(fields=("team", "-id"), name="protocol_of_team")]

    def __str__(self) -> str:
        return f"Protocole n° {self.pk}"

    @property
    def audit_stream(self) -> str:
        return f"team:{self.team_id}"

    @property
    def moves_base(self) -> str:
        """The address under which its moves are posted."""
        return f"{reverse('protocols:protocol', args=[self.pk])}etapes/"


class Edition(models.Model):
    """One writing of a protocol, from draft to replaced (version d'un protocole).

    `title`, `theme` and `kind` repeat the section « Titre et type » for lists. `text_hash` is what members agreed to.
    `told_at` is when the association was told, for the types that ask for it.
    """

    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="editions", verbose_name="protocole")
    state = EDITION.state_field()
    title = models.CharField("titre", max_length=150, default=rules.UNTITLED)
    theme = models.CharField("thème", max_length=160, blank=True)
    kind = models.CharField("type", max_length=20, choices=kinds.choices(), default=kinds.ORGANISATIONAL)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("commencée le")
    proposed_at = models.DateTimeField("proposée le", null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="proposée par"
    )
    text_hash = models.CharField("empreinte du texte", max_length=64, blank=True)
    told_at = models.DateTimeField("association prévenue le", null=True, blank=True)
    validated_on = models.DateField("validée le", null=True, blank=True)
    review_on = models.DateField("à réviser avant le", null=True, blank=True)
    reviewed_on = models.DateField("relue le", null=True, blank=True)
    in_force_at = models.DateTimeField("mise en vigueur le", null=True, blank=True)
    in_force_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="mise en vigueur par",
    )
    ended_at = models.DateTimeField("terminée le", null=True, blank=True)
    end_reason = models.TextField("motif du retrait", blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "édition d'un protocole"
        verbose_name_plural = "éditions d'un protocole"
        ordering = ("protocol", "-id")
        constraints = [
            *EDITION.constraints("edition"),
            models.UniqueConstraint(
                fields=("protocol",), condition=Q(state__in=("draft", "proposed")), name="edition_open_once"
            ),
            models.UniqueConstraint(fields=("protocol",), condition=Q(state="in_force"), name="edition_in_force_once"),
            models.CheckConstraint(
                name="edition_review_after",
                condition=Q(review_on__isnull=True) | Q(validated_on__isnull=True) | Q(review_on__gt=F("validated_on")),
            ),
        ]
        indexes = [models.Index(fields=("state", "review_on"), name="edition_review")]

    def __str__(self) -> str:
        return self.title

    @property
    def team(self) -> Any:
        return self.protocol.team

    @property
    def audit_stream(self) -> str:
        return self.protocol.audit_stream

    @property
    def kind_card(self) -> kinds.Kind:
        """What the type of the protocol asks."""
        return kinds.kind_named(self.kind)

    @property
    def is_late(self) -> bool:
        """Is its review due today or overdue?"""
        return self.state == "in_force" and self.review_on is not None and self.review_on <= today()

    @property
    def tells_association(self) -> bool:
        """Is the association told of this type of protocol?"""
        return bool({kinds.TOLD, kinds.FAVOURABLE} & set(self.kind_card.demands))

    def sections(self) -> dict[str, dict[str, Any]]:
        """The present text, by section. Reads prefetched parts where there are some."""
        return {part.key: dict(part.data) for part in self.parts.all()}

    @property
    def author_ids(self) -> list[int]:
        """The professionals named as authors."""
        return rules.author_ids(self.sections())

    def remaining(self) -> list[Section]:
        """The sections that are not complete."""
        return rules.remaining(self.sections())

    def present_hash(self) -> str:
        """The hash of the present text."""
        return rules.text_hash(self.sections())

    def agreements_now(self) -> list[Agreement]:
        """The last answer of each person about the text as it is proposed, among the members of today."""
        if not self.text_hash:
            return []
        inside = self.team.memberships.in_force().filter(state__in=("confirmed", "left")).order_by()
        rows = self.agreements.filter(text_hash=self.text_hash, professional__in=inside.values("professional_id"))
        last = {row.professional_id: row for row in rows.select_related("professional").order_by("id")}
        return sorted(last.values(), key=lambda row: (row.professional.last_name, row.professional.first_name, row.pk))

    def standing(self) -> rules.Standing:
        """What is there, and what is not, for it to come into force."""
        sections = self.sections()
        identity = sections.get("identity", {})
        inside = self.team.memberships.in_force().filter(state__in=("confirmed", "left")).order_by()
        answers = self.agreements_now()
        opinion = self.opinions.filter(text_hash=self.text_hash).order_by("-id").first()
        return rules.Standing(
            concerned=[(code, profession_label(code)) for code in rules.codes_of(sections)],
            present=frozenset(inside.values_list("professional__profession_code", flat=True)),
            agreed=frozenset(row.professional.profession_code for row in answers if row.agrees),
            contrary=[row.professional.full_name for row in answers if not row.agrees],
            told=self.told_at is not None,
            opinion=opinion.favourable if opinion else None,
            scope=str(identity.get("scope") or ""),
            reference=str(identity.get("reference") or ""),
            reference_on=str(identity.get("reference_on") or ""),
        )

    def lacking(self) -> tuple[str, ...]:
        """Every sentence that keeps it from coming into force."""
        return rules.lacking(self.kind_card, self.standing())


def profession_label(code: str) -> str:
    """« Infirmier ou infirmière »; the code itself when no table knows it."""
    known = nomenclatures.table("professions").concepts
    return known[code].screen_label if code in known else code


class Part(models.Model):
    """The present text of one section. `version` grows at each save and refuses a save on an old one."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="parts")
    key = models.CharField("rubrique", max_length=40)
    data = models.JSONField("contenu", default=dict)
    version = models.PositiveIntegerField("version", default=1)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField("modifiée le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "rubrique d'un protocole"
        verbose_name_plural = "rubriques d'un protocole"
        ordering = ("edition", "key", "id")
        constraints = [models.UniqueConstraint(fields=("edition", "key"), name="part_once")]

    def __str__(self) -> str:
        return f"{self.key} (version {self.version})"


class PartRevision(models.Model):
    """Every text that a section ever had: who wrote it and when. Append-only."""

    part = models.ForeignKey(Part, models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField("version")
    data = models.JSONField("contenu")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField("enregistrée le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "état d'une rubrique de protocole"
        verbose_name_plural = "états d'une rubrique de protocole"
        ordering = ("part", "version", "id")
        constraints = [models.UniqueConstraint(fields=("part", "version"), name="part_revision_once")]

    def __str__(self) -> str:
        return f"{self.part.key}, version {self.version}"


class Agreement(models.Model):
    """The answer of one member about one proposed text (accord): yes, or a change. Append-only, the last counts."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="agreements")
    professional = models.ForeignKey("people.Professional", models.PROTECT, related_name="+")
    text_hash = models.CharField("empreinte du texte", max_length=64)
    agrees = models.BooleanField("d'accord")
    comment = models.TextField("changement demandé", blank=True)
    answered_at = models.DateTimeField("répondu le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "accord sur un protocole"
        verbose_name_plural = "accords sur un protocole"
        ordering = ("edition", "id")
        constraints = [
            models.CheckConstraint(name="agreement_says_what", condition=Q(agrees=True) | ~Q(comment="")),
        ]

    def __str__(self) -> str:
        return f"{self.professional}, {'accord' if self.agrees else 'changement demandé'}"


class Opinion(models.Model):
    """What the association says of one proposed text (avis de l'association). Append-only, the last counts."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="opinions")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text_hash = models.CharField("empreinte du texte", max_length=64)
    favourable = models.BooleanField("favorable")
    text = models.TextField("avis", blank=True)
    given_at = models.DateTimeField("donné le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "avis sur un protocole"
        verbose_name_plural = "avis sur un protocole"
        ordering = ("edition", "id")

    def __str__(self) -> str:
        return "Avis favorable" if self.favourable else "Avis réservé"


class ProtocolVersion(models.Model):
    """A version that came into force, as it will always be read: text, authors, agreements, attribution, hash.

    Append-only, except that its document is named once. `professions` are codes between spaces, for the filters.
    """

    protocol = models.ForeignKey(Protocol, models.PROTECT, related_name="versions", verbose_name="protocole")
    edition = models.OneToOneField(Edition, models.PROTECT, related_name="frozen", verbose_name="édition")
    number = models.PositiveIntegerField("numéro")
    title = models.CharField("titre", max_length=150)
    theme = models.CharField("thème", max_length=160, blank=True)
    kind = models.CharField("type", max_length=20, choices=kinds.choices())
    professions = models.CharField("professions", max_length=300, blank=True)
    search = search_field()
    content = models.JSONField("contenu")
    content_hash = models.CharField("empreinte", max_length=64)
    validated_on = models.DateField("validée le")
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField("figée le")
    document = models.ForeignKey("foundation.Document", models.PROTECT, null=True, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "version d'un protocole"
        verbose_name_plural = "versions d'un protocole"
        ordering = ("protocol", "number", "id")
        constraints = [models.UniqueConstraint(fields=("protocol", "number"), name="protocol_version_once")]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.search = version_search(self)
        super().save(*args, **kwargs)

    @property
    def audit_stream(self) -> str:
        return self.protocol.audit_stream

    @property
    def kind_card(self) -> kinds.Kind:
        """What the type of the protocol asks."""
        return kinds.kind_named(self.kind)

    @property
    def profession_labels(self) -> str:
        """« Médecin, Infirmier ou infirmière »."""
        return ", ".join(profession_label(code) for code in self.professions.split())

    @property
    def authors(self) -> str:
        """The names of the authors."""
        return ", ".join(str(author.get("name", "")) for author in self.content.get("authors", ()))

    @property
    def team_name(self) -> str:
        """The team as it was called that day."""
        return str(self.content.get("team", {}).get("name", ""))


def version_search(version: ProtocolVersion) -> str:
    """What the library searches."""
    need = version.content.get("sections", {}).get("need", {})
    words = (version.title, version.theme, version.team_name, version.profession_labels, version.authors)
    return normalised(*words, str(need.get("population", ""))[:500], str(need.get("aim", ""))[:500])
