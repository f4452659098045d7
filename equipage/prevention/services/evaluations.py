"""The evaluations of programmes: opened from the declaration, recalled, done."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse

from equipage.foundation import audit
from equipage.foundation.french import counted, day, typographic
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.messaging.services import notify
from equipage.prevention.models import Evaluation, Programme
from equipage.prevention.rules import REMIND_BEFORE, due_day, open_ranks, reminder_level
from equipage.prevention.selectors import evaluations_to_recall, people_who_answer
from equipage.prevention.services.checks import allowed, not_to_come, words


def open_evaluations(programme: Programme) -> int:
    """Make the evaluations already due and the next of each kind, each once. How many were made."""
    if not programme.is_declared or programme.declared_on is None:
        return 0
    wanted = [
        Evaluation(programme=programme, kind=kind, rank=rank, due_on=due_day(programme.declared_on, kind, rank))
        for kind in Evaluation.Kind.values
        for rank in range(1, open_ranks(programme.declared_on, kind, today()) + 1)
    ]
    known = set(programme.evaluations.values_list("kind", "rank"))
    made = [row for row in wanted if (row.kind, row.rank) not in known]
    Evaluation.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


@transaction.atomic
def do_evaluation(*, actor: Any, evaluation: Evaluation, done_on: date, result: str) -> Evaluation:
    """The evaluation is done: a day and a short result. Twice keeps the first. Raises Refused."""
    row = Evaluation.objects.select_for_update(of=("self",)).select_related("programme__team").get(pk=evaluation.pk)
    allowed(actor, "prevention.declare_programme", row.programme)
    if row.done_on is not None:
        return row
    not_to_come(done_on, "l'évaluation", field="done_on")
    begun = row.programme.declared_on
    if begun is not None and done_on < begun:
        raise Refused(
            typographic(f"Le programme a été déclaré le {day(begun)} : son évaluation vient après."), field="done_on"
        )
    row.result = words(result, "Écrivez en quelques phrases ce que montre l'évaluation.", field="result")
    row.done_on, row.done_by = done_on, actor
    row.save(update_fields=["done_on", "result", "done_by"])
    audit.record(
        action="prevention.evaluation.do", obj=row, actor=actor, after={"done_on": done_on, "result": row.result}
    )
    return row


def remind() -> dict[str, int]:
    """Open what has become due, and recall what must be done. Run twice in a day, it tells nobody twice.

    The key of each notice is the evaluation, the reminder and the person: only the latest reminder is sent.
    """
    made = told = 0
    declared = Programme.objects.filter(state__in=("sent", "complement", "complete")).order_by("id")
    for programme in declared:
        made += open_evaluations(programme)
    for row in evaluations_to_recall(today()):
        told += _recall(row)
    for programme in declared.filter(state="sent", silent_on__lte=today()).select_related("team", "coordinator"):
        told += _tell_silence(programme)
    return {"opened": made, "told": told}


def _recall(row: Evaluation) -> int:
    level = reminder_level(row.due_on, today())
    if level is None:
        return 0
    name = row.get_kind_display()
    when = f"pour le {day(row.due_on)}"
    if level < 0:
        subject, body = f"{name} à préparer {when}", f"Il reste moins de {REMIND_BEFORE} jours pour la faire."
    elif level == 0:
        subject, body = f"{name} à faire", f"Elle était attendue {when}."
    else:
        late = counted(level, "mois", "mois")
        subject, body = f"{name} en retard de {late}", f"Elle était attendue {when}."
    return _tell(
        row.programme,
        "prevention.evaluation_due",
        subject,
        f"{body}\n\nUne fois faite, notez sa date et quelques lignes de résultat.",
        f"evaluation:{row.pk}:{level}",
        urgent=level >= 0,
    )


def _tell_silence(programme: Programme) -> int:
    return _tell(
        programme,
        "prevention.silence",
        "Deux mois sans réponse de l'ARS",
        f"L'ARS n'a pas répondu : la déclaration est complète depuis le {day(programme.silent_on)}. "
        "Notez-le sur la page du programme.",
        f"silence:{programme.pk}:{programme.silent_on}",
        urgent=False,
    )


def _tell(programme: Programme, kind: str, subject: str, body: str, key: str, *, urgent: bool) -> int:
    page = reverse("prevention:programme", args=[programme.pk])
    people = people_who_answer(programme)
    for user in people:
        text = f"Programme « {programme.title} », {programme.team.name}.\n\n{body}"
        notify(
            user,
            kind,
            typographic(subject),
            typographic(text),
            page,
            urgent=urgent,
            key=f"prevention.{key}:{user.pk}",
        )
    return len(people)
