"""Money for tests: an adopted scale, a team that may be paid, actions with their presences, a run at any step."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from stdnum import iban as stdnum_iban

from equipage.agreements.models import Convention
from equipage.compensation.models import Scale, ScaleRate
from equipage.compensation.piles import preview
from equipage.compensation.services import month as month_services
from equipage.compensation.services.claims import refresh_estimates
from equipage.compensation.services.decisions import Seen, decide
from equipage.coordination.models import Action, Presence
from equipage.coordination.services import validate
from equipage.foundation.periods import Month, today
from equipage.payments.models import AssociationAccount, BankDetails, PaymentRun
from equipage.payments.run_page import checks_of
from equipage.payments.services import runs
from equipage.people.models import Professional, User
from equipage.people.roles import Role
from equipage.teams.models import Team
from tests import factories

DAY = date(2026, 10, 14)
OCTOBER = Month(2026, 10)
MEETING = "RCP_SANS_PATIENT"
_numbers = itertools.count(1)


def iban(number: int) -> str:
    """A well-formed French account of a bank that does not exist."""
    bank, branch, account = "99999", "00001", f"{number:011d}"
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    bban = f"{bank}{branch}{account}{key:02d}"
    return f"FR{stdnum_iban.calc_check_digits('FR00' + bban)}{bban}"


def scale(
    rates: Sequence[dict[str, Any]] = ({"action_code": MEETING, "unit": "hour", "amount": "50.00"},),
    *,
    state: str = "in_force",
    valid_from: date = date(2026, 1, 1),
    valid_to: date | None = None,
    region_code: str = "52",
    **fields: Any,
) -> Scale:
    """A scale with its rates, adopted unless `state` says otherwise."""
    author = fields.pop("drafted_by", None) or factories.user("Auteure")
    made = Scale.objects.create(
        organisation=factories.organisation("association", region_code=region_code),
        code=fields.pop("code", f"essai-{next(_numbers)}"),
        label=fields.pop("label", "Barème d'essai"),
        reference="essai",
        fictitious=True,
        valid_from=valid_from,
        valid_to=valid_to,
        drafted_by=author,
        drafted_at=timezone.now(),
        **fields,
    )
    for rate in rates:
        ScaleRate.objects.create(scale=made, **{**rate, "amount": Decimal(rate["amount"])})
    if state == "in_force":
        Scale.objects.filter(pk=made.pk).update(
            state=state, adopted_at=timezone.now(), adopted_by=factories.user("Autre")
        )
    return factories.fresh(made)


def recognised_team(name: str = "", **options: Any) -> Team:
    """A team recognised on 1 February 2026."""
    return factories.recognised_team(name, **{"recognised_on": date(2026, 2, 1), **options})


def people_of(team: Team) -> list[Professional]:
    """The confirmed members, in order."""
    return list(Professional.objects.filter(memberships__team=team, memberships__state="confirmed").order_by("pk"))


def convention(team: Team, person: Professional, *, since: date = date(2026, 2, 1)) -> Convention:
    """An active convention."""
    return Convention.objects.create(
        number=f"C-{next(_numbers)}",
        team=team,
        membership=team.memberships.get(professional=person),
        professional=person,
        organisation=factories.organisation("association", region_code=team.region_id),
        template_version="essai",
        state="active",
        created_at=timezone.now(),
        signed_at=timezone.now(),
        countersigned_at=timezone.now(),
        countersigned_by=factories.user("Signataire"),
        valid_from=since,
    )


def bank(person: Professional, *, holder: str = "", region_code: str = "52", number: int = 0) -> BankDetails:
    """Confirmed bank details."""
    account = iban(number or next(_numbers))
    return BankDetails.objects.create(
        professional=person,
        organisation=factories.organisation("association", region_code=region_code),
        holder=holder or person.full_name,
        iban=account,
        iban_masked=f"{account[:4]} … {account[-4:]}",
        iban_search=account,
        state="confirmed",
        proposed_by=person.user or factories.user("Saisie"),
        proposed_at=timezone.now(),
        confirmed_by=factories.user("Confirmante"),
        confirmed_at=timezone.now(),
    )


def paying_account(region_code: str = "52") -> AssociationAccount:
    """The account the association pays from."""
    return AssociationAccount.objects.create(
        organisation=factories.organisation("association", region_code=region_code),
        holder="Association des ESP CLAP (démonstration)",
        iban=iban(1),
        iban_masked="FR76 … 0001",
        given_by=factories.user("Administration"),
        given_at=timezone.now(),
    )


def action(
    team: Team,
    present: Sequence[Professional] | None = None,
    *,
    kind: str = MEETING,
    held_on: date = DAY,
    minutes: int = 45,
    patients: int = 0,
    estimated: bool = True,
) -> Action:
    """A declared action at which everybody confirmed, with its estimates."""
    people = list(present) if present is not None else people_of(team)
    made = Action.objects.create(
        team=team,
        region_id=team.region_id,
        kind=kind,
        held_on=held_on,
        minutes=minutes,
        patients=patients,
        declared_by=people[0].user or factories.user("Déclarante"),
        declared_at=timezone.now(),
    )
    for person in people:
        Presence.objects.create(
            action=made,
            professional=person,
            held_on=held_on,
            state="confirmed",
            means="tap",
            answered_at=timezone.now(),
            added_at=timezone.now(),
        )
    if estimated:
        refresh_estimates(made)
    return made


def validated(
    team: Team, present: Sequence[Professional] | None = None, *, by: User | None = None, **options: Any
) -> Action:
    """The same, validated: its lines are frozen."""
    return validate(action(team, present, **options), actor=by or factories.officer())


def paid_team(name: str = "", **options: Any) -> Team:
    """A recognised team whose every member may be paid."""
    made = recognised_team(name, **options)
    for person in people_of(made):
        convention(made, person)
        bank(person, region_code=made.region_id)
    return made


def decided(*, by: User | None = None, month: Month = OCTOBER, region_code: str = "52") -> int:
    """Everybody still open to a decision is paid; how many were."""
    association = factories.organisation("association", region_code=region_code)
    officer = by or factories.officer(region_code=region_code)
    waiting = preview(association, month).in_state("open")
    for person in waiting:
        decide(
            organisation=association,
            month=month,
            professional=person.professional,
            kind="pay",
            seen=Seen(person.seen_hash, person.decision.pk if person.decision else 0),
            actor=officer,
        )
    return len(waiting)


def prepared(
    *, by: User | None = None, month: Month = OCTOBER, region_code: str = "52", looked_at: bool = True
) -> PaymentRun:
    """A prepared run of everything that is payable, whoever must be looked at having been."""
    association = factories.organisation("association", region_code=region_code)
    officer = by or factories.officer(region_code=region_code)
    if looked_at and month.start <= today() and officer.holds(Role.ASSOCIATION_OFFICER):
        decided(by=officer, month=month, region_code=region_code)
    return month_services.prepare(organisation=association, month=month, actor=officer)


def approved(**options: Any) -> PaymentRun:
    """The same, approved by a treasurer."""
    return runs.approve(prepared(**options), actor=factories.treasurer())


def executed(on: date, **options: Any) -> PaymentRun:
    """The same, executed by the bank."""
    return runs.execute(approved(**options), actor=factories.treasurer(), executed_on=on)


def disagreements(run: PaymentRun) -> list[str]:
    """Which of the totals of a run differs: lines, transfers, bank file, books, statements, budgets."""
    return [row["point"] for row in checks_of(run) if row["tone"] != "ok"]
