"""Who exists: accounts, professionals with their practice, organisations, and the roles people hold in them."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from equipage.foundation.periods import today
from equipage.foundation.policies import VisibleQuerySet
from equipage.people import nomenclatures
from equipage.people.roles import PROFESSIONAL, Role
from equipage.people.states import ACCOUNT_REQUEST
from equipage.territory.names import normalise


class UserManager(BaseUserManager.from_queryset(VisibleQuerySet)):  # type: ignore[misc]
    """Accounts are made with an address; the password may come later, by a link."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user: User = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=(username or "").strip())


class User(AbstractBaseUser):
    """An account (compte): an address, a name, and nothing else; rights come from roles and memberships."""

    email = models.EmailField("adresse e-mail", unique=True)
    first_name = models.CharField("prénom", max_length=100)
    last_name = models.CharField("nom", max_length=100)
    is_active = models.BooleanField("actif", default=True)
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    persona = models.CharField("personnage de démonstration", max_length=200, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        verbose_name = "compte"
        ordering = ("last_name", "first_name", "id")
        constraints = [models.UniqueConstraint(models.functions.Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @cached_property
    def assignments(self) -> list[RoleAssignment]:
        """The roles held today, with their organisation; one query a request."""
        return list(self.role_assignments.in_force(today()).select_related("organisation").order_by("id"))

    @cached_property
    def role_kinds(self) -> frozenset[str]:
        """The names of the roles held today; `professional` comes from the professional behind the account."""
        kinds = {assignment.role for assignment in self.assignments}
        if self.professional_or_none is not None:
            kinds.add(PROFESSIONAL)
        return frozenset(kinds)

    @cached_property
    def professional_or_none(self) -> Professional | None:
        return Professional.objects.filter(user=self).first()

    def holds(self, *roles: str) -> bool:
        """Does this person hold one of `roles` today?"""
        return bool(self.role_kinds.intersection(roles))

    def regions_for(self, *roles: str) -> frozenset[str]:
        """The region codes in which one of `roles` is held."""
        return frozenset(a.organisation.region_id for a in self.assignments if a.role in roles and a.organisation)

    def departments_for(self, *roles: str) -> frozenset[str]:
        """The department codes in which one of `roles` is held."""
        return frozenset(
            a.organisation.department_id
            for a in self.assignments
            if a.role in roles and a.organisation and a.organisation.department_id
        )


class Organisation(models.Model):
    """A body with people in roles: regional association, agency (ARS), departmental office."""

    class Kind(models.TextChoices):
        ASSOCIATION = "association", "Association régionale"
        AGENCY = "agency", "Agence régionale de santé"
        DELEGATION = "delegation", "Délégation départementale de l'ARS"
        PLATFORM = "platform", "Exploitant de la plateforme"

    kind = models.CharField("nature", max_length=20, choices=Kind)
    name = models.CharField("nom", max_length=200)
    region = models.ForeignKey("territory.Region", models.PROTECT, verbose_name="région", related_name="+")
    department = models.ForeignKey(
        "territory.Department", models.PROTECT, null=True, blank=True, verbose_name="département", related_name="+"
    )
    siren = models.CharField("SIREN", max_length=9, blank=True)
    rna = models.CharField("numéro RNA", max_length=10, blank=True)
    address = models.CharField("adresse", max_length=300, blank=True)
    email = models.EmailField("adresse e-mail", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "organisation"
        ordering = ("name", "id")
        constraints = [
            models.CheckConstraint(
                name="organisation_delegation_has_department",
                condition=~Q(kind="delegation") | Q(department__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoleQuerySet(VisibleQuerySet):
    def in_force(self, on: date) -> RoleQuerySet:
        """The assignments that hold on that day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)


class RoleAssignment(models.Model):
    """A role (fonction) held by a person in an organisation, from a day until a day (excluded)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="role_assignments", verbose_name="personne")
    role = models.CharField("fonction", max_length=30, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="assignments")
    valid_from = models.DateField("depuis le")
    valid_to = models.DateField("jusqu'au (exclu)", null=True, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = "fonction"
        ordering = ("user", "role", "valid_from", "id")
        constraints = [
            models.CheckConstraint(
                name="role_period", condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} : {self.get_role_display()}"


class DeathQuerySet(VisibleQuerySet):
    def standing(self) -> DeathQuerySet:
        """Those that nobody withdrew."""
        return self.filter(withdrawn_at__isnull=True)


class Professional(models.Model):
    """A health professional (professionnel de santé), known by the RPPS number, which lasts for life."""

    rpps = models.CharField("numéro RPPS", max_length=11, unique=True)
    first_name = models.CharField("prénom", max_length=100)
    last_name = models.CharField("nom", max_length=100)
    search_name = models.CharField(max_length=220, editable=False, db_index=True)
    profession_system = models.CharField("système", max_length=20, default="TRE_G15")
    profession_code = models.CharField("profession", max_length=10)
    know_hows = models.JSONField("savoir-faire", default=list, blank=True)
    email = models.EmailField("adresse e-mail", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    secure_mail = models.EmailField("messagerie sécurisée de santé", blank=True)
    secure_mail_checked_on = models.DateField("messagerie sécurisée déclarée le", null=True, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    user = models.OneToOneField(
        User, models.PROTECT, null=True, blank=True, related_name="professional", verbose_name="compte"
    )
    fictitious = models.BooleanField("personne fictive", default=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "professionnel de santé"
        verbose_name_plural = "professionnels de santé"
        ordering = ("last_name", "first_name", "id")
        constraints = [
            models.CheckConstraint(name="professional_rpps_digits", condition=Q(rpps__regex=r"^[0-9]{11}$")),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_name = normalise(f"{self.last_name} {self.first_name}")
        super().save(*args, **kwargs)

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def formal_name(self) -> str:
        """The name as colleagues write it: « Dr Claire Martin » for doctors, dentists and the like."""
        return f"Dr {self.full_name}" if self.profession_code in ("10", "40") else self.full_name

    @property
    def profession_label(self) -> str:
        return nomenclatures.occupation(
            self.profession_code, [item["code"] for item in self.know_hows if item["type"] == "S"]
        )


class Practice(models.Model):
    """A place and way of practice (activité) of a professional, from a day until a day (excluded).

    Codes: mode TRE_R23 (L liberal), genre TRE_R22, sector TRE_R02, pharmacist section TRE_R06.
    """

    professional = models.ForeignKey(Professional, models.PROTECT, related_name="practices")
    mode = models.CharField("mode d'exercice", max_length=2, default="L")
    genre = models.CharField("genre d'activité", max_length=8, default="GENR01")
    sector = models.CharField("secteur d'activité", max_length=8, blank=True)
    pharmacist_section = models.CharField("section de l'Ordre des pharmaciens", max_length=2, blank=True)
    commune = models.ForeignKey(
        "territory.Commune", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="commune"
    )
    valid_from = models.DateField("depuis le")
    valid_to = models.DateField("jusqu'au (exclu)", null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "lieu d'exercice"
        verbose_name_plural = "lieux d'exercice"
        ordering = ("professional", "valid_from", "id")
        constraints = [
            models.CheckConstraint(
                name="practice_period", condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.professional}, {self.commune or 'lieu inconnu'}"


class AccountRequest(models.Model):
    """A professional whom nobody invited asks for an account (demande de compte); a person answers.

    `origin` is a keyed trace of the network address, kept until the answer to slow down robots.
    """

    email = models.EmailField("adresse e-mail")
    first_name = models.CharField("prénom", max_length=100)
    last_name = models.CharField("nom", max_length=100)
    rpps = models.CharField("numéro RPPS", max_length=11)
    profession_code = models.CharField("profession", max_length=10)
    commune = models.ForeignKey("territory.Commune", models.PROTECT, related_name="+", verbose_name="commune")
    origin = models.CharField("provenance", max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField("demandé le", auto_now_add=True)
    state = ACCOUNT_REQUEST.state_field()
    decided_at = models.DateTimeField("répondu le", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="répondu par"
    )
    decision_reason = models.CharField("motif", max_length=500, blank=True)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="compte ouvert"
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de compte"
        verbose_name_plural = "demandes de compte"
        ordering = ("created_at", "id")
        indexes = [
            models.Index(fields=["email", "created_at"], name="account_request_email"),
            models.Index(fields=["origin", "created_at"], name="account_request_origin"),
        ]
        constraints = [
            *ACCOUNT_REQUEST.constraints("account_request"),
            models.CheckConstraint(name="account_request_rpps_digits", condition=Q(rpps__regex=r"^[0-9]{11}$")),
            # The same form sent twice is one request.
            models.UniqueConstraint(
                fields=["email", "rpps"], condition=Q(state="waiting"), name="account_request_waiting_once"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def profession_label(self) -> str:
        return nomenclatures.profession(self.profession_code).screen_label


class Death(models.Model):
    """The death of a person (décès), as an association records it; only the administration withdraws it, a mistake.

    While it stands nothing is mailed to the addresses of the person, and what is owed waits for the account of the
    estate. `closed_account` says that the account was open until then. At most one stands for a person.
    """

    professional = models.ForeignKey(Professional, models.PROTECT, related_name="deaths", verbose_name="personne")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="association")
    died_on = models.DateField("jour du décès")
    learnt_from = models.CharField("appris par", max_length=200)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="signalé par")
    recorded_at = models.DateTimeField("signalé le")
    closed_account = models.BooleanField("a fermé le compte", default=False)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="retiré par"
    )
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)
    withdraw_reason = models.CharField("pourquoi il est retiré", max_length=500, blank=True)

    objects = DeathQuerySet.as_manager()

    class Meta:
        verbose_name = "décès"
        verbose_name_plural = "décès"
        ordering = ("-recorded_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["professional"], condition=Q(withdrawn_at__isnull=True), name="death_one_standing"
            ),
            models.CheckConstraint(
                name="death_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdraw_reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdraw_reason=""),
            ),
            models.CheckConstraint(name="death_learnt_somehow", condition=~Q(learnt_from="")),
        ]

    def __str__(self) -> str:
        return f"Décès de {self.professional}"
