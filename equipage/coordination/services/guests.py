"""Guests (personnes invitées): people of another house who were there, and who answer by a link, without an account.

A guest counts as a guest. Never as a voice of the team: an action is proved by members who answer for it under their
convention and may lose money by a false word, which a passer-by with a link does not. Never paid: only a member with a
signed convention is. A guest is added by one person and asked in writing, so that nobody is said present unknowingly.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from equipage.coordination.models import Action, Guest
from equipage.coordination.services.checking import require
from equipage.coordination.states import GUEST, OPEN
from equipage.foundation import audit
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.french import counted, day, moment, paris_day, typographic
from equipage.foundation.jobs import job
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.messaging.mail import compose
from equipage.people.models import Professional
from equipage.teams.rules import form_of

LINK_DAYS = 14
# A meeting of primary care has a handful of guests; a robot writes to thousands.
MOST_GUESTS = 15
MOST_A_DAY = 30
# The first letter, and twice again.
MOST_LETTERS = 3
_SALT = "coordination.guest"
_INVITED = ("coordination.guest.add", "coordination.guest.invite_again")
_REASON = "Vous recevez ce message car une personne de l'équipe a donné votre adresse pour dire que vous étiez là."


class LinkOver(Refused):
    """A guest's link opens nothing any more, or never did; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(typographic(sentence))


class AnsweringGuest:
    """Who answers by a link, for the journal: it keeps for ever, and names nobody who has no account."""

    pk = None
    full_name = "Une personne invitée"


@transaction.atomic
def add_guest(
    action: Action, *, actor: Any, full_name: str, role: str = "", organisation: str = "", email: str
) -> Guest:
    """Add a guest and write to them, after the commit. Raises Refused with its field.

    A wrong address, a member of the team, somebody already added, too many guests, too many letters in a day.
    """
    row = _held(action.pk)
    require(actor, "coordination.invite_guest", row)
    name, address = " ".join(full_name.split()), _address(email)
    if not name:
        raise Refused("Écrivez le nom et le prénom de la personne invitée.", field="full_name")
    _not_a_member(row, address)
    if row.guests.filter(email__iexact=address).exists():
        raise Refused("Cette adresse est déjà celle d'une personne invitée à cette action.", field="email")
    if row.guests.filter(email="", full_name__iexact=name).exists():
        raise Refused(f"{name} a déjà répondu pour cette action.", field="full_name")
    if row.guests.count() >= MOST_GUESTS:
        raise Refused(f"Une action a {MOST_GUESTS} personnes invitées au plus : retirez-en une d'abord.")
    _not_too_many_letters(actor)
    guest = Guest.objects.create(
        action=row,
        full_name=name,
        role=role.strip(),
        organisation=organisation.strip(),
        email=address,
        invited_by=actor,
        added_at=timezone.now(),
    )
    audit.record(action="coordination.guest.add", obj=guest, actor=actor)
    mail_guest.enqueue(guest.pk)
    return guest


@transaction.atomic
def invite_again(guest: Guest, *, actor: Any) -> Guest:
    """Write again, once a day and three times in all; the new link puts out the old one. Raises Refused."""
    row = _guest(guest.pk)
    require(actor, "coordination.invite_guest", row.action)
    if row.state != "expected":
        raise Refused(f"{row.full_name} a déjà répondu.")
    sent = AuditEntry.objects.filter(about=audit.about(row), action__in=_INVITED).order_by("-id")
    moments = list(sent.values_list("at", flat=True))
    if len(moments) >= MOST_LETTERS:
        raise Refused(
            f"{counted(MOST_LETTERS, 'message')} sont déjà partis à {row.full_name} : appelez plutôt, ou laissez "
            "sans réponse. Une présence de personne invitée n'est pas nécessaire à la validation."
        )
    if moments and paris_day(moments[0]) == today():
        raise Refused(f"Un message est déjà parti aujourd'hui à {row.full_name} : laissez-lui le temps de répondre.")
    _not_too_many_letters(actor)
    row.link_key = uuid.uuid4()
    row.save(update_fields=["link_key"])
    audit.record(action="coordination.guest.invite_again", obj=row, actor=actor)
    mail_guest.enqueue(row.pk)
    return row


@transaction.atomic
def withdraw_guest(guest: Guest, *, actor: Any) -> None:
    """Take a guest off an open action, with their name and address: the link opens nothing any more."""
    row = _guest(guest.pk)
    require(actor, "coordination.invite_guest", row.action)
    audit.record(action="coordination.guest.withdraw", obj=row, actor=actor, before={"state": row.state})
    row.delete()


def link_of(guest: Guest) -> str:
    """The personal page of a guest: signed, valid fourteen days from now, put out by an answer or by a newer link."""
    return reverse("coordination:guest_link", args=[signing.dumps([guest.pk, guest.link_key.hex], salt=_SALT)])


