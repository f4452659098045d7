"""Drawing up a convention: the dated text of the rules, filled with the facts of one person and one team, frozen."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.agreements.models import Convention
from equipage.foundation import audit
from equipage.foundation.documents.services import issue_document
from equipage.foundation.french import day, enumerate_words, euros
from equipage.foundation.numbering import next_number
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.people.models import Organisation, RoleAssignment
from equipage.people.roles import Role
from equipage.recognition.selectors import recognised_action_codes
from equipage.rules.catalogue import ConventionTemplate
from equipage.rules.placeholders import fill
from equipage.teams.models import Membership
from equipage.teams.rules import form_of

KIND = "agreements.convention"


def association_of(team: Any) -> Organisation | None:
    """The regional association that signs with the members of a team; None while the platform has none there.

    The State's decision never waits for it: `draw_up_missing` catches up.
    """
    found = Organisation.objects.filter(kind=Organisation.Kind.ASSOCIATION, region_id=team.region_id).order_by("id")
    return found.first()


@transaction.atomic
def draw_up(membership: Any, *, actor: Any) -> Convention | None:
    """Draw up the convention of one confirmed member of a recognised team; the one already alive is given back.

    None while the member is not confirmed, the team not recognised, or the region without association.
    """
    team = type(membership.team).objects.select_for_update(of=("self",)).get(pk=membership.team_id)
    if membership.state != "confirmed" or team.state != "recognised":
        return None
    alive = Convention.objects.filter(membership=membership).exclude(state__in=("ended", "cancelled")).first()
    if alive is not None:
        return alive
    organisation = association_of(team)
    if organisation is None:
        return None
    template = form_of(team, today()).convention
    number = f"CONV-{today().year}-{next_number(f'convention:{organisation.pk}:{today().year}'):05d}"
    convention = Convention.objects.create(
        number=number,
        team=team,
        membership=membership,
        professional=membership.professional,
        organisation=organisation,
        template_version=f"{template.code}@{template.rule.valid_from.isoformat()}",
        created_at=timezone.now(),
    )
    convention.document = issue_document(
        kind=KIND,
        template="agreements/convention",
        data=contents(template, convention),
        title=template.title,
        about=audit.about(convention),
        reference=number,
        region=team.region_id,
        actor=actor,
        fictitious=template.fictitious,
    )
    convention.save(update_fields=["document"])
    audit.record(
        action="agreements.convention.draw_up",
        obj=convention,
        actor=actor,
        after={"number": number, "professional": membership.professional_id, "template": convention.template_version},
    )
    return convention


def draw_up_for_team(team: Any, *, actor: Any) -> list[Convention]:
    """Draw up the convention of every confirmed member of a team that has just been recognised."""
    members = team.memberships.in_force().filter(state="confirmed").select_related("professional").order_by("id")
    return [convention for member in members if (convention := draw_up(member, actor=actor)) is not None]


def draw_up_missing(*, actor: Any = None) -> list[Convention]:
    """Draw up what a recognised team still lacks: its region had no association then. Members who never had one only:
    what a person cancelled or ended stays so."""
    members = (
        Membership.objects.in_force()
        .filter(state="confirmed", team__state="recognised", conventions__isnull=True)
        .select_related("professional", "team__region")
        .order_by("id")
    )
    return [convention for member in members if (convention := draw_up(member, actor=actor)) is not None]


@transaction.atomic
def draw_again(convention: Convention, *, actor: Any) -> Convention:
    """A new convention for the same member, after one cancelled or ended by mistake. Raises Refused."""
    decision = can(actor, "agreements.draw_again", convention)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))
    new = draw_up(convention.membership, actor=actor)
    if new is None:
        raise Refused("La personne n'est plus membre d'une équipe reconnue : il n'y a rien à signer.")
    return new


def contents(template: ConventionTemplate, convention: Convention) -> dict[str, Any]:
    """The whole text of the convention as it will be read, signed and printed: nothing is computed again later."""
    words = _words(template, convention)
    return {
        "title": template.title,
        "model": template.label,
        "preamble": fill(template.preamble, words),
        "summary": [fill(sentence, words) for sentence in template.summary],
        "articles": [
            {"title": article.title, "paragraphs": [fill(paragraph, words) for paragraph in article.paragraphs]}
            for article in template.articles
        ],
        "parties": {"professional": words["professional_name"], "association": words["association_name"]},
        "number": convention.number,
    }


def _words(template: ConventionTemplate, convention: Convention) -> dict[str, str]:
    team, person, organisation = convention.team, convention.professional, convention.organisation
    form = form_of(team, today())
    codes = recognised_action_codes(team, today())
    actions = [form.actions[code].label for code in codes if code in form.actions]
    months = template.duration_months
    return {
        "association_name": organisation.name,
        "association_address": organisation.address or "adresse à compléter par l'association",
        "association_representative": _representative(organisation, today()),
        "professional_name": person.formal_name,
        "professional_profession": person.profession_label,
        "professional_rpps": person.rpps,
        "team_name": team.name,
        "registration_number": team.registration_number,
        "registration_day": day(team.recognised_on),
        "agency_name": f"l'Agence régionale de santé {team.region.name}",
        "start_day": "jour de sa signature par l'association",
        "duration": f"{months} mois" if months else "une durée indéterminée",
        "scale_label": "barème adopté par l'association et publié dans Équipage",
        "envelope": euros(form.envelope_cents),
        "actions": enumerate_words(actions) or "celles du projet reconnu",
    }


def _representative(organisation: Organisation, on: date) -> str:
    assignment = (
        RoleAssignment.objects.in_force(on)
        .filter(organisation=organisation, role=Role.ASSOCIATION_ADMIN)
        .select_related("user")
        .order_by("valid_from", "id")
        .first()
    )
    return assignment.user.full_name if assignment else "son administration"
