"""Writing a plan card by card, freezing it, reviewing it, closing it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from equipage.clinical import contents
from equipage.clinical.chain import note
from equipage.clinical.contents import ACTION_FIELDS, PLAN_CARDS, PROBLEM, card_of, count_of, problem_of
from equipage.clinical.models import Patient, Plan, PlanReview, PlanVersion
from equipage.clinical.nomenclatures import Closing
from equipage.clinical.router import VAULT
from equipage.clinical.rules import check_length, check_past
from equipage.clinical.sealing import SEALED, canonical
from equipage.clinical.services.common import LONGEST_LINE, Changed, answers, intervened, locked
from equipage.clinical.states import PLAN, professional_id
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run

WRITTEN_ONLY_AS_DRAFT = "Ce plan est validé ou clos : reprenez-le d'abord, sa version validée reste gardée."


@transaction.atomic(using=VAULT)
def start_plan(*, actor: Any, patient: Patient) -> Plan:
    """Begin a plan; who begins it is its referent. One plan is open at a time. Raises Refused."""
    row = locked(patient, actor)
    if row.plans.exclude(state="closed").exists():
        raise Refused("Ce dossier a déjà un plan ouvert : reprenez-le, ou clôturez-le d'abord.")
    person = professional_id(actor)
    assert person is not None  # the policy asked
    now = timezone.now()
    plan = Plan(
        patient=row,
        referent_id=person,
        created_by=actor.pk,
        created_at=now,
        updated_by=actor.pk,
        updated_at=now,
    )
    plan.seal(contents.new_plan())
    plan.save(force_insert=True)
    intervened(row)
    note("plan.create", row, actor, about=plan)
    return plan


def _writable(plan: Plan, actor: Any) -> Plan:
    """The plan, locked with its file, while it is written. Raises Refused."""
    patient = locked(plan.patient, actor)
    row: Plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    row.patient = patient
    if row.state != "draft":
        raise Refused(WRITTEN_ONLY_AS_DRAFT)
    return row


def _write(plan: Plan, content: dict[str, Any], actor: Any, what: str) -> None:
    plan.seal(content)
    plan.updated_by, plan.updated_at = actor.pk, timezone.now()
    plan.save(update_fields=[*SEALED, "updated_by", "updated_at"])
    intervened(plan.patient)
    note("plan.edit", plan.patient, actor, about=plan, facts={"card": what, "revision": plan.revision})


@transaction.atomic(using=VAULT)
def save_card(*, actor: Any, plan: Plan, card: str, given: Mapping[str, Any], based_on: int) -> Plan:
    """Write one card of a plan. The same words again change nothing. Raises Refused, Changed."""
    data = answers(PLAN_CARDS[card], given)
    row = _writable(plan, actor)
    content = row.content
    before = card_of(content, card)
    if canonical(before) == canonical(data):
        return row
    if count_of(content, card) != based_on:
        raise Changed(before, count_of(content, card))
    content["cards"][card] = data
    content["counts"][card] = based_on + 1
    _write(row, content, actor, card)
    return row


@transaction.atomic(using=VAULT)
def save_problem(
    *,
    actor: Any,
    plan: Plan,
    key: str,
    given: Mapping[str, Any],
    actions: Sequence[Mapping[str, Any]],
    based_on: int,
) -> Plan:
    """Write one problem of the plan with its actions; an empty `key` adds it. Raises Refused, Changed."""
    data: dict[str, Any] = {**answers(PROBLEM, given), "actions": _actions(actions)}
    row = _writable(plan, actor)
    content = row.content
    before = problem_of(content, key) if key else None
    if key and before is None:
        raise Refused(
            "Ce problème a été retiré par un collègue ; rien n'est perdu de votre texte : ajoutez-le de nouveau."
        )
    if before is None:
        if len(content["problems"]) >= contents.MOST_PROBLEMS:
            raise Refused(f"Un plan compte {contents.MOST_PROBLEMS} problèmes au plus : gardez ceux où l'on peut agir.")
        content["problems"].append({"key": secrets.token_hex(4), "count": 1, **data})
    else:
        if canonical({**data, "key": key, "count": before["count"]}) == canonical(before):
            return row
        if before["count"] != based_on:
            raise Changed({field.key: before.get(field.key, "") for field in PROBLEM.fields}, before["count"])
        before.update({**data, "count": based_on + 1})
    _write(row, content, actor, "probleme")
    return row


def _actions(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines of action that say something."""
    found = []
    for line in given:
        texts = {field.key: str(line.get(field.key) or "").strip() for field in ACTION_FIELDS}
        if not any(texts.values()):
            continue
        for value in texts.values():
            if len(value) > LONGEST_LINE:
                raise Refused(f"Une action tient en {LONGEST_LINE} signes : coupez-la en deux lignes.")
        found.append({**texts, "prevention": bool(line.get("prevention")), "etp": bool(line.get("etp"))})
    if len(found) > contents.MOST_ACTIONS:
        raise Refused(f"Un problème compte {contents.MOST_ACTIONS} actions au plus.")
    return found


