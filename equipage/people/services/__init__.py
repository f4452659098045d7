"""The verbs of accounts, professionals, roles and organisations."""

from equipage.people.services.accounts import (
    change_password,
    close_account,
    first_administrator,
    open_account,
    reopen_account,
    send_password_link,
)
from equipage.people.services.deaths import record_death, withdraw_death
from equipage.people.services.organisations import end_role, give_role, save_organisation
from equipage.people.services.practitioners import Practitioner, attach_professional
from equipage.people.services.professionals import open_own_account, register_professional, update_profile
from equipage.people.services.requests import accept_request, ask_account, decline_request

__all__ = [
    "Practitioner",
    "accept_request",
    "ask_account",
    "attach_professional",
    "change_password",
    "close_account",
    "decline_request",
    "end_role",
    "first_administrator",
    "give_role",
    "open_account",
    "open_own_account",
    "record_death",
    "register_professional",
    "reopen_account",
    "save_organisation",
    "send_password_link",
    "update_profile",
    "withdraw_death",
]
