"""Who is told what about a protocol. A message says that something waits; the page says what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from equipage.foundation.french import day
from equipage.messaging.services import notify
from equipage.people.selectors import holders
from equipage.protocols import rules
from equipage.protocols.models import Adoption, Agreement, Edition, Opinion, Publication
from equipage.protocols.policies import OPINION_ROLES


def tell_proposed(edition: Edition) -> None:
    """The members whose profession is concerned: their agreement is awaited."""
    codes = set(rules.codes_of(edition.sections()))
    moment = int(edition.proposed_at.timestamp()) if edition.proposed_at else 0
    for person in _members(edition):
        if person.professional.profession_code in codes and person.pk != edition.proposed_by_id:
            notify(
                person,
                "protocols.agreement",
                f"Un protocole attend votre accord, {edition.team.name}",
                f"« {edition.title} » est proposé à l'équipe.\n\n"
                "Lisez-le, puis dites si vous êtes d'accord ou ce qu'il faut changer.",
                _page(edition),
                urgent=True,
                key=f"protocols.proposed:{edition.pk}:{moment}:{person.pk}",
            )


def tell_association(edition: Edition) -> None:
    """The association, for the types that ask for it."""
    for person in holders(*OPINION_ROLES, region_id=edition.protocol.region_id):
        notify(
            person,
            "protocols.opinion",
            f"Un protocole vous est présenté, {edition.team.name}",
            f"« {edition.title} » : {edition.kind_card.label.lower()}.\n\nLisez-le et donnez votre avis à l'équipe.",
            _page(edition),
            urgent=True,
            key=f"protocols.told:{edition.pk}:{edition.text_hash[:12]}:{person.pk}",
        )


def tell_change_asked(edition: Edition, answer: Agreement) -> None:
    """Those who answer for the text: somebody asks for a change."""
    for person in responsible(edition):
        if person.pk != answer.professional.user_id:
            notify(
                person,
                "protocols.agreement",
                f"Un changement est demandé sur un protocole, {edition.team.name}",
                f"{answer.professional.full_name} a relu « {edition.title} » et demande un changement.\n\nLisez sa "
                "phrase sur la page du protocole, puis reprenez le texte ou parlez-en.",
                _page(edition),
                urgent=True,
                key=f"protocols.change:{answer.pk}:{person.pk}",
            )


def tell_in_force(edition: Edition) -> None:
    """Every member: a new way of working together."""
    for person in _members(edition):
        notify(
            person,
            "protocols.in_force",
            f"Un protocole est en vigueur, {edition.team.name}",
            f"« {edition.title} » est en vigueur.\n\nIl se lit et s'imprime depuis la page de l'équipe.",
            _page(edition),
            key=f"protocols.in_force:{edition.pk}:{person.pk}",
        )


def tell_opinion(edition: Edition, opinion: Opinion) -> None:
    """Those who answer for the text: the association gave its opinion."""
    for person in responsible(edition):
        notify(
            person,
            "protocols.opinion",
            f"L'association a donné son avis sur un protocole, {edition.team.name}",
            f"Son avis sur « {edition.title} » est sur la page du protocole.",
            _page(edition),
            key=f"protocols.opinion:{opinion.pk}:{person.pk}",
        )


def tell_review(edition: Edition, step: int) -> None:
    """Those who answer for the text: a review comes, or is late. Each reminder of each date is said once."""
    when = day(edition.review_on)
    title, sentence = (
        (f"Une révision est en retard, {edition.team.name}", f"« {edition.title} » était à relire avant le {when}.")
        if step == 0
        else (f"Une révision approche, {edition.team.name}", f"« {edition.title} » est à relire avant le {when}.")
    )
    for person in responsible(edition):
        notify(
            person,
            "protocols.review",
            title,
            f"{sentence}\n\nRelisez-le : confirmez qu'il n'y a rien à changer, ou commencez une nouvelle version.",
            _page(edition),
            urgent=True,
            key=f"protocols.review:{edition.pk}:{edition.review_on}:{step}:{person.pk}",
        )


def tell_adopters(publication: Publication) -> None:
    """The teams that took up an older version: what changed is shown, nothing is changed for them."""
    version = publication.version
    rows = Adoption.objects.filter(source=publication.protocol, followed__number__lt=version.number)
    for adoption in rows.select_related("protocol__team", "team").order_by("id"):
        edition = _last_edition(adoption)
        for person in responsible(edition) if edition else ():
            notify(
                person,
                "protocols.original",
                f"L'original d'un protocole a changé, {adoption.team.name}",
                f"« {version.title} », que votre équipe a repris, a une nouvelle version chez {version.team_name}.\n\n"
                "Comparez les deux textes : reprenez ce que vous voulez, rubrique par rubrique, ou gardez le vôtre.",
                reverse("protocols:original", args=[adoption.protocol_id]),
                urgent=True,
                key=f"protocols.original:{adoption.pk}:{version.pk}:{person.pk}",
            )


def tell_taken_up(adoption: Adoption) -> None:
    """Those who answer for the original: another team uses it."""
    edition = adoption.copied.edition
    for person in responsible(edition):
        notify(
            person,
            "protocols.taken_up",
            f"Une équipe reprend votre protocole, {edition.team.name}",
            f"L'équipe {adoption.team.name} reprend « {adoption.copied.title} » pour l'adapter. Votre équipe et ses "
            "auteurs y restent cités.",
            _page(edition),
            key=f"protocols.taken_up:{adoption.pk}:{person.pk}",
        )


# --- to whom ----------------------------------------------------------------------------------------------------------


def responsible(edition: Edition) -> list[Any]:
    """The accounts that answer for a protocol today: its authors and referent still in the team, and who leads it."""
    sections = edition.sections()
    keys = {*rules.author_ids(sections), rules.referent_id(sections)} - {None}
    return [
        member.professional.user
        for member in _memberships(edition)
        if member.role == "lead" or member.professional_id in keys
    ]


def _members(edition: Edition) -> list[Any]:
    return [member.professional.user for member in _memberships(edition)]


def _memberships(edition: Edition) -> Iterable[Any]:
    rows = edition.team.memberships.in_force().filter(state__in=("confirmed", "left"))
    return rows.filter(professional__user__is_active=True).select_related("professional__user").order_by("id")


def _last_edition(adoption: Adoption) -> Edition | None:
    return adoption.protocol.editions.order_by("-id").first()


def _page(edition: Edition) -> str:
    return reverse("protocols:protocol", args=[edition.protocol_id])
