"""What binds: the convention of each professional with the regional association, and the proof of each signature."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from equipage.agreements.states import CONVENTION
from equipage.foundation.policies import VisibleQuerySet


class Convention(models.Model):
    """A convention between one professional and the association, for one team. Its text is frozen in `document`."""

    number = models.CharField("numéro", max_length=30, unique=True)
    team = models.ForeignKey("teams.Team", models.PROTECT, related_name="conventions", verbose_name="équipe")
    membership = models.ForeignKey("teams.Membership", models.PROTECT, related_name="conventions")
    professional = models.ForeignKey("people.Professional", models.PROTECT, related_name="conventions")
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="conventions")
    template_version = models.CharField("modèle", max_length=60)
    document = models.ForeignKey("foundation.Document", models.PROTECT, null=True, related_name="+")
    state = CONVENTION.state_field()
    created_at = models.DateTimeField("établie le")
    signed_at = models.DateTimeField("signée le", null=True, blank=True)
    countersigned_at = models.DateTimeField("contresignée le", null=True, blank=True)
    countersigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    valid_from = models.DateField("prend effet le", null=True, blank=True)
    valid_to = models.DateField("jusqu'au (exclu)", null=True, blank=True)
    ending_reason = models.TextField("motif de fin", blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "convention"
        ordering = ("-created_at", "-id")
        constraints = [
            *CONVENTION.constraints("convention"),
            models.UniqueConstraint(
                fields=("membership",), condition=~Q(state__in=("ended", "cancelled")), name="convention_one_alive"
            ),
            models.CheckConstraint(
                name="convention_period", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
        ]

    def __str__(self) -> str:
        return f"Convention {self.number}"

    @property
    def audit_stream(self) -> str:
        return f"team:{self.team_id}"

    @property
    def moves_base(self) -> str:
        """The address under which its moves are posted."""
        return reverse("agreements:convention", args=[self.pk])


class SignatureCode(models.Model):
    """A one-time code mailed to the person who signs. It is derived, not kept; it dies at use, age or five errors.

    `convention` is the first of those it covers, `batch` the hash of them all: it signs exactly those.
    """

    convention = models.ForeignKey(Convention, models.PROTECT, related_name="codes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    batch = models.CharField("empreinte des conventions couvertes", max_length=64)
    nonce = models.CharField(max_length=32, editable=False)
    sent_to = models.CharField("envoyé à (masqué)", max_length=200)
    sent_at = models.DateTimeField("envoyé le")
    expires_at = models.DateTimeField("valable jusqu'à")
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    used_at = models.DateTimeField("utilisé le", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "code de signature"
        ordering = ("convention", "-sent_at", "id")
        constraints = [models.CheckConstraint(name="signature_code_attempts", condition=Q(attempts__lte=5))]

    def __str__(self) -> str:
        return f"Code pour {self.convention}"


class Signature(models.Model):
    """The proof of one signature (simple, strengthened: Code civil 1366-1367): who, what hash, when, how, from where.

    Append-only. `method` is « email_code » in the application, « paper » for what was signed before it.
    """

    class Party(models.TextChoices):
        MEMBER = "member", "Le professionnel"
        ASSOCIATION = "association", "L'association"

    class Method(models.TextChoices):
        EMAIL_CODE = "email_code", "Compte authentifié et code reçu par e-mail"
        PAPER = "paper", "Signature sur papier, reprise d'historique"

    convention = models.ForeignKey(Convention, models.PROTECT, related_name="signatures")
    party = models.CharField("partie", max_length=12, choices=Party)
    method = models.CharField("procédé", max_length=12, choices=Method)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signer_name = models.CharField("nom de la personne", max_length=200)
    signed_at = models.DateTimeField("signé le")
    document_sha256 = models.CharField("empreinte du PDF signé", max_length=64, blank=True)
    consent = models.TextField("consentement donné, mot pour mot")
    evidence = models.JSONField("éléments de preuve")
    evidence_sha256 = models.CharField("empreinte de la preuve", max_length=64)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "signature"
        ordering = ("convention", "signed_at", "id")
        constraints = [
            models.UniqueConstraint(fields=("convention", "party"), name="signature_once"),
            models.CheckConstraint(name="signature_has_hash", condition=Q(method="paper") | ~Q(document_sha256="")),
        ]

    def __str__(self) -> str:
        return f"{self.signer_name}, {self.get_party_display()}"
