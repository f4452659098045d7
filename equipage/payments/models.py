"""How money travels: bank details, runs, one transfer a person. What it is for is known above."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from equipage.foundation.crypto import EncryptedTextField
from equipage.foundation.policies import VisibleQuerySet
from equipage.payments.sepa import VERSIONS
from equipage.payments.states import ANSWER, BANK_DETAILS, RUN


class BankDetails(models.Model):
    """Bank details (coordonnées bancaires) of a person, encrypted; a change is confirmed by someone else.

    `death` names the account of an estate (compte de la succession): given by the association after that death.
    """

    professional = models.ForeignKey("people.Professional", models.PROTECT, related_name="bank_details")
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    holder = models.CharField("titulaire du compte", max_length=70)
    iban = EncryptedTextField("IBAN")
    iban_masked = models.CharField("IBAN masqué", max_length=40)
    iban_search = models.CharField(max_length=64, db_index=True, editable=False)
    state = BANK_DETAILS.state_field()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("données le")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField("confirmées le", null=True, blank=True)
    refusal_reason = models.TextField("à corriger", blank=True)
    death = models.ForeignKey(
        "people.Death", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="après le décès"
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "coordonnées bancaires"
        verbose_name_plural = "coordonnées bancaires"
        ordering = ("-proposed_at", "-id")
        constraints = [
            *BANK_DETAILS.constraints("bank"),
            models.UniqueConstraint(
                fields=("professional", "organisation"), condition=Q(state="confirmed"), name="bank_one_confirmed"
            ),
            models.UniqueConstraint(
                fields=("professional", "organisation"), condition=Q(state="proposed"), name="bank_one_proposed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder}, {self.iban_masked}"

    @property
    def audit_stream(self) -> str:
        """The chain of the person's money, that no team-mate reads."""
        return f"claims:{self.professional_id}"


class AssociationAccount(models.Model):
    """The account from which an association pays (compte débiteur), encrypted; given by its administration."""

    organisation = models.OneToOneField("people.Organisation", models.PROTECT, related_name="paying_account")
    holder = models.CharField("titulaire du compte", max_length=70)
    iban = EncryptedTextField("IBAN")
    iban_masked = models.CharField("IBAN masqué", max_length=40)
    file_version = models.CharField(
        "version du fichier bancaire", max_length=20, choices=[(name, name) for name in VERSIONS], default=VERSIONS[0]
    )
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField("donné le")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "compte de l'association"
        verbose_name_plural = "comptes de l'association"
        ordering = ("organisation", "id")

    def __str__(self) -> str:
        return f"{self.holder}, {self.iban_masked}"


