"""Documents the application issues (actes, relevés, conventions), and files people hand in (pièces jointes)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from equipage.foundation.documents.states import EXAMINATION
from equipage.foundation.policies import VisibleQuerySet


class Document(models.Model):
    """A document issued: its frozen data, and the hash of the PDF once it is set.

    A row is never changed nor deleted (a trigger refuses), except that `template_version`, `pdf_sha256` and `size`
    go once, together, from NULL to a value. Who sees it is said by the package that owns its `kind`.
    """

    kind = models.CharField("nature", max_length=60)
    title = models.CharField("titre", max_length=250)
    reference = models.CharField("référence", max_length=80, blank=True)
    region = models.CharField("région", max_length=3, blank=True)
    about = models.CharField("objet", max_length=80, db_index=True)
    template = models.CharField("modèle", max_length=120)
    data = models.JSONField("données figées")
    data_sha256 = models.CharField("empreinte des données", max_length=64)
    dated = models.DateField("date du document")
    lang = models.CharField("langue", max_length=5, default="fr")
    fictitious = models.BooleanField("fictif", default=False)
    created_at = models.DateTimeField("émis")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="émis par"
    )
    template_version = models.CharField("version du modèle", max_length=64, null=True, blank=True)  # noqa: DJ001
    pdf_sha256 = models.CharField("empreinte du PDF", max_length=64, null=True, blank=True)  # noqa: DJ001
    size = models.PositiveIntegerField("taille en octets", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "document"
        ordering = ("-created_at", "-id")
        constraints = [
            models.CheckConstraint(
                name="document_sealed_whole",
                condition=Q(pdf_sha256__isnull=True, size__isnull=True, template_version__isnull=True)
                | Q(pdf_sha256__isnull=False, size__gt=0, template_version__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=("kind", "-created_at"), name="document_kind"),
            models.Index(fields=("region", "created_at"), name="document_region_date"),
            models.Index(fields=("id",), name="document_unsealed", condition=Q(pdf_sha256__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def sealed(self) -> bool:
        """Is its PDF fixed for ever?"""
        return self.pdf_sha256 is not None

    @property
    def file_name(self) -> str:
        """The name given to the person who downloads it."""
        words = f"{self.reference} {self.title}" if self.reference else self.title
        safe = "".join(letter if letter.isalnum() or letter in " -_,." else " " for letter in words)
        return f"{' '.join(safe.split())[:120].strip(' .')}.pdf"


class Attachment(models.Model):
    """A file handed in: checked, cleaned, kept under its hash, described as it was found and not as it was named.

    `size` and `sha256` are those of what is kept. A row never changes (a trigger refuses).
    """

    kind = models.CharField("nature", max_length=60)
    about = models.CharField("objet", max_length=80, db_index=True)
    region = models.CharField("région", max_length=3, blank=True)
    name = models.CharField("nom", max_length=150)
    media_type = models.CharField("type", max_length=60)
    size = models.PositiveIntegerField("taille en octets")
    sha256 = models.CharField("empreinte", max_length=64, db_index=True)
    uploaded_at = models.DateTimeField("déposé")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="déposé par"
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        ordering = ("-uploaded_at", "-id")

    def __str__(self) -> str:
        return self.name

    @property
    def extension(self) -> str:
        """That of its content."""
        return self.name.rpartition(".")[2]

    @property
    def state(self) -> str:
        """Where its examination is. Before the house examined files, they were accepted."""
        return self.examination.state if hasattr(self, "examination") else "unscanned"

    @property
    def openable(self) -> bool:
        """May it be opened: neither waiting for the antivirus, nor refused by it?"""
        return self.state in ("clean", "unscanned")


class Examination(models.Model):
    """What the antivirus says of one file (examen): nobody opens the file before it has answered."""

    attachment = models.OneToOneField(
        Attachment, models.PROTECT, related_name="examination", verbose_name="pièce jointe"
    )
    state = EXAMINATION.state_field()
    asked_at = models.DateTimeField("demandé")
    examined_at = models.DateTimeField("répondu", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "examen d'une pièce"
        verbose_name_plural = "examens des pièces"
        ordering = ("asked_at", "id")
        constraints = [*EXAMINATION.constraints("examination")]

    def __str__(self) -> str:
        return f"{self.attachment} : {self.get_state_display()}"
