"""The forms of accounts and professionals."""

from equipage.people.forms.accounts import (
    ForgottenForm,
    NewPasswordForm,
    OrganisationForm,
    PasswordChangeForm,
    RoleEndForm,
    RoleForm,
    SignInForm,
)
from equipage.people.forms.practitioners import (
    AccountRequestForm,
    DeclineForm,
    NewAccountForm,
    OccupationForm,
    PractitionerForm,
    occupation_of,
)
from equipage.people.forms.professionals import ProfessionalForm, ProfileForm

__all__ = [
    "AccountRequestForm",
    "DeclineForm",
    "ForgottenForm",
    "NewAccountForm",
    "NewPasswordForm",
    "OccupationForm",
    "OrganisationForm",
    "PasswordChangeForm",
    "PractitionerForm",
    "ProfessionalForm",
    "ProfileForm",
    "RoleEndForm",
    "RoleForm",
    "SignInForm",
    "occupation_of",
]