class PaymentRun(models.Model):
    """A monthly run (campagne de paiement): payable lines locked, approved by a second person, then executed."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="runs")
    number = models.CharField("numéro", max_length=20, unique=True)
    month = models.DateField("mois (premier jour)")
    state = RUN.state_field()
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField("préparée le")
    payments_count = models.PositiveIntegerField("virements")
    lines_count = models.PositiveIntegerField("lignes")
    total_cents = models.BigIntegerField("total, en centimes")
    content_hash = models.CharField("empreinte du contenu", max_length=64)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField("approuvée le", null=True, blank=True)
    executed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    executed_at = models.DateTimeField("exécution enregistrée le", null=True, blank=True)
    requested_on = models.DateField("exécution demandée le", null=True, blank=True)
    executed_on = models.DateField("date d'exécution par la banque", null=True, blank=True)
    message_id = models.CharField("identifiant du message bancaire", max_length=35, blank=True)
    bank_file = models.BinaryField("fichier bancaire", null=True, editable=False)
    bank_file_sha256 = models.CharField("empreinte du fichier bancaire", max_length=64, blank=True)
    cancel_reason = models.TextField("motif d'annulation", blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "campagne de paiement"
        verbose_name_plural = "campagnes de paiement"
        ordering = ("-month", "-id")
        constraints = [
            *RUN.constraints("run"),
            models.CheckConstraint(name="run_month_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(name="run_total_positive", condition=Q(total_cents__gt=0, payments_count__gt=0)),
        ]

    def __str__(self) -> str:
        return f"Campagne {self.number}"


class Payment(models.Model):
    """One credit transfer (virement) to one person, in a run. Amount and account are frozen with it."""

    run = models.ForeignKey(PaymentRun, models.PROTECT, related_name="payments")
    professional = models.ForeignKey("people.Professional", models.PROTECT, related_name="payments")
    bank_details = models.ForeignKey(BankDetails, models.PROTECT, related_name="payments")
    amount_cents = models.BigIntegerField("montant, en centimes")
    end_to_end_id = models.CharField("référence de bout en bout", max_length=35, unique=True)
    label = models.CharField("libellé du virement", max_length=140)
    statement = models.ForeignKey(
        "foundation.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="relevé"
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "virement"
        ordering = ("run", "id")
        constraints = [
            models.UniqueConstraint(fields=("run", "professional"), name="payment_once_a_run"),
            models.CheckConstraint(name="payment_positive", condition=Q(amount_cents__gt=0)),
        ]

    def __str__(self) -> str:
        return self.end_to_end_id


class BankAnswer(models.Model):
    """An answer of the bank (réponse de la banque): what a file said of our transfers, read, then recorded or dropped.

    The file itself is not kept: it holds other payments of the account. Its hash says that it was read, its lines
    (`AnswerLine`) what it said of our transfers, `others` how much of it was not ours.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="bank_answers")
    state = ANSWER.state_field()
    kind = models.CharField("message", max_length=10)
    sha256 = models.CharField("empreinte du fichier", max_length=64)
    file_name = models.CharField("nom du fichier", max_length=120)
    message_id = models.CharField("identifiant donné par la banque", max_length=140, blank=True)
    bank_created_at = models.DateTimeField("écrit par la banque le")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    received_at = models.DateTimeField("lu le")
    others = models.PositiveIntegerField("lignes qui ne sont pas les nôtres", default=0)
    doubts = models.JSONField("doutes", default=list, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("enregistré ou écarté le", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "réponse de la banque"
        verbose_name_plural = "réponses de la banque"
        ordering = ("-received_at", "-id")
        constraints = [
            *ANSWER.constraints("answer"),
            # What was dropped may be read again; nothing else is read twice.
            models.UniqueConstraint(
                fields=("organisation", "sha256"), condition=~Q(state="dropped"), name="answer_read_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} du {self.bank_created_at:%d/%m/%Y}"


class AnswerLine(models.Model):
    """What one answer says of one of our transfers (ligne de réponse), as `payments.answers` matched it."""

    answer = models.ForeignKey(BankAnswer, models.PROTECT, related_name="lines")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="answers")
    outcome = models.CharField("ce que dit la banque", max_length=10)
    booked_on = models.DateField("au relevé le", null=True, blank=True)
    reason_code = models.CharField("code du motif", max_length=35, blank=True)
    reason_text = models.CharField("mots de la banque", max_length=500, blank=True)
    bank_reference = models.CharField("référence de la banque", max_length=140, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne d'une réponse de la banque"
        verbose_name_plural = "lignes des réponses de la banque"
        ordering = ("answer", "id")
        constraints = [
            models.UniqueConstraint(fields=("answer", "payment", "outcome"), name="answer_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} : {self.outcome}"


class PaymentReturn(models.Model):
    """A transfer that did not stay (virement rejeté ou revenu); the transfer itself never changes.

    What it paid is owed again. `reissued_by` is the later transfer that pays it again, one at a time: set when a run is
    prepared, given back when that run is cancelled. A reason that asks for care waits until somebody releases it.
    """

    class Kind(models.TextChoices):
        REJECTED = "rejected", "Rejeté"
        RETURNED = "returned", "Revenu"

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="comeback")
    kind = models.CharField("ce qui s'est passé", max_length=10, choices=Kind.choices)
    happened_on = models.DateField("le")
    reason_code = models.CharField("code du motif", max_length=35, blank=True)
    reason_text = models.CharField("mots de la banque", max_length=500, blank=True)
    answer = models.ForeignKey(BankAnswer, models.PROTECT, null=True, blank=True, related_name="returns")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("enregistré le")
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField("à refaire, décidé le", null=True, blank=True)
    reissued_by = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="reissues", verbose_name="refait par"
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "virement revenu"
        verbose_name_plural = "virements revenus"
        ordering = ("-recorded_at", "-id")
        constraints = [
            models.CheckConstraint(name="return_kind_known", condition=Q(kind__in=("rejected", "returned"))),
            models.CheckConstraint(
                name="return_not_by_itself",
                condition=Q(reissued_by__isnull=True) | ~Q(reissued_by=F("payment")),
            ),
            models.CheckConstraint(
                name="return_released_whole",
                condition=Q(released_at__isnull=True, released_by__isnull=True)
                | Q(released_at__isnull=False, released_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} le {self.happened_on}"

    @property
    def audit_stream(self) -> str:
        """The chain of the person's money, that no team-mate reads."""
        return f"claims:{self.payment.professional_id}"
