"""Members are invited, answer, vouch for each other, lead, and leave."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from equipage.foundation import audit
from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.french import day, paris_day, typographic
from equipage.foundation.periods import add_months, today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.messaging.services import notify, write_to
from equipage.people.models import Professional, User
from equipage.people.services import open_own_account, register_professional
from equipage.teams.models import Membership, Team
from equipage.teams.services.teams import allowed, locked
from equipage.teams.states import MEMBERSHIP

_SALT = "teams.invitation"
LINK_DAYS = 30


class LinkHolder:
    """Somebody who answers by a personal link, without an account: known by the professional of the invitation."""

    pk = None

    def __init__(self, professional: Professional) -> None:
        self.professional_or_none = professional
        self.full_name = professional.full_name


@transaction.atomic
def add_member(
    *,
    actor: Any,
    team: Team,
    professional: Professional,
    certain: bool = False,
    valid_from: date | None = None,
    message: str = "",
) -> Membership:
    """Invite a professional. `certain`: the lead says that they agreed, and they count at once; they are told.

    Raises Refused: twice in the team, a day too far, a closed team, somebody who does not lead.
    """
    row = locked(team)
    allowed(actor, "teams.edit_team", row)
    begin = valid_from or today()
    if begin > add_months(today(), 12):
        raise Refused(f"Le {day(begin)} est dans plus d'un an : choisissez une date plus proche.", field="valid_from")
    _refuse_twice(row, professional, begin)
    made = Membership.objects.create(team=row, professional=professional, valid_from=begin, added_by=actor)
    audit.record(
        action="teams.membership.add",
        obj=made,
        actor=actor,
        comment=message.strip(),
        after={"professional": professional.pk, "valid_from": begin},
    )
    if certain:
        made = run(MEMBERSHIP, made, "vouch", actor=actor)
    else:
        _invite(made, actor, message.strip())
    return made


def add_new_member(*, actor: Any, team: Team, certain: bool = False, message: str = "", **directory: Any) -> Membership:
    """The same for somebody whom the directory does not know yet; both or neither."""
    with transaction.atomic():
        allowed(actor, "teams.edit_team", team)
        professional = register_professional(actor=actor, **directory)
        return add_member(actor=actor, team=team, professional=professional, certain=certain, message=message)


def _refuse_twice(team: Team, professional: Professional, begin: date) -> None:
    known = (
        team.memberships.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=begin), professional=professional)
        .exclude(state="declined")
        .order_by("id")
        .first()
    )
    if known is None:
        return
    name = professional.full_name
    if known.state == "uncertain":
        sentence = f"{name} est déjà dans l'équipe, encore incertain. Renvoyez-lui l'invitation plutôt."
    elif known.state == "left" and known.valid_to is not None:
        sentence = f"{name} reste membre jusqu'au {day(known.valid_to)} (exclu). Choisissez ce jour-là ou plus tard."
    else:
        sentence = f"{name} est déjà membre de l'équipe depuis le {day(known.valid_from)}."
    raise Refused(typographic(sentence), field="valid_from" if known.state == "left" else None)


def _invite(membership: Membership, actor: Any, message: str) -> None:
    """Tell the person: a notice, a mail with a personal link, or nothing where no address is known."""
    person, team = membership.professional, membership.team
    subject = f"{actor.full_name} vous propose de rejoindre {team.name}"
    why = f"« {message} »\n\n" if message else ""
    body = (
        f"{actor.full_name} constitue une équipe de soins à {team.commune.name} et aimerait travailler avec vous.\n\n"
        f"{why}Dites oui ou non en un geste. Sans réponse de votre part, vous ne comptez pas dans l'équipe."
    )
    if person.user is not None:
        link = reverse("teams:invitation", args=[membership.pk])
        notify(person.user, "teams.invitation", subject, body, link, urgent=True)
    elif person.email:
        reason = "Vous recevez ce message car une ou un collègue a donné votre adresse pour vous inviter."
        write_to(person.email, subject, body, link=link_of(membership), reason=reason)


def link_of(membership: Membership) -> str:
    """The personal page of an invitation, for somebody who has no account; valid thirty days."""
    return reverse("teams:invitation_link", args=[signing.dumps(membership.pk, salt=_SALT)])


def membership_of_link(token: str) -> Membership:
    """The membership a personal link is about. Raises Refused when the link is too old or was altered."""
    try:
        key = signing.loads(token, salt=_SALT, max_age=timedelta(days=LINK_DAYS))
    except signing.SignatureExpired:
        raise Refused(
            typographic(f"Ce lien avait {LINK_DAYS} jours de validité : demandez qu'on vous renvoie l'invitation.")
        ) from None
    except signing.BadSignature:
        raise Refused(
            "Ce lien est incomplet. Copiez-le en entier depuis le message, ou demandez-en un autre."
        ) from None
    found = Membership.objects.filter(pk=key).select_related("team__commune", "professional__user", "added_by").first()
    if found is None:
        raise Refused("Cette invitation n'existe plus. Demandez à la personne qui vous a écrit.")
    return found


@transaction.atomic
def join_by_link(*, membership: Membership, email: str, password: str) -> User:
    """Open one's account and accept, in one go. An invitation already vouched for only opens the account."""
    row = Membership.objects.select_for_update(of=("self",)).select_related("professional").get(pk=membership.pk)
    # Where the link was mailed, the address is the one that received it.
    user = open_own_account(professional=row.professional, email=row.professional.email or email, password=password)
    if row.state == "uncertain":
        run(MEMBERSHIP, row, "accept", actor=user)
    return user


