"""What the association of the demo controlled: plans, two draws that anybody may make again, every state."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from equipage.compensation.models import ClaimLine
from equipage.controls.models import Control, ControlAnswer, ControlPlan, ControlRate, Draw
from equipage.controls.rules import Classified, Rate, Risk, class_of, draw, due_after, hash_of
from equipage.controls.selectors import actions_of_month, candidates_of, histories
from equipage.controls.states import CONTROL, PLAN
from equipage.coordination.models import Action
from equipage.coordination.states import ACTION
from equipage.foundation.periods import PARIS, Month, add_working_days
from equipage.web.demo.disputes import adjusted
from equipage.web.demo.world import World

# Fictitious: no text sets a rate. At least so many of each class, so that the region shows every state.
_RATES = {Risk.WATCHED: Rate(30, 2), Risk.HIGH: Rate(20, 2), Risk.NEW: Rate(15, 8), Risk.USUAL: Rate(8, 2)}
_RATES[Risk.CONFIRMED] = Rate(2, 0)
_FACTS: dict[str, Any] = {
    "fictitious": True,
    "new_below": 3,
    "confirmed_after": 3,
    "watched_months": 12,
    "high_cents": 60_000,
    "answer_days": 15,
    "extension_days": 15,
    "reply_days": 15,
    "decide_days": 15,
    "remind_days": 3,
}
_ENDED = ("in_order", "in_order", "cancelled", "in_order", "in_order", "in_order")
_RUNNING = ("asked", "answered", "silent", "announced", "replied", "answered", "asked", "in_order")
_SHOWN = "La feuille d'émargement est jointe à l'action, et nos agendas disent la même heure."
_REASONS = "Le compte rendu ne nomme que deux personnes et s'arrête au bout d'une demi-heure."
_REPLY = "Nous avons retrouvé le message d'invitation : la réunion a bien duré une heure."
_GOOD = "Ce que vous avez montré suffit. Merci."
_SHORTER = "La réunion a duré un quart d'heure de moins : le compte rendu le dit"
_NEVER = "Rien ne montre que cette réunion a eu lieu : l'équipe le confirme."
_MISTAKE = "Action tirée deux fois par erreur de calendrier."


def make_controls(world: World) -> None:
    """Plans, then a draw whose controls are closed and one whose controls run."""
    plan = _plans(world)
    recent = Month.of(world.today).previous.previous
    old = recent + -3
    first = _draw(world, plan, old, _at(add_working_days(old.end, 1)))
    _close(world, first)
    _run(world, _draw(world, plan, recent, _at(world.ago(20))))


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9, 40), PARIS)


def _plans(world: World) -> ControlPlan:
    officer, treasurer = world.staff["officer"], world.staff["treasurer"]
    year = world.today.year
    kept = []
    for label, begin, state, ago in (
        ("Plan de contrôle (fictif)", date(year - 3, 1, 1), "in_force", 700),
        ("Plan abandonné (fictif)", date(year, 1, 1), "abandoned", 400),
        (f"Plan {year + 1} (fictif)", date(year + 1, 1, 1), "draft", 5),
    ):
        at = _at(world.ago(ago))
        row = ControlPlan.objects.create(
            organisation=world.association,
            label=label,
            valid_from=begin,
            drafted_by=officer,
            drafted_at=at,
            **_FACTS,
        )
        ControlRate.objects.bulk_create(
            ControlRate(plan=row, risk=risk, percent=rate.percent, minimum=rate.minimum)
            for risk, rate in _RATES.items()
        )
        told = {str(risk): [rate.percent, rate.minimum] for risk, rate in sorted(_RATES.items())}
        world.journal.note(at, "controls.plan.draft", row, officer, after={"rates": told})
        later = at + timedelta(days=3)
        if state == "in_force":
            row.state, row.adopted_by, row.adopted_at = state, treasurer, later
            world.journal.move(later, PLAN, row, "adopt", treasurer)
        elif state == "abandoned":
            row.state = state
            world.journal.move(later, PLAN, row, "abandon", officer)
        row.save()
        kept.append(row)
    return kept[0]


def _draw(world: World, plan: ControlPlan, month: Month, at: datetime) -> list[Control]:
    """The draw as its verb makes it, on the day of `at`."""
    treasurer = world.staff["treasurer"]
    rows = list(actions_of_month(world.association, month).select_related("declared_by", "team"))
    known = histories({row.team_id for row in rows})
    found: list[tuple[Any, Classified]] = [
        (row, class_of(known.get(row.team_id, []), 0, plan.thresholds, at.date())) for row in rows
    ]
    population = candidates_of(found)
    salt = f"{world.dice(f'controls:{month}').getrandbits(128):032x}"
    held = Draw(
        organisation=world.association, plan=plan, month=month.start, salt=salt, opened_by=treasurer, opened_at=at
    )
    rates = {str(risk): rate for risk, rate in _RATES.items()}
    taken = {one.action_id for one in draw(population, rates, held.seed)}
    held.rates = {risk: [rate.percent, rate.minimum] for risk, rate in sorted(rates.items())}
    held.population = [[one.action_id, one.risk] for one in sorted(population)]
    held.population_hash, held.population_count, held.drawn_count = hash_of(population), len(population), len(taken)
    held.drawn_at = at
    held.save()
    world.journal.note(at, "controls.draw.open", held, treasurer, after={"month": str(month), "salt": salt})
    world.journal.note(at, "controls.draw.run", held, treasurer, after={"drawn": sorted(taken)})
    return [_asked(world, held, row, told, at) for row, told in found if row.pk in taken]


def _asked(world: World, held: Draw, action: Any, told: Classified, at: datetime) -> Control:
    row = Control.objects.create(
        draw=held,
        action=action,
        team=action.team,
        organisation=world.association,
        risk=told.risk,
        risk_sentence=told.sentence,
        asked_at=at,
        due_on=due_after(at.date(), held.plan.answer_days),
    )
    after = {"action": action.pk, "risk": str(told.risk), "due_on": row.due_on.isoformat()}
    world.journal.note(at, "controls.control.ask", row, world.staff["treasurer"], after=after)
    return row


def _close(world: World, controls: list[Control]) -> None:
    """Two results against a team, on lines long paid and never corrected; the others in order."""
    lines = ClaimLine.objects.filter(action=OuterRef("action"))
    touched = lines.exclude(state="paid") | lines.filter(disputes__isnull=False)
    rows = Control.objects.filter(pk__in=[row.pk for row in controls]).select_related("draw__plan", "action", "team")
    free = list(rows.filter(Exists(lines)).exclude(Exists(touched)).order_by("pk")[:2])
    ends = dict(zip((row.pk for row in free), ("corrected", "not_in_order"), strict=False))
    others = [row for row in controls if row.pk not in ends]
    ends |= {row.pk: _ENDED[rank % len(_ENDED)] for rank, row in enumerate(others)}
    for row in rows.order_by("pk"):
        _story(world, row, ends[row.pk], row.asked_at + timedelta(days=4))


def _run(world: World, controls: list[Control]) -> None:
    for rank, row in enumerate(controls):
        _story(world, row, _RUNNING[min(rank, len(_RUNNING) - 1)], _at(world.ago(12)))


def _story(world: World, row: Control, end: str, at: datetime) -> None:
    """From the question to `end`, by the moves of the workflow; `at` is when the team first does something."""
    plan = row.draw.plan
    against = end in ("announced", "replied", "corrected", "not_in_order")
    if end == "asked":
        row.extended_at, row.due_on = at, due_after(row.due_on, plan.extension_days)
        _move(world, row, "extend", at, row.action.declared_by)
    elif end == "silent":
        late = _at(row.due_on + timedelta(days=1))
        row.due_on = due_after(late.date(), plan.decide_days)
        _move(world, row, "fall_silent", late, None)
    elif end != "cancelled":
        _said(world, row, at, _SHOWN, False)
        row.due_on = due_after(at.date(), plan.decide_days)
        _move(world, row, "answer", at, row.action.declared_by)
    if against:
        _announced(world, row, end, at + timedelta(days=3))
    if end in ("replied", "corrected", "not_in_order"):
        again = at + timedelta(days=6)
        _said(world, row, again, _REPLY, True)
        row.replied_at, row.due_on = again, due_after(again.date(), plan.decide_days)
        _move(world, row, "reply", again, row.action.declared_by)
    if end in ("in_order", "corrected", "not_in_order", "cancelled"):
        _ended(world, row, end, at + timedelta(days=9))
    row.save()


def _move(world: World, row: Control, name: str, at: datetime, actor: Any, **data: Any) -> None:
    before = row.state
    row.state = CONTROL.transitions[name].target
    world.journal.move(at, CONTROL, row, name, actor, source=before, **data)


def _said(world: World, row: Control, at: datetime, words: str, on_announcement: bool) -> None:
    author = row.action.declared_by
    ControlAnswer.objects.create(
        control=row, words=words, on_announcement=on_announcement, written_by=author, written_at=at
    )


def _announced(world: World, row: Control, end: str, at: datetime) -> None:
    treasurer = world.staff["treasurer"]
    row.outcome = "not_in_order" if end == "not_in_order" else "corrected"
    row.reasons, row.announced_at, row.announced_by = _REASONS, at, treasurer
    row.due_on = due_after(at.date(), row.draw.plan.reply_days)
    if row.outcome == "corrected":
        shorter = max(1, row.action.minutes - 15)
        changes = {str(line.pk): -_quarter(line) for line in _lines(row) if _quarter(line)}
        row.correction = {"minutes": shorter, "absent": [], "changes": changes}
    given = {"outcome": row.outcome, "reasons": row.reasons, "correction": row.correction}
    _move(world, row, "announce", at, treasurer, **given)


def _lines(row: Control) -> list[ClaimLine]:
    rows = ClaimLine.objects.filter(action_id=row.action_id, adjusts=None, amount_cents__gt=0)
    return list(rows.select_related("team", "fund").order_by("pk"))


def _quarter(line: ClaimLine) -> int:
    return line.amount_cents // 4


def _ended(world: World, row: Control, end: str, at: datetime) -> None:
    treasurer, admin = world.staff["treasurer"], world.staff["administrator"]
    if end == "cancelled":
        row.cancel_reason = _MISTAKE
        _move(world, row, "cancel", at, treasurer, cancel_reason=_MISTAKE)
        return
    row.decided_at, row.decided_by = at, treasurer if end == "in_order" else admin
    row.decision = {"in_order": _GOOD, "corrected": _SHORTER, "not_in_order": _NEVER}[end]
    name = "find_in_order" if end == "in_order" else f"confirm_{end}"
    _move(world, row, name, at, row.decided_by, decision=row.decision)
    if end == "in_order":
        return
    row.taken_cents = 0
    for line in _lines(row):
        cents = _quarter(line) if end == "corrected" else line.amount_cents
        row.taken_cents += cents
        if cents:
            adjusted(world, line, -cents, at, admin, row.decision)
    if end == "not_in_order":
        Action.objects.filter(pk=row.action_id).update(state="reversed", reverse_reason=_NEVER)
        world.journal.move(at, ACTION, row.action, "reverse", admin, reverse_reason=_NEVER)
