"""Planning a prevention action, changing it, telling what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.french import day, typographic
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.people.models import Professional
from equipage.prevention.models import Indicator, PreventionAction
from equipage.prevention.rules import PREVENTION, refuse_private
from equipage.prevention.services.checks import allowed, gate_is_open, member_of_team, not_to_come, words
from equipage.prevention.states import PREVENTION_ACTION

MOST_INDICATORS = 8


@dataclass(frozen=True)
class IndicatorGiven:
    """An indicator as planned; `pk` is that of a row already there."""

    name: str
    unit: str
    expected: Decimal
    pk: int | None = None


@dataclass(frozen=True)
class ActionGiven:
    """A prevention action as its form gives it; `first_on` and `last_on` are included."""

    title: str
    audience: str
    first_on: date
    last_on: date
    objectives: str
    responsible: Professional
    theme: str = ""
    place: str = ""
    partners: str = ""
    indicators: tuple[IndicatorGiven, ...] = field(default=())


@dataclass(frozen=True)
class ResultGiven:
    """What an indicator reached, None when not measured yet."""

    pk: int
    achieved: Decimal | None
    comment: str = ""


_TEXTS = ("title", "theme", "audience", "place", "partners", "objectives")


@transaction.atomic
def create_action(*, actor: Any, team: Any, given: ActionGiven) -> PreventionAction:
    """Plan a prevention action. Raises Refused: not a member, no association, days or texts that do not do."""
    allowed(actor, "prevention.write_for_team", team)
    gate_is_open(team, PREVENTION, today())
    columns = _columns(team, given)
    now = timezone.now()
    row = PreventionAction.objects.create(
        team=team, region_id=team.region_id, created_by=actor, created_at=now, updated_at=now, **columns
    )
    _set_indicators(row, given.indicators)
    audit.record(action="prevention.action.create", obj=row, actor=actor, after=_snapshot(given))
    return row


@transaction.atomic
def edit_action(*, actor: Any, action: PreventionAction, given: ActionGiven) -> PreventionAction:
    """Change an action that is neither finished nor cancelled. Raises Refused."""
    row = _locked(action)
    allowed(actor, "prevention.write_for_team", row.team)
    if row.state not in ("planned", "under_way"):
        label = PREVENTION_ACTION.states[row.state].label.lower()
        raise Refused(typographic(f"Cette action est {label} : rouvrez-la pour la modifier."))
    columns = _columns(row.team, given, row)
    before = {name: getattr(row, name) for name in columns}
    for name, value in columns.items():
        setattr(row, name, value)
    row.updated_at = timezone.now()
    row.save(update_fields=[*columns, "updated_at"])
    _set_indicators(row, given.indicators)
    audit.record(action="prevention.action.edit", obj=row, actor=actor, before=before, after=_snapshot(given))
    return row


def start_action(action: PreventionAction, *, actor: Any) -> PreventionAction:
    """It has begun. Twice changes nothing."""
    row: PreventionAction = run(PREVENTION_ACTION, action, "start", actor=actor)
    return row


def reopen_action(action: PreventionAction, *, actor: Any) -> PreventionAction:
    """Correct results already told."""
    row: PreventionAction = run(PREVENTION_ACTION, action, "reopen", actor=actor)
    return row


def cancel_action(action: PreventionAction, *, actor: Any, reason: str) -> PreventionAction:
    """Give an action up, with a reason; its sessions stay."""
    said = words(reason, "Dites en une phrase pourquoi l'action est abandonnée.", field="reason")
    row: PreventionAction = run(
        PREVENTION_ACTION, action, "cancel", actor=actor, comment=said, data={"cancel_reason": said}
    )
    return row


@transaction.atomic
def save_results(
    *,
    actor: Any,
    action: PreventionAction,
    results: Sequence[ResultGiven],
    outcome: str = "",
    finished_on: date | None = None,
) -> PreventionAction:
    """Keep the results of an action; with `finished_on`, finish it. Raises Refused: a day to come, a result missing."""
    row = _locked(action)
    allowed(actor, "prevention.write_for_team", row.team)
    if row.state not in ("planned", "under_way"):
        label = PREVENTION_ACTION.states[row.state].label.lower()
        raise Refused(typographic(f"Cette action est {label} : ses résultats ne se modifient plus ici."))
    if row.first_on > today():
        raise Refused(typographic(f"L'action commence le {day(row.first_on)} : ses résultats viendront ensuite."))
    said = refuse_private(outcome, field="outcome")
    before, after = _keep_results(row, results)
    row.outcome, row.updated_at = said, timezone.now()
    row.save(update_fields=["outcome", "updated_at"])
    if before != after:
        audit.record(action="prevention.action.results", obj=row, actor=actor, before=before, after=after)
    return row if finished_on is None else _finish(row, actor, finished_on, said)


def _finish(row: PreventionAction, actor: Any, on: date, outcome: str) -> PreventionAction:
    not_to_come(on, "les résultats", field="finished_on")
    if on < row.first_on:
        raise Refused(
            typographic(f"L'action commence le {day(row.first_on)} : ses résultats ne datent pas du {day(on)}."),
            field="finished_on",
        )
    words(outcome, "Dites en quelques phrases ce que l'action a donné.", field="outcome")
    done: PreventionAction = run(
        PREVENTION_ACTION, row, "finish", actor=actor, data={"finished_on": on, "outcome": outcome}
    )
    return done


def _keep_results(row: PreventionAction, results: Sequence[ResultGiven]) -> tuple[dict[str, Any], dict[str, Any]]:
    known = {indicator.pk: indicator for indicator in row.indicators.order_by("id")}
    before = {str(pk): [found.achieved, found.comment] for pk, found in known.items()}
    for given in results:
        indicator = known.get(given.pk)
        if indicator is None:
            raise Refused("Un indicateur a été retiré entre-temps : rechargez la page.")
        if given.achieved is not None and given.achieved < 0:
            raise Refused("Un résultat ne peut pas être négatif.", field=f"achieved-{given.pk}")
        indicator.achieved = given.achieved
        indicator.comment = refuse_private(given.comment, field=f"comment-{given.pk}")[:200]
        indicator.save(update_fields=["achieved", "comment"])
    return before, {str(pk): [found.achieved, found.comment] for pk, found in known.items()}


def _locked(action: PreventionAction) -> PreventionAction:
    rows = PreventionAction.objects.select_for_update(of=("self",)).select_related("team")
    return rows.get(pk=action.pk)


def _columns(team: Any, given: ActionGiven, row: PreventionAction | None = None) -> dict[str, Any]:
    """The columns of the row, checked. Raises Refused with the field at fault."""
    texts = {name: refuse_private(getattr(given, name), field=name) for name in _TEXTS}
    for name, sentence in (
        ("title", "Donnez un titre à l'action."),
        ("audience", "Dites à qui l'action s'adresse."),
        ("objectives", "Écrivez au moins un objectif."),
    ):
        words(texts[name], sentence, field=name)
    if given.last_on < given.first_on:
        raise Refused(
            typographic(f"Le dernier jour ({day(given.last_on)}) précède le premier ({day(given.first_on)})."),
            field="last_on",
        )
    # Who was responsible and left stays written until somebody else takes over.
    if row is None or row.responsible_id != given.responsible.pk:
        member_of_team(team, given.responsible, field="responsible")
    return {**texts, "first_on": given.first_on, "last_on": given.last_on, "responsible": given.responsible}


def _set_indicators(row: PreventionAction, given: Sequence[IndicatorGiven]) -> None:
    if len(given) > MOST_INDICATORS:
        raise Refused(f"{MOST_INDICATORS} indicateurs au plus : gardez ceux que vous saurez compter.")
    known = {indicator.pk: indicator for indicator in row.indicators.order_by("id")}
    kept = {item.pk for item in given if item.pk in known}
    for pk, indicator in known.items():
        if pk in kept:
            continue
        if indicator.achieved is not None:
            raise Refused(
                typographic(f"« {indicator.name} » a déjà un résultat : effacez d'abord ce résultat pour le retirer.")
            )
        indicator.delete()
    for item in given:
        indicator = known[item.pk] if item.pk is not None and item.pk in kept else Indicator(action=row)
        indicator.name = refuse_private(item.name, field="indicators")
        indicator.unit, indicator.expected = item.unit.strip(), item.expected
        indicator.save()


def _snapshot(given: ActionGiven) -> dict[str, Any]:
    values = {name: getattr(given, name) for name in (*_TEXTS, "first_on", "last_on")}
    return {
        **values,
        "responsible": given.responsible.pk,
        "indicators": [asdict(item) for item in given.indicators],
    }
