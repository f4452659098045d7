"""Requests for an account: asked by a professional whom nobody invited, answered by the platform's administration."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from equipage.foundation import audit
from equipage.foundation.french import typographic
from equipage.foundation.identifiers import check_rpps
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.messaging.rules import TooPrivate, check_message
from equipage.messaging.services import write_to
from equipage.people import nomenclatures
from equipage.people.effects import REASON
from equipage.people.models import AccountRequest, User
from equipage.people.services.accounts import open_account
from equipage.people.services.practitioners import Practitioner
from equipage.people.states import ACCOUNT_REQUEST
from equipage.territory.models import Commune

# A health centre asks for its ten colleagues on one evening; a robot asks for thousands.
MOST_FROM_ONE_PLACE = 10
MOST_FOR_ONE_MAIL = 3
_DAY = timedelta(days=1)


@transaction.atomic
def ask_account(
    *,
    network_address: str,
    email: str,
    first_name: str,
    last_name: str,
    rpps: str,
    profession_code: str,
    commune: Commune,
) -> AccountRequest:
    """Keep a request and acknowledge it by mail; opens nothing, and never says whether an address is known.

    The same request twice is one request and one mail. Raises Refused: a wrong number, too many in a day.
    """
    address = email.strip().lower()
    number = check_rpps(rpps).value
    code = nomenclatures.profession(profession_code).code
    same = AccountRequest.objects.filter(state="waiting", email=address, rpps=number).first()
    if same is not None:
        return same
    origin = salted_hmac("people.account_request", network_address, algorithm="sha256").hexdigest()
    _not_too_many(address, origin)
    row, new = AccountRequest.objects.get_or_create(
        state="waiting",
        email=address,
        rpps=number,
        defaults={
            "first_name": first_name.strip(),
            "last_name": last_name.strip(),
            "profession_code": code,
            "commune": commune,
            "origin": origin,
        },
    )
    if new:
        # The journal is for ever: it keeps no address of somebody who may never have an account.
        audit.record(action="people.account_request.ask", obj=row, actor=None, after={"profession": code})
        _acknowledge(address)
    return row


def _not_too_many(email: str, origin: str) -> None:
    recent = AccountRequest.objects.filter(created_at__gt=timezone.now() - _DAY)
    if recent.filter(email=email).count() >= MOST_FOR_ONE_MAIL:
        raise Refused(
            typographic(
                f"{MOST_FOR_ONE_MAIL} demandes sont déjà parties aujourd'hui avec cette adresse. "
                "Attendez notre réponse, ou recommencez demain."
            ),
            field="email",
        )
    if recent.filter(origin=origin).count() >= MOST_FROM_ONE_PLACE:
        raise Refused(
            typographic(
                f"{MOST_FROM_ONE_PLACE} demandes sont déjà parties aujourd'hui de cet endroit : c'est la limite qui "
                "arrête les robots. Recommencez demain, ou depuis une autre connexion."
            )
        )


def _acknowledge(address: str) -> None:
    """Nothing that a person typed goes into this mail: it would carry the words of anybody to anybody."""
    if User.objects.filter(email__iexact=address, is_active=True).exists():
        body = (
            "Un compte Équipage a été demandé avec cette adresse, et cette adresse en a déjà un.\n\n"
            "Choisissez votre mot de passe par le lien ci-dessous. Si vous n'avez rien demandé, ne faites rien."
        )
        link = reverse("people:forgotten")
    else:
        body = (
            "Nous avons reçu une demande de compte Équipage avec cette adresse. Une personne vérifie le numéro RPPS, "
            "puis vous répond ici.\n\n"
            "Si vous n'avez rien demandé, ne faites rien : aucun compte n'est ouvert."
        )
        link = ""
    write_to(address, "Votre demande de compte sur Équipage", body, link=link, reason=REASON)


@transaction.atomic
def accept_request(*, actor: Any, request: AccountRequest, practitioner: Practitioner) -> User:
    """Open the account, put the professional behind it, and mail the link of the first password.

    Accepting twice gives the same account. Raises Refused: answered otherwise, address or number already taken.
    """
    _may_answer(actor)
    row = AccountRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if row.state == "accepted":
        return User.objects.get(pk=row.user_id)
    if row.state != "waiting":
        raise Refused(typographic("Cette demande a déjà reçu une réponse : rien n'a changé."))
    user = open_account(
        actor=actor,
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        practitioner=practitioner,
    )
    run(ACCOUNT_REQUEST, row, "accept", actor=actor, data={"user": user})
    return user


@transaction.atomic
def decline_request(*, actor: Any, request: AccountRequest, reason: str) -> AccountRequest:
    """Say no, and mail the reason. Raises Refused: no reason, answered otherwise, a reason that may not be mailed."""
    _may_answer(actor)
    written = reason.strip()
    try:
        check_message("", written)
    except TooPrivate as private:
        raise Refused(
            "Ce motif part par e-mail : retirez-en le numéro de compte bancaire ou de sécurité sociale.",
            field="reason",
        ) from private
    declined: AccountRequest = run(
        ACCOUNT_REQUEST, request, "decline", actor=actor, comment=written, data={"decision_reason": written}
    )
    return declined


def _may_answer(actor: Any) -> None:
    decision = can(actor, "people.manage_accounts")
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
