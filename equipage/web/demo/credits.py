"""What funders give in the demo, what is committed on it, what moves between teams. Every sum is fictitious."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta

from equipage.compensation.models import ClaimLine
from equipage.coordination.models import Action
from equipage.foundation.periods import PARIS
from equipage.funding.models import Commitment, Envelope, Fund, Reallotment, YearPlan
from equipage.funding.rules import choose
from equipage.funding.selectors import purpose_of
from equipage.funding.states import REALLOTMENT
from equipage.web.demo.world import World

# Fictitious: what each funder gives the region a year, in cents; (funder, label, amount, kinds, departments).
_FUNDS = (
    ("fir", "FIR, équipes de soins (fictif)", 84_000_000, (), ()),
    ("thematic", "Crédit prévention (fictif)", 4_000_000, ("PREVENTION", "ETP"), ()),
    ("local", "Département de Maine-et-Loire (fictif)", 2_000_000, (), ("49",)),
)
# Fictitious: what each team begins the present year with, and what a re-allotment moves, in cents.
_PLAN_CENTS = 950_000
_MOVED_CENTS = 50_000
_STATES = ("decided", "refused", "withdrawn", "proposed")
_REASON = "L'équipe qui cède a deux départs et n'utilisera pas tout ; celle qui reçoit a doublé ses réunions."
_REFUSED = "L'équipe qui cède reprend ses réunions en décembre : gardons sa dotation."


def make_funds(world: World, years: Iterable[int]) -> None:
    """The same three credits each year, two of them earmarked; the present year has a plan for its teams."""
    Fund.objects.bulk_create(
        Fund(
            organisation=world.association,
            year=year,
            funder=funder,
            label=label,
            reference="Notification fictive de démonstration",
            amount_cents=amount,
            kinds=list(kinds),
            departments=list(departments),
            rank=rank,
            fictitious=True,
        )
        for year in years
        for rank, (funder, label, amount, kinds, departments) in enumerate(_FUNDS, start=1)
    )
    YearPlan.objects.create(organisation=world.association, year=world.today.year, team_cents=_PLAN_CENTS)


def allotted(world: World, year: int, ceiling_cents: int) -> int:
    """What a team begins a year with, in cents."""
    return min(ceiling_cents, _PLAN_CENTS) if year == world.today.year else ceiling_cents


def credit_of(funds: list[Fund], action: Action, cents: int) -> Fund:
    """The credit that pays an action, by the rule itself; the demo has enough of them."""
    fund: Fund = choose([one for one in funds if one.year == action.held_on.year], purpose_of(action), cents)
    return fund


def write_commitments(lines: Iterable[ClaimLine], envelopes: dict[tuple[int, int], Envelope]) -> None:
    """One commitment an action, as the verb writes it."""
    totals: dict[int, int] = defaultdict(int)
    firsts: dict[int, ClaimLine] = {}
    for line in lines:
        totals[line.action_id] += line.amount_cents
        firsts.setdefault(line.action_id, line)
    Commitment.objects.bulk_create(
        (
            Commitment(
                envelope=envelopes[line.team_id, line.year],
                fund=line.fund,
                amount_cents=totals[action_id],
                dated=line.held_on,
                cause=f"action:{action_id}:validated",
                recorded_at=line.frozen_at or line.action.declared_at,
            )
            for action_id, line in firsts.items()
            if totals[action_id]
        ),
        batch_size=2000,
    )


def commit_more(line: ClaimLine, cents: int, cause: str, at: datetime) -> None:
    """One more commitment beside that of the action of a line, as the verb writes it; negative gives back."""
    envelope = Envelope.objects.get(team=line.team, year=line.year)
    for row in (envelope, Fund.objects.get(pk__in=[line.fund_id])):
        row.committed_cents += cents
        row.save(update_fields=["committed_cents"])
    Commitment.objects.create(
        envelope=envelope, fund=line.fund, amount_cents=cents, dated=line.held_on, cause=cause, recorded_at=at
    )


def make_reallotments(world: World) -> None:
    """One re-allotment in each state; the decided one moved what it says."""
    year = world.today.year
    rows = Envelope.objects.filter(year=year, team__state="recognised").select_related("team")
    found = list(rows.order_by("committed_cents", "pk"))
    if len(found) < 2 * len(_STATES):
        return
    for rank, state in enumerate(_STATES):
        _reallotment(world, found[rank], found[-1 - rank], state, rank)


def _reallotment(world: World, giver: Envelope, taker: Envelope, state: str, rank: int) -> None:
    officer, treasurer = world.staff["officer"], world.staff["treasurer"]
    proposed = datetime.combine(world.ago(30 - 7 * rank), time(10), PARIS)
    later = proposed + timedelta(days=2)
    decided = later if state in ("decided", "refused") else None
    row = Reallotment.objects.create(
        organisation=world.association,
        year=giver.year,
        giver=giver.team,
        taker=taker.team,
        amount_cents=min(_MOVED_CENTS, taker.ceiling_cents - taker.amount_cents),
        reason=_REASON,
        state=state,
        proposed_by=officer,
        proposed_at=proposed,
        decided_by=treasurer if decided else None,
        decided_at=decided,
        refusal_reason=_REFUSED if state == "refused" else "",
    )
    world.journal.note(proposed, "funding.reallotment.propose", row, officer, after={"amount_cents": row.amount_cents})
    if state == "decided":
        Envelope.objects.filter(pk=giver.pk).update(amount_cents=giver.amount_cents - row.amount_cents)
        Envelope.objects.filter(pk=taker.pk).update(amount_cents=taker.amount_cents + row.amount_cents)
        world.journal.move(later, REALLOTMENT, row, "decide", treasurer)
    elif state == "refused":
        world.journal.move(later, REALLOTMENT, row, "refuse", treasurer, comment=_REFUSED, refusal_reason=_REFUSED)
    elif state == "withdrawn":
        world.journal.move(proposed + timedelta(days=1), REALLOTMENT, row, "withdraw", officer)
