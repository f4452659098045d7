"""Who sees and who decides. The text is the team's; the region sees what was published; no patient is named."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from equipage.foundation.documents import about_any, register_kind
from equipage.foundation.policies import NOTHING, Decision, decide, denied, policy, visibility
from equipage.people.roles import ASSOCIATION_ROLES, STAFF_ROLES, Role
from equipage.protocols.actors import RESPONSIBLE
from equipage.protocols.models import Adoption, Edition, ProtocolVersion, Publication
from equipage.protocols.printing import DOCUMENT_KIND
from equipage.teams.actors import LEAD, MEMBER
from equipage.teams.models import Membership
from equipage.teams.policies import by_scope, own_team_ids

OPINION_ROLES = (Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_ADMIN)


def _own(user: Any, path: str = "team_id") -> Q:
    return Q(**{f"{path}__in": own_team_ids(user)}) if user.professional_or_none else NOTHING


def _in_regions(user: Any) -> Q:
    """Rows of the regions in which this person has a team, or works for the association or the agency."""
    found = NOTHING
    person = user.professional_or_none
    if person is not None:
        mine = Membership.objects.in_force().filter(professional_id=person.pk, state__in=("confirmed", "left"))
        found |= Q(region_id__in=mine.order_by().values("team__region_id"))
    regions = user.regions_for(*STAFF_ROLES)
    return found | Q(region_id__in=sorted(regions)) if regions else found


def _published(user: Any) -> Any:
    return Publication.objects.filter(_in_regions(user), state="online").order_by()


def _told(user: Any, prefix: str = "") -> Q:
    """Texts of which the association was told, for the people who may give its opinion."""
    regions = user.regions_for(*OPINION_ROLES)
    if not regions:
        return NOTHING
    return Q(
        **{
            f"{prefix}told_at__isnull": False,
            f"{prefix}state__in": ("proposed", "in_force"),
            f"{prefix}protocol__region_id__in": sorted(regions),
        }
    )


@visibility("protocols.Protocol")
def protocols(user: Any) -> Q:
    told = Edition.objects.filter(_told(user)).order_by().values("protocol_id")
    return _own(user) | Q(pk__in=_published(user).values("protocol_id")) | Q(pk__in=told)


@visibility("protocols.Edition")
def editions(user: Any) -> Q:
    return _own(user, "protocol__team_id") | _told(user)


@visibility("protocols.Part")
def parts(user: Any) -> Q:
    return _own(user, "edition__protocol__team_id") | _told(user, "edition__")


@visibility("protocols.PartRevision")
def revisions(user: Any) -> Q:
    return _own(user, "part__edition__protocol__team_id")


@visibility("protocols.Agreement")
def agreements(user: Any) -> Q:
    return _own(user, "edition__protocol__team_id")


@visibility("protocols.Opinion")
def opinions(user: Any) -> Q:
    return _own(user, "edition__protocol__team_id") | _told(user, "edition__")


@visibility("protocols.ProtocolVersion")
def versions(user: Any) -> Q:
    seen = _own(user, "protocol__team_id") | Q(pk__in=_published(user).values("version_id"))
    if user.professional_or_none is None:
        return seen
    # Whoever took up a protocol keeps reading what they copied and what they followed, published still or not.
    taken = Adoption.objects.filter(team_id__in=own_team_ids(user)).order_by()
    return seen | Q(pk__in=taken.values("copied_id")) | Q(pk__in=taken.values("followed_id"))


@visibility("protocols.Publication")
def publications(user: Any) -> Q:
    return _own(user, "protocol__team_id") | Q(pk__in=_published(user).values("pk"))


@visibility("protocols.Adoption")
def adoptions(user: Any) -> Q:
    return _own(user) | _own(user, "source__team_id")


@visibility("protocols.ProtocolAction")
def linked_actions(user: Any) -> Q:
    inside = by_scope(user, regional=ASSOCIATION_ROLES, prefix="protocol__team__")
    return _own(user, "protocol__team_id") | inside


@policy("protocols.begin")
def begin(user: Any, team: Any) -> Decision:
    """Begin a protocol in a team."""
    if team.state == "closed":
        return denied("L'équipe est fermée : elle n'écrit plus de protocole.")
    return decide(MEMBER.test(user, team), "Un protocole est écrit par les membres confirmés de l'équipe.")


@policy("protocols.write_edition")
def write_edition(user: Any, edition: Any) -> Decision:
    """Write in a draft."""
    if edition.state == "proposed":
        return denied("Le texte est proposé à l'équipe : reprenez-le pour le changer.")
    if edition.state != "draft":
        return denied("Cette version est figée : commencez-en une nouvelle pour changer le texte.")
    return decide(MEMBER.test(user, edition), "Un protocole est écrit par les membres confirmés de l'équipe.")


@policy("protocols.read_inside")
def read_inside(user: Any, protocol: Any) -> Decision:
    """Read the drafts and the answers, as a member does."""
    return decide(MEMBER.test(user, protocol), "Le texte en préparation est lu par les membres de l'équipe.")


@policy("protocols.answer_edition")
def answer_edition(user: Any, edition: Any) -> Decision:
    """Agree to a proposed text, or ask for a change."""
    if edition.state != "proposed":
        return denied("Ce texte n'attend pas d'accord : il n'est pas proposé, ou ne l'est plus.")
    return decide(MEMBER.test(user, edition), "L'accord est donné par les membres confirmés de l'équipe.")


@policy("protocols.give_opinion")
def give_opinion(user: Any, edition: Any) -> Decision:
    """Give the association's opinion."""
    if edition.told_at is None or edition.state not in ("proposed", "in_force"):
        return denied("Ce protocole n'attend pas l'avis de l'association.")
    allowed = edition.protocol.region_id in user.regions_for(*OPINION_ROLES)
    return decide(allowed, "L'avis est donné par l'association de la région.")


@policy("protocols.publish")
def publish(user: Any, edition: Any) -> Decision:
    """Show a version to the region."""
    if edition.state != "in_force":
        return denied("Seul un protocole en vigueur se publie : mettez-le d'abord en vigueur.")
    return decide(
        RESPONSIBLE.test(user, edition), "La publication revient à la personne référente ou à un auteur du protocole."
    )


@policy("protocols.withdraw_publication")
def withdraw_publication(user: Any, publication: Any) -> Decision:
    """Take a protocol out of the library."""
    return decide(
        RESPONSIBLE.test(user, publication), "Cela revient à la personne référente ou à un auteur du protocole."
    )


@policy("protocols.take_up")
def take_up(user: Any, team: Any) -> Decision:
    """Take up the protocol of another team for one's own."""
    if team.state == "closed":
        return denied("L'équipe est fermée : elle ne reprend plus de protocole.")
    return decide(
        MEMBER.test(user, team) or LEAD.test(user, team), "Un protocole est repris par un membre confirmé de l'équipe."
    )


register_kind(DOCUMENT_KIND, visible=lambda user: about_any(ProtocolVersion.objects.visible_to(user)))
