"""Money of the demo: scales, budgets, accounts, claim lines priced by the rules, monthly runs, bank files and books."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from equipage.compensation.models import ClaimLine, Scale, ScaleRate
from equipage.compensation.rules import Had, price_presences, tariff_of
from equipage.compensation.services.claims import figures_of, refresh_estimates
from equipage.compensation.states import LINE, SCALE
from equipage.coordination.models import Action
from equipage.coordination.states import OPEN
from equipage.foundation.crypto import search_hash
from equipage.foundation.periods import PARIS
from equipage.funding.models import Envelope, Fund
from equipage.payments.models import AssociationAccount, BankDetails
from equipage.payments.selectors.bank import IBAN_PURPOSE
from equipage.payments.services.account import masked
from equipage.payments.states import BANK_DETAILS
from equipage.rules import library
from equipage.rules.pricing import Ceilings, Tariff
from equipage.rules.whatif import Change, changed
from equipage.teams.rules import form_of
from equipage.web.demo.credits import allotted, credit_of, make_funds, write_commitments
from equipage.web.demo.numbers import fictitious_iban
from equipage.web.demo.world import FORM, World, moment

# Whatever the dice: one account to confirm, one to correct.
_CERTAIN = {20: 0.01, 30: 0.02}
_REFUSED = "Le nom du titulaire n'est pas celui de la personne : donnez un compte à votre nom."


def make_scales(world: World) -> None:
    """The scales of the demo packs, drafted by one person and adopted by another; one draft, one given up."""
    officer, treasurer = world.staff["officer"], world.staff["treasurer"]
    packs = [rule for rule in library().rules(f"{FORM}.") if rule.kind == "scale"]
    days = sorted({entry.valid_from for rule in packs for line in rule.timelines.values() for entry in line.entries})
    territory = library().territory_of_region("52")
    for day in days:
        scale = library().scale(FORM, territory, day)
        _scale(world, scale, scale.code, scale.label, day, scale.rule.valid_to, officer, treasurer)
    newest = library().scale(FORM, territory, days[-1])
    year = world.today.year + 1
    begin = date(year, 1, 1)
    # The draft raises one kind of action, so that its preview has something to say.
    raised = changed(newest.rates, Change("RCP_SANS_PATIENT", percent=Decimal(5)))
    for code, state, rates in (
        (f"demo-{year}", "draft", raised),
        (f"demo-{year}-essai", "abandoned", newest.rates),
    ):
        label = f"Barème fictif de démonstration {year}"
        _scale(world, replace(newest, rates=rates), code, label, begin, None, officer, None, state)
    account = AssociationAccount(
        organisation=world.association,
        holder="Association des ESP CLAP (démonstration)",
        iban=fictitious_iban(1),
        iban_masked=masked(fictitious_iban(1)),
        given_by=world.staff["administrator"],
        given_at=datetime.combine(world.ago(1100), datetime.min.time(), PARIS),
    )
    account.save()
    after = {"iban": account.iban_masked, "holder": account.holder}
    action = "payments.association_account.give"
    world.journal.note(account.given_at, action, account, account.given_by, after=after)
    years = range(world.ago(730).year, world.today.year + 1)
    make_funds(world, years)


def _scale(
    world: World,
    source: Any,
    code: str,
    label: str,
    begin: date,
    end: date | None,
    officer: Any,
    adopter: Any,
    state: str = "in_force",
) -> None:
    drafted = datetime.combine(min(begin - timedelta(days=40), world.ago(20)), datetime.min.time(), PARIS)
    row = Scale.objects.create(
        organisation=world.association,
        code=code,
        label=label,
        reference=source.rule.reference.sentence(),
        fictitious=source.fictitious,
        valid_from=begin,
        valid_to=end,
        cap_person_year_cents=source.cap_person_year_cents,
        state="draft",
        drafted_by=officer,
        drafted_at=drafted,
    )
    ScaleRate.objects.bulk_create(
        ScaleRate(
            scale=row,
            action_code=rate.action_code,
            profession_group=rate.profession_group or "",
            unit=rate.unit,
            amount=rate.amount,
            min_quantity=rate.min_quantity,
            max_quantity=rate.max_quantity,
            cap_person_year_cents=rate.cap_person_year_cents,
            cap_action_cents=rate.cap_action_cents,
            cap_team_year_cents=rate.cap_team_year_cents,
            min_participants=rate.min_participants,
            rounding=rate.rounding,
            shared_by=rate.shared_by,
            points=rate.points,
            percent=rate.percent,
        )
        for rate in source.rates
    )
    world.journal.note(drafted, "compensation.scale.draft", row, officer, after={"code": code})
    later = drafted + timedelta(days=6)
    if state == "in_force":
        row.state, row.adopted_by, row.adopted_at = state, adopter, later
        world.journal.move(later, SCALE, row, "adopt", adopter)
    elif state == "abandoned":
        row.state = state
        world.journal.move(later, SCALE, row, "abandon", officer)
    row.save()


def make_bank_details(world: World) -> None:
    """One confirmed account for nearly every member with a convention; some wait, some are to be corrected."""
    dice = world.dice("bank")
    rows: list[BankDetails] = []
    seen: set[int] = set()
    for story in (story for story in world.stories if story.recognised):
        for member in story.members:
            person = member.professional
            if person.pk in seen or person.user is None or member.state not in ("confirmed", "left"):
                continue
            seen.add(person.pk)
            persona = bool(person.user.persona)
            given = min(story.days["decided"] + timedelta(days=dice.randint(2, 25)), world.ago(2))
            luck = 1.0 if persona else _CERTAIN.get(len(seen), dice.random())
            rows += _accounts_of(world, dice, person, given, luck)
    rows.sort(key=lambda row: (row.proposed_at, row.professional_id))
    BankDetails.objects.bulk_create(rows, batch_size=1000)
    for row in rows:
        world.journal.note(row.proposed_at, "payments.bank_details.give", row, row.proposed_by)
        if row.confirmed_at:
            world.journal.move(row.confirmed_at, BANK_DETAILS, row, "confirm", row.confirmed_by)
        if row.state == "refused":
            at = row.proposed_at + timedelta(days=2)
            admin = world.staff["administrator"]
            world.journal.move(at, BANK_DETAILS, row, "refuse", admin, comment=_REFUSED, refusal_reason=_REFUSED)
        elif row.state == "replaced":
            at = row.proposed_at + timedelta(days=200)
            world.journal.move(at, BANK_DETAILS, row, "replace", row.proposed_by, source="confirmed")


def _accounts_of(world: World, dice: Random, person: Any, given: date, luck: float) -> list[BankDetails]:
    if luck < 0.006:
        return []
    if luck < 0.016:
        return [_account(world, dice, person, world.ago(dice.randint(2, 9)), "proposed")]
    if luck < 0.022:
        return [_account(world, dice, person, world.ago(dice.randint(4, 20)), "refused")]
    if luck < 0.045 and given < world.ago(420):
        moved = given + timedelta(days=200)
        return [_account(world, dice, person, given, "replaced"), _account(world, dice, person, moved, "confirmed")]
    return [_account(world, dice, person, given, "confirmed")]


def _account(world: World, dice: Random, person: Any, given: date, state: str) -> BankDetails:
    iban = fictitious_iban(1000 + world.numbers.take("demo:iban"))
    at = moment(given, dice)
    confirmed = at + timedelta(days=1) if state in ("confirmed", "replaced") else None
    if confirmed and confirmed.date() >= world.today:
        confirmed = at + timedelta(minutes=30)
    return BankDetails(
        professional=person,
        organisation=world.association,
        holder=person.full_name[:70],
        iban=iban,
        iban_masked=masked(iban),
        iban_search=search_hash(iban, IBAN_PURPOSE),
        state=state,
        proposed_by=person.user,
        proposed_at=at,
        confirmed_at=confirmed,
        confirmed_by=world.staff["administrator"] if confirmed else None,
        refusal_reason=_REFUSED if state == "refused" else "",
    )


def make_lines(world: World) -> list[ClaimLine]:
    """Freeze the lines of every validated action, in the order of the validations: who is first is served first."""
    in_force = Scale.objects.filter(state="in_force").order_by("valid_from").prefetch_related("rates")
    scales = [(row, tariff_of(row)) for row in in_force]
    # What a team and a person already have, by kind of action ("" for all of them) and year.
    of_team: dict[tuple[int, str, int], int] = defaultdict(int)
    of_person: dict[tuple[int, str, int], int] = defaultdict(int)
    envelopes: dict[tuple[int, int], Envelope] = {}
    funds = list(Fund.objects.filter(organisation=world.association))
    lines: list[ClaimLine] = []
    validated = [(action, present) for action, present in world.actions if action.state == "validated"]
    for action, presences in sorted(validated, key=lambda pair: (pair[0].validated_at, pair[0].pk)):
        tariff = next(tariff for row, tariff in scales if _covers(row, action.held_on))
        year = action.held_on.year
        envelope = _envelope(world, envelopes, action)
        ceilings = Ceilings(
            team_kind_used_cents=of_team[action.team_id, action.kind, year],
            envelope_cents=envelope.amount_cents,
            envelope_used_cents=envelope.committed_cents,
            envelope_rule=form_of(action.team, action.held_on).envelope,
        )
        found = _lines_of(world, action, presences, tariff, ceilings, of_person)
        total = sum(line.amount_cents for line in found)
        fund = credit_of(funds, action, total)
        for row in (envelope, fund):
            row.committed_cents += total
        of_team[action.team_id, action.kind, year] += total
        for line in found:
            line.fund = fund
            for kind in (action.kind, ""):
                of_person[line.professional_id, kind, year] += line.amount_cents
        lines += found
    Envelope.objects.bulk_create(envelopes.values(), batch_size=1000)
    Fund.objects.bulk_update(funds, ["committed_cents"])
    write_commitments(lines, envelopes)
    ClaimLine.objects.bulk_create(lines, batch_size=1000)
    for line in lines:
        figures = {"amount_cents": line.amount_cents, "cut_cents": line.cut_cents, "rate": line.rate_id}
        stream = f"team:{line.team_id}"
        actor = line.action.validated_by
        world.journal.move(line.frozen_at, LINE, line, "freeze", actor, stream=stream, **figures)  # type: ignore[arg-type]
    return lines


def _covers(scale: Scale, day: date) -> bool:
    return scale.valid_from <= day and (scale.valid_to is None or day < scale.valid_to)


def _envelope(world: World, envelopes: dict[tuple[int, int], Envelope], action: Action) -> Envelope:
    key = action.team_id, action.held_on.year
    if key not in envelopes:
        rule = form_of(action.team, action.held_on).envelope
        ceiling = int(rule.effective)
        envelopes[key] = Envelope(
            team_id=key[0],
            year=key[1],
            amount_cents=allotted(world, key[1], ceiling),
            ceiling_cents=ceiling,
            rule_id=rule.rule_id,
        )
    return envelopes[key]


def _lines_of(
    world: World,
    action: Action,
    presences: list[Any],
    tariff: Tariff,
    ceilings: Ceilings,
    of_person: dict[tuple[int, str, int], int],
) -> list[ClaimLine]:
    form = form_of(action.team, action.held_on)
    present = sorted((p for p in presences if p.state == "confirmed"), key=lambda row: row.professional_id)
    year = action.held_on.year
    had = {
        one: Had(of_person[one, action.kind, year], of_person[one, "", year])
        for one in (presence.professional_id for presence in present)
    }
    shares = price_presences(tariff, form, action, present, had=had, ceilings=ceilings)
    return [
        ClaimLine(
            presence=presence,
            action=action,
            professional=presence.professional,
            team=action.team,
            organisation=world.association,
            region_id=action.region_id,
            held_on=action.held_on,
            year=year,
            state="validated",
            frozen_at=action.validated_at,
            **figures_of(share),
        )
        for presence, share in zip(present, shares, strict=True)
    ]


def make_estimates() -> None:
    """What the open actions would be worth, by the verb itself."""
    for action in Action.objects.filter(state__in=OPEN).select_related("team").order_by("id"):
        refresh_estimates(action)
