"""What the rules ask before a convention holds. No model is imported."""

from __future__ import annotations

from datetime import date
from typing import Any

from equipage.teams.rules import form_of


def secure_mail_asked(team: Any, on: date) -> bool:
    """Does the form of the team ask its members for secure health mail (messagerie sécurisée) that day?

    Source: the packs, `organisation.secure_messaging_required` (leaflet of the ESP CLAP).
    """
    rule = form_of(team, on).find("organisation.secure_messaging_required")
    return rule is not None and bool(rule.effective)


def secure_mail_missing(convention: Any, on: date) -> bool:
    """Is the address of that member still to be given?"""
    return not convention.professional.secure_mail and secure_mail_asked(convention.team, on)
