"""What an action is worth and what keeps it from being paid: pure functions over rows already read. No model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from equipage.foundation.french import euros
from equipage.foundation.money import allocate
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


def share_fund(shares: Sequence[Share], fund: Any) -> list[Share]:
    """Fit the lines of one action under what the credit that pays it has left (None: no limit), in the same way."""
    total = sum(share.amount_cents for share in shares)
    if fund is None or total <= fund.left_cents:
        return list(shares)
    kept = allocate(fund.left_cents, [share.amount_cents for share in shares])
    return [
        Share(
            amount,
            share.cut_cents + share.amount_cents - amount,
            share.explanation,
            f"{share.sentence} Le crédit « {fund.label} » arrive à sa fin : les personnes présentes se partagent ce "
            f"qui restait, soit {euros(amount)} pour vous au lieu de {euros(share.amount_cents)}.",
        )
        for share, amount in zip(shares, kept, strict=True)
    ]


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
