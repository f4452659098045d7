"""The verbs of accounts, professionals, roles and organisations."""

from equipage.people.services.accounts import (
    change_password,
    close_account,
    first_administrator,
    open_account,
    reopen_account,
    send_password_link,
)
from equipage.people.services.organisations import end_role, give_role, save_organisation
from equipage.people.services.professionals import open_own_account, register_professional, update_profile

__all__ = [
    "change_password",
    "close_account",
    "end_role",
    "first_administrator",
    "give_role",
    "open_account",
    "open_own_account",
    "register_professional",
    "reopen_account",
    "save_organisation",
    "send_password_link",
    "update_profile",
]
