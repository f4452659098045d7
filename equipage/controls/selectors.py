"""Reading controls: the population of a month and its classes, a control as a page says it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum

from equipage.controls.models import Control, ControlPlan, Draw
from equipage.controls.rules import (
    CORRECTED,
    IN_ORDER,
    NOT_IN_ORDER,
    Candidate,
    Classified,
    Finding,
    Share,
    class_of,
    draw,
    hash_of,
    rank_of,
    shares,
)
from equipage.controls.states import CONTROL, OPEN, WAITS_FOR_TEAM
from equipage.coordination.models import Action, Presence
from equipage.coordination.selectors import kind_label
from equipage.foundation.french import day, paris_day
from equipage.foundation.periods import Month, day_bounds, today
from equipage.foundation.workflow import available

FOUND = (IN_ORDER, CORRECTED, NOT_IN_ORDER)


def plan_for(organisation: Any, on: date) -> ControlPlan | None:
    """The plan that an association applies on a day, None without one."""
    rows = ControlPlan.objects.filter(organisation=organisation, state="in_force", valid_from__lte=on)
    return rows.order_by("-valid_from", "-id").first()


def histories(team_ids: Any) -> dict[int, list[Finding]]:
    """The findings of each team, the last first. One query."""
    rows = Control.objects.filter(team_id__in=team_ids, state__in=FOUND).order_by("-decided_at", "-id")
    found: dict[int, list[Finding]] = defaultdict(list)
    for team_id, state, decided_at in rows.values_list("team_id", "state", "decided_at"):
        if decided_at is None:  # a check constraint refuses it
            continue
        found[team_id].append(Finding(state, paris_day(decided_at)))
    return found


@dataclass(frozen=True)
class Result:
    """A final result for whoever counts them: region, Paris day, team and people of the action, cents taken back."""

    region: str
    on: date
    team_id: int
    people: frozenset[int]
    outcome: str
    taken_cents: int


def results_since(year: int | None) -> list[Result]:
    """Every final result decided since the first day of a year (all of them without one). Two queries."""
    rows = Control.objects.filter(state__in=FOUND)
    if year is not None:
        rows = rows.filter(decided_at__gte=day_bounds(date(year, 1, 1))[0])
    there: dict[int, set[int]] = defaultdict(set)
    present = Presence.objects.filter(state="confirmed", action_id__in=rows.order_by().values("action_id")).order_by()
    for action, person in present.values_list("action_id", "professional_id"):
        there[action].add(person)
    columns = ("organisation__region_id", "decided_at", "team_id", "action_id", "state", "taken_cents")
    return [
        Result(region, paris_day(at), team, frozenset(there[action]), state, taken or 0)
        for region, at, team, action, state, taken in rows.order_by("pk").values_list(*columns)
        if at is not None  # a check constraint refuses it
    ]


def actions_of_month(organisation: Any, month: Month) -> QuerySet[Any]:
    """The actions that the association validated in a month and that still stand, not controlled before."""
    first, end = day_bounds(month.start)[0], day_bounds(month.end)[0]
    rows = Action.objects.filter(
        region_id=organisation.region_id, state="validated", validated_at__gte=first, validated_at__lt=end
    )
    known = Control.objects.exclude(state="cancelled").order_by().values("action_id")
    return rows.exclude(pk__in=known).order_by("id")


def classified(organisation: Any, month: Month, plan: ControlPlan) -> list[tuple[Any, Classified]]:
    """Each action of a month with its class, on the present day. Two queries, whatever the number of actions."""
    owed = Sum("claim_lines__amount_cents", filter=~Q(claim_lines__state="cancelled"), default=0)
    rows = list(actions_of_month(organisation, month).annotate(owed_cents=owed))
    known = histories({row.team_id for row in rows})
    on = today()
    return [(row, class_of(known.get(row.team_id, []), int(row.owed_cents), plan.thresholds, on)) for row in rows]


def candidates_of(found: list[tuple[Any, Classified]]) -> list[Candidate]:
    """What the draw reads of them."""
    return [Candidate(row.pk, str(told.risk)) for row, told in found]


@dataclass(frozen=True)
class Preview:
    """A month before it is drawn: the rates, how many actions of each class, how many would be drawn."""

    month: Month
    plan: ControlPlan | None
    shares: list[Share]
    draw: Draw | None

    @property
    def population(self) -> int:
        return sum(row.population for row in self.shares)

    @property
    def drawn(self) -> int:
        return sum(row.drawn for row in self.shares)

    @property
    def is_over(self) -> bool:
        """A month is drawn once nothing more can be validated in it."""
        return self.month.end <= today()


def preview_of(organisation: Any, month: Month) -> Preview:
    """What a draw would do, before anything is written."""
    known = Draw.objects.filter(organisation=organisation, month=month.start).first()
    plan = plan_for(organisation, month.start)
    if plan is None:
        return Preview(month, None, [], known)
    found = candidates_of(classified(organisation, month, plan))
    return Preview(month, plan, shares(found, plan.rates_by_class()), known)


@dataclass(frozen=True)
class Replayed:
    """A draw computed again from what it wrote, beside what was kept."""

    rows: list[dict[str, Any]]
    shares: list[Share]
    hash: str
    same_hash: bool
    same_sample: bool


def drawn_again(row: Draw) -> Replayed:
    """Draw again: the same inputs give the same sample, or the page says that they do not."""
    population, rates = row.candidates(), row.applied_rates()
    sample = draw(population, rates, row.seed)
    kept = set(row.controls.values_list("action_id", flat=True))
    taken = {found.action_id for found in sample}
    ranked = sorted(population, key=lambda one: (one.risk, rank_of(row.seed, one.action_id)))
    print_ = hash_of(population)
    return Replayed(
        [
            {
                "action": one.action_id,
                "risk": one.risk,
                "rank": rank_of(row.seed, one.action_id),
                "drawn": one.action_id in taken,
            }
            for one in ranked
        ],
        shares(population, rates),
        print_,
        print_ == row.population_hash,
        kept == taken,
    )


_BEHIND = (
    "action__team",
    "action__declared_by",
    "action__validated_by",
    "team",
    "organisation",
    "draw__plan",
    "announced_by",
    "decided_by",
)


def controls_seen(user: Any) -> QuerySet[Any]:
    """Those that this person may see, with all that a page says of them; the one due first comes first."""
    return Control.objects.visible_to(user).select_related(*_BEHIND).order_by("due_on", "id")


def controls_of_person(user: Any) -> QuerySet[Any]:
    """Those of the teams and actions of a professional: never those that they only see from the association."""
    person = user.professional_or_none
    own = Q(action__presences__professional=person) | Q(action__declared_by=user)
    teams = Q(team__memberships__professional=person, team__memberships__state="confirmed")
    mine = Control.objects.filter(own | teams).order_by().values("pk")
    return controls_seen(user).filter(pk__in=mine)


def who_has(control: Any) -> str:
    """Who has the ball, in words."""
    if control.state not in OPEN:
        return "personne : le contrôle est clos"
    who = "l'équipe" if control.state in WAITS_FOR_TEAM else "l'association"
    late = today() > control.due_on
    return f"{who}, {'en retard depuis' if late else 'avant'} le {day(control.due_on)}"


def label_of(control: Any) -> str:
    """What the controlled action is."""
    return kind_label(control.action)


def thread_of(control: Any) -> list[dict[str, Any]]:
    """What was asked, said and decided, in order, for the component `timeline`."""
    told: list[dict[str, Any]] = [
        {
            "at": control.asked_at,
            "what": "Action tirée au sort",
            "who": control.organisation.name,
            "comment": control.risk_sentence,
            "tone": "",
        }
    ]
    for answer in control.answers.select_related("written_by", "attachment").order_by("written_at", "id"):
        what = "Observations de l'équipe" if answer.on_announcement else "Réponse de l'équipe"
        words = answer.words or f"Pièce jointe : {answer.attachment.name}"
        told.append(
            {"at": answer.written_at, "what": what, "who": answer.written_by.full_name, "comment": words, "tone": "ok"}
        )
    if control.announced_at:
        told.append(
            {
                "at": control.announced_at,
                "what": f"Résultat annoncé : {control.get_outcome_display()}",
                "who": control.announced_by.full_name,
                "comment": control.reasons,
                "tone": "wait",
            }
        )
    if control.decided_at:
        state = CONTROL.states[control.state]
        told.append(
            {
                "at": control.decided_at,
                "what": state.label,
                "who": control.decided_by.full_name,
                "comment": control.decision,
                "tone": "ok",
            }
        )
    return sorted(told, key=lambda event: event["at"])


def files_of(control: Any) -> list[Any]:
    """The files that the team joined, with what the antivirus said of them."""
    rows = control.answers.filter(attachment__isnull=False).select_related("attachment__examination")
    return [row.attachment for row in rows.order_by("written_at", "id")]


_ONE_PAGE = {"confirm_corrected": "confirm", "confirm_not_in_order": "confirm", "reply": "answer"}
_AT_ONCE = ("extend",)


def moves_of(control: Any, user: Any) -> list[dict[str, Any]]:
    """The moves open to this person, for the component `action_bar`; the final decision is the announced one."""
    found: list[dict[str, Any]] = []
    for move in available(CONTROL, control, user):
        if move.name.startswith("confirm_") and move.name != f"confirm_{control.outcome}":
            continue
        found.append(
            {
                "name": _ONE_PAGE.get(move.name, move.name),
                "label": move.label,
                "allowed": move.allowed,
                "reasons": move.reasons,
                "tone": move.tone,
                "asks": move.name not in _AT_ONCE,
            }
        )
    return found
