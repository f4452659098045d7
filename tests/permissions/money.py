"""The money of the small world: scale, accounts, bank details, a run with one payment a team, its lines, its books."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from equipage.books.models import Account, AccountRole, FiscalYear, LedgerEntry, Posting
from equipage.compensation.models import (
    ClaimLine,
    HindranceNotice,
    MonthDecision,
    Scale,
    ScalePreview,
    ScaleRate,
    YearStatement,
)
from equipage.controls.models import Control, ControlAnswer, ControlPlan, ControlRate, Draw
from equipage.coordination.models import Presence
from equipage.disputes.models import Dispute
from equipage.foundation.periods import today
from equipage.funding.models import Commitment, Envelope, Fund, Reallotment, YearPlan
from equipage.indicators.models import AccountCell, AccountFigure, YearAccount
from equipage.payments.models import AnswerLine, BankAnswer, BankDetails, Payment, PaymentReturn, PaymentRun
from equipage.people.models import Death
from equipage.rules.dated import Reference
from equipage.rules.explanation import Explanation
from equipage.teams.models import Team
from tests import factories
from tests.permissions.rows import HASH, World, association_of, document, lead_membership, make

IBAN = "FR7630001007941234567890185"
EXPLANATION = Explanation("essai", "1", "fr", date(2020, 1, 1), Reference(title="Barème fictif"), conclusion="37,50 €")


def of_the_association(world: World) -> None:
    association, author = factories.organisation("association"), world.people["the officer"]
    scale = world.keep(
        make(
            Scale,
            organisation=association,
            code="essai",
            label="Barème fictif",
            reference="essai",
            fictitious=True,
            valid_from=date(2020, 1, 1),
            drafted_by=author,
            drafted_at=timezone.now(),
        )
    )
    world.keep(make(ScaleRate, scale=scale, action_code="RCP_SANS_PATIENT", unit="hour", amount=Decimal("50")))
    world.keep(make(ScalePreview, scale=scale, rates_hash=HASH, asked_by=author, asked_at=timezone.now(), total=1))
    for code in ("401", "512"):
        kept = world.keep(make(Account, organisation=association, code=code, label=code))
    world.keep(make(AccountRole, organisation=association, role="bank", account=kept))
    world.keep(make(FiscalYear, organisation=association, year=2025))
    world.keep(make(Fund, organisation=association, year=2026, funder="fir", label="Essai", amount_cents=1_000_000))
    world.keep(make(YearPlan, organisation=association, year=2026, team_cents=1))

    plan = make(
        ControlPlan,
        organisation=association,
        label="Essai",
        drafted_by=author,
        valid_from=date(2020, 1, 1),
        drafted_at=timezone.now(),
    )
    world.keep(make(ControlRate, plan=world.keep(plan), risk="nouvelle", percent=1))
    draw = {"plan": plan, "salt": "essai", "opened_by": author, "opened_at": timezone.now()}
    world.keep(make(Draw, organisation=association, month=date(2026, 10, 1), **draw))

    giver, taker = world.of(Team)
    row = make(
        Reallotment,
        organisation=association,
        year=2026,
        giver=giver,
        taker=taker,
        amount_cents=1,
        reason="Essai.",
        proposed_by=author,
        proposed_at=timezone.now(),
    )
    world.keep(row)
    account = world.keep(make(YearAccount, region=association.region, year=2026))
    of_account = {"account": account, "flow": "done", "dimension": "kind", "key": "RCP_SANS_PATIENT"}
    world.keep(make(AccountCell, **of_account, teams=1, people=2, items=1))
    world.keep(make(AccountFigure, **of_account, teams=6, people=6, items=6, minutes=60))


def _run(world: World, team: Team) -> Any:
    made = make(
        PaymentRun,
        organisation=association_of(team),
        number=f"R-{team.pk}",
        month=today().replace(day=1),
        state="approved",
        prepared_by=world.people["the officer"],
        prepared_at=timezone.now(),
        payments_count=1,
        lines_count=1,
        total_cents=3750,
        content_hash=HASH,
        approved_by=world.people["the treasurer"],
        approved_at=timezone.now(),
    )
    return world.keep(made)


def of_the_team(world: World, team: Team) -> None:
    professional = lead_membership(team).professional
    payment = _payment(world, team, professional)
    _death(world, team, professional)
    _answer(world, team, payment)
    presence = Presence.objects.filter(action__team=team).order_by("pk")[0]
    envelope = make(Envelope, team=team, year=2026, amount_cents=1_000_000, ceiling_cents=1_000_000, rule_id="essai")
    world.keep(envelope)
    world.keep(
        make(
            Commitment,
            envelope=envelope,
            amount_cents=1,
            dated=today(),
            cause=f"essai:{team.pk}",
            recorded_at=timezone.now(),
        )
    )
    world.keep(
        make(
            ClaimLine,
            presence=presence,
            action=presence.action,
            professional=professional,
            team=team,
            organisation=association_of(team),
            region=team.region,
            held_on=presence.action.held_on,
            year=presence.action.held_on.year,
            state="locked",
            rate=world.of(ScaleRate)[0],
            unit="hour",
            rate_amount=Decimal("50"),
            quantity=Decimal("0.75"),
            amount_cents=3750,
            explanation=EXPLANATION.as_dict(),
            sentence="Essai.",
            frozen_at=timezone.now(),
            payment=payment,
        )
    )
    world.keep(
        make(
            Dispute,
            line=world.of(ClaimLine)[-1],
            professional=professional,
            organisation=association_of(team),
            reason="duree",
            opened_by=professional.user,
            opened_at=timezone.now(),
            answer_due_on=today(),
        )
    )
    control = make(
        Control,
        draw=world.of(Draw)[0],
        action=presence.action,
        team=team,
        organisation=association_of(team),
        risk="nouvelle",
        risk_sentence="Essai.",
        asked_at=timezone.now(),
        due_on=today(),
    )
    world.keep(control)
    answer = {"words": "Essai.", "written_by": professional.user, "written_at": timezone.now()}
    world.keep(make(ControlAnswer, control=control, **answer))
    world.keep(
        make(
            YearStatement,
            organisation=association_of(team),
            professional=professional,
            year=2025,
            total_cents=3750,
            issued_at=timezone.now(),
            document=document(world, team, "compensation.year_statement"),
        )
    )
    _month(world, team, professional)
    entry = world.keep(
        make(
            LedgerEntry,
            organisation=association_of(team),
            year=today().year,
            number=team.pk,
            journal="OD",
            dated=today(),
            label="Essai",
            cause=f"essai:{team.pk}",
            piece="essai",
            recorded_at=timezone.now(),
        )
    )
    debit, credit = world.of(Account)
    world.keep(make(Posting, entry=entry, debit=debit, credit=credit, amount_cents=3750))


def _month(world: World, team: Team, professional: Any) -> None:
    """What was decided about the month of a person, and a reminder."""
    first, officer = today().replace(day=1), world.people["the officer"]
    world.keep(
        make(
            MonthDecision,
            organisation=association_of(team),
            month=first,
            professional=professional,
            kind="wait",
            reason="Essai.",
            seen_hash=HASH,
            decided_by=officer,
            decided_at=timezone.now(),
        )
    )
    world.keep(
        make(
            HindranceNotice,
            organisation=association_of(team),
            recipient=professional.user,
            waits_for="member",
            month=first,
            lines_count=1,
            told_by=officer,
            told_at=timezone.now(),
        )
    )


def _death(world: World, team: Team, professional: Any) -> None:
    """A death was recorded; the account stays open, so that the matrix knows what its person would see."""
    officer = world.people["the officer"]
    given = {"organisation": association_of(team), "recorded_by": officer, "recorded_at": timezone.now()}
    world.keep(make(Death, professional=professional, died_on=today(), learnt_from="Essai", **given))


def _answer(world: World, team: Team, payment: Any) -> None:
    """The bank answered, and one transfer came back."""
    answer = world.keep(
        make(
            BankAnswer,
            organisation=association_of(team),
            kind="camt.053",
            sha256=f"{team.pk:064d}",
            file_name="releve.xml",
            bank_created_at=timezone.now(),
            received_by=world.people["the officer"],
            received_at=timezone.now(),
        )
    )
    world.keep(make(AnswerLine, answer=answer, payment=payment, outcome="rejected", reason_code="MD07"))
    world.keep(
        make(
            PaymentReturn,
            payment=payment,
            kind="rejected",
            happened_on=today(),
            reason_code="MD07",
            answer=answer,
            recorded_by=world.people["the officer"],
            recorded_at=timezone.now(),
        )
    )


def _payment(world: World, team: Team, professional: Any) -> Any:
    details = world.keep(
        make(
            BankDetails,
            professional=professional,
            organisation=association_of(team),
            holder="Essai",
            iban=IBAN,
            iban_masked="FR76 … 185",
            iban_search=HASH,
            state="confirmed",
            proposed_by=professional.user,
            proposed_at=timezone.now(),
            confirmed_by=world.people["the administrator of the association"],
            confirmed_at=timezone.now(),
        )
    )
    payment = make(
        Payment,
        run=_run(world, team),
        professional=professional,
        bank_details=details,
        amount_cents=3750,
        end_to_end_id=f"E-{team.pk}",
        label="Essai",
        statement=document(world, team, "payments.statement"),
    )
    return world.keep(payment)
