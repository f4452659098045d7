"""Signing in, passwords, accounts, roles and organisations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.contrib.auth.forms import PasswordChangeForm as DjangoPasswordChangeForm

from equipage.foundation.fields import RnaField, SirenField
from equipage.foundation.french import typographic
from equipage.foundation.periods import today
from equipage.people.models import Organisation, User
from equipage.people.roles import Role
from equipage.territory.models import Department, Region

_LONG_ENOUGH = "12 caractères ou plus ; une phrase courte convient très bien."
_TWO_DIFFER = {"password_mismatch": "Les deux mots de passe diffèrent. Saisissez le même dans les deux cases."}


class SignInForm(AuthenticationForm):
    """E-mail and password. The refusal says the same thing whatever is wrong."""

    error_messages = {
        "invalid_login": typographic(
            "Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez-les, ou demandez un nouveau mot de passe."
        ),
        "inactive": typographic(
            "Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez-les, ou demandez un nouveau mot de passe."
        ),
    }

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"] = forms.EmailField(
            label="Adresse e-mail",
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        )
        self.fields["password"].label = "Mot de passe"

    def clean_username(self) -> str:
        """One spelling, so that wrong tries are counted together whatever the capitals."""
        return str(self.cleaned_data["username"]).strip().lower()


class ForgottenForm(forms.Form):
    """The address to which a link is sent."""

    email = forms.EmailField(
        label="Votre adresse e-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class NewPasswordForm(SetPasswordForm):
    """A new password, typed twice."""

    error_messages = {**_TWO_DIFFER}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = "Nouveau mot de passe"
        self.fields["new_password1"].help_text = _LONG_ENOUGH
        self.fields["new_password2"].label = "Le même, encore une fois"
        self.fields["new_password2"].help_text = ""


class PasswordChangeForm(DjangoPasswordChangeForm):
    """The present password, then the new one twice."""

    error_messages = {
        **_TWO_DIFFER,
        "password_incorrect": "Ce n'est pas votre mot de passe actuel. Saisissez-le à nouveau.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Mot de passe actuel"
        self.fields["new_password1"].label = "Nouveau mot de passe"
        self.fields["new_password1"].help_text = _LONG_ENOUGH
        self.fields["new_password2"].label = "Le même, encore une fois"
        self.fields["new_password2"].help_text = ""


class AccountForm(forms.Form):
    """A new account; its owner chooses the password by a mailed link."""

    first_name = forms.CharField(label="Prénom", max_length=100)
    last_name = forms.CharField(label="Nom", max_length=100)
    email = forms.EmailField(label="Adresse e-mail", max_length=254)

    def clean_email(self) -> str:
        """Small letters only; an address is one address whatever its capitals."""
        address = str(self.cleaned_data["email"]).strip().lower()
        if User.objects.filter(email__iexact=address).exists():
            raise forms.ValidationError("Un compte a déjà cette adresse. Cherchez-le dans la liste des comptes.")
        return address


class RoleForm(forms.Form):
    """A role in an organisation, from a day."""

    role = forms.ChoiceField(label="Fonction", choices=[("", "Choisir…"), *Role.choices])
    organisation = forms.ModelChoiceField(
        label="Organisation", queryset=Organisation.objects.order_by("name", "id"), empty_label="Choisir…"
    )
    valid_from = forms.DateField(label="À partir du", initial=today)
    last_day = forms.DateField(
        label="Dernier jour", required=False, help_text="Laissez vide si la fonction n'a pas de fin prévue."
    )


class RoleEndForm(forms.Form):
    """When a role ends."""

    last_day = forms.DateField(
        label="Dernier jour", initial=today, help_text="La fonction reste ouverte ce jour-là, jusqu'à minuit."
    )


class OrganisationForm(forms.ModelForm):
    """An association, an agency, one of its delegations."""

    siren = SirenField(label="SIREN", required=False)
    rna = RnaField(label="Numéro RNA", required=False)

    class Meta:
        model = Organisation
        fields = ("kind", "name", "region", "department", "siren", "rna", "address", "email", "phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions: Any = self.fields["region"]
        regions.queryset = Region.objects.order_by("search_name", "code")
        departments: Any = self.fields["department"]
        departments.queryset = Department.objects.order_by("code")
        departments.help_text = "Pour une délégation départementale."

    def clean(self) -> dict[str, Any]:
        """A delegation has a department, of the same region."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        department, region = cleaned.get("department"), cleaned.get("region")
        if cleaned.get("kind") == Organisation.Kind.DELEGATION and department is None:
            self.add_error("department", "Choisissez le département de cette délégation.")
        if department is not None and region is not None and department.region_id != region.pk:
            self.add_error("department", f"Ce département n'est pas dans la région {region}. Changez l'un des deux.")
        return cleaned
