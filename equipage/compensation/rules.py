"""What an action is worth and what keeps it from being paid: pure functions over rows already read. No model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from equipage.foundation.french import euros
from equipage.foundation.money import allocate
from equipage.foundation.refusals import Refused
from equipage.rules import library
from equipage.rules.ceiling import Capped, apply_ceiling
from equipage.rules.dated import Dated, Reference
from equipage.rules.explanation import Explanation
from equipage.rules.form import FormView
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
        min_participants=row.min_participants,
        rounding=row.rounding,
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


def price_presence(
    rates: Iterable[Rate],
    form: FormView,
    action: Any,
    professional: Any,
    *,
    participants: int,
    person_year_cents: int,
    minutes: int | None = None,
) -> Priced:
    """The share of one person in one action, before the envelope. Raises NoRuleInForce without a rate that day.

    `minutes` is how long this person was there, the whole action when None: who came late is paid for the time spent,
    where time is paid.
    """
    return price(
        rates,
        action.kind,
        pay_group(form, professional),
        action.minutes if minutes is None else minutes,
        action.patients,
        participants,
        on=action.held_on,
        person_year_cents=person_year_cents,
        whole_minutes=action.minutes,
    )


@dataclass(frozen=True)
class Share:
    """What one line keeps of its price under the envelope: `amount_cents` + `cut_cents` is the price, to the cent."""

    amount_cents: int
    cut_cents: int
    explanation: Explanation
    sentence: str


def share_envelope(
    priced: Sequence[Priced], *, committed_cents: int, envelope_cents: int, envelope_rule: Dated | None
) -> list[Share]:
    """Fit the lines of one action under the envelope of the team.

    At the edge, the people who were there share what remains in proportion to their prices; between actions, the
    order of validation decides. Never above the envelope, never a cent lost.
    """
    total = sum(item.amount_cents for item in priced)
    capped = apply_ceiling(total, committed_cents, envelope_cents, envelope_rule, "enveloppe de l'équipe")
    if capped.cut_cents == 0:
        kept = [item.amount_cents for item in priced]
    else:
        kept = allocate(capped.paid_cents, [item.amount_cents for item in priced]) if total else [0 for _ in priced]
    return [_share(item, amount, capped) for item, amount in zip(priced, kept, strict=True)]


def _share(priced: Priced, amount: int, capped: Capped) -> Share:
    cut = priced.amount_cents - amount
    sentence = priced.explanation.sentence()
    if cut:
        sentence = (
            f"{sentence} L'enveloppe annuelle de l'équipe est atteinte : les personnes présentes se partagent ce qui "
            f"restait, soit {euros(amount)} pour vous au lieu de {euros(priced.amount_cents)}."
        )
    return Share(amount, cut, priced.explanation, sentence)


@dataclass(frozen=True)
class Facts:
    """What the amount of one person is computed from: the kind, the day, their own minutes, patients, who was there."""

    kind: str
    held_on: date
    minutes: int
    patients: int
    participants: int


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


def correction(
    *, standing_cents: int, asked_cents: int, committed_cents: int, envelope_cents: int, priced: Priced | None
) -> Correction:
    """The change of a line from what stands to what is right. More is asked of the envelope; less frees it.

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
        # What a shrunk envelope no longer covers stays committed: it leaves nothing, and takes nothing.
        capped = apply_ceiling(asked_cents, max(0, committed_cents), envelope_cents, name="enveloppe de l'équipe")
        amount, cut = capped.paid_cents, capped.cut_cents
    steps: tuple[str, ...] = (f"{euros(standing_cents)} déjà comptés", f"{euros(abs(asked_cents))} {_way(asked_cents)}")
    if cut:
        steps = (*steps, f"{euros(cut)} au-delà de l'enveloppe de l'équipe")
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
            f"{told} L'enveloppe annuelle de l'équipe est atteinte : {euros(found.cut_cents)} de plus ne peuvent pas "
            "être versés."
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


def hindrances(
    *,
    team_recognised_on: date | None,
    held_on: date,
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
    if team_recognised_on is None or held_on < team_recognised_on:
        found.append(Hindrance("recognition", "L'équipe n'était pas reconnue par l'ARS au jour de l'action.", "agency"))
    if not convention_covers:
        found.append(Hindrance("convention", "La convention n'est pas en vigueur au jour de l'action.", "member"))
    if not account_confirmed:
        found.append(Hindrance("bank", "Les coordonnées bancaires ne sont pas confirmées.", "member"))
    return tuple(found)
