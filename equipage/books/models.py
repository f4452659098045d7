"""The books (grand livre): append-only. Each posting moves one amount from one account to another.

A posting debits one account and credits another for the same amount, so that no entry can ever be unbalanced: the
shape of the row is the constraint, on every database. A mistake is corrected by a reversing entry.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from equipage.books.roles import PARTS
from equipage.books.states import FISCAL_YEAR
from equipage.foundation.policies import VisibleQuerySet


class Account(models.Model):
    """An account of the chart (compte), after règlement ANC 2018-06; editable defaults."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="accounts")
    code = models.CharField("compte", max_length=10)
    label = models.CharField("intitulé", max_length=120)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "compte"
        ordering = ("organisation", "code", "id")
        constraints = [models.UniqueConstraint(fields=("organisation", "code"), name="account_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class AccountRole(models.Model):
    """The account that plays a part (rôle) in the entries of an association; mapped again by its accountant."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="account_roles")
    role = models.CharField("rôle", max_length=30, choices=[(name, part.label) for name, part in PARTS.items()])
    account = models.ForeignKey(Account, models.PROTECT, related_name="roles")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "rôle d'un compte"
        verbose_name_plural = "rôles des comptes"
        ordering = ("organisation", "role", "id")
        constraints = [models.UniqueConstraint(fields=("organisation", "role"), name="account_role_once")]

    def __str__(self) -> str:
        return f"{self.role} : {self.account_id}"


class FiscalYear(models.Model):
    """A year of books (exercice): a civil year, open until two people closed it; no entry is dated in a closed one."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="fiscal_years")
    year = models.PositiveSmallIntegerField("exercice")
    state = FISCAL_YEAR.state_field()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    begun_at = models.DateTimeField("clôture préparée le", null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField("clos le", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "exercice"
        ordering = ("organisation", "-year", "id")
        constraints = [
            *FISCAL_YEAR.constraints("fiscal_year"),
            models.UniqueConstraint(fields=("organisation", "year"), name="fiscal_year_once"),
        ]

    def __str__(self) -> str:
        return f"Exercice {self.year}"


class LedgerEntry(models.Model):
    """One entry (écriture): its cause, its day, its continuous number in the books of the organisation and year.

    Number 0 is that of the opening balances (à-nouveaux), which come first whenever they are written.
    """

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="ledger_entries")
    year = models.PositiveSmallIntegerField("exercice")
    number = models.PositiveIntegerField("numéro")
    journal = models.CharField("journal", max_length=5)
    dated = models.DateField("date")
    label = models.CharField("libellé", max_length=160)
    cause = models.CharField("cause", max_length=80)
    piece = models.CharField("pièce justificative", max_length=60)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    recorded_at = models.DateTimeField("enregistrée le")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "écriture"
        ordering = ("organisation", "year", "number", "id")
        constraints = [
            models.UniqueConstraint(fields=("organisation", "year", "number"), name="entry_number_once"),
            models.UniqueConstraint(fields=("journal", "cause"), name="entry_cause_once"),
            models.CheckConstraint(name="entry_year", condition=Q(dated__year=F("year"))),
        ]

    def __str__(self) -> str:
        return f"{self.journal} {self.year}-{self.number} : {self.label}"


class Posting(models.Model):
    """One amount from a credited account to a debited one, with whom, which team and which funder it concerns."""

    entry = models.ForeignKey(LedgerEntry, models.PROTECT, related_name="postings")
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits")
    amount_cents = models.BigIntegerField("montant, en centimes")
    professional = models.ForeignKey("people.Professional", models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey("teams.Team", models.PROTECT, null=True, blank=True, related_name="+")
    funder = models.CharField("financeur", max_length=120, blank=True, default="")

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "mouvement"
        ordering = ("entry", "id")
        constraints = [
            models.CheckConstraint(name="posting_positive", condition=Q(amount_cents__gt=0)),
            models.CheckConstraint(name="posting_two_accounts", condition=~Q(debit=F("credit"))),
        ]

    def __str__(self) -> str:
        return f"{self.debit_id} ← {self.credit_id} : {self.amount_cents} centimes"
