"""Accounts: opened, given a password by a mailed link, closed."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from equipage.foundation import audit
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.messaging.services import write_to
from equipage.people.models import Death, Organisation, RoleAssignment, User
from equipage.people.roles import Role
from equipage.people.services.practitioners import Practitioner, attach_professional

# Somebody who clicks again, or who types the address of another, does not fill a mailbox.
_QUIET_SECONDS = 120


def send_password_link(user: User, *, first: bool = False) -> None:
    """Mail a link that lets the owner of the address choose a password; it also serves accounts that have none.

    Not a second one within two minutes. `first` words it for a new account.
    """
    key = "password-link:" + hashlib.sha256(user.email.encode()).hexdigest()
    if not cache.add(key, True, _QUIET_SECONDS):
        return
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    link = reverse("people:choose_password", args=[uid, default_token_generator.make_token(user)])
    if first:
        subject = "Votre compte Équipage est ouvert"
        body = (
            "Un compte vient d'être ouvert à votre nom sur Équipage.\n\n"
            "Choisissez votre mot de passe par le lien ci-dessous. Il est valable 3 jours ; passé ce délai, "
            "demandez-en un autre depuis la page de connexion."
        )
    else:
        subject = "Choisissez un nouveau mot de passe"
        body = (
            "Vous avez demandé un nouveau mot de passe pour Équipage. Le lien ci-dessous est valable 3 jours.\n\n"
            "Si vous n'avez rien demandé, ne faites rien : votre mot de passe actuel reste le même."
        )
    write_to(
        user.email,
        subject,
        body,
        link=link,
        reason="Vous recevez ce message car cette adresse ouvre un compte sur Équipage.",
    )


@transaction.atomic
def change_password(user: User, password: str) -> None:
    """Keep a new password, and say so in the journal. The form has checked it."""
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(action="people.user.password", obj=user, actor=user)


@transaction.atomic
def open_account(
    *, actor: Any, email: str, first_name: str, last_name: str, practitioner: Practitioner | None = None
) -> User:
    """Open an account without password, and mail its owner the link to choose one.

    With a `practitioner`, the professional is put behind it at once. Raises Refused: address taken, or what
    `attach_professional` refuses.
    """
    _may_manage(actor)
    if User.objects.filter(email__iexact=email.strip()).exists():
        raise Refused("Un compte a déjà cette adresse. Cherchez-le dans la liste des comptes.", field="email")
    user = User.objects.create_user(email.strip(), None, first_name=first_name.strip(), last_name=last_name.strip())
    audit.record(action="people.user.open", obj=user, actor=actor, after={"email": user.email, "name": user.full_name})
    if practitioner is not None:
        attach_professional(actor=actor, user=user, practitioner=practitioner)
    # Last, once nothing refuses any more: a link sent for nothing would keep the right one quiet for two minutes.
    send_password_link(user, first=True)
    return user


@transaction.atomic
def close_account(*, actor: Any, user: User, reason: str) -> None:
    """Shut the door to a person: they can no longer sign in. What they did stays, under their name."""
    _may_manage(actor)
    if actor.pk == user.pk:
        raise Refused("On ne ferme pas son propre compte. Demandez à une autre personne de l'administration.")
    if not reason.strip():
        raise Refused("Écrivez en une phrase pourquoi ce compte est fermé.", field="comment")
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        audit.record(action="people.user.close", obj=user, actor=actor, comment=reason.strip())


@transaction.atomic
def reopen_account(*, actor: Any, user: User) -> None:
    """Open the door again. Raises Refused while a death stands: withdrawing it opens the account."""
    _may_manage(actor)
    if Death.objects.standing().filter(professional__user=user).exists():
        raise Refused(
            "Un décès est signalé pour cette personne. S'il s'agit d'une erreur, l'administration de l'association "
            "retire ce signalement : le compte rouvre alors de lui-même."
        )
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        audit.record(action="people.user.reopen", obj=user, actor=actor)


@transaction.atomic
def first_administrator(*, email: str, password: str, region_id: str) -> User:
    """The first administrator of an empty installation, with the platform's own organisation. Raises Refused."""
    if RoleAssignment.objects.filter(role=Role.PLATFORM_ADMIN).exists():
        raise Refused("Cette installation a déjà un administrateur. Il peut en nommer d'autres depuis la page Comptes.")
    address = email.strip().lower()
    if User.objects.filter(email__iexact=address).exists():
        raise Refused(f"Un compte a déjà l'adresse {address}. Donnez une autre adresse.", field="email")
    user = User(email=address, first_name="Administration", last_name="de la plateforme")
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise Refused(" ".join(weak.messages), field="password") from weak
    user.set_password(password)
    user.save()
    body, _ = Organisation.objects.get_or_create(
        kind=Organisation.Kind.PLATFORM, defaults={"name": "Exploitant de la plateforme", "region_id": region_id}
    )
    role = RoleAssignment.objects.create(user=user, role=Role.PLATFORM_ADMIN, organisation=body, valid_from=today())
    audit.record(action="people.role.first", obj=role, actor=None, after={"email": address})
    return user


def _may_manage(actor: Any) -> None:
    decision = can(actor, "people.manage_accounts")
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
