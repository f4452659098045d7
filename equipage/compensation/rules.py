"""What an action is worth and what keeps it from being paid: pure functions over rows already read. No model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from equipage.foundation.french import euros
from equipage.foundation.refusals import Refused
from equipage.rules import library
from equipage.rules.dated import Reference
from equipage.rules.explanation import Explanation
from equipage.rules.form import FormView
from equipage.rules.pricing import ActionFacts, Ceilings, PersonFacts, Share, Tariff, price_action
from equipage.rules.scale import Priced, Rate, price


def rate_of(row: Any, scale: Any) -> Rate:
    """A row of the scale that the association entered, as the rules compute with it."""
    return Rate(
        action_code=row.action_code,
        unit=row.unit,
        amount=row.amount,
        valid_from=scale.valid_from,
        valid_to=scale.valid_to,
        profession_group=row.profession_group or None,
        min_quantity=row.min_quantity,
        max_quantity=row.max_quantity,
        cap_person_year_cents=row.cap_person_year_cents,
        cap_action_cents=row.cap_action_cents,
        cap_team_year_cents=row.cap_team_year_cents,
        min_participants=row.min_participants,
        rounding=row.rounding,
        shared_by=row.shared_by,
        points=row.points,
        percent=row.percent,
        rule_id=f"bareme.{scale.code}",
        version=str(row.pk),
        label=scale.label,
        source=Reference(scale.reference),
        fictitious=scale.fictitious,
    )


def pay_group(form: FormView, professional: Any) -> str:
    """The group of the scale a person is paid in (groupe de rémunération)."""
    codes = tuple(item["code"] for item in professional.know_hows)
    return form.group_of(professional.profession_system, professional.profession_code, codes)


def tariff_of(scale: Any) -> Tariff:
    """A scale that the association entered with its rates, ready to be computed with."""
    return Tariff((rate_of(row, scale) for row in scale.rates.all()), scale.cap_person_year_cents)


class Had(NamedTuple):
    """What a person already has in a civil year, in cents, in all teams: for one kind of action, and for all."""

    kind_year_cents: int = 0
    year_cents: int = 0


def price_presences(
    tariff: Tariff,
    form: FormView,
    action: Any,
    presences: Sequence[Any],
    *,
    had: Mapping[int, Had],
    ceilings: Ceilings,
) -> list[Share]:
    """What each person who was there receives, every ceiling applied; in the order of the presences.

    `had` says by professional what they have already. Who came late is paid for the time spent, where time is paid.
    Raises NoRuleInForce without a rate that day.
    """
    facts = ActionFacts(action.kind, action.held_on, action.minutes, action.patients)
    people = [
        PersonFacts(
            presence.professional_id,
            pay_group(form, presence.professional),
            presence.minutes,
            *had.get(presence.professional_id, Had()),
        )
        for presence in presences
    ]
    shares = {share.key: share for share in price_action(tariff, facts, people, ceilings)}
    return [shares[presence.professional_id] for presence in presences]


@dataclass(frozen=True)
class Facts:
    """What the amount of one person is computed from: the kind, the day, their own minutes, patients, who was there."""

    kind: str
    held_on: date
    minutes: int
    patients: int
    participants: int


def price_one(
    rates: Iterable[Rate], form: FormView, facts: Facts, professional: Any, *, person_year_cents: int
) -> Priced:
    """What one person is worth from other facts than those that were told. Raises NoRuleInForce without a rate."""
    return price(
        rates,
        facts.kind,
        pay_group(form, professional),
        facts.minutes,
        facts.patients,
        facts.participants,
        on=facts.held_on,
        person_year_cents=person_year_cents,
    )


@dataclass(frozen=True)
class Correction:
    """What an adjustment writes in cents: the change that is paid or kept back, and what the envelope cut from it.

    `standing_cents` is what stood before; `priced` the price from the true facts, None for a plain amount.
    """

    standing_cents: int
    amount_cents: int
    cut_cents: int
    explanation: Explanation
    priced: Priced | None = None

    @property
    def after_cents(self) -> int:
        """What the line and its adjustments come to once it is written."""
        return self.standing_cents + self.amount_cents


def correction(*, standing_cents: int, asked_cents: int, room_cents: int, priced: Priced | None) -> Correction:
    """The change of a line from what stands to what is right. More is asked of what is left; less frees it.

    `room_cents` is what the envelope of the team and the credit of the line still have.

    Raises Refused for no change at all, and for taking back more than what stands.
    """
    if asked_cents == 0:
        raise Refused(
            f"Le calcul redonne {euros(standing_cents)}, le montant qui est déjà compté : il n'y a rien à corriger."
            if priced
            else "Un montant de zéro ne corrige rien : maintenez le montant, ou écrivez la différence.",
            field=None if priced else "amount",
        )
    if standing_cents + asked_cents < 0:
        raise Refused(
            f"Il ne reste que {euros(standing_cents)} sur cette ligne : on ne peut pas en reprendre davantage.",
            field="amount",
        )
    amount, cut = asked_cents, 0
    if asked_cents > 0:
        amount = min(asked_cents, max(0, room_cents))
        cut = asked_cents - amount
    steps: tuple[str, ...] = (f"{euros(standing_cents)} déjà comptés", f"{euros(abs(asked_cents))} {_way(asked_cents)}")
    if cut:
        steps = (*steps, f"{euros(cut)} au-delà de ce qui reste")
    if priced is not None:
        explanation = replace(priced.explanation, steps=(*priced.explanation.steps, *steps))
    else:
        inputs = {"standing_cents": standing_cents, "asked_cents": asked_cents}
        reference = Reference("décision de l'association")
        explanation = Explanation("adjustment", "", "", None, reference, inputs, steps, _changed(amount))
    return Correction(standing_cents, amount, cut, explanation, priced)


def taken_back(left_cents: int, told: str) -> Correction:
    """The exact opposite of what an action that did not hold has left, whatever the envelope says."""
    explanation = Explanation("adjustment", "", "", None, Reference("contre-écriture"), {}, (), told)
    return Correction(left_cents, -left_cents, 0, explanation)


def _way(cents: int) -> str:
    return "en plus" if cents > 0 else "en moins"


def _changed(cents: int) -> str:
    return f"{euros(abs(cents))} {'ajoutés' if cents >= 0 else 'repris'}"


def sentence_of_correction(found: Correction, reason: str) -> str:
    """« Correction : la durée était de 60 min. 50,00 €… 37,50 € étaient déjà comptés : 12,50 € ajoutés. »"""
    told = f"Correction : {reason.rstrip('.')}."
    if found.priced is not None:
        told = f"{told} {found.priced.explanation.sentence()}"
    told = f"{told} {euros(found.standing_cents)} étaient déjà comptés : {_changed(found.amount_cents)}."
    if found.cut_cents:
        told = (
            f"{told} L'enveloppe annuelle de l'équipe ou son crédit est atteint : {euros(found.cut_cents)} de plus ne "
            "peuvent pas être versés."
        )
    if found.amount_cents < 0:
        told = f"{told} Ils sont retenus sur les prochains virements."
    return told


@dataclass(frozen=True)
class Hindrance:
    """Why a validated line is not paid yet (ce qui bloque), who must act, and what they must do."""

    code: str
    sentence: str
    waits_for: str


def gated_kinds(region_code: str, on: date) -> tuple[str, ...]:
    """The kinds of action that only a team in association loi 1901 may do, in any form of a region on a day (M06)."""
    packs = library()
    territory = packs.territory_of_region(region_code)
    views = (packs.form(card.code, territory, on) for card in packs.forms(territory, on))
    return tuple(
        sorted(
            code
            for view in views
            for code, action in view.actions.items()
            if any(need.fact == "association" for need in action.gates)
        )
    )


def kinds_before_recognition(region_code: str, on: date) -> tuple[str, ...]:
    """The kinds of action that come before the recognition (writing the project), in any form of a region on a day."""
    packs = library()
    territory = packs.territory_of_region(region_code)
    views = (packs.form(card.code, territory, on) for card in packs.forms(territory, on))
    early = {code for view in views for code, action in view.actions.items() if action.before_recognition}
    return tuple(sorted(early))


def hindrances(
    *,
    recognised: bool,
    convention_covers: bool,
    account_confirmed: bool,
    gate_open: bool = True,
) -> tuple[Hindrance, ...]:
    """Every condition of payment that is not met (M13, M06): registration, association, convention, bank details."""
    found = []
    if not gate_open:
        found.append(
            Hindrance(
                "gate",
                "Cette action demande une association loi 1901, que l'équipe n'avait pas au jour de l'action : "
                "déclarez-la sur la page de l'équipe si elle existait.",
                "team",
            )
        )
    if not recognised:
        found.append(Hindrance("recognition", "L'équipe n'était pas reconnue par l'ARS au jour de l'action.", "agency"))
    if not convention_covers:
        found.append(Hindrance("convention", "La convention n'est pas en vigueur au jour de l'action.", "member"))
    if not account_confirmed:
        found.append(Hindrance("bank", "Les coordonnées bancaires ne sont pas confirmées.", "member"))
    return tuple(found)