@transaction.atomic(using=VAULT)
def remove_problem(*, actor: Any, plan: Plan, key: str) -> Plan:
    """Take a problem out of a plan in progress; gone already, nothing is done."""
    row = _writable(plan, actor)
    content = row.content
    kept = [item for item in content["problems"] if item["key"] != key]
    if len(kept) != len(content["problems"]):
        content["problems"] = kept
        _write(row, content, actor, "probleme")
    return row


@transaction.atomic(using=VAULT)
def validate(*, actor: Any, plan: Plan, review_on: date) -> Plan:
    """Freeze the plan as a version, with its next review. Raises Blocked with all that is missing."""
    locked(plan.patient, actor)
    found: Plan = run(PLAN, plan, "validate", actor=actor, data={"review_on": review_on})
    intervened(plan.patient)
    return found


@transaction.atomic(using=VAULT)
def revise(*, actor: Any, plan: Plan) -> Plan:
    """Write again in a validated plan; its version stays."""
    locked(plan.patient, actor)
    found: Plan = run(PLAN, plan, "revise", actor=actor)
    return found


@transaction.atomic(using=VAULT)
def close(*, actor: Any, plan: Plan, reason: str) -> Plan:
    """End the plan, for a reason of the list. Raises Refused."""
    if reason not in Closing.values:
        raise Refused("Choisissez pourquoi le plan se termine.", field="reason")
    locked(plan.patient, actor)
    found: Plan = run(PLAN, plan, "close", actor=actor, data={"closing_reason": reason})
    intervened(plan.patient)
    return found


@transaction.atomic(using=VAULT)
def record_review(*, actor: Any, plan: Plan, held_on: date, found: str, next_on: date) -> PlanReview:
    """Note that the plan was reviewed, what was found, and when it is looked at next. Twice is once. Raises Refused."""
    check_past(held_on, today(), field="held_on", what="La revue")
    check_length(found, field="found")
    if next_on <= today():
        raise Refused("La prochaine revue est à venir : choisissez une date après aujourd'hui.", field="next_on")
    patient = locked(plan.patient, actor)
    row: Plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if row.state == "closed":
        raise Refused("Ce plan est clos : il ne se revoit plus.")
    row.patient = patient
    said = {"found": found.strip()}
    for same in PlanReview.objects.filter(plan=row, held_on=held_on, held_by=actor.pk).order_by("pk"):
        same.plan = row
        if same.content == said:
            return same
    review = PlanReview(plan=row, due_on=row.review_on, held_on=held_on, held_by=actor.pk)
    review.seal(said)
    review.save(force_insert=True)
    row.review_on = next_on
    row.save(update_fields=["review_on"])
    intervened(patient)
    note("plan.review", patient, actor, about=row, facts={"held_on": held_on, "next_on": next_on})
    return review


def freeze(plan: Plan, actor: Any) -> PlanVersion:
    """Write the version of a plan just validated: its content and the identity of today, with a proof."""
    number = (plan.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    content = {
        "plan": plan.content,
        "patient": plan.patient.content,
        "referent": plan.referent_id,
        "review_on": plan.review_on.isoformat() if plan.review_on else "",
        "number": number,
        "grain": secrets.token_hex(16),
    }
    version = PlanVersion(
        plan=plan,
        number=number,
        digest=digest_of(content),
        frozen_by=actor.pk,
        frozen_at=timezone.now(),
    )
    version.seal(content)
    version.save(force_insert=True)
    note("plan.freeze", plan.patient, actor, about=version, facts={"number": number, "digest": version.digest})
    return version


def digest_of(content: dict[str, Any]) -> str:
    """The proof of a version: SHA-256 of its canonical content."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()
