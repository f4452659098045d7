"""Claim lines (lignes d'indemnisation): estimated while the action lives, frozen when it is validated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum

from equipage.compensation.models import ClaimLine
from equipage.compensation.rules import Had, price_presences, tariff_of
from equipage.compensation.scale_selectors import scale_for
from equipage.compensation.states import COMMITTED, LINE
from equipage.coordination.models import Action
from equipage.coordination.rules import closed_reasons
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.funding.models import Envelope, Fund
from equipage.funding.selectors import purpose_of
from equipage.funding.services.envelopes import commit, envelope_of
from equipage.funding.services.funds import fund_for
from equipage.people.models import Organisation, Professional
from equipage.rules.errors import NoRuleInForce
from equipage.rules.pricing import Ceilings, Share, Tariff
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


def tariff_on(organisation: Organisation, day: date) -> Tariff:
    """The scale adopted for a day, ready to price an action. Raises NoRuleInForce when none covers it."""
    return tariff_of(scale_for(organisation, day))


def committed_cents(team: Any, year: int) -> int:
    """What the lines say is validated, locked or paid on the envelope of a year; its row holds the same sum."""
    lines = ClaimLine.objects.filter(team=team, year=year, state__in=COMMITTED)
    return int(lines.aggregate(total=Sum("amount_cents"))["total"] or 0)


def person_year_cents(professional: Any, action: Any, *, kind: str = "") -> int:
    """What the person already has this civil year for this kind of action, all teams together (M03, yearly caps).

    `kind` is another kind than that of the action, when the action was told with the wrong one.
    """
    lines = ClaimLine.objects.filter(
        professional=professional, year=action.held_on.year, action__kind=kind or action.kind, state__in=COMMITTED
    ).exclude(action=action)
    return max(0, int(lines.aggregate(total=Sum("amount_cents"))["total"] or 0))


def _had(action: Any, presences: Sequence[Any]) -> dict[int, Had]:
    """What each person already has this civil year, all teams and structures together (M03, yearly caps)."""
    lines = ClaimLine.objects.filter(
        professional__in=[presence.professional_id for presence in presences],
        year=action.held_on.year,
        state__in=COMMITTED,
    ).exclude(action=action)
    sums = (
        lines.order_by()
        .values_list("professional_id")
        .annotate(of_kind=Sum("amount_cents", filter=Q(action__kind=action.kind)), total=Sum("amount_cents"))
    )
    # A counter-entry takes back at most what it reverses; a ceiling never starts below zero whatever stands there.
    return {person: Had(max(0, of_kind or 0), max(0, total or 0)) for person, of_kind, total in sums}


def _ceilings(action: Any, envelope: Envelope, fund: Fund | None) -> Ceilings:
    """The common ceilings of the team and of the credit that pays, and what is already committed on each."""
    lines = ClaimLine.objects.filter(
        team=action.team, year=envelope.year, state__in=COMMITTED, action__kind=action.kind
    )
    of_kind = lines.aggregate(total=Sum("amount_cents"))["total"] or 0
    return Ceilings(
        team_kind_used_cents=max(0, of_kind),
        envelope_cents=envelope.amount_cents,
        envelope_used_cents=envelope.committed_cents,
        envelope_rule=form_of(action.team, action.held_on).envelope,
        budget_cents=fund.amount_cents if fund else None,
        budget_used_cents=fund.committed_cents if fund else 0,
    )


def _price_all(
    action: Any,
    presences: Sequence[Any],
    organisation: Organisation,
    *,
    envelope: Envelope | None = None,
    fund: Fund | None = None,
) -> list[Share]:
    """What every presence is worth. The envelope is made at its first use, once a scale was found for the day."""
    tariff = tariff_on(organisation, action.held_on)
    return price_presences(
        tariff,
        form_of(action.team, action.held_on),
        action,
        presences,
        had=_had(action, presences),
        ceilings=_ceilings(action, envelope or envelope_of(action.team, action.held_on), fund),
    )


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
        shares = _price_all(action, presences, organisation)
    except NoRuleInForce:
        return
    ClaimLine.objects.bulk_create(
        _line(action, presence, share, organisation) for presence, share in zip(presences, shares, strict=True)
    )


def _line(action: Any, presence: Any, share: Share, organisation: Organisation) -> ClaimLine:
    return ClaimLine(
        presence=presence,
        action=action,
        professional=presence.professional,
        team=action.team,
        organisation=organisation,
        region_id=action.region_id,
        held_on=action.held_on,
        year=action.held_on.year,
        **figures_of(share),
    )


def figures_of(share: Share) -> dict[str, Any]:
    """The columns of a line that a share fills: the rate, the quantity, the amounts and why."""
    return {
        "rate_id": int(share.rate.version),
        "unit": share.rate.unit,
        "rate_amount": share.rate.amount,
        "quantity": share.quantity,
        "amount_cents": share.amount_cents,
        "cut_cents": share.cut_cents,
        "explanation": share.explanation.as_dict() if share.explanation else {},
        "sentence": share.sentence,
    }


@transaction.atomic
def estimate_afresh(action_id: int) -> None:
    """Estimate an action again, under its lock: a validation at the same moment comes before or after, not between."""
    action = Action.objects.select_for_update(of=("self",)).select_related("team").get(pk=action_id)
    refresh_estimates(action)


@transaction.atomic
def freeze_lines(action: Any, *, actor: Any) -> list[ClaimLine]:
    """Turn the validated action into money owed, once: rate, amount, cut and sentence never change again.

    The envelope is locked first, then the credits of the year, then the people: two validations at the edge are served
    one after the other. Raises Refused (and nothing is validated) when no scale covers the day, when the kind of action
    was closed that day, or when no credit is left that may pay for it.
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
        shares = _price_all(action, presences, organisation, envelope=envelope)
    except NoRuleInForce as missing:
        raise Refused(missing.sentence) from missing
    fund = fund_for(organisation, envelope.year, purpose_of(action), _total(shares), lock=True)
    if fund is not None and _total(shares) > fund.left_cents:
        shares = _price_all(action, presences, organisation, envelope=envelope, fund=fund)
    commit(
        envelope=envelope, fund=fund, cents=_total(shares), dated=action.held_on, cause=f"action:{action.pk}:validated"
    )
    ClaimLine.objects.filter(action=action, state="estimated").delete()
    frozen = []
    for presence, share in zip(presences, shares, strict=True):
        line = _line(action, presence, share, organisation)
        line.fund = fund
        line.save(force_insert=True)
        figures = figures_of(share)
        figures["rate"] = line.rate
        del figures["rate_id"]
        frozen.append(run(LINE, line, "freeze", actor=actor, data=figures))
    return frozen


def _total(shares: Sequence[Share]) -> int:
    return sum(share.amount_cents for share in shares)


@transaction.atomic
def drop_estimates(action: Any) -> None:
    """The action was withdrawn: its estimates go with it."""
    ClaimLine.objects.filter(action=action, state="estimated").delete()