def accept(*, actor: Any, membership: Membership) -> Membership:
    """I join the team."""
    row: Membership = run(MEMBERSHIP, membership, "accept", actor=actor)
    return row


def vouch(*, actor: Any, membership: Membership) -> Membership:
    """The lead says that the person agreed; the person is told."""
    row: Membership = run(MEMBERSHIP, membership, "vouch", actor=actor)
    return row


def decline(*, actor: Any, membership: Membership) -> Membership:
    """The person says no, or the lead takes the invitation back."""
    row: Membership = run(MEMBERSHIP, membership, "decline", actor=actor)
    return row


@transaction.atomic
def leave(*, actor: Any, membership: Membership, last_day: date, reason: str) -> Membership:
    """A member leaves; `last_day` is the last day as a member. Raises Refused and Blocked."""
    if last_day < membership.valid_from:
        raise Refused(
            f"L'adhésion a commencé le {day(membership.valid_from)} : choisissez ce jour-là ou un jour plus tard.",
            field="last_day",
        )
    if last_day > add_months(today(), 12):
        raise Refused(f"Le {day(last_day)} est dans plus d'un an : choisissez une date plus proche.", field="last_day")
    # Two leads who leave together must not both count on the other.
    locked(membership.team)
    data = {"valid_to": last_day + timedelta(days=1), "leaving_reason": reason.strip()}
    row: Membership = run(MEMBERSHIP, membership, "leave", actor=actor, comment=reason, data=data)
    return row


@transaction.atomic
def remind(*, actor: Any, membership: Membership) -> str:
    """Send the invitation again, once a day at most. Answers what happened, in French."""
    row = _held(membership)
    allowed(actor, "teams.edit_team", row.team)
    if row.state != "uncertain":
        raise Refused(f"{row.professional.full_name} a déjà répondu.")
    if _reminded_today(row):
        raise Refused(f"{row.professional.full_name} a déjà été relancé aujourd'hui. Laissez-lui le temps de répondre.")
    if row.professional.user is None and not row.professional.email:
        raise Refused("Aucune adresse n'est connue : donnez-lui le lien affiché à côté de son nom.")
    _invite(row, actor, "")
    audit.record(action="teams.membership.remind", obj=row, actor=actor)
    return f"L'invitation est renvoyée à {row.professional.full_name}."


def _reminded_today(row: Membership) -> bool:
    links = AuditEntry.objects.filter(about=audit.about(row), action="teams.membership.remind").order_by("-id")
    last = links.values_list("at", flat=True).first()
    return last is not None and paris_day(last) == today()


def _held(membership: Membership) -> Membership:
    rows = Membership.objects.select_for_update(of=("self",)).select_related("team__commune", "professional__user")
    row: Membership = rows.get(pk=membership.pk)
    return row


@transaction.atomic
def name_lead(*, actor: Any, membership: Membership) -> Membership:
    """Another confirmed member also leads the team (référent)."""
    locked(membership.team)
    row = _held(membership)
    allowed(actor, "teams.edit_team", row.team)
    if row.state != "confirmed":
        raise Refused(f"{row.professional.full_name} n'est pas encore membre confirmé : attendez sa réponse.")
    return _place(row, Membership.Role.LEAD, "teams.membership.lead", actor)


@transaction.atomic
def step_down(*, actor: Any, membership: Membership) -> Membership:
    """A lead becomes a plain member again, as long as another one stays."""
    team = locked(membership.team)
    row = _held(membership)
    allowed(actor, "teams.edit_team", team)
    others = team.memberships.in_force().filter(role=Membership.Role.LEAD, state="confirmed").exclude(pk=row.pk)
    if row.role == Membership.Role.LEAD and not others.exists():
        raise Refused("Nommez d'abord une autre personne référente : une équipe en garde toujours une.")
    return _place(row, Membership.Role.MEMBER, "teams.membership.no_lead", actor)


def _place(row: Membership, role: str, action: str, actor: Any) -> Membership:
    if row.role != role:
        before = row.role
        row.role = role
        row.save(update_fields=["role"])
        audit.record(action=action, obj=row, actor=actor, before={"role": before}, after={"role": role})
    return row
