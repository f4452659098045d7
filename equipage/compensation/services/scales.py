"""Scales (barèmes): drafted by one person, adopted by another; an adopted one is followed, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.compensation.models import Scale, ScaleRate
from equipage.compensation.services.previews import is_fresh, last_computed
from equipage.compensation.states import SCALE
from equipage.foundation import audit
from equipage.foundation.periods import Period
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.rules.lump import TOO_MUCH


@dataclass(frozen=True)
class ScaleFacts:
    """What is said of a scale; `last_day` is included, None when it has no end yet.

    `cap_person_year_cents` is the most that one person receives in a civil year, all kinds and teams; None for no cap.
    """

    code: str
    label: str
    reference: str
    valid_from: date
    last_day: date | None = None
    fictitious: bool = False
    cap_person_year_cents: int | None = None


@dataclass(frozen=True)
class RateFacts:
    """One rate: `amount` in euros a unit, quantities in that unit, ceilings in cents.

    The ceilings for this kind of action: of a person and year in all teams, of one action for all its people, of a team
    and year.
    """

    action_code: str
    unit: str
    amount: Decimal
    profession_group: str = ""
    min_quantity: Decimal | None = None
    max_quantity: Decimal | None = None
    cap_person_year_cents: int | None = None
    cap_action_cents: int | None = None
    cap_team_year_cents: int | None = None
    min_participants: int | None = None
    rounding: str = "cent"
    shared_by: str = ""
    points: int | None = None
    percent: Decimal | None = None


@transaction.atomic
def draft_scale(*, actor: Any, organisation: Any, facts: ScaleFacts, rates: Sequence[RateFacts]) -> Scale:
    """Open a draft with its rates. Raises Refused with the field at fault."""
    _may(actor, organisation)
    columns = _columns(organisation, facts, None)
    _check_rates(rates)
    scale = Scale.objects.create(organisation=organisation, drafted_by=actor, drafted_at=timezone.now(), **columns)
    _write_rates(scale, rates)
    audit.record(action="compensation.scale.draft", obj=scale, actor=actor, after=_snapshot(columns, rates))
    return scale


@transaction.atomic
def edit_scale(scale: Scale, *, actor: Any, facts: ScaleFacts, rates: Sequence[RateFacts]) -> Scale:
    """Change a draft. Whoever wrote last is its author: another person adopts it."""
    row = Scale.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=scale.pk)
    _may(actor, row.organisation)
    if row.state != "draft":
        raise Refused("Ce barème n'est plus un brouillon : saisissez-en un nouveau, qui prendra la suite.")
    columns = _columns(row.organisation, facts, row)
    _check_rates(rates)
    for name, value in columns.items():
        setattr(row, name, value)
    row.drafted_by, row.drafted_at = actor, timezone.now()
    row.save(update_fields=[*columns, "drafted_by", "drafted_at"])
    row.rates.all().delete()
    _write_rates(row, rates)
    audit.record(action="compensation.scale.edit", obj=row, actor=actor, after=_snapshot(columns, rates))
    return row


@transaction.atomic
def adopt(scale: Scale, *, actor: Any, unseen: bool = False) -> Scale:
    """A second person adopts a draft: it applies to the days it covers, over the scales adopted before it.

    Nothing older is edited. What is already validated keeps its amount; what is only estimated is estimated again.
    `unseen` says that no fresh preview of its effect was looked at: without that word, Refused.
    """
    # Two adoptions of one association are served one after the other: their order is the order of what is known.
    type(scale.organisation).objects.select_for_update(of=("self",)).get(pk=scale.organisation_id)
    # Held, so that its rates are still those that the preview was computed from.
    Scale.objects.select_for_update(of=("self",)).get(pk=scale.pk)
    if not unseen and not is_fresh(scale, last_computed(scale)):
        raise Refused(
            "L'effet de ce barème n'a pas été calculé depuis que ses tarifs ont changé : calculez-le, ou dites que "
            "vous l'adoptez sans l'avoir vu.",
            field="unseen",
        )
    return run(SCALE, scale, "adopt", actor=actor)


def abandon(scale: Scale, *, actor: Any) -> Scale:
    """Give a draft up."""
    return run(SCALE, scale, "abandon", actor=actor)


def _may(actor: Any, organisation: Any) -> None:
    decision = can(actor, "compensation.draft_scale", organisation)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))


def _columns(organisation: Any, facts: ScaleFacts, row: Scale | None) -> dict[str, Any]:
    if facts.last_day is not None and facts.last_day < facts.valid_from:
        raise Refused("Le dernier jour précède le premier : changez l'une des deux dates.", field="last_day")
    same = Scale.objects.filter(organisation=organisation, code=facts.code)
    if (same.exclude(pk=row.pk) if row else same).exists():
        raise Refused(
            f"Le code « {facts.code} » est déjà celui d'un autre barème : choisissez-en un autre.", field="code"
        )
    if (facts.cap_person_year_cents or 0) < 0:
        raise Refused(_NEGATIVE_CAP, field="cap_person_year")
    period = Period.through(facts.valid_from, facts.last_day)
    return {
        "code": facts.code,
        "label": facts.label,
        "reference": facts.reference,
        "fictitious": facts.fictitious,
        "valid_from": period.start,
        "valid_to": period.end,
        "cap_person_year_cents": facts.cap_person_year_cents,
    }


_NEGATIVE_CAP = "Un plafond n'est pas négatif : laissez le champ vide s'il n'y en a pas."


# What the column holds; a rate beyond this is a slip of the keyboard.
LARGEST_RATE = Decimal("999999.99")


def check_amount(amount: Decimal) -> None:
    """A rate is exact, above zero, in cents, and no slip of the keyboard. Raises Refused."""
    if not isinstance(amount, Decimal) or not amount.is_finite() or amount != round(amount, 2):
        raise Refused("Un tarif s'écrit en euros avec deux décimales au plus, par exemple 52,50.", field="amount")
    if amount <= 0:
        raise Refused("Un tarif est supérieur à zéro : retirez la ligne si l'action n'est pas payée.", field="amount")
    if amount > LARGEST_RATE:
        raise Refused("Un tarif ne dépasse pas 999 999,99 € : vérifiez le nombre de zéros.", field="amount")


def _check_rates(rates: Sequence[RateFacts]) -> None:
    if not rates:
        raise Refused("Donnez au moins un tarif : un type d'action, une unité et un montant.")
    seen: set[tuple[str, str]] = set()
    for rate in rates:
        key = (rate.action_code, rate.profession_group)
        if key in seen:
            raise Refused("Deux tarifs portent sur le même type d'action et les mêmes professions : gardez-en un.")
        seen.add(key)
        check_amount(rate.amount)
        if rate.min_quantity is not None and rate.max_quantity is not None and rate.max_quantity < rate.min_quantity:
            raise Refused("La quantité maximale d'un tarif est inférieure à sa quantité minimale : inversez-les.")
        if min(rate.cap_person_year_cents or 0, rate.cap_action_cents or 0, rate.cap_team_year_cents or 0) < 0:
            raise Refused(_NEGATIVE_CAP)
        if (rate.shared_by == "points") != bool(rate.points):
            raise Refused(
                "Les points vont avec le partage selon les points : donnez au moins un point à chaque profession, et "
                "aucun pour les autres partages.",
                field="points",
            )
        if (rate.shared_by == "fixed") != (rate.percent is not None) or not _is_share(rate.percent):
            raise Refused(
                "La part va avec le partage à parts fixes : donnez à chaque profession la sienne, de plus de 0 à "
                "100 %, et aucune pour les autres partages.",
                field="percent",
            )
    _check_common_caps(rates)
    _check_lumps(rates)


def _is_share(percent: Decimal | None) -> bool:
    return percent is None or 0 < percent <= 100


def _check_lumps(rates: Sequence[RateFacts]) -> None:
    """The lump sum of a kind of action is one amount and one key, whoever is there."""
    said: dict[str, tuple[Any, ...]] = {}
    for rate in rates:
        limits = (rate.min_quantity, rate.max_quantity, rate.min_participants, rate.rounding)
        lump = (rate.shared_by, rate.amount, rate.unit, *limits) if rate.shared_by else ("",)
        if said.setdefault(rate.action_code, lump) != lump:
            raise Refused(
                "Un forfait d'équipe a un seul montant, une seule unité et une seule clé de partage pour toutes les "
                "professions d'un type d'action : écrivez-les de la même façon sur chaque ligne."
            )
    fixed: dict[str, Decimal] = {}
    for rate in rates:
        fixed[rate.action_code] = fixed.get(rate.action_code, Decimal(0)) + (rate.percent or 0)
        if fixed[rate.action_code] > 100:
            raise Refused(TOO_MUCH, field="percent")


def _check_common_caps(rates: Sequence[RateFacts]) -> None:
    """A ceiling that several professions share is the same in every rate of its kind, or said in one of them."""
    for name, label in (("cap_action_cents", "par action"), ("cap_team_year_cents", "par équipe et par an")):
        said: dict[str, int] = {}
        for rate in rates:
            cap = getattr(rate, name)
            if cap is not None and said.setdefault(rate.action_code, cap) != cap:
                raise Refused(
                    f"Deux tarifs du même type d'action ont des plafonds {label} différents : ce plafond est commun à "
                    "toutes les professions, écrivez le même montant ou ne le dites qu'une fois."
                )


def _write_rates(scale: Scale, rates: Sequence[RateFacts]) -> None:
    ScaleRate.objects.bulk_create(ScaleRate(scale=scale, **asdict(rate)) for rate in rates)


def _snapshot(columns: dict[str, Any], rates: Sequence[RateFacts]) -> dict[str, Any]:
    return audit.plain({**columns, "rates": [asdict(rate) for rate in rates]})
