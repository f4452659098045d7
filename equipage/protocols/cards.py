"""What protocols make wait on the home pages, propose on the declare card, and show on the page of an action."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from equipage.coordination.selectors import Block, kinds_of
from equipage.coordination.services import Facts
from equipage.foundation.french import counted, day
from equipage.foundation.periods import today
from equipage.protocols import rules
from equipage.protocols.actors import is_author_or_lead
from equipage.protocols.effects import ACTION_KIND
from equipage.protocols.models import Adoption, Edition, ProtocolAction, Publication
from equipage.protocols.policies import OPINION_ROLES
from equipage.teams.policies import own_team_ids

_SHOWN = 10
# The declare card proposes a protocol for so long after it came into force; the duration is a proposal to change.
_PROPOSED_DAYS, _PROPOSED_MINUTES = 30, 60


def waiting_for_professional(user: Any) -> list[dict[str, Any]]:
    """An agreement is awaited from me, a review that I answer for comes or is late, an original has changed."""
    person = user.professional_or_none
    if person is None:
        return []
    return [*_agreements(user, person), *_reviews(user), *_originals(user)][:_SHOWN]


def _agreements(user: Any, person: Any) -> list[dict[str, Any]]:
    rows = Edition.objects.filter(state="proposed", protocol__team_id__in=own_team_ids(user))
    cards = []
    for edition in (
        rows.select_related("protocol__team").prefetch_related("parts").order_by("proposed_at", "id")[:_SHOWN]
    ):
        concerned = person.profession_code in rules.codes_of(edition.sections())
        if concerned and not edition.agreements.filter(professional=person, text_hash=edition.text_hash).exists():
            cards.append(
                {
                    "tag": "Votre accord",
                    "title": f"Protocole « {edition.title} », {edition.team.name}",
                    "sentence": "Il est proposé à l'équipe : lisez-le et dites si vous êtes d'accord.",
                    "since": edition.proposed_at,
                    "url": reverse("protocols:protocol", args=[edition.protocol_id]),
                    "action": "Lire et répondre",
                }
            )
    return cards


def _reviews(user: Any) -> list[dict[str, Any]]:
    on = today()
    soon = on + timedelta(days=rules.FORESEEN_DAYS)
    rows = Edition.objects.filter(state="in_force", review_on__lte=soon, protocol__team_id__in=own_team_ids(user))
    found = rows.select_related("protocol__team").prefetch_related("parts").order_by("review_on", "id")[:_SHOWN]
    return [
        {
            "tag": "Révision en retard" if edition.is_late else "Révision à venir",
            "title": f"Protocole « {edition.title} », {edition.team.name}",
            "sentence": f"À relire avant le {day(edition.review_on)}.",
            "since": edition.review_on if edition.is_late else None,
            "url": reverse("protocols:protocol", args=[edition.protocol_id]),
            "action": "Relire",
        }
        for edition in found
        if is_author_or_lead(user, edition)
    ]


def _originals(user: Any) -> list[dict[str, Any]]:
    rows = Adoption.objects.filter(team_id__in=own_team_ids(user)).select_related("team", "followed")
    followed = {row.source_id: row for row in rows.order_by("id")[:100]}
    online = Publication.objects.filter(protocol_id__in=sorted(followed), state="online").select_related("version")
    return [
        {
            "tag": "L'original a changé",
            "title": f"Protocole « {publication.version.title} », {adoption.team.name}",
            "sentence": "Comparez : reprenez ce que vous voulez, ou gardez votre texte.",
            "since": publication.published_at,
            "url": reverse("protocols:original", args=[adoption.protocol_id]),
            "action": "Comparer",
        }
        for publication in online.order_by("published_at", "id")
        if (adoption := followed[publication.protocol_id]).followed.number < publication.version.number
    ]


def waiting_for_association(user: Any) -> list[dict[str, Any]]:
    """The protocols on which the association's opinion is awaited: one card for all."""
    regions = user.regions_for(*OPINION_ROLES)
    if not regions:
        return []
    rows = Edition.objects.filter(state="proposed", told_at__isnull=False, protocol__region_id__in=sorted(regions))
    waiting = [
        edition
        for edition in rows.prefetch_related("opinions").order_by("told_at", "id")[:100]
        if not any(opinion.text_hash == edition.text_hash for opinion in edition.opinions.all())
    ]
    if not waiting:
        return []
    return [
        {
            "tag": "Protocoles",
            "title": counted(len(waiting), "protocole attend votre avis", "protocoles attendent votre avis"),
            "sentence": f"Le plus ancien : « {waiting[0].title} ».",
            "since": waiting[0].told_at,
            "url": reverse("protocols:protocol", args=[waiting[0].protocol_id]),
            "action": "Lire",
        }
    ]


# --- the time spent on a protocol -------------------------------------------------------------------------------------


def proposal(user: Any, team: Any) -> Facts | None:
    """The protocol that this person brought into force lately and whose time was not declared yet."""
    on = today()
    rows = Edition.objects.filter(
        state="in_force", protocol__team=team, in_force_by=user, validated_on__gt=on - timedelta(days=_PROPOSED_DAYS)
    )
    told = ProtocolAction.objects.filter(protocol__team=team).order_by().values("protocol_id")
    edition = (
        rows.exclude(protocol_id__in=told).select_related("protocol__team").order_by("-in_force_at", "-id").first()
    )
    if edition is None or edition.validated_on is None:
        return None
    open_kinds = {kind.code for kind in kinds_of(team, on) if not kind.blocked}
    if ACTION_KIND not in open_kinds:
        return None
    inside = team.memberships.in_force(edition.validated_on).filter(state__in=("confirmed", "left"))
    members = set(inside.order_by().values_list("professional_id", flat=True))
    own = user.professional_or_none
    people = [key for key in dict.fromkeys([own.pk if own else 0, *edition.author_ids]) if key in members]
    return Facts(
        kind=ACTION_KIND,
        held_on=edition.validated_on,
        minutes=_PROPOSED_MINUTES,
        present=tuple(people),
        theme=edition.theme if team.themes.filter(label=edition.theme).exists() else "",
        title=edition.title,
    )


def action_panel(action: Any, user: Any) -> Block | None:
    """The protocol that an action is about, on the page of the action."""
    link = ProtocolAction.objects.visible_to(user).filter(action=action).select_related("protocol__team").first()
    if link is None:
        return None
    edition = link.protocol.editions.order_by("-id").first()
    inside = link.protocol.team_id in set(own_team_ids(user).values_list("team_id", flat=True))
    return Block("Protocole", "protocols/action_panel.html", {"link": link, "edition": edition, "inside": inside})
