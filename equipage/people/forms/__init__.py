"""The forms of accounts and professionals."""

from equipage.people.forms.accounts import (
    AccountForm,
    ForgottenForm,
    NewPasswordForm,
    OrganisationForm,
    PasswordChangeForm,
    RoleEndForm,
    RoleForm,
    SignInForm,
)
from equipage.people.forms.professionals import ProfessionalForm, ProfileForm

__all__ = [
    "AccountForm",
    "ForgottenForm",
    "NewPasswordForm",
    "OrganisationForm",
    "PasswordChangeForm",
    "ProfessionalForm",
    "ProfileForm",
    "RoleEndForm",
    "RoleForm",
    "SignInForm",
]