def guest_of_link(token: str) -> Guest:
    """The guest that a link is about, who has not answered. Raises LinkOver."""
    try:
        key, secret = signing.loads(token, salt=_SALT, max_age=timedelta(days=LINK_DAYS))
    except signing.SignatureExpired:
        raise LinkOver(
            f"Ce lien avait {LINK_DAYS} jours de validité. Si vous voulez répondre, demandez à la personne qui vous a "
            "invité de vous en envoyer un autre."
        ) from None
    except (signing.BadSignature, ValueError, TypeError):
        raise LinkOver("Ce lien est incomplet. Copiez-le en entier depuis le message reçu.") from None
    rows = Guest.objects.select_related("action__team", "invited_by")
    guest = rows.filter(pk=key).first()
    if guest is None:
        raise LinkOver("Cette invitation a été retirée : vous n'avez rien à faire, et votre adresse est effacée.")
    if guest.link_key.hex != secret:
        raise LinkOver("Un message plus récent vous a été envoyé : répondez par le lien qu'il contient.")
    _still_asked(guest)
    return guest


def _still_asked(guest: Guest) -> None:
    if guest.state != "expected":
        said = GUEST.transitions["confirm" if guest.state == "confirmed" else "deny"].label
        raise LinkOver(
            f"Ce lien a déjà servi : vous avez répondu « {said} », {moment(guest.answered_at)}. Si c'est une erreur, "
            f"dites-le à {guest.invited_by.full_name}."
        )
    if guest.action.state not in OPEN:
        raise LinkOver("Cette réunion n'attend plus de réponse. Vous n'avez rien à faire.")


@transaction.atomic
def answer_by_link(token: str, *, was_there: bool) -> Guest:
    """« J'y étais », or not, once. Raises LinkOver."""
    found = guest_of_link(token)
    _held(found.action_id)
    row = _guest(found.pk)
    # Somebody may have answered by the same link while this one waited.
    _still_asked(row)
    answered: Guest = run(GUEST, row, "confirm" if was_there else "deny", actor=AnsweringGuest())
    return answered


@job(max_attempts=6, backoff=(15, 60, 300, 1800, 7200))
def mail_guest(guest_id: int) -> str:
    """The letter with the link, composed when it leaves: the queue holds neither the link nor the address."""
    guest = Guest.objects.select_related("action__team", "invited_by").filter(pk=guest_id).first()
    if guest is None or guest.state != "expected" or guest.action.state not in OPEN:
        return "plus utile"
    action, host = guest.action, guest.invited_by.full_name
    compose(
        guest.email,
        f"Étiez-vous à la réunion du {day(action.held_on)} ?",
        f"{host} indique que vous avez participé, le {day(action.held_on)}, à une réunion de l'équipe "
        f"« {action.team.name} » ({label_of_kind(action)}).\n\n"
        "Confirmez-le ou démentez-le d'un geste, par le lien ci-dessous : aucun compte n'est nécessaire, rien d'autre "
        "ne vous est demandé.\n\n"
        f"Ce lien est personnel ; il sert une fois, pendant {LINK_DAYS} jours. Sans réponse de votre part, vous n'êtes "
        "pas compté. Si vous ne connaissez pas cette équipe, répondez « Je n'y étais pas ».",
        link=link_of(guest),
        button="Répondre",
        reason=_REASON,
    ).send()
    return "envoyé"


def label_of_kind(action: Action) -> str:
    """What kind of meeting it was, in the words of the rules: never its title, which somebody typed."""
    kind = form_of(action.team, action.held_on).actions.get(action.kind)
    return kind.short_label if kind is not None else "action coordonnée"


def _held(action_id: int) -> Action:
    return Action.objects.select_for_update(of=("self",)).select_related("team").get(pk=action_id)


def _guest(guest_id: int) -> Guest:
    return Guest.objects.select_for_update(of=("self",)).select_related("action__team", "invited_by").get(pk=guest_id)


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(
            "Cette adresse e-mail n'est pas complète : vérifiez-la, par exemple nom@exemple.fr.", field="email"
        ) from None
    return address


def _not_a_member(action: Action, address: str) -> None:
    """A member has an account and a voice: being invited would take both away."""
    people = Professional.objects.filter(Q(email__iexact=address) | Q(user__email__iexact=address))
    inside = action.team.memberships.in_force(action.held_on).filter(state__in=("confirmed", "left"))
    member = people.filter(pk__in=inside.values("professional_id")).first()
    if member is not None:
        raise Refused(
            f"Cette adresse est celle de {member.full_name}, membre de l'équipe ce jour-là : ajoutez cette personne "
            "aux présents (« Corriger »), sa voix compte.",
            field="email",
        )


def _not_too_many_letters(actor: Any) -> None:
    sent = AuditEntry.objects.filter(actor=actor, action__in=_INVITED, at__gt=timezone.now() - timedelta(days=1))
    if sent.count() >= MOST_A_DAY:
        raise Refused(f"{MOST_A_DAY} invitations sont déjà parties de votre part en un jour : continuez demain.")
