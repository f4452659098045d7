"""What follows the answer to a request for an account. The mailed link of an accepted one comes from its account."""

from __future__ import annotations

from django.urls import reverse

from equipage.foundation.workflow import Happened
from equipage.messaging.services import write_to
from equipage.people.states import ACCOUNT_REQUEST

REASON = "Vous recevez ce message car un compte a été demandé sur Équipage avec cette adresse."


@ACCOUNT_REQUEST.effect("decline")
def tell_why(happened: Happened) -> None:
    """The person who asked: why, and how to ask again."""
    write_to(
        happened.obj.email,
        "Votre demande de compte sur Équipage",
        "Nous n'avons pas pu ouvrir le compte demandé sur Équipage. En voici la raison :\n\n"
        f"{happened.obj.decision_reason}\n\n"
        "Si cela peut se corriger, faites une nouvelle demande par le lien ci-dessous.",
        link=reverse("people:ask_account"),
        reason=REASON,
    )
