"""Claim lines (lignes d'indemnisation): estimated while the action lives, frozen when it is validated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Sum

from equipage.compensation.models import ClaimLine, Scale
from equipage.compensation.rules import Share, price_presence, rate_of, share_envelope
from equipage.compensation.states import COMMITTED, LINE
from equipage.coordination.rules import closed_reasons
from equipage.foundation.french import day_long
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.funding.models import Envelope
from equipage.funding.services import envelope_of
from equipage.people.models import Organisation, Professional
from equipage.rules.errors import NoRuleInForce
from equipage.rules.scale import Priced, Rate
from equipage.teams.rules import form_of


def paying_organisation(team: Any) -> Organisation:
    """The association that pays the teams of a region. Raises Refused when none is registered."""
    found = (
        Organisation.objects.filter(kind=Organisation.Kind.ASSOCIATION, region_id=team.region_id).order_by("id").first()
    )
    if found is None:
        raise Refused(
            "Aucune association n'est enregistrée pour cette région : l'exploitant de la plateforme l'ajoute."
        )
    return found


def rates_on(organisation: Organisation, day: date) -> list[Rate]:
    """The rates adopted by the association for a day. Raises NoRuleInForce when no scale covers it: never a guess."""
    scale = (
        Scale.objects.filter(organisation=organisation, state="in_force", valid_from__lte=day)
        .exclude(valid_to__lte=day)
        .order_by("-valid_from")
        .first()
    )
    if scale is None:
        raise NoRuleInForce(
            f"Aucun barème n'est adopté pour le {day_long(day)} : l'association en saisit un pour cette date."
        )
    return [rate_of(row, scale) for row in scale.rates.all()]


def committed_cents(team: Any, year: int) -> int:
    """What is validated, locked or paid on the envelope of a year: the order of the validations is the order served."""
    lines = ClaimLine.objects.filter(team=team, year=year, state__in=COMMITTED)
    return int(lines.aggregate(total=Sum("amount_cents"))["total"] or 0)


def person_year_cents(professional: Any, action: Any, *, kind: str = "") -> int:
    """What the person already has this civil year for this kind of action, all teams together (M03, yearly caps).

    `kind` is another kind than that of the action, when the action was told with the wrong one.
    """
    lines = ClaimLine.objects.filter(
        professional=professional, year=action.held_on.year, action__kind=kind or action.kind, state__in=COMMITTED
    ).exclude(action=action)
    return int(lines.aggregate(total=Sum("amount_cents"))["total"] or 0)


def _price_all(action: Any, presences: Sequence[Any], organisation: Organisation) -> list[Priced]:
    form = form_of(action.team, action.held_on)
    rates = rates_on(organisation, action.held_on)
    return [
        price_presence(
            rates,
            form,
            action,
            presence.professional,
            minutes=presence.minutes,
            participants=len(presences),
            person_year_cents=person_year_cents(presence.professional, action),
        )
        for presence in presences
    ]


def _confirmed(action: Any) -> list[Any]:
    return list(action.presences.filter(state="confirmed").select_related("professional").order_by("professional_id"))


@transaction.atomic
def refresh_estimates(action: Any) -> None:
    """Make the estimated lines match the confirmed presences of an open action. An estimate may vanish.

    Without a scale for that day there is no estimate, and the page says so: the declaration itself is not lost.
    """
    ClaimLine.objects.filter(action=action, state="estimated").delete()
    if not action.is_open:
        return
    presences = _confirmed(action)
    organisation = paying_organisation(action.team)
    try:
        priced = _price_all(action, presences, organisation)
    except NoRuleInForce:
        return
    envelope = envelope_of(action.team, action.held_on)
    shares = _shares(action, priced, envelope)
    ClaimLine.objects.bulk_create(
        _line(action, presence, item, share, organisation)
        for presence, item, share in zip(presences, priced, shares, strict=True)
    )


def _shares(action: Any, priced: list[Priced], envelope: Envelope) -> list[Share]:
    return share_envelope(
        priced,
        committed_cents=committed_cents(action.team, action.held_on.year),
        envelope_cents=envelope.amount_cents,
        envelope_rule=form_of(action.team, action.held_on).envelope,
    )


def _line(action: Any, presence: Any, priced: Priced, share: Share, organisation: Organisation) -> ClaimLine:
    return ClaimLine(
        presence=presence,
        action=action,
        professional=presence.professional,
        team=action.team,
        organisation=organisation,
        region_id=action.region_id,
        held_on=action.held_on,
        year=action.held_on.year,
        **_figures(priced, share),
    )


def _figures(priced: Priced, share: Share) -> dict[str, Any]:
    return {
        "rate_id": int(priced.rate.version),
        "unit": priced.rate.unit,
        "rate_amount": priced.rate.amount,
        "quantity": priced.quantity,
        "amount_cents": share.amount_cents,
        "cut_cents": share.cut_cents,
        "explanation": share.explanation.as_dict(),
        "sentence": share.sentence,
    }


@transaction.atomic
def freeze_lines(action: Any, *, actor: Any) -> list[ClaimLine]:
    """Turn the validated action into money owed, once: rate, amount, cut and sentence never change again.

    The envelope is locked first, so that two validations at the edge are served one after the other. Raises Refused
    (and nothing is validated) when no scale covers the day, or when the kind of action was closed that day.
    """
    closed = closed_reasons(action.team, action.kind, action.held_on)
    if closed:
        raise Refused(" ".join(closed))
    envelope = envelope_of(action.team, action.held_on, lock=True)
    organisation = paying_organisation(action.team)
    presences = _confirmed(action)
    # A yearly cap of a person runs across teams: their rows are held too, always in the same order.
    list(Professional.objects.select_for_update().filter(pk__in=[p.professional_id for p in presences]).order_by("pk"))
    try:
        priced = _price_all(action, presences, organisation)
    except NoRuleInForce as missing:
        raise Refused(missing.sentence) from missing
    shares = _shares(action, priced, envelope)
    ClaimLine.objects.filter(action=action, state="estimated").delete()
    frozen = []
    for presence, item, share in zip(presences, priced, shares, strict=True):
        line = _line(action, presence, item, share, organisation)
        line.save(force_insert=True)
        figures = _figures(item, share)
        figures["rate"] = line.rate
        del figures["rate_id"]
        frozen.append(run(LINE, line, "freeze", actor=actor, data=figures))
    return frozen


@transaction.atomic
def drop_estimates(action: Any) -> None:
    """The action was withdrawn: its estimates go with it."""
    ClaimLine.objects.filter(action=action, state="estimated").delete()
