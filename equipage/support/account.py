"""What this room adds to the page « Mon compte » of `people`."""

from __future__ import annotations

from equipage.people.selectors import AccountLink, offer_account_link
from equipage.support.selectors import has_asked

offer_account_link(
    AccountLink(
        "Mes demandes d'aide",
        "Où en est chacune : qui l'a, depuis quand, et ce qui vous a été répondu.",
        "support:mine",
        has_asked,
    )
)
